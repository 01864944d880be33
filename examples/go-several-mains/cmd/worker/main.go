// Command worker does one job and ends.
package main

import (
	"fmt"

	"example.com/jobs/internal/version"
)

func main() { fmt.Println(greeting()) }

func greeting() string { return "worked, " + version.Version }
