// Command vendored says which of two versions is newer.
package main

import (
	"fmt"

	"golang.org/x/mod/semver"
)

func main() { fmt.Println(newer("v1.9.0", "v1.10.0"), "is newer") }

func newer(a, b string) string {
	if semver.Compare(a, b) > 0 {
		return a
	}
	return b
}
