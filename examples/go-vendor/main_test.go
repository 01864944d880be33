package main

import "testing"

func TestPlace(t *testing.T) {
	if got := place(1); got != "the first place" {
		t.Errorf("place(1) = %q", got)
	}
}
