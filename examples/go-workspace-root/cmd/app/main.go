// Command app says a word of a module inside its own.
package main

import (
	"fmt"

	"example.com/app/lib"
)

func main() { fmt.Println(lib.Word) }
