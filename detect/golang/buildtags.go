package golang

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
	"github.com/dockgen/dockgen/internal/pattern"
)

// tagsKey is the option that names build tags; "none" asks for none.
const tagsKey, noTags = "tags", "none"

// Tags are the build tags that a program is compiled with.
type Tags struct {
	Names  []string
	Reason string
	At     detect.Evidence
	Sure   bool        // so it is built for what is shipped, or wherever it is built
	Left   []Directive // tags without which files that embed something are left out
	Beside []Directive // tags of the project's own builds that bring files of the program in
}

// tagName is what the go command takes for a tag
// (https://pkg.go.dev/cmd/go#hdr-Build_constraints).
var tagName = pattern.New(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// tagged settles the build tags of a program, so that the packages that it is built from
// declare all that they use of each other: those asked for, those that the project's own
// builds of the program have, or those that alone declare what is missing.
func (s *sources) tagged(p Program, asked []string, answered bool) (t Tags, err error) {
	var stated []Tags
	if answered {
		t = Tags{Names: asked, Reason: "asked for"}
		for _, name := range asked {
			if !tagName.MatchString(name) {
				return t, fmt.Errorf("--tags: %q is no build tag", name)
			}
		}
		if slices.Equal(asked, []string{noTags}) {
			t.Names = nil
		}
	} else if stated = s.statedTags(p); len(stated) > 0 && stated[0].Sure {
		t = stated[0]
	}
	lacks, err := s.lacking(p, t.Names)
	switch {
	case err != nil || len(lacks) == 0:
		return t, err
	case answered:
		return t, detect.Errorf(lacks[0].use, "%s is declared for other build tags alone, %s; add them to --tags", lacks[0].name, strings.Join(lacks[0].options(), " or "))
	}
	for _, other := range stated {
		if still, err := s.lacking(p, other.Names); err == nil && len(still) == 0 {
			return other, nil
		}
	}
	for range 4 { // what a tag brings may want another
		if len(lacks) == 0 {
			return t, nil
		}
		l := lacks[0]
		if len(l.files) != 1 {
			e := &detect.ChoiceError{Subject: fmt.Sprintf("%s: %s is declared for build tags alone, and nothing says which", l.use, l.name), Flag: "--tags"}
			for _, f := range l.files {
				e.Options = append(e.Options, detect.Option{Value: strings.Join(f.tags, ","), At: f.at})
			}
			return t, e
		}
		t.Names = union(t.Names, l.files[0].tags)
		t.Reason, t.At = fmt.Sprintf("%s uses %s, which a build without declares nowhere", l.use, l.name), l.files[0].at
		if lacks, err = s.lacking(p, t.Names); err != nil {
			return t, err
		}
	}
	return t, nil
}

// with makes the build one with tags.
func (s *sources) with(tags []string) {
	s.ctxt.BuildTags, s.names.BuildTags = tags, tags
}

// lack is a name that a program uses and that no file of its build declares.
type lack struct {
	name  string
	use   detect.Evidence
	files []conditional // that would
}

func (l lack) options() (all []string) {
	for _, f := range l.files {
		all = append(all, strings.Join(f.tags, ","))
	}
	return all
}

// conditional is a file that the build leaves out for want of tags.
type conditional struct {
	file string
	tags []string // that bring it in
	at   detect.Evidence
}

// lacking lists what a build with tags lacks.
func (s *sources) lacking(p Program, tags []string) (lacks []lack, err error) {
	s.with(tags)
	packages, _, _, err := s.closure(p.Dir)
	if none := (*noFiles)(nil); errors.As(err, &none) {
		if files := s.conditionals(none.dir, s.goFiles(none.dir)); len(files) > 0 {
			return []lack{{path.Base(none.dir), none.at, files}}, nil
		}
	}
	if err != nil {
		return nil, err
	}
	for _, pkg := range packages {
		files := s.conditionals(pkg.Dir, pkg.ignored)
		if len(files) == 0 {
			continue
		}
		names, err := s.onlyIn(pkg, files)
		if err != nil {
			return nil, err
		}
		for _, name := range sortedKeys(names) {
			if at, ok := s.uses(packages, pkg, name); ok {
				lacks = append(lacks, lack{name, at, names[name]})
			}
		}
	}
	return lacks, nil
}

// embeds lists the tags without which files of a program that embed something are left
// out of the build, beside those that it has.
func (s *sources) embeds(packages []Package, names []string) (left []Directive) {
	for _, pkg := range packages {
		for _, f := range s.conditionals(pkg.Dir, pkg.ignored) {
			data, err := s.read(f.file)
			if i := bytes.Index(data, []byte("\n//go:embed ")); err == nil && i >= 0 {
				left = append(left, Directive{strings.Join(union(names, f.tags), ","), detect.Evidence{File: f.file, Line: 2 + bytes.Count(data[:i], []byte("\n"))}})
			}
		}
	}
	return left
}

// conditionals finds out which of the files that a build leaves out tags would bring in.
func (s *sources) conditionals(dir string, names []string) (found []conditional) {
	for _, name := range names {
		file := path.Join(dir, name)
		data, err := s.read(file)
		if err != nil {
			continue // said where the file is asked for
		}
		header, _, _ := bytes.Cut(data, []byte("\npackage "))
		n := 0
		for line := range strings.Lines(string(header)) {
			n++
			line = strings.TrimSpace(line)
			expr, err := constraint.Parse(line)
			if !constraint.IsGoBuild(line) || err != nil {
				continue
			}
			if tags := s.bringing(dir, name, ownTags(expr)); len(tags) > 0 {
				found = append(found, conditional{file, tags, detect.Evidence{File: file, Line: n}})
			}
		}
	}
	return found
}

// aloof are words of constraints that no project chooses for what it ships.
var aloof = pattern.New(`^(?:go1\.\d+|cgo|gc|gccgo|unix|race|msan|asan|ignore|tools?|wireinject|integration|e2e|test|testing|debug|never|generate|aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|wasip1|windows|zos|386|amd64|arm|arm64|loong64|mips\w*|ppc64\w*|riscv64|s390x|wasm)$`)

// ownTags lists the tags of a constraint that a project has made for itself.
func ownTags(expr constraint.Expr) (tags []string) {
	switch x := expr.(type) {
	case *constraint.TagExpr:
		if !aloof.MatchString(x.Tag) && tagName.MatchString(x.Tag) {
			return []string{x.Tag}
		}
	case *constraint.NotExpr:
		return ownTags(x.X)
	case *constraint.AndExpr:
		return append(ownTags(x.X), ownTags(x.Y)...)
	case *constraint.OrExpr:
		return append(ownTags(x.X), ownTags(x.Y)...)
	}
	return tags
}

// bringing gives the fewest of some tags that bring a file into the build: one, or all.
func (s *sources) bringing(dir, name string, tags []string) []string {
	try := func(more ...string) bool {
		ctxt := s.ctxt
		ctxt.CgoEnabled = true
		ctxt.BuildTags = slices.Concat(s.ctxt.BuildTags, more)
		taken, err := ctxt.MatchFile(dir, name)
		return err == nil && taken
	}
	if len(tags) == 0 || try() {
		return nil // it is there, or is for another system
	}
	for _, tag := range tags {
		if try(tag) {
			return []string{tag}
		}
	}
	if try(tags...) {
		return tags
	}
	return nil
}

// onlyIn lists what conditional files declare and none of the build does.
func (s *sources) onlyIn(pkg Package, files []conditional) (map[string][]conditional, error) {
	only := map[string][]conditional{}
	name := ""
	taken := map[string]bool{"_": true, "init": true, "main": true}
	for _, file := range pkg.Files {
		parsed, err := s.parsed(file)
		if err != nil {
			return nil, err
		}
		name = parsed.Name.Name
		for _, declared := range declares(parsed) {
			taken[declared] = true
		}
	}
	for _, f := range files {
		parsed, err := s.parsed(f.file)
		if err != nil || parsed.Name.Name != name {
			continue // no build reads it
		}
		for _, declared := range declares(parsed) {
			if !taken[declared] {
				only[declared] = append(only[declared], f)
			}
		}
	}
	return only, nil
}

func (s *sources) parsed(file string) (*ast.File, error) {
	data, err := s.read(file)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, data, 0)
	if err != nil {
		return nil, s.broken(file, err)
	}
	return parsed, nil
}

