package main

import "testing"

func TestGreet(t *testing.T) {
	if got := greet("ada"); got != "Hello, Ada!" {
		t.Errorf("greet(ada) = %q", got)
	}
}
