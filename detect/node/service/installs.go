package service

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/framework"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/source"
	"github.com/dockgen/dockgen/internal/manifest"
	"github.com/dockgen/dockgen/internal/shell"
)

// Installs is what an install reads beside the manifests, and what it runs of the
// project itself.
type Installs struct {
	Files  []string       // files and folders, from the workspace
	Later  []project.Text // scripts that need the sources, so they run when these are there
	Silent bool           // hooks of git are installed by a script, which an image has no use for
	Git    []project.Text // the same, by a program that fails without git
}

// lifecycle are the scripts of a project that an install runs:
// https://docs.npmjs.com/cli/v11/using-npm/scripts#life-cycle-operation-order
var lifecycle = []string{"preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"}

// tool is a program that lifecycle scripts run: what it reads of the project.
type tool struct {
	words  []string
	reads  []string // files and folders, as patterns of [path.Match], from the package
	absent bool     // it does nothing of use in an image
}

var tools = []tool{
	{words: []string{"husky"}, absent: true},
	{words: []string{"is-ci"}, absent: true},
	{words: []string{"simple-git-hooks"}, absent: true},
	{words: []string{"only-allow"}},
	{words: []string{"patch-package"}, reads: []string{"patches"}},
	{words: []string{"prisma", "generate"}, reads: []string{"prisma", "prisma.config.*", "schema.prisma"}},
	{words: []string{"nuxt", "prepare"}, reads: []string{"nuxt.config.*"}},
	{words: []string{"nuxi", "prepare"}, reads: []string{"nuxt.config.*"}},
	{words: []string{"svelte-kit", "sync"}, reads: []string{"svelte.config.*", "vite.config.*"}},
	{words: []string{"echo"}},
	{words: []string{"true"}},
	{words: []string{"exit"}},
}

// runners start a program of node_modules and are left out.
var runners = []string{"npx", "pnpx", "bunx", "yarn", "pnpm", "exec", "dlx", "--yes", "-y"}

// installs reads the lifecycle scripts of the packages that are installed, and
// looks for the files that the package manager reads.
func (r *detector) installs(d Detail) Installs {
	var found Installs
	for _, p := range r.installOrder(d) {
		for _, name := range lifecycle {
			if s, ok := p.Script(name); ok {
				r.lifecycleScript(d, p, name, s, &found)
			}
		}
	}
	add := func(names ...string) {
		for _, name := range names {
			file := path.Join(d.Workspace.Dir, name)
			if _, folder := r.Tree.Folder(file); name != "" && (folder || r.Tree.Has(file)) {
				found.Files = append(found.Files, name)
			}
		}
	}
	for _, t := range d.Registry.Files {
		if !slices.ContainsFunc(d.Registry.Literals, func(l project.Text) bool { return l.Value == t.Value }) {
			add(t.Value)
		}
	}
	for _, t := range slices.Concat(d.Registry.Beside, d.Workspace.Patched) {
		if name := path.Clean(t.Value); !path.IsAbs(name) && !strings.HasPrefix(name, "../") {
			add(name)
		}
	}
	switch d.Manager.Name {
	case "pnpm":
		add(project.PnpmWorkspaceFile, ".pnpmfile.cjs", ".pnpmfile.mjs", "pnpmfile.js")
		add(r.linkedPrograms(d)...)
	case "yarn":
		add(d.Manager.YarnPath, ".yarn/plugins", ".yarn/patches")
		if d.Manager.Offline {
			add(".yarn/cache")
		}
	}
	add(r.behindFiles(d)...)
	slices.Sort(found.Files)
	found.Files = slices.Compact(found.Files)
	return found
}

// installOrder lists the packages whose own scripts an install runs: each behind what it
// needs, and the root last.
func (r *detector) installOrder(d Detail) []project.Package {
	packages := slices.DeleteFunc(slices.Clone(d.Closure), func(p project.Package) bool {
		return p.Virtual || p.Dir == d.Root.Dir || !project.Among(d.Members, p)
	})
	return append(packages, d.Root)
}

// linkedPrograms lists the committed programs of other packages, from the workspace: they
// are linked when it is installed, and only if they are there by then.
func (r *detector) linkedPrograms(d Detail) (names []string) {
	for _, c := range d.Closure[:len(d.Closure)-1] {
		for _, name := range c.Bin {
			file := path.Join(c.Dir, name)
			if below, ok := detect.Below(d.Workspace.Dir, file); ok && r.Tree.Has(file) {
				names = append(names, below)
			}
		}
	}
	return names
}