// declares lists the names of a file that its package has.
func declares(file *ast.File) (names []string) {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch x := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, x.Name.Name)
				case *ast.ValueSpec:
					for _, n := range x.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}

// uses finds where the files of a build name what a package does not declare: the package
// itself, or those that import it.
func (s *sources) uses(packages []Package, of Package, name string) (detect.Evidence, bool) {
	for _, pkg := range packages {
		own := pkg.Dir == of.Dir
		if !own && !slices.ContainsFunc(pkg.imports, func(path string) bool { dir, ok := s.folder(path); return ok && dir == of.Dir }) {
			continue
		}
		for _, file := range pkg.Files {
			data, err := s.read(file)
			if err != nil || !bytes.Contains(data, []byte(name)) {
				continue
			}
			set := token.NewFileSet()
			parsed, err := parser.ParseFile(set, file, data, 0)
			if err != nil {
				continue // said where all is parsed
			}
			if at, ok := s.usesIn(parsed, own, of.Dir, name); ok {
				return evidence(set.Position(at)), true
			}
		}
	}
	return detect.Evidence{}, false
}

func (s *sources) usesIn(file *ast.File, own bool, dir, name string) (at token.Pos, found bool) {
	if own {
		for _, id := range file.Unresolved {
			if id.Name == name {
				return id.Pos(), true
			}
		}
		return 0, false
	}
	local := ""
	for _, spec := range file.Imports {
		imported := strings.Trim(spec.Path.Value, "`\"")
		if in, ok := s.folder(imported); ok && in == dir {
			if local = packageName(imported); spec.Name != nil {
				local = spec.Name.Name
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == name {
			if id, is := sel.X.(*ast.Ident); is && id.Name == local && id.Obj == nil {
				at, found = sel.Pos(), true
			}
		}
		return !found
	})
	return at, found
}

// builds lists the project's own builds of a program: calls of the go command, the most
// telling first.
func (s *sources) builds(p Program) (found []goBuild) {
	for _, c := range manifest.Calls(s.tree, s.Module.Dir, "go build", "go install", "$(GO", "${GO", "{{.GO") {
		if b, ok := readBuild(c); ok && s.isOf(b, p) {
			found = append(found, b)
		}
	}
	return found
}

// goBuild is a call of the go command that builds.
type goBuild struct {
	manifest.Call
	tags     []string
	known    bool // the tags are all there
	ldflags  string
	packages []string
}

// goCommand is the go command as files call it.
var goCommand = pattern.New(`(?i)^(?:go(?:1\.\d+)?|.*[$({ ]go[)} ].*)$`)

// readBuild reads the flags of a call. Builds for other systems are none.
func readBuild(c manifest.Call) (b goBuild, ok bool) {
	if len(c.Words) < 2 || !goCommand.MatchString(c.Words[0]) || c.Words[1] != "build" && c.Words[1] != "install" {
		return b, false
	}
	b = goBuild{Call: c, known: true}
	for _, set := range c.Set {
		if system, ok := strings.CutPrefix(set, "GOOS="); ok && system != "linux" && !strings.Contains(system, "$") && !strings.Contains(system, "{") {
			return b, false
		}
	}
	args := c.Words[2:]
	for i := 0; i < len(args); i++ {
		flag, value, joined := strings.Cut(args[i], "=")
		if !strings.HasPrefix(flag, "-") {
			b.packages = append(b.packages, args[i])
			continue
		}
		flag = strings.TrimLeft(flag, "-")
		if !joined && takesValue(flag) && i+1 < len(args) {
			i++
			value = args[i]
		}
		switch flag {
		case "tags":
			for _, tag := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }) {
				if tagName.MatchString(tag) {
					b.tags = append(b.tags, tag)
				} else {
					b.known = false
				}
			}
		case "ldflags":
			b.ldflags = value
		}
	}
	slices.Sort(b.tags)
	b.tags = slices.Compact(b.tags)
	return b, true
}

