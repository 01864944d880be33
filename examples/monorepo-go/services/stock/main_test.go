package main

import "testing"

func TestName(t *testing.T) {
	if name() != "stock" {
		t.Error(name())
	}
}
