package program

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/detect/python/project"
)

// sourcesOf are the files of a project that depends on some distributions.
func sourcesOf(t *testing.T, files map[string]string, packages ...string) (*Sources, *detect.Tree) {
	t.Helper()
	archive := &txtar.Archive{}
	for name, text := range files {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(text)})
	}
	p := &project.Project{Dir: ".", Name: "shop", Tool: project.Pip, Packages: map[string]project.Package{}}
	for _, name := range packages {
		p.Packages[name] = project.Package{Name: name}
		p.Direct = append(p.Direct, project.Requirement{Name: name})
	}
	tree := detecttest.Tree(t, archive)
	s := SourcesOf(tree, p, func(string) bool { return false })
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, tree
}

const flaskApp = "from flask import Flask\napp = Flask(__name__)\n"

// TestOpened wants what no program reaches to stay closed, unless something may be in it
// that would be chosen.
func TestOpened(t *testing.T) {
	for _, c := range []struct {
		name     string
		packages string
		files    map[string]string
		opens    bool // parts/board.py
	}{
		{"one framework", "flask", map[string]string{"app.py": flaskApp}, false},
		{"what it brings along", "fastapi starlette", map[string]string{"main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}, false},
		{"imported", "flask", map[string]string{"app.py": "import parts.board\n" + flaskApp}, true},
		{"two frameworks", "flask streamlit", map[string]string{"app.py": flaskApp}, true},
		{"workers", "flask celery", map[string]string{"app.py": flaskApp}, true},
		{"a computed import", "flask", map[string]string{"app.py": "import importlib\n" + flaskApp + "importlib.import_module('parts.' + name)\n"}, true},
		{"an unusual name", "flask", map[string]string{"shop.py": flaskApp}, true},
		{"nearer than the program", "flask", map[string]string{"a/b/app.py": flaskApp}, true},
		{"no application", "flask", map[string]string{"main.py": "if __name__ == '__main__':\n    print()\n"}, true},
		{"Django", "django", map[string]string{"manage.py": "import django, os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n", "shop/settings.py": "", "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.files["parts/board.py"] = "def board():\n    return 1\n"
			s, tree := sourcesOf(t, c.files, strings.Fields(c.packages)...)
			chosen, common, err := s.Services(nil)
			if err != nil || len(chosen) == 0 {
				t.Fatalf("programs %v, error %v", chosen, err)
			}
			common.Project, common.Program = *s.project, chosen[0]
			if err := s.Describe(&common); err != nil {
				t.Fatal(err)
			}
			if got := slices.Contains(tree.Opened(), "parts/board.py"); got != c.opens {
				t.Errorf("parts/board.py is opened: %t, want %t; opened %v", got, c.opens, tree.Opened())
			}
		})
	}
}

// TestUsualIsEnough holds what is chosen of the files in which programs begin against
// what is chosen of all, on trees of files whose names, contents and imports are random.
func TestUsualIsEnough(t *testing.T) {
	texts := []string{
		flaskApp, flaskApp, "def part():\n    return 1\n", "if __name__ == '__main__':\n    print()\n",
		"from flask import Flask\ndef create_app():\n    return Flask(__name__)\n", "from streamlit import write\nwrite(1)\n",
		"from celery import Celery\napp = Celery()\n", "from fastapi import FastAPI\napi = FastAPI()\n", "x = (\n",
	}
	names := []string{"main.py", "app.py", "board.py", "part.py", "__init__.py", "worker.py", "__main__.py", "report.py"}
	dirs := []string{"", "a/", "a/b/", "lib/", "src/shop/", "docs/"}
	fewer := 0
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 1))
		files := map[string]string{}
		for range 1 + random.IntN(7) {
			name := names[random.IntN(len(names))]
			text := texts[random.IntN(len(texts))]
			if slices.Contains(usualNames, name) || slices.Contains(mainNames, name) {
				for range random.IntN(3) {
					text = fmt.Sprintf("from %s%s import part\n", strings.ReplaceAll(dirs[random.IntN(4)], "/", "."), strings.TrimSuffix(names[random.IntN(len(names))], ".py")) + text
				}
			}
			files[dirs[random.IntN(len(dirs))]+name] = text
		}
		var packages []string
		for _, name := range []string{"flask", "fastapi", "celery", "streamlit"} { // what is imported is listed
			if slices.ContainsFunc(slices.Collect(maps.Values(files)), func(text string) bool { return strings.Contains(text, "from "+name+" ") }) {
				packages = append(packages, name)
			}
		}
		s, tree := sourcesOf(t, files, packages...)
		got, gotErr := s.choose(nil, nil)
		if len(tree.Opened()) < len(s.All()) {
			fewer++
		}
		want, wantErr := s.product(s.startable(s.All()))
		for _, all := range [][]Program{got, want} {
			for i := range all {
				all[i].Reason = "" // which says in how many files was looked
			}
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Program{})); diff != "" || (gotErr == nil) != (wantErr == nil) {
			t.Fatalf("seed %d, files %q: errors %v and %v (-all +usual):\n%s", seed, files, wantErr, gotErr, diff)
		}
	}
	if fewer < 100 {
		t.Errorf("%d trees were not opened whole, too few to prove anything", fewer)
	}
}