// takesValue says whether a flag of go build has its value in the next word
// (https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies).
func takesValue(flag string) bool {
	return slices.Contains([]string{"o", "tags", "ldflags", "gcflags", "asmflags", "mod", "p", "buildmode", "pkgdir", "C", "overlay", "pgo", "modfile", "covermode", "coverpkg", "compiler", "installsuffix", "toolexec"}, flag)
}

// isOf says whether a call builds a program: by its folder, which may be all of the
// module, or stand in a variable where the module has no other.
func (s *sources) isOf(b goBuild, p Program) bool {
	from := path.Dir(b.At.File)
	if b.By == manifest.ByWorkflow || b.By == manifest.ByProse { // which lie elsewhere
		from = s.Module.Dir
	}
	if b.In != "" {
		from = path.Join(path.Dir(b.At.File), b.In)
		if b.By == manifest.ByWorkflow || b.By == manifest.ByProse {
			from = b.In
		}
	}
	if len(b.packages) == 0 {
		return p.Dir == from || p.Dir == s.Module.Dir
	}
	return slices.ContainsFunc(b.packages, func(arg string) bool {
		if strings.ContainsAny(arg, "${(") {
			return true
		}
		dir, all := strings.CutSuffix(arg, "/...")
		dir = strings.TrimPrefix(dir, s.Module.Path+"/")
		if strings.HasSuffix(dir, ".go") {
			dir = path.Dir(dir)
		}
		for _, base := range []string{from, s.Module.Dir} {
			if full := path.Join(base, dir); full == p.Dir || all && detect.Inside(p.Dir, full) {
				return true
			}
		}
		return false
	})
}

