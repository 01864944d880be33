package framework

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestRecognise holds every package of the archives in testdata/frameworks against
// what is recognised in it, which stands at the end of each.
func TestRecognise(t *testing.T) {
	archives, err := filepath.Glob("testdata/frameworks/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range archives {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			want := &archive.Files[last]
			if want.Name != "want.txt" {
				t.Fatal("the last file is not want.txt")
			}
			got := recogniseAll(t, &txtar.Archive{Files: archive.Files[:last]})
			if *detecttest.Update {
				want.Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want.Data), got); diff != "" {
				t.Errorf("recognised (-want +got), see make golden:\n%s", diff)
			}
		})
	}
}

// recogniseAll describes every package of an archive.
func recogniseAll(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	files, err := txtar.FS(archive)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	tree, err := detect.Scan(t.Context(), dir, detect.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	var all strings.Builder
	for _, file := range tree.Named("package.json") {
		s := subjectOf(t, tree, path.Dir(file))
		f, err := Recognise(s)
		fmt.Fprintf(&all, "%s: %s", s.Dir, describeFramework(f, err))
		variables, err := PublicVariables(s, f.Public)
		if err != nil {
			t.Error(err)
		}
		for _, v := range variables {
			fmt.Fprintf(&all, "  variable %s at %s, secret %v\n", v.Name, v.At, v.Secret)
		}
	}
	return all.String()
}

func subjectOf(t *testing.T, tree *detect.Tree, dir string) Subject {
	t.Helper()
	file := path.Join(dir, "package.json")
	data, err := tree.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := project.ReadPackage(file, data)
	if err != nil {
		t.Fatal(err)
	}
	workspace := dir
	for up := dir; up != "."; up = path.Dir(up) {
		if tree.Has(path.Join(path.Dir(up), "pnpm-lock.yaml")) {
			workspace = path.Dir(up)
		}
	}
	return Subject{
		Tree: tree, Dir: dir, Workspace: workspace,
		Dependency: func(name string) (string, bool, detect.Evidence, bool) {
			d, ok := p.Dependency(name)
			return d.Range, d.Kind == project.Development, d.At, ok
		},
		Script: func(name string) (string, detect.Evidence, bool) {
			s, ok := p.Script(name)
			return s.Value, s.At, ok
		},
	}
}

// describeFramework says in a few lines what a plan would take from a framework.
func describeFramework(f Framework, err error) string {
	if err != nil {
		return "error " + err.Error() + "\n"
	}
	if f.Name == "" {
		return "nothing\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s), %s: %s %v\n", f.Name, f.Title, f.Kind, f.Reason, f.Evidence)
	if f.Problem != nil {
		fmt.Fprintf(&b, "  problem %v\n", f.Problem)
	}
	if f.Kind == Static && f.Problem == nil {
		s := f.Site
		fmt.Fprintf(&b, "  site %s at %s, fall-back %q, 404 %q, html %v, hashed %v: %s %v\n", s.Root, s.Base, s.Fallback, s.NotFound, s.HTML, s.Hashed, s.Reason, s.Evidence)
	}
	if f.Site.Names != "" {
		fmt.Fprintf(&b, "  hashed too %s\n", f.Site.Names)
	}
	if f.Kind == Server && f.Problem == nil {
		fmt.Fprintf(&b, "  start %q in %q, traced %v, port %s %d, env %v, requires %v, keeps dev %v, writes %v\n", f.Start, f.Workdir, f.Traced, f.PortVar, f.Port, f.Env, f.Requires, f.KeepDev, f.Writes)
		for _, a := range f.Artefacts {
			fmt.Fprintf(&b, "  copy %s to %s, maybe %v\n", a.From, a.To, a.Maybe)
		}
	}
	fmt.Fprintf(&b, "  build %q with %v, caches %v, outputs %v\n", f.Build, f.BuildEnv, f.Caches, f.Outputs)
	for _, n := range f.Notes {
		fmt.Fprintf(&b, "  note %s\n", n)
	}
	return b.String()
}