// behindFiles lists what dependencies name by "file:", from the workspace: archives, and
// folders where these are copied as they are.
func (r *detector) behindFiles(d Detail) (names []string) {
	for _, p := range d.Members {
		for _, dep := range p.Dependencies {
			name, ok := strings.CutPrefix(dep.Range, "file:")
			file := path.Join(p.Dir, name)
			if below, inside := detect.Below(d.Workspace.Dir, file); ok && inside && (slices.Contains(takesFolders, d.Manager.Name) || r.Tree.Has(file)) {
				names = append(names, below)
			}
		}
	}
	return names
}

// lifecycleScript takes one script apart: what each of its commands reads. One
// that is not known waits for the sources.
func (r *detector) lifecycleScript(d Detail, p project.Package, name string, s project.Text, found *Installs) {
	later := func() { found.Later = append(found.Later, project.Text{Value: scriptOf(d, p, name), At: s.At}) }
	commands, err := shell.Parse(s.Value)
	if err != nil {
		later()
		return
	}
	var reads []string
	for _, command := range shell.Flat(commands) {
		words := command.Argv()
		for len(words) > 0 && (slices.Contains(runners, words[0]) || strings.Contains(words[0], "=")) {
			words = words[1:]
		}
		if len(words) == 0 {
			continue
		}
		t, known := toolOf(words)
		files := r.named(d, p, words, t)
		if path.Base(words[0]) == "lefthook" {
			found.Git = append(found.Git, project.Text{Value: words[0], At: s.At})
			found.Later = append(found.Later, project.Text{Value: "", At: s.At})
			return
		}
		if !known && !(words[0] == "node" && len(files) > 0 && r.standsAlone(d.Workspace.Dir, files)) {
			later()
			return
		}
		found.Silent = found.Silent || t.absent
		reads = append(reads, files...)
	}
	found.Files = append(found.Files, reads...)
}

// scriptOf names a script, and the package, from the workspace, where it is not the root's.
func scriptOf(d Detail, p project.Package, name string) string {
	if p.Dir == d.Root.Dir {
		return name
	}
	return detect.From(d.Workspace.Dir, p.Dir) + "#" + name
}

func toolOf(words []string) (tool, bool) {
	for _, t := range tools {
		if len(words) >= len(t.words) && slices.Equal(words[:len(t.words)], t.words) {
			return t, true
		}
	}
	return tool{}, false
}

// named lists the files that a command names or that its program is known to
// read, from the workspace.
func (r *detector) named(d Detail, p project.Package, words []string, t tool) []string {
	var files []string
	add := func(name string) {
		file := path.Join(p.Dir, name)
		_, folder := r.Tree.Folder(file)
		if below, ok := detect.Below(d.Workspace.Dir, file); ok && below != "." && (folder || r.Tree.Has(file)) {
			files = append(files, below)
		}
	}
	for _, w := range words[1:] {
		add(strings.TrimPrefix(w, "--schema="))
	}
	for _, pattern := range t.reads {
		add(pattern)
		for _, name := range r.Glob(p.Dir, pattern) {
			add(name)
		}
	}
	return files
}

// standsAlone says whether programs import no other file of the project.
func (r *detector) standsAlone(root string, files []string) bool {
	for _, name := range files {
		file := path.Join(root, name)
		if !source.IsModule(file) {
			continue
		}
		c, err := r.sources.Follow(nil, file)
		if err != nil || !c.Alone() {
			return false
		}
	}
	return true
}

// Content is a file or folder that the runtime takes over, from the package.
type Content struct {
	Path   string
	Folder bool
	Built  bool // a build makes it
}

// notAtRuntime are names in a package's folder that no program reads while it
// runs, as patterns of [path.Match].
var notAtRuntime = []string{
	".*", "*.md", "*.mdx", "LICENSE*", "LICENCE*", "CHANGELOG*", "Dockerfile*", "docker-compose*", "compose*.y*ml", "Makefile", "Procfile", "Taskfile*",
	"tsconfig*.json", "jsconfig.json", "*.config.js", "*.config.cjs", "*.config.mjs", "*.config.ts", "*.config.mts", "*.config.cts", "*.conf.js",
	"jest.*", "vitest.*", "babel.*", "webpack.*", "rollup.*", "nodemon.json", "nest-cli.json", "tslint.json", "eslint.*", "renovate.json", "biome.json*", "deno.lock",
	"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", project.PnpmWorkspaceFile, "turbo.json", "nx.json", "lerna.json", "bunfig.toml",
	"*.test.*", "*_test.*", "*.spec.*", "*.d.ts", "*.tsbuildinfo", "*.log", "*.http", "*.rest", "*.iml", "*.sh", "*.bat", "*.ps1", "*.y*ml.example", "vercel.json", "netlify.toml", "fly.toml", "railway.*", "render.yaml", "app.yaml",
	"test", "tests", "__tests__", "__mocks__", "spec", "e2e", "cypress", "coverage", "docs", "doc", "examples", "example", "fixtures", "stories", "node_modules", "patches",
	"mise.toml", "mise.*.toml", "*.code-workspace", "Staticfile", "Caddyfile", "railpack.json", "nixpacks.toml", "skaffold.yaml", "Jenkinsfile", "azure-pipelines.yml", "codecov.yml", "sonar-project.properties", "docker-bake.hcl",
	"terraform", "k8s", "helm", "charts", "deploy", "deployment", "deployments", "infra", "docker",
}

