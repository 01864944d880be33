package rust_test

import (
	"slices"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/detect/rust"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/plan"
)

// TestLockFormat wants a lock that the chosen Cargo cannot read to be told, at the line
// that states its format, and no other.
func TestLockFormat(t *testing.T) {
	images, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ rust, format, want string }{
		{"1.76", "version = 4\n", "whose format 4 wants cargo >=1.78"},
		{"1.76", "version = 3\n", ""},
		{"1.91", "version = 4\n", ""},
		{"1.76", "", ""},
	} {
		archive := &txtar.Archive{Files: []txtar.File{
			{Name: "Cargo.toml", Data: []byte("[package]\nname = \"one\"\nversion = \"1.0.0\"\n")},
			{Name: "Cargo.lock", Data: []byte("# made by Cargo\n" + c.format + "\n[[package]]\nname = \"one\"\nversion = \"1.0.0\"\n")},
			{Name: "rust-toolchain", Data: []byte(c.rust + "\n")},
			{Name: "src/main.rs", Data: []byte("fn main() {}\n")},
		}}
		found, err := rust.Detect(t.Context(), detecttest.Tree(t, archive), detect.Answers{})
		if err != nil || len(found.Services) != 1 {
			t.Fatalf("%v, %v", found.Services, err)
		}
		p, err := rust.Plan(plan.Input{Service: found.Services[0], Catalog: images})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(p.Obligations, func(n plan.Need) bool { return n.Kind == plan.NeedLockfile })
		switch {
		case i < 0 && c.format != "":
			t.Errorf("rust %s, %q: nothing is needed of the lock", c.rust, c.format)
		case i >= 0 && (p.Obligations[i].Lacking != c.want || p.Obligations[i].At.Line != 2):
			t.Errorf("rust %s, %q: %q at %v, want %q", c.rust, c.format, p.Obligations[i].Lacking, p.Obligations[i].At, c.want)
		}
	}
}
