package reports

import (
	"fmt"
	"strings"

	"github.com/dockgen/dockgen/internal/show"
	"github.com/dockgen/dockgen/internal/verify"
)

// Marker begins the Markdown, so that whoever posts it finds the comment that it is to
// replace.
const Marker = "<!-- dockgen verify -->"

// mostGrown is how many changes of one image are listed.
const mostGrown = 5

// Markdown is a comment on a pull request: a table, what is wrong, and, against an earlier
// report, what grew and which instruction did it.
func Markdown(r verify.Report, earlier *verify.Report) []byte {
	lines := []string{Marker}
	if len(r.Images) > 0 {
		lines = append(lines, sizes(r, earlier)...)
	}
	for _, p := range r.Problems {
		text := fmt.Sprintf("- **%s could not be judged**: %s", Words(orDot(p.Service, p.Dir)), Words(p.Message))
		if p.At != "" {
			text += " (" + code(p.At) + ")"
		}
		lines = append(lines, text)
	}
	for _, v := range r.Images {
		lines = append(lines, wrong(v)...)
	}
	for _, v := range r.Images {
		if old := Before(v, r, earlier); old != nil {
			lines = append(lines, grew(v, *old)...)
		}
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}

func orDot(service, dir string) string {
	if service != "" {
		return service
	}
	return dir
}

// sizes is the table.
func sizes(r verify.Report, earlier *verify.Report) (lines []string) {
	head, rule := "| image | | size |", "|---|---|--:|"
	if earlier != nil {
		head, rule = head+" before | change |", rule+"--:|--:|"
	}
	lines = append(lines, head+" of its own | layers | wasted | starts | stops |", rule+"--:|--:|--:|--:|--:|")
	for _, v := range r.Images {
		row := fmt.Sprintf("| %s | %s | %s |", Words(Name(v)), sign(v.State), show.Size(v.Size))
		if earlier != nil {
			before, by := "–", "new"
			if old := Before(v, r, earlier); old != nil {
				before, by = show.Size(old.Size), Change(v.Size-old.Size)
			}
			row += fmt.Sprintf(" %s | %s |", before, by)
		}
		row += fmt.Sprintf(" %s | %d | %s | %s | %s |", show.Size(v.Size-v.Base.Size), len(v.Layers), show.Size(v.Wasted), since(v.Start), since(v.Stop))
		lines = append(lines, row)
	}
	return append(lines, "")
}

func sign(s verify.State) string {
	return map[verify.State]string{verify.Passed: "✔ passed", verify.Failed: "✖ **failed**", verify.NotJudged: "◌ not judged"}[s]
}

func since(seconds float64) string {
	if seconds == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f s", seconds)
}

// wrong are the findings of one image, and what was not judged.
func wrong(v verify.Verdict) (lines []string) {
	for _, c := range v.Checks {
		for _, f := range c.Findings {
			text := fmt.Sprintf("- **%s** %s: %s", Words(Name(v)), c.ID, Words(f.What))
			if f.By != "" {
				text += " by " + code(f.By)
			}
			if f.At != "" {
				text += " (" + code(f.At) + ")"
			}
			lines = append(lines, text+"; "+Words(f.Fix))
		}
		if c.State == verify.NotJudged {
			lines = append(lines, strings.TrimSuffix(fmt.Sprintf("- **%s** %s not judged: %s; %s", Words(Name(v)), c.ID, Words(c.Seen), Words(c.Fix)), "; "))
		}
	}
	return lines
}

// grew is what is larger or smaller than before.
func grew(v, old verify.Verdict) (lines []string) {
	all := Grown(old, v)
	for _, g := range all[:min(len(all), mostGrown)] {
		text := fmt.Sprintf("- %s: %s", Words(Name(v)), Change(g.Bytes))
		if g.Path != "" && g.Path != "/" {
			text += " " + code(g.Path)
		}
		text += " by " + code(short(g.By))
		if g.At != "" {
			text += " (" + code(g.At) + ")"
		}
		lines = append(lines, text)
	}
	if more := len(all) - mostGrown; more > 0 {
		lines = append(lines, fmt.Sprintf("- %s: %d smaller changes", Words(Name(v)), more))
	}
	return lines
}

// longest is how many characters of an instruction are shown.
const longest = 80

func short(instruction string) string {
	if runes := []rune(instruction); len(runes) > longest {
		return string(runes[:longest]) + " …"
	}
	return instruction
}

// code is a text as Markdown shows it letter by letter.
func code(text string) string {
	text = show.Text(text)
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// special is what means something in Markdown, or calls somebody.
const special = "\\`*_[]<>|~&"

// Words is a text in which nothing means anything to Markdown. What calls somebody, another
// issue or a link is broken by a mark without a width.
func Words(text string) string {
	var b strings.Builder
	text = show.Text(text)
	text = strings.ReplaceAll(strings.ReplaceAll(text, "://", ":/\u200b/"), "www.", "www\u200b.")
	for _, c := range text {
		if strings.ContainsRune(special, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
		if c == '@' || c == '#' {
			b.WriteRune('\u200b')
		}
	}
	return b.String()
}
