package program

import (
	"slices"

	"github.com/dockgen/dockgen/detect/python/project"
)

// protocol is how a server speaks to an application.
type protocol uint8

const (
	wsgi protocol = iota
	asgi
	own // the framework serves itself
)

// Framework is one way to make a program that answers.
type Framework struct {
	Name     string
	makers   []string // what makes its application object, by dotted name
	protocol protocol
	server   string   // the distribution that comes with it and serves it, or none
	Command  []string // of own: the argv; {app} is module:object, {file} the file, {port} the port
	Factory  string   // of own: what the command needs for a factory
	Port     int      // its own default, where it has one
	Env      []string // NAME=value, {port} as above: where it listens
	Health   string   // a path that it answers for its health
	Writes   string   // what it writes into its working folder
}

// frameworks are those whose application is an object of the source. Ports and
// commands are those of each one's documentation on deployment.
var frameworks = []Framework{
	{Name: "FastAPI", makers: []string{"fastapi.FastAPI", "fastapi.applications.FastAPI"}, protocol: asgi},
	{Name: "FastHTML", makers: []string{"fasthtml.common.FastHTML", "fasthtml.common.fast_app", "fasthtml.FastHTML"}, protocol: asgi, server: "uvicorn", Writes: ".sesskey"},
	{Name: "Starlette", makers: []string{"starlette.applications.Starlette"}, protocol: asgi},
	{Name: "Litestar", makers: []string{"litestar.Litestar", "litestar.app.Litestar"}, protocol: asgi},
	{Name: "Quart", makers: []string{"quart.Quart"}, protocol: asgi, server: "hypercorn"},
	{Name: "BlackSheep", makers: []string{"blacksheep.Application", "blacksheep.server.Application"}, protocol: asgi},
	{Name: "Falcon", makers: []string{"falcon.asgi.App"}, protocol: asgi},
	{Name: "Shiny", makers: []string{"shiny.App"}, protocol: asgi, server: "uvicorn"},
	{Name: "Socket.IO", makers: []string{"socketio.ASGIApp"}, protocol: asgi},
	{Name: "Connexion", makers: []string{"connexion.AsyncApp", "connexion.FlaskApp", "connexion.App"}, protocol: asgi},
	{
		Name: "Sanic", makers: []string{"sanic.Sanic", "sanic.app.Sanic"}, protocol: own, Port: 8000, Factory: "--factory",
		Command: []string{"sanic", "{app}", "--host=0.0.0.0", "--port={port}", "--single-process"},
	},
	{
		Name: functionsFramework, protocol: own, Port: 8080,
		Command: []string{"functions-framework", "--source", "{file}", "--target", "{object}", "--port", "{port}"},
	},
	{
		Name: aiohttpWeb, protocol: own, Port: 8080,
		Command: []string{"python", "-m", "aiohttp.web", "-H", "0.0.0.0", "-P", "{port}", "{app}"},
	},
	{
		Name: fastMCP, protocol: own, Port: 8000,
		Command: []string{"fastmcp", "run", "{file}:{object}", "--transport", "http", "--host", "0.0.0.0", "--port", "{port}"},
	},
	{Name: "Flask", makers: []string{"flask.Flask", "flask.app.Flask", "apiflask.APIFlask", "flask_openapi3.OpenAPI"}, protocol: wsgi},
	{Name: "Falcon", makers: []string{"falcon.App", "falcon.API"}, protocol: wsgi},
	{Name: "Bottle", makers: []string{"bottle.Bottle", "bottle.default_app", "bottle.app"}, protocol: wsgi},
	{Name: "Socket.IO", makers: []string{"socketio.WSGIApp"}, protocol: wsgi},
	{Name: "Pyramid", makers: []string{"().make_wsgi_app", "config.make_wsgi_app"}, protocol: wsgi},
	{Name: "Dash", makers: []string{"dash.Dash", "dash.dash.Dash"}, protocol: wsgi},
	{Name: "Django", makers: []string{"django.core.wsgi.get_wsgi_application"}, protocol: wsgi},
	{Name: "Django", makers: []string{"django.core.asgi.get_asgi_application", "channels.routing.ProtocolTypeRouter"}, protocol: asgi},
}

