package engine_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/proof"
)

// goMain is a Go program whose main holds some statements.
func goMain(statements string) string {
	return "-- go.mod --\nmodule example.com/desk\n\ngo 1.26\n-- main.go --\npackage main\n\nimport (\n\t\"log\"\n\t\"os\"\n\t\"flag\"\n)\n\nfunc main() {\n\tlog.Print(os.Args, flag.Args())\n" + statements + "}\n"
}

// rustMain is the same in Rust.
func rustMain(statements string) string {
	return "-- Cargo.toml --\n[package]\nname = \"desk\"\nversion = \"1.0.0\"\nedition = \"2024\"\n-- Cargo.lock --\nversion = 4\n\n[[package]]\nname = \"desk\"\nversion = \"1.0.0\"\n-- src/main.rs --\nuse std::fs;\n\nfn main() {\n" + statements + "}\n"
}

// flaskMain is an application of Flask whose module does more.
func flaskMain(statements string) string {
	return "-- requirements.txt --\nflask==3.1.0\ngunicorn==23.0.0\n-- app.py --\nimport os\nfrom pathlib import Path\n\nfrom flask import Flask\n\napp = Flask(__name__)\n" + statements
}

// springApp is an application of Spring Boot with settings.
func springApp(settings string) string {
	return "-- pom.xml --\n<project><modelVersion>4.0.0</modelVersion><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent><groupId>x</groupId><artifactId>desk</artifactId><version>1</version><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies><build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>\n" +
		"-- src/main/java/x/App.java --\npackage x;\n@SpringBootApplication\npublic class App { public static void main(String[] a) {} }\n-- src/main/resources/application.properties --\n" + settings + "\n"
}

