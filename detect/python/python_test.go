package python

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

func TestDetect(t *testing.T) {
	detecttest.Run(t, Stack(), detect.Marker{Name: "package.json", Stack: "node"})
}

// detected is what one folder of files comes to: names of services, problems.
func detected(t *testing.T, files map[string]string) (services, problems []string) {
	t.Helper()
	archive := &txtar.Archive{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(files[name])})
	}
	found, err := Detect(t.Context(), detecttest.Tree(t, archive), detect.Answers{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range found.Services {
		services = append(services, s.Name)
	}
	for _, p := range found.Problems {
		problems = append(problems, p.Error())
	}
	return services, problems
}

func TestUndecodableBytes(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"requirements", map[string]string{"requirements.txt": "flask\n# caf\xe9\n"}, "requirements.txt:2: it is not UTF-8"},
		{"pyproject", map[string]string{"pyproject.toml": "[project]\nname = \"\xff\"\n"}, "pyproject.toml:2: it is not UTF-8"},
		{"the program", map[string]string{"requirements.txt": "", "main.py": "print('caf\xe9')\n"}, "main.py:1: it is not UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, problems := detected(t, c.files)
			if diff := cmp.Diff([]string{c.want}, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// busy is the time that processors have worked for this process: on a machine with other
// work that is less than what the clock says.
func busy(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// TestLargeLockfile wants a lockfile of 10 MB to be read in a time of processors that a
// person does not mind.
func TestLargeLockfile(t *testing.T) {
	var lock strings.Builder
	lock.WriteString("version = 1\n\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"p0\" }]\n")
	for i := 0; lock.Len() < 10<<20; i++ {
		fmt.Fprintf(&lock, "\n[[package]]\nname = \"p%d\"\nversion = \"1.0\"\nsource = { registry = \"https://index.example.com/simple\" }\ndependencies = [\n    { name = \"p%d\" },\n]\nwheels = [\n", i, i+1)
		for n := range 10 {
			fmt.Fprintf(&lock, "    { url = \"https://files.example.com/p%d-1.0-cp3%d-cp3%d-manylinux_2_17_x86_64.whl\", hash = \"sha256:%064d\", size = 1 },\n", i, n+5, n+5, i)
		}
		lock.WriteString("]\n")
	}
	start := busy(t)
	services, problems := detected(t, map[string]string{
		"pyproject.toml": "[project]\nname = \"a\"\ndependencies = [\"p0\"]\n", "uv.lock": lock.String(), "main.py": "print()\n",
	})
	if len(services) != 1 || len(problems) > 0 {
		t.Errorf("services %v, problems %v", services, problems)
	}
	if took := busy(t) - start; took > 20*time.Second {
		t.Errorf("%s for %d bytes", took, lock.Len())
	} else {
		t.Logf("%s for %d bytes", took, lock.Len())
	}
}

// TestWideRequirements wants requirements to be read as PowerShell writes them.
func TestWideRequirements(t *testing.T) {
	text := "flask==3.1.0\r\ngunicorn==23.0.0\r\n"
	wide := "\xff\xfe"
	for _, c := range []byte(text) {
		wide += string([]byte{c, 0})
	}
	services, problems := detected(t, map[string]string{"requirements.txt": wide, "app.py": "from flask import Flask\napp = Flask(__name__)\n"})
	if diff := cmp.Diff([]string{"app"}, services); diff != "" || len(problems) > 0 {
		t.Errorf("services (-want +got), problems %v:\n%s", problems, diff)
	}
}
