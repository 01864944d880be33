package framework

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/jsconf"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/script"
	"github.com/dockgen/dockgen/detect/node/source"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// no says that the package is not of this framework after all.
func (r *recogniser) no() { r.f = Framework{Name: r.f.Name} }

// fault says why no image can be made.
func (r *recogniser) fault(at detect.Evidence, format string, args ...any) {
	if at.File == "" && len(r.f.Evidence) > 0 {
		at = r.f.Evidence[0]
	}
	r.f.Problem = detect.Errorf(at, format, args...)
}

// reason replaces why this framework and this kind.
func (r *recogniser) reason(text string) { r.f.Reason += "; " + text }

// static turns a framework that may serve into a folder of files.
func (r *recogniser) static(s Site) {
	if s.Base == "" {
		s.Base = "/"
	}
	r.f.Kind, r.f.Site = Static, s
	r.f.Start, r.f.Artefacts, r.f.Env, r.f.Requires, r.f.Port, r.f.Host, r.f.PortVar = nil, nil, nil, nil, 0, "", ""
	r.f.Traced, r.f.KeepDev = false, false
}

// server makes a framework that may be static one that serves.
func (r *recogniser) server(host string, port int) {
	r.f.Kind, r.f.Site = Server, Site{}
	r.f.Host, r.f.PortVar, r.f.Port = host, "PORT", port
	if host != "" {
		r.f.Env = append(r.f.Env, plan.Variable{Name: host, Value: "0.0.0.0"})
	}
}

// keep adds what the runtime takes over from the builder under the same name.
func (r *recogniser) keep(names ...string) {
	for _, name := range names {
		r.f.Artefacts = append(r.f.Artefacts, Artefact{Copy: plan.Copy{From: name, To: name}})
	}
}

// own leaves the start to the project's own program, which needs all of the
// project and its node_modules.
func (r *recogniser) own() {
	r.f.Start, r.f.Artefacts, r.f.Traced = nil, nil, false
	_, at, _ := r.Script(r.start.Script)
	r.cite(at)
	r.reason("its start script runs a server of the project's own")
}

// serverAround takes a module of the project's own that imports what the build makes, in its
// folder or one called server, for the server, where no script starts another: it adds to what
// the framework would answer alone.
func (r *recogniser) serverAround(made, program string) bool {
	if r.Imports == nil {
		return false
	}
	for _, dir := range []string{".", "server"} {
		listing, _ := r.Tree.Folder(path.Join(r.Dir, dir))
		for _, name := range listing.Files {
			file := path.Join(dir, name)
			if !slices.Contains([]string{".js", ".mjs", ".cjs"}, path.Ext(name)) || strings.Contains(name, ".config.") || dir != "." && r.Tree.Has(path.Join(r.Dir, dir, "package.json")) {
				continue
			}
			around := slices.ContainsFunc(r.Imports(path.Join(r.Dir, file)), func(name string) bool {
				return strings.HasPrefix(name, ".") && strings.TrimSuffix(strings.TrimSuffix(path.Join(dir, name), ".js"), ".mjs") == made
			})
			if !around {
				continue
			}
			r.f.Start, r.f.Artefacts, r.f.Traced = nil, nil, false
			r.f.Main, r.f.Runs, r.f.Source = file, program, file
			r.f.Beside = append(r.f.Beside, strings.SplitN(made, "/", 2)[0])
			r.cite(detect.Evidence{File: path.Join(r.Dir, file)})
			r.reason(file + " serves what the build makes, with more of the project's own")
			return true
		}
	}
	return false
}

// viteArguments are what Vite gives to a configuration that is a function.
func viteArguments() jsconf.Value { return jsconf.Fields("command", "build", "mode", "production") }

// viteBase is the path below which Vite expects its files; those of a whole
// address come from elsewhere.
func (r *recogniser) viteBase(c jsconf.Value) string {
	text := r.text(c.Get("base"), "the base path", "/")
	if strings.Contains(text, "://") {
		r.note("%s: browsers load scripts and styles from %s, where somebody has to put them", c.Get("base").At(), text)
		return "/"
	}
	return base(text)
}

