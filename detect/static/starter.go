package static

import "github.com/dockgen/dockgen/internal/plan"

// starter is a page with nothing on it yet.
var starter = plan.Starter{
	Files:   map[string][]byte{"index.html": []byte("<!doctype html>\n<title>app</title>\n<p>It runs.</p>\n")},
	Assumes: []string{"index.html here, and beside it all that it needs"},
}
