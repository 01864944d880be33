package java

import (
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Ground implements [detect.Grounded].
func (d Detail) Ground() detect.Ground { return d.ground }

// told are the settings by which frameworks tell their clients where a server is, with its
// kind; each is a variable of the environment, too, in capitals with _ for . and -.
//
// Sources: https://docs.spring.io/spring-boot/appendix/application-properties/,
// https://quarkus.io/guides/all-config, https://docs.micronaut.io/latest/guide/configurationreference.html
var told = map[string][]struct {
	kind string
	keys []string
}{
	"Spring Boot": {
		{"database", []string{"spring.datasource.url", "spring.datasource.username", "spring.datasource.password"}},
		{"r2dbc", []string{"spring.r2dbc.url", "spring.r2dbc.username", "spring.r2dbc.password"}},
		{"mongo", []string{"spring.data.mongodb.uri"}},
		{"redis", []string{"spring.data.redis.host", "spring.data.redis.port"}},
		{"rabbitmq", []string{"spring.rabbitmq.host", "spring.rabbitmq.port", "spring.rabbitmq.username", "spring.rabbitmq.password"}},
		{"kafka", []string{"spring.kafka.bootstrap-servers"}},
		{"elasticsearch", []string{"spring.elasticsearch.uris"}},
		{"smtp", []string{"spring.mail.host", "spring.mail.port"}},
	},
	"Quarkus": {
		{"database", []string{"quarkus.datasource.jdbc.url", "quarkus.datasource.username", "quarkus.datasource.password"}},
		{"mongo", []string{"quarkus.mongodb.connection-string"}},
		{"redis", []string{"quarkus.redis.hosts"}},
		{"kafka", []string{"kafka.bootstrap.servers"}},
		{"rabbitmq", []string{"rabbitmq.host", "rabbitmq.port", "rabbitmq.username", "rabbitmq.password"}},
		{"elasticsearch", []string{"quarkus.elasticsearch.hosts"}},
		{"smtp", []string{"quarkus.mailer.host", "quarkus.mailer.port"}},
	},
	"Micronaut": {
		{"database", []string{"datasources.default.url", "datasources.default.username", "datasources.default.password"}},
		{"redis", []string{"redis.uri"}},
		{"mongo", []string{"mongodb.uri"}},
		{"kafka", []string{"kafka.bootstrap.servers"}},
		{"rabbitmq", []string{"rabbitmq.uri"}},
	},
}

// placed is a variable that a setting is filled from, with what holds without it.
var placed = pattern.New(`\$\{([A-Z][A-Z0-9_]*)(?::([^{}]*))?\}`)

// stands gathers what the files of an application say of servers: its dependencies, and the
// variables by which its settings are given.
func (d *Detail) stands(config settings, active []string) {
	g := &d.ground
	g.Ecosystem = "maven"
	for _, dep := range d.Dependencies {
		if dep.Scope != "test" {
			g.Libraries = append(g.Libraries, detect.Library{Name: dep.Group + ":" + dep.Artifact, At: dep.At})
		}
	}
	reactive := slices.ContainsFunc(d.Dependencies, func(dep dependency) bool { return strings.Contains(dep.Artifact, "r2dbc") })
	for _, one := range told[d.Framework.Name] {
		kind := one.kind
		if kind == "r2dbc" && !reactive || kind == "database" && reactive && !d.hasJDBC() {
			continue
		}
		if kind == "r2dbc" {
			kind = "database"
		}
		for _, key := range one.keys {
			c := detect.Setting{Name: strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key)), Kind: kind, At: d.Framework.At}
			if set, ok := config.get(active, key); ok {
				c.At, c.Default = set.at, set.value
				if m := placed.FindStringSubmatch(set.value); m != nil {
					if m[0] == set.value {
						c.Name, c.Default = m[1], m[2]
					} else {
						c.Default = placed.ReplaceAllString(set.value, "$2")
					}
				}
			}
			g.Settings = append(g.Settings, c)
		}
	}
	for _, s := range config.list { // what other settings are filled from
		for _, m := range placed.FindAllStringSubmatch(s.value, -1) {
			if !slices.ContainsFunc(g.Settings, func(o detect.Setting) bool { return o.Name == m[1] }) {
				g.Settings = append(g.Settings, detect.Setting{Name: m[1], Default: m[2], Needed: !strings.Contains(m[0], ":"), At: s.at})
			}
		}
	}
}

// hasJDBC says whether the application has a driver of JDBC beside a reactive one.
func (d *Detail) hasJDBC() bool {
	_, ok := d.depends("spring-boot-starter-jdbc", "spring-boot-starter-data-jpa", "spring-boot-starter-data-jdbc")
	return ok
}
