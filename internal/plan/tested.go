package plan

import (
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/backing"
)

// Tested is the end of a test stage whose tests want a server, which no step of a build can
// reach: the stage prepares them, and its command runs them where one stands beside.
type Tested struct {
	Says    string // how they are run, for a comment
	Command []string
}

// TestsWant tells of a server that the project's own workflow runs beside the tests, and of
// which a service is a client; nothing where there is none.
func (in Input) TestsWant() (why string, at []detect.Evidence) {
	for _, s := range in.Service.Stands {
		for _, e := range s.At {
			if strings.Contains("/"+e.File, "/.github/workflows/") || strings.HasSuffix(e.File, ".gitlab-ci.yml") {
				return "the project's workflow runs " + s.Title + " beside the tests", append([]detect.Evidence{e}, s.At[0])
			}
		}
	}
	return "", nil
}

// Database is one that a service stands on, with what says so; false where it stands on none.
func (in Input) Database() (detect.Stand, bool) {
	if len(in.Service.Stands) == 0 {
		return detect.Stand{}, false
	}
	servers, err := backing.Servers()
	if err != nil {
		return detect.Stand{}, false
	}
	for _, s := range in.Service.Stands {
		for _, one := range servers {
			if one.Kind == s.Kind && one.Database {
				return s, true
			}
		}
	}
	return detect.Stand{}, false
}

// TestBeside settles a test stage that prepares the tests and whose command runs them.
func (p *Plan) TestBeside(in Input, command []string, why string, at ...detect.Evidence) *Tested {
	p.TestsIn = OwnStages().Test
	how := "docker compose run --rm " + in.Service.Name + "-test"
	p.Decide(TestStage, strings.Join(command, " "), "--no-test-stage", why+", which no step of a build reaches: the stage prepares them, and "+how+" runs them", at...)
	return &Tested{Says: "The tests want a server beside them: " + how + " runs them.", Command: command}
}
