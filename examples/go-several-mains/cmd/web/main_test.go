package main

import "testing"

func TestGreeting(t *testing.T) {
	if greeting() == "" {
		t.Error("nothing to say")
	}
}
