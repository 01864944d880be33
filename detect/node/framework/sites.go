package framework

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/jsconf"
	"github.com/dockgen/dockgen/detect/node/script"
)

// hashedIn are the folders of a site that hold files named by their contents.
func hashedIn(folders ...string) []string {
	var found []string
	for _, f := range folders {
		if f = strings.Trim(path.Clean("/"+f), "/"); f != "" {
			found = append(found, "/"+f+"/")
		}
	}
	return found
}

// vite reads vite.config, https://vite.dev/config/build-options.
func (r *recogniser) vite() {
	if r.custom() {
		r.no() // a server of the project's own, which may give out what Vite builds
		return
	}
	if r.viteProgram() {
		return
	}
	c := r.load("vite.config", viteArguments())
	step, builds := r.step("vite", "build")
	if _, ssr := r.step("vite", "--ssr"); ssr || !c.Get("build", "ssr").Absent() || !c.Get("build", "lib").Absent() {
		r.no()
		return
	}
	root := r.text(c.Get("root"), "the folder of sources", ".")
	if words := operands(step, "build"); builds && len(words) > 0 {
		root = words[0]
	}
	input := c.Get("build", "rollupOptions", "input")
	if input.Absent() {
		input = c.Get("build", "rolldownOptions", "input")
	}
	if input.Absent() && !r.Tree.Has(path.Join(r.Dir, root, "index.html")) {
		r.no() // Vitest depends on it too, and other stacks build their scripts with it
		return
	}
	out := r.text(c.Get("build", "outDir"), "the output folder", "dist")
	if dir := option(step, "--outDir"); dir != "" {
		out = path.Join(root, dir)
	} else if !c.Get("build", "outDir").Rooted() {
		out = path.Join(root, out)
	}
	at := r.viteBase(c)
	if b := option(step, "--base"); b != "" {
		at = base(b)
	}
	assets := r.text(c.Get("build", "assetsDir"), "the folder of assets", "assets")
	site := Site{Root: out, Base: at, Fallback: "/index.html", Hashed: hashedIn(assets)}
	if r.text(c.Get("appType"), "the kind of application", "spa") == "mpa" {
		site.Fallback, site.HTML = "", true
	}
	if pageless(input) {
		site.Lacks = "Vite builds scripts of it, and no page"
	}
	r.static(site)
	r.f.Doubt = site.Lacks
	if prefix, ok := c.Get("envPrefix").Text(); ok {
		r.f.Public = []string{prefix}
	}
	r.proxied(c.Get("server", "proxy"))
	r.reason("vite build makes files")
}

// proxied tells what only a server for development passes on: a site answers these paths by
// itself.
func (r *recogniser) proxied(table jsconf.Value) {
	if table.Absent() || len(table.Keys()) == 0 {
		return
	}
	r.note("%s: the server for development passes %s on to another, which the image does not: add a location for it to nginx.conf, which dockgen keeps once it is edited, or pass it on before the image", table.At(), strings.Join(table.Keys(), " and "))
}

// cra is Create React App and the programs that stand in for its own.
func (r *recogniser) cra() {
	if r.custom() {
		r.no()
		return
	}
	for _, program := range []string{"react-scripts", "craco", "react-app-rewired"} {
		if s, ok := r.step(program, "build"); ok {
			if dir := variable(s, "BUILD_PATH"); dir != "" {
				r.f.Site.Root = dir
			}
			if b := variable(s, "PUBLIC_URL"); b != "" {
				r.f.Site.Base = base(b)
			}
		}
	}
	if homepage := r.load("package.json").Get("homepage"); r.f.Site.Base == "/" {
		r.f.Site.Base = base(r.text(homepage, "the base path", "/"))
	}
	if proxy, ok := r.load("package.json").Get("proxy").Text(); ok {
		r.note("the server for development passes what it has no file for on to %s, which the image does not: add a location for it to nginx.conf, which dockgen keeps once it is edited, or pass it on before the image", proxy)
	}
	r.reason("react-scripts build makes files")
}

func (r *recogniser) vueCLI() {
	if r.custom() {
		r.no()
		return
	}
	c := r.load("vue.config")
	s, _ := r.step("vue-cli-service", "build")
	r.f.Site.Root = r.text(c.Get("outputDir"), "the output folder", "dist")
	if dir := option(s, "--dest"); dir != "" {
		r.f.Site.Root = dir
	}
	r.f.Site.Base = base(r.text(c.Get("publicPath"), "the base path", "/"))
	if dir := r.text(c.Get("assetsDir"), "the folder of assets", ""); dir != "" {
		r.f.Site.Hashed = hashedIn(dir+"/js", dir+"/css", dir+"/img", dir+"/fonts")
	}
	if hashing, ok := c.Get("filenameHashing").Bool(); ok && !hashing {
		r.f.Site.Hashed = nil
	}
	r.reason("vue-cli-service build makes files")
}

