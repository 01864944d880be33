package node

import (
	"encoding/json"
	"testing"

	"github.com/dockgen/dockgen/detect/detecttest"
)

// FuzzHostile puts hostile text where a project puts its own: what comes out is
// an error, or a Dockerfile with the instructions that it has for harmless text.
func FuzzHostile(f *testing.F) {
	f.Add("api", "node dist/main.js", "build/main.js", "MODE")
	f.Add("a\nRUN evil", "node 'a\nUSER root'", "x\"]\nUSER root", "A\nB")
	f.Add("$(id)", "node `id`", "--from=x", "PATH=/x")
	f.Add("api", "\x10", "0", "0")
	f.Add("@x/y;id", "A=\"b c\" node \"a b.js\" $HOME", "a b.js", "${X}")
	printer := detecttest.NewPrinter(f, Stack())
	f.Fuzz(func(t *testing.T, name, start, main, variable string) {
		text, err := json.Marshal(map[string]any{
			"name": name, "main": main,
			"scripts":      map[string]string{"start": start, "build": "tsc", "test": "node --test"},
			"dependencies": map[string]string{"vite": "^7", "a": "^1"},
		})
		if err != nil {
			t.Fatal(err)
		}
		printer.Print(t, map[string]string{"package.json": string(text), "src/main.ts": "server.listen(3000)", ".npmrc": "//h/:_authToken=${" + variable + "}"})
	})
}
