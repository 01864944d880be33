// Package compose plans compose.yaml: every service of a repository with the servers that it
// stands on, as one develops and tests it.
//
// Sources: the Compose Specification, https://github.com/compose-spec/compose-spec.
package compose

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/backing"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// Input is all that the file depends on.
type Input struct {
	Services []Service
	Catalog  *catalog.Catalog
	Publish  []string // servers whose ports are open on this machine
	Without  []string // services and servers that are left out
}

// Service is one of the repository, as far as compose has to know it.
type Service struct {
	Name       string
	Dir        string
	Context    string // from the root
	Dockerfile string // from the context
	Builder    string // the stage that has all to build with
	Plan       plan.Plan
	Stands     []detect.Stand
	Ground     detect.Ground
	Examples   []detect.Setting // of the variables, which the repository has beside the service
}

// File is what templates/shared/compose.tmpl prints.
type File struct {
	Description string
	Services    []Container
	Volumes     []string

	// Secrets are the variables that .env has to have, each once.
	Secrets []string

	// Told is what a person has to know and no file can say, in lines.
	Told []string
}

// Container is a service of the file.
type Container struct {
	Name        string
	Says        []string // comments over it
	Image       string   // or else it is built
	Context     string
	Dockerfile  string
	Target      string
	User        string // by its number alone, where compose copies files into it
	Init        bool   // a process of the engine's stands over the program and hands it signals
	Profiles    []string
	Hostname    string
	Entrypoint  []string
	Command     []string
	Restart     string
	Ports       []string
	Environment []plan.Variable
	DependsOn   []Dependency
	Volumes     []string
	Health      string // a shell command
	Slow        bool   // it compiles first, so that a lack of health says nothing for minutes
	Watch       []plan.Watch
}

// Dependency is a container that has to be there first.
type Dependency struct{ Name, Condition string }

// Conditions of dependencies.
const (
	Healthy   = "service_healthy"
	Completed = "service_completed_successfully"
)

// planner makes one file.
type planner struct {
	Input
	servers []backing.Server
	file    File
	ports   map[int]string // of this machine, by who has it
	runs    []*instance
}

// instance is one server of the file, with the services that stand on it.
type instance struct {
	backing.Server
	name, image, version string
	password             string // the variable that the project itself has for it in an example of .env
	user, database       string
	shares               []string
	users                []string // names of services
	at                   []detect.Evidence
}

// New plans the file. The error is for a service whose name compose refuses, or that has the
// name of another.
func New(in Input) (File, error) {
	servers, err := backing.Servers()
	if err != nil {
		return File{}, err
	}
	in.Services = slices.DeleteFunc(slices.Clone(in.Services), func(s Service) bool { return slices.Contains(in.Without, s.Name) })
	p := &planner{Input: in, servers: servers, ports: map[int]string{}}
	p.file.Description = "every service of this repository, with the servers that it stands on"
	p.instances()
	for _, s := range in.Services {
		p.service(s)
	}
	for _, one := range p.runs {
		p.server(one)
	}
	slices.Sort(p.file.Volumes)
	return p.file, p.clashes()
}

// serviceName is what the Compose Specification takes for the name of a service.
var serviceName = pattern.New(`^[a-zA-Z0-9._-]+$`)

