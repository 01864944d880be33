package main

import (
	"testing"

	"example.com/app/lib"
)

func TestWord(t *testing.T) {
	if lib.Word == "" {
		t.Error("no word")
	}
}