// next reads next.config, https://nextjs.org/docs/app/api-reference/config/next-config-js/output.
func (r *recogniser) next() {
	c := r.load("next.config", jsconf.Text("phase-production-build"), jsconf.Fields())
	dist := path.Clean(r.text(c.Get("distDir"), "the output folder", ".next"))
	output := r.nextOutput(c.Get("output"))
	r.f.Caches = []string{path.Join(dist, "cache")}
	r.f.Outputs = append(r.f.Outputs, dist)
	if s, ok := r.step("next", "export"); ok || output == "export" {
		root := "out"
		if output == "export" && dist != ".next" {
			root = dist
		}
		if dir := option(s, "-o", "--outdir"); ok && dir != "" {
			root = dir
		}
		site := Site{Root: root, NotFound: "/404.html", HTML: true, Hashed: []string{"/_next/static/"}}
		site.Base = base(r.text(c.Get("basePath"), "the base path", ""))
		r.static(site)
		r.f.Title, r.f.Caches = "Next.js, static export", []string{path.Join(dist, "cache")}
		r.reason("its output is exported as files")
		return
	}
	r.f.Writes = []string{path.Join(dist, "cache")}
	if port := option(script.Step{Argv: r.start.Argv}, "-p", "--port"); r.starts("next") && port != "" {
		r.start.Env = append(r.start.Env, script.Variable{Name: r.f.PortVar, Value: port})
	}
	switch {
	case output == "standalone" && !r.ownServer(dist):
		r.nextStandalone(c, dist)
	case r.custom(dist):
		r.f.Title = "Next.js with a server of its own"
		r.own()
		r.f.Beside = []string{dist}
		if file, ok := r.config("next.config"); ok {
			r.f.Beside = append(r.f.Beside, path.Base(file))
		}
	default:
		r.f.Title = "Next.js"
		r.f.Start = []string{"node", "node_modules/next/dist/bin/next", "start"}
		r.keep(dist)
		r.f.Artefacts = append(r.f.Artefacts, Artefact{Copy: plan.Copy{From: "public", To: "public"}, Maybe: true})
		if file, ok := r.config("next.config"); ok {
			r.keep(path.Base(file))
			if strings.HasSuffix(file, "ts") {
				r.compiler()
			}
		}
		if timeout := option(script.Step{Argv: r.start.Argv}, "--keepAliveTimeout"); timeout != "" {
			r.f.Start = append(r.f.Start, "--keepAliveTimeout", timeout)
		}
		r.requires("next")
		r.reason("no output is configured, so that next start serves it")
		if output == "" {
			r.note("output: 'standalone' in next.config would make the image smaller: Next.js traces what it needs, and node_modules stays out")
		}
	}
}

// ownServer says whether the start script runs a program of the project's own, which a
// standalone output does not trace: one that is there before the build.
func (r *recogniser) ownServer(dist string) bool {
	_, file := r.nodeFile()
	return r.custom(dist) && file != "" && r.Tree.Has(path.Join(r.Dir, file))
}

// nodeFile is the file that the start script runs with node, and the options before it.
func (r *recogniser) nodeFile() (options []string, file string) {
	if !r.starts("node") {
		return nil, ""
	}
	words := r.start.Argv[1:]
	for i := 0; i < len(words); i++ {
		switch {
		case slices.Contains(script.Valued, words[i]):
			i++
		case !strings.HasPrefix(words[i], "-"):
			return words[:i], path.Clean(words[i])
		}
	}
	return words, ""
}

// bare finds an import of a package, which no output that was traced without it holds.
var bare = pattern.New(`(?:\brequire\(|\bfrom|\bimport)\s*["'](?:[^."'n/]|n[^o"']|no[^d"']|nod[^e"']|node[^:"'])`)

// preloads takes over the options that the start script gives node, with the files of the
// project that they name. A file that imports a package, or a package that is named, was
// not traced: node_modules come along.
func (r *recogniser) preloads(below string) {
	options, file := r.nodeFile()
	if file == "" || path.Base(file) != "server.js" {
		return
	}
	for i, word := range options {
		name, value, inline := strings.Cut(word, "=")
		if !slices.Contains([]string{"-r", "--require", "--import", "--loader", "--experimental-loader"}, name) {
			continue
		}
		if !inline && i+1 < len(options) {
			value = options[i+1]
		}
		data, err := r.Tree.ReadFile(path.Join(r.Dir, value))
		if err != nil {
			r.f.Traced = false
			continue
		}
		name = path.Clean(value)
		r.f.Artefacts = append(r.f.Artefacts, Artefact{Copy: plan.Copy{From: name, To: path.Join(below, name)}})
		if bare.Match(data) {
			r.f.Traced = false
		}
	}
	if len(options) > 0 {
		r.f.Start = slices.Concat([]string{"node"}, options, []string{"server.js"})
		_, at, _ := r.Script(r.start.Script)
		r.cite(at)
		r.reason("its start script gives node options")
	}
}