// statedTags lists the tags that the project's own builds of a program have, each once, the
// most telling first: of the most telling what they have in common, where that is anything,
// else those without tags.
func (s *sources) statedTags(p Program) (all []Tags) {
	var first []goBuild
	builds := slices.DeleteFunc(s.builds(p), func(b goBuild) bool { return !b.known || b.By == manifest.Aside })
	for _, b := range builds {
		if b.By == builds[0].By {
			first = append(first, b)
		}
	}
	slices.SortStableFunc(first, func(a, b goBuild) int { return len(a.tags) - len(b.tags) })
	if common := common(first); len(common) > 0 && builds[0].By < manifest.ByProse {
		t := Tags{Names: common, Reason: "as the project builds it", At: first[0].At, Sure: true}
		if len(common) < len(first[len(first)-1].tags) {
			t.Reason = "what all of the project's own builds of it have in common"
		}
		all = append(all, t)
	}
	for _, b := range slices.Concat(first, builds[len(first):]) {
		if !slices.ContainsFunc(all, func(t Tags) bool { return slices.Equal(t.Names, b.tags) }) {
			all = append(all, Tags{Names: b.tags, Reason: "as the project builds it", At: b.At, Sure: b.By <= manifest.ByTask})
		}
	}
	if len(all) == 1 && builds[0].By < manifest.ByProse {
		all[0].Sure = true
	}
	return all
}

// common lists the tags that all of some builds have.
func common(builds []goBuild) (tags []string) {
	for i, b := range builds {
		if i == 0 {
			tags = slices.Clone(b.tags)
		}
		tags = slices.DeleteFunc(tags, func(tag string) bool { return !slices.Contains(b.tags, tag) })
	}
	return tags
}

// beside lists what the project's own builds have that this one leaves out: tags that bring
// files of the program in.
func (s *sources) beside(p Program, packages []Package, names []string) (left []Directive) {
	var files []conditional
	for _, pkg := range packages {
		files = append(files, s.conditionals(pkg.Dir, pkg.ignored)...)
	}
	if len(files) == 0 {
		return nil
	}
	for _, b := range s.builds(p) {
		for _, f := range files {
			tags := strings.Join(union(names, f.tags), ",")
			has := !slices.ContainsFunc(f.tags, func(tag string) bool { return !slices.Contains(b.tags, tag) })
			if has && b.By != manifest.Aside && !slices.ContainsFunc(left, func(d Directive) bool { return d.Value == tags }) {
				left = append(left, Directive{tags, b.At})
			}
		}
	}
	return left
}

// released lists the one program that the project's configuration of goreleaser builds.
func (s *sources) released(programs []Program) (named []Program) {
	for _, p := range programs {
		for _, c := range manifest.Calls(s.tree, s.Module.Dir, "go build") {
			b, ok := readBuild(c)
			if !ok || c.By != manifest.ByRelease || len(b.packages) != 1 || strings.ContainsAny(b.packages[0], "{$") || !s.isOf(b, p) {
				continue
			}
			p.Reason = c.At.String() + " releases it"
			named = append(named, p)
			break
		}
	}
	if len(named) > 1 {
		return nil
	}
	return named
}
