package python

import (
	"fmt"
	"path"
	"slices"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/program"
)

// takesWords are modules by which a program takes words from people.
var takesWords = []string{"argparse", "click", "typer", "fire", "docopt", "optparse", "cyclopts", "rich_click", "cleo"}

// keepsOn are modules of programs that go on by themselves.
var keepsOn = []string{"schedule", "apscheduler", "discord", "telegram", "telebot", "aiogram", "slack_bolt", "slack_sdk", "kafka", "confluent_kafka", "aiokafka", "pika", "aio_pika", "paho", "watchdog", "asyncio", "threading", "zmq", "nats", "websockets", "socket", "mcp", "fastmcp"}

// tools takes commands that take words from people, and neither listen nor wait, for no
// services where another project of the repository serves.
func (r *repository) tools(found *detect.Findings) {
	serves := func(s detect.Service) bool { return s.Strength == detect.Framework }
	var kept []detect.Service
	for _, s := range found.Services {
		d, _ := s.Detail.(program.Detail) // ours
		beside := slices.ContainsFunc(found.Services, func(o detect.Service) bool { return o.Dir != s.Dir && serves(o) })
		called := d.Program.Kind == program.Command && len(d.Listens) == 0 && !d.Stops && d.Imports(takesWords) && !d.Imports(keepsOn)
		if !beside || !called || len(r.answers.In(s.Dir).Main) > 0 || r.tree.Has(path.Join(s.Dir, "Dockerfile")) {
			kept = append(kept, s)
			continue
		}
		found.Others = append(found.Others, detect.Other{
			Dir: s.Dir, Stack: program.Stack, Evidence: []detect.Evidence{d.Program.At},
			Reason: fmt.Sprintf("a tool: nothing in it listens or waits; --main %s builds it all the same", d.Program.Name),
		})
	}
	found.Services = kept
}

// library says of a project whose only program is a command that opens no port, and that
// the project calls itself a library.
func (r *repository) library(d program.Detail) (detect.Evidence, bool) {
	opens := slices.ContainsFunc(d.Listens, func(l detect.Listener) bool { return !l.Unread() })
	if d.Program.Kind != program.Command || opens || d.Stops || len(r.answers.In(d.Project.Dir).Main) > 0 {
		return detect.Evidence{}, false
	}
	return d.Project.IsLibrary(r.tree)
}