// Frameworks whose own command takes an object or function that only the command tells.
const (
	aiohttpWeb = "aiohttp" // https://docs.aiohttp.org/en/stable/web_quickstart.html#command-line-interface-cli
	fastMCP    = "FastMCP" // https://gofastmcp.com/patterns/cli
)

// The framework whose program is a function, and what marks it.
const functionsFramework = "Functions Framework"

var functionMakers = []string{"functions_framework.http", "functions_framework.cloud_event", "functions_framework.typed"}

// scripted are frameworks whose program is a file that a command runs, by what it
// imports.
var scripted = []struct {
	imports string
	calls   string // what a file of it calls beside importing it, or none
	beside  bool   // it tries another program out, and is one only where it is alone
	Framework
}{
	{"streamlit", "", false, Framework{
		Name: "Streamlit", protocol: own, Port: 8501, Health: "/_stcore/health",
		Command: []string{"streamlit", "run", "{file}"},
		Env:     []string{"STREAMLIT_SERVER_ADDRESS=0.0.0.0", "STREAMLIT_SERVER_PORT={port}", "STREAMLIT_SERVER_HEADLESS=true", "STREAMLIT_BROWSER_GATHER_USAGE_STATS=false"},
	}},
	{"chainlit", "", false, Framework{
		Name: "Chainlit", protocol: own, Port: 8000, Writes: ".chainlit",
		Command: []string{"chainlit", "run", "{file}", "--headless", "--host", "0.0.0.0", "--port", "{port}"},
	}},
	{"gradio", ".launch", false, Framework{
		Name: "Gradio", protocol: own, Port: 7860,
		Command: []string{"python", "{file}"},
		Env:     []string{"GRADIO_SERVER_NAME=0.0.0.0", "GRADIO_SERVER_PORT={port}", "GRADIO_ANALYTICS_ENABLED=False", "GRADIO_TEMP_DIR=/tmp/gradio"},
	}},
	{"panel", ".servable", false, Framework{
		Name: "Panel", protocol: own, Port: 5006,
		Command: []string{"panel", "serve", "{file}", "--address", "0.0.0.0", "--port", "{port}", "--allow-websocket-origin", "*"},
	}},
	{"locust", "", true, Framework{
		Name: "Locust", protocol: own, Port: 8089,
		Command: []string{"locust", "--locustfile", "{file}", "--web-port", "{port}"},
	}},
}

// Server is what serves an application object.
type Server struct {
	Name      string // of the distribution
	protocols []protocol
	Command   []string // {app} is module:object, {port} the port
	Factory   []string // the same for module:function, where the server can call it
	Port      int      // its own default
	Releases  []Release
}

// Release is a version of a server with the first line of Python that it runs on.
type Release struct {
	Version string
	Python  int // the second number
}

// Release is the version to bring along on a line of Python, where the project names none.
func (s Server) Release(line int) (version string, ok bool) {
	for _, r := range s.Releases {
		if line >= r.Python {
			return r.Version, true
		}
	}
	return "", false
}

// ServerIn is the server that a command starts.
func ServerIn(argv []string) (Server, bool) {
	word := argv[serverIn(argv)]
	i := slices.IndexFunc(servers, func(s Server) bool { return s.Command[0] == word || s.Name == word })
	if i < 0 {
		return Server{}, false
	}
	return servers[i], true
}

// Comes says whether a project depends on the server.
func (s Server) Comes(p *project.Project) bool {
	_, ok := p.Has(s.Name)
	return ok || slices.ContainsFunc(brought, func(b struct{ name, extra, server string }) bool {
		return b.server == s.Name && p.Extra(b.name, b.extra)
	})
}

