package engine

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/proof"
)

// linesRead lets what the lines of a dockgen.toml copy by name into the build: it has to
// be there, in its context.
func (c *candidate) linesRead(t *detect.Tree, ignore plan.Ignore) (plan.Ignore, error) {
	for _, l := range c.settled.Lines {
		stages, err := dockerfile.Parse([]byte("FROM scratch\n" + l.Text + "\n"))
		if err != nil {
			continue // which whoever puts them there says
		}
		for _, source := range contextSources(stages) {
			name := path.Clean(strings.TrimLeft(source, "/"))
			_, folder := t.Folder(path.Join(c.Plan.Context, name))
			if !folder && !t.Has(path.Join(c.Plan.Context, name)) {
				return ignore, detect.Errorf(l.At, "lines: it copies %s: no such file or folder in the context of %s, %s", source, c.Service.Name, c.Plan.Context)
			}
			if name == "." {
				continue
			}
			if ignore, err = ignore.LetThrough(name, folder); err != nil {
				return ignore, detect.Errorf(l.At, "lines: %w", err)
			}
			matcher, err := dockerfile.ParseIgnore([]byte(strings.Join(ignore.Lines(), "\n")))
			if there, _ := (proof.Sent{Tree: t, Ignore: matcher, Dir: c.Plan.Context}).Has(name); err == nil && !there {
				return ignore, detect.Errorf(l.At, "lines: it copies %s, of which the ignore file lets nothing through; copy the files in it by their names", source)
			}
		}
	}
	return ignore, nil
}

// contextSources lists what stages copy from the context by a plain name.
func contextSources(stages []dockerfile.Content) (sources []string) {
	for _, s := range stages {
		for _, step := range s.Steps {
			for _, source := range step.Sources {
				elsewhere := step.From != "" || strings.Contains(source, "://") || strings.HasPrefix(source, "git@")
				if !elsewhere && !strings.ContainsAny(source, "$*?[") {
					sources = append(sources, source)
				}
			}
		}
	}
	return sources
}

// Copied says what a Dockerfile that a person edited copies from the context, and dockgen
// would not, where that is not there or the ignore file hides it.
func (e *Engine) Copied(t *detect.Tree, o Outcome, edited, ignore []byte) (notes []string) {
	stages, err := dockerfile.Parse(edited)
	matcher, ignoreErr := dockerfile.ParseIgnore(ignore)
	everything, noneErr := dockerfile.ParseIgnore(nil)
	if err != nil || ignoreErr != nil || noneErr != nil {
		return nil // a file in the middle of an edit; the build says what is wrong
	}
	missing := func(ignore *dockerfile.Ignore) []proof.Finding { return e.Image(t, o, stages, ignore).Copied() }
	absent := missing(everything)
	for _, f := range missing(matcher) {
		if slices.ContainsFunc(o.Proof, func(known proof.Finding) bool { return known.What == f.What && known.By == f.By }) {
			continue // dockgen's own, which is said elsewhere
		}
		place := strings.Replace(f.Where, "Dockerfile", o.Dockerfile, 1)
		if slices.ContainsFunc(absent, func(a proof.Finding) bool { return a.Where == f.Where && a.What == f.What }) {
			notes = append(notes, fmt.Sprintf("%s: %s %s, which is not in the context, %s", place, f.By, f.What, o.Plan.Context))
			continue
		}
		notes = append(notes, fmt.Sprintf("%s: %s %s, which the ignore file hides; a line !%s at its end lets it through", place, f.By, f.What, strings.Trim(f.What, "/")))
	}
	return notes
}

// says fills what is told of a service from the stages of a template of the user's.
func (c *candidate) says(stages []dockerfile.Content) {
	bases := map[string]string{}
	user, first, last := "", "", ""
	var ports []plan.Port
	for _, s := range stages {
		last = s.Base
		if base, stage := bases[s.Base]; stage {
			last = base
		}
		if bases[s.Name] = last; first == "" {
			first = last
		}
		user, ports = "", nil
		for _, step := range s.Steps {
			switch step.Name {
			case "USER":
				user = step.Words[0]
			case "EXPOSE":
				for _, word := range step.Words {
					number, protocol, _ := strings.Cut(word, "/")
					if n, err := strconv.Atoi(number); err == nil {
						ports = append(ports, plan.Port{Number: n, UDP: strings.EqualFold(protocol, "udp")})
					}
				}
			}
		}
	}
	c.Plan.Ports = ports
	c.Plan.Summary.Purpose = ""
	if len(ports) > 0 {
		c.Plan.Summary.Purpose = fmt.Sprintf("listens on %s", ports[0])
	}
	c.Plan.Summary.Images = first
	if first != last {
		c.Plan.Summary.Images += " → " + last
	}
	if user != "" {
		c.Plan.Summary.Images += ", " + user
	}
}

// replacedBy changes what the decisions say of an image that another took the place of:
// why it was chosen is no reason for that one.
func (c *candidate) replacedBy(old, image string) {
	for i, d := range c.Plan.Decisions {
		if d.Value == old && d.Name != "image" {
			reason := "in the place of " + old
			_, tag := catalog.Split(old)
			if _, kept := catalog.Split(image); kept == tag && d.Name != "runtime" {
				reason = d.Reason + "; " + reason
			}
			c.Plan.Decisions[i].Value, c.Plan.Decisions[i].Reason = image, reason
		}
	}
}

// unused says which images that a dockgen.toml replaces, or gives a mirror, no Dockerfile
// of the repository names.
func unused(all []candidate) (lines []string) {
	used, images := map[string]bool{}, []string(nil)
	for _, c := range all {
		if !c.asked || c.Err != nil {
			return nil // one that may use it
		}
		for _, d := range c.Plan.Decisions {
			if strings.HasPrefix(d.Key, "images.") {
				used[d.Source] = true
			}
		}
		for _, image := range c.images {
			if name, _ := catalog.Split(image); !slices.Contains(images, name) {
				images = append(images, name)
			}
		}
	}
	slices.Sort(images)
	for _, c := range all {
		for _, key := range c.settled.Keys() {
			if !strings.HasPrefix(key, "images.replace.") && !strings.HasPrefix(key, "images.mirror.") {
				continue
			}
			if source := c.settled.Origins(key)[0].String(); !used[source] {
				used[source] = true
				lines = append(lines, fmt.Sprintf("%s is for no image here; there are %s", source, strings.Join(images, ", ")))
			}
		}
	}
	return lines
}
