package main

import (
	"testing"

	"modules.dockgen.test/secret"
)

func TestWord(t *testing.T) {
	if secret.Word == "" {
		t.Error("no word")
	}
}
