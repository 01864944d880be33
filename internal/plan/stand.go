package plan

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/backing"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Stand settles what each service stands on, for all stacks alike: of the libraries that
// it depends on, the variables that it reads, and what the repository says beside them. A
// server is written where something names its address: a library alone may be there for
// nothing. What the user says of a service, as KIND=NAME or KIND=none, counts before that.
func Stand(t *detect.Tree, services []detect.Service, answers func(detect.Service) []string) error {
	var beside *stated
	for i := range services {
		said, asked := services[i].Detail.(detect.Grounded)
		own := answers(services[i])
		if !asked && len(own) == 0 {
			continue
		}
		var ground detect.Ground
		if asked {
			ground = said.Ground()
		}
		if beside == nil {
			s := state(t)
			beside = &s
		}
		servers, err := backing.Servers()
		if err != nil {
			return err
		}
		st := standing{Ground: ground, stated: *beside, dir: services[i].Dir, near: beside.near(services[i].Dir), servers: servers, answers: own}
		services[i].Stands, services[i].Examples = st.settle(), slices.Concat(st.near, st.compose)
	}
	return nil
}

// Prepare reads the tables that nearly every plan asks, which takes as long as a small
// project does: for whoever has something else to do meanwhile.
func Prepare(images *catalog.Catalog) error {
	images.Families()
	_, err := backing.Servers()
	return err
}

// CheckStands holds answers about what a service stands on to their form.
func CheckStands(answers []string) error {
	if len(answers) == 0 {
		return nil
	}
	servers, err := backing.Servers()
	if err != nil {
		return err
	}
	var kinds []string
	for _, s := range servers {
		kinds = append(kinds, s.Kind)
	}
	for _, a := range answers {
		kind, name, _ := strings.Cut(a, "=")
		if !slices.Contains(kinds, kind) {
			return fmt.Errorf("%s: no such server; there are %s", a, strings.Join(kinds, ", "))
		}
		if !variableName.MatchString(name) {
			return fmt.Errorf("%s: want the variable that tells where it is, as %s=NAME, or %s=none", a, kind, kind)
		}
	}
	return nil
}

// variableName is what a variable of the environment may be called.
var variableName = pattern.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// StandsNone says of a kind of server that a service does not stand on it.
const StandsNone = "none"

// StandsOn adds what was decided about the servers that a service stands on.
func (p *Plan) StandsOn(stands []detect.Stand, answers []string) {
	for _, a := range answers {
		if kind, name, _ := strings.Cut(a, "="); name == StandsNone {
			p.Decide("stands on", None, "--stands-on", "not on "+kind+", as asked for")
		}
	}
	for _, s := range stands {
		fact := s.Fact()
		p.Decide("stands on", s.Title, "--stands-on", fact.Value, fact.Evidence...)
	}
}

// standing is the settlement of one service.
type standing struct {
	detect.Ground
	stated
	dir     string
	near    []detect.Setting
	servers []backing.Server
	answers []string
	all     []detect.Stand
	libs    map[string]detect.Library // by the kind of server, the first that speaks to it
}

func (s *standing) settle() []detect.Stand {
	s.libs = map[string]detect.Library{}
	for _, server := range s.servers {
		for _, l := range s.Libraries {
			if _, known := s.libs[server.Kind]; !known && server.Speaks(s.Ecosystem, l.Name) {
				s.libs[server.Kind] = l
			}
		}
	}
	for _, server := range s.servers {
		if one, ok := s.on(server); ok {
			s.all = append(s.all, one)
		}
	}
	return s.all
}

// asked are the variables that the user names for a kind of server; not ok where the user
// says that there is none.
func (s *standing) asked(server backing.Server) (settings []detect.Setting, ok bool) {
	for _, a := range s.answers {
		kind, name, _ := strings.Cut(a, "=")
		switch {
		case kind != server.Kind:
		case name == StandsNone:
			return nil, false
		default:
			c := detect.Setting{Name: name, Kind: server.Kind}
			for _, known := range slices.Concat(s.Settings, s.near) {
				if known.Name == name {
					c.Default, c.At = known.Default, known.At
					break
				}
			}
			settings = append(settings, c)
		}
	}
	return settings, true
}

