// Command whisper says a word from a private module.
package main

import (
	"fmt"

	"modules.dockgen.test/secret"
)

func main() { fmt.Println("the word is", secret.Word) }
