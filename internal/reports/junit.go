package reports

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/dockgen/dockgen/internal/show"
	"github.com/dockgen/dockgen/internal/verify"
)

// The elements of JUnit's XML that CI servers read, in the order that Jenkins' schema
// wants: https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Suites   []suite  `xml:"testsuite"`
}

type suite struct {
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Skipped  int        `xml:"skipped,attr"`
	Cases    []testCase `xml:"testcase"`
}

type testCase struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	File    string   `xml:"file,attr,omitempty"`
	Skipped *outcome `xml:"skipped"`
	Error   *outcome `xml:"error"`
	Failure *outcome `xml:"failure"`
	Out     string   `xml:"system-out,omitempty"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit is a report as test results: an image is a suite, a check a test. What could not
// be judged is an error, as a test that could not run is one.
func JUnit(r verify.Report) ([]byte, error) {
	all := suites{Name: "dockgen verify"}
	for _, v := range r.Images {
		s := suite{Name: show.Text(Name(v))}
		for _, c := range v.Checks {
			s.add(tested(v, c))
		}
		all.add(s)
	}
	for _, p := range r.Problems {
		name := show.Text(orDot(p.Service, p.Dir))
		s := suite{Name: name}
		s.add(testCase{Name: "it can be judged", Class: name, File: show.Text(file(p.At)), Error: &outcome{
			Message: show.Text(p.Message), Type: "build", Text: shown(append([]string{p.At, p.Step}, p.Log...)...),
		}})
		all.add(s)
	}
	data, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write JUnit's XML: %w", err)
	}
	return append([]byte(xml.Header), append(data, '\n')...), nil
}

func (s *suite) add(c testCase) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func (a *suites) add(s suite) {
	a.Tests, a.Failures, a.Errors = a.Tests+s.Tests, a.Failures+s.Failures, a.Errors+s.Errors
	a.Suites = append(a.Suites, s)
}

// tested is one check of an image.
func tested(v verify.Verdict, c verify.Result) testCase {
	t := testCase{Name: c.ID + " " + show.Text(c.Title), Class: show.Text(Name(v)), File: show.Text(v.Dockerfile)}
	switch c.State {
	case verify.Failed:
		t.Failure = &outcome{Type: c.ID}
		var lines []string
		for i, f := range c.Findings {
			if i == 0 {
				t.Failure.Message = show.Text(f.What)
			}
			lines = append(lines, f.What, labelled("expected", f.Expected), labelled("seen", f.Seen), labelled("where", place(f)), labelled("do", f.Fix))
		}
		t.Failure.Text = shown(lines...)
	case verify.NotJudged:
		t.Error = &outcome{Type: c.ID, Message: show.Text("not judged: " + c.Seen), Text: shown(c.Fix)}
	case verify.Skipped:
		t.Skipped = &outcome{Message: show.Text(c.Seen)}
	default:
		t.Out = show.Text(c.Seen)
	}
	return t
}

func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return "  " + label + ": " + text
}

// place is where a finding is, in words.
func place(f verify.Finding) string {
	var parts []string
	if f.Path != "" {
		parts = append(parts, f.Path)
	}
	if f.Layer > 0 {
		parts = append(parts, fmt.Sprintf("layer %d", f.Layer))
	}
	for _, part := range []string{short(f.By), f.At} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// shown are lines as a log may have them, without empty ones.
func shown(lines ...string) string {
	var all []string
	for _, line := range lines {
		for part := range strings.SplitSeq(line, "\n") {
			if part != "" {
				all = append(all, show.Line(part))
			}
		}
	}
	return strings.Join(all, "\n")
}

// file is the one of a place, "api/Dockerfile:14".
func file(at string) string {
	name, _ := Place(at)
	return name
}
