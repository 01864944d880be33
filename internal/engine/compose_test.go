package engine_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/compose"
	"github.com/dockgen/dockgen/internal/engine"
)

// composed gives the file of a tree as compose reads it, with what is told beside it.
func composed(t *testing.T, files string) (*types.Project, []string) {
	t.Helper()
	e, err := engine.New(all.Stacks())
	if err != nil {
		t.Fatal(err)
	}
	result, err := e.Generate(t.Context(), detecttest.Tree(t, txtar.Parse([]byte(files))), engine.Request{Compose: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range result.Outcomes {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
	}
	file, told, err := e.Compose(result, result.Outcomes)
	if err != nil {
		t.Fatal(err)
	}
	env := types.Mapping{}
	for _, name := range compose.Wanted(file.Data) {
		env[name] = "secret"
	}
	project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir: "/shop", Environment: env, ConfigFiles: []types.ConfigFile{{Filename: file.Path, Content: file.Data}},
	}, func(o *loader.Options) { o.SetProjectName("shop", true); o.Profiles = []string{"*"} })
	if err != nil {
		t.Fatalf("compose refuses it: %v\n%s", err, file.Data)
	}
	return project, told
}

// program is one of Node in a folder, which reads variables and listens on a port.
func program(dir, name, dependencies, reads, port string) string {
	return "-- " + dir + "/package.json --\n" + `{"name":"` + name + `","scripts":{"start":"node main.js"},"dependencies":{` + dependencies + "}}\n" +
		"-- " + dir + "/main.js --\n" + reads + "\nrequire('http').createServer().listen(" + port + ")\n"
}

