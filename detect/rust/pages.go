package rust

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// embedders are macros that hold a folder in the program, by its path from the package.
//
// Sources: the documentation of include_dir, memory-serve and rust-embed, of the versions
// current in August 2026.
var embedders = []string{"include_dir", "load_assets"}

// givers are what gives browsers a folder, or a page of one: the type or module before
// the call that makes it, and the place of the path among its arguments.
//
// Sources: the documentation of tower-http, actix-files, rocket, warp, poem and salvo, of
// the versions current in August 2026.
var givers = map[string]int{
	"ServeDir": 0, "ServeFile": 0, "FileServer": 0, "StaticFilesEndpoint": 0, "StaticFileEndpoint": 0, "StaticDir": 0, "Files": 1, "NamedFile": 0,
}

// page is a folder of pages, and whether the program looks where it was compiled.
type page struct {
	detect.Pages
	fixed bool
}

// Pages implements [detect.Server].
func (d Detail) Pages() (all []detect.Pages) {
	for _, p := range d.pages {
		all = append(all, p.Pages)
	}
	return all
}

// pages lists the folders that a program holds in itself or gives browsers, but those
// that it writes into.
func (p *program) pages(r *repository, s setting, writes []Asset) (pages []page) {
	var asked []string
	for _, f := range p.files {
		for i, t := range f.tokens {
			if t.kind != str || t.text == "" {
				continue
			}
			inPackage := fromPackage(r.owner(f.name), t.text)
			switch {
			case inPackage == "":
			case embeds(f.tokens, i):
				pages = append(pages, page{Pages: detect.Pages{Dir: inPackage, Embedded: true, Missing: !r.tree.IsFolder(inPackage), Certain: true, At: f.at(t.line)}})
			case gives(f.tokens, i):
				// Where nothing is, the package's folder is as good as the workspace's.
				dir, fixed := path.Join(s.Package.Dir, t.text), fixedIn(f.tokens, i)
				if fixed {
					dir = inPackage
				}
				if strings.HasPrefix(dir, "..") || path.IsAbs(t.text) && !fixed {
					continue
				}
				pages = append(pages, page{detect.Pages{Dir: dir, Certain: detect.IsOutput(detect.Relative(s.Package.Dir, dir)), At: f.at(t.line)}, fixed})
			case questions(f.tokens, i):
				asked = append(asked, path.Join(s.Package.Dir, t.text))
			}
		}
	}
	for i, g := range pages {
		pages[i].Optional = slices.ContainsFunc(asked, func(name string) bool { return detect.Inside(name, g.Dir) || detect.Inside(g.Dir, name) })
	}
	return slices.DeleteFunc(pages, func(g page) bool {
		return !g.Embedded && slices.ContainsFunc(writes, func(w Asset) bool { return detect.Inside(g.Dir, path.Join(s.Package.Dir, w.Path)) })
	})
}

// fromPackage is a path from the folder of a package, from the root; empty for one that
// is no path of the repository.
func fromPackage(dir, text string) string {
	text = strings.TrimPrefix(strings.TrimPrefix(text, "$CARGO_MANIFEST_DIR"), "/")
	name := path.Join(dir, text)
	if text == "" || name == dir || strings.HasPrefix(name, "..") || strings.ContainsAny(text, ":{}*<>$ \n\t") {
		return ""
	}
	return name
}

// embeds says whether a text is the folder of an attribute of rust-embed, or of a macro
// that embeds one.
func embeds(t []token, i int) bool {
	if i >= 2 && t[i-1].is("=") && t[i-2].kind == ident && t[i-2].text == "folder" {
		return true
	}
	_, name, _ := enclosing(t, i)
	return name >= 0 && slices.Contains(embedders, t[name].text) && name+1 < len(t) && t[name+1].is("!")
}

// gives says whether a text is the path of what gives browsers files, through calls that
// pass it on.
func gives(t []token, i int) bool {
	for range 4 {
		_, name, arg := enclosing(t, i)
		if name < 0 {
			return false
		}
		owner, _ := ownerOf(t, name)
		if place, ok := givers[owner]; ok {
			return place == arg
		}
		if owner == "fs" && t[name].text == "dir" || t[name].text == "serve_dir" {
			return true
		}
		joined := t[name].text == "join" && fixedIn(t, name) // to what is not known otherwise
		if !slices.Contains(wrappers, t[name].text) && !joined {
			return false
		}
		i = name
	}
	return false
}

// fixedIn says whether a path begins where the package was compiled.
func fixedIn(t []token, i int) bool {
	open, name, _ := enclosing(t, i)
	if name >= 0 && t[name].text == "relative" {
		return true
	}
	return name >= 0 && slices.ContainsFunc(t[open:min(closing(t, open)+1, len(t))], func(a token) bool { return a.kind == str && a.text == "CARGO_MANIFEST_DIR" })
}

// questions says whether a text is a path that the program only asks about.
func questions(t []token, i int) bool {
	open, name, _ := enclosing(t, i)
	if name < 0 || t[name].text != "new" {
		return false
	}
	end := closing(t, open)
	return end+2 < len(t) && t[end+1].is(".") && slices.Contains([]string{"exists", "is_dir", "is_file", "try_exists"}, t[end+2].text)
}
