// Command page serves a front end that is built into it.
package main

import (
	"embed"
	"io/fs"
	"log"
	"net/http"
)

//go:embed all:dist
var dist embed.FS

func main() {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/", http.FileServerFS(files))
	log.Fatal(http.ListenAndServe(":8080", nil))
}
