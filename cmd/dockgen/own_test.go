package main

import (
	"bytes"
	"os"
	"testing"
)

// TestOwn has nothing to say about this repository's own files. The stage that tests
// it is built without them.
func TestOwn(t *testing.T) {
	const own = "../.."
	if _, err := os.Stat(own + "/Dockerfile"); err != nil {
		t.Skip("no Dockerfile: ", err)
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"check", own}, streams{out: &out, err: &errs}); code != 0 {
		t.Errorf("exit %d, want 0: run dockgen generate\n%s%s", code, &out, &errs)
	}
}