// on settles one kind of server.
func (s *standing) on(server backing.Server) (one detect.Stand, ok bool) {
	asked, ok := s.asked(server)
	if !ok {
		return one, false
	}
	lib, client := s.libs[server.Kind]
	told := s.told(server, slices.Concat(asked, s.Settings), false)
	if located(told) == nil && client {
		for _, beside := range [][]detect.Setting{s.near, s.compose} {
			if more := s.told(server, beside, true); located(more) != nil {
				told = more
				break
			}
		}
	}
	image, runs := s.runsA(server)
	place := located(told)
	switch {
	case len(asked) > 0:
	case !client && (place == nil || (!runs || image.ours) && !s.schemed(server, *place)):
		return one, false
	case !client && s.libs[server.Same].Name != "":
		return one, false // which is met by that
	case client && place == nil && server.Quiet:
		return one, false
	}
	one = detect.Stand{Kind: server.Kind, Title: server.Title, By: lib.Name, Told: told}
	if client {
		one.At = append(one.At, lib.At)
	}
	if place != nil {
		one.At = append(one.At, place.At)
	}
	if other, named := s.other(server); named && !runs { // of the two that are the same, the project runs the other
		image, runs = s.runsA(other)
		one.Kind, one.Title, server = other.Kind, other.Title, other
	}
	if runs && !image.ours {
		one.At = append(one.At, image.at)
	}
	if runs {
		s.version(&one, server, image)
	}
	s.names(&one, server)
	s.byLibrary(&one, server)
	switch {
	case place == nil:
		one.Open = fmt.Sprintf("nothing says by which variable it is told where: --stands-on %s=NAME does", server.Kind)
	case server.Image == "":
		one.Open = "no image of it is known to us that is still maintained: it is not written"
	}
	return one, true
}

// byLibrary adds the variables that the client itself reads, where the program names the
// host and not the rest.
func (s *standing) byLibrary(one *detect.Stand, server backing.Server) {
	place := located(one.Told)
	if place == nil || place.Role != "host" || one.By == "" {
		return
	}
	for role, name := range server.Own {
		if !slices.ContainsFunc(one.Told, func(t detect.Told) bool { return t.Role == role }) {
			one.Told = append(one.Told, detect.Told{Name: name, Role: role, Value: "{" + role + "}", At: place.At})
		}
	}
	slices.SortStableFunc(one.Told, func(a, b detect.Told) int { return slices.Index(parts, a.Role) - slices.Index(parts, b.Role) })
}

// other gives the kind that is the same to a client, where the project runs that.
func (s *standing) other(server backing.Server) (backing.Server, bool) {
	for _, o := range s.servers {
		if o.Kind == server.Same {
			_, runs := s.runsA(o)
			return o, runs
		}
	}
	return backing.Server{}, false
}

// parts are what an address is made of, in the order in which people write it.
var parts = []string{"url", "address", "host", "port", "user", "password", "name"}

// located is the variable among some that says where a server is.
func located(told []detect.Told) *detect.Told {
	for i, t := range told {
		if t.Role == "url" || t.Role == "address" || t.Role == "host" {
			return &told[i]
		}
	}
	return nil
}

// versionTag is the version that a tag begins with, or that of PostgreSQL in it.
var versionTag = pattern.New(`(?:^v?|pg)(\d+(?:\.\d+)*)`)

// version takes the version of the image that the project runs, or that image where it is
// another that takes the same variables.
func (s *standing) version(one *detect.Stand, server backing.Server, image imageStated) {
	if own := slices.Contains(server.Like, image.repository) || server.Tag != "" && server.Image == image.repository; own && image.tag != "" && image.tag != "latest" {
		one.Image = image.repository + ":" + image.tag
	}
	all := versionTag.FindAllStringSubmatch(image.tag, -1)
	if all == nil {
		return
	}
	m := all[len(all)-1]
	numbers := strings.Split(m[1], ".")
	if image.ours { // what the data are of, which is as much as the table says
		numbers = numbers[:min(len(numbers), len(strings.Split(server.Version, ".")))]
	}
	one.Version = "~" + strings.Join(numbers, ".")
}

// schemed says whether a variable's value is an address of a kind of server.
func (s *standing) schemed(server backing.Server, told detect.Told) bool {
	for _, c := range slices.Concat(s.Settings, s.near) {
		if c.Name == told.Name && slices.Contains(server.Schemes, scheme(c.Default)) {
			return true
		}
	}
	return false
}

