package rust

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/goccy/go-yaml"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/pattern"
)

// trunkConfig is what a project tells Trunk:
// https://trunk-rs.github.io/trunk/guide/configuration/index.html
type trunkConfig struct {
	Version string `toml:"trunk-version" yaml:"trunk-version"`
	Dist    string `toml:"dist" yaml:"dist"`
	Build   struct {
		Target    string   `toml:"target" yaml:"target"`
		Dist      string   `toml:"dist" yaml:"dist"`
		PublicURL string   `toml:"public_url" yaml:"public_url"`
		HTML      string   `toml:"html_output" yaml:"html_output"`
		Profile   string   `toml:"cargo_profile" yaml:"cargo_profile"`
		Features  []string `toml:"features" yaml:"features"`
		NoDefault bool     `toml:"no_default_features" yaml:"no_default_features"`
		All       bool     `toml:"all_features" yaml:"all_features"`
	} `toml:"build" yaml:"build"`
	Serve struct {
		NoSPA bool `toml:"no_spa" yaml:"no_spa"`
	} `toml:"serve" yaml:"serve"`
	Tools struct {
		Bindgen string `toml:"wasm_bindgen" yaml:"wasm_bindgen"`
	} `toml:"tools" yaml:"tools"`
	Proxy []struct {
		Backend string `toml:"backend" yaml:"backend"`
	} `toml:"proxy" yaml:"proxy"`
	Hooks []struct {
		Command string `toml:"command" yaml:"command"`
	} `toml:"hooks" yaml:"hooks"`

	file  string         // that says so; empty: the manifest
	lines map[string]int // of its keys, where it is TOML
}

// trunkFiles are the names of Trunk's configuration, the first that is there counts.
var trunkFiles = []string{"Trunk.toml", ".trunk.toml", "Trunk.yaml", ".trunk.yaml", "Trunk.json", ".trunk.json"}

// readTrunk reads Trunk's configuration in a folder: a file, or a part of the manifest.
func (r *repository) readTrunk(p *Package) (trunkConfig, error) {
	for _, base := range trunkFiles {
		name := path.Join(p.Dir, base)
		if !r.tree.Has(name) {
			continue
		}
		data, err := r.tree.ReadFile(name)
		if err != nil {
			return trunkConfig{}, err
		}
		var c trunkConfig
		plain := strings.TrimPrefix(string(data), "\ufeff")
		if path.Ext(base) == ".toml" {
			if _, err := toml.Decode(plain, &c); err != nil {
				return trunkConfig{}, position(name, err)
			}
			c.lines = index(plain)
		} else if err := yaml.Unmarshal([]byte(plain), &c); err != nil { // JSON is YAML too
			return trunkConfig{}, detect.Errorf(detect.Evidence{File: name}, "%s", yaml.FormatError(err, false, false))
		}
		c.file = name
		return c, nil
	}
	c := p.Trunk
	c.lines = p.file.lines
	return c, nil
}

// at is where a key stands.
func (c trunkConfig) at(p *Package, table, key string) detect.Evidence {
	if c.file == "" {
		return p.file.at("package.metadata.trunk."+table, key)
	}
	return file{name: c.file, lines: c.lines}.at(table, key)
}

// trunkLink is a line of a page for Trunk that names a package.
type trunkLink struct {
	attributes map[string]string
	at         detect.Evidence
}

var (
	htmlComment = pattern.New(`(?s)<!--.*?-->`)
	htmlTag     = pattern.New(`(?s)<(link|script|base)\b[^>]*>`)
	attribute   = pattern.New(`([a-zA-Z][a-zA-Z0-9-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?`)
)

// trunkLinks gives the lines of a page that Trunk reads.
func trunkLinks(name, html string) []trunkLink {
	// A comment keeps its lines, so that what follows is found where it stands.
	html = htmlComment.ReplaceAllStringFunc(html, func(c string) string { return strings.Repeat("\n", strings.Count(c, "\n")) })
	var found []trunkLink
	for _, place := range htmlTag.FindAllStringIndex(html, -1) {
		tag := html[place[0]:place[1]]
		if !strings.Contains(tag, "data-trunk") {
			continue
		}
		l := trunkLink{map[string]string{}, detect.Evidence{File: name, Line: 1 + strings.Count(html[:place[0]], "\n")}}
		for _, m := range attribute.FindAllStringSubmatch(tag[1:], -1) {
			l.attributes[strings.ToLower(m[1])] = cmp.Or(m[2], m[3], m[4])
		}
		found = append(found, l)
	}
	return found
}

