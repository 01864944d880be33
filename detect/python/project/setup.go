package project

import (
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
)

// setup is what setup.cfg and setup.py say, as far as it stands there in plain words
// (https://setuptools.pypa.io/en/latest/userguide/declarative_config.html).
type setup struct {
	name     string
	requires []Requirement
	python   Constraint
	scripts  map[string]string
	dynamic  bool // what it requires is computed
	at       detect.Evidence
}

// readSetupCfg reads a setup.cfg. It describes a project where it has [options].
func readSetupCfg(t *detect.Tree, file string) (s setup, declares bool, err error) {
	text, err := readText(t, file)
	if err != nil {
		return s, false, err
	}
	s = setup{scripts: map[string]string{}, at: detect.Evidence{File: file}}
	values, err := parseINI(file, text)
	if err != nil {
		return s, false, err
	}
	for _, v := range values {
		switch v.section + "." + v.key {
		case "metadata.name":
			s.name = v.value()
		case "options.python_requires":
			s.python = Constraint{Text: v.value(), Specifier: v.value(), At: v.at(file, 0)}
		case "options.install_requires":
			for i, line := range v.lines {
				r, err := ParseRequirement(line)
				if strings.HasPrefix(line, "file:") {
					s.dynamic = true
					continue
				}
				if err != nil {
					return s, false, detect.Errorf(v.at(file, i), "%q: %w", line, err)
				}
				r.At = v.at(file, i)
				s.requires = append(s.requires, r)
			}
		case "options.entry_points.console_scripts":
			for _, line := range v.lines {
				if name, target, ok := strings.Cut(line, "="); ok {
					s.scripts[strings.TrimSpace(name)] = strings.TrimSpace(target)
				}
			}
		}
		declares = declares || v.section == "options" || v.section == "metadata"
	}
	return s, declares, nil
}

// entry is one key of an INI file with the lines of its value.
type entry struct {
	section, key string
	lines        []string
	numbers      []int
	line         int
}

func (e entry) value() string { return strings.Join(e.lines, " ") }

func (e entry) at(file string, i int) detect.Evidence {
	if i < len(e.numbers) {
		return detect.Evidence{File: file, Line: e.numbers[i]}
	}
	return detect.Evidence{File: file, Line: e.line}
}

// parseINI reads an INI file as Python's configparser does: a line that is indented
// goes on with the value above (https://docs.python.org/3/library/configparser.html).
func parseINI(file, text string) ([]entry, error) {
	var all []entry
	section, n := "", 0
	for line := range strings.Lines(text) {
		n++
		bare := strings.TrimSpace(line)
		switch {
		case bare == "" || bare[0] == '#' || bare[0] == ';':
		case (line[0] == ' ' || line[0] == '\t') && len(all) > 0 && all[len(all)-1].section == section:
			last := &all[len(all)-1]
			last.lines, last.numbers = append(last.lines, bare), append(last.numbers, n)
		case bare[0] == '[':
			end := strings.IndexByte(bare, ']')
			if end < 0 {
				return nil, detect.Errorf(detect.Evidence{File: file, Line: n}, "a section without its ]")
			}
			section = strings.TrimSpace(bare[1:end])
		case section == "":
			return nil, detect.Errorf(detect.Evidence{File: file, Line: n}, "%q stands before any [section]", bare)
		default:
			i := strings.IndexAny(bare, "=:")
			if i < 0 {
				return nil, detect.Errorf(detect.Evidence{File: file, Line: n}, "%q is neither a section nor a key with a value", bare)
			}
			e := entry{section: section, key: strings.ReplaceAll(strings.ToLower(strings.TrimSpace(bare[:i])), "-", "_"), line: n}
			if v := strings.TrimSpace(bare[i+1:]); v != "" {
				e.lines, e.numbers = []string{v}, []int{n}
			}
			all = append(all, e)
		}
	}
	return all, nil
}

// Setting is one value of an INI file. Its key has _ in place of -.
type Setting struct {
	Section, Key, Value string
	At                  detect.Evidence
}

// Settings reads an INI file of a tool.
func Settings(t *detect.Tree, file string) ([]Setting, error) {
	text, err := readText(t, file)
	if err != nil {
		return nil, err
	}
	entries, err := parseINI(file, text)
	var all []Setting
	for _, e := range entries {
		all = append(all, Setting{e.section, e.key, e.value(), e.at(file, 0)})
	}
	return all, err
}

// readSetupPy finds what a setup.py gives to setup() in plain words.
func readSetupPy(file, text string) (setup, error) {
	m := source.Parse(file, text)
	s := setup{scripts: map[string]string{}, at: detect.Evidence{File: file}}
	if m.Err != nil {
		return s, m.Err
	}
	for _, call := range m.Calls {
		if call.Text != "setup" && !strings.HasSuffix(call.Text, ".setup") {
			continue
		}
		s.at.Line = call.Line
		if v, ok := call.Keyword("name"); ok && v.Form == source.Text {
			s.name = v.Text
		}
		if v, ok := call.Keyword("python_requires"); ok && v.Form == source.Text {
			s.python = Constraint{Text: v.Text, Specifier: v.Text, At: detect.Evidence{File: file, Line: v.Line}}
		}
		if v, ok := call.Keyword("install_requires"); ok {
			if err := s.list(file, m.Value(v)); err != nil {
				return s, err
			}
		}
		if v, ok := call.Keyword("entry_points"); ok {
			s.entryPoints(m.Value(v))
		}
	}
	return s, nil
}

func (s *setup) list(file string, e source.Expression) error {
	if e.Form != source.List {
		s.dynamic = true
		return nil
	}
	for _, a := range e.Args {
		if a.Value.Form != source.Text {
			s.dynamic = true
			continue
		}
		r, err := ParseRequirement(a.Value.Text)
		at := detect.Evidence{File: file, Line: a.Value.Line}
		if err != nil {
			return detect.Errorf(at, "%q: %w", a.Value.Text, err)
		}
		r.At = at
		s.requires = append(s.requires, r)
	}
	return nil
}

func (s *setup) entryPoints(e source.Expression) {
	scripts, ok := e.Keyword("console_scripts")
	if !ok {
		return
	}
	for _, line := range append(scripts.Texts(), scripts.Text) {
		if name, target, ok := strings.Cut(line, "="); ok {
			s.scripts[strings.TrimSpace(name)] = strings.TrimSpace(target)
		}
	}
}