// gatsby puts its pages below a path only where its build is told to.
func (r *recogniser) gatsby() {
	if _, ok := r.step("gatsby", "--prefix-paths"); ok {
		r.f.Site.Base = base(r.text(r.load("gatsby-config").Get("pathPrefix"), "the base path", "/"))
	}
	r.reason("gatsby build makes files")
}

func (r *recogniser) docusaurus() {
	c := r.load("docusaurus.config")
	r.f.Site.Base = base(r.text(c.Get("baseUrl"), "the base path", "/"))
	if s, ok := r.step("docusaurus", "build"); ok {
		if dir := option(s, "--out-dir"); dir != "" {
			r.f.Site.Root = dir
		}
	}
	r.reason("docusaurus build makes files")
}

// vitepress reads the configuration in the folder that its build names.
func (r *recogniser) vitepress() {
	root := ""
	for _, name := range append([]string{"docs:build"}, buildScripts...) {
		text, at, ok := r.Script(name)
		if !ok {
			continue
		}
		if s, ok := stepOf(name, text, r.lookup, "vitepress", "build"); ok {
			r.cite(at)
			if name == "docs:build" && (r.started || len(r.steps) > 0 && !r.has("vitepress")) {
				break // the documentation of what the package is
			}
			root = "."
			if words := operands(s, "build"); len(words) > 0 {
				root = words[0]
			}
			break
		}
	}
	if root == "" {
		r.no() // documentation beside something else
		return
	}
	c := r.load(path.Join(root, ".vitepress/config"))
	out := r.text(c.Get("outDir"), "the output folder", ".vitepress/dist")
	r.f.Site.Root = path.Join(root, out)
	r.f.Site.Base = base(r.text(c.Get("base"), "the base path", "/"))
	r.f.Caches = []string{path.Join(root, ".vitepress/cache")}
	r.f.Outputs = append(r.f.Outputs, path.Join(root, ".vitepress/cache"))
	r.f.Build = []string{"vitepress", "build", root}
	r.reason("vitepress build makes files")
}

// expo reads app.json, https://docs.expo.dev/guides/publishing-websites/.
func (r *recogniser) expo() {
	s, ok := r.step("expo", "export", "export:web")
	platform := option(s, "--platform", "-p")
	if _, _, _, web := r.Dependency("react-native-web"); !web && (!ok || platform != "web" && s.Argv[1] == "export") {
		r.no() // an application for telephones
		return
	}
	if !ok {
		r.f.Doubt = "an application for telephones, of which no script makes pages"
	}
	if dir := option(s, "--output-dir"); dir != "" {
		r.f.Site.Root = dir
	}
	if _, old := r.step("expo", "export:web"); old {
		r.f.Site.Root = "web-build"
	}
	c := r.load("app.json").Get("expo", "web")
	switch output := r.text(c.Get("output"), "the kind of output", "single"); output {
	case "static":
		r.f.Site = Site{Root: r.f.Site.Root, Base: "/", HTML: true, NotFound: "/+not-found.html", Hashed: r.f.Site.Hashed}
	case "server":
		r.fault(c.Get("output").At(), "Expo's output %q needs a server of the project's own: say \"static\" or \"single\", or name the server in a start script", output)
	}
	r.reason("expo export makes files")
}

// eleventy calls its configuration, https://www.11ty.dev/docs/config/.
func (r *recogniser) eleventy() {
	s, ok := r.step("eleventy")
	if !ok && r.started {
		r.no()
		return
	}
	out := option(s, "--output")
	for _, name := range []string{"eleventy.config", ".eleventy.js"} {
		file, there := r.config(name)
		if out != "" || !there {
			continue
		}
		c := r.load(name)
		dir := c.Get("dir", "output")
		if module, err := r.program.Module(file); err == nil && dir.Absent() {
			if named := module.Export("config"); named.Kind() == jsconf.Object {
				dir = named.Get("dir", "output")
			}
		}
		out = r.text(dir, "the output folder", "")
	}
	if out != "" {
		r.f.Site.Root = out
	}
	r.reason("Eleventy makes files")
}

func (r *recogniser) rsbuild() {
	if r.custom() {
		r.no()
		return
	}
	c := r.load("rsbuild.config", viteArguments())
	root := c.Get("output", "distPath")
	if root.Kind() != jsconf.String {
		root = root.Get("root")
	}
	r.f.Site.Root = r.text(root, "the output folder", "dist")
	r.f.Site.Base = base(r.text(c.Get("server", "base"), "the base path", "/"))
	r.reason("rsbuild build makes files")
}

func (r *recogniser) parcel() {
	if r.custom() {
		r.no()
		return
	}
	s, ok := r.step("parcel", "build")
	if !ok || !r.hasPage(s) {
		r.no()
		return
	}
	if dir := option(s, "--dist-dir", "-d", "--out-dir"); dir != "" {
		r.f.Site.Root = dir
	}
	if b := option(s, "--public-url"); b != "" {
		r.f.Site.Base = base(b)
	}
	r.reason("parcel build makes files")
}

