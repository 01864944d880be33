package java

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// webArtifacts are dependencies that make an application of Spring Boot open a port: a
// server, or what brings one.
//
// Source: the poms of the starters of Spring Boot 4.1, Spring Cloud 2025 and the projects
// named, August 2026.
var webArtifacts = []string{
	"spring-boot-starter-web", "spring-boot-starter-webmvc", "spring-boot-starter-webflux", "spring-boot-starter-jersey",
	"spring-boot-starter-tomcat", "spring-boot-starter-jetty", "spring-boot-starter-undertow", "spring-boot-starter-reactor-netty",
	"spring-boot-starter-hateoas", "spring-boot-starter-data-rest", "spring-boot-starter-web-services", "spring-boot-starter-webservices",
	"spring-boot-starter-thymeleaf-web",
	"spring-cloud-config-server", "spring-cloud-starter-netflix-eureka-server", "spring-cloud-starter-gateway",
	"spring-cloud-starter-gateway-mvc", "spring-cloud-starter-gateway-server-webflux", "spring-cloud-starter-gateway-server-webmvc",
	"spring-cloud-starter-netflix-zuul", "spring-cloud-starter-function-web",
	"spring-boot-admin-starter-server", "springdoc-openapi-starter-webmvc-ui", "springdoc-openapi-starter-webflux-ui",
	"springdoc-openapi-starter-webmvc-api", "vaadin-spring-boot-starter", "cxf-spring-boot-starter-jaxrs", "cxf-spring-boot-starter-jaxws",
	"mybatis-plus-boot-starter-web",
}

// server is how a framework is told its port and asked for its health.
type server struct {
	files    []string // base names of its configuration, without extensions
	port     []string // keys, the first that is set counts
	variable string   // of the environment, by which it takes a port from whoever runs it
	host     string   // the key of the address that it binds to, or none
	hostVar  string   // the variable for that
	fallback int      // its own default
	needs    []string // dependencies of which one has to be there, or none
	health   string   // the path
	actuator []string // dependencies that answer for its health
}

// servers holds the conventions of each framework.
//
// Sources: the configuration reference of each, of the versions current in August 2026.
var servers = map[string]server{
	springBoot: {
		files: []string{"bootstrap", "application"}, port: []string{"server.port"}, variable: "SERVER_PORT", host: "server.address", hostVar: "SERVER_ADDRESS", fallback: 8080,
		needs: webArtifacts, health: "/health", actuator: []string{"spring-boot-starter-actuator", "spring-boot-actuator-autoconfigure"},
	},
	quarkus: {
		files: []string{"application"}, port: []string{"%prod.quarkus.http.port", "quarkus.http.port"}, variable: "QUARKUS_HTTP_PORT", host: "quarkus.http.host", hostVar: "QUARKUS_HTTP_HOST", fallback: 8080,
		needs:  []string{"quarkus-rest", "quarkus-resteasy", "quarkus-vertx-http", "quarkus-undertow", "quarkus-reactive-routes", "quarkus-smallrye-health", "quarkus-smallrye-graphql", "quarkus-grpc", "quarkus-spring-web", "quarkus-websockets", "quarkus-smallrye-openapi"},
		health: "/q/health", actuator: []string{"quarkus-smallrye-health"},
	},
	micronaut: {
		files: []string{"application"}, port: []string{"micronaut.server.port"}, variable: "MICRONAUT_SERVER_PORT", host: "micronaut.server.host", hostVar: "MICRONAUT_SERVER_HOST", fallback: 8080,
		needs:  []string{"micronaut-http-server", "micronaut-management", "micronaut-servlet", "micronaut-http-server-netty"},
		health: "/health", actuator: []string{"micronaut-management"},
	},
	helidon: {
		files: []string{"application", "META-INF/microprofile-config"}, port: []string{"server.port"}, variable: "SERVER_PORT", fallback: 0,
		needs:  []string{"helidon-webserver", "helidon-microprofile", "helidon-bundles"},
		health: "/observe/health", actuator: []string{"helidon-webserver-observe-health"},
	},
	ktor: {
		files: []string{"application"}, port: []string{"ktor.deployment.port"},
	},
}

