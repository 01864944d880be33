package main

import "testing"

func TestName(t *testing.T) {
	if name() != "orders" {
		t.Error(name())
	}
}
