package detect

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Sign speaks for a candidate being deployed, or against it.
type Sign struct {
	Text    string
	Against bool
	At      Evidence
}

// sides are words in the names of folders that hold no product, whatever starts in them.
var sides = map[string]string{
	"bench": "a measurement", "benches": "a measurement", "benchmark": "a measurement", "benchmarks": "a measurement",
	"devtools": "a tool of developers", "docs": "documentation", "doc": "documentation", "documentation": "documentation",
	"e2e": "a test", "example": "an example", "examples": "an example", "fixture": "test data", "fixtures": "test data", "fuzz": "a fuzzer", "playground": "a playground",
	"playgrounds": "a playground", "seed": "what fills a database", "seeder": "what fills a database", "seeds": "what fills a database",
	"storybook": "a catalog of components", "template": "a template", "templates": "a template", "xtask": "a task of developers",
}

// beside says by the names of folders below the root that nothing in one is deployed: a
// whole name, or the last word of one.
func (t *Tree) beside(dir string) (what string, ok bool) {
	for _, in := range t.included {
		if rest, below := Below(in, dir); below {
			dir = rest
		}
	}
	for part := range strings.SplitSeq(dir, "/") {
		last := part[strings.LastIndexAny(part, "-_.")+1:]
		if what, ok := sides[part]; ok {
			return what, true
		}
		if what, ok := sides[last]; ok && last != "templates" && last != "template" {
			return what, true
		}
	}
	return "", false
}

// Judge settles which candidates are deployed, for all stacks alike. What the project
// makes an image of is; so is what has a start of its own, unless something speaks against
// that and others of the repository are deployed without a doubt. wanted says of a
// candidate that the user wants it, and where. What is left out says how to put it in.
func (f *Findings) Judge(t *Tree, wanted func(s Service) (Evidence, bool)) {
	sure := false
	for i := range f.Services {
		s := &f.Services[i]
		s.Signs = append(t.signs(s.place(), s.Names()...), s.Signs...)
		if at, ok := wanted(*s); ok {
			s.Signs = append([]Sign{{Text: "it is to be included", At: at}}, s.Signs...)
		}
		sure = sure || s.deployed()
	}
	if !sure {
		return
	}
	f.Services = slices.DeleteFunc(f.Services, func(s Service) bool {
		if s.deployed() {
			return false
		}
		f.Others = append(f.Others, leftOut(s.Dir, s.Stack, "", s.Signs))
		return true
	})
	f.Problems = slices.DeleteFunc(f.Problems, func(p *Problem) bool {
		signs := t.signs(p.Dir)
		if p.Stack == "" || len(signs) == 0 || !signs[0].Against {
			return false
		}
		if _, ok := wanted(Service{Dir: p.Dir, Stack: p.Stack}); ok {
			return false
		}
		reason, _, _ := strings.Cut(p.Error(), "\n")
		f.Others = append(f.Others, leftOut(p.Dir, p.Stack, "; it would be refused: "+reason, signs))
		return true
	})
	f.sort()
}

// signs are what the repository itself says of a folder: what makes an image of it, or
// else its name.
func (t *Tree) signs(dir string, names ...string) []Sign {
	if img, ok := t.ImageOf(dir, names...); ok {
		return []Sign{{Text: img.Says, At: img.At}}
	}
	if what, ok := t.beside(dir); ok {
		return []Sign{{Text: what + ", by the name of its folder", Against: true}}
	}
	for part := range strings.SplitSeq(parentOf(dir), "/") {
		if slices.Contains(products, part) {
			return []Sign{{Text: "it lies in " + part + ", as what is deployed does"}}
		}
	}
	return nil
}

// products are folders of what is deployed, also where it does not listen.
var products = []string{"jobs", "cron", "crons", "cronjobs", "workers", "services", "consumers", "daemons"}

// place is the folder of a service: of its program, where that is one.
func (s Service) place() string {
	if c, ok := s.Detail.(Chosen); ok && Inside(c.Main(s.Dir), s.Dir) {
		return c.Main(s.Dir)
	}
	return s.Dir
}

// Names are what images, files and commands call a service.
func (s Service) Names() []string {
	names := []string{s.Name}
	if s.Dir != "." {
		names = append(names, path.Base(s.Dir))
	}
	if c, ok := s.Detail.(Chosen); ok {
		names = append(names, path.Base(c.Main(s.Dir)))
	}
	return names
}

// deployed says whether what speaks for a candidate outweighs what speaks against it.
func (s Service) deployed() bool {
	against := false
	for _, sign := range s.Signs {
		if !sign.Against {
			return true
		}
		against = true
	}
	return !against
}

// leftOut is a candidate that is not deployed, and how it would be.
func leftOut(dir, stack, more string, signs []Sign) Other {
	o := Other{Dir: dir, Stack: stack}
	var texts []string
	for _, s := range signs {
		texts = append(texts, s.Text)
		if s.At.File != "" {
			o.Evidence = append(o.Evidence, s.At)
		}
	}
	o.Reason = fmt.Sprintf("%s; include = [%q] in dockgen.toml puts it in%s", strings.Join(texts, ", "), dir, more)
	return o
}

// Judgement is what speaks for a service and against it, as a fact.
func (s Service) Judgement() Fact {
	fact := Fact{Name: "deployed"}
	var texts []string
	for _, sign := range s.Signs {
		text := sign.Text
		if sign.Against {
			text = "although it is " + text
		}
		texts = append(texts, text)
		if sign.At.File != "" {
			fact.Evidence = append(fact.Evidence, sign.At)
		}
	}
	switch {
	case len(texts) == 0:
		texts = []string{"it has a start of its own, and nothing speaks against it"}
	case s.Signs[0].Against:
		texts = append(texts, "for nothing else here is deployed")
	}
	fact.Value = strings.Join(texts, ", ")
	return fact
}