// opensPorts settles what an application listens on and how it is asked for its health,
// from its configuration and from what its program text says.
func (d *Detail) opensPorts(t *detect.Tree, known func(string) (string, bool), files []string, code scanned) error {
	d.Listens = append(d.Listens, code.listens...)
	d.Notes = append(d.Notes, code.notes...)
	d.onDisk(t, code.serves)
	if code.home.File != "" {
		d.Writes = append(d.Writes, written{stated{"user.home", code.home}, "~"})
	}
	err := d.serving(t, known)
	switch {
	case err != nil:
	case d.Framework.Name == dropwizard:
		err = d.dropwizard(t, files)
	case d.Framework.Name == ktor:
		err = d.ktorPort(t)
	}
	d.Listens = detect.DistinctListeners(d.Listens)
	return err
}

// serving reads the ports and the health path of an application from its configuration.
func (d *Detail) serving(t *detect.Tree, known func(string) (string, bool)) error {
	srv, ok := servers[d.Framework.Name]
	if !ok {
		return nil
	}
	config, err := d.readSettings(t, srv.files...)
	if err != nil {
		return err
	}
	active, config, err := d.activeProfiles(t, config, known)
	if err != nil {
		return err
	}
	d.Writes = append(d.Writes, config.writes(active)...)
	d.onDisk(t, config.pagesOnDisk(active))
	d.quinoa(config, active)
	d.absentFiles(t, config, active)
	d.stands(config, active)
	if d.Framework.Name == quarkus && d.Containers.File == "" {
		d.Containers = d.startsContainers(config)
	}
	if d.Program.Shape == War {
		return nil
	}
	if !d.listens(srv, config, active, known) {
		return nil
	}
	d.health(srv, config, active, known)
	return nil
}

// activeProfiles reads which of Spring's profiles the files themselves make active, and
// the files of those.
func (d *Detail) activeProfiles(t *detect.Tree, config settings, known func(string) (string, bool)) ([]string, settings, error) {
	var active []string
	for _, word := range config.words("spring.profiles.active") {
		m := placeholder.FindStringSubmatch(word)
		if m != nil {
			text, ok := known(m[1])
			if !ok {
				text = m[2]
			}
			word = text
		}
		if plainName.MatchString(word) && !slices.Contains(active, word) {
			active = append(active, word)
			if set, _ := config.get(nil, "spring.profiles.active"); m != nil && isDevelopment(word) {
				d.Notes = append(d.Notes, fmt.Sprintf("%s: the build writes the profile %s in there, so the image starts with it, and ports are read for it; SPRING_PROFILES_ACTIVE names another, by docker run -e or env in a dockgen.toml", set.at, word))
			}
		}
	}
	var names []string
	for _, profile := range active {
		names = append(names, "bootstrap-"+profile, "application-"+profile)
	}
	more, err := d.readSettings(t, names...)
	config.list = append(config.list, more.list...)
	config.files = append(config.files, more.files...)
	return active, config, err
}

// isDevelopment says of a profile that it is for developers, by its name.
func isDevelopment(profile string) bool {
	return slices.Contains([]string{"dev", "development", "local"}, profile)
}