func TestComposeShares(t *testing.T) {
	pg := `"pg":"8"`
	read := "const u = process.env.DATABASE_URL"
	for name, c := range map[string]struct {
		files string
		want  []string
	}{
		"one database by the example": {
			program("a", "a", pg, read, "3000") + program("b", "b", pg, read, "3001") + "-- .env.example --\nDATABASE_URL=postgres://localhost/shop\n",
			[]string{"a", "b", "postgres"},
		},
		"one each, where nothing says so": {
			program("a", "a", pg, read, "3000") + program("b", "b", pg, read, "3001"),
			[]string{"a", "a-postgres", "b", "b-postgres"},
		},
		"two names": {
			program("a", "a", pg, read+" ?? 'postgres://localhost/orders'", "3000") + program("b", "b", pg, read+" ?? 'postgres://localhost/users'", "3001"),
			[]string{"a", "a-postgres", "b", "b-postgres"},
		},
		"a cache for all": {
			program("a", "a", `"redis":"5"`, "const u = process.env.REDIS_URL", "3000") + program("b", "b", `"redis":"5"`, "const u = process.env.REDIS_URL", "3001"),
			[]string{"a", "b", "redis"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			project, _ := composed(t, c.files)
			got := project.ServiceNames()
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestComposeBadInput(t *testing.T) {
	t.Run("a port that two services want", func(t *testing.T) {
		project, told := composed(t, program("a", "a", "", "", "3000")+program("b", "b", "", "", "3000"))
		if a, b := project.Services["a"].Ports[0], project.Services["b"].Ports[0]; a.Published != "3000" || b.Published != "3001" || b.Target != 3000 || b.HostIP != "127.0.0.1" {
			t.Errorf("got %v and %v", a, b)
		}
		if want := []string{"a and b both want the port 3000 of this machine: b has 3001"}; !slices.Equal(told, want) {
			t.Errorf("want %q, got %q", want, told)
		}
	})
	t.Run("a client without any hint of an address", func(t *testing.T) {
		project, told := composed(t, program("a", "a", `"pg":"8"`, "", "3000"))
		if len(project.Services) != 1 || len(told) != 1 || !strings.Contains(told[0], "--stands-on postgres=NAME") {
			t.Errorf("%d services, told %q", len(project.Services), told)
		}
	})
	t.Run("CRLF and a path of Windows", func(t *testing.T) {
		files := strings.ReplaceAll(program("a", "a", `"pg":"8"`, "const u = process.env.DATABASE_URL, d = process.env.DATA_DIR", "3000")+
			"-- a/.env.example --\nDATABASE_URL=postgres://me:x@localhost/goods\nDATA_DIR=C:\\shop\\data\n", "\n", "\r\n")
		files = strings.ReplaceAll(files, "--\r\n", "--\n")
		project, _ := composed(t, files)
		if got := *project.Services["a"].Environment["DATABASE_URL"]; got != "postgres://me:secret@postgres:5432/goods" {
			t.Errorf("DATABASE_URL is %s", got)
		}
		if v, ok := project.Services["a"].Environment["DATA_DIR"]; ok {
			t.Errorf("DATA_DIR is %s, which no container has", *v)
		}
	})
	t.Run("signs that compose replaces", func(t *testing.T) {
		project, _ := composed(t, program("a", "a", `"pg":"8"`, "const u = process.env.DATABASE_URL ?? 'postgres://$USER@localhost/a?options=$x'", "3000"))
		if got := *project.Services["a"].Environment["DATABASE_URL"]; strings.Contains(got, "$") {
			t.Errorf("DATABASE_URL is %s", got)
		}
	})
	t.Run("what is left out and published", func(t *testing.T) {
		project, _ := composed(t, program("a", "a", `"pg":"8","redis":"5"`, "const u = process.env.DATABASE_URL, r = process.env.REDIS_URL", "3000")+"-- dockgen.toml --\n[compose]\npublish = [\"postgres\"]\nwithout = [\"redis\"]\n")
		if _, ok := project.Services["redis"]; ok || project.Services["postgres"].Ports[0].HostIP != "127.0.0.1" {
			t.Errorf("got %v", project.ServiceNames())
		}
		if v, ok := project.Services["a"].Environment["REDIS_URL"]; ok {
			t.Errorf("REDIS_URL is %s, where nothing is", *v)
		}
	})
}

// TestComposeWaits holds that every server is waited for until it is healthy, and that each
// of the table is taken by compose.
func TestComposeWaits(t *testing.T) {
	files := program("a", "a", `"pg":"8","mysql2":"3","mariadb":"3","mongodb":"6","redis":"5","iovalkey":"1","memcached":"2","amqplib":"1","nats":"2","kafkajs":"2","@elastic/elasticsearch":"9","@opensearch-project/opensearch":"3","nodemailer":"7"`,
		"const e = process.env, a = [e.x, process.env.PG_URL, process.env.MYSQL_URL, process.env.MARIADB_URL, process.env.MONGO_URL, process.env.REDIS_URL, process.env.VALKEY_URL, process.env.MEMCACHED_SERVERS, process.env.RABBITMQ_URL, process.env.NATS_URL, process.env.KAFKA_BROKERS, process.env.ELASTICSEARCH_URL, process.env.OPENSEARCH_URL, process.env.SMTP_HOST]", "3000")
	project, told := composed(t, files)
	a := project.Services["a"]
	if len(told) > 0 || len(project.Services) != 14 {
		t.Errorf("%d services %v, told %q", len(project.Services), project.ServiceNames(), told)
	}
	for name, s := range project.Services {
		switch {
		case name == "a":
		case s.HealthCheck == nil || a.DependsOn[name].Condition != types.ServiceConditionHealthy:
			t.Errorf("%s: health %v, waited for until %q", name, s.HealthCheck, a.DependsOn[name].Condition)
		case !strings.ContainsAny(s.Image[strings.LastIndex(s.Image, ":")+1:], "0123456789"):
			t.Errorf("%s: no version in %s", name, s.Image)
		}
	}
	for name, v := range a.Environment {
		if strings.ContainsAny(*v, "{}$") {
			t.Errorf("%s is %s", name, *v)
		}
	}
}

// TestComposeDevelops holds that a container that is developed in ends at once and takes
// edits, on engines that take no group for whose files are copied.
func TestComposeDevelops(t *testing.T) {
	project, _ := composed(t, program("a", "a", `"pg":"8"`, "const u = process.env.DATABASE_URL", "3000"))
	a := project.Services["a"]
	if a.Init == nil || !*a.Init || a.User != "1000" || len(a.Develop.Watch) == 0 {
		t.Errorf("init %v, user %q, watches %v", a.Init, a.User, a.Develop)
	}
	if h := a.HealthCheck; h == nil || !strings.Contains(strings.Join(h.Test, " "), "127.0.0.1/3000") || time.Duration(*h.StartPeriod) < time.Minute {
		t.Errorf("asked for health by %+v", h)
	}
	if p := project.Services["postgres"]; p.Init != nil || p.User != "" {
		t.Errorf("a server has init %v and user %q", p.Init, p.User)
	}
}

// TestComposeMigrates holds that what brings a database up to date runs before a service, in
// a stage that there is.
func TestComposeMigrates(t *testing.T) {
	manifest := `"name":"a","scripts":{"start":"node main.js","migrate":"node migrate.js"BUILD},"dependencies":{"pg":"8"}`
	for _, build := range []string{"", `,"build":"node build.js"`} {
		files := "-- package.json --\n{" + strings.ReplaceAll(manifest, "BUILD", build) + "}\n-- migrate.js --\n-- build.js --\n-- main.js --\n" +
			"const u = process.env.DATABASE_URL\nrequire('http').createServer().listen(3000)\n"
		project, _ := composed(t, files)
		job := project.Services["a-migrate"]
		if job.Build == nil || job.Build.Target != "dev" || job.Restart != "no" || !slices.Equal(job.Entrypoint, []string{"npm", "run", "migrate"}) {
			t.Errorf("build %q: got %+v", build, job)
		}
		if a := project.Services["a"]; a.DependsOn["a-migrate"].Condition != types.ServiceConditionCompletedSuccessfully || job.DependsOn["postgres"].Condition != types.ServiceConditionHealthy {
			t.Errorf("build %q: a waits for %v, its migrations for %v", build, a.DependsOn, job.DependsOn)
		}
	}
}

// TestExamplesCompose holds every compose.yaml of the examples against the schema of the
// Compose Specification, by which compose-go reads a file, and that every server is pinned.
func TestExamplesCompose(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/compose.yaml")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d examples have a compose.yaml: %v", len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		env := types.Mapping{}
		for _, v := range compose.Wanted(data) {
			env[v] = "secret"
		}
		project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
			WorkingDir: filepath.Dir(name), Environment: env, ConfigFiles: []types.ConfigFile{{Filename: name, Content: data}},
		}, func(o *loader.Options) { o.SetProjectName("example", true); o.Profiles = []string{"*"} })
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, s := range project.Services {
			if s.Build == nil && (s.HealthCheck == nil || !strings.Contains(s.Image, ":")) {
				t.Errorf("%s: %s is %s with health %v", name, s.Name, s.Image, s.HealthCheck)
			}
		}
	}
}
