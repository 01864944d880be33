package verify

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/docker"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/image"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/secret"
)

// source is how a source file of a stack is edited without changing what it means.
type source struct {
	extensions []string
	comment    string // with %s for something unique
}

var sources = map[string]source{
	"go":     {[]string{".go"}, "\n// edited %s\n"},
	"rust":   {[]string{".rs"}, "\n// edited %s\n"},
	"java":   {[]string{".java", ".kt"}, "\n// edited %s\n"},
	"python": {[]string{".py"}, "\n# edited %s\n"},
	"node":   {[]string{".ts", ".js", ".mjs", ".tsx", ".vue", ".svelte", ".astro"}, "\n// edited %s\n"},
	"static": {[]string{".css", ".js"}, "\n/* edited %s */\n"},
}

// installs are steps that fetch or compile dependencies, by what they run; in Dockerfiles
// of dockgen's they have stages of their own.
var installs = pattern.New(`(?i)\b(?:(?:npm|pnpm|yarn|bun) (?:ci|i|install|add|--frozen-lockfile)\b|pip3? (?:--\S+ \S+ )?install\b|uv (?:sync|pip install)|poetry install|pdm (?:sync|install)|pipenv (?:sync|install)|go mod download|cargo (?:fetch|chef cook)|mvnw? .*dependency:|gradlew? .*dependencies|bundle install|composer install|(?:apt-get|apk|dnf) (?:\S+ )*(?:install|add)\b)`)

// dependencyStages are the stages of dockgen's that hold dependencies.
var dependencyStages = []string{"deps", "prod-deps", "frontend-deps"}

// compiles is what cargo says of a package that is none of the repository's.
var compiles = pattern.New(`(?m)^ *Compiling \S+ v[0-9]\S*$`)

// again builds after an edit of one source file, in a copy of the context: once to see what
// runs again, and once more with the network off for that.
func (r Request) again(ctx context.Context, s Subject) *Rebuild {
	again := &Rebuild{}
	dir, err := os.MkdirTemp("", "dockgen-rebuild-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }() // nothing hangs on it
		err = r.copyContext(s, dir)
	}
	if err != nil {
		again.Why = "the context could not be copied: " + err.Error()
		return again
	}
	b := r.build(s)
	b.Context, b.Dockerfile, b.Text = dir, "-", string(s.text)
	if again.Edited, err = edit(dir, s); err != nil {
		again.Why = err.Error()
		return again
	}
	steps, _, err := r.Docker.Build(ctx, b)
	if err != nil {
		again.Why = "the build after an edit of " + again.Edited + " fails: " + err.Error()
		return again
	}
	var runs []docker.Step
	for _, step := range steps {
		if !step.Ran {
			continue
		}
		one := Step{step.Stage, step.Text, s.at(step)}
		again.Repeated = append(again.Repeated, one)
		if step.Run > 0 {
			runs = append(runs, step)
		}
		if slices.Contains(dependencyStages, step.Stage) || step.Run > 0 && (installs.MatchString(step.Text) && !usesMount(step.Text) || compiles.MatchString(step.Log)) {
			again.Depends = append(again.Depends, one)
		}
	}
	if len(runs) > 0 && len(again.Depends) == 0 {
		again.Offline = r.offline(ctx, s, b, runs)
	}
	return again
}

// usesMount says whether an installation finds what it wants in a cache of its own, and
// the sources have to be there for it.
func usesMount(text string) bool { return strings.Contains(text, "--mount=type=cache") }

// at is the line of a step.
func (s Subject) at(step docker.Step) string {
	if line := s.lineOf(step); line > 0 {
		return fmt.Sprintf("%s:%d", s.Dockerfile, line)
	}
	return ""
}

// lineOf counts the RUN instructions of a stage.
func (s Subject) lineOf(step docker.Step) int {
	for _, stage := range s.stages {
		if stage.Name != step.Stage {
			continue
		}
		run := 0
		for _, one := range stage.Steps {
			if one.Name != "RUN" {
				continue
			}
			if run++; run == step.Run {
				return one.Line
			}
		}
	}
	return 0
}

// offline switches the network off for some steps, and changes nothing else, so that all
// others stay cached.
func (r Request) offline(ctx context.Context, s Subject, b docker.Build, runs []docker.Step) *Attempt {
	lines := strings.SplitAfter(string(s.text), "\n")
	for _, step := range runs {
		n := s.lineOf(step)
		if n == 0 {
			return nil
		}
		rest, ok := strings.CutPrefix(lines[n-1], "RUN ")
		if !ok {
			return nil
		}
		lines[n-1] = "RUN --network=none " + rest
	}
	b.Text = strings.Join(lines, "")
	if _, err := edit(b.Context, s); err != nil {
		return nil
	}
	_, took, err := r.Docker.Build(ctx, b)
	a := &Attempt{OK: err == nil, Took: took}
	if failed, ok := errors.AsType[*docker.BuildError](err); ok {
		a.Step, a.Log = failed.Step, failed.Log
		if failed.Line > 0 {
			a.At = fmt.Sprintf("%s:%d", s.Dockerfile, failed.Line)
		}
	}
	return a
}

