package rust_test

import (
	"testing"

	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/detect/rust"
)

func TestDetect(t *testing.T) { detecttest.Run(t, rust.Stack()) }
