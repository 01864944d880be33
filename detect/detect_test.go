package detect_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
)

func TestSettle(t *testing.T) {
	service := func(stack, dir string, s detect.Strength) detect.Service {
		return detect.Service{Name: stack, Dir: dir, Stack: stack, Strength: s}
	}
	got := detect.Settle(
		detect.Findings{Services: []detect.Service{service("python", "b", detect.Framework), service("python", "a", detect.Manifest)}},
		detect.Findings{Services: []detect.Service{service("node", "a", detect.Manifest), service("node", "b", detect.Tooling), service("node", "c", detect.Tooling)}},
	)
	want := detect.Findings{
		Services: []detect.Service{
			service("python", "a", detect.Manifest), // as strong, and the earlier
			service("python", "b", detect.Framework),
			service("node", "c", detect.Tooling),
		},
		Others: []detect.Other{
			{Dir: "a", Stack: "node", Reason: "the folder is a python service, the stronger claim"},
			{Dir: "b", Stack: "node", Reason: "the folder is a python service, the stronger claim"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settled (-want +got):\n%s", diff)
	}
}

func TestImageName(t *testing.T) {
	for name, want := range map[string]string{
		"orders": "orders", "Orders": "orders", "my_app.v2": "my_app.v2", "a--b": "a--b",
		"-x-": "x", "a~b": "a-b", "..": "", "日本": "", "a/b": "a-b", "a\nRUN b": "a-run-b",
	} {
		if got := detect.ImageName(name); got != want {
			t.Errorf("ImageName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestAside(t *testing.T) {
	for dir, want := range map[string]string{
		".": "", "services/api": "", "examples/hello": "an example", "a/testdata/b": "test data",
		"exampled": "", "tools": "a tool", "third_party/x": "somebody else's code",
	} {
		if got, _ := detect.Aside(dir); got != want {
			t.Errorf("Aside(%q) = %q, want %q", dir, got, want)
		}
	}
}
