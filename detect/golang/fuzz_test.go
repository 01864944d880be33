package golang

import (
	"testing"

	"github.com/dockgen/dockgen/detect/detecttest"
)

// FuzzModule gives the reader of go.mod whatever comes: it answers with a
// position inside the file or with a module whose Dockerfile has the same
// instructions as any other's.
func FuzzModule(f *testing.F) {
	for _, seed := range []string{
		"module example.com/a\n\ngo 1.26\n", "", "module a\ngo 1.99\ntoolchain go1.26.3-x\n", "\ufeffmodule a",
		"module \"a\\nRUN evil\"", "module a\r\nrequire b v1.0.0\r\nreplace b => ../b\r\n", "module a/v2\ngo 1.26rc1\n",
		"module a\ngo 1.26\nrequire (\n\tb v1.0.0 // indirect\n)\nretract v1.0.0\nignore ./x\n", "module a$b", "module ../x", "module a\ntoolchain default",
	} {
		f.Add(seed)
	}
	printer := detecttest.NewPrinter(f, Stack())
	f.Fuzz(func(t *testing.T, text string) {
		printer.Print(t, map[string]string{"go.mod": text, "main.go": "package main\n\nfunc main() {}\n"})
	})
}

// FuzzSources gives the reader of Go sources whatever comes.
func FuzzSources(f *testing.F) {
	for _, seed := range []string{
		"package main\n\nfunc main() {}\n",
		"package main\nimport (\"net/http\"; \"os\")\nfunc main() { http.ListenAndServe(\":\"+os.Getenv(\"A B\\n\"), nil) }",
		"package main\nimport \"net/http\"\nvar a = b\nvar b = a\nfunc main() { http.ListenAndServe(a, nil) }",
		"package main\nimport \"net/http\"\nfunc f(x string) string { return g(x) }\nfunc g(x string) string { return f(x) }\nfunc main() { http.ListenAndServe(f(\":1\"), nil) }",
		"package main\nimport \"net\"\nfunc main() { net.Listen(\"tcp\", \":99999999999999999999\") }",
		"//go:build ignore\npackage main", "package main\n//go:embed *\nvar x string", "package main; import \"example.com/a/b\"",
		"package main\nimport \"flag\"\nimport \"net/http\"\nfunc main() { http.ListenAndServe(*flag.String(), nil) }",
		"package main\nimport \"fmt\"\nimport \"net/http\"\nfunc main() { http.ListenAndServe(fmt.Sprintf(\"%d%%%s%\", 1), nil) }",
		"package main\nimport \"net/http\"\nfunc main(a, _ string, b ...int) { http.HandleFunc(\"GET /healthz\", nil); http.Server{Addr: a} }",
		"package main\nimport (\"net/http\"; \"example.org/env\")\ntype T[P any] struct { *T[P]; U; a, b P `env:\"A,default=1\" mapstructure:\"a\"` }\ntype U T[U]\nfunc (*T[P]) m() (P, error) { return env.Get(\"A\") }\nvar x, y = T[U]{1, 2}.m()\nfunc main() { var s http.Server; s.Addr = x.a.b + y.(T[int]).a; http.ListenAndServe(x.T.U.a, nil) }",
		"package main\nimport (\"net/http\"; \"github.com/spf13/viper\"; \"github.com/urfave/cli\")\nvar v = viper.New()\nvar f = func(c *cli.Context) { http.ListenAndServe(c.String(\"a\")+v.GetString(\"a\"), nil) }\nfunc main() { viper.SetConfigName(); viper.ReadInConfig(); viper.BindPFlag(\"a\", f()); v.SetDefault(\"a\"); v.BindEnv(); v.SetEnvPrefix(); v.Unmarshal(); _ = cli.StringFlag{Name: \"a\", EnvVars: x, Sources: y(), Destination: &v.a} }",
	} {
		f.Add(seed)
	}
	printer := detecttest.NewPrinter(f, Stack())
	f.Fuzz(func(t *testing.T, text string) {
		printer.Print(t, map[string]string{"go.mod": "module example.com/a\n", "main.go": text})
	})
}

// FuzzNeighbours gives the readers of the files beside a go.mod whatever comes.
func FuzzNeighbours(f *testing.F) {
	f.Add("go 1.26\n\nuse ./a\n", "golang 1.26.1\n", "[tools]\ngo = \"1.26\"\n", "GOPRIVATE=a.example.com\n", "1.26\n")
	f.Add("use (\n\t.\n\t./a\n)\nreplace b => ./a", "go latest", "[tools]\ngolang = [\"1.25\"]", "GOPRIVATE=a b;RUN evil", "go1.26rc1")
	f.Add("go 1.99\nuse ../x", "golang", "[tools]\ngo = {version=1}", "GOPRIVATE=", "\r\n# x\r\n1.26\r\n")
	f.Add("\ufeffgo 1.26", "golang ref:x", "[tools\n", "GOPRIVATE=\"*.x\"", "99999999999999999999.1")
	printer := detecttest.NewPrinter(f, Stack())
	f.Fuzz(func(t *testing.T, work, tools, mise, env, plain string) {
		printer.Print(t, map[string]string{
			"go.work": work, ".tool-versions": tools, "mise.toml": mise, "go.env": env, ".go-version": plain,
			"go.mod": "module example.com/root\n\nrequire example.com/else v1.0.0\n", "main.go": "package main\n\nfunc main() {}\n",
			"a/go.mod": "module example.com/a\n", "a/main.go": "package main\n\nfunc main() {}\n",
		})
	})
}
