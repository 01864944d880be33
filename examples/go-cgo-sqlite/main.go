// Command notes keeps notes in SQLite, which is C.
package main

import (
	"database/sql"
	"fmt"
	"log"
	"net/http"

	_ "github.com/mattn/go-sqlite3"
)

func main() {
	db, err := open("notes.db")
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /notes", func(w http.ResponseWriter, _ *http.Request) {
		text, err := first(db)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, text)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func open(file string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", file)
	if err != nil {
		return nil, err
	}
	_, err = db.Exec("CREATE TABLE IF NOT EXISTS notes (text TEXT); INSERT INTO notes VALUES ('remember the milk')")
	return db, err
}

func first(db *sql.DB) (text string, err error) {
	err = db.QueryRow("SELECT text FROM notes LIMIT 1").Scan(&text)
	return text, err
}
