package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/engine"
)

const (
	sparseSources = 200 // of a service, small ones
	sparseReached = 5   // of them, by its program
)

// sparseKind is how the sources of one stack lie and name each other.
type sparseKind struct {
	stack, manifest, program string
	part                     string // the name of the source with a number
	names                    string // how the program names that one
	text                     string // of each
}

// sparseKinds are written in turn: a manifest, a program, and sources that do nothing.
var sparseKinds = []sparseKind{
	{
		stack: "go", manifest: "go.mod\nmodule example.com/NAME\n\ngo 1.26\n", part: "internal/part%[1]d/part.go", names: "import _ \"example.com/NAME/internal/part%[1]d\"\n",
		program: "main.go\npackage main\n\nimport \"net/http\"\nPARTS\nfunc main() { http.ListenAndServe(\":8080\", nil) }\n",
		text:    "// Package part%[1]d holds a part.\npackage part%[1]d\n\n// Part is one.\nfunc Part(n int) int {\n\treturn n + %[1]d\n}\n",
	},
	{
		stack: "node", manifest: "package.json\n{ \"name\": \"NAME\", \"version\": \"1.0.0\", \"private\": true, \"scripts\": { \"start\": \"node server.js\" } }\n", part: "lib/part%[1]d.js", names: "require('./lib/part%[1]d');\n",
		program: "server.js\nPARTSrequire('node:http').createServer((q, a) => a.end('ok')).listen(process.env.PORT || 3000);\n",
		text:    "'use strict';\nexports.part = function (n) {\n  return n + %[1]d;\n};\n",
	},
	{
		stack: "python", manifest: "requirements.txt\nfastapi==0.116.1\nuvicorn==0.35.0\n", part: "parts/part%[1]d.py", names: "import parts.part%[1]d\n",
		program: "main.py\nfrom fastapi import FastAPI\nPARTS\napp = FastAPI()\n",
		text:    "\"\"\"Part %[1]d.\"\"\"\n\n\ndef part(n):\n    return n + %[1]d\n",
	},
	{
		stack: "rust", manifest: "Cargo.toml\n[package]\nname = \"NAME\"\nversion = \"1.0.0\"\nedition = \"2024\"\n", part: "src/part%[1]d.rs", names: "mod part%[1]d;\n",
		program: "src/main.rs\nPARTSfn main() {\n    std::net::TcpListener::bind(\"0.0.0.0:8080\").unwrap();\n}\n",
		text:    "pub fn part(n: u32) -> u32 {\n    n + %[1]d\n}\n",
	},
}

// writeSparse writes services of many small sources, of which the program of each
// reaches a few, and gives the number of files.
func writeSparse(dir string, kinds []sparseKind, services int) (files int, err error) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range services {
		k := kinds[i%len(kinds)]
		name := fmt.Sprintf("%s-%04d", k.stack, i)
		var parts strings.Builder
		for n := range sparseReached {
			fmt.Fprintf(&parts, k.names, n)
		}
		texts := map[string]string{}
		for _, text := range []string{k.manifest, k.program} {
			file, text, _ := strings.Cut(text, "\n")
			texts[file] = strings.NewReplacer("NAME", name, "PARTS", strings.ReplaceAll(parts.String(), "NAME", name)).Replace(text)
		}
		for n := range sparseSources {
			texts[fmt.Sprintf(k.part, n)] = fmt.Sprintf(k.text, n)
		}
		files += len(texts)
		group.Go(func() error {
			for file, text := range texts {
				if err := writeFile(filepath.Join(dir, name), file, text); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return files, group.Wait()
}

// own are the different files of services of a kind, of a sorted list.
func (k sparseKind) own(files []string) []string {
	return slices.Compact(slices.DeleteFunc(slices.Clone(files), func(file string) bool { return !strings.HasPrefix(file, k.stack+"-") }))
}

// sparse measures a repository whose programs reach few of their sources: what stack
// opens how many, and check against a walk that reads every file.
func sparse(ctx context.Context, r *report, binary, dir string, services int) error {
	e, err := engine.New(all.Stacks())
	if err != nil {
		return err
	}
	files, err := writeSparse(dir, sparseKinds, services)
	if err != nil {
		return err
	}
	if _, err := wall(ctx, binary, "generate", "--quiet", dir); err != nil {
		return err
	}
	opened, err := generate(ctx, e, dir, services)
	if err != nil {
		return err
	}
	every := &way{name: "a bare walk that reads every file", argv: walker(dir, "", false)}
	check := &way{name: "check", argv: []string{binary, "check", dir}}
	for round := range largeRounds + 1 { // the first warms up
		for _, w := range []*way{every, check} {
			if err := w.run(ctx, round > 0); err != nil {
				return err
			}
		}
	}
	r.title("%d services of %d small sources each, of which a program reaches %d, %d rounds in turn: median (least to most)", services, sparseSources, sparseReached, largeRounds)
	for _, k := range sparseKinds {
		r.figure("files that "+k.stack+" opens", "%d of %d", len(k.own(opened)), files/len(sparseKinds))
	}
	r.figure(every.name, "%s", every.taken)
	r.figure(check.name, "%s", check.taken)
	r.aim("check to the walk that reads every file", ratio(check.taken, every.taken), 1, "x")
	return nil
}