// listens settles the port, and says whether there is one.
func (d *Detail) listens(srv server, config settings, active []string, known func(string) (string, bool)) bool {
	if kind, ok := config.get(active, "spring.main.web-application-type"); ok && strings.EqualFold(kind.value, "none") {
		return false
	}
	_, serves := d.depends(srv.needs...)
	found, set := config.get(active, srv.port...)
	if !serves && !set {
		return false
	}
	l := detect.Listener{}
	if set {
		l.At, l.What = found.at, found.key
		port, env, ok := config.port(found.value, active, known)
		if found.value == "-1" {
			return false
		}
		if ok {
			l.Port, l.Env = port, env
		}
	} else {
		dependency, _ := d.depends(srv.needs...)
		l.Port, l.What, l.At = srv.fallback, "the default of "+d.Framework.Name, dependency.At
	}
	if tls, ok := config.get(active, "server.ssl.key-store", "server.ssl.bundle", "server.ssl.certificate"); ok && tls.value != "" {
		l.TLS = true
	}
	if l.Env == "" && l.Port != 0 {
		l.Env = srv.variable
	}
	if host, ok := config.get(active, srv.host); ok && detect.IsLoopback(host.value) {
		l.Loopback, l.Host = true, srv.hostVar
	}
	d.Listens = append(d.Listens, l)
	if from, ok := config.get(active, "spring.config.import", "spring.config.import[0]", "spring.cloud.config.uri"); ok && !set {
		if strings.Contains(from.value, "configserver:") || from.key == "spring.cloud.config.uri" {
			d.Notes = append(d.Notes, from.at.String()+": the configuration server may name another port; --port says which")
		}
	}
	return true
}

// health settles the path that answers for the application's health.
func (d *Detail) health(srv server, config settings, active []string, known func(string) (string, bool)) {
	a, ok := d.depends(srv.actuator...)
	if !ok || len(srv.actuator) == 0 {
		return
	}
	h := Health{Path: srv.health, At: a.At}
	text := func(fallback string, keys ...string) string {
		if found, ok := config.get(active, keys...); ok && plainPath.MatchString(found.value) {
			return strings.TrimSuffix(found.value, "/")
		}
		return fallback
	}
	apart := func(variable string, fallback int, keys ...string) bool {
		l := detect.Listener{Port: fallback, Env: variable, Side: management, What: "the default of " + d.Framework.Name, At: a.At}
		if found, ok := config.get(active, keys...); ok {
			l.What, l.At = found.key, found.at
			port, env, _ := config.port(found.value, active, known)
			l.Port, l.Env = port, cmp.Or(env, variable)
			if port == 0 && env == "" {
				return false
			}
		} else if fallback == 0 {
			return false
		}
		if slices.ContainsFunc(d.Listens, func(main detect.Listener) bool { return main.Port == l.Port && l.Port != 0 }) {
			return false
		}
		d.Listens, h.Apart = append(d.Listens, l), true
		return true
	}
	switch d.Framework.Name {
	case springBoot:
		h.Path = d.actuatorPath(text)
		keys := []string{"management.server.port", "management.port"}
		found, set := config.get(active, keys...)
		switch {
		case apart("MANAGEMENT_SERVER_PORT", 0, keys...):
			h.At = found.at
			h.Path = text("", "management.server.base-path", "management.server.servlet.context-path") + h.Path
		case set && found.value != "" && len(d.Listens) > 0 && !d.onMain(config, found, active, known):
			return // nobody knows where, or nowhere
		default:
			h.Path = text("", "server.servlet.context-path", "server.context-path", "spring.webflux.base-path") + h.Path
		}
		h.Guards = d.guarded()
	case quarkus:
		root := text("", "%prod.quarkus.http.root-path", "quarkus.http.root-path")
		base := text("q", "%prod.quarkus.http.non-application-root-path", "quarkus.http.non-application-root-path")
		if strings.HasPrefix(base, "/") {
			root = ""
		}
		h.Path = path.Join("/", root, base, text("health", "quarkus.smallrye-health.root-path"))
		if on, ok := config.get(active, "%prod.quarkus.management.enabled", "quarkus.management.enabled"); ok && on.value == "true" {
			apart("QUARKUS_MANAGEMENT_PORT", 9000, "%prod.quarkus.management.port", "quarkus.management.port")
		}
	case micronaut:
		h.Path = text("", "micronaut.server.context-path") + h.Path
	}
	d.Health = h
}

// management is what frameworks call the listener for whoever runs the application.
const management = "management"

// onMain says that a setting names the port of a listener that was found already.
func (d *Detail) onMain(config settings, found setting, active []string, known func(string) (string, bool)) bool {
	port, env, _ := config.port(found.value, active, known)
	return slices.ContainsFunc(d.Listens, func(l detect.Listener) bool { return l.Port == port && port != 0 || l.Env == env && env != "" })
}

