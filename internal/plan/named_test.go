package plan

import (
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect"
)

// TestCommandNamesPort wants the port of --command exposed, and one of --port beside it
// refused where it is another.
func TestCommandNamesPort(t *testing.T) {
	for _, c := range []struct {
		command string
		port    int // of --port
		want    int
		err     string
	}{
		{command: "gunicorn app:app --bind 0.0.0.0:5000", want: 5000},
		{command: "gunicorn app:app -b :5000", port: 5000, want: 5000},
		{command: "uvicorn app:app --port=5000", port: 9000, err: "the command says --port=5000; let both say the same, or leave --port out"},
		{command: "node server.js --port 5000", port: 9000, err: "--port 5000"},
		{command: "java -Dserver.port=5000 -jar app.jar", port: 9000, err: "-Dserver.port=5000"},
		{command: "streamlit run app.py --server.port 5000", want: 5000},
		{command: "python app.py", port: 9000, want: 9000},
		{command: "celery -A app worker -p 4", want: 8000},
	} {
		p := &Plan{}
		var env []Variable
		err := p.Listen(Serving{Listeners: []detect.Listener{{Port: 8000}}, Env: &env, Overrides: Overrides{Port: c.port, Command: strings.Fields(c.command)}})
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s with --port %d: %v, want %q", c.command, c.port, err, c.err)
			}
			continue
		}
		if main, ok := p.Main(); err != nil || !ok || main.On != c.want {
			t.Errorf("%s with --port %d: %d, %v, want %d", c.command, c.port, main.On, err, c.want)
		}
	}
}
