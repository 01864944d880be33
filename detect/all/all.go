// Package all is the one list of the stacks that dockgen knows.
package all

import (
	"github.com/dockgen/dockgen/detect/golang"
	"github.com/dockgen/dockgen/detect/java"
	"github.com/dockgen/dockgen/detect/node"
	"github.com/dockgen/dockgen/detect/python"
	"github.com/dockgen/dockgen/detect/rust"
	"github.com/dockgen/dockgen/detect/static"
	"github.com/dockgen/dockgen/internal/plan"
)

// Stacks lists every stack, in the order of preference for a folder that two of
// them claim with the same strength.
func Stacks() []plan.Stack {
	return []plan.Stack{
		golang.Stack(),
		rust.Stack(),
		python.Stack(),
		java.Stack(),
		node.Stack(),
		static.Stack(),
	}
}