// actuatorPath is where Spring Boot's actuator answers for health, below what the server
// puts before it.
func (d *Detail) actuatorPath(text func(fallback string, keys ...string) string) string {
	base := text("/actuator", "management.endpoints.web.base-path", "management.context-path")
	if major, _, ok := d.Framework.line(); ok && major < 2 { // before 2.0 the endpoints stood at the root
		base = text("", "management.context-path")
	}
	return base + "/" + strings.TrimPrefix(text("health", "management.endpoints.web.path-mapping.health"), "/")
}

// guarded says that Spring Security may want a password for every path.
func (d *Detail) guarded() bool {
	_, guarded := d.depends("spring-boot-starter-security", "spring-boot-starter-oauth2-resource-server", "spring-boot-starter-oauth2-client",
		"spring-boot-starter-security-oauth2-resource-server", "spring-boot-starter-security-oauth2-client")
	return guarded
}

// depends gives the first dependency of the closure whose artifact begins with one of the
// names, which stand for whole words: quarkus-rest is also quarkus-rest-jackson.
func (d *Detail) depends(artifacts ...string) (dependency, bool) {
	for _, name := range artifacts {
		for _, dep := range d.Dependencies {
			if dep.Artifact == name || strings.HasPrefix(dep.Artifact, name+"-") && !strings.Contains(dep.Artifact, "client") {
				return dep, true
			}
		}
	}
	return dependency{}, false
}

// relativeFiles are settings whose values name files that an application writes: data
// bases of its own, and logs.
var relativeFiles = []struct {
	key    string
	prefix []string
}{
	{"spring.datasource.url", []string{"jdbc:h2:file:", "jdbc:h2:", "jdbc:sqlite:", "jdbc:hsqldb:file:", "jdbc:derby:"}},
	{"quarkus.datasource.jdbc.url", []string{"jdbc:h2:file:", "jdbc:h2:", "jdbc:sqlite:"}},
	{"datasources.default.url", []string{"jdbc:h2:file:", "jdbc:h2:", "jdbc:sqlite:"}},
	{"logging.file.name", []string{""}},
	{"logging.file.path", []string{""}},
	{"logging.file", []string{""}},
	{"logging.path", []string{""}},
	{"quarkus.log.file.path", []string{""}},
	{"server.tomcat.basedir", []string{""}},
	{"spring.servlet.multipart.location", []string{""}},
}

// written is a place where an application makes files.
type written struct {
	stated
	Dir string // absolute, "." for the working folder, "~" for the home of the user
}

// writes gives the settings by which the application makes files, each with its folder.
func (s settings) writes(active []string) []written {
	var found []written
	for _, r := range relativeFiles {
		set, ok := s.get(active, r.key)
		if !ok {
			continue
		}
		value, ok := s.expand(active, set.value, 0)
		for _, prefix := range r.prefix {
			file, begins := strings.CutPrefix(value, prefix)
			if !ok || !begins || file == "" {
				continue
			}
			if dir, ok := folderOf(file); ok {
				found = append(found, written{stated{set.key + "=" + set.value, set.at}, dir})
			}
			break
		}
	}
	return found
}

// folderOf is where a file lies that an application makes.
func folderOf(file string) (dir string, ok bool) {
	file, _, _ = strings.Cut(file, ";") // options of H2
	switch {
	case strings.HasPrefix(file, "~"):
		return "~", true
	case path.IsAbs(file) && !strings.ContainsAny(file, " $:*"):
		return path.Dir(path.Clean(file)), path.Dir(path.Clean(file)) != "/"
	case strings.HasPrefix(file, "./"), !strings.ContainsAny(file[:1], "/~$:") && !strings.Contains(file, ":"):
		return ".", true
	}
	return "", false
}

// properties are those that the JVM itself sets, as a path of the image says them.
var properties = map[string]string{"user.home": "~", "HOME": "~", "user.dir": ".", "java.io.tmpdir": "/tmp"}