// Missing is the server for an application that a project has none for.
func (f Framework) Missing() Server {
	return servers[slices.IndexFunc(servers, func(s Server) bool { return s.Name == f.Lacks() })]
}

// servers in the order of preference. Source: the documentation of each; releases are the
// newest on PyPI on 2026-11-30, and behind them those for lines of Python that these leave
// out, by the Requires-Python of each.
var servers = []Server{
	{
		Name: "uvicorn", protocols: []protocol{asgi}, Port: 8000,
		Releases: []Release{{"0.54.0", 10}, {"0.33.0", 8}, {"0.22.0", 7}},
		Command:  []string{"uvicorn", "{app}", "--host", "0.0.0.0", "--port", "{port}"},
		Factory:  []string{"uvicorn", "--factory", "{app}", "--host", "0.0.0.0", "--port", "{port}"},
	},
	{
		Name: "hypercorn", protocols: []protocol{asgi}, Port: 8000,
		Releases: []Release{{"0.18.0", 10}, {"0.17.3", 8}},
		Command:  []string{"hypercorn", "{app}", "--bind", "0.0.0.0:{port}"},
		Factory:  []string{"hypercorn", "{app}()", "--bind", "0.0.0.0:{port}"},
	},
	{
		Name: "gunicorn", protocols: []protocol{wsgi}, Port: 8000,
		Releases: []Release{{"27.0.1", 10}, {"23.0.0", 7}},
		Command:  []string{"gunicorn", "{app}", "--bind", "0.0.0.0:{port}", "--worker-tmp-dir", "/dev/shm"},
		Factory:  []string{"gunicorn", "{app}()", "--bind", "0.0.0.0:{port}", "--worker-tmp-dir", "/dev/shm"},
	},
	{
		Name: "granian", protocols: []protocol{asgi}, Port: 8000,
		Releases: []Release{{"2.8.9", 10}},
		Command:  []string{"granian", "--interface", "asgi", "--host", "0.0.0.0", "--port", "{port}", "{app}"},
		Factory:  []string{"granian", "--interface", "asgi", "--host", "0.0.0.0", "--port", "{port}", "--factory", "{app}"},
	},
	{
		Name: "granian", protocols: []protocol{wsgi}, Port: 8000,
		Releases: []Release{{"2.8.9", 10}},
		Command:  []string{"granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "{port}", "{app}"},
		Factory:  []string{"granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "{port}", "--factory", "{app}"},
	},
	{
		Name: "daphne", protocols: []protocol{asgi}, Port: 8000,
		Releases: []Release{{"4.2.3", 9}, {"4.1.2", 8}},
		Command:  []string{"daphne", "-b", "0.0.0.0", "-p", "{port}", "{app}"},
	},
	{
		Name: "waitress", protocols: []protocol{wsgi}, Port: 8080,
		Releases: []Release{{"3.0.2", 9}, {"3.0.0", 8}},
		Command:  []string{"waitress-serve", "--listen=0.0.0.0:{port}", "{app}"},
		Factory:  []string{"waitress-serve", "--listen=0.0.0.0:{port}", "--call", "{app}"},
	},
	{
		Name: "uwsgi", protocols: []protocol{wsgi}, Port: 8000,
		Releases: []Release{{"2.0.31", 7}},
		Command:  []string{"uwsgi", "--master", "--die-on-term", "--need-app", "--enable-threads", "--http", "0.0.0.0:{port}", "--module", "{app}"},
		Factory:  []string{"uwsgi", "--master", "--die-on-term", "--need-app", "--enable-threads", "--http", "0.0.0.0:{port}", "--module", "{app}()"},
	},
}

// brought are servers that come with an extra of another distribution.
var brought = []struct{ name, extra, server string }{
	{"fastapi", "standard", "uvicorn"},
	{"fastapi", "all", "uvicorn"},
	{"litestar", "standard", "uvicorn"},
	{"connexion", "uvicorn", "uvicorn"},
	{"channels", "daphne", "daphne"},
}

// worker is a program that waits for jobs.
type worker struct {
	name    string   // of the distribution
	makers  []string // what makes its application object, or a decorator that marks a job
	command []string
	env     []string // NAME=value
}

// WorkerEnv is what a worker's program wants set, NAME=value.
func WorkerEnv(name string) []string {
	for _, w := range workers {
		if w.name == name {
			return w.env
		}
	}
	return nil
}

var workers = []worker{
	{
		name: "celery", makers: []string{"celery.Celery", "celery.app.Celery"},
		command: []string{"celery", "-A", "{app}", "worker", "--loglevel=INFO"},
		env:     []string{"TMPDIR=/dev/shm"}, // its pool makes a folder for locks, wherever the files are read-only
	},
	{name: "dramatiq", makers: []string{"dramatiq.actor"}, command: []string{"dramatiq", "{module}"}},
	{name: "huey", makers: []string{"huey.RedisHuey", "huey.SqliteHuey", "huey.PriorityRedisHuey"}, command: []string{"huey_consumer.py", "{module}.{object}"}},
	{
		name: "taskiq", makers: []string{"taskiq_redis.ListQueueBroker", "taskiq_redis.RedisStreamBroker", "taskiq_aio_pika.AioPikaBroker"},
		command: []string{"taskiq", "worker", "{app}"},
	},
}

// opener is a call by which a program opens a port itself.
type opener struct {
	callee     string // its last names
	host, port int    // the places of these arguments, -1 where they have none
	names      [2]string
	defaultTo  string // the host without one
	number     int    // the port without one
	says       string // what serves, where that is not for production
	hostEnv    string // the variable for the host, where it is not given
	udp        bool
	class      bool // a class that people derive their own from
}

var openers = []opener{
	{callee: "uvicorn.run", host: -1, port: -1, names: [2]string{"host", "port"}, defaultTo: "127.0.0.1", number: 8000},
	{callee: "uvicorn.Config", host: -1, port: -1, names: [2]string{"host", "port"}, defaultTo: "127.0.0.1", number: 8000},
	{callee: "web.run_app", host: -1, port: -1, names: [2]string{"host", "port"}, defaultTo: "0.0.0.0", number: 8080},
	{callee: "waitress.serve", host: -1, port: -1, names: [2]string{"host", "port"}, defaultTo: "0.0.0.0", number: 8080},
	{callee: "serving.run_simple", host: 0, port: 1, names: [2]string{"hostname", "port"}, number: 5000, says: "the development server of Werkzeug"},
	{callee: "http.server.HTTPServer", class: true, host: 0, port: 0},
	{callee: "http.server.ThreadingHTTPServer", class: true, host: 0, port: 0},
	{callee: "socketserver.TCPServer", class: true, host: 0, port: 0},
	{callee: "socketserver.ThreadingTCPServer", class: true, host: 0, port: 0},
	{callee: "wsgiref.simple_server.WSGIServer", class: true, host: 0, port: 0},
	{callee: "socketserver.UDPServer", class: true, host: 0, port: 0, udp: true},
	{callee: "socketserver.ThreadingUDPServer", class: true, host: 0, port: 0, udp: true},
	{callee: ".create_datagram_endpoint", host: -1, port: -1, names: [2]string{"local_addr", ""}, udp: true},
	{callee: "simple_server.make_server", host: 0, port: 1, says: "the development server of wsgiref"},
	{callee: "asyncio.start_server", host: 1, port: 2, names: [2]string{"host", "port"}},
	{callee: "websockets.serve", host: 1, port: 2, names: [2]string{"host", "port"}},
	{callee: "cheroot.wsgi.Server", host: 0, port: 0, names: [2]string{"bind_addr", "bind_addr"}},
	{callee: "cheroot.server.HTTPServer", class: true, host: 0, port: 0, names: [2]string{"bind_addr", "bind_addr"}},
	{callee: "cherrypy.quickstart", host: -1, port: -1, defaultTo: "127.0.0.1", number: 8080},
	{callee: "bottle.run", host: -1, port: -1, names: [2]string{"host", "port"}, defaultTo: "127.0.0.1", number: 8080},
	{callee: "ui.run", host: -1, port: -1, names: [2]string{"host", "port"}, defaultTo: "0.0.0.0", number: 8080},
	{callee: "prometheus_client.start_http_server", host: -1, port: 0, names: [2]string{"addr", "port"}, defaultTo: "0.0.0.0"},
	{callee: "().listen", host: 1, port: 0, names: [2]string{"address", "port"}, defaultTo: "0.0.0.0"},
	{callee: ".add_insecure_port", host: 0, port: 0},
	{callee: ".launch", host: -1, port: -1, names: [2]string{"server_name", "server_port"}, number: 7860},
}

// runMethods are what objects of these frameworks call the method that serves.
var runMethods = map[string]opener{
	"Flask":    {names: [2]string{"host", "port"}, host: 0, port: 1, defaultTo: "127.0.0.1", number: 5000, says: "the development server of Flask"},
	"Dash":     {names: [2]string{"host", "port"}, host: 0, port: 1, defaultTo: "127.0.0.1", number: 8050, says: "the development server of Flask", hostEnv: "HOST"},
	"Bottle":   {names: [2]string{"host", "port"}, host: -1, port: -1, defaultTo: "127.0.0.1", number: 8080},
	"Sanic":    {names: [2]string{"host", "port"}, host: 0, port: 1, defaultTo: "127.0.0.1", number: 8000},
	"Quart":    {names: [2]string{"host", "port"}, host: 0, port: 1, defaultTo: "127.0.0.1", number: 5000, says: "the development server of Quart"},
	"Tornado":  {names: [2]string{"address", "port"}, host: 1, port: 0, defaultTo: "0.0.0.0"},
	"FastMCP":  {names: [2]string{"host", "port"}, host: -1, port: -1, defaultTo: "127.0.0.1", number: 8000},
	"Robyn":    {names: [2]string{"host", "port"}, host: 1, port: 0, defaultTo: "127.0.0.1", number: 8080},
	"SocketIO": {names: [2]string{"host", "port"}, host: 1, port: 2, defaultTo: "127.0.0.1", number: 5000},
}

// selfServing are objects with such a method beside those of frameworks.
var selfServing = map[string]string{
	"tornado.web.Application":       "Tornado",
	"tornado.httpserver.HTTPServer": "Tornado",
	"flask_socketio.SocketIO":       "SocketIO",
	"robyn.Robyn":                   "Robyn",
}

// routes are what frameworks call the method that registers a path.
var routes = []string{"get", "route", "api_route", "add_url_rule", "add_route", "add_api_route", "add_get", "head"}

// ServesItself says whether its own command serves its application.
func (f Framework) ServesItself() bool { return f.protocol == own }

// Lacks is the server to add where a project has none for its application.
func (f Framework) Lacks() string {
	if f.protocol == asgi {
		return "uvicorn"
	}
	return "gunicorn"
}

// ServedBy is the server of an application: one that the project depends on, or the one
// that the framework brings along.
func (f Framework) ServedBy(p *project.Project) (Server, bool) {
	if one, ok := serverFor(p, f.protocol); ok || f.server == "" {
		return one, ok
	}
	for _, s := range servers {
		if s.Name == f.server && slices.Contains(s.protocols, f.protocol) {
			return s, true
		}
	}
	return Server{}, false
}

// serverFor is the server that a project depends on, for a protocol.
func serverFor(p *project.Project, protocol protocol) (Server, bool) {
	for _, one := range servers {
		if !slices.Contains(one.protocols, protocol) {
			continue
		}
		if one.Comes(p) {
			return one, true
		}
	}
	return Server{}, false
}
