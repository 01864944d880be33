// Command guestbook shows a page from files beside it, and keeps what guests write.
package main

import (
	"html/template"
	"log"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "healthcheck" {
		os.Exit(healthcheck("http://127.0.0.1:8080/"))
	}
	page := template.Must(template.ParseGlob("templates/*.html"))
	http.Handle("/static/", http.StripPrefix("/static/", http.FileServer(http.Dir("static"))))
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		if err := os.WriteFile("guests.txt", []byte("one more\n"), 0o644); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if err := page.ExecuteTemplate(w, "index.html", "guest"); err != nil {
			log.Print(err)
		}
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func healthcheck(url string) int {
	answer, err := http.Get(url)
	if err != nil || answer.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}
