package engine_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/engine"
)

// TestPythonAdvice takes the advice of each refusal of Python that names a key: with it in
// the dockgen.toml there is a Dockerfile.
func TestPythonAdvice(t *testing.T) {
	const (
		flask  = "-- requirements.txt --\nflask==3.1.0\n-- app.py --\nfrom flask import Flask\napp = Flask(__name__)\n"
		served = "-- requirements.txt --\nflask==3.1.0\ngunicorn==23.0.0\n-- app.py --\nfrom flask import Flask\napp = Flask(__name__)\n"
		script = "if __name__ == '__main__':\n    while True:\n        pass\n"
		starts = "command = [\"gunicorn\", \"app:app\", \"--bind\", \"0.0.0.0:8000\"]\n"
	)
	for _, c := range []struct {
		name, tree string
		said       string // lines of the dockgen.toml that are refused, if it takes any
		refusal    string
		advice     string
		has        string // what the Dockerfile has then
	}{
		{"no server, and none is to be brought", flask, "server = false\n", "or give what runs with --command", "server = false\ncommand = [\"flask\", \"run\", \"--host\", \"0.0.0.0\"]\n", `CMD ["flask", "run", "--host", "0.0.0.0"]`},
		{"no server, and one may be brought", flask, "server = false\n", "add gunicorn", "server = true\n", `"gunicorn", "app:app"`},
		{"a line starts what the image has not", served + "-- Procfile --\nweb: make run\n", "", "give what runs with --command", starts, `CMD ["gunicorn", "app:app", "--bind", "0.0.0.0:8000"]`},
		{"a line of a pipe", served + "-- Procfile --\nweb: gunicorn app:app | tee log\n", "", "give what runs with --command", starts, `CMD ["gunicorn", "app:app", "--bind", "0.0.0.0:8000"]`},
		{"a line with a variable", served + "-- Procfile --\nweb: gunicorn app:app --workers $WORKERS\n", "", "give what runs with --command", starts, `CMD ["gunicorn", "app:app", "--bind", "0.0.0.0:8000"]`},
		{"migrations without a shell", served + "-- Procfile --\nweb: flask db upgrade && gunicorn app:app\n", "runtime = \"distroless\"\n", "choose slim, or take those before the server out with --no-migrations", "runtime = \"distroless\"\nmigrations = false\n", `CMD ["-m", "gunicorn", "app:app"`},
		{"migrations with a shell", served + "-- Procfile --\nweb: flask db upgrade && gunicorn app:app\n", "runtime = \"distroless\"\n", "choose slim", "runtime = \"slim\"\n", `CMD ["sh", "-c", "flask db upgrade && exec gunicorn`},
		{"other steps without a shell", served + "-- Procfile --\nweb: flask warm && gunicorn app:app\n", "runtime = \"distroless\"\nmigrations = false\n", "choose slim, or give what runs with --command", "runtime = \"distroless\"\ncommand = [\"python\", \"-m\", \"gunicorn\", \"app:app\"]\n", `"gunicorn", "app:app"`},
		{"a server in the background", "-- requirements.txt --\nuwsgi==2.0.30\nflask==3.1.0\n-- uwsgi.ini --\n[uwsgi]\nmodule = app:app\nhttp = :8000\ndaemonize = /tmp/log\n-- Procfile --\nweb: uwsgi uwsgi.ini\n-- app.py --\nfrom flask import Flask\napp = Flask(__name__)\n", "", "or give what runs with --command", "command = [\"uwsgi\", \"--http\", \":8000\", \"--module\", \"app:app\"]\n", `CMD ["uwsgi", "--http"`},
		{"several programs", "-- requirements.txt --\nrequests==2.32.3\n-- left.py --\n" + script + "-- right.py --\n" + script, "", "--main", "main = [\"left.py\"]\n", `CMD ["python", "left.py"]`},
		{"another Python", served + "-- .python-version --\npypy3.10\n", "", "name one with --lang-version", "lang-version = \"3.13\"\n", `"gunicorn", "app:app"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := engine.New(all.Stacks())
			if err != nil {
				t.Fatal(err)
			}
			generate := func(lines string) (string, string) {
				result, err := e.Generate(t.Context(), detecttest.Tree(t, txtar.Parse([]byte(c.tree+"-- dockgen.toml --\n"+lines))), engine.Request{})
				var said, text []string
				if err != nil {
					said = append(said, err.Error())
				}
				for _, p := range result.Findings.Problems {
					said = append(said, p.Error())
				}
				for _, o := range result.Outcomes {
					if o.Err != nil {
						said = append(said, o.Err.Error())
					} else if len(o.Files) > 0 {
						text = append(text, string(o.Files[0].Data))
					}
				}
				return strings.Join(text, "\n"), strings.Join(said, "\n")
			}
			if _, said := generate(c.said); !strings.Contains(said, c.refusal) {
				t.Errorf("it says %q, want %q", said, c.refusal)
			}
			if text, said := generate(c.advice); said != "" || !strings.Contains(text, c.has) {
				t.Errorf("with the advice it says %q, and no %q in\n%s", said, c.has, text)
			}
		})
	}
}