func (p *planner) clashes() error {
	seen := map[string]bool{}
	for _, c := range p.file.Services {
		switch {
		case !serviceName.MatchString(c.Name):
			return fmt.Errorf("compose takes no service of the name %q; give it another with name in dockgen.toml", c.Name)
		case seen[c.Name]:
			return fmt.Errorf("two services of compose would be called %s; give one another name in dockgen.toml, or leave one out with without of [compose]", c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}

func (p *planner) tell(format string, args ...any) {
	p.file.Told = append(p.file.Told, fmt.Sprintf(format, args...))
}

// instances settles which servers there are: one of a kind for all, but of databases one
// for each that nothing says is shared.
func (p *planner) instances() {
	for _, s := range p.Services {
		for _, on := range s.Stands {
			server, known := p.kind(on.Kind)
			switch {
			case !known || slices.Contains(p.Without, on.Kind):
				continue
			case on.Open != "":
				p.tell("%s stands on %s, but %s", s.Name, on.Title, on.Open)
				continue
			}
			p.join(s, on, server)
		}
	}
	count := map[string]int{}
	for _, one := range p.runs {
		count[one.Kind]++
	}
	for _, one := range p.runs {
		one.name = one.Kind
		if count[one.Kind] > 1 {
			one.name = one.users[0] + "-" + one.Kind
		}
		one.database = cmp.Or(one.database, strings.Trim(noName.ReplaceAllString(strings.ToLower(one.users[0]), "_"), "_"))
		if one.database == "" || one.database[0] >= '0' && one.database[0] <= '9' {
			one.database = "app"
		}
		one.user = cmp.Or(one.user, "app")
	}
}

// noName is what the name of a database is better without.
var noName = pattern.New(`[^a-z0-9_]+`)

func (p *planner) kind(kind string) (backing.Server, bool) {
	i := slices.IndexFunc(p.servers, func(s backing.Server) bool { return s.Kind == kind })
	if i < 0 {
		return backing.Server{}, false
	}
	return p.servers[i], true
}

// join adds a service to the server that it shares, or a server for it.
func (p *planner) join(s Service, on detect.Stand, server backing.Server) {
	i := slices.IndexFunc(p.runs, func(r *instance) bool {
		return r.Kind == on.Kind && (!server.Database || slices.ContainsFunc(r.shares, func(k string) bool { return slices.Contains(on.Shares, k) }))
	})
	if i < 0 {
		i = len(p.runs)
		p.runs = append(p.runs, &instance{Server: server})
	}
	one := p.runs[i]
	one.users, one.shares, one.at = append(one.users, s.Name), append(one.shares, on.Shares...), append(one.at, on.At...)
	one.user, one.database = cmp.Or(one.user, on.User), cmp.Or(one.database, on.Database)
	for _, t := range on.Told {
		if t.Role == "password" && one.password == "" && slices.ContainsFunc(s.Examples, func(e detect.Setting) bool { return e.Name == t.Name && strings.Contains(e.At.File, "env") }) {
			one.password = t.Name
		}
	}
	one.version, one.image = cmp.Or(one.version, on.Version), cmp.Or(one.image, on.Image)
}

// of gives the server that a service stands on.
func (p *planner) of(service string, on detect.Stand) *instance {
	for _, one := range p.runs {
		if one.Kind == on.Kind && slices.Contains(one.users, service) {
			return one
		}
	}
	return nil
}

// server adds the container of one.
func (p *planner) server(one *instance) {
	c := Container{Name: one.name, Restart: "", Command: one.Command}
	if one.Hostname != "" {
		c.Hostname = one.name
	}
	version := ""
	c.Image, version = p.image(one)
	if !one.Run {
		c.Says = append(c.Says, "never started by dockgen's own tests: tell us what it lacks")
	}
	for _, name := range sortedKeys(one.Environment) {
		c.Environment = append(c.Environment, plan.Variable{Name: name, Value: p.fill(one, one.Environment[name])})
	}
	data := one.DataOf(func(below string) bool { return catalog.Newer(below, version) })
	if data != "" {
		c.Volumes = []string{one.name + "-data:" + data}
		p.file.Volumes = append(p.file.Volumes, one.name+"-data")
	}
	c.Health = strings.ReplaceAll(p.fill(one, one.Health), "$", "$$")
	if slices.Contains(p.Publish, one.name) || slices.Contains(p.Publish, one.Kind) {
		c.Ports = append(c.Ports, p.publish(one.name, one.Port, false))
	}
	if one.Page != 0 {
		c.Ports = append(c.Ports, p.publish(one.name, one.Page, false))
	}
	p.file.Services = append(p.file.Services, c)
}

// image is that of a server: the one that the project itself runs where that is another of
// its kind, else the newest of the version that it wants.
func (p *planner) image(one *instance) (reference, version string) {
	if one.image != "" {
		return one.image, strings.TrimPrefix(one.version, "~")
	}
	if one.Tag != "" {
		return one.Image + ":" + one.Tag, one.Tag
	}
	for _, constraint := range []string{cmp.Or(one.version, one.Version), one.Version} {
		for _, variant := range []string{one.Variant, ""} {
			if ref, err := p.Catalog.Resolve(one.Image, constraint, variant); err == nil {
				return ref.String(), ref.Version
			}
		}
		if one.version != "" && constraint == one.version {
			p.tell("%s of the version %s is not in the catalog; it runs as %s", one.Title, strings.TrimPrefix(one.version, "~"), strings.TrimPrefix(one.Version, "~"))
		}
	}
	return one.Image, ""
}

// publish gives a port on this machine's loopback: the same, or the next that nobody has.
func (p *planner) publish(who string, port int, udp bool) string {
	on := port
	for p.ports[on] != "" {
		on++
	}
	if on != port {
		p.tell("%s and %s both want the port %d of this machine: %s has %d", p.ports[port], who, port, who, on)
	}
	p.ports[on] = who
	text := fmt.Sprintf("127.0.0.1:%d:%d", on, port)
	if udp {
		text += "/udp"
	}
	return text
}

// fill puts what a server is called, and the password that .env has, into a text.
func (p *planner) fill(one *instance, text string) string {
	return strings.NewReplacer(
		"{host}", one.name, "{port}", strconv.Itoa(one.Port), "{user}", one.user, "{name}", one.database,
		"{password}", p.secret(one),
	).Replace(strings.ReplaceAll(text, "$", "$$"))
}

// secret is the variable of a server's password, as compose reads it.
func (p *planner) secret(one *instance) string {
	if one.Secret == "" {
		return ""
	}
	name := cmp.Or(one.password, one.Secret)
	if one.name != one.Kind && one.password == "" {
		name = strings.ToUpper(noName.ReplaceAllString(strings.ToLower(one.users[0]), "_")) + "_" + name
	}
	return "${" + name + ":?run dockgen compose}"
}

// want notes a variable that .env has to have.
func (p *planner) want(values ...string) {
	for _, v := range values {
		for _, m := range wanted.FindAllStringSubmatch(v, -1) {
			if !slices.Contains(p.file.Secrets, m[1]) {
				p.file.Secrets = append(p.file.Secrets, m[1])
			}
		}
	}
}

var wanted = pattern.New(`\$\{([A-Za-z_]\w*):\?`)

// Wanted lists the variables that a compose file stops without, as they stand in it.
func Wanted(data []byte) (names []string) {
	p := planner{}
	p.want(string(data))
	return p.file.Secrets
}

func sortedKeys(m map[string]string) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// service adds the containers of a service: what brings its database up to date, itself, and
// its tests.
func (p *planner) service(s Service) {
	c := Container{Name: s.Name, Context: s.Context, Dockerfile: s.Dockerfile, Target: s.Plan.Dev}
	c.Environment = p.environment(s)
	for _, on := range s.Stands {
		if one := p.of(s.Name, on); one != nil && on.Open == "" {
			c.depend(one.name, Healthy)
		}
	}
	base := c
	if job, ok := p.migration(s, base); ok {
		c.depend(job, Completed)
	}
	ports := s.Plan.Ports
	if s.Plan.Development != nil {
		ports = s.Plan.Development.Ports
	}
	for _, port := range ports {
		c.Ports = append(c.Ports, p.publish(s.Name, port.Number, port.UDP))
	}
	c.Watch = p.watch(s)
	if d := s.Plan.Development; d != nil {
		c.develop(*d)
	}
	p.file.Services = append(p.file.Services, c)
	if s.Plan.TestsIn != "" {
		base.Name, base.Target, base.Profiles = s.Name+"-test", s.Plan.TestsIn, []string{"test"}
		p.file.Services = append(p.file.Services, base)
	}
}

// develop has the container bear that it is developed in, and be waited for until it listens. What is started anew ends at
// once: no program heeds signals as the first process that does not ask for them. An engine
// before 28.3 looks up the user of files that are copied on its own machine, and takes no
// group with it: https://github.com/docker/compose/issues/12467.
func (c *Container) develop(d plan.Development) {
	c.Init = true
	c.User, _, _ = strings.Cut(d.User, ":")
	i := slices.IndexFunc(d.Ports, func(port plan.Port) bool { return !port.UDP })
	if i < 0 {
		return
	}
	c.Health, c.Slow = fmt.Sprintf("bash -c 'exec 3<>/dev/tcp/127.0.0.1/%d'", d.Ports[i].Number), true
	if d.Libc == "musl" { // whose images have no bash
		c.Health = fmt.Sprintf("nc -z 127.0.0.1 %d", d.Ports[i].Number)
	}
}

func (c *Container) depend(name, condition string) {
	if !slices.ContainsFunc(c.DependsOn, func(d Dependency) bool { return d.Name == name }) {
		c.DependsOn = append(slices.Clip(c.DependsOn), Dependency{name, condition})
	}
}

// environment is what a service is told: where its servers are, then what else it does not
// start without.
func (p *planner) environment(s Service) (all []plan.Variable) {
	add := func(name, value string) {
		if !slices.ContainsFunc(all, func(v plan.Variable) bool { return v.Name == name }) {
			all = append(all, plan.Variable{Name: name, Value: value})
		}
	}
	for _, on := range s.Stands {
		one := p.of(s.Name, on)
		if one == nil || on.Open != "" {
			continue
		}
		for _, t := range on.Told {
			add(t.Name, p.fill(one, t.Value))
		}
	}
	for _, c := range s.Ground.Settings {
		if c.Default != "" || c.Kind != "" || c.Name == "PORT" || c.Name == "HOST" || c.Name == "NODE_ENV" {
			continue
		}
		i := slices.IndexFunc(s.Examples, func(e detect.Setting) bool { return e.Name == c.Name })
		example := ""
		if i >= 0 {
			example = s.Examples[i].Default
		}
		switch {
		case !c.Needed && example == "":
		case isSecret.MatchString(c.Name) && c.Needed || example == "":
			add(c.Name, "${"+c.Name+":?run dockgen compose}")
		case !isSecret.MatchString(c.Name) && plainValue.MatchString(example):
			add(c.Name, "${"+c.Name+":-"+example+"}")
		}
	}
	return all
}

var (
	isSecret   = pattern.New(`(?:^|_)(?:SECRET|KEY|TOKEN|PASSWORD|PASSWD|PASS|SALT|PEPPER|CREDENTIALS?)(?:_|$)`)
	plainValue = pattern.New(`^[A-Za-z0-9_.:/@,+=-]+$`)
)

// migration adds the container that brings the database of a service up to date, once for all
// services of one folder that share it, and gives its name.
func (p *planner) migration(s Service, base Container) (name string, ok bool) {
	stands := slices.ContainsFunc(s.Stands, func(on detect.Stand) bool {
		server, _ := p.kind(on.Kind)
		return server.Database && on.Open == "" && p.of(s.Name, on) != nil
	})
	if !stands || len(s.Ground.Migrate) == 0 {
		return "", false
	}
	m := s.Ground.Migrate[0]
	for _, other := range p.file.Services {
		if other.Restart == "no" && other.Context == s.Context && slices.Equal(other.Entrypoint, m.Argv) {
			return other.Name, true
		}
	}
	c := base
	c.Name, c.Restart, c.Entrypoint = s.Name+"-migrate", "no", m.Argv
	c.Says = []string{fmt.Sprintf("brings the database up to date and ends: %s", m.At)}
	if m.Builds && c.Target == "" {
		c.Target = s.Builder
	}
	p.file.Services = append(p.file.Services, c)
	return c.Name, true
}

// watch is what compose does when a file changes: as the plan of the stage for development
// says, else the image is built anew.
func (p *planner) watch(s Service) (all []plan.Watch) {
	for _, w := range s.Plan.Watch {
		w.Path = path.Join(s.Context, w.Path)
		all = append(all, w)
	}
	if len(all) == 0 {
		all = []plan.Watch{{Path: s.Context, Action: "rebuild"}}
	}
	for i := range all {
		if all[i].Path != "." {
			all[i].Path = "./" + all[i].Path
		}
	}
	return all
}
