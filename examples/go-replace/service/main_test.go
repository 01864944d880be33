package main

import (
	"testing"

	"example.com/greetings"
)

func TestGreeting(t *testing.T) {
	if got := greetings.Hello("x"); got != "Hello from x" {
		t.Errorf("Hello(x) = %q", got)
	}
}
