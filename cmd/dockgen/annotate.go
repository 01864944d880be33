package main

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/dockgen/dockgen/internal/show"
)

// annotation is a finding as GitHub Actions takes it from a log:
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
func annotation(f finding) string {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	said := []string{f.Message}
	if f.err != nil {
		said = lines(f.err)
	}
	for i := range said {
		said[i] = show.Text(said[i])
	}
	place := ""
	if f.File != "" {
		place = "file=" + property.Replace(show.Text(f.File)) + ","
	}
	if f.Line > 0 {
		place += fmt.Sprintf("line=%d,", f.Line)
	}
	return fmt.Sprintf("::error %stitle=%s::%s", place, property.Replace("dockgen: "+string(f.Rule)), data.Replace(strings.Join(said, "\n")))
}

// The part of SARIF 2.1.0 that findings need:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type sarif struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	} `json:"driver"`
}

type sarifRule struct {
	ID          rule      `json:"id"`
	Description sarifText `json:"shortDescription"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    rule            `json:"ruleId"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	} `json:"physicalLocation"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

// sarifRules are those of check.
func sarifRules() (all []sarifRule) {
	for _, r := range rules {
		all = append(all, sarifRule{r.id, sarifText{r.text}})
	}
	return all
}

func newSARIF(findings []finding, rules []sarifRule) sarif {
	var tool sarifTool
	tool.Driver.Name, tool.Driver.Rules = "dockgen", rules
	results := []sarifResult{}
	for _, f := range findings {
		var at sarifLocation
		at.Physical.Artifact.URI = (&url.URL{Path: f.File}).EscapedPath()
		if f.Line > 0 {
			at.Physical.Region = &sarifRegion{f.Line}
		}
		result := sarifResult{f.Rule, "error", sarifText{f.Message}, []sarifLocation{}}
		if f.File != "" {
			result.Locations = append(result.Locations, at)
		}
		results = append(results, result)
	}
	return sarif{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{{tool, results}},
	}
}
