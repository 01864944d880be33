// Package greetings greets.
package greetings

// Hello greets from somebody.
func Hello(from string) string { return "Hello from " + from }
