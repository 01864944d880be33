package golang

import "github.com/dockgen/dockgen/internal/plan"

// starter is a server with next to nothing in it yet.
var starter = plan.Starter{
	Files: map[string][]byte{
		"go.mod": []byte("module example.com/app\n\ngo 1.26\n"),
		"main.go": []byte(`package main

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "It runs.") })
	http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "8080"), nil)
}
`),
	},
	Assumes: []string{
		"a go.mod here, and package main beside it",
	},
	Listens: "it listens on PORT, else on %d",
}