// trunk says how Trunk builds a package: one with a page beside it that Trunk reads.
func (r *repository) trunk(p *Package) (*Web, error) {
	c, err := r.readTrunk(p)
	if err != nil {
		return nil, err
	}
	page := path.Join(p.Dir, cmp.Or(c.Build.Target, "index.html"))
	if !r.tree.Has(page) {
		if c.file != "" && len(p.Bins)+len(p.Lib) > 0 {
			return nil, detect.Errorf(c.at(p, "build", "target"), "Trunk builds %s, which is not there", page)
		}
		return nil, nil
	}
	data, err := r.tree.ReadFile(page)
	if err != nil {
		return nil, err
	}
	links := trunkLinks(page, string(data))
	if len(links) == 0 && c.file == "" {
		return nil, nil
	}
	w := &Web{Tool: trunkTool, At: detect.Evidence{File: page}, Part: p.Name, Folder: p.Dir}
	if len(links) > 0 {
		w.At = links[0].at
	}
	if c.Version != "" {
		w.Requires = Directive{c.Version, c.at(p, "", "trunk-version")}
	}
	for i, h := range c.Hooks {
		if name := path.Base(h.Command); slices.Contains([]string{"npm", "npx", "pnpm", "yarn", "node", "bun", "deno"}, name) {
			return nil, detect.Errorf(c.at(p, fmt.Sprintf("hooks#%d", i), "command"), "a hook runs %s, which is not where Trunk builds; make its files before, and commit them, or let Trunk do it", name)
		}
	}
	return w, r.trunkWeb(w, p, c, links, page)
}

// trunkWeb settles what Trunk makes of a page.
func (r *repository) trunkWeb(w *Web, p *Package, c trunkConfig, links []trunkLink, page string) error {
	_, bindgen, err := r.locked(p, "wasm-bindgen")
	if err != nil {
		return err
	}
	if w.Bindgen = bindgen; c.Tools.Bindgen != "" {
		w.Bindgen = Directive{c.Tools.Bindgen, c.at(p, "tools", "wasm_bindgen")}
		if !isOptionValue(c.Tools.Bindgen) {
			return detect.Errorf(w.Bindgen.At, "%q is no version", c.Tools.Bindgen)
		}
	}
	var built bool
	for _, l := range links {
		switch href := l.attributes["href"]; l.attributes["rel"] {
		case "rust":
			built = true
			if err := r.trunkRust(w, p, c, l); err != nil {
				return err
			}
		case "sass", "scss", "tailwind-css":
			w.fetches(strings.NewReplacer("scss", "sass", "tailwind-css", "tailwindcss").Replace(l.attributes["rel"]))
			fallthrough
		default:
			r.trunkAsset(w, p, href, l.at)
		}
	}
	if !built {
		if err := r.trunkRust(w, p, c, trunkLink{map[string]string{}, w.At}); err != nil {
			return err
		}
	}
	return w.trunkSite(p, c, page)
}

