package plan

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// SiteRuntime is the flavour of what gives out files, of which there is one.
const SiteRuntime = "nginx"

// Site is a folder of files that a web server gives out, whatever stack made it.
type Site struct {
	Title    string // what it is, for the descriptions of the files
	From     string // the stage that holds it, or none for the context
	Folder   string // the folder there
	Exclude  []string
	Base     string   // the path under which browsers ask for it, "/" or "/docs/"
	Fallback string   // the page for every path that is no file, "/index.html"; empty: 404
	NotFound string   // the page that comes with 404; empty: the server's own
	HTML     bool     // "/about" is about.html
	Hashed   []string // folders whose names of files change with their contents
	Names    string   // the same of files beside index.html, as a regular expression
	Reason   string   // why it is answered so
	Evidence []detect.Evidence
	Config   ServerConfig
}

// ServerConfig is a configuration of nginx that the project brings along, as
// manifest.Nginx says it.
type ServerConfig struct {
	File   string            // from the root of the project; empty: there is none
	Whole  bool              // it is all of nginx.conf, not a server alone
	Root   string            // where it looks for the files
	Others []detect.Evidence // what looks for some in folders of their own
	Listen []detect.Listener
	Pid    string // the file that it writes its number to; empty where it does not say
	Daemon bool   // it says itself whether nginx leaves the foreground
	Beside bool   // it includes files by names that begin in its own folder
}

// The image of the web server: its user, its port and its folders,
// https://github.com/nginx/docker-nginx-unprivileged.
const (
	siteImage  = "nginxinc/nginx-unprivileged"
	sitePort   = 8080
	silentPort = 8000 // where nginx listens that was told nothing, and is not root
	siteFolder = "/usr/share/nginx/html"
	siteHealth = "/healthz"
	siteConfig = "nginx.conf"
	configPath = "/etc/nginx.conf" // /etc/nginx is the user's, who must not change it
)

// WebServer is what templates/shared/site.tmpl prints: the runtime stage of a site.
type WebServer struct {
	Base       string
	Config     Copy
	From       string
	Exclude    []string
	Files      Copy
	User       string
	Ports      []Port
	Health     []string
	Entrypoint []string
	Command    []string

	asks []string // what the image asks with for health
}

// ask is a health check by what the image has: BusyBox's wget with options, or bash; none
// where it has neither.
func (w *WebServer) ask(options string, port int, path string) []string {
	switch {
	case slices.Contains(w.asks, "busybox"):
		return slices.Concat([]string{"wget", "-q"}, strings.Fields(options), []string{fmt.Sprintf("http://127.0.0.1:%d%s", port, path)})
	case slices.Contains(w.asks, "bash"):
		return BashHealth(Listener{On: port}, path)
	}
	return nil
}

// healthOf tells what is asked, or that nothing can ask.
func (p *Plan) healthOf(w *WebServer, path, reason string, evidence ...detect.Evidence) {
	if w.Health == nil {
		p.Decide("health check", None, "", "nothing in the image can ask; let the orchestrator ask for "+path, evidence...)
		return
	}
	p.Decide("health check", path, "", reason, evidence...)
}

// Rules is what templates/shared/nginx.conf.tmpl prints.
type Rules struct {
	Description string
	Port        int
	Folder      string
	Base        string   // "/docs", or none for the root
	Try         []string // what a path is looked up as, the last of which always answers
	NotFound    string
	Hashed      []string
	Names       string   // a regular expression of paths
	Kept        []string // the paths of both
	Health      string
}

// address is what may stand in the configuration of nginx without quotes.
var address = pattern.New(`^/[A-Za-z0-9._~/+@=-]*$`)

// Serve settles the runtime stage of a site, and the file that configures it.
// Home and Context have to be set. The error is for a path that nginx could take
// for something else.
func (p *Plan) Serve(in Input, s Site) (WebServer, error) {
	ref, err := in.Catalog.Resolve(siteImage, "", "alpine-slim")
	if err != nil {
		return WebServer{}, err
	}
	image, err := in.RunBase(ref.String())
	if err != nil {
		return WebServer{}, err
	}
	base := strings.TrimSuffix(s.Base, "/")
	for _, text := range append([]string{base + "/", s.Fallback, s.NotFound}, s.Hashed...) {
		if text != "" && !address.MatchString(text) {
			return WebServer{}, fmt.Errorf("%q: no path that a web server could be told without quotes", text)
		}
	}
	w := WebServer{
		Base: ref.String(), User: image.User, asks: image.Asks, From: s.From, Exclude: s.Exclude,
		Files:      Copy{From: s.Folder, To: siteFolder + base},
		Entrypoint: []string{"nginx", "-c", configPath, "-g", "daemon off;"},
	}
	at := detect.Evidence{}
	if len(s.Evidence) > 0 {
		at = s.Evidence[0]
	}
	if s.From != "" {
		p.Make(s.From, s.Folder+"/")
	}
	p.Summary.Images = ref.String()
	p.Decide("base of the runtime", ref.String(), "", "files need a web server and nothing else; this one runs without privileges", s.Evidence...)
	p.Decide("user", image.User, "", image.UserIs)
	if s.Config.File != "" {
		err = p.ownServer(&w, s, in.Overrides)
	} else {
		err = p.ourServer(&w, s, in.Overrides)
	}
	p.Need(Need{Kind: NeedFile, What: w.Files.To, By: "the web server shows", At: at, Ours: true, Exact: true})
	p.Need(Need{Kind: NeedFile, What: w.Config.To, By: "the web server reads", Ours: true, Exact: true})
	return w, err
}

