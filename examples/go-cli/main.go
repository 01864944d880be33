// Command greet says hello to a name.
package main

import (
	"fmt"
	"os"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

func main() {
	name := "world"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	fmt.Println(greet(name))
}

func greet(name string) string {
	return "Hello, " + cases.Title(language.English).String(name) + "!"
}