// compiler brings along TypeScript, with which next start compiles its
// configuration: it would install it otherwise. The package depends on no other, so
// that it can be taken alone where it lies in a folder of its own.
func (r *recogniser) compiler() {
	_, dev, at, ok := r.Dependency("typescript")
	if !ok || !dev || !r.flat() || r.Dir != r.Workspace {
		r.requires("typescript")
		return
	}
	r.keep("node_modules/typescript")
	r.note("%s: next start compiles next.config.ts, so that typescript stays in the image; a next.config.mjs needs none", at)
}

// flat says whether every package lies in node_modules by its name, as npm, yarn 1
// and Bun install them.
func (r *recogniser) flat() bool {
	return !slices.ContainsFunc([]string{"pnpm-lock.yaml", ".pnp.cjs", ".yarnrc.yml"}, func(name string) bool {
		return r.Tree.Has(path.Join(r.Workspace, name))
	})
}

// depends says whether a package is a direct dependency.
func (r *recogniser) depends(name string) bool {
	_, _, _, ok := r.Dependency(name)
	return ok
}

// variableName is a name that a Dockerfile can set without quotes.
var variableName = pattern.New(`^[A-Z][A-Z0-9_]{0,60}$`)

// nextOutput is the kind of output. Where it hangs on a variable, and setting that
// makes the output standalone, the build sets it.
func (r *recogniser) nextOutput(v jsconf.Value) string {
	output, known := v.Text()
	if file, ok := r.config("next.config"); ok && output == "" && len(v.Env()) == 1 && variableName.MatchString(v.Env()[0]) {
		name := v.Env()[0]
		for _, value := range []string{"true", "1", "standalone"} {
			program := jsconf.NewProgram(r.Tree)
			program.Set = map[string]string{name: value}
			module, err := program.Module(file)
			if err != nil {
				break
			}
			c, _ := module.Config(jsconf.Text("phase-production-build"), jsconf.Fields())
			if set, _ := c.Get("output").Text(); set == "standalone" {
				r.cite(c.Get("output").At())
				r.f.BuildEnv = append(r.f.BuildEnv, plan.Variable{Name: name, Value: value})
				r.note("%s: %s=%s is set for the build, since it makes the output standalone", c.Get("output").At(), name, value)
				return set
			}
		}
	}
	if !known || len(v.Env()) > 0 {
		return r.text(v, "the kind of output", "")
	}
	r.cite(v.At())
	return output
}

// nextStandalone is the output that holds all that it imports. It mirrors the
// folders from the root that files are traced from: that of the lockfile, unless
// the configuration says another.
func (r *recogniser) nextStandalone(c jsconf.Value, dist string) {
	root := r.Workspace
	traced := c.Get("outputFileTracingRoot")
	if traced.Absent() {
		traced = c.Get("experimental", "outputFileTracingRoot")
	}
	if text := r.text(traced, "the root that files are traced from", ""); text != "" {
		root = path.Join(r.Dir, text)
	}
	below := strings.TrimPrefix(strings.TrimPrefix(r.Dir, root), "/")
	if root == "." {
		below = r.Dir
	}
	switch {
	case root == ".." || strings.HasPrefix(root, "../") || !detect.Inside(root, r.Workspace): // above what the image has at /app
		below = path.Join("app", detect.From(r.Workspace, r.Dir))
	case below == "." || root == r.Dir:
		below = ""
	}
	copies := []plan.Copy{
		{From: path.Join(dist, "standalone"), To: "."},
		{From: path.Join(dist, "static"), To: path.Join(below, dist, "static")},
		{From: "public", To: path.Join(below, "public")},
	}
	for _, c := range copies {
		r.f.Artefacts = append(r.f.Artefacts, Artefact{Copy: c, Maybe: c.From == "public"})
	}
	r.f.Title = "Next.js, standalone output"
	r.f.Traced = true
	r.f.Start, r.f.Workdir = []string{"node", "server.js"}, below
	r.f.Writes = []string{path.Join(below, dist, "cache")}
	r.reason("its standalone output holds all that it imports")
	r.preloads(below)
}

// nodePresets are the presets of Nitro that make a server for Node.
var nodePresets = []string{"", "node-server", "node_server", "node", "node-cluster", "node_cluster", "node-middleware"}