// content settles what a program without a framework that tells reads while it
// runs: what the build made, and what stands in the folder and is neither source
// nor tooling.
func (r *detector) content(d *Detail) {
	if d.Framework.Kind == framework.Static || d.Framework.Kind == framework.Server && len(d.Framework.Artefacts) > 0 {
		return
	}
	p := d.Package
	if n := p.Project; n != nil {
		d.Compiled = true
		d.Content = []Content{{Path: "package.json"}, {Path: n.Output, Folder: true, Built: true}}
		return
	}
	if d.Addon.File != "" {
		d.Content = append(d.Content, Content{Path: "build/Release", Folder: true, Built: true})
	}
	below, ok := detect.Below(p.Dir, d.Entry)
	compiled := ok && d.Entry != "" && !r.Tree.Has(d.Entry)
	if _, made := r.sources.Module(d.Entry); made && d.Engine != "node" {
		compiled = false
	}
	d.Compiled = compiled
	if compiled {
		folder, _, nested := strings.Cut(below, "/")
		d.Content = append(d.Content, Content{Path: folder, Folder: nested, Built: true})
	}
	if compiled { // a server that nothing compiles has all that the builder has
		for _, name := range d.Framework.Beside {
			file := r.Tree.Has(path.Join(p.Dir, name))
			d.Content = append(d.Content, Content{Path: name, Folder: !file, Built: !file})
		}
	}
	for _, s := range d.PageScripts {
		d.Content = append(d.Content, Content{Path: s.Output, Folder: true, Built: true})
	}
	if compiled {
		r.madePages(d)
	}
	r.compilerOptions(d)
	listing, _ := r.Tree.Folder(p.Dir)
	hidden := manifest.Ignored(r.Tree, d.Workspace.Dir)
	for _, name := range listing.Files {
		if slices.ContainsFunc(d.Content, func(c Content) bool { return c.Path == name }) {
			continue
		}
		if (d.starts(name) || !aside(name) && d.readsFile(name, compiled)) && !hidden(detect.From(d.Workspace.Dir, path.Join(p.Dir, name))) {
			d.Content = append(d.Content, Content{Path: name})
		}
	}
	for _, name := range listing.Dirs {
		if !hidden(detect.From(d.Workspace.Dir, path.Join(p.Dir, name))) && r.readsFolder(d, name) {
			d.Content = append(d.Content, Content{Path: name, Folder: true})
		}
	}
	for _, f := range d.Serves.Reads {
		below, ok := detect.Below(p.Dir, f.Path)
		copied := func(c Content) bool { return detect.Inside(below, c.Path) }
		if ok && project.PlainPath.MatchString(below) && r.Tree.Has(f.Path) && !hidden(detect.From(d.Workspace.Dir, f.Path)) && !slices.ContainsFunc(d.Content, copied) {
			d.Content = append(d.Content, Content{Path: below})
		}
	}
}

// madePages adds the folders that a compiled program gives browsers and its own build makes
// beside it.
func (r *detector) madePages(d *Detail) {
	for _, p := range d.Serves.Pages {
		below, ok := detect.Below(d.Package.Dir, p.Dir)
		if !ok || below == "." || !project.PlainPath.MatchString(below) || r.Tree.Held(p.Dir) > detect.Stub || !d.makes(p) {
			continue
		}
		if !slices.ContainsFunc(d.Content, func(c Content) bool { return detect.Inside(below, c.Path) }) {
			d.Content = append(d.Content, Content{Path: below, Folder: true, Built: true})
		}
	}
}

// readsFolder says whether a program may read a folder of its package while it runs: what
// is not aside, copied by itself, compiled, or there already.
func (r *detector) readsFolder(d *Detail, name string) bool {
	dir := path.Join(d.Package.Dir, name)
	if aside(name) && !d.starts(name) || r.isMember(d.Workspace, dir) || d.holdsOther(dir) || d.Compiled && r.isSource(dir, name) {
		return false
	}
	return !slices.ContainsFunc(d.Content, func(c Content) bool { return c.Path == name })
}

