package image

import (
	"github.com/dockgen/dockgen/detect/python/program"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/internal/plan"
)

// Stack is what the stack says of images: its name, and what they run on.
func Stack() plan.Stack {
	return plan.Stack{Name: program.Stack, Runtimes: []string{"slim", "distroless", "alpine"}, Options: []plan.Option{{
		Key: noServer, Kind: plan.Switch, Not: "server", Doc: "refuses a Python application without a server among its dependencies, rather than to bring one along",
	}, {
		Key: noMigrations, Kind: plan.Switch, Not: "migrations", Doc: "takes the migrations that a Procfile runs before a Python server out of the start; other steps stay",
	}}}
}

// reasons say why each flavour is taken, whose image is the catalog's to describe.
var reasons = map[string]string{
	"slim":       "the interpreter that the environment was made with, on Debian with nothing else",
	"distroless": "Debian's interpreter without a shell or a package manager",
	"alpine":     "the interpreter on musl, for which many packages have no wheels",
}

// The distroless image of Python: it has one line.
const (
	distrolessImage = "gcr.io/distroless/python3-debian13"
	distrolessLine  = "3.13"
	distrolessHome  = "/home/nonroot"
)

// uvImage holds uv as one file.
const uvImage = "ghcr.io/astral-sh/uv"

// tooling is what a tool that keeps a lockfile is installed with, from a line of Python on.
type tooling struct {
	python   int // the second number of the first line that its releases run on
	installs []string
}

// exporters are the tools that a build calls beside pip, the newest first. Versions are from
// PyPI, by the Requires-Python of each, and those of one entry hold with each other.
var exporters = map[string][]tooling{
	project.Poetry: {
		{10, []string{"poetry==2.4.3", "poetry-plugin-export==1.10.1"}},
		{9, []string{"poetry==2.2.1", "poetry-plugin-export==1.9.0"}},
		{8, []string{"poetry==1.8.5", "poetry-plugin-export==1.8.0"}},
		{7, []string{"poetry==1.5.1", "poetry-plugin-export==1.4.0"}},
	},
	project.PDM: {
		{9, []string{"pdm==2.26.6", "unearth<0.18", "hishel<2"}}, // later ones of both lack what this pdm imports
		{8, []string{"pdm==2.20.1"}},
		{7, []string{"pdm==2.10.4"}},
	},
	project.Pipenv: {
		{10, []string{"pipenv==2026.6.2"}},
		{9, []string{"pipenv==2025.0.4"}},
		{8, []string{"pipenv==2024.4.1"}},
		{7, []string{"pipenv==2023.10.3"}},
	},
}

// exporter is what a tool is installed with on the image's Python, or nothing.
func (p *planner) exporter(tool string) []string {
	for _, one := range exporters[tool] {
		if p.line >= one.python {
			return one.installs
		}
	}
	return nil
}

// Where things are in the images.
const (
	appDir      = "/app"
	environment = "/opt/venv"
	pipCache    = "/root/.cache/pip"
	uvCache     = "/root/.cache/uv"
	pdmCache    = "/root/.cache/pdm"
)
