// Command seed is a tool and gets no image.
package main

func main() {}
