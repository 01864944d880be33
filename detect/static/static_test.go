package static

import (
	"testing"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
)

func TestDetect(t *testing.T) {
	detecttest.Run(t, Stack(), detect.Marker{Name: "go.mod", Stack: "go"}, detect.Marker{Name: packageFile, Stack: "node"})
}
