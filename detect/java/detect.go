package java

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// candidate is a module of some build that may be an application.
type candidate struct {
	dir      string
	name     string
	service  *Detail
	strength detect.Strength
	reason   string  // why it is none
	weak     *Detail // what it is where nothing else of the build can be run
	at       detect.Evidence
	err      error
}

// besides notes why this build was taken of two.
func (c candidate) besides(reason stated) candidate {
	for _, d := range []*Detail{c.service, c.weak} {
		if d != nil {
			d.Build.Beside = reason
		}
	}
	return c
}

// Detect finds the applications that Maven and Gradle build.
func Detect(ctx context.Context, t *detect.Tree, answers detect.Answers) (detect.Findings, error) {
	m := readMaven(t)
	g := readGradle(t)
	var found detect.Findings
	var all []candidate
	for _, dir := range m.dirs {
		if err := ctx.Err(); err != nil {
			return detect.Findings{}, err
		}
		other, reason := g.besides(m, dir)
		if other {
			found.Others = append(found.Others, detect.Other{Dir: dir, Stack: Name, Reason: "Gradle builds it as well, and has the wrapper", Evidence: at(detect.Evidence{File: path.Join(dir, pomName)})})
			continue
		}
		all = append(all, m.candidate(dir, answers).besides(reason))
	}
	for _, dir := range g.dirs {
		if err := ctx.Err(); err != nil {
			return detect.Findings{}, err
		}
		if taken, reason := g.besides(m, dir); taken {
			all = append(all, g.candidate(dir, answers).besides(reason))
		}
	}
	for _, c := range settle(all) {
		switch {
		case c.err != nil:
			found.Problems = append(found.Problems, &detect.Problem{Dir: c.dir, Stack: Name, Err: c.err})
		case c.service != nil:
			found.Services = append(found.Services, detect.Service{Name: detect.ImageName(c.name), Dir: c.dir, Stack: Name, Strength: c.strength, Detail: *c.service})
		default:
			found.Others = append(found.Others, detect.Other{Dir: c.dir, Stack: Name, Reason: c.reason, Evidence: evidence(c.at)})
		}
	}
	return detect.Settle(found), nil
}

// settle takes up modules with a main class that nothing of their build names, where the
// build has no other application.
func settle(all []candidate) []candidate {
	strong := map[string]bool{}
	for _, c := range all {
		if c.service != nil {
			strong[c.service.Build.Root] = true
		}
	}
	for i, c := range all {
		if c.weak != nil && c.service == nil && c.err == nil && !strong[c.weak.Build.Root] {
			all[i].service, all[i].strength = c.weak, detect.Manifest
		}
	}
	return all
}

// Main implements [detect.Chosen]: the main class, or the folder where there is none.
func (d Detail) Main(dir string) string { return cmp.Or(d.Program.MainClass, dir) }

// IsMain implements [detect.Chosen].
func (d Detail) IsMain(dir, want string) bool {
	return d.Program.MainClass == want || path.Clean(want) == dir
}

// candidate looks at one module of Maven.
func (m *maven) candidate(dir string, answers detect.Answers) candidate {
	p := m.poms[dir]
	c := candidate{dir: dir, at: detect.Evidence{File: p.file}}
	if what, aside := asideOf(m.tree, dir); aside {
		c.reason = what
		return c
	}
	if p.err != nil {
		c.err = p.err
		return c
	}
	c.name = p.artifactID()
	if name, ok := p.expand(c.name); ok {
		c.name = name
	}
	if only, ok := m.onlyInProfile(dir); ok {
		c.reason, c.at = only.Value, only.At
		return c
	}
	root, err := m.root(dir)
	if err != nil && root == dir {
		c.err = err
		return c
	}
	if err != nil {
		c.reason, c.at = "part of a build that is broken: "+path.Join(root, pomName), detect.Evidence{File: path.Join(root, pomName)}
		return c
	}
	m.application(p, root, answers, &c)
	return c
}

// application settles whether a module is one: by what its pom makes of it, and else by a
// main class in its sources.
func (m *maven) application(p *pom, root string, answers detect.Answers, c *candidate) {
	program, f, reason, err := m.program(p)
	if err != nil || reason != "" && program.File == "" {
		c.reason, c.err = reason, err
		return
	}
	d := Detail{Name: c.name, Program: program, Framework: f}
	files, roots := filesBelow(m.tree, p.dir, m.dirs), p.sourceRoots()
	code, err := scan(m.tree, p.dir, files, roots)
	if err != nil {
		c.err = err
		return
	}
	named, isUsed, asked := reason == "", m.used(p.dir), answers.In(p.dir).Main
	c.reason = reason
	packed := named && program.Shape != War // by its build, from program text of its own
	switch err := d.mainClass(code, named, asked); {
	case packed && len(code.mains) == 0 && f.Name != quarkus && isUsed:
		c.reason, c.at = "a library: other modules use it, and it has no main class", program.At
		return
	case err != nil:
		if named || !isUsed && root == p.dir { // else a library with tools of its own
			c.err = err
		}
		return
	case d.Program.MainClass == "" && !named:
		return
	case packed && !hasProgram(files, p.dir, roots):
		c.reason = "no program text below " + strings.Join(roots, ", ")
		return
	}
	if c.err = m.detail(p, root, &d, code, files); c.err != nil {
		return
	}
	c.take(&d, named || slices.Contains(asked, d.Program.MainClass), isUsed)
}

// take makes an application of a module: one that its build names or that is asked for,
// or one that may be, where the build has no other and nothing uses it.
func (c *candidate) take(d *Detail, named, isUsed bool) {
	c.strength = detect.Manifest
	if d.Framework.Name != "" {
		c.strength = detect.Framework
	}
	if named {
		c.service = d
		return
	}
	main := d.Program.MainClass
	c.reason = "a library: it has a main class, " + main + ", and nothing that packs it to be run; --main " + main + " builds it all the same"
	if !isUsed {
		c.weak = d
	}
}

// hasProgram says whether a module has something to compile.
func hasProgram(files []string, dir string, roots []string) bool {
	return slices.ContainsFunc(files, func(file string) bool { return isMain(dir, file, roots) })
}

// mainClass settles the class that is started, where the program has to name one.
func (d *Detail) mainClass(code scanned, named bool, wanted []string) error {
	for _, want := range wanted {
		for _, m := range code.mains {
			if m.Name == want {
				d.Program.MainClass, d.Program.At, d.Program.Reason = m.Name, m.At, "chosen by --main"
				return nil
			}
		}
	}
	if d.Program.Shape != Thin && d.Program.Shape != Installed || d.Program.MainClass != "" {
		return nil
	}
	mains, reason := code.mains, "the only class with a main method"
	if marked := slices.DeleteFunc(slices.Clone(mains), func(m mainClass) bool { return !m.Spring }); len(mains) > 1 && len(marked) == 1 {
		mains, reason = marked, "the only class with a main method that is marked as the application of Spring Boot"
	}
	switch len(mains) {
	case 0:
		if named {
			return detect.Errorf(d.Program.At, "no main class is named, and none is found in the sources; name it with --main")
		}
		return nil
	case 1:
		d.Program.MainClass, d.Program.At, d.Program.Reason = mains[0].Name, mains[0].At, reason
		return nil
	}
	choice := &detect.ChoiceError{
		Subject: fmt.Sprintf("%s: %d classes with a main method, and the build names none of them", d.Name, len(mains)),
		Flag:    "--main",
	}
	for _, m := range mains {
		choice.Options = append(choice.Options, detect.Option{Value: m.Name, At: m.At})
	}
	return choice
}
