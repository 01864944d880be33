package main

import "testing"

func TestFrontEndIsThere(t *testing.T) {
	if _, err := dist.ReadFile("dist/index.html"); err != nil {
		t.Error(err)
	}
}