// TestNeeds wants what programs take for granted to be brought, made theirs, or told with
// what settles it.
func TestNeeds(t *testing.T) {
	for _, c := range []struct {
		name, tree string
		overrides  plan.Overrides
		has        []string // lines of the Dockerfile
		err        string   // what the error holds
		note       string
		open       string // what cannot be decided
	}{
		{name: "Go reads what is there", tree: goMain("\tif _, err := os.ReadFile(\"rules.yml\"); err != nil {\n\t\tlog.Fatal(err)\n\t}\n") + "-- rules.yml --\n", has: []string{"COPY rules.yml /app/rules.yml"}},
		{name: "Go ends without a file", tree: goMain("\tif _, err := os.ReadFile(\"rules.yml\"); err != nil {\n\t\tlog.Fatal(err)\n\t}\n"), err: "main.go:11: the program opens /app/rules.yml, which is not in stage runtime; commit it there"},
		{name: "Go ends without one that lies elsewhere", tree: goMain("\tdata, err := os.ReadFile(\"rules.yml\")\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\t_ = data\n") + "-- deploy/rules.yml --\n", err: `files = [{from = "deploy/rules.yml", to = "/app/rules.yml"}]`},
		{name: "Go ends without one that the user makes", tree: goMain("\tif _, err := os.ReadFile(\"rules.yml\"); err != nil {\n\t\tlog.Fatal(err)\n\t}\n") + "-- rules.example.yml --\n", note: "rules.example.yml"},
		{name: "Go goes on without a file", tree: goMain("\tif _, err := os.ReadFile(\"rules.yml\"); err != nil {\n\t\tlog.Print(err)\n\t}\n")},
		{name: "Go makes the file itself", tree: goMain("\tos.WriteFile(\"rules.yml\", nil, 0o600)\n\tif _, err := os.ReadFile(\"rules.yml\"); err != nil {\n\t\tlog.Fatal(err)\n\t}\n")},
		{name: "Go writes to a folder of its own", tree: goMain("\tdir := flag.String(\"data\", \"/data\", \"\")\n\tos.MkdirAll(*dir, 0o755)\n"), has: []string{"USER 65532:65532\nWORKDIR /data\nWORKDIR /app"}},
		{name: "Go writes below its folder", tree: goMain("\tos.WriteFile(\"state/last\", nil, 0o600)\n"), has: []string{"WORKDIR /app/state\nWORKDIR /app"}},
		{name: "Go makes a folder below its own", tree: goMain("\tos.MkdirAll(\"state\", 0o755)\n\tos.WriteFile(\"state/last\", nil, 0o600)\n"), has: []string{"USER 65532:65532\nWORKDIR /app\nCOPY"}},
		{name: "Go writes where others do", tree: goMain("\tos.WriteFile(\"/var/log/desk.log\", nil, 0o600)\n"), note: "main.go:11: the program makes files in /var/log, where its user may not write in stage runtime"},
		{name: "Go writes to /tmp", tree: goMain("\tos.WriteFile(\"/tmp/desk\", nil, 0o600)\n")},
		{
			name: "Python is started from where it is installed, beside other files", has: []string{"COPY --link --from=builder --exclude=src /app /app", `CMD ["uvicorn", "--factory", "desk.main.run:make_app"`},
			tree: "-- pyproject.toml --\n[project]\nname = \"desk\"\nversion = \"1\"\ndependencies = [\"fastapi==0.116.1\", \"uvicorn==0.35.0\"]\n[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n[tool.hatch.build.targets.wheel]\npackages = [\"src/desk\"]\n" +
				"-- notes.txt --\n-- src/desk/__init__.py --\n-- src/desk/main/__init__.py --\n-- src/desk/main/run.py --\nimport uvicorn\nfrom fastapi import FastAPI\n\n\ndef make_app() -> FastAPI:\n    return FastAPI()\n\n\nif __name__ == \"__main__\":\n    uvicorn.run(make_app(), host=\"0.0.0.0\", port=8000)\n",
		},
		{
			name: "Node copies no folder of secrets alone", has: []string{"COPY --parents i.js package.json pages ./"}, note: "secrets/door, secrets/deep/door: credentials by the name",
			tree: "-- package.json --\n{\"name\": \"desk\", \"scripts\": {\"start\": \"node i.js\"}}\n-- i.js --\nrequire('http').createServer().listen(3000)\n-- pages/a.html --\n-- secrets/door --\n-- secrets/deep/door --\n",
		},
		{name: "Rust ends without a file", tree: rustMain("    let text = fs::read_to_string(\"rules.yml\").expect(\"rules\");\n    println!(\"{text}\");\n"), err: "src/main.rs:4: the program opens /app/rules.yml, which is not in stage runtime"},
		{name: "Rust reads what is there", tree: rustMain("    let text = fs::read_to_string(\"rules.yml\").expect(\"rules\");\n    println!(\"{text}\");\n") + "-- rules.yml --\n", has: []string{"COPY rules.yml /app/rules.yml"}},
		{name: "Rust goes on without a file", tree: rustMain("    let text = fs::read_to_string(\"rules.yml\").unwrap_or_default();\n    println!(\"{text}\");\n")},
		{name: "Python ends without a file", tree: flaskMain("RULES = open('rules.json').read()\n"), err: "app.py:7: the program opens /app/rules.json, which is not in stage runtime; commit it there"},
		{name: "Python ends without one that lies elsewhere", tree: flaskMain("RULES = Path('rules.json').read_text()\n") + "-- deploy/rules.json --\n", err: `files = [{from = "deploy/rules.json", to = "/app/rules.json"}]`},
		{name: "Python reads what is there", tree: flaskMain("RULES = (Path(__file__).parent / 'rules.json').read_text()\n") + "-- rules.json --\n{}\n"},
		{name: "Python opens a file later", tree: flaskMain("@app.get('/')\ndef index():\n    return open('page.html').read()\n"), note: "app.py:9: the program opens /app/page.html, which is not in stage runtime"},
		{name: "Python does without a file", tree: flaskMain("try:\n    RULES = open('rules.json').read()\nexcept OSError:\n    RULES = ''\n")},
		{name: "Python asks for a file first", tree: flaskMain("if os.path.exists('rules.json'):\n    RULES = open('rules.json').read()\n")},
		{name: "Python makes the file itself", tree: flaskMain("Path('rules.json').write_text('{}')\nRULES = open('rules.json').read()\n")},
		{name: "Python writes to a folder of its own", tree: flaskMain("os.makedirs(os.getenv('DATA', '/data/books'), exist_ok=True)\n"), has: []string{"USER 10001:10001\nWORKDIR /data/books\nWORKDIR /app"}},
		{name: "Python writes beside its code", tree: flaskMain("STATE = Path(__file__).resolve().parent / 'state'\nSTATE.mkdir(exist_ok=True)\n"), has: []string{"USER 10001:10001\nWORKDIR /app/state\nWORKDIR /app"}},
		{name: "Python writes where others do", tree: flaskMain("open('/var/log/app.log', 'w')\n"), note: "app.py:7: the program makes files in /var/log"},
		{name: "Python writes into a folder of its code", tree: "-- requirements.txt --\nflask==3.1.0\ngunicorn==23.0.0\n-- desk/__init__.py --\nfrom pathlib import Path\n\nfrom flask import Flask\n\napp = Flask(__name__)\n(Path(__file__).parent / 'last.txt').write_text('x')\n", has: []string{"WORKDIR /app/desk\nCOPY", "COPY --from=builder --exclude=desk /app /app\nCOPY --from=builder /app/desk /app/desk"}},
		{name: "Python, a line that starts make", tree: flaskMain("") + "-- Procfile --\nweb: make run\n", err: "Procfile:1: web starts make, which no image of Python has; give what runs with --command"},
		{name: "Python, a line that starts make, settled", tree: flaskMain("") + "-- Procfile --\nweb: make run\n", overrides: plan.Overrides{Command: []string{"gunicorn", "app:app"}}, has: []string{`CMD ["gunicorn", "app:app"]`}},
		{name: "Python migrates before the start", tree: flaskMain("") + "-- Procfile --\nweb: flask db upgrade && gunicorn app:app\n", has: []string{`CMD ["sh", "-c", "flask db upgrade && exec gunicorn app:app --bind 0.0.0.0:8000"]`}},
		{name: "Python cannot migrate without a shell", tree: flaskMain("") + "-- Procfile --\nweb: flask db upgrade && gunicorn app:app\n", overrides: plan.Overrides{Runtime: "distroless"}, err: "choose slim, or take those before the server out with --no-migrations"},
		{name: "Python without migrations, settled", tree: flaskMain("") + "-- Procfile --\nweb: flask db upgrade && gunicorn app:app\n", overrides: plan.Overrides{Runtime: "distroless", Own: plan.Own{"no-migrations": {Kind: plan.Switch, Words: []string{"true"}}}}, has: []string{`CMD ["-m", "gunicorn", "app:app", "--bind", "0.0.0.0:8000"]`}},
		{name: "Python reads what nobody sets", tree: flaskMain("TOKEN, SALT = os.environ['TOKEN'], os.environ['SALT']\n"), note: "app.py:7: the program reads TOKEN, SALT, which nothing sets in stage runtime"},
		{name: "Java asks for a home", tree: springApp("desk.dir=${user.home}/.desk\nlogging.file.name=${desk.dir}/desk.log"), has: []string{"USER 10001:10001\nWORKDIR /home/app"}},
		{name: "Java writes to a folder of its own", tree: springApp("spring.datasource.url=jdbc:h2:file:/data/desk"), has: []string{"USER 10001:10001\nWORKDIR /data"}},
		{name: "Java's home is the base's", tree: springApp("logging.file.name=${user.home}/desk.log"), overrides: plan.Overrides{Runtime: "distroless"}, open: ""},
		{name: "Java writes where others do", tree: springApp("logging.file.name=/var/log/desk.log"), note: "the program makes files in /var/log"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := engine.New(all.Stacks())
			if err != nil {
				t.Fatal(err)
			}
			result, err := e.Generate(t.Context(), detecttest.Tree(t, txtar.Parse([]byte(c.tree))), engine.Request{Overrides: c.overrides})
			if err != nil || len(result.Outcomes) != 1 {
				t.Fatalf("%v, and %d services with %v", err, len(result.Outcomes), result.Findings.Problems)
			}
			o := result.Outcomes[0]
			got := ""
			if o.Err != nil {
				got = o.Err.Error()
			}
			if (got == "") != (c.err == "") || !strings.Contains(got, c.err) {
				t.Fatalf("the error %q, want %q", got, c.err)
			}
			if notes := strings.Join(o.Plan.Notes, "\n"); !strings.Contains(notes, c.note) {
				t.Errorf("the notes %q, want %q", notes, c.note)
			}
			for _, lines := range c.has {
				if text := string(o.Files[0].Data); !strings.Contains(text, "\n"+lines) {
					t.Errorf("no %q in\n%s", lines, text)
				}
			}
			var open []string
			for _, f := range o.Proof {
				if f.State == proof.Open {
					open = append(open, f.What+": "+f.Reason)
				}
				if f.State == proof.Failed && f.Kind != plan.NeedPort && c.err == "" && c.note == "" {
					t.Errorf("it fails: %s, %s", f.What, f.Reason)
				}
			}
			if got := strings.Join(open, "\n"); c.open == "" != (got == "") || !strings.Contains(got, c.open) {
				t.Errorf("open is %q, want %q", got, c.open)
			}
		})
	}
}
