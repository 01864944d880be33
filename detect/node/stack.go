// Package node plans the images of JavaScript and TypeScript programs and sites, whatever
// installs and runs them. It is the front door of the stack: [service] below it finds them.
package node

import (
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/service"
	"github.com/dockgen/dockgen/internal/plan"
)

// Stack is what JavaScript and TypeScript contribute, on Node.js, Bun and Deno.
func Stack() plan.Stack {
	return plan.Stack{
		Name:       project.Stack,
		Markers:    []string{"package.json", "package.json5", "deno.json", "deno.jsonc"},
		Workspaces: project.Workspaces(),
		Signs:      []string{"angular.json"},
		Managers:   []plan.Manager{{Name: "npm", Versioned: true}, {Name: "yarn", Versioned: true}, {Name: "pnpm", Versioned: true}, {Name: "bun", Versioned: true}},
		Runtimes:   []string{"slim", "distroless", "alpine"},
		Detect:     service.Detect,
		Plan:       Plan,
		Starter:    starter,
	}
}
