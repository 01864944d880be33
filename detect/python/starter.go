package python

import "github.com/dockgen/dockgen/internal/plan"

// starter is an application with nothing in it yet.
var starter = plan.Starter{
	Files: map[string][]byte{
		"requirements.txt": []byte("fastapi\nuvicorn\n"),
		"main.py":          []byte("from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get(\"/\")\ndef index():\n    return \"It runs.\"\n"),
	},
	Assumes: []string{
		"requirements.txt here, with fastapi and uvicorn",
		"main.py beside it, which makes the FastAPI application app",
	},
}
