package sent

import (
	"github.com/dockgen/dockgen/detect"
)

// Change is what a build does again after a change of one file.
type Change struct {
	Dockerfile string   `json:"dockerfile"`
	Context    string   `json:"context"`
	KeptOut    *Kept    `json:"keptOut,omitempty"` // the file, by the ignore file
	IgnoreFile string   `json:"ignoreFile,omitempty"`
	Itself     string   `json:"itself,omitempty"` // what of the build the file is: "Dockerfile" or "ignore file"
	Repeats    []Repeat `json:"repeats"`
}

// Repeat is an instruction that is repeated.
type Repeat struct {
	Stage       string `json:"stage"`
	Line        int    `json:"line"`
	Instruction string `json:"instruction"` // its first line
	If          bool   `json:"ifOutputChanges"`
	Why         string `json:"why"`

	Number int `json:"-"` // of the instructions of its stage that make files, from 1
}

// Change says what a build does again after a change of a file, which is nil where the
// file lies outside of its context.
func (f *Files) Change(s Source, file string) (*Change, error) {
	name, inside := detect.Below(s.Context, file)
	b, err := f.read(s)
	if err != nil {
		return nil, err
	}
	c := &Change{Dockerfile: s.File, Context: s.Context, IgnoreFile: b.IgnoreFile, Repeats: []Repeat{}}
	switch file {
	case s.File:
		c.Itself = "Dockerfile"
	case b.IgnoreFile:
		c.Itself = "ignore file"
	}
	if !inside {
		if c.Itself == "" {
			return nil, nil
		}
		return c, nil
	}
	if line, hidden := b.ignore.HiddenBy(name); hidden {
		c.KeptOut = &Kept{name, line, b.ignore.PatternAt(line)}
		return c, nil
	}
	for _, r := range b.image.Repeats(name) {
		c.Repeats = append(c.Repeats, Repeat{r.Stage, r.Line, b.instruction(r.Line), r.If, r.Why, r.Number})
	}
	return c, nil
}
