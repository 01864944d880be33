package main

import "testing"

func TestEntries(t *testing.T) {
	if got := entries(); len(got) != 2 || got[0].City != "Rome" {
		t.Errorf("got %v", got)
	}
}
