// Command orders says its name.
package main

import (
	"fmt"
	"log"
	"net/http"
)

func main() {
	http.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, name()) })
	log.Fatal(http.ListenAndServe(":8081", nil))
}

func name() string { return "orders" }
