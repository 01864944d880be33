package source

import (
	"path"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/jsconf"
)

// PackageOf is the package that a path in node_modules belongs to.
func PackageOf(name string) string {
	parts := strings.SplitN(name, "/", 3)
	if strings.HasPrefix(name, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// TypeScript is where the compiler of a package puts what it makes. Folders are
// from the package's.
type TypeScript struct {
	OutDir  string // empty: beside the sources
	RootDir string // whose folders are kept below OutDir; "" where the compiler finds it
	Include []string
	NoEmit  bool
	At      detect.Evidence // what states OutDir, or the file
	Files   []string        // it and what it extends of the project, from the root
	Foreign []string        // packages that it extends
	aliases []alias         // names of the project's own files
}

// ReadTypeScript reads the first of the files that is there, with those that it
// extends. Without one the result is empty. The error is for a file that is
// broken; what it extends and the project does not hold is passed over.
func ReadTypeScript(t *detect.Tree, dir string, names ...string) (TypeScript, error) {
	program := jsconf.NewProgram(t)
	for _, name := range names {
		file := path.Join(dir, name)
		if !t.Has(file) {
			continue
		}
		ts := TypeScript{At: detect.Evidence{File: file}}
		err := ts.read(t, program, dir, file, 0)
		return ts, err
	}
	return TypeScript{}, nil
}

// read fills in what is not set yet: a file counts more than what it extends.
func (ts *TypeScript) read(t *detect.Tree, program *jsconf.Program, dir, file string, depth int) error {
	module, err := program.Module(file)
	if err != nil {
		return err
	}
	ts.Files = append(ts.Files, file)
	c, _ := module.Config()
	options := c.Get("compilerOptions")
	from := func(v jsconf.Value) string {
		text, ok := v.Text()
		if !ok {
			return ""
		}
		return FromFolder(dir, path.Join(path.Dir(file), text))
	}
	if out := from(options.Get("outDir")); ts.OutDir == "" && out != "" {
		ts.OutDir, ts.At = out, options.Get("outDir").At()
	}
	if root := from(options.Get("rootDir")); ts.RootDir == "" {
		ts.RootDir = root
	}
	if noEmit, ok := options.Get("noEmit").Bool(); ok && depth == 0 {
		ts.NoEmit = noEmit
	}
	if ts.aliases == nil {
		ts.aliases = compilerAliases(options, path.Dir(file))
	}
	if ts.Include == nil {
		for _, key := range []string{"include", "files"} {
			for _, v := range c.Get(key).Items() {
				if text, ok := v.Text(); ok {
					ts.Include = append(ts.Include, FromFolder(dir, path.Join(path.Dir(file), text)))
				}
			}
		}
	}
	extends := c.Get("extends").Items()
	if c.Get("extends").Kind() == jsconf.String {
		extends = []jsconf.Value{c.Get("extends")}
	}
	for i := len(extends) - 1; i >= 0 && depth < 10; i-- {
		text, _ := extends[i].Text()
		if !strings.HasPrefix(text, ".") {
			if text != "" {
				ts.Foreign = append(ts.Foreign, PackageOf(text))
			}
			continue // of a package, which says nothing of folders
		}
		base := path.Join(path.Dir(file), text)
		if !t.Has(base) {
			base += ".json"
		}
		if t.Has(base) {
			if err := ts.read(t, program, dir, base, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// compilerAliases are the paths that options of the compiler state in a folder, and what is
// below its baseUrl.
func compilerAliases(options jsconf.Value, dir string) (all []alias) {
	base, based := options.Get("baseUrl").Text()
	dir = path.Join(dir, base)
	for _, name := range options.Get("paths").Keys() {
		var targets []string
		for _, v := range options.Get("paths").Get(name).Items() {
			if text, ok := v.Text(); ok {
				targets = append(targets, text)
			}
		}
		all = append(all, aliasOf(name, dir, targets...))
	}
	if based {
		all = append(all, aliasOf("*", dir, "*"))
	}
	return all
}

// FromFolder is a path from a folder, both from the root; what lies outside begins
// with "..".
func FromFolder(dir, file string) string {
	if dir == "." {
		return file
	}
	up := ""
	for dir != "." {
		if below, ok := strings.CutPrefix(file, dir+"/"); ok {
			return up + below
		}
		if file == dir {
			return path.Clean(up + ".")
		}
		dir, up = path.Dir(dir), up+"../"
	}
	return up + file
}

// Output is the file that the compiler makes of a source, both from the package's
// folder; ok is false where the compiler writes none.
func (ts TypeScript) Output(source string) (file string, ok bool) {
	stem, found := strings.CutSuffix(source, ".ts")
	ending := ".js"
	for _, e := range []string{".tsx", ".mts", ".cts"} {
		if s, is := strings.CutSuffix(source, e); is {
			stem, found = s, true
			if e != ".tsx" {
				ending = "." + e[1:2] + "js"
			}
		}
	}
	if !found || ts.NoEmit {
		return "", false
	}
	if ts.OutDir == "" {
		return stem + ending, true
	}
	return path.Join(ts.OutDir, strings.TrimPrefix(stem, ts.root(source)+"/")) + ending, true
}

// root is the folder that stands for OutDir: the one that is set, else the one
// that all included sources share.
func (ts TypeScript) root(source string) string {
	if ts.RootDir != "" {
		return ts.RootDir
	}
	first, _, nested := strings.Cut(source, "/")
	if !nested {
		return "."
	}
	for _, include := range ts.Include {
		if folder, _, _ := strings.Cut(include, "/"); folder != first && strings.Contains(include, ".") || folder == "**" || folder == "*" {
			return "."
		}
	}
	return first
}
