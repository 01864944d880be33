package python

import (
	"github.com/dockgen/dockgen/detect/python/image"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/internal/plan"
)

// Stack is what Python contributes.
func Stack() plan.Stack {
	s := image.Stack()
	s.Markers = []string{"pyproject.toml", "requirements.txt", "Pipfile", "setup.py", "setup.cfg", "*.py"}
	s.Signs = []string{"manage.py"}
	s.Managers = []plan.Manager{{Name: "uv"}, {Name: "poetry"}, {Name: "pdm"}, {Name: "pipenv"}, {Name: "pip"}}
	s.Workspaces = []plan.Workspace{{Marker: "pyproject.toml", Members: project.Members}}
	s.Detect, s.Plan, s.Starter = Detect, image.Plan, starter
	return s
}