// ourServer adds the configuration that dockgen writes.
func (p *Plan) ourServer(w *WebServer, s Site, asked Overrides) error {
	port, err := p.listenAs(w, []detect.Listener{{Port: sitePort, Told: true, What: "a port that needs no privileges"}}, asked)
	if err != nil {
		return err
	}
	base := strings.TrimSuffix(s.Base, "/")
	r := Rules{Description: "nginx for " + s.Title, Port: port, Folder: siteFolder, Base: base, Health: siteHealth, Try: []string{"$uri"}}
	if s.HTML {
		r.Try = append(r.Try, "$uri.html", "$uri/")
	}
	switch {
	case s.Fallback != "" && !s.HTML:
		r.Try = append(r.Try, "$uri/index.html", base+s.Fallback) // no listing, and no redirect to a folder
	case s.Fallback != "":
		r.Try = append(r.Try, base+s.Fallback)
	default:
		if !s.HTML {
			r.Try = append(r.Try, "$uri/")
		}
		r.Try = append(r.Try, "=404")
	}
	if s.NotFound != "" {
		r.NotFound = base + s.NotFound
	}
	for _, h := range s.Hashed {
		r.Hashed = append(r.Hashed, base+h)
		r.Kept = append(r.Kept, "^"+base+h)
	}
	if s.Names != "" {
		r.Names = "^" + regexp.QuoteMeta(base) + "/" + s.Names + "$"
		r.Kept = append(r.Kept, r.Names)
	}
	w.Config = Copy{From: p.fromContext(siteConfig), To: configPath}
	w.Health = w.ask("--spider", port, siteHealth)
	p.Extras = append(p.Extras, Extra{Name: siteConfig, Template: Template{Name: "shared/nginx.conf.tmpl", Data: r}})
	p.Needs = append(p.Needs, w.Config.From)
	answer := "404 for what is no file"
	if s.Fallback != "" {
		answer = base + s.Fallback + " for what is no file"
	}
	p.Decide("unknown paths", answer, "", s.Reason, s.Evidence...)
	p.healthOf(w, siteHealth, "nginx answers it without a file")
	p.Note("nginx.conf is yours to take over: edit it, and dockgen keeps it; it writes to /tmp alone, which a read-only container mounts as tmpfs")
	return nil
}

// listenAs settles the listeners of a web server, and gives the port of the main one.
func (p *Plan) listenAs(w *WebServer, l []detect.Listener, asked Overrides) (int, error) {
	err := p.Listen(Serving{Listeners: l, Overrides: asked})
	w.Ports = p.Ports
	main, _ := p.Main()
	return main.On, err
}

// ownServer takes the project's configuration as it is.
func (p *Plan) ownServer(w *WebServer, s Site, asked Overrides) error {
	c := s.Config
	at := detect.Evidence{File: c.File}
	w.Config = Copy{From: path.Clean(relative(p.Context, c.File)), To: configPath}
	w.Entrypoint = []string{"nginx"}
	switch {
	case !c.Whole: // the image's own includes it
		w.Config.To = "/etc/nginx/conf.d/default.conf"
	case c.Beside: // it names neighbours, such as mime.types
		w.Config.To = "/etc/nginx/nginx.conf"
	default:
		w.Entrypoint = append(w.Entrypoint, "-c", configPath)
	}
	if c.Pid != "" && c.Whole && !strings.HasPrefix(c.Pid, "/tmp/") {
		return detect.Errorf(at, "pid %s: user %s may write to /tmp alone: say /tmp/nginx.pid", c.Pid, w.User)
	}
	var unsaid []string
	if !c.Daemon {
		unsaid = append(unsaid, "daemon off;")
	}
	if c.Whole && c.Pid == "" {
		unsaid = append(unsaid, "pid /tmp/nginx.pid;")
	}
	if len(unsaid) > 0 {
		w.Entrypoint = append(w.Entrypoint, "-g", strings.Join(unsaid, " "))
	}
	if c.Root != "" {
		w.Files.To = c.Root
	}
	for _, other := range c.Others {
		p.Note("%s: this looks in another folder than %s, where the site is: the image has what the base brings there, and no more", other, w.Files.To)
	}
	listens := c.Listen
	if len(listens) == 0 {
		listens = []detect.Listener{{Port: silentPort, What: "what its configuration listens on", At: at}}
	}
	port, err := p.listenAs(w, listens, asked)
	if err != nil {
		return err
	}
	if main, _ := p.Main(); !main.TLS {
		w.Health = w.ask("-O /dev/null", port, "/")
	}
	p.Needs = append(p.Needs, w.Config.From)
	p.Decide("configuration", c.File, "", "the project's own; it may only write to /tmp", at)
	p.healthOf(w, "/", "its configuration promises no other path", at)
	return nil
}

// fromContext is a file of the plan's home, from its context.
func (p *Plan) fromContext(name string) string { return relative(p.Context, path.Join(p.Home, name)) }

// relative is a path from a folder above it.
func relative(dir, file string) string {
	if dir == "." || dir == "" {
		return file
	}
	return strings.TrimPrefix(file, dir+"/")
}