// told lists the variables by which a service is told of a server. Of those that the
// repository has beside its programs only those count that are no server's own.
func (s *standing) told(server backing.Server, settings []detect.Setting, beside bool) (all []detect.Told) {
	for _, c := range settings {
		if _, own := server.Environment[c.Name]; own && beside {
			continue
		}
		role := s.role(server, c)
		if role == "" || slices.ContainsFunc(all, func(t detect.Told) bool { return t.Name == c.Name }) {
			continue
		}
		value := s.value(server, c, role)
		if value != "" {
			all = append(all, detect.Told{Name: c.Name, Role: role, Value: value, At: c.At})
		}
	}
	return all
}

// roles are the ends of the names of variables, the longer before the shorter.
var roles = []struct{ end, role string }{
	{"CONNECTION_STRING", "url"}, {"CONNECTION_URL", "url"}, {"CONNECTION_URI", "url"}, {"BOOTSTRAP_SERVERS", "address"}, {"BOOTSTRAP_SERVER", "address"}, {"RESULT_BACKEND", "url"}, {"BROKER_LIST", "address"},
	{"URL", "url"}, {"URI", "url"}, {"URIS", "url"}, {"URLS", "url"}, {"DSN", "url"}, {"CONN", "url"}, {"CONNSTR", "url"}, {"CONNECTION", "url"},
	{"BROKERS", "address"}, {"BROKER", "address"}, {"SERVERS", "address"}, {"HOSTS", "address"}, {"NODES", "address"}, {"NODE", "address"}, {"ADDR", "address"}, {"ADDRESS", "address"}, {"ADDRESSES", "address"}, {"ENDPOINT", "address"}, {"HOSTPORT", "address"},
	{"HOST", "host"}, {"HOSTNAME", "host"}, {"SERVER", "host"}, {"PORT", "port"},
	{"USER", "user"}, {"USERNAME", "user"}, {"LOGIN", "user"}, {"PASSWORD", "password"}, {"PASS", "password"}, {"PASSWD", "password"}, {"PWD", "password"},
	{"NAME", "name"}, {"DATABASE", "name"}, {"DB", "name"}, {"DBNAME", "name"},
}

// joined are names of libpq's, and of people who write DBHOST.
var joined = pattern.New(`(?:^|_)(PG|DB|MYSQL|MONGO|REDIS|SMTP|MONGODB|POSTGRES)(HOST|PORT|USER|PASSWORD|DATABASE|NAME|URL|URI|PASS)$`)

// otherwise are words in the names of variables about what is no server of the program's: what
// it downloads, what its tests or its migrations empty.
var otherwise = []string{"GEO", "GEOIP", "GEOLITE", "MAXMIND", "TEST", "TESTS", "SHADOW", "BACKUP"}

var (
	databases = []string{"DB", "DATABASE", "SQL", "SQLALCHEMY", "DATASOURCE", "JDBC", "RDS"}
	queues    = []string{"BROKER", "CELERY", "QUEUE", "JOBS", "TASKS", "MQ"}
	caches    = []string{"CACHE", "SESSION"}
)

// role is what of a server a variable says, or empty where it is about something else.
func (s *standing) role(server backing.Server, c detect.Setting) string {
	name := joined.ReplaceAllString(strings.ToUpper(c.Name), "_${1}_$2")
	for _, r := range roles {
		rest, ok := strings.CutSuffix(name, r.end)
		if ok && rest == "" && c.Kind == "" {
			continue
		}
		if !ok || rest != "" && !strings.HasSuffix(rest, "_") {
			continue
		}
		words := strings.Split(strings.Trim(rest, "_"), "_")
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(otherwise, w) }) {
			return ""
		}
		if s.means(server, c, words) {
			return r.role
		}
		if slices.Contains([]string{"BROKER", "BROKERS", "RESULT_BACKEND"}, r.end) && s.means(server, c, append(words, "BROKER")) {
			return "url"
		}
		return ""
	}
	if c.Kind == server.Kind {
		return "url" // as the user says
	}
	if sch := scheme(s.written(c)); sch != "" && slices.Contains(server.Schemes, sch) && c.Kind == "" && s.libs[server.Kind].Name != "" {
		return "url" // whatever its name
	}
	return ""
}