// trunkRust notes what Cargo is told for one program of a page.
func (r *repository) trunkRust(w *Web, p *Package, c trunkConfig, l trunkLink) error {
	a := l.attributes
	dir := path.Join(p.Dir, strings.TrimSuffix(a["href"], manifestName))
	if dir != p.Dir {
		return detect.Errorf(l.at, "the page is built from the package in %s; put it beside that package's %s", dir, manifestName)
	}
	profile, _, err := profileFlag(cmp.Or(a["data-cargo-profile-release"], a["data-cargo-profile"], c.Build.Profile), l.at)
	if err != nil {
		return err
	}
	_, none := a["data-cargo-no-default-features"]
	_, all := a["data-cargo-all-features"]
	asked := a["data-cargo-features"]
	features := strings.FieldsFunc(asked, func(r rune) bool { return r == ',' || r == ' ' })
	if !none && !all && asked == "" { // the page says nothing about them
		features, none, all = c.Build.Features, c.Build.NoDefault, c.Build.All
	}
	told, err := flags(features, none, l.at)
	if err != nil {
		return err
	}
	if all {
		told = " --all-features"
		features = sortedKeys(p.Features)
	}
	w.Features = append(w.Features, features...)
	if bin := a["data-bin"]; bin != "" {
		if !slices.ContainsFunc(p.Bins, func(b Target) bool { return b.Name == bin }) {
			return detect.Errorf(l.at, "data-bin is %s, and %s has no program of that name", bin, p.Name)
		}
		told = " --bin " + bin + told
		w.Program = cmp.Or(w.Program, bin)
	}
	compile := profile + " -p " + p.Name + " --target " + wasm + told
	if !slices.Contains(w.Compiles, compile) {
		w.Compiles = append(w.Compiles, compile)
	}
	if a["data-wasm-opt"] != "0" {
		w.fetches("wasm-opt")
	}
	return nil
}

// trunkAsset notes a file that a page names and that lies beside the package.
func (r *repository) trunkAsset(w *Web, p *Package, href string, at detect.Evidence) {
	full := path.Join(p.Dir, href)
	_, folder := r.tree.Folder(full)
	if href == "" || strings.HasPrefix(full, "..") || !folder && !r.tree.Has(full) {
		return
	}
	w.Reads = append(w.Reads, Asset{Path: full, From: full, At: at})
}

// trunkSite settles where the files are, and how they are given out.
func (w *Web) trunkSite(p *Package, c trunkConfig, page string) error {
	dist := cmp.Or(c.Build.Dist, c.Dist, "dist")
	w.Made = path.Join(p.Dir, dist)
	if path.IsAbs(dist) || w.Made == ".." || strings.HasPrefix(w.Made, "../") || w.Made == p.Dir {
		return detect.Errorf(c.at(p, "build", "dist"), "dist is %s, which is no folder of the repository to put files in", dist)
	}
	if _, err := dockerfile.Shell(w.Made); err != nil {
		return detect.Errorf(c.at(p, "build", "dist"), "dist: %w", err)
	}
	w.Make = "trunk build --release"
	w.Reads = append(w.Reads, Asset{Path: page, From: page, At: w.At})
	if c.file != "" {
		w.Reads = append(w.Reads, Asset{Path: c.file, From: c.file, At: w.At})
	}
	w.Page = &Page{Base: "/", Reason: "serve.no_spa is set"}
	for i, x := range c.Proxy {
		w.Page.Proxies = append(w.Page.Proxies, Directive{x.Backend, c.at(p, fmt.Sprintf("proxy#%d", i), "backend")})
	}
	if base := c.Build.PublicURL; strings.HasPrefix(base, "/") {
		w.Page.Base = path.Clean(base) + "/"
		if base == "/" {
			w.Page.Base = "/"
		}
	}
	if !c.Serve.NoSPA {
		w.Page.Fallback = "/" + path.Clean(cmp.Or(c.Build.HTML, "index.html"))
		w.Page.Reason = "as Trunk's own server answers: the pages are made in the browser"
	}
	return nil
}

// fetches notes what the tool downloads, each once.
func (w *Web) fetches(what string) {
	if !slices.Contains(w.Fetches, what) {
		w.Fetches = append(w.Fetches, what)
	}
}

// version chooses the version of the tool: the one that the project settles, else
// the newest that it takes and that a compiler can build.
func (w *Web) version(compiler string) (string, error) {
	if w.Version != "" {
		return w.Version, nil
	}
	takes := cmp.Or(w.Requires.Value, "*")
	if unicode.IsDigit(rune(takes[0])) {
		takes = "^" + takes // as Cargo reads it
	}
	for _, r := range w.Tool.Versions {
		if catalog.Satisfies(r.Version, takes) && !older(compiler, r.Rust) {
			return r.Version, nil
		}
	}
	return "", detect.Errorf(w.Requires.At, "%s %s: none of the versions that are known, the newest of them %s", w.Tool.Command, w.Requires.Value, w.Tool.Versions[0].Version)
}
