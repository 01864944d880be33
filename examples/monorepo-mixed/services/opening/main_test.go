package main

import "testing"

func TestOpening(t *testing.T) {
	if got := opening(); got != "opens at 09:00" {
		t.Errorf("opening() = %q", got)
	}
}
