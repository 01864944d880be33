// Command web answers what the jobs do.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"

	"example.com/jobs/internal/version"
)

func main() {
	addr := flag.String("addr", ":8000", "the address to listen on")
	flag.Parse()
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, greeting()) })
	log.Fatal(http.ListenAndServe(*addr, nil))
}

func greeting() string { return "jobs " + version.Version }