// hasPage says whether a bundler that makes libraries and programs too is given a page.
func (r *recogniser) hasPage(s script.Step) bool {
	return slices.ContainsFunc(s.Argv, func(w string) bool { return strings.HasSuffix(w, ".html") || strings.HasSuffix(w, ".pug") }) ||
		slices.ContainsFunc([]string{"index.html", "src/index.html", "public/index.html", "app/index.html"}, func(name string) bool { return r.Tree.Has(path.Join(r.Dir, name)) })
}

// webpack is a site only with the plugin that writes its pages.
func (r *recogniser) webpack() {
	_, _, at, html := r.Dependency("html-webpack-plugin")
	s, builds := r.step("webpack")
	if !html || !builds || r.custom() {
		r.no()
		return
	}
	r.cite(at)
	name := "webpack.config"
	if file := option(s, "--config", "-c"); file != "" {
		name = file
	}
	c := r.load(name, jsconf.Fields("production", "true"), jsconf.Fields("mode", "production"))
	r.f.Site.Root = r.text(c.Get("output", "path"), "the output folder", "dist")
	r.f.Site.Base = base(r.text(c.Get("output", "publicPath"), "the base path", "/"))
	if fallback := c.Get("devServer", "historyApiFallback"); !fallback.Absent() {
		r.f.Site.Fallback = "/index.html"
		r.cite(fallback.At())
	}
	r.reason("webpack and html-webpack-plugin make files")
}

// storybook is a site only where the build builds nothing else.
func (r *recogniser) storybook() {
	s, ok := r.step("storybook", "build")
	if !ok {
		s, ok = r.step("build-storybook")
	}
	if !ok {
		r.no()
		return
	}
	if dir := option(s, "-o", "--output-dir"); dir != "" {
		r.f.Site.Root = dir
	}
	r.reason("the build script builds Storybook")
}

// angular reads angular.json, https://angular.dev/reference/configs/workspace-config.
func (r *recogniser) angular() {
	file := path.Join(r.Dir, "angular.json")
	c, err := r.evaluate("angular.json")
	if err != nil {
		r.f.Problem = err // nothing else says what is built
		return
	}
	name, project := r.angularProject(c)
	if name == "" {
		r.fault(detect.Evidence{File: file}, "angular.json has several applications, and none is the default: build one, as in ng build NAME")
		return
	}
	targets := project.Get("architect")
	if targets.Absent() {
		targets = project.Get("targets")
	}
	build := targets.Get("build")
	builder := r.text(build.Get("builder"), "the builder", "")
	options := build.Get("options")
	out := options.Get("outputPath")
	folder := path.Join("dist", name)
	browser := "browser"
	if out.Kind() == jsconf.Object {
		browser = r.text(out.Get("browser"), "the folder for browsers", browser)
		out = out.Get("base")
	}
	folder = path.Clean(r.text(out, "the output folder", folder))
	r.f.Outputs = append(r.f.Outputs, strings.SplitN(folder, "/", 2)[0])
	at := base(r.text(options.Get("baseHref"), "the base path", "/"))
	_, kind, _ := strings.Cut(builder, ":")
	if kind != "application" { // the older builders make one folder
		r.static(Site{Root: folder, Base: at, Fallback: "/index.html", Names: `[^/]+[.][0-9a-f]{16,20}[.](?:js|css)`})
		r.reason(builder + " makes files")
		return
	}
	ssr := options.Get("ssr")
	on, isFlag := ssr.Bool()
	server := ssr.Kind() == jsconf.Object || isFlag && on
	mode := r.text(options.Get("outputMode"), "the kind of output", "")
	if server && mode != "static" {
		r.server("", 4000)
		r.f.Title = "Angular with a server"
		r.f.Traced = true
		r.keep(folder)
		r.f.Start = []string{"node", path.Join(folder, "server/server.mjs")}
		r.cite(ssr.At())
		r.reason("ssr makes a server that holds all that it imports")
		return
	}
	site := Site{Root: path.Join(folder, browser), Base: at, Fallback: "/index.html", Names: `[^/]+-[A-Z0-9]{8}[.](?:js|css)`}
	if server || mode == "static" {
		site.Fallback, site.HTML = "/index.csr.html", true
	}
	r.static(site)
	r.reason(builder + " makes files")
}

// angularProject is the application that ng build builds.
func (r *recogniser) angularProject(c jsconf.Value) (string, jsconf.Value) {
	projects := c.Get("projects")
	name, _ := c.Get("defaultProject").Text()
	if s, ok := r.step("ng", "build"); ok {
		if words := operands(s, "build"); len(words) > 0 {
			name = words[0]
		}
	}
	if name != "" && !projects.Get(name).Absent() {
		return name, projects.Get(name)
	}
	var apps []string
	for _, key := range projects.Keys() {
		if kind, _ := projects.Get(key, "projectType").Text(); kind != "library" {
			apps = append(apps, key)
		}
	}
	if len(apps) != 1 {
		return "", jsconf.Value{}
	}
	return apps[0], projects.Get(apps[0])
}
