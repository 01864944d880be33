package golang

import (
	"go/ast"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
)

// starters are the functions that start a program or look for one, with the place of its
// name.
var starters = map[string]int{"exec.Command": 0, "exec.CommandContext": 1, "exec.LookPath": 0, "os.StartProcess": 0}

// starts lists the programs of others that a call starts. Those that lie in the repository
// are files to bring along.
func (s scope) starts(call *ast.CallExpr) (found []detect.Path, own []Asset) {
	at, ok := starters[s.function(call.Fun)]
	if !ok || len(call.Args) <= at {
		return nil, nil
	}
	for _, v := range s.each(call.Args[at]) {
		name, ok := plan.StartsOf(v.text())
		if !v.known || !ok || strings.HasPrefix(name, "~") {
			continue
		}
		if !path.IsAbs(name) && strings.Contains(name, "/") {
			own = append(own, Asset{Path: path.Clean(name), At: s.program.at(call)})
			continue
		}
		found = append(found, detect.Path{Path: name, At: s.program.at(call)})
	}
	return found, own
}

// each lists what an expression may be: all that a name is set to, and of a parameter what
// each call passes.
func (s scope) each(e ast.Expr) []value {
	id, ok := e.(*ast.Ident)
	if v := s.eval(e); v.known || !ok || s.fn == nil {
		return []value{v}
	}
	if i := parameter(s.fn.Type, id.Name); i >= 0 {
		return s.passedBy(i)
	}
	values, _ := s.assigned(id.Name, id.Pos())
	return values
}

// passedBy lists what each call of the function around passes for a parameter.
func (s scope) passedBy(i int) (values []value) {
	for _, pkg := range s.program.users(s.pkg.dir) {
		if s.fn.Name.Name == "" {
			break
		}
		s.program.about(pkg, s.fn.Name.Name)
		for _, c := range pkg.calls[s.fn.Name.Name] {
			in := s.at(pkg, c.file, c.fn)
			if is, _ := in.isCall(c.call, s.pkg, s.fn); is && len(c.call.Args) > i && c.fn != s.fn {
				values = append(values, in.eval(c.call.Args[i]))
			}
		}
	}
	return values
}

// distinct keeps the first mention of each program, sorted by name.
func distinct(starts []detect.Path) []detect.Path {
	slices.SortStableFunc(starts, func(a, b detect.Path) int { return strings.Compare(a.Path, b.Path) })
	return slices.CompactFunc(starts, func(a, b detect.Path) bool { return a.Path == b.Path })
}
