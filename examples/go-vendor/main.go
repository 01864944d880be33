// Command vendored says which place somebody has.
package main

import (
	"fmt"

	"example.com/ordinal"
)

func main() { fmt.Println(place(2)) }

func place(n int) string { return "the " + ordinal.Of(n) + " place" }
