// Command service prints a greeting of a module beside it.
package main

import (
	"fmt"

	"example.com/greetings"
)

func main() { fmt.Println(greetings.Hello("replace")) }