// edit appends a comment to the first source file that is no test, one that no build has seen:
// the cache knows what an earlier run edited alike.
func edit(dir string, s Subject) (string, error) {
	how, ok := sources[s.Stack]
	if !ok {
		return "", fmt.Errorf("no source of %q is known", s.Stack)
	}
	root := os.DirFS(dir)
	home := path.Clean(s.Dir)
	if inside, err := filepath.Rel(filepath.FromSlash(s.Context), filepath.FromSlash(s.Dir)); err == nil && filepath.IsLocal(inside) {
		home = filepath.ToSlash(inside)
	}
	var file string
	err := fs.WalkDir(root, home, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Type().IsRegular() && slices.Contains(how.extensions, path.Ext(name)) && !strings.Contains(path.Base(name), "test") && !strings.Contains(name, ".config.") {
			file = name
			return fs.SkipAll
		}
		return nil
	})
	if err != nil || file == "" {
		return "", fmt.Errorf("there is no source to edit below %s", s.Dir)
	}
	data, err := fs.ReadFile(root, file)
	if err != nil {
		return "", err
	}
	full := filepath.Join(dir, filepath.FromSlash(file))
	return path.Join(s.Context, file), os.WriteFile(full, append(data, fmt.Sprintf(how.comment, rand.Text())...), 0o644)
}

// copyContext copies what a build is sent, never more.
func (r Request) copyContext(s Subject, to string) error {
	root := os.DirFS(filepath.Join(r.Root, filepath.FromSlash(s.Context)))
	ignore := &dockerfile.Ignore{}
	beside, err := filepath.Rel(filepath.FromSlash(s.Context), filepath.FromSlash(s.Dockerfile+".dockerignore"))
	if err != nil {
		return err
	}
	for _, name := range []string{filepath.ToSlash(beside), ".dockerignore"} {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			continue // the other, or none
		}
		if ignore, err = dockerfile.ParseIgnore(text); err != nil {
			return err
		}
		break
	}
	return fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		full := filepath.Join(to, filepath.FromSlash(name))
		switch {
		case entry.IsDir():
			if name == ".git" {
				return fs.SkipDir
			}
			return os.MkdirAll(full, 0o755)
		case ignore.Hides(name), name == ".dockerignore": // what it hides is not there
			return nil
		case entry.Type()&fs.ModeSymlink != 0:
			link, err := fs.ReadLink(root, name)
			if err != nil {
				return err
			}
			return os.Symlink(link, full)
		case !entry.Type().IsRegular():
			return nil
		}
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(full, data, info.Mode().Perm())
	})
}

// twice builds the image two times, the second without any cache, with times that do not
// count, and compares.
func (r Request) twice(ctx context.Context, _ *secret.Rules, f *Facts, s Subject) *Twice {
	dir, err := os.MkdirTemp("", "dockgen-twice-")
	if err != nil {
		return &Twice{Why: err.Error()}
	}
	defer func() { _ = os.RemoveAll(dir) }() // nothing hangs on it
	var images []*image.Image
	for i, name := range []string{"first.tar", "second.tar"} {
		b := r.build(s)
		b.Args = []string{"SOURCE_DATE_EPOCH=0"}
		b.NoCache = i > 0
		file := filepath.Join(dir, name)
		b.Output = "type=oci,rewrite-timestamp=true,dest=" + file
		if _, _, err := r.Docker.Build(ctx, b); err != nil {
			return &Twice{Why: "the build fails: " + err.Error()}
		}
		im, err := image.ReadFile(ctx, file, image.Options{})
		if err != nil {
			return &Twice{Why: err.Error()}
		}
		images = append(images, im)
	}
	return compare(f, images[0], images[1])
}

// compare names the files in which two images of the same sources differ.
func compare(f *Facts, first, second *image.Image) *Twice {
	t := &Twice{First: first.ID, Second: second.ID}
	for i := range min(len(first.Layers), len(second.Layers)) {
		if first.Layers[i].DiffID == second.Layers[i].DiffID {
			continue
		}
		by, at := f.step(i)
		there := map[string]*image.File{}
		for j := range first.Layers[i].Files {
			there[first.Layers[i].Files[j].Path] = &first.Layers[i].Files[j]
		}
		before := len(t.Differ)
		for j := range second.Layers[i].Files {
			now := &second.Layers[i].Files[j]
			old := there[now.Path]
			delete(there, now.Path)
			if how := differs(old, now); how != "" {
				t.Differ = append(t.Differ, Difference{now.Path, how, by, at})
			}
		}
		for name := range there {
			t.Differ = append(t.Differ, Difference{name, "only in the first build", by, at})
		}
		if len(t.Differ) == before {
			t.Differ = append(t.Differ, Difference{fmt.Sprintf("layer %d", i+1), "the same files with other times or in another order", by, at})
		}
	}
	slices.SortStableFunc(t.Differ, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	return t
}

func differs(old, now *image.File) string {
	switch {
	case old == nil:
		return "only in the second build"
	case old.Sum != now.Sum || old.Size != now.Size || old.Link != now.Link:
		return "other bytes"
	case old.Mode != now.Mode || old.UID != now.UID || old.GID != now.GID || old.Kind != now.Kind:
		return "another owner or mode"
	}
	return ""
}