// nuxt reads nuxt.config, https://nuxt.com/docs/api/nuxt-config.
func (r *recogniser) nuxt() {
	c := r.load("nuxt.config")
	if v := generation(r.f.Version); v == 2 && !strings.HasPrefix(r.f.Version, "npm:") {
		r.nuxt2(c)
		return
	}
	_, generates := r.step("nuxt", "generate")
	_, also := r.step("nuxi", "generate")
	preset := r.preset(c.Get("nitro", "preset"), "nuxt", "nuxi")
	if generates || also || preset == "static" {
		site := Site{Root: ".output/public", NotFound: "/404.html", Fallback: "", HTML: true, Hashed: []string{"/_nuxt/"}}
		if !r.flag(c.Get("ssr"), "server-side rendering", true) {
			site.Fallback, site.NotFound = "/200.html", ""
		}
		site.Base = base(r.text(c.Get("app", "baseURL"), "the base path", ""))
		r.static(site)
		r.f.Build = []string{"nuxt", "generate"}
		r.f.Public = append(r.f.Public, "NUXT_PUBLIC_")
		r.f.Title = "Nuxt, generated"
		r.reason("its build generates files")
		return
	}
	r.nitroServer(preset, c.Get("nitro", "output", "dir"))
}

// nuxt2 is the version before Nitro.
func (r *recogniser) nuxt2(c jsconf.Value) {
	r.f.Title = "Nuxt 2"
	if _, ok := r.step("nuxt", "generate"); ok || r.text(c.Get("target"), "the target", "server") == "static" {
		r.static(Site{Root: r.text(c.Get("generate", "dir"), "the output folder", "dist"), Fallback: "/200.html", HTML: true, Hashed: []string{"/_nuxt/"}})
		r.f.Build = []string{"nuxt", "generate"}
		if !ok {
			r.generates()
		}
		return
	}
	r.f.Start = []string{"node", "node_modules/nuxt/bin/nuxt.js", "start"}
	r.keep(".nuxt")
	for _, folder := range []string{"static"} {
		if _, ok := r.Tree.Folder(path.Join(r.Dir, folder)); ok {
			r.keep(folder)
		}
	}
	if file, ok := r.config("nuxt.config"); ok {
		r.keep(path.Base(file))
	}
	r.requires("nuxt")
}

// generates takes the framework's own command in place of a build script that leaves
// out what a site is made of: the project's script for that, where it has one.
func (r *recogniser) generates() {
	r.f.Script = OwnCommand
	if _, at, ok := r.Script("generate"); ok {
		r.f.Script = "generate"
		r.cite(at)
	}
	r.reason("its build script makes no files of pages, so they are generated")
}

// preset is the preset of Nitro: what the build sets, else what is configured.
func (r *recogniser) preset(configured jsconf.Value, programs ...string) string {
	for _, program := range programs {
		if s, ok := r.step(program); ok {
			for _, preset := range []string{option(s, "--preset"), variable(s, "NITRO_PRESET"), variable(s, "SERVER_PRESET")} {
				if preset != "" {
					return preset
				}
			}
		}
	}
	return r.text(configured, "the preset", "")
}

// nitroServer is the output of Nitro, which holds all that it imports
// (https://nitro.build/deploy/runtimes/node).
func (r *recogniser) nitroServer(preset string, dir jsconf.Value) {
	out := path.Clean(r.text(dir, "the output folder", ".output"))
	r.f.Outputs = append(r.f.Outputs, out)
	program := "node"
	switch {
	case preset == "bun":
		program = "bun"
	case preset == "deno-server" || preset == "deno_server":
		program = "deno"
	case !slices.Contains(nodePresets, preset):
		r.fault(detect.Evidence{}, "the preset %s of %s makes no server for a container: leave it out, or say node-server", preset, r.rule.Title)
		return
	}
	if r.custom(out) {
		r.own()
		return
	}
	r.f.Start = []string{program, path.Join(out, "server/index.mjs")}
	r.f.Traced = true
	r.keep(out)
	r.reason("its output holds all that it imports")
}

func (r *recogniser) nitro() {
	c := r.load("nitro.config")
	preset := r.preset(c.Get("preset"), "nitro", "nitropack")
	r.nitroServer(preset, c.Get("output", "dir"))
}

