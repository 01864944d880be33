package node

import "github.com/dockgen/dockgen/internal/plan"

// starter is a server with nothing in it yet.
var starter = plan.Starter{
	Files: map[string][]byte{
		"package.json":      []byte(`{"name": "app", "scripts": {"start": "node server.js"}}`),
		"package-lock.json": []byte(`{"name": "app", "lockfileVersion": 3, "packages": {"": {"name": "app"}}}`),
		"server.js":         []byte("require('node:http').createServer((request, response) => response.end('It runs.\\n')).listen(process.env.PORT || 3000)\n"),
	},
	Assumes: []string{
		"package.json and package-lock.json here, with a start script that runs node server.js",
	},
	Listens: "it listens on PORT, else on %d",
}
