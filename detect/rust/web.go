package rust

import (
	"cmp"
	"fmt"
	"net"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// Web is how a package is built that runs in a browser, alone or with a server: by
// a tool beside Cargo.
type Web struct {
	Tool     tool
	Version  string          // of the tool, where the project settles it
	Requires Directive       // the versions of the tool that the project takes
	Bindgen  Directive       // the version of wasm-bindgen in the lock, where the tool does not bring its own
	At       detect.Evidence // what says that the tool builds it
	Features []string        // of the program
	Compiles []string        // what Cargo is told for each part, behind "cargo build"
	Make     string          // what builds it
	Folder   string          // where Make runs, from the root
	Made     string          // the folder that Make fills, from the root
	Part     string          // the package that runs in the browser
	Program  string          // the program of the package, where it is one of several
	Page     *Page           // where no server is built
	Server   *Server         // where one is
	Reads    []Asset         // what the tool reads beside the sources
	Fetches  []string        // what the tool downloads by itself while building
}

// Page is a site of files alone.
type Page struct {
	Base     string // the path under which browsers ask for it
	Fallback string // the page for every path that is no file; empty: 404
	Reason   string
	Proxies  []Directive // what the tool's own server passes on, and to where
}

// Server is a program that gives out what a browser runs.
type Server struct {
	Program string // its file, from where Cargo compiles
	Bundle  bool   // the folder that is made holds it, called server
	Tests   string // what cargo test takes
	Listen  detect.Listener
	Site    string // where it looks for the files, in the image
	Env     []plan.Variable
	Beside  string // a file that it looks for beside itself, from where Cargo compiles
}

// tool is a program that builds for browsers.
type tool struct {
	Command  string // "trunk"
	Package  string // of crates.io
	Versions []release
	Needs    []string // packages of Debian that compile it
	Locked   string   // what holds it to the lock
}

// release is a version of a tool with the oldest compiler that takes it.
type release struct{ Version, Rust string }

// The tools, with their newest stable versions of August 2026, the newest first,
// from the packages' own manifests. That of dx is Dioxus' own.
var (
	trunkTool  = tool{Command: "trunk", Package: "trunk", Versions: []release{{"0.22.1", "1.96.1"}, {"0.21.14", "1.81.0"}}, Locked: " --locked"}
	leptosTool = tool{Command: "cargo-leptos", Package: "cargo-leptos", Versions: []release{{"0.3.11", "1.82.0"}}, Locked: " --cargo-locked"}
	dioxusTool = tool{Command: "dx", Package: "dioxus-cli", Needs: []string{"libssl-dev", "pkg-config"}, Locked: " --locked"}
)

// wasm is what browsers run, as Rust calls it.
const wasm = "wasm32-unknown-unknown"

// web says how a tool for browsers builds a package: nil where none does. The
// reason is for a package that has no place in a container.
func (r *repository) web(p *Package) (w *Web, reason string, err error) {
	// A server that hands out the page counts before the page alone.
	if w, err = r.leptos(p); w != nil || err != nil {
		return w, "", err
	}
	if w, err = r.trunk(p); w != nil || err != nil {
		return w, "", err
	}
	return r.dioxus(p)
}

// part is the package that runs in the browser, or none.
func (w *Web) part() string {
	if w == nil {
		return ""
	}
	return w.Part
}

// choose settles the program: that of the tool where one builds the package.
func (w *Web) choose(p *Package, asked []Target) ([]Target, string, error) {
	if w == nil {
		return choose(p, asked)
	}
	program := Target{Name: p.Name, Path: p.Lib, At: p.At}
	if len(p.Bins) > 0 {
		program = p.Bins[0]
	}
	for _, b := range p.Bins {
		if b.Name == w.Program {
			program = b
		}
	}
	program.Features = slices.Concat(program.Features, w.Features)
	return []Target{program}, "what " + w.Tool.Command + " builds", nil
}

// locked is the version of a crate of which the lock has one.
func (r *repository) locked(p *Package, name string) (locked, Directive, error) {
	root := p
	if w := r.above(p); w != nil {
		root = w
	}
	l, err := r.lock(setting{Root: root})
	if err != nil || l == nil {
		return locked{}, Directive{}, err
	}
	all := l.packages[name]
	if len(all) == 0 {
		return locked{}, Directive{}, nil
	}
	if len(all) > 1 {
		return locked{}, Directive{}, detect.Errorf(l.at(name), "%s is there in %d versions, and a tool for browsers can be of one only; run cargo update -p %s", name, len(all), name)
	}
	if !isOptionValue(all[0].Version) {
		return locked{}, Directive{}, detect.Errorf(l.at(name), "%q is no version", all[0].Version)
	}
	return all[0], Directive{all[0].Version, l.at(name)}, nil
}

// flags writes what Cargo is told about features.
func flags(features []string, noDefault bool, at detect.Evidence) (string, error) {
	text := ""
	if noDefault {
		text += " --no-default-features"
	}
	for _, f := range features {
		if !isFeature(f) {
			return "", detect.Errorf(at, "%q is no name of a feature", f)
		}
	}
	if len(features) > 0 {
		text += " --features " + strings.Join(features, ",")
	}
	return text, nil
}

// profileFlag is what makes Cargo take a profile, and the folder that it fills.
func profileFlag(profile string, at detect.Evidence) (flag, folder string, err error) {
	switch {
	case profile == "" || profile == "release":
		return " --release", "release", nil
	case !isOptionValue(profile):
		return "", "", detect.Errorf(at, "%q is no name of a profile", profile)
	}
	return " --profile " + profile, profile, nil
}

// leptos is a table of cargo-leptos:
// https://github.com/leptos-rs/cargo-leptos#configuration-parameters
type leptos struct {
	Name          string
	BinPackage    string   `toml:"bin-package"`
	LibPackage    string   `toml:"lib-package"`
	OutputName    string   `toml:"output-name"`
	SiteRoot      string   `toml:"site-root"`
	PkgDir        string   `toml:"site-pkg-dir"`
	SiteAddr      string   `toml:"site-addr"`
	Style         string   `toml:"style-file"`
	Tailwind      string   `toml:"tailwind-input-file"`
	Assets        string   `toml:"assets-dir"`
	HashFiles     bool     `toml:"hash-files"`
	HashFile      string   `toml:"hash-file-name"`
	BinTarget     string   `toml:"bin-target"`
	BinExe        string   `toml:"bin-exe-name"`
	BinTriple     string   `toml:"bin-target-triple"`
	BinTargetDir  string   `toml:"bin-target-dir"`
	BinCommand    string   `toml:"bin-cargo-command"`
	Features      []string `toml:"features"`
	BinFeatures   []string `toml:"bin-features"`
	BinDefault    bool     `toml:"bin-default-features"`
	BinProfile    string   `toml:"bin-profile-release"`
	LibFeatures   []string `toml:"lib-features"`
	LibDefault    bool     `toml:"lib-default-features"`
	LibProfile    string   `toml:"lib-profile-release"`
	At, AddressAt detect.Evidence
}

// located gives the tables of a workspace their lines.
func located(all []leptos, f file) []leptos {
	for i := range all {
		table := fmt.Sprintf("workspace.metadata.leptos#%d", i)
		all[i].At, all[i].AddressAt = f.at(table, "name"), f.at(table, "site-addr")
	}
	return all
}

// leptos says how cargo-leptos builds a package with a server in it.
func (r *repository) leptos(p *Package) (*Web, error) {
	tables := p.Leptos
	if w := r.above(p); w != nil && w != p {
		tables = slices.Concat(tables, w.Leptos)
	}
	for _, x := range tables {
		if x.BinPackage == "" || x.LibPackage == "" {
			return nil, detect.Errorf(x.At, "a workspace names the package of the server with bin-package and that of the browser with lib-package")
		}
	}
	i := slices.IndexFunc(tables, func(x leptos) bool { return x.BinPackage == p.Name })
	if i < 0 || len(p.Bins) == 0 {
		return nil, nil
	}
	x := tables[i]
	for key, value := range map[string]string{"bin-target-triple": x.BinTriple, "bin-target-dir": x.BinTargetDir, "bin-cargo-command": x.BinCommand} {
		if value != "" {
			return nil, detect.Errorf(x.At, "%s is %s: dockgen cannot tell where cargo-leptos puts the server then; leave it to its default", key, value)
		}
	}
	if x.BinTarget == "" && len(p.Bins) > 1 {
		return nil, detect.Errorf(x.At, "%s has %d programs; name the server with bin-target", p.Name, len(p.Bins))
	}
	return r.leptosWeb(p, x)
}

// settled gives the table its defaults, and wants names that can be written down.
func (x leptos) settled(p *Package) (leptos, error) {
	x.OutputName = cmp.Or(x.OutputName, x.Name)
	x.BinTarget = cmp.Or(x.BinTarget, p.Bins[0].Name)
	x.BinExe = cmp.Or(x.BinExe, p.Name)
	x.HashFile = cmp.Or(x.HashFile, "hash.txt")
	x.PkgDir = cmp.Or(x.PkgDir, "pkg")
	for _, text := range []string{x.Name, x.OutputName, x.LibPackage, x.BinTarget, x.BinExe, x.HashFile, x.PkgDir} {
		if !isOptionValue(text) {
			return x, detect.Errorf(x.At, "%q is no name that cargo-leptos could be given", text)
		}
	}
	return x, nil
}

func (r *repository) leptosWeb(p *Package, x leptos) (*Web, error) {
	x, err := x.settled(p)
	if err != nil {
		return nil, err
	}
	root := p
	if above := r.above(p); above != nil {
		root = above
	}
	w := &Web{Tool: leptosTool, At: x.At, Part: x.LibPackage, Program: x.BinTarget, Folder: root.Dir, Make: "cargo leptos build --release"}
	if root != p {
		w.Make += " --project " + x.Name
	}
	w.Features = slices.Concat(x.Features, x.BinFeatures)
	if _, w.Bindgen, err = r.locked(p, "wasm-bindgen"); err != nil {
		return nil, err
	}
	if w.Made, err = x.site(root.Dir); err != nil {
		return nil, err
	}
	folder, err := x.compiles(w, p)
	if err != nil {
		return nil, err
	}
	if err := x.server(w.Server, path.Join("target", folder)); err != nil {
		return nil, err
	}
	w.Fetches = []string{"wasm-opt"}
	if ext := path.Ext(x.Style); ext == ".scss" || ext == ".sass" {
		w.Fetches = append(w.Fetches, "sass")
	}
	if x.Tailwind != "" {
		w.Fetches = append(w.Fetches, "tailwindcss")
	}
	w.Reads = r.leptosReads(p, root.Dir, x)
	return w, nil
}

// compiles notes what Cargo is told for the server and for browsers, and gives the
// folder of the server's profile.
func (x leptos) compiles(w *Web, p *Package) (folder string, err error) {
	bin, err := flags(w.Features, !x.BinDefault, x.At)
	if err != nil {
		return "", err
	}
	lib, err := flags(slices.Concat(x.LibFeatures, x.Features), !x.LibDefault, x.At)
	if err != nil {
		return "", err
	}
	binProfile, folder, err := profileFlag(x.BinProfile, x.At)
	if err != nil {
		return "", err
	}
	libProfile, _, err := profileFlag(x.LibProfile, x.At)
	if err != nil {
		return "", err
	}
	w.Compiles = []string{
		binProfile + " -p " + p.Name + " --bin " + x.BinTarget + bin,
		libProfile + " -p " + x.LibPackage + " --lib --target " + wasm + " --target-dir target/front" + lib,
	}
	w.Server = &Server{Tests: bin}
	return folder, nil
}

// site is the folder that cargo-leptos fills, from the root.
func (x leptos) site(dir string) (string, error) {
	site := cmp.Or(x.SiteRoot, "target/site")
	for _, word := range []string{"CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"} {
		if rest, ok := strings.CutPrefix(site, word+"/"); ok {
			site = path.Join("target", rest)
		}
	}
	full := path.Join(dir, site)
	if path.IsAbs(site) || full == ".." || strings.HasPrefix(full, "../") || full == dir {
		return "", detect.Errorf(x.At, "site-root is %s, which is no folder of the repository to put files in", site)
	}
	if _, err := dockerfile.Shell(full); err != nil {
		return "", detect.Errorf(x.At, "site-root: %w", err)
	}
	return full, nil
}

// server settles what the program has to be told where no Cargo.toml is.
func (x leptos) server(s *Server, folder string) error {
	at := x.AddressAt
	if at.File == "" {
		at = x.At
	}
	_, text, err := net.SplitHostPort(cmp.Or(x.SiteAddr, "127.0.0.1:3000")) // cargo-leptos' own default
	port, wrong := strconv.Atoi(text)
	if err != nil || wrong != nil || port < 1 || port > 65535 {
		return detect.Errorf(at, "site-addr %q is no address with a port", x.SiteAddr)
	}
	s.Program, s.Site = path.Join(folder, x.BinExe), "/app/site"
	s.Listen = detect.Listener{Port: port, Address: "LEPTOS_SITE_ADDR", Loopback: true, At: at}
	s.Env = []plan.Variable{{Name: "LEPTOS_OUTPUT_NAME", Value: x.OutputName}, {Name: "LEPTOS_SITE_ROOT", Value: s.Site}, {Name: "LEPTOS_ENV", Value: "PROD"}}
	if x.PkgDir != "pkg" {
		s.Env = append(s.Env, plan.Variable{Name: "LEPTOS_SITE_PKG_DIR", Value: x.PkgDir})
	}
	if x.HashFiles {
		s.Beside = path.Join(folder, x.HashFile)
		s.Env = append(s.Env, plan.Variable{Name: "LEPTOS_HASH_FILES", Value: "true"}, plan.Variable{Name: "LEPTOS_HASH_FILE_NAME", Value: x.HashFile})
	}
	return nil
}

// leptosReads lists what cargo-leptos takes from beside the sources.
func (r *repository) leptosReads(p *Package, root string, x leptos) []Asset {
	var found []Asset
	for _, name := range []string{x.Style, x.Tailwind, x.Assets} {
		for _, dir := range []string{root, p.Dir} {
			full := path.Join(dir, name)
			if _, folder := r.tree.Folder(full); name != "" && (folder || r.tree.Has(full)) && !strings.HasPrefix(full, "..") {
				found = append(found, Asset{Path: full, From: full, At: x.At})
				break
			}
		}
	}
	return found
}

// dioxus says how dx builds a package of Dioxus for the browser:
// https://dioxuslabs.com/learn/0.7/tutorial/deploy
func (r *repository) dioxus(p *Package) (w *Web, reason string, err error) {
	dep, ok := p.asks("dioxus")
	if !ok || len(p.Bins) == 0 {
		return nil, "", nil
	}
	has := func(feature string) bool {
		if slices.Contains(dep.Features, feature) {
			return true
		}
		for _, name := range sortedKeys(p.Features) {
			if slices.Contains(p.Features[name], dep.Key+"/"+feature) {
				return true
			}
		}
		return false
	}
	if !has("web") {
		for _, kind := range []string{"desktop", "mobile", "native"} {
			if has(kind) {
				return nil, fmt.Sprintf("a program for %s, which no container shows", kind), nil
			}
		}
		return nil, "", nil // a server alone, or a library of pages: Cargo builds it
	}
	found, version, err := r.locked(p, "dioxus")
	switch {
	case err != nil:
		return nil, "", err
	case version.Value == "":
		return nil, "", detect.Errorf(dep.At, "dx has to be of the version of dioxus, and no %s says which; run cargo generate-lockfile", lockName)
	case !strings.HasPrefix(found.Source, "registry+"):
		return nil, "", detect.Errorf(version.At, "dioxus comes from %s, and dx has to be of its version: only those of crates.io are known", cmp.Or(found.Source, "this repository"))
	case older(version.Value, "0.6.0"):
		return nil, "", detect.Errorf(version.At, "dioxus %s: a dx before 0.6 builds otherwise; update it", version.Value)
	}
	w, err = r.dioxusWeb(p, version, has("fullstack") || has("server"))
	return w, "", err
}

func (r *repository) dioxusWeb(p *Package, version Directive, server bool) (*Web, error) {
	root := p
	if above := r.above(p); above != nil {
		root = above
	}
	choice, _, err := choose(p, nil)
	if err != nil {
		return nil, err
	}
	name := choice[0].Name
	w := &Web{Tool: dioxusTool, Version: version.Value, At: version.At, Part: p.Name, Program: name, Folder: p.Dir}
	w.Make = "dx bundle --web --release"
	if older(version.Value, "0.7.0") {
		w.Make = "dx bundle --platform web --release"
	}
	if len(p.Bins) > 1 {
		w.Make += " --bin " + name
	}
	made := path.Join("target/dx", name, "release/web")
	w.Made = path.Join(root.Dir, made)
	w.Fetches = []string{"wasm-bindgen", "wasm-opt"}
	if !server {
		w.Made = path.Join(w.Made, "public")
		w.Page = &Page{Base: "/", Fallback: "/index.html", Reason: "the pages are made in the browser, which has to get the program for each of them"}
		return w, nil
	}
	if _, ok := p.Features["server"]; ok {
		w.Features = []string{"server"}
	}
	w.Server = &Server{
		Bundle: true, Site: "/app",
		Listen: detect.Listener{Port: 8080, Env: "PORT", Host: "IP", Loopback: true, At: version.At},
	}
	w.Server.Tests, err = flags(w.Features, false, version.At)
	return w, err
}

// asksLeptos says that the server reads its settings from the manifest while it runs.
func (p *program) asksLeptos() bool {
	for _, f := range p.files {
		for i, t := range f.tokens {
			if _, name, _ := enclosing(f.tokens, i); t.kind == str && t.text == manifestName && name >= 2 && f.tokens[name].is("Some") && f.tokens[name-2].is("get_configuration") {
				return true
			}
		}
	}
	return false
}