// reactRouter reads react-router.config, https://reactrouter.com/api/framework-conventions/react-router.config.ts.
func (r *recogniser) reactRouter() {
	c := r.load("react-router.config")
	out := path.Clean(r.text(c.Get("buildDirectory"), "the output folder", "build"))
	r.f.Outputs = append(r.f.Outputs, out)
	if !r.flag(c.Get("ssr"), "server-side rendering", true) {
		r.static(Site{
			Root: path.Join(out, "client"), Fallback: "/index.html", Hashed: []string{"/assets/"},
			Base: r.viteBase(r.load("vite.config", viteArguments())),
		})
		if prerender := c.Get("prerender"); !prerender.Absent() {
			r.f.Site.HTML, r.f.Site.Fallback = true, "/__spa-fallback.html"
			if !r.prerendersRoot(prerender) {
				r.f.Site.Fallback = "/index.html"
			}
		}
		r.f.Title = "React Router without a server"
		r.reason("ssr is off")
		return
	}
	bin := "bin.cjs"
	if version, _, _, ok := r.Dependency("@react-router/serve"); ok && project.Major(version) < 8 { // the name of its file in 8
		bin = "bin.js"
	}
	r.routerServer("react-router-serve", "@react-router/serve", bin, path.Join(out, "server", r.text(c.Get("serverBuildFile"), "the server's file", "index.js")), out)
}

// prerendersRoot says whether / is among the paths that are rendered beforehand.
func (r *recogniser) prerendersRoot(v jsconf.Value) bool {
	if all, ok := v.Bool(); ok {
		return all
	}
	if len(v.Items()) == 0 {
		return v.Kind() != jsconf.Array
	}
	return slices.ContainsFunc(v.Items(), func(item jsconf.Value) bool { text, _ := item.Text(); return text == "/" })
}

// routerServer is the server that React Router and Remix bring along, or the
// project's own.
func (r *recogniser) routerServer(program, name, bin, build, out string) {
	if r.custom() {
		r.own()
		return
	}
	if _, _, _, ok := r.Dependency(name); !ok {
		r.fault(detect.Evidence{}, "%s needs a server to run: add %s to dependencies, or a start script that runs the project's own", r.rule.Title, name)
		return
	}
	argv := []string{"./" + build}
	if r.started && path.Base(r.start.Argv[0]) == program && len(r.start.Argv) > 1 {
		argv = r.start.Argv[1:]
	}
	r.f.Start = append([]string{"node", path.Join("node_modules", name, bin)}, argv...)
	r.f.Host, r.f.Env = "HOST", []plan.Variable{{Name: "HOST", Value: "0.0.0.0"}}
	r.keep(out)
	r.requires(name)
	if _, folder := r.Tree.Folder(path.Join(r.Dir, "public")); folder && out == "build" && program == "remix-serve" {
		r.keep("public")
	}
	r.reason(program + " serves what it builds")
}

// remix is Remix 1 and 2, with its own compiler or as a plugin of Vite.
func (r *recogniser) remix() {
	c := r.load("vite.config", viteArguments())
	plugin, vite := r.plugin(c, "@remix-run/dev", "vitePlugin")
	if !vite {
		if _, ok := r.step("remix", "vite:build"); ok {
			vite = true
		}
	}
	if !vite {
		old := r.load("remix.config")
		build := r.text(old.Get("serverBuildPath"), "the server's file", "build/index.js")
		r.f.Build, r.f.Public = []string{"remix", "build"}, nil
		r.routerServer("remix-serve", "@remix-run/serve", "dist/cli.js", build, path.Dir(build))
		return
	}
	options := plugin.Arg(0)
	out := path.Clean(r.text(options.Get("buildDirectory"), "the output folder", "build"))
	r.f.Outputs = append(r.f.Outputs, out)
	if !r.flag(options.Get("ssr"), "server-side rendering", true) {
		r.static(Site{Root: path.Join(out, "client"), Fallback: "/index.html", Hashed: []string{"/assets/"}, Base: r.viteBase(c)})
		r.f.Title = "Remix without a server"
		r.reason("ssr is off")
		return
	}
	r.routerServer("remix-serve", "@remix-run/serve", "dist/cli.js", path.Join(out, "server/index.js"), out)
}

// plugin finds a call among the plugins of a configuration by the module that it
// comes from, and the name there where one is asked for.
func (r *recogniser) plugin(config jsconf.Value, module, name string) (jsconf.Value, bool) {
	list := config.Get("plugins").Items()
	for i := 0; i < len(list) && len(list) < 200; i++ {
		if list[i].Kind() == jsconf.Array {
			list = append(list, list[i].Items()...)
			continue
		}
		if list[i].Kind() == jsconf.Unknown { // such as what is spread, or depends
			list = append(list, list[i].Alternatives()...)
			continue
		}
		from, called := list[i].Origin()
		if from == module && (name == "" || called == name) {
			return list[i], true
		}
	}
	return jsconf.Value{}, false
}