// written is the address that a variable has by default, else the one of an example.
func (s *standing) written(c detect.Setting) string {
	if scheme(c.Default) != "" {
		return c.Default
	}
	for _, e := range slices.Concat(s.near, s.compose) {
		if e.Name == c.Name && scheme(e.Default) != "" && s.fits(scheme(e.Default)) {
			return e.Default
		}
	}
	return c.Default
}

// fits says whether the service may speak a scheme: it has a client for it, or for nothing
// of its kind.
func (s *standing) fits(scheme string) bool {
	for _, server := range s.servers {
		if slices.Contains(server.Schemes, scheme) {
			return s.libs[server.Kind].Name != "" || s.libs[server.Same].Name != "" || !server.Database || !s.speaksTo(func(o backing.Server) bool { return o.Database })
		}
	}
	return true
}

func (s *standing) speaksTo(is func(backing.Server) bool) bool {
	return slices.ContainsFunc(s.servers, func(o backing.Server) bool { return is(o) && s.libs[o.Kind].Name != "" })
}

// means says whether a variable is about a kind of server: by what the program says, by its
// name, by the address that it has, else by the only client that it can be for.
func (s *standing) means(server backing.Server, c detect.Setting, words []string) bool {
	if c.Kind != "" {
		return c.Kind == server.Kind || c.Kind == "database" && server.Database && s.only(server, func(o backing.Server) bool { return o.Database })
	}
	has := func(list []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	for _, o := range s.servers {
		if o.Kind != server.Kind && has(o.Word) && !(o.Kind == server.Same && s.libs[o.Kind].Name == "") {
			return false
		}
	}
	if has(server.Word) || server.Same != "" && s.sameWord(server, has) && s.libs[server.Kind].Name != "" {
		return true
	}
	if sch := scheme(s.written(c)); sch != "" && s.kindOf(sch) != "" {
		kind := s.kindOf(sch)
		return kind == server.Kind || kind == server.Same && s.libs[server.Kind].Name != "" && s.libs[kind].Name == ""
	}
	isDatabase := func(o backing.Server) bool { return o.Database }
	among := func(kinds ...string) func(backing.Server) bool {
		return func(o backing.Server) bool { return slices.Contains(kinds, o.Kind) }
	}
	switch {
	case has(databases):
		return server.Database && s.only(server, isDatabase)
	case has(queues):
		return s.only(server, among("redis", "valkey", "rabbitmq", "nats", "kafka"))
	case has(caches):
		return s.only(server, among("redis", "valkey", "memcached"))
	}
	return false
}

func (s *standing) sameWord(server backing.Server, has func([]string) bool) bool {
	return slices.ContainsFunc(s.servers, func(o backing.Server) bool { return o.Kind == server.Same && has(o.Word) })
}

func (s *standing) kindOf(scheme string) string {
	for _, o := range s.servers {
		if slices.Contains(o.Schemes, scheme) {
			return o.Kind
		}
	}
	return ""
}

// only says whether a server is the only one of some that the service has a client for.
func (s *standing) only(server backing.Server, of func(backing.Server) bool) bool {
	if !of(server) || s.libs[server.Kind].Name == "" {
		return false
	}
	return !slices.ContainsFunc(s.servers, func(o backing.Server) bool {
		return o.Kind != server.Kind && of(o) && s.libs[o.Kind].Name != ""
	})
}

// schemeForm is the scheme of an address, with what stands before it in Java and behind it
// in Python.
var schemeForm = pattern.New(`^(?:(?:jdbc|r2dbc):)?([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?(?::[a-z]+)?://`)

func scheme(value string) string {
	if m := schemeForm.FindStringSubmatch(value); m != nil {
		return m[1]
	}
	return ""
}

// value is what a variable is given, in the form that it has by default, by an example, or
// that its client reads.
func (s *standing) value(server backing.Server, c detect.Setting, role string) string {
	asks := func(what string) bool { return strings.Contains(server.URL, "{"+what+"}") }
	switch role {
	case "host":
		if strings.Contains(c.Default, "://") {
			return s.value(server, c, "url")
		}
		return "{host}"
	case "port":
		return "{port}"
	case "user", "password", "name":
		if !asks(role) {
			return ""
		}
		return "{" + role + "}"
	}
	written := s.written(c)
	switch sch := scheme(written); {
	case strings.Contains(written, "@tcp("):
		return "{user}:{password}@tcp({host}:{port})/{name}" + query(written)
	case strings.Contains(written, "host=") && strings.Contains(written, "="):
		return "host={host} port={port} user={user} password={password} dbname={name} sslmode=disable"
	case slices.Contains(server.Schemes, sch) || server.Same != "" && s.kindOf(sch) == server.Same:
		return s.like(server, written)
	case (sch == "http" || sch == "https") && strings.HasPrefix(server.URL, "http"):
		return server.URL
	case role == "address" && !strings.HasPrefix(server.URL, "http"):
		return "{host}:{port}"
	}
	lib := s.libs[server.Kind]
	return server.Address(s.Ecosystem, lib.Name, s.beside)
}

func (s *standing) beside(library string) bool {
	return slices.ContainsFunc(s.Libraries, func(l detect.Library) bool { return l.Name == library || strings.HasPrefix(l.Name, library+"[") })
}

// like writes an address as the one that stands in the project.
func (s *standing) like(server backing.Server, written string) string {
	head, _, _ := strings.Cut(written, "://")
	who, where, _ := strings.Cut(server.URL[strings.Index(server.URL, "://")+3:], "@")
	if where == "" {
		who, where = "", who
	} else {
		who += "@"
	}
	if strings.HasPrefix(head, "jdbc:") || strings.HasPrefix(head, "r2dbc:") {
		who = ""
	}
	where, tail, _ := strings.Cut(where, "?")
	if u, err := url.Parse(strings.TrimPrefix(strings.TrimPrefix(written, "jdbc:"), "r2dbc:")); err == nil && server.Secret == "" && len(u.Path) > 1 {
		if base, _, ok := strings.Cut(where, "/"); ok {
			where = base + u.Path
		}
	}
	if tail != "" {
		return head + "://" + who + where + "?" + tail
	}
	return head + "://" + who + where + query(written)
}

// queryForm is what may stand in the query of an address, to be written as it is.
var queryForm = pattern.New(`^[A-Za-z0-9_.=&%/-]+$`)

// query is that of an address in the project, without who is asked and how the line is kept
// secret: a server for development has no certificate.
func query(written string) string {
	_, q, ok := strings.Cut(written, "?")
	if !ok || !queryForm.MatchString(q) {
		return ""
	}
	parts := slices.DeleteFunc(strings.Split(q, "&"), func(p string) bool {
		p = strings.ToLower(p)
		off := strings.HasSuffix(p, "=disable") || strings.HasSuffix(p, "=false")
		return strings.HasPrefix(p, "user") || strings.HasPrefix(p, "pass") || strings.HasPrefix(p, "host") || (strings.HasPrefix(p, "ssl") || strings.HasPrefix(p, "tls")) && !off
	})
	if len(parts) == 0 {
		return ""
	}
	return "?" + strings.Join(parts, "&")
}

// plainName is what a user or a database may be called without quotes anywhere.
var plainName = pattern.New(`^[a-z_][a-z0-9_-]{0,40}$`)

// names takes the names of the user and the database that the project's own files have, and
// what services share that have the same.
func (s *standing) names(one *detect.Stand, server backing.Server) {
	one.User, one.Database = s.User, s.Database
	take := func(to *string, value string) {
		if *to == "" && plainName.MatchString(value) && value != "root" {
			*to = value
		}
	}
	if !server.Database {
		one.User, one.Database = "", ""
	}
	one.Shares = append(one.Shares, "folder "+s.dir)
	if s.Schema != "" {
		one.Shares = append(one.Shares, "schema "+s.Schema)
	}
	if server.Secret == "" {
		return
	}
	for _, t := range one.Told {
		for _, c := range slices.Concat(s.Settings, s.near, s.compose) {
			if c.Name != t.Name {
				continue
			}
			switch t.Role {
			case "user":
				take(&one.User, c.Default)
			case "name":
				take(&one.Database, c.Default)
			case "url":
				if u, err := url.Parse(strings.TrimPrefix(strings.TrimPrefix(c.Default, "jdbc:"), "r2dbc:")); err == nil && u.Scheme != "" && s.fits(scheme(c.Default)) {
					take(&one.User, u.User.Username())
					take(&one.Database, strings.Trim(u.Path, "/"))
				}
			}
			if one.Database != "" && c.At.File != "" {
				one.Shares = append(one.Shares, "database "+one.Database)
			}
		}
	}
}
