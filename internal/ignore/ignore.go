package ignore

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/glob"
	"github.com/dockgen/dockgen/internal/plan"
)

// Ground is what a repository says about what builds are not sent. It is asked once for
// all services, and may be used by several goroutines at once.
type Ground struct {
	rules    []detect.IgnoreRule
	kept     []string // files that a .gitignore keeps with a !, or in a folder that one keeps
	suspects []suspect
	sources  []entryAt          // folders of the table's names that hold sources
	links    []string           // links that lead out of the repository or to nowhere known
	tracked  []detect.Exclusion // files that git keeps although a .gitignore names them
	all      func() []string    // every file
	tree     *detect.Tree
}

// A suspect is a file that git keeps and the table leaves out.
type suspect struct {
	file  string
	entry entry
	safe  bool // a certificate without its key
	cased bool // its name has capitals where the table has none
}

type entryAt struct {
	dir   string
	entry entry
}

// code are the endings of what is compiled, interpreted or served, and so no secret by
// the name of its folder alone.
var code = []string{
	".go", ".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte", ".astro", ".rs", ".java", ".kt", ".kts", ".scala", ".groovy",
	".c", ".h", ".cc", ".cpp", ".proto", ".sh", ".html", ".css", ".scss", ".less", ".rb", ".php", ".cs", ".ex", ".exs",
}

// Survey asks a repository.
func Survey(t *detect.Tree) *Ground {
	g := &Ground{rules: t.IgnoreRules(), tree: t}
	g.all = sync.OnceValue(func() []string { return t.Files(func(string) bool { return true }) })
	for _, name := range t.Kept() {
		if _, folder := t.Folder(name); !folder {
			g.kept = append(g.kept, name)
			continue
		}
		for _, dir := range t.Below(name, func(string) bool { return false }) {
			g.kept = append(g.kept, files(t, dir)...)
		}
	}
	slices.Sort(g.kept)
	g.kept = slices.Compact(g.kept)
	g.look(".", entry{}, false)
	g.tracked = t.Overruled()
	return g
}

// files lists the files and links of a folder.
func files(t *detect.Tree, dir string) (names []string) {
	f, _ := t.Folder(dir)
	for _, base := range slices.Concat(f.Files, f.Links) {
		names = append(names, path.Join(dir, base))
	}
	return names
}

// look goes through a folder and those below it; in is what the table says of it or of
// one above.
func (g *Ground) look(dir string, in entry, inside bool) {
	x := named()
	folder, _ := g.tree.Folder(dir)
	for _, base := range folder.Files {
		e, found := x.find(dir, base)
		name := path.Join(dir, base)
		if lower := strings.ToLower(base); !found && !inside && lower != base {
			if e, found = x.find(dir, lower); found && never[e.group].what != "" && !slices.Contains(code, path.Ext(lower)) {
				g.suspects = append(g.suspects, suspect{name, e, g.certificate(name), true})
			}
			continue
		}
		if !found && !inside {
			continue
		}
		if !found {
			e = in
			hidden := strings.HasPrefix(strings.TrimPrefix(in.pattern, "**/"), ".") // where scripts lie, and settings in code
			if slices.Contains(code, path.Ext(base)) && (!hidden || path.Ext(base) == ".sh") {
				g.sources = append(g.sources, entryAt{dir, in})
			}
		}
		g.suspects = append(g.suspects, suspect{name, e, found && g.certificate(name), false})
	}
	for _, base := range folder.Links {
		if name := path.Join(dir, base); g.tree.LeadsOut(name) {
			g.links = append(g.links, name)
		}
	}
	for _, base := range folder.Dirs {
		e, found := x.find(dir, base)
		if !found {
			e = in
		}
		g.look(path.Join(dir, base), e, found || inside)
	}
}

// certificate says whether a file holds certificates and no private key.
func (g *Ground) certificate(name string) bool {
	return isCertificate(name, func() ([]byte, error) { return g.tree.ReadFile(name) })
}

func isCertificate(name string, read func() ([]byte, error)) bool {
	if strings.ToLower(path.Ext(name)) != ".pem" {
		return false
	}
	data, err := read()
	return err == nil && bytes.Contains(data, []byte("-----BEGIN CERTIFICATE-----")) && !bytes.Contains(data, []byte("PRIVATE KEY-----"))
}

// Complete adds to the ignore file of a service what holds for every stack, in the
// context of its build, and says which files that git keeps are left out.
func (g *Ground) Complete(ig plan.Ignore, context string) (plan.Ignore, []string, error) {
	var known []string // said below
	for _, group := range ig.Groups {
		known = append(known, group.Patterns...)
	}
	groups := slices.Clone(ig.Groups)
	for _, n := range never {
		lines := slices.DeleteFunc(slices.Clone(n.patterns), func(p string) bool { return slices.Contains(known, p) || g.holdsSources(p, context) })
		groups = append(groups, plan.IgnoreGroup{Title: n.title, Patterns: lines})
		known = append(known, lines...)
	}
	said := slices.DeleteFunc(g.git(ig.Patterns, context), func(p string) bool { return slices.Contains(known, p) })
	if len(said) > 0 {
		groups = slices.Insert(groups, 0, plan.IgnoreGroup{Title: "what git does not keep", Patterns: said})
	}
	ig.Groups = groups
	if cased := g.cased(ig, context); len(cased) > 0 {
		ig.Groups = append(ig.Groups, plan.IgnoreGroup{Title: "names of that kind in capitals", Patterns: cased})
	}
	var links []string
	for _, name := range g.links {
		if detect.Inside(name, context) {
			links = append(links, glob.Escape(detect.From(context, name)))
		}
	}
	if len(links) > 0 {
		ig.Groups = append(ig.Groups, plan.IgnoreGroup{Title: "links that lead out of the context", Patterns: links})
	}
	matcher, err := dockerfile.ParseIgnore([]byte(strings.Join(ig.Lines(), "\n")))
	if err != nil {
		return ig, nil, fmt.Errorf("ignore patterns: %w", err)
	}
	for _, file := range ig.Reads {
		if matcher.Hides(file) {
			ig.Exceptions = append(ig.Exceptions, "!"+glob.Escape(path.Clean(file)))
		}
	}
	notes := g.leftOut(&ig, context, matcher)
	notes = append(notes, g.overruled(&ig, context, matcher)...)
	slices.Sort(ig.Exceptions)
	ig.Exceptions = slices.Compact(ig.Exceptions)
	return ig, append(notes, linkNote(links)...), nil
}