// svelteKit reads svelte.config, https://svelte.dev/docs/kit/adapters.
func (r *recogniser) svelteKit() {
	c := r.load("svelte.config")
	adapter := c.Get("kit", "adapter")
	from, _ := adapter.Origin()
	if adapter.Absent() || from == "" {
		from = r.adapterByDependency("@sveltejs/adapter-node", "svelte-adapter-bun", "@sveltejs/adapter-static", "@sveltejs/adapter-auto")
	} else {
		r.cite(adapter.At())
	}
	options := adapter.Arg(0)
	switch from {
	case "@sveltejs/adapter-node", "svelte-adapter-bun":
		r.svelteServer(path.Clean(r.text(options.Get("out"), "the output folder", "build")), from, r.text(options.Get("envPrefix"), "what stands before its variables", ""))
	case "@sveltejs/adapter-static":
		site := Site{Root: path.Clean(r.text(options.Get("pages"), "the output folder", "build")), HTML: true, NotFound: "/404.html", Hashed: []string{"/_app/immutable/"}}
		site.Base = base(r.text(c.Get("kit", "paths", "base"), "the base path", ""))
		if fallback := r.text(options.Get("fallback"), "the fall-back page", ""); fallback == "404.html" {
			site.NotFound = "/404.html"
		} else if fallback != "" {
			site.Fallback, site.NotFound = "/"+strings.TrimPrefix(fallback, "/"), ""
		}
		r.static(site)
		r.f.Title = "SvelteKit, static"
		r.reason("adapter-static makes files")
	case "@sveltejs/adapter-auto":
		// The adapter takes adapter-node where it finds the build packs of Google,
		// https://github.com/sveltejs/kit/blob/main/packages/adapter-auto/adapters.js.
		r.f.BuildEnv = append(r.f.BuildEnv, plan.Variable{Name: "GCP_BUILDPACKS", Value: "true"})
		r.svelteServer("build", from, "")
		r.note("adapter-auto installs adapter-node while it builds, in whatever version is new: install @sveltejs/adapter-node and name it in svelte.config")
	case "":
		r.fault(detect.Evidence{}, "SvelteKit has no adapter: install @sveltejs/adapter-node and name it in svelte.config")
	default:
		r.fault(adapter.At(), "%s makes no server for a container: use @sveltejs/adapter-node or @sveltejs/adapter-static", from)
	}
}

// svelteServer is the server that an adapter makes, whose variables have a prefix
// (https://svelte.dev/docs/kit/adapter-node#Options-envPrefix).
func (r *recogniser) svelteServer(out, adapter, prefix string) {
	program := "node"
	if adapter == "svelte-adapter-bun" {
		program = "bun"
		out += "/index.js"
	}
	r.f.Outputs = append(r.f.Outputs, strings.TrimSuffix(out, "/index.js"))
	if r.custom(strings.TrimSuffix(out, "/index.js")) {
		r.own()
		return
	}
	if r.serverAround(path.Join(strings.TrimSuffix(out, "/index.js"), "handler"), program) {
		return
	}
	r.f.Start = []string{program, out}
	r.keep(strings.TrimSuffix(out, "/index.js"))
	r.reason(strings.TrimPrefix(adapter, "@sveltejs/") + " makes a server")
	r.note("SvelteKit refuses forms from other addresses than its own: set %sORIGIN to the one that browsers see", prefix)
	r.f.Host, r.f.PortVar = prefix+"HOST", prefix+"PORT"
	r.f.Env = slices.Clone(r.f.Env)
	for i, v := range r.f.Env {
		if v.Name == "HOST" {
			r.f.Env[i].Name = r.f.Host
		}
	}
}

// adapterByDependency is the first of packages that is a dependency.
func (r *recogniser) adapterByDependency(names ...string) string {
	for _, name := range names {
		if _, _, at, ok := r.Dependency(name); ok {
			r.cite(at)
			return name
		}
	}
	return ""
}

