package reports

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/show"
	"github.com/dockgen/dockgen/internal/verify"
)

//go:embed page.html
var pageText string

// page is what the template prints: a template decides nothing.
type page struct {
	Earlier  bool
	Images   []pageImage
	Problems []pageProblem
	Pictures [][]picture // of each image, for the script
}

type pageImage struct {
	ID                               int
	Name, State, Class               string
	Size, Before, Change             string
	Own, Layers, Wasted, Start, Stop string
	About                            string // platform, base
	Failed, Rest                     []pageCheck
	Grown                            []pageGrown
	Waste                            []pageWaste
	Pictures                         []picture
}

type pageCheck struct {
	ID, Title, State, Class, Seen, Fix string
	Findings                           []pageFinding
}

type pageFinding struct{ What, Place, Expected, Seen, Fix string }

type pageGrown struct{ Change, Path, By, At string }

type pageWaste struct{ Size, Path, Cause, By string }

type pageProblem struct{ Name, Message, At, Log string }

// picture is a size that is made of others: what is drawn and clicked through.
type picture struct {
	Name     string    `json:"n"`
	Bytes    int64     `json:"b"`
	Size     string    `json:"-"`
	Note     string    `json:"t,omitempty"` // what made it
	Children []picture `json:"c,omitempty"`
}

// HTML is a report as one page that asks nobody for anything: what is wrong, and each
// image's size as a picture of layers, folders and packages to click through.
func HTML(r verify.Report, earlier *verify.Report) ([]byte, error) {
	p := page{Earlier: earlier != nil}
	for i, v := range r.Images {
		image := newImage(v, Before(v, r, earlier))
		image.ID = i
		p.Images = append(p.Images, image)
		p.Pictures = append(p.Pictures, image.Pictures)
	}
	for _, problem := range r.Problems {
		p.Problems = append(p.Problems, pageProblem{
			show.Text(orDot(problem.Service, problem.Dir)), show.Text(problem.Message), show.Text(problem.At), shown(append([]string{problem.Step}, problem.Log...)...),
		})
	}
	set, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("the page of verify: %w", err)
	}
	var b bytes.Buffer
	if err := set.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("the page of verify: %w", err)
	}
	return b.Bytes(), nil
}

func newImage(v verify.Verdict, old *verify.Verdict) pageImage {
	p := pageImage{
		Name: show.Text(Name(v)), State: string(v.State), Class: class(v.State), Size: show.Size(v.Size), Own: show.Size(v.Size - v.Base.Size),
		Layers: fmt.Sprint(len(v.Layers)), Wasted: show.Size(v.Wasted), Start: since(v.Start), Stop: since(v.Stop), Before: "–", Change: "new",
		About: about(v), Pictures: pictures(v),
	}
	if old != nil {
		p.Before, p.Change = show.Size(old.Size), Change(v.Size-old.Size)
		for _, g := range Grown(*old, v) {
			p.Grown = append(p.Grown, pageGrown{Change(g.Bytes), show.Text(g.Path), show.Text(g.By), show.Text(g.At)})
		}
	}
	for _, c := range v.Checks {
		check := newCheck(c)
		if c.State == verify.Failed || c.State == verify.NotJudged {
			p.Failed = append(p.Failed, check)
		} else {
			p.Rest = append(p.Rest, check)
		}
	}
	for _, w := range v.Waste {
		p.Waste = append(p.Waste, pageWaste{show.Size(w.Bytes), show.Text(w.Path), show.Text(w.Cause), show.Text(strings.TrimSuffix(w.By+", "+w.At, ", "))})
	}
	return p
}

func about(v verify.Verdict) string {
	text := v.Platform
	if v.Base.Layers > 0 {
		text += fmt.Sprintf(", on %s (%s, %s)", orDot(v.Base.Image, "a base"), show.Size(v.Base.Size), v.Base.How)
	}
	return show.Text(text)
}

func class(s verify.State) string { return strings.ReplaceAll(string(s), " ", "-") }

func newCheck(c verify.Result) pageCheck {
	p := pageCheck{ID: c.ID, Title: show.Text(c.Title), State: string(c.State), Class: class(c.State), Seen: show.Text(c.Seen), Fix: show.Text(c.Fix)}
	for _, f := range c.Findings {
		p.Findings = append(p.Findings, pageFinding{show.Text(f.What), show.Text(place(f)), show.Text(f.Expected), show.Text(f.Seen), show.Text(f.Fix)})
	}
	return p
}

// pictures are the views of one image: by layers, by folders, by packages where it has any.
func pictures(v verify.Verdict) []picture {
	layers := picture{Name: "layers"}
	for i, l := range v.Layers {
		one := drawn(l.Folders)
		one.Name, one.Bytes, one.Note = fmt.Sprintf("layer %d", i+1), l.Size, show.Text(strings.TrimSuffix(l.Instruction+", "+l.At, ", "))
		if !l.Own {
			one.Name += ", of the base"
		}
		layers.Bytes += l.Size
		layers.Children = append(layers.Children, one)
	}
	folders := drawn(v.Folders)
	folders.Name = "folders"
	all := []picture{layers, folders}
	if packages := packaged(v.Folders); len(packages.Children) > 0 {
		all = append(all, packages)
	}
	for i := range all {
		all[i].sizes()
	}
	return all
}

// sizes says each size in words.
func (p *picture) sizes() {
	p.Size = show.Size(p.Bytes)
	for i := range p.Children {
		p.Children[i].sizes()
	}
}

func drawn(f verify.Folder) picture {
	p := picture{Name: show.Text(f.Name), Bytes: f.Size}
	for _, child := range f.Children {
		p.Children = append(p.Children, drawn(child))
	}
	return p
}

// libraries are folders in which each entry is a package.
var libraries = []string{"node_modules", "site-packages", "dist-packages", "BOOT-INF/lib", "gems"}

// packaged gathers the packages of a file system, the largest first.
func packaged(root verify.Folder) picture {
	all := picture{Name: "packages"}
	var visit func(at string, f verify.Folder)
	visit = func(at string, f verify.Folder) {
		in := slices.ContainsFunc(libraries, func(l string) bool { return strings.HasSuffix(at, "/"+l) })
		for _, child := range f.Children {
			name := path.Join(at, child.Name)
			switch {
			case in && strings.HasPrefix(child.Name, "@"):
				for _, scoped := range child.Children {
					all.add(child.Name+"/"+scoped.Name, scoped)
				}
			case in && !strings.HasPrefix(child.Name, "."):
				all.add(child.Name, child)
			default:
				visit(name, child)
			}
		}
	}
	visit("/", root)
	slices.SortStableFunc(all.Children, func(a, b picture) int { return int(min(1, max(-1, b.Bytes-a.Bytes))) })
	return all
}

func (p *picture) add(name string, f verify.Folder) {
	one := drawn(f)
	one.Name = show.Text(name)
	p.Children = append(p.Children, one)
	p.Bytes += one.Bytes
}
