// Command opening answers when the shop opens.
package main

import (
	"fmt"
	"log"
	"net/http"

	"example.com/shop/libs/clock"
)

func main() {
	http.HandleFunc("GET /opening", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, opening()) })
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func opening() string { return "opens at " + clock.Opening }
