package node

import "github.com/dockgen/dockgen/internal/plan"

// Name is the name of the stack.
const Name = "node"

// Stack is what JavaScript and TypeScript contribute, on Node.js, Bun and Deno.
func Stack() plan.Stack {
	return plan.Stack{
		Name:       Name,
		Markers:    []string{"package.json", "package.json5", "deno.json", "deno.jsonc"},
		Workspaces: workspaces(),
		Runtimes:   []string{"slim", "distroless", "alpine"},
		Detect:     Detect,
		Plan:       Plan,
		Starter:    starter,
	}
}
