package source

import (
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/jsconf"
	"github.com/dockgen/dockgen/detect/node/project"
)

// Process is a program that a file for pm2 lists
// (https://pm2.keymetrics.io/docs/usage/application-declaration/).
type Process struct {
	Script  string
	Dir     string   // where it runs, from the folder of the file; empty for that itself
	Options []string // of node
	Args    []string
	Env     []Variable
}

// Variable is one of the environment.
type Variable struct{ Name, Value string }

// ReadProcesses reads a file for pm2. A program whose words are only known to the running file
// has no script.
func ReadProcesses(t *detect.Tree, file string) ([]Process, error) {
	module, err := jsconf.NewProgram(t).Module(file)
	if err != nil {
		return nil, err
	}
	c, _ := module.Config()
	apps := c.Get("apps")
	if apps.Kind() == jsconf.Undefined {
		apps = c
	}
	items := apps.Items()
	if len(items) == 0 {
		items = []jsconf.Value{apps}
	}
	var found []Process
	for _, app := range items {
		p := Process{Options: words(app.Get("node_args")), Args: words(app.Get("args"))}
		p.Script, _ = app.Get("script").Text()
		p.Dir, _ = app.Get("cwd").Text()
		if p.Dir = strings.TrimPrefix(strings.TrimPrefix(p.Dir, "./"), "."); strings.HasPrefix(p.Dir, "/") || !project.PlainPath.MatchString(strings.TrimPrefix(p.Script, "./")) {
			p.Script = ""
		}
		for _, key := range []string{"env", "env_production"} {
			for _, name := range app.Get(key).Keys() {
				if value, ok := app.Get(key).Get(name).Text(); ok && name != "NODE_ENV" {
					p.Env = append(p.Env, Variable{name, value})
				}
			}
		}
		found = append(found, p)
	}
	return found, nil
}

// words are those of a text, or the texts of a list.
func words(v jsconf.Value) (all []string) {
	if text, ok := v.Text(); ok {
		return strings.Fields(text)
	}
	for _, item := range v.Items() {
		text, _ := item.Text()
		all = append(all, text)
	}
	return all
}
