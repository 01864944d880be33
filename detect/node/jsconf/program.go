package jsconf

import (
	"path"
	"slices"
	"strings"
)

// Files is what a [Program] reads from.
type Files interface {
	Has(file string) bool
	ReadFile(file string) ([]byte, error)
}

// Program is modules of one project that import each other. It is for one
// goroutine.
type Program struct {
	// Set are variables that the build sets, beside those of [Environment].
	Set map[string]string

	files   Files
	modules map[string]*Module // nil for what cannot be parsed
}

// NewProgram makes a program over the files of a project.
func NewProgram(files Files) *Program {
	return &Program{files: files, modules: map[string]*Module{}}
}

// Module reads a file of the project, once. What it imports by a relative path
// is followed.
func (p *Program) Module(file string) (*Module, error) {
	if m := p.modules[file]; m != nil {
		return m, nil
	}
	data, err := p.files.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return p.Parse(file, data)
}

// Parse is [Program.Module] for a file whose text is at hand.
func (p *Program) Parse(file string, data []byte) (*Module, error) {
	m, err := Parse(file, data)
	if err != nil {
		return nil, err
	}
	m.load, m.set = p.load, p.Set
	p.modules[file] = m
	return m, nil
}

// endings are tried on an import, as bundlers and TypeScript do.
var endings = []string{"", ".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".tsx", ".jsx", ".json", "/index.ts", "/index.js", "/index.mjs"}

// load finds what a path without a certain ending means, or nil.
func (p *Program) load(file string) *Module {
	candidates := make([]string, 0, len(endings)+1)
	for _, ending := range endings {
		candidates = append(candidates, file+ending)
	}
	if base, ok := strings.CutSuffix(file, ".js"); ok { // TypeScript writes the name of what it makes
		candidates = append(candidates, base+".ts")
	}
	i := slices.IndexFunc(candidates, p.files.Has)
	if i < 0 {
		return nil
	}
	file = candidates[i]
	if m, ok := p.modules[file]; ok {
		return m
	}
	if len(p.modules) >= maxFiles {
		return nil
	}
	p.modules[file] = nil
	m, err := p.Module(file)
	if err != nil {
		return nil // it stays unknown; whoever asks for the file itself gets the error
	}
	return m
}

// follow evaluates an import of another file of the project.
func (m *Module) follow(v Value) Value {
	if v.kind != Import || !strings.HasPrefix(v.text, ".") || len(v.names) == 0 || v.module == nil || v.module.load == nil {
		return v
	}
	target := v.module.load(path.Join(path.Dir(v.module.file), v.text))
	if target == nil || target.state == running {
		return v
	}
	var found Value
	if target.column > 0 {
		found, _ = target.Config()
	} else {
		found = target.Export(v.names[0])
	}
	names := v.names[1:]
	if target.column > 0 && v.names[0] != "default" { // a member of JSON, by name
		names = v.names
	}
	for _, name := range names {
		found = found.member(name)
	}
	if found.kind == Undefined {
		return v
	}
	return found
}
