package rust

import (
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
)

// starts lists the programs of others that the program starts, once each and sorted:
// std::process::Command::new("ffmpeg"), or tokio's. Commands of clap are called alike.
func (p *program) starts() (found []detect.Path) {
	for _, f := range p.files {
		imported := takesCommand(f.tokens)
		for i := 0; i+5 < len(f.tokens); i++ {
			t := f.tokens[i : i+6]
			if !t[0].is("Command") || !t[3].is("new") || !t[4].is("(") || t[5].kind != str {
				continue
			}
			qualified := i > 2 && f.tokens[i-1].is(":")
			if qualified && !f.tokens[i-3].is("process") || !qualified && !imported {
				continue
			}
			if name, ok := plan.StartsOf(t[5].text); ok && (name[0] == '/' || !strings.Contains(name, "/")) {
				found = append(found, detect.Path{Path: name, At: f.at(t[5].line)})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b detect.Path) int { return strings.Compare(a.Path, b.Path) })
	return slices.CompactFunc(found, func(a, b detect.Path) bool { return a.Path == b.Path })
}

// takesCommand says whether a file uses Command of a module process: use
// std::process::Command, or use tokio::process::{Child, Command}.
func takesCommand(t []token) bool {
	for i := 0; i+3 < len(t); i++ {
		if !t[i].is("process") || !t[i+1].is(":") {
			continue
		}
		for k := i + 3; k < len(t) && !t[k].is(";") && k < i+40; k++ {
			if t[k].is("Command") && !t[min(k+1, len(t)-1)].is(":") {
				return true
			}
		}
	}
	return false
}
