package main

import "testing"

func TestNewer(t *testing.T) {
	if got := newer("v1.2.0", "v1.3.0"); got != "v1.3.0" {
		t.Errorf("newer = %q", got)
	}
}
