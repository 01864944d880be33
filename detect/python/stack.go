package python

import "github.com/dockgen/dockgen/internal/plan"

// Stack is what Python contributes.
func Stack() plan.Stack {
	s := images()
	s.Markers = []string{"pyproject.toml", "requirements.txt", "Pipfile", "setup.py", "setup.cfg", "*.py"}
	s.Workspaces = []plan.Workspace{{Marker: "pyproject.toml", Members: Members}}
	s.Detect, s.Plan, s.Starter = Detect, Plan, starter
	return s
}
