package main

import (
	"testing"

	"example.com/shop/libs/words"
)

func TestGreet(t *testing.T) {
	if got := words.Greet("x"); got != "Hello, x" {
		t.Errorf("Greet = %q", got)
	}
}
