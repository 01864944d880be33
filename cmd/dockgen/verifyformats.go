package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/budget"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/docker"
	"github.com/dockgen/dockgen/internal/reports"
	"github.com/dockgen/dockgen/internal/show"
	"github.com/dockgen/dockgen/internal/verify"
)

// verifyFormats are the forms in which verify answers.
var verifyFormats = []string{"text", "json", "markdown", "junit", "github", "sarif", "html"}

// settle holds the form to those that there are.
func (v *verifying) settle(io *streams) error {
	switch {
	case v.format != "" && !slices.Contains(verifyFormats, v.format):
		return fmt.Errorf("--format %s: no such form; there are %s", v.format, strings.Join(verifyFormats, ", "))
	case v.format != "" && v.format != "json" && v.json:
		return fmt.Errorf("--format %s: --json asks for another", v.format)
	case v.json || v.format == "json":
		v.format, v.json, io.json = "json", true, true
	}
	return nil
}

// earlier reads the report that is compared with, where --against names a file.
func (v *verifying) earlier() (*verify.Report, error) {
	info, err := os.Stat(v.against)
	if v.against == "" || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || info.IsDir() {
		return nil, fmt.Errorf("--against %s: neither a file nor the reference of an image", v.against)
	}
	root, err := os.OpenRoot(filepath.Dir(v.against))
	if err != nil {
		return nil, fmt.Errorf("--against %s: %w", v.against, cause(err))
	}
	defer root.Close() // only read
	data, err := budget.ReadFile(root, filepath.Base(v.against))
	if err != nil {
		return nil, fmt.Errorf("--against %s: %w", v.against, cause(err))
	}
	var r verify.Report
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("--against %s: no answer of dockgen verify --json: %w", v.against, err)
	}
	if r.SchemaVersion != verify.SchemaVersion {
		return nil, fmt.Errorf("--against %s: its schemaVersion is %d, and this dockgen reads %d", v.against, r.SchemaVersion, verify.SchemaVersion)
	}
	return &r, nil
}

// otherImage reads the image that is compared with, and runs nothing of it.
func (v *verifying) otherImage(ctx context.Context) (r *verify.Report, err error) {
	d, err := docker.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close(ctx)) }()
	found, err := verify.Prove(ctx, verify.Request{Docker: d, Platform: v.platform}, []verify.Subject{verify.ForImage(v.against, "", config.Settled{})})
	if err == nil && len(found.Problems) > 0 {
		err = fmt.Errorf("--against %s: no file of that name, and %s", v.against, found.Problems[0].Message)
	}
	return &found, err
}

// tell prints a report in the form that is asked for.
func (v *verifying) tell(io *streams, r verify.Report, earlier *verify.Report) error {
	var data []byte
	var err error
	switch v.format {
	case "json":
		return printJSON(io.out, newVerifyAnswer(r, earlier))
	case "sarif":
		return printJSON(io.out, newSARIF(verifyFindings(r), verifyRules()))
	case "github":
		for _, f := range verifyFindings(r) {
			show.Command(io.out, annotation(f))
		}
		return nil
	case "markdown":
		data = reports.Markdown(r, earlier)
	case "junit":
		data, err = reports.JUnit(r)
	case "html":
		data, err = reports.HTML(r, earlier)
	default:
		proved{r}.words(io)
		printGrown(io, r, earlier)
		return nil
	}
	if err != nil {
		return err
	}
	return show.Data(io.out, data)
}

// verifyAnswer is a report with what has changed since an earlier one.
type verifyAnswer struct {
	verify.Report
	Changes []verifyChange `json:"changes,omitempty"`
}

type verifyChange struct {
	Image  string           `json:"image"`
	Before int64            `json:"before"` // bytes
	After  int64            `json:"after"`
	Grown  []reports.Growth `json:"grown"`
}

func newVerifyAnswer(r verify.Report, earlier *verify.Report) verifyAnswer {
	a := verifyAnswer{Report: r}
	for _, v := range r.Images {
		if old := reports.Before(v, r, earlier); old != nil {
			a.Changes = append(a.Changes, verifyChange{reports.Name(v), old.Size, v.Size, append([]reports.Growth{}, reports.Grown(*old, v)...)})
		}
	}
	return a
}

// printGrown says what is larger or smaller than before, and which instruction did it.
func printGrown(io *streams, r verify.Report, earlier *verify.Report) {
	for _, c := range newVerifyAnswer(r, earlier).Changes {
		say(io.out, fmt.Sprintf("%s: %s before, %s now", c.Image, show.Size(c.Before), show.Size(c.After)))
		var rows [][]string
		for _, g := range c.Grown {
			rows = append(rows, []string{"  " + reports.Change(g.Bytes), g.Path, strings.TrimSuffix(g.By+", "+g.At, ", ")})
		}
		table(io.out, rows)
	}
}

// verifyRules are the checks, as SARIF lists them.
func verifyRules() (all []sarifRule) {
	for _, c := range verify.Checks() {
		all = append(all, sarifRule{rule(c.ID), sarifText{c.Title}})
	}
	return append(all, sarifRule{ruleUnjudged, sarifText{"a service has an image that can be judged"}})
}

// ruleUnjudged is what has no image, or a check that could not be made.
const ruleUnjudged rule = "not-judged"

// verifyFindings are those of a report with the line of the Dockerfile that each is about.
func verifyFindings(r verify.Report) (all []finding) {
	for _, v := range r.Images {
		add := func(id, at, message string) {
			file, line := reports.Place(at)
			if file == "" {
				file = v.Dockerfile
			}
			all = append(all, finding{Rule: rule(id), Service: v.Service, File: file, Line: line, Message: reports.Name(v) + ": " + message})
		}
		for _, c := range v.Checks {
			for _, f := range c.Findings {
				add(c.ID, f.At, strings.TrimSuffix(f.What+"; "+f.Fix, "; "))
			}
			if c.State == verify.NotJudged {
				add(c.ID, "", strings.TrimSuffix("not judged: "+c.Seen+"; "+c.Fix, "; "))
			}
		}
	}
	for _, p := range r.Problems {
		file, line := reports.Place(p.At)
		all = append(all, finding{Rule: ruleUnjudged, Service: p.Service, File: file, Line: line, Message: p.Service + ": " + p.Message})
	}
	return all
}
