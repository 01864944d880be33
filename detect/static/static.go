// Package static finds folders of files that a web server gives out as they are,
// and plans images for them.
package static

import (
	"bytes"
	"context"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
	"github.com/dockgen/dockgen/internal/plan"
)

// Name is the name of the stack.
const Name = "static"

// Stack is plain files: what nothing builds.
func Stack() plan.Stack {
	return plan.Stack{
		Name:     Name,
		Markers:  []string{"index.html", "Staticfile"},
		Yields:   true,
		Runtimes: []string{"nginx"},
		Flavours: map[string]string{"nginx": "web server on Alpine; 8 MB"},
		Detect:   Detect,
		Plan:     Plan,
		Starter:  starter,
	}
}

// Detail is what is known of one site.
type Detail struct {
	Dir      string // of the service
	Root     string // of the files, from Dir
	Page     string // the first page, from Dir
	Fallback bool   // unknown paths get index.html
	NotFound bool   // there is a 404.html
	Reason   string // why unknown paths are answered so
	Said     detect.Evidence
	Server   manifest.Nginx
	Unread   []string // files that configure other servers, from the root
	Projects []string // manifests of other stacks among the files, from the root
	Aside    []string // files and folders at the top of the site that are not for visitors, from Root
	Named    []string // files there of such kinds that the first page names, from Root
}

// Facts lists what the files say.
func (d Detail) Facts() []detect.Fact {
	at := []detect.Evidence{{File: path.Join(d.Dir, d.Page)}}
	facts := []detect.Fact{{Name: "site", Value: d.Root, Evidence: at}}
	if d.Said.File != "" {
		facts = append(facts, detect.Fact{Name: "unknown paths", Value: d.Reason, Evidence: []detect.Evidence{d.Said}})
	}
	if d.Server.File != "" {
		facts = append(facts, detect.Fact{Name: "nginx", Value: "its own configuration", Evidence: []detect.Evidence{{File: d.Server.File}}})
	}
	return facts
}

// generators are manifests of programs that make a site out of other files.
var generators = []string{"hugo.toml", "hugo.yaml", "config.toml", "_config.yml", "_config.toml", "book.toml", "mkdocs.yml", "conf.py"}

// outputs are the folders where projects keep a site that is built already, or
// that needs no building, the usual first.
var outputs = []string{".", "public", "dist", "www", "site", "html", "htdocs", "public_html", "wwwroot", "build", "out", "_site", "static", "web"}

// others configure other servers, in the folder of the project or of the site.
var others = []string{"httpd.conf", ".htaccess", "Caddyfile", "_headers", "web.config", "vercel.json", "firebase.json"}

// Detect finds the folder of a site at the root, or in each of the folders below
// it where nothing else stands. A page in the middle of another project is part
// of that.
func Detect(_ context.Context, t *detect.Tree, _ detect.Answers) (detect.Findings, error) {
	var found detect.Findings
	dirs := []string{"."}
	root, _ := t.Folder(".")
	if !isSite(t, ".") && !isBuilt(t, ".") { // each folder may be one
		dirs = nil
		for _, name := range root.Dirs {
			if _, aside := t.Aside(name); !aside {
				dirs = append(dirs, name)
			}
		}
	}
	for _, named := range t.Named("Staticfile") {
		if dir := path.Dir(named); !slices.Contains(dirs, dir) && !isBuilt(t, dir) {
			if _, aside := t.Aside(dir); !aside {
				dirs = append(dirs, dir)
			}
		}
	}
	for _, dir := range dirs {
		if isBuilt(t, dir) {
			if file, ok := generator(t, dir); ok && isSite(t, dir) {
				at := detect.Evidence{File: file}
				found.Others = append(found.Others, detect.Other{Dir: dir, Stack: Name, Reason: "a generator of sites makes it, which dockgen does not run", Evidence: []detect.Evidence{at}})
			}
			continue
		}
		d, ok, err := detail(t, dir)
		if err != nil {
			found.Problems = append(found.Problems, &detect.Problem{Dir: dir, Stack: Name, Err: err})
			continue
		}
		if ok {
			found.Services = append(found.Services, detect.Service{Name: nameOf(dir), Dir: dir, Stack: Name, Strength: detect.Tooling, Detail: d, Signs: d.doubt(t)})
		}
	}
	return found, nil
}

