package static

import (
	"testing"

	"github.com/dockgen/dockgen/detect/detecttest"
)

func TestDetect(t *testing.T) { detecttest.Run(t, Stack()) }