// astro reads astro.config, https://docs.astro.build/en/guides/integrations-guide/node/.
func (r *recogniser) astro() {
	c := r.load("astro.config")
	out := path.Clean(r.text(c.Get("outDir"), "the output folder", "dist"))
	r.f.Outputs = append(r.f.Outputs, out)
	site := &r.f.Site
	site.Root = out
	site.Base = base(r.text(c.Get("base"), "the base path", ""))
	site.Hashed = []string{"/" + strings.Trim(r.text(c.Get("build", "assets"), "the folder of assets", "_astro"), "/") + "/"}
	adapter := c.Get("adapter")
	from, _ := adapter.Origin()
	output := r.text(c.Get("output"), "the kind of output", "static")
	if output == "static" && (from == "" || !r.rendersOnDemand()) {
		if !r.Tree.Has(path.Join(r.Dir, "src/pages/404.astro")) && !r.Tree.Has(path.Join(r.Dir, "src/pages/404.md")) && !r.Tree.Has(path.Join(r.Dir, "src/pages/404.mdx")) {
			site.NotFound = ""
		}
		r.reason("it renders every page when it builds")
		return
	}
	switch from {
	case "@astrojs/node":
		r.astroServer(adapter, out)
	case "":
		r.fault(c.Get("output").At(), "Astro renders pages on demand and has no adapter: install @astrojs/node, mode standalone")
	default:
		r.fault(adapter.At(), "%s makes no server for a container: use @astrojs/node", from)
	}
}

func (r *recogniser) astroServer(adapter jsconf.Value, out string) {
	r.cite(adapter.At())
	mode := r.text(adapter.Arg(0).Get("mode"), "the mode of the adapter", "standalone")
	r.server("HOST", r.astroPort())
	r.keep(out)
	r.f.Title = "Astro with a server"
	r.f.Start = []string{"node", "./" + path.Join(out, "server/entry.mjs")}
	r.reason("@astrojs/node serves pages on demand")
	if r.custom(path.Join(out, "server/entry.mjs")) {
		r.own()
	} else if mode == "middleware" && !r.serverAround(path.Join(out, "server/entry"), "node") {
		r.f.Start = nil
		r.fault(adapter.At(), "@astrojs/node in the mode middleware makes no server: say mode: 'standalone', or name the project's own server in the start script")
	}
}

// astroPort is where Astro's servers listen unless told otherwise: the project's
// server.port, else what holds for its major version
// (https://docs.astro.build/en/guides/upgrade-to/v3/).
func (r *recogniser) astroPort() int {
	if port := r.load("astro.config").Get("server", "port"); port.Known() {
		if n, ok := port.Int(); ok {
			r.cite(port.At())
			return n
		}
	}
	if v := generation(r.f.Version); v > 0 && v < 3 {
		return 3000
	}
	return 4321
}

// rendersOnDemand looks for pages of Astro that are not rendered beforehand.
func (r *recogniser) rendersOnDemand() bool {
	found := false
	_ = r.sources(path.Join(r.Dir, "src"), func(_ string, data []byte) bool {
		found = onDemand.Match(data)
		return !found
	})
	return found
}

// tanstack reads vite.config, https://tanstack.com/start/latest/docs/framework/react/guide/hosting.
func (r *recogniser) tanstack() {
	c := r.load("vite.config", viteArguments())
	_, v3 := r.plugin(c, "nitro/vite", "")
	_, v2 := r.plugin(c, "@tanstack/nitro-v2-vite-plugin", "")
	vinxi, older := r.config("app.config")
	switch {
	case older:
		r.cite(detect.Evidence{File: vinxi})
		r.f.Build = []string{"vinxi", "build"}
		app := r.load("app.config")
		r.nitroServer(r.preset(app.Get("server", "preset"), "vinxi"), jsconf.Fields().Get("dir"))
	case v2 || v3 || r.started && !r.custom(".output"):
		r.nitroServer(r.preset(c.Get("nitro", "preset"), "vite"), jsconf.Fields().Get("dir"))
	case r.custom("dist"):
		r.own()
	case !r.flat() && !r.depends("srvx"):
		r.fault(detect.Evidence{}, "TanStack Start makes no server of its own: add the plugin nitro() of nitro/vite to vite.config, or srvx to dependencies")
	default:
		// Without Nitro the build is a handler of requests, which srvx serves with
		// the files of the client; TanStack Start depends on it.
		r.f.Start = []string{"node", "node_modules/srvx/bin/srvx.mjs", "--prod", "-s", "../client", "dist/server/server.js"}
		r.f.Host, r.f.Env = "HOST", []plan.Variable{{Name: "HOST", Value: "0.0.0.0"}}
		r.keep("dist")
		r.f.Requires = []string{"srvx"}
		r.reason("no plugin makes a server, so that srvx serves what it builds")
	}
}