// overruled lets the files through that git tracks although a .gitignore names them, where
// the table does not name them too, and says so: nobody knows of them who has no index.
func (g *Ground) overruled(ig *plan.Ignore, context string, matcher *dockerfile.Ignore) []string {
	var let []string
	for _, x := range g.tracked {
		rest, inside := detect.Below(context, x.Dir)
		suspected := slices.ContainsFunc(g.suspects, func(s suspect) bool { return s.file == x.Dir })
		if !inside || suspected || !reaches(ig.Patterns, rest) || !matcher.Hides(rest) {
			continue
		}
		ig.Exceptions = append(ig.Exceptions, "!"+glob.Escape(rest))
		let = append(let, fmt.Sprintf("%s (%s)", rest, x.At))
	}
	if len(let) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s: git tracks it, though a .gitignore names it, so builds are sent it; a line that begins with ! in that file says so to a copy without git's index, too", plan.Some(let))}
}

// cased are the files that the table would hide if it knew capitals, which a pattern
// for each of them says.
func (g *Ground) cased(ig plan.Ignore, context string) (patterns []string) {
	for _, s := range g.suspects {
		if rest, inside := detect.Below(context, s.file); inside && s.cased && reaches(ig.Patterns, rest) {
			patterns = append(patterns, glob.Escape(rest))
		}
	}
	return patterns
}

func linkNote(links []string) []string {
	if len(links) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s leads out of the repository and is left out of the image; commit what it points to", plan.Some(links))}
}

// holdsSources says whether a pattern of the table would hide sources in a context.
func (g *Ground) holdsSources(p, context string) bool {
	return slices.ContainsFunc(g.sources, func(s entryAt) bool { return s.entry.pattern == p && detect.Inside(s.dir, context) })
}

// leftOut lets certificates and standing data through, and says which other files that
// git keeps the table hides from the build.
func (g *Ground) leftOut(ig *plan.Ignore, context string, matcher *dockerfile.Ignore) (notes []string) {
	hidden := make([][]string, len(never))
	for _, s := range g.suspects {
		rest, inside := detect.Below(context, s.file)
		if !inside || never[s.entry.group].what == "" || !matcher.Hides(rest) || slices.Contains(ig.Reads, rest) || !reaches(ig.Patterns, rest) {
			continue
		}
		switch {
		case s.safe:
			ig.Exceptions = append(ig.Exceptions, "!"+glob.Escape(rest))
		case isTemplate(rest):
		case never[s.entry.group].data && stands(rest):
			ig.Exceptions = append(ig.Exceptions, "!"+glob.Escape(rest))
			notes = append(notes, fmt.Sprintf("%s is data that is committed, and stays in the image; name it in .gitignore if it should not", rest))
		default:
			hidden[s.entry.group] = append(hidden[s.entry.group], rest)
		}
	}
	for i, files := range hidden {
		if len(files) > 0 {
			left := plan.LeftOut{Files: files, What: never[i].what}
			ig.Left = append(ig.Left, left)
			notes = append(notes, left.Note())
		}
	}
	return notes
}

// Hides says that no build is sent anything of a folder, because the table names all that
// git keeps in it.
func (g *Ground) Hides(dir string) bool {
	hidden := map[string]bool{}
	for _, s := range g.suspects {
		if detect.Inside(s.file, dir) {
			hidden[s.file] = !s.safe && !g.holdsSources(s.entry.pattern, dir) && !(never[s.entry.group].data && stands(s.file))
		}
	}
	if len(hidden) == 0 {
		return false
	}
	for _, folder := range g.tree.Below(dir, func(string) bool { return false }) {
		if slices.ContainsFunc(files(g.tree, folder), func(file string) bool { return !hidden[file] }) {
			return false
		}
	}
	return true
}

// templates end the names of files that show what variables there are, for people to copy.
var templates = []string{".example", ".sample", ".template", ".dist", ".tmpl"}

// isTemplate says that a file of variables is one: nobody's credentials, and nothing that a
// program reads.
func isTemplate(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, ".env") && slices.Contains(templates, path.Ext(base))
}

// reaches says whether an allow-list lets a path through; one that is empty does.
func reaches(allowed []string, name string) bool {
	if len(allowed) == 0 || allowed[0] != "*" {
		return true
	}
	return slices.ContainsFunc(allowed, func(p string) bool {
		p, ok := strings.CutPrefix(p, "!")
		return ok && (name == p || strings.HasPrefix(name, p+"/"))
	})
}
