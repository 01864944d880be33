package framework

import (
	"cmp"
	"path"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect/node/jsconf"
	"github.com/dockgen/dockgen/internal/plan"
)

// viteServer is a plugin by which Vite builds a program for Node.js or Bun, and no page.
type viteServer struct {
	module  string
	options [2]string // that name the source and the folder of what is made
	source  string    // without the first
	out     string    // without the second: the folder, or the file itself; empty: Vite's own
	main    string    // its name in that folder, empty for that of the source
	runs    string    // what runs it
	whole   bool      // it holds all that it imports
	port    int       // what it listens on by itself; 0: the source says
	format  string    // of its modules, where the plugin says otherwise than Vite
	beside  bool      // it has no source of the project's, finds the pages from its own folder, and reads PORT
}

// Sources: the packages of vite-plugin-fastify 1.2.6, vite-plugin-node 8.0.0, vite-plugin-api 1.0.7
// and @hono/vite-build 1.11.1.
var viteServers = []viteServer{
	{module: "vite-plugin-fastify", options: [2]string{"serverPath"}, source: "src/server.ts", runs: "node"},
	{module: "vite-plugin-node", options: [2]string{"appPath"}, source: "src/app.ts", runs: "node", format: "cjs"},
	{module: "vite-plugin-api", options: [2]string{"server", "outDir"}, out: "dist/server", main: "app.js", runs: "node", port: 3000, beside: true},
	{module: "@hono/vite-build/node", options: [2]string{"entry", "outputDir"}, source: "src/index.ts", out: "dist", main: "index.js", runs: "node", whole: true, port: 3000},
	{module: "@hono/vite-build/bun", options: [2]string{"entry", "outputDir"}, source: "src/index.ts", out: "dist", main: "index.js", runs: "bun", whole: true, port: 3000},
}

// viteProgram takes the program that a plugin of Vite's configuration makes, where no script
// starts one. It says whether there is such a plugin.
func (r *recogniser) viteProgram() bool {
	c := r.load("vite.config", viteArguments())
	for _, s := range viteServers {
		plugin, ok := r.plugin(c, s.module, "")
		if !ok {
			continue
		}
		r.cite(plugin.At())
		options := plugin.Arg(0)
		source := path.Clean(r.text(options.Get(s.options[0]), "the source of the server", s.source))
		folder := c.Get("build", "outDir")
		if s.options[1] != "" {
			folder = options.Get(s.options[1])
		}
		out := r.text(folder, "the output folder", cmp.Or(s.out, "dist"))
		main := s.main
		if main == "" {
			main = strings.TrimSuffix(path.Base(source), path.Ext(source)) + r.moduleEnding(r.text(options.Get("outputFormat"), "the format of modules", s.format))
		}
		r.f = Framework{Name: r.f.Name, Title: r.f.Title, Version: r.f.Version, Kind: Server, Build: r.f.Build, Evidence: r.f.Evidence, Notes: r.f.Notes, Reason: r.f.Reason}
		r.f.Main, r.f.Runs, r.f.Source, r.f.Traced = path.Join(out, main), s.runs, source, s.whole
		if s.port != 0 {
			r.f.Port, _ = options.Get("port").Int()
			if r.f.Port == 0 {
				r.f.Port = s.port
			}
		}
		if s.beside {
			r.f.PortVar, r.f.Workdir, r.f.Source = "PORT", path.Clean(out), ""
		}
		r.reason(s.module + " makes a program of it")
		r.defined(c.Get("define"))
		return true
	}
	return false
}

// defined takes the variables of the environment that the build writes into the program: keys
// such as process.env.PORT, or those of the object that a function makes such keys of.
func (r *recogniser) defined(v jsconf.Value) {
	at := v.At()
	prefix := "process.env."
	if v.Kind() == jsconf.Call {
		v, prefix = v.Arg(0), ""
	}
	var names []string
	for _, key := range v.Keys() {
		name, ok := strings.CutPrefix(key, prefix)
		if !ok || !variableName.MatchString(name) || name == "NODE_ENV" {
			continue
		}
		value := v.Get(key)
		if value.Kind() == jsconf.Call { // JSON.stringify
			value = value.Arg(0)
		}
		text, _ := value.Text()
		if n, ok := value.Int(); ok {
			text = strconv.Itoa(n)
		}
		names = append(names, name)
		r.f.Defined = append(r.f.Defined, plan.Variable{Name: name, Value: text})
	}
	if len(names) > 0 {
		r.note("%s: the build writes %s into the program, where they stay as they were: give those of yours to the build, with build-env in a dockgen.toml; a secret among them can be read in the image", at, strings.Join(names, ", "))
	}
}

// moduleEnding is that of a program which Vite builds for Node.js, by the format that its
// modules have, if that is said, and by the kind that package.json says.
func (r *recogniser) moduleEnding(format string) string {
	kind, _ := r.load("package.json").Get("type").Text()
	switch common := strings.HasPrefix(format, "c"); {
	case common && kind == "module":
		return ".cjs"
	case !common && kind != "module":
		return ".mjs"
	}
	return ".js"
}

// pageless says whether all that Vite is given to build is known, and no page of HTML among it.
func pageless(input jsconf.Value) bool {
	var all []jsconf.Value
	switch input.Kind() {
	case jsconf.String:
		all = []jsconf.Value{input}
	case jsconf.Array:
		all = input.Items()
	case jsconf.Object:
		for _, key := range input.Keys() {
			all = append(all, input.Get(key))
		}
	}
	for _, v := range all {
		if text, ok := v.Text(); !ok || path.Ext(text) == ".html" {
			return false
		}
	}
	return len(all) > 0
}
