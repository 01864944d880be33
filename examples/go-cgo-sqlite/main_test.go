package main

import "testing"

func TestNotes(t *testing.T) {
	db, err := open(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := first(db); err != nil || text != "remember the milk" {
		t.Errorf("first() = %q, %v", text, err)
	}
}
