// Command seed is a tool of the developers and no service.
package main

func main() {}
