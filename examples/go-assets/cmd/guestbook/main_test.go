package main

import "testing"

func TestHealthcheckFails(t *testing.T) {
	if healthcheck("http://127.0.0.1:1/") == 0 {
		t.Error("nobody is there, and that is healthy?")
	}
}
