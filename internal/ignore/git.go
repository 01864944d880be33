package ignore

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/glob"
)

// mostExceptions bounds the files that are let through one by one; of more, the pattern
// that keeps them stands for those of one folder.
const mostExceptions = 40

// git says in a .dockerignore's words what the .gitignore files of a repository say of a
// context.
//
// Both files have the last match decide, and both hide what lies in a hidden folder; but
// in a .gitignore a ! brings nothing back from a folder that is hidden, and means no more
// than the path itself. So the lines that hide come first, which hides all that git does
// not keep and perhaps more, and then what git keeps of it is let through by its name.
func (g *Ground) git(allowed []string, context string) []string {
	var lines []string
	exact := true
	for i := range g.rules {
		r := &g.rules[i]
		if r.Keep {
			continue
		}
		patterns, same := r.Dockerignore(context)
		for _, p := range patterns {
			if r.Folders && g.fileNamed(r, p, context) {
				p += "/**" // a file of that name stays
			}
			if within(allowed, p) && !slices.Contains(lines, p) {
				lines = append(lines, p)
				exact = exact && same
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	candidates := g.kept
	if !exact {
		candidates = g.all()
	}
	hidden := func(files []string) (back []string) {
		matcher, err := dockerfile.ParseIgnore([]byte(strings.Join(lines, "\n")))
		if err != nil {
			return nil // no pattern that was made of pieces is broken
		}
		for _, file := range files {
			if rest, inside := detect.Below(context, file); inside && reaches(allowed, rest) && matcher.Hides(rest) {
				back = append(back, file)
			}
		}
		return back
	}
	back := hidden(candidates)
	if len(back) > mostExceptions {
		lines = append(lines, g.alike(back, context)...)
		back = hidden(back)
	}
	for _, file := range back {
		lines = append(lines, "!"+glob.Escape(detect.From(context, file)))
	}
	return lines
}

// alike lets the files of a folder through that end alike, if git would keep any that
// does, and nothing in folders that do.
func (g *Ground) alike(files []string, context string) (lines []string) {
	var below []string
	for _, file := range files {
		dir, ext := path.Dir(detect.From(context, file)), path.Ext(file)
		line := path.Join(glob.Escape(dir), "*") + glob.Escape(ext)
		if ext == "" || slices.Contains(lines, "!"+line) || g.tree.Ignores(path.Join(path.Dir(file), "dockgen"+ext)) {
			continue
		}
		lines = append(lines, "!"+line)
		below = append(below, line+"/**")
	}
	return append(lines, below...)
}

// fileNamed says whether git keeps a file in the context that the name of a folder
// would hide.
func (g *Ground) fileNamed(r *detect.IgnoreRule, p, context string) bool {
	name := p[strings.LastIndexByte(p, '/')+1:]
	if strings.ContainsAny(name, `*?[\`) {
		return true
	}
	return slices.ContainsFunc(g.tree.Named(name), func(file string) bool { return detect.Inside(file, context) && r.Matches(file, true) })
}

// within says whether a pattern may match something that an allow-list lets through.
func within(allowed []string, p string) bool {
	if len(allowed) == 0 || allowed[0] != "*" {
		return true
	}
	anchor := p
	if i := strings.IndexAny(p, `*?[\`); i >= 0 {
		anchor = p[:strings.LastIndexByte(p[:i], '/')+1]
	}
	anchor = strings.TrimSuffix(anchor, "/")
	return anchor == "" || slices.ContainsFunc(allowed, func(a string) bool {
		a, ok := strings.CutPrefix(a, "!")
		return ok && (detect.Inside(a, anchor) || detect.Inside(anchor, a))
	})
}
