// Command greeter greets and ends.
package main

import (
	"fmt"

	"example.com/shop/libs/words"
)

func main() { fmt.Println(words.Greet("shop")) }
