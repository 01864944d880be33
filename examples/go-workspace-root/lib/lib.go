// Package lib is a module inside another.
package lib

// Word is said by the program.
const Word = "the root is a member too"
