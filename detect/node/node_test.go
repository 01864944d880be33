package node_test

import (
	"testing"

	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/detect/node"
)

func TestTrees(t *testing.T) { detecttest.Run(t, node.Stack()) }