func (r *recogniser) solidStart() {
	if _, ok := r.config("app.config"); ok {
		c := r.load("app.config")
		preset := r.preset(c.Get("server", "preset"), "vinxi", "solid-start")
		if preset == "static" {
			r.static(Site{Root: ".output/public", HTML: true, NotFound: "/404.html", Hashed: []string{"/_build/assets/"}})
			return
		}
		r.nitroServer(preset, jsconf.Fields().Get("dir"))
		return
	}
	c := r.load("vite.config", viteArguments())
	r.f.Build = []string{"vite", "build"}
	r.nitroServer(r.preset(c.Get("nitro", "preset"), "vite"), jsconf.Fields().Get("dir"))
}

// nestAssets tells of assets in nest-cli.json that name no file: the build leaves them
// behind without a word (https://docs.nestjs.com/cli/monorepo#assets).
func (r *recogniser) nestAssets() {
	file := path.Join(r.Dir, "nest-cli.json")
	if !r.Tree.Has(file) {
		return
	}
	cli := r.load("nest-cli.json")
	source := r.text(cli.Get("sourceRoot"), "the folder of sources", "src")
	for _, item := range cli.Get("compilerOptions", "assets").Items() {
		pattern, ok := item.Text()
		if !ok {
			pattern, ok = item.Get("include").Text()
		}
		if !ok || r.names(source, pattern) {
			continue
		}
		advice := ""
		if below, inside := strings.CutPrefix(pattern, source+"/"); inside && r.names(source, below) {
			advice = fmt.Sprintf(": write %q", below)
		}
		r.note("%s: the asset %q names no file, since nest looks for it in %s, so the build leaves behind what it should copy%s", item.At(), pattern, source, advice)
	}
}

// names says whether a pattern names a file below a folder of the package.
func (r *recogniser) names(folder, pattern string) bool {
	root := path.Join(r.Dir, folder)
	for _, dir := range r.Tree.Below(root, func(string) bool { return false }) {
		listing, _ := r.Tree.Folder(dir)
		for _, file := range append(slices.Clone(listing.Files), ".") {
			below := detect.From(root, path.Join(dir, file))
			if ok, err := doublestar.Match(path.Clean(pattern), below); ok || err != nil {
				return true
			}
		}
	}
	return false
}

// nest leaves the start to a script that runs node; else it is what nest start
// would run.
func (r *recogniser) nest() {
	if r.nestAssets(); r.started {
		return
	}
	ts, err := source.ReadTypeScript(r.Tree, r.Dir, "tsconfig.build.json", "tsconfig.json")
	if err != nil {
		r.note("%v: dist is taken for the output folder", err)
	}
	cli := r.load("nest-cli.json")
	main := r.text(cli.Get("entryFile"), "the entry file", "main")
	source := r.text(cli.Get("sourceRoot"), "the folder of sources", "src")
	if monorepo, _ := cli.Get("monorepo").Bool(); monorepo {
		r.f.Start = []string{"node", path.Join("dist", path.Dir(source), main+".js")}
		return
	}
	entry := path.Join(source, main+".ts")
	if !r.Tree.Has(path.Join(r.Dir, entry)) { // the program is elsewhere, such as in a member of the workspace
		return
	}
	out, ok := ts.Output(entry)
	if !ok {
		out = path.Join("dist", main+".js")
	}
	r.f.Start = []string{"node", out}
	if ts.OutDir != "" {
		r.f.Outputs = append(r.f.Outputs, ts.OutDir)
	}
	r.reason("nest start would run " + out)
}

// adonis builds a folder that stands alone, https://docs.adonisjs.com/guides/getting-started/deployment.
func (r *recogniser) adonis() {
	entry := "bin/server.js"
	if generation(r.f.Version) == 5 {
		entry = "server.js"
	}
	r.f.Artefacts = []Artefact{{Copy: plan.Copy{From: "build", To: "."}}}
	r.f.Start = []string{"node", entry}
	r.f.Env = append(r.f.Env, plan.Variable{Name: "PORT", Value: "3333"})
	r.note("AdonisJS wants APP_KEY and the other variables of start/env.ts where the image runs")
}

// served leaves a library that answers requests to the scripts, unless nothing
// starts it and a bundler makes a site of the package.
func (r *recogniser) served() {
	if r.started || r.has("vite") && r.viteProgram() {
		return
	}
	for _, bundler := range []string{"vite", "parcel", "rsbuild", "webpack"} {
		if _, ok := r.step(bundler); ok {
			r.no()
			return
		}
	}
}
