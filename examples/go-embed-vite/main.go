// Command board answers an API and the pages of its front end, which it embeds.
package main

import (
	"embed"
	"encoding/json"
	"io/fs"
	"log"
	"net/http"
)

//go:embed all:web/dist
var built embed.FS

type entry struct {
	City string `json:"city"`
}

func entries() []entry { return []entry{{"Rome"}, {"Oslo"}} }

func main() {
	pages, err := fs.Sub(built, "web/dist")
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /api/entries", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(entries()); err != nil {
			log.Print(err)
		}
	})
	http.Handle("/", http.FileServerFS(pages))
	log.Fatal(http.ListenAndServe(":8080", nil))
}
