package project

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// requirements is what a requirements file says, with those that it includes
// (https://pip.pypa.io/en/stable/reference/requirements-file-format/).
type requirements struct {
	Files   []string // it and what it includes and is constrained by, from the root
	All     []Requirement
	Local   []Local
	Indexes []Index
	Hashed  bool // a requirement carries a hash, so all have to
}

// Local is a folder or a file of the project that is required.
type Local struct {
	Path string // from the root
	At   detect.Evidence
}

// Index is a place that packages come from, beside PyPI.
type Index struct {
	Name string // uv's and Poetry's name for it, or none
	URL  string
	At   detect.Evidence
}

// requirementsReader follows the includes of a requirements file.
type requirementsReader struct {
	tree *detect.Tree
	open []string // the files that are being read, each included by the one before
	requirements
}

// readRequirements reads a requirements file. An error has its place.
func readRequirements(t *detect.Tree, file string) (requirements, error) {
	r := &requirementsReader{tree: t}
	err := r.file(file, false)
	return r.requirements, err
}

func (r *requirementsReader) file(file string, constraint bool) error {
	if slices.Contains(r.open, file) {
		return detect.Errorf(detect.Evidence{File: file}, "it includes itself, by way of %s", strings.Join(append(r.open, file), ", "))
	}
	if slices.Contains(r.Files, file) {
		return nil
	}
	r.Files = append(r.Files, file)
	text, err := readText(r.tree, file)
	if err != nil {
		return err
	}
	r.open = append(r.open, file)
	defer func() { r.open = r.open[:len(r.open)-1] }()
	var errs []error
	n, joined, first := 0, "", 0
	for line := range strings.Lines(text) {
		if n++; joined == "" {
			first = n
		}
		line = strings.TrimRight(line, "\r\n")
		if head, ok := strings.CutSuffix(line, `\`); ok && !isComment(line) {
			joined += head + " "
			continue
		}
		errs = append(errs, r.line(file, joined+line, first, constraint))
		joined = ""
	}
	return errors.Join(append(errs, r.line(file, joined, first, constraint))...)
}

func isComment(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "#") }

// comment begins at the start of a line or behind a blank.
var comment = pattern.New(`(^|\s)#.*$`)

func (r *requirementsReader) line(file, text string, n int, constraint bool) error {
	at := detect.Evidence{File: file, Line: n}
	text = strings.TrimSpace(comment.ReplaceAllString(text, ""))
	if text == "" {
		return nil
	}
	if strings.HasPrefix(text, "-") {
		return r.option(file, text, at)
	}
	text, options, _ := strings.Cut(text, " --")
	r.Hashed = r.Hashed || strings.Contains(options, "hash")
	if isPath(text) {
		return r.local(file, text, at)
	}
	parse := ParseRequirement
	if isAddress.MatchString(text) {
		parse = fromAddress
	}
	one, err := parse(text)
	if err != nil {
		return detect.Errorf(at, "%w", err)
	}
	one.At = at
	if constraint {
		return nil
	}
	if isPath(one.URL) {
		return r.local(file, one.URL, at)
	}
	if strings.HasPrefix(one.URL, "file://") {
		return detect.Errorf(at, "%s comes from a file of another machine; name a version", one.Name)
	}
	if slices.Contains(windowsOnly, one.Name) && one.Marker == "" {
		return detect.Errorf(at, "%s is for Windows alone; write it as %s ; sys_platform == 'win32'", one.Name, text)
	}
	r.All = append(r.All, one)
	return nil
}

// windowsOnly are distributions that cannot be installed elsewhere.
var windowsOnly = []string{"pypiwin32", "pywin32", "pywinpty", "windows-curses"}

// isPath knows folders and files from names and addresses.
func isPath(text string) bool {
	if rest, ok := strings.CutPrefix(text, "file:"); ok {
		return !strings.HasPrefix(rest, "//")
	}
	bare, _, _ := strings.Cut(text, "[")
	return bare == "." || strings.HasPrefix(bare, "./") || strings.HasPrefix(bare, "../") ||
		!strings.Contains(text, "://") && !strings.Contains(text, "@") && (strings.HasSuffix(bare, ".whl") || strings.HasSuffix(bare, ".tar.gz") || strings.Contains(bare, "/"))
}

// IsArchive knows what is installed as it is from what is built.
func (l Local) IsArchive() bool {
	return strings.HasSuffix(l.Path, ".whl") || strings.HasSuffix(l.Path, ".gz") || strings.HasSuffix(l.Path, ".zip")
}

// local notes a folder or file of the project.
func (r *requirementsReader) local(file, text string, at detect.Evidence) error {
	text, _, _ = strings.Cut(strings.TrimPrefix(text, "file:"), "[")
	text, _, _ = strings.Cut(text, ";")
	// pip reads these from where it runs, which is the folder of the first file
	place := path.Join(path.Dir(r.open[0]), strings.TrimSpace(text))
	if place == ".." || strings.HasPrefix(place, "../") {
		return detect.Errorf(at, "%s lies outside of the repository", text)
	}
	if !r.tree.IsFolder(place) && !r.tree.Has(place) {
		return detect.Errorf(at, "%s is not there", place)
	}
	r.Local = append(r.Local, Local{place, at})
	return nil
}

// option reads a line that begins with a dash. Options that change nothing for an
// image are left to pip.
func (r *requirementsReader) option(file, text string, at detect.Evidence) error {
	name, value := splitOption(text)
	switch name {
	case "-r", "--requirement", "-c", "--constraint":
		return r.include(file, value, at, strings.HasSuffix(name, "c") || strings.HasSuffix(name, "constraint"))
	case "-e", "--editable":
		if isPath(value) || r.tree.IsFolder(path.Join(path.Dir(r.open[0]), value)) {
			return r.local(file, value, at)
		}
		one, err := fromAddress(value)
		if err != nil {
			return detect.Errorf(at, "%w", err)
		}
		one.At = at
		r.All = append(r.All, one)
	case "-i", "--index-url", "--extra-index-url", "-f", "--find-links":
		if value == "" {
			return detect.Errorf(at, "%s without a value", name)
		}
		r.Indexes = append(r.Indexes, Index{URL: value, At: at})
	case "--no-index", "--no-binary", "--only-binary", "--prefer-binary", "--require-hashes", "--pre", "--trusted-host", "--use-feature":
	default:
		return detect.Errorf(at, "%s is no option of a requirements file", name)
	}
	return nil
}

// splitOption takes "-r x", "-rx", "--requirement x" and "--requirement=x" apart.
func splitOption(text string) (name, value string) {
	if i := strings.IndexAny(text, " \t="); i > 0 {
		name, value = text[:i], strings.TrimSpace(strings.Trim(text[i:], "= \t"))
	} else {
		name = text
	}
	if len(name) > 2 && name[1] != '-' {
		name, value = name[:2], name[2:]+value
	}
	return name, strings.Trim(value, `"'`)
}

func (r *requirementsReader) include(file, value string, at detect.Evidence, constraint bool) error {
	if strings.Contains(value, "://") {
		return nil // pip fetches it
	}
	target := path.Join(path.Dir(file), value)
	if value == "" || !r.tree.Has(target) {
		return detect.Errorf(at, "the file %q that it names is not there", value)
	}
	return r.file(target, constraint)
}

// isAddress knows a requirement that is an address alone.
var isAddress = pattern.New(`^(git|hg|svn|bzr)\+[a-z+]+://|^https?://`)

// archiveName is the distribution of an archive's name: thing-1.0.tar.gz.
var archiveName = pattern.New(`^(.+?)-v?[0-9]`)

// fromAddress reads a requirement that is an address, or one with a name before it.
// The name of an address stands behind #egg=, or else is that of what it points to.
func fromAddress(value string) (Requirement, error) {
	if name, url, ok := strings.Cut(value, "@"); ok && strings.Contains(url, "+") && !strings.Contains(name, ":") {
		return ParseRequirement(value)
	}
	url, marker, _ := strings.Cut(value, " ;")
	if !strings.Contains(url, "://") {
		return Requirement{}, fmt.Errorf("%s is neither a folder nor an address", value)
	}
	address, fragment, _ := strings.Cut(url, "#")
	_, name, ok := strings.Cut(fragment, "egg=")
	if ok {
		name, _, _ = strings.Cut(name, "&")
		name, _, _ = strings.Cut(name, "[")
	} else {
		name, _, _ = strings.Cut(path.Base(address), "@")
		name = strings.TrimSuffix(name, ".git")
		if m := archiveName.FindStringSubmatch(name); m != nil {
			name = m[1]
		}
	}
	return Requirement{Name: Normalise(name), URL: strings.TrimSpace(url), Marker: strings.TrimSpace(marker)}, nil
}

// Public is the address without a password.
func (i Index) Public() string {
	user, _, _ := i.Authority()
	if user == "" || strings.Contains(user, "${") {
		return i.URL
	}
	return strings.Replace(i.URL, user+"@", "", 1)
}

// Authority takes the user, with a password behind it, and the host out of the address.
func (i Index) Authority() (user, host string, ok bool) {
	m := address.FindStringSubmatch(i.URL)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

var address = pattern.New(`^[a-z+]+://(?:([^@/]*)@)?([^/:]+)`)