// inner is a placeholder anywhere in a value.
var inner = pattern.New(`\$\{([^:{}]+)(?::([^{}]*))?\}`)

// expand puts into a value what other settings, the JVM and defaults say.
func (s settings) expand(active []string, value string, depth int) (string, bool) {
	for range 8 {
		m := inner.FindStringSubmatch(value)
		if m == nil {
			return value, true
		}
		text, ok := properties[m[1]]
		if !ok {
			if found, set := s.get(active, m[1]); set && depth < deepest {
				text, ok = s.expand(active, found.value, depth+1)
			} else if text = m[2]; text != "" {
				ok = true
			}
		}
		if !ok {
			return "", false
		}
		value = strings.Replace(value, m[0], text, 1)
	}
	return "", false
}

// dropwizard reads the configuration that the application is started with: the only file
// beside the build that has its shape.
func (d *Detail) dropwizard(t *detect.Tree, files []string) error {
	var chosen []string
	var config settings
	for _, file := range files {
		name := detect.From(d.Build.Dir, file)
		if path.Ext(name) != ".yml" && path.Ext(name) != ".yaml" || strings.HasPrefix(path.Base(name), ".") || strings.Contains(name, "/") && path.Dir(name) != "config" {
			continue
		}
		data, err := t.ReadFile(file)
		if err != nil {
			return err
		}
		list, err := readConfig(file, data)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(list, func(s setting) bool { return strings.HasPrefix(s.key, "server.") }) {
			chosen, config.list = append(chosen, name), list
		}
	}
	d.Program.Args = []string{"server"}
	l := detect.Listener{Port: 8080, What: "the default of " + dropwizard, At: d.Framework.At}
	admin := detect.Listener{Port: 8081, Side: management, What: l.What, At: l.At}
	d.Health = Health{Path: "/healthcheck", Apart: true, At: d.Framework.At}
	if len(chosen) == 1 {
		d.Data, d.Program.Args = chosen, []string{"server", chosen[0]}
		port := func(keys ...string) (detect.Listener, bool) {
			found, ok := config.get(nil, keys...)
			if !ok {
				return detect.Listener{}, false
			}
			n, env, _ := config.port(found.value, nil, func(string) (string, bool) { return "", false })
			return detect.Listener{Port: n, Env: env, What: found.key, At: found.at}, true
		}
		if found, ok := port("server.applicationConnectors[0].port", "server.connector.port"); ok {
			l = found
		}
		if found, ok := port("server.adminConnectors[0].port"); ok && !found.Unread() {
			found.Side = management
			admin = found
		}
		if kind, ok := config.get(nil, "server.type"); ok && kind.value == "simple" {
			d.Health.Path, d.Health.Apart = "/admin/healthcheck", false
		}
	}
	if len(chosen) > 1 {
		d.Notes = append(d.Notes, "Dropwizard may be started with "+strings.Join(chosen, " or ")+"; --command says which")
	}
	d.Listens = append(d.Listens, l)
	if d.Health.Apart {
		d.Listens = append(d.Listens, admin)
	}
	return nil
}

// ktorPort reads the configuration of Ktor in HOCON; that in YAML is read as all YAML is.
func (d *Detail) ktorPort(t *detect.Tree) error {
	for _, dir := range d.Resources {
		file := path.Join(d.Build.Dir, dir, "application.conf")
		if !t.Has(file) || len(d.Listens) > 0 {
			continue
		}
		data, err := t.ReadFile(file)
		if err != nil {
			return err
		}
		l := detect.Listener{What: "ktor.deployment.port"}
		n := 0
		for line := range strings.Lines(string(data)) {
			n++
			if m := hoconPort.FindStringSubmatch(line); m != nil {
				l.At = detect.Evidence{File: file, Line: n}
				if m[1] != "" {
					l.Port = portNumber(m[1])
				} else {
					l.Env = m[2]
				}
			}
		}
		if l.At.File != "" {
			d.Listens = append(d.Listens, l)
		}
	}
	return nil
}