// compilerOptions adds the tsconfig.json of a program that is compiled while it runs:
// how it imports its own modules stands there. One that extends a package which
// production does not have is left out, since the loader would fail for want of that.
func (r *detector) compilerOptions(d *Detail) {
	if d.Compiled || !isTypeScript(d.Entry) || d.Engine == "node" && len(loaders(d.Start.Argv)) == 0 {
		return
	}
	names := []string{"tsconfig.json"}
	for _, v := range d.Start.Env {
		if v.Name == "TSX_TSCONFIG_PATH" || v.Name == "TS_NODE_PROJECT" {
			names = []string{v.Value}
		}
	}
	ts, err := source.ReadTypeScript(r.Tree, d.Package.Dir, names...)
	if err != nil {
		d.Notes = append(d.Notes, err.Error()+": it is left out of the image")
		return
	}
	_, keeps := d.KeepsDev()
	for _, name := range ts.Foreign {
		if dep, ok := d.dependency(name); !keeps && (!ok || dep.Kind == project.Development) {
			d.Notes = append(d.Notes, fmt.Sprintf("%s: it extends %s, which is no dependency for production, so it is left out of the image", ts.At, name))
			return
		}
	}
	for _, file := range ts.Files {
		if detect.Inside(file, d.Workspace.Dir) {
			d.Content = append(d.Content, Content{Path: source.FromFolder(d.Package.Dir, file)})
		}
	}
}

// readsFile says whether the program may read a file in the package's folder: its
// manifest, code that is run as it is, and what its sources speak of.
func (d Detail) readsFile(name string, compiled bool) bool {
	switch {
	case name == path.Base(d.Package.File) || d.mentions == nil && !isTypeScript(name) || d.mentions[name]:
		return true
	case source.IsModule(name):
		return !compiled && (d.Engine != "node" || !isTypeScript(name) || isTypeScript(d.Entry))
	}
	return false
}

// starts says whether the command names a file or folder in the package's folder, or
// something below that.
func (d Detail) starts(name string) bool {
	return slices.ContainsFunc(d.Start.Argv, func(word string) bool {
		below, ok := detect.Below(d.Package.Dir, path.Join(d.Start.Dir, word))
		first, _, _ := strings.Cut(below, "/")
		return ok && first == name
	})
}

func aside(name string) bool {
	return slices.ContainsFunc(notAtRuntime, func(p string) bool { ok, err := path.Match(p, name); return ok && err == nil })
}

func isTypeScript(name string) bool {
	return slices.Contains([]string{".ts", ".tsx", ".mts", ".cts"}, path.Ext(name))
}

// isMember says whether a folder holds members of a workspace: those of the
// closure are copied by themselves.
func (r *detector) isMember(w project.Workspace, dir string) bool {
	return slices.ContainsFunc(w.Members, func(m string) bool { return m == dir || strings.HasPrefix(m, dir+"/") })
}

// holdsOther says whether a folder holds another package of the closure, which is
// copied by itself too.
func (d Detail) holdsOther(dir string) bool {
	return slices.ContainsFunc(d.Closure[:len(d.Closure)-1], func(c project.Package) bool { return detect.Inside(c.Dir, dir) })
}

// read at run time from among the sources, by the extension.
var assets = []string{".ejs", ".hbs", ".handlebars", ".pug", ".html", ".njk", ".mustache", ".liquid", ".sql", ".proto", ".graphql", ".gql", ".yaml", ".yml", ".ftl"}

// isSource says whether a folder holds nothing but what a build has compiled.
func (r *detector) isSource(dir, name string) bool {
	for _, sub := range r.Tree.Below(dir, func(string) bool { return false }) {
		folder, _ := r.Tree.Folder(sub)
		for _, file := range folder.Files {
			ext := path.Ext(file)
			if slices.Contains(assets, ext) || name != "src" && !source.IsModule(file) && !aside(file) {
				return false
			}
		}
	}
	return name == "src" || r.hasTypeScript(dir)
}

func (r *detector) hasTypeScript(dir string) bool {
	for _, sub := range r.Tree.Below(dir, func(string) bool { return false }) {
		folder, _ := r.Tree.Folder(sub)
		if slices.ContainsFunc(folder.Files, isTypeScript) {
			return true
		}
	}
	return false
}

// shared are files in a workspace's folder that builds of its members read, as
// patterns of [path.Match].
var shared = []string{"turbo.json", "turbo.jsonc", "nx.json", "lerna.json", "tsconfig*.json", "jest.config.*", "jest.preset.*", "vitest.config.*", "vitest.workspace.*", "vite.config.*", "babel.config.*", ".swcrc", ".babelrc", ".browserslistrc", "postcss.config.*", "tailwind.config.*", "eslint.config.*", ".eslintrc*", "env.d.ts", "global.d.ts"}