// doubt speaks against a page at the root of other projects that loads nothing of its own:
// somebody tries these out with it, or is shown where to look.
func (d Detail) doubt(t *detect.Tree) []detect.Sign {
	file := path.Join(d.Dir, d.Page)
	page, err := t.ReadFile(file)
	if file != "index.html" || len(d.Projects) == 0 || d.Said.File != "" || d.Server.File != "" || err != nil {
		return nil
	}
	root, _ := t.Folder(".")
	for _, name := range slices.Concat(root.Files, root.Dirs) {
		if name != d.Page && bytes.Contains(page, []byte(name)) {
			return nil
		}
	}
	return []detect.Sign{{Text: "a page alone at the root of other projects", Against: true, At: detect.Evidence{File: file}}}
}

// nameOf is the folder's name; the root has none that its files know.
func nameOf(dir string) string {
	if dir == "." {
		return "site"
	}
	return detect.ImageName(path.Base(dir))
}

// packageFile is the one manifest of another stack beside which files may be all
// that there is: it often holds tools alone.
const packageFile = "package.json"

// isBuilt says whether a folder holds more than files to be given out: beside the
// manifest of another stack, a page is a template or a part of something else.
func isBuilt(t *detect.Tree, dir string) bool {
	_, generated := generator(t, dir)
	return generated || packageBuilds(t, dir) || slices.ContainsFunc(t.Foreign(dir, Name), func(file string) bool { return path.Base(file) != packageFile })
}

// projects lists the manifests of other stacks' projects below a folder, the
// uppermost of each: their sources are not for visitors. Where a package.json stands
// beside, it is a library for browsers, which many stacks can install.
func projects(t *detect.Tree, root string) (files []string) {
	t.Below(root, func(dir string) bool {
		foreign := t.Foreign(dir, Name)
		if len(foreign) == 0 || t.Has(path.Join(dir, packageFile)) {
			return false
		}
		files = append(files, foreign[0])
		return true
	})
	return files
}

// workshop are the endings of what people work on a site with, and no browser asks for
// unless a page names it. A folder that is new stays until it is known to hold nothing
// else.
var workshop = []string{".sh", ".bash", ".ps1", ".bat", ".cmd", ".py", ".rb", ".pl", ".php", ".sql", ".tf", ".ini", ".cfg", ".conf"}

func isWorkshop(name string) bool { return slices.Contains(workshop, path.Ext(name)) }

// lookAside finds what at the top of a site is not for its visitors: files of such
// kinds, and folders that hold nothing else.
func (d *Detail) lookAside(t *detect.Tree) {
	root := path.Join(d.Dir, d.Root)
	page, err := t.ReadFile(path.Join(d.Dir, d.Page))
	if err != nil {
		return // the page is only named
	}
	folder, _ := t.Folder(root)
	for _, name := range folder.Files {
		switch {
		case !isWorkshop(name) || name == "nginx.conf":
		case bytes.Contains(page, []byte(name)):
			d.Named = append(d.Named, name)
		default:
			d.Aside = append(d.Aside, name)
		}
	}
	for _, name := range folder.Dirs {
		served := bytes.Contains(page, []byte(name+"/"))
		for _, dir := range t.Below(path.Join(root, name), func(string) bool { return served }) {
			f, _ := t.Folder(dir)
			served = served || len(f.Links) > 0 || slices.ContainsFunc(f.Files, func(base string) bool { return !isWorkshop(base) })
		}
		if !served {
			d.Aside = append(d.Aside, name)
		}
	}
}

// generator finds the manifest of a program that makes a site.
func generator(t *detect.Tree, dir string) (string, bool) {
	for _, name := range generators {
		if file := path.Join(dir, name); t.Has(file) {
			return file, true
		}
	}
	return "", false
}

