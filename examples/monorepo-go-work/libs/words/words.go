// Package words greets.
package words

// Greet greets somebody.
func Greet(name string) string { return "Hello, " + name }
