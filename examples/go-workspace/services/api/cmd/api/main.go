// Command api answers when the shop opens.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"example.com/shop/libs/clock"
)

func main() {
	http.HandleFunc("GET /opening", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, opening()) })
	log.Fatal(http.ListenAndServe(":"+getenv("PORT", "8080"), nil))
}

func opening() string {
	return cases.Title(language.English).String("opens at " + clock.Opening().Format("15:04"))
}

func getenv(name, fallback string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return fallback
}