// packageBuilds says whether a package.json does more than hold tools, such as a
// formatter. One that cannot be read is the Node stack's to report.
func packageBuilds(t *detect.Tree, dir string) bool {
	file := path.Join(dir, packageFile)
	if !t.Has(file) {
		return false
	}
	data, err := t.ReadFile(file)
	if err != nil {
		return true
	}
	var manifest struct {
		Scripts    map[string]string `json:"scripts"`
		Workspaces any               `json:"workspaces"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &manifest); err != nil {
		return true
	}
	return manifest.Scripts["build"] != "" || manifest.Scripts["start"] != "" || manifest.Workspaces != nil
}

// isSite says whether a folder holds a page where a site begins.
func isSite(t *detect.Tree, dir string) bool {
	return t.Has(path.Join(dir, "Staticfile")) || slices.ContainsFunc(outputs, func(out string) bool { return holds(t, dir, out) })
}

// holds says whether a site begins in a folder below, where nothing else builds it.
func holds(t *detect.Tree, dir, out string) bool {
	return t.Has(path.Join(dir, out, "index.html")) && (out == "." || !isBuilt(t, path.Join(dir, out)))
}

// detail reads what the files say. ok is false where there is no page.
func detail(t *detect.Tree, dir string) (d Detail, ok bool, err error) {
	d = Detail{Dir: dir, Reason: "nothing asks for another page in place of one that is not there"}
	file, stated, err := manifest.ReadStaticfile(t, dir)
	if err != nil {
		return d, false, err
	}
	switch {
	case stated && file.Root != "":
		d.Root, d.Said = path.Clean(file.Root), file.At
		if !t.Has(path.Join(dir, d.Root, "index.html")) {
			if _, there := t.Folder(path.Join(dir, d.Root)); !there {
				return d, false, detect.Errorf(file.At, "root %q is no folder of the project", file.Root)
			}
		}
	default:
		i := slices.IndexFunc(outputs, func(out string) bool { return holds(t, dir, out) })
		if i < 0 {
			if stated {
				return d, false, detect.Errorf(file.At, "no folder with an index.html; name it with root:")
			}
			return d, false, nil
		}
		d.Root = outputs[i]
	}
	d.Page = path.Join(d.Root, "index.html")
	d.NotFound = t.Has(path.Join(dir, d.Root, "404.html"))
	if stated && file.Fallback != nil {
		d.Fallback, d.Said = *file.Fallback, file.At
		d.Reason = "the Staticfile says so"
	} else if at, redirects, err := redirect(t, path.Join(dir, d.Root)); err != nil {
		return d, false, err
	} else if redirects {
		d.Fallback, d.Said, d.Reason = true, at, "_redirects sends every path to index.html"
	}
	for _, name := range others {
		for _, file := range slices.Compact([]string{path.Join(dir, name), path.Join(dir, d.Root, name)}) {
			if t.Has(file) {
				d.Unread = append(d.Unread, file)
			}
		}
	}
	d.Projects = projects(t, path.Join(dir, d.Root))
	d.lookAside(t)
	d.Server, err = manifest.ReadNginx(t, dir)
	return d, true, err
}

// redirect finds the rule of Netlify's file that sends everything to index.html,
// https://docs.netlify.com/manage/routing/redirects/rewrites-proxies/.
func redirect(t *detect.Tree, dir string) (at detect.Evidence, ok bool, err error) {
	file := path.Join(dir, "_redirects")
	if !t.Has(file) {
		return at, false, nil
	}
	data, err := t.ReadFile(file)
	if err != nil {
		return at, false, err
	}
	line := 0
	for text := range strings.Lines(string(data)) {
		line++
		words := strings.Fields(text)
		if len(words) >= 3 && words[0] == "/*" && strings.HasSuffix(words[1], "/index.html") && words[2] == "200" {
			return detect.Evidence{File: file, Line: line}, true, nil
		}
	}
	return at, false, nil
}
