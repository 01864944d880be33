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

// The tools that export a lockfile, with what they are installed with. Versions are
// from PyPI in August 2026, and hold with each other.
var exporters = map[string][]string{
	project.Poetry: {"poetry==2.4.3", "poetry-plugin-export==1.10.1"},
	project.PDM:    {"pdm==2.26.6", "unearth<0.18", "hishel<2"}, // later ones of both lack what this pdm imports
	project.Pipenv: {"pipenv==2026.6.2"},
}

// Where things are in the images.
const (
	appDir      = "/app"
	environment = "/opt/venv"
	pipCache    = "/root/.cache/pip"
	uvCache     = "/root/.cache/uv"
	pdmCache    = "/root/.cache/pdm"
)
