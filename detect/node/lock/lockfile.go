// Package lock reads the lockfiles of all package managers, and says what the dependencies
// in them want of the system.
package lock

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
)

// Lock is what a lockfile states, as far as an image depends on it.
type Lock struct {
	File   string // from the root; empty where there is none
	Format string
	Stale  []project.Text // dependencies of manifests that it does not hold
	Ten    bool           // of pnpm: version 10 or a later one wrote it

	importers map[string]map[string]string // folder of a manifest, name, range
	known     bool                         // whether importers say what the lockfile was made from
	keys      map[string]bool              // "name@range" of yarn, for direct dependencies
	checked   bool                         // against the manifests
	overrides bool                         // it replaces versions that manifests ask for
	graph     graph
	git       map[string]bool // packages that are fetched from a repository
	versions  map[string]string
	scripted  map[string]bool // packages with scripts for their installation
	scripts   bool            // whether the lockfile says which have
	elsewhere map[string]bool // packages for other systems than Linux

	addonNames []string        // what addons has found
	searched   bool            // for addons
	dev        map[string]bool // of npm: packages in the workspace's node_modules that are for development only
	nested     map[string]bool // "folder name" of packages below a member's own node_modules
	copies     map[string]bool // folders, from the workspace, that an install of pnpm copies into node_modules
}

// Read reads the lockfile of a workspace. A lockfile that is broken is an
// error with its place.
func Read(t *detect.Tree, w project.Workspace, m project.Manager) (*Lock, error) {
	if m.Lock == "" {
		return newLock("", w), nil
	}
	l := newLock(path.Join(w.Dir, m.Lock), w)
	if err := t.Stream(l.File, l.reader(m.Lock)); err != nil {
		var position *detect.PositionError
		var line *lineError
		switch {
		case errors.As(err, &position) || errors.Is(err, detect.ErrTooLarge):
			return l, err
		case errors.As(err, &line):
			return l, detect.Errorf(detect.Evidence{File: l.File, Line: line.line}, "%w", line.err)
		}
		return l, detect.Errorf(detect.Evidence{File: l.File}, "%w", err)
	}
	return l, nil
}

// reader reads the lockfile of a base name in pieces.
func (l *Lock) reader(name string) func(io.Reader) error {
	return map[string]func(io.Reader) error{
		"pnpm-lock.yaml": l.pnpm, "yarn.lock": l.yarn, "package-lock.json": l.npm, "npm-shrinkwrap.json": l.npm,
		"bun.lock": l.bun, "bun.lockb": func(io.Reader) error { return nil },
	}[name]
}

// newLock makes one that holds nothing yet.
func newLock(file string, w project.Workspace) *Lock {
	l := &Lock{File: file, importers: map[string]map[string]string{}, keys: map[string]bool{}, git: map[string]bool{}, versions: map[string]string{}, scripted: map[string]bool{}, elsewhere: map[string]bool{}, dev: map[string]bool{}, nested: map[string]bool{}, copies: map[string]bool{}}
	for _, dir := range append([]string{w.Dir}, w.Members...) {
		below := detect.From(w.Dir, dir)
		l.importers[below] = nil
	}
	return l
}

type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return e.err.Error() }

// longest is how long a line of a lockfile may be: the hashes of a package fit
// many times.
const longest = 1 << 20

// lines calls visit with every line, its indentation in blanks taken off.
func lines(r io.Reader, visit func(indent int, text string)) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 64<<10), longest)
	n := 0
	for scanner.Scan() {
		n++
		line := bytes.TrimRight(scanner.Bytes(), " \r")
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		text := bytes.TrimLeft(line, " ")
		if len(text) == 0 {
			continue
		}
		if conflict(line) {
			return &lineError{n, errors.New("a merge conflict that was not settled")}
		}
		visit(len(line)-len(text), string(text))
	}
	if err := scanner.Err(); err != nil {
		return &lineError{n + 1, fmt.Errorf("a line of more than %d bytes", longest)}
	}
	return nil
}

func conflict(line []byte) bool {
	return bytes.HasPrefix(line, []byte("<<<<<<< ")) || bytes.HasPrefix(line, []byte(">>>>>>> "))
}

func unquote(text string) string { return strings.Trim(text, `"'`) }

// yamlKey splits "key: value" or "'key': value", a colon in the key included.
func yamlKey(text string) (key, rest string, ok bool) {
	if text != "" && (text[0] == '\'' || text[0] == '"') {
		end := strings.IndexByte(text[1:], text[0])
		if end < 0 || !strings.HasPrefix(text[end+2:], ":") {
			return "", "", false
		}
		return text[1 : end+1], strings.TrimSpace(text[end+3:]), true
	}
	if key, ok = strings.CutSuffix(text, ":"); ok {
		return key, "", true
	}
	key, rest, ok = strings.Cut(text, ": ")
	return key, strings.TrimSpace(rest), ok
}

// pnpm reads a pnpm-lock.yaml as pnpm writes it, line by line: its formats are at
// https://github.com/pnpm/spec/tree/master/lockfile.
func (l *Lock) pnpm(r io.Reader) error {
	l.known = true
	var section, folder, kind, name string
	var current int32
	return lines(r, func(indent int, text string) {
		key, rest, ok := yamlKey(text)
		if !ok {
			return
		}
		if indent == 0 {
			section, folder, kind, name = key, ".", "", ""
			if key == "lockfileVersion" {
				l.Format = strings.Clone(unquote(rest))
				l.scripts = project.Major(l.Format) < 9
			}
			l.overrides = l.overrides || key == "overrides"
			l.Ten = l.Ten || strings.HasSuffix(key, "Checksum") && strings.HasPrefix(unquote(rest), "sha256-")
			return
		}
		switch section {
		case "importers":
			switch indent {
			case 2:
				folder = path.Clean(key)
			case 4:
				kind = key
			case 6:
				name = key
				l.importer(folder, kind, name, rest)
			case 8:
				l.imports(folder, name, key, rest)
			}
		case "dependencies", "devDependencies", "optionalDependencies", "specifiers":
			switch indent {
			case 2:
				name = key
				l.importer(".", section, name, rest)
			case 4:
				l.imports(".", name, key, rest)
			}
		case "packages", "snapshots":
			switch {
			case indent == 2:
				current = l.pnpmPackage(key)
			case indent == 4:
				kind = key
				l.pnpmFact(l.graph.name(current), key, rest)
			case indent == 6 && (kind == "dependencies" || kind == "optionalDependencies"):
				l.graph.add(current, key, kind == "optionalDependencies")
			}
		}
	})
}

// pnpmFact takes what is said of a package in one line. Only formats before 9 say
// which have scripts for their installation.
func (l *Lock) pnpmFact(name, key, rest string) {
	switch {
	case key == "resolution" && strings.Contains(rest, "type: git"):
		l.git[name] = true
	case key == "requiresBuild" && rest == "true":
		l.scripted[name] = true
	case key == "os":
		l.runsOn(name, strings.Split(strings.Trim(rest, "[]"), ","))
	}
}

// runsOn notes the systems that a package is for: their names, or those that it is
// not for behind a "!". None means any.
func (l *Lock) runsOn(name string, systems []string) {
	for _, s := range systems {
		if s = unquote(strings.TrimSpace(s)); s == "" || s == "linux" || s[0] == '!' && s != "!linux" {
			return
		}
	}
	l.elsewhere[strings.Clone(name)] = len(systems) > 0
}

// importer notes a dependency of formats up to 5, where the range stands by
// itself under specifiers and the version behind the name.
func (l *Lock) importer(folder, kind, name, rest string) {
	if kind == "specifiers" {
		l.imports(folder, name, "specifier", rest)
	} else {
		l.imports(folder, name, "version", rest)
	}
}

// imports takes one line of a dependency: its range, or its version, which for a
// package of the repository is a link to its folder or a copy of that.
func (l *Lock) imports(folder, name, key, rest string) {
	text := unquote(rest)
	if key == "specifier" {
		l.imported(folder, name, text)
	} else if below, ok := strings.CutPrefix(text, "file:"); ok && key == "version" {
		below, _, _ = strings.Cut(below, "(") // what it was resolved with
		l.copies[path.Clean(below)] = true
	}
}

func (l *Lock) imported(folder, name, text string) {
	ranges, wanted := l.importers[folder]
	if !wanted {
		return
	}
	if ranges == nil {
		ranges = map[string]string{}
		l.importers[folder] = ranges
	}
	ranges[strings.Clone(name)] = strings.Clone(text)
}

// pnpmPackage numbers the package of a key such as "/a@1.0.0(b@2.0.0)", "a@1.0.0"
// or, in old formats, "/a/1.0.0_b@2.0.0".
func (l *Lock) pnpmPackage(key string) int32 {
	key = strings.TrimPrefix(key, "/")
	name, version, ok := strings.Cut(key[min(1, len(key)):], "@")
	name = key[:min(1, len(key))] + name
	if scoped := strings.HasPrefix(key, "@"); !ok || strings.Count(name, "/") > 1 || !scoped && strings.Contains(name, "/") {
		parts := strings.SplitN(key, "/", 4)
		take := 1
		if scoped {
			take = 2
		}
		if len(parts) > take {
			name, version = strings.Join(parts[:take], "/"), parts[take]
		}
	}
	version, _, _ = strings.Cut(version, "(")
	version, _, _ = strings.Cut(version, "_")
	if strings.HasPrefix(version, "https://codeload.github.com/") || strings.HasPrefix(version, "git+") || strings.HasPrefix(key, "github.com/") {
		l.git[strings.Clone(name)] = true
	}
	l.version(name, version)
	return l.graph.id(name)
}

// version remembers the versions of the packages that the table of system
// packages asks about: the highest in the file's order.
func (l *Lock) version(name, version string) {
	if versioned[name] || isLimited(name) {
		l.versions[strings.Clone(name)] = strings.Clone(version)
	}
}

// yarn reads a yarn.lock of either kind as yarn writes it.
func (l *Lock) yarn(r io.Reader) error {
	l.known, l.Format = true, "1"
	var current int32
	var inMeta bool
	var kind, meta string
	return lines(r, func(indent int, text string) {
		switch {
		case strings.HasPrefix(text, "#"):
		case indent == 0:
			inMeta, kind = text == "__metadata:", ""
			if !inMeta {
				current = l.yarnEntry(strings.TrimSuffix(text, ":"))
			}
		case inMeta:
			if version, ok := strings.CutPrefix(text, "version: "); ok {
				l.Format = strings.Clone(version)
			}
		case indent == 2:
			key, rest, _ := strings.Cut(text, " ")
			kind = strings.TrimSuffix(key, ":")
			l.yarnFact(l.graph.name(current), kind, rest)
		case indent == 4 && kind == "dependenciesMeta":
			meta = unquote(strings.TrimSuffix(text, ":"))
		case indent == 4 && (kind == "dependencies" || kind == "optionalDependencies"):
			name, _, _ := strings.Cut(text, " ")
			l.graph.add(current, unquote(strings.TrimSuffix(name, ":")), kind == "optionalDependencies")
		case indent == 6 && kind == "dependenciesMeta" && text == "optional: true":
			l.graph.spare(current, meta)
		}
	})
}

// yarnFact is one line of a package.
func (l *Lock) yarnFact(name, key, rest string) {
	switch key {
	case "version":
		l.version(name, unquote(rest))
	case "conditions":
		if system, ok := strings.CutPrefix(rest, "os="); ok {
			l.runsOn(name, strings.Split(system, " ")[:1])
		}
	case "resolved", "resolution":
		if strings.Contains(rest, "git+") || strings.Contains(rest, "codeload.github.com") || strings.Contains(rest, "#commit=") {
			l.git[name] = true
		}
	}
}

// yarnEntry numbers the package of a key such as `"a@^1", a@^2` or `"a@npm:^1, a@npm:^2"`.
func (l *Lock) yarnEntry(keys string) int32 {
	name := ""
	for key := range strings.SplitSeq(keys, ",") {
		key = unquote(strings.TrimSpace(key))
		i := strings.IndexByte(key[min(1, len(key)):], '@')
		if i < 0 {
			continue
		}
		name = key[:i+1]
		l.keys[strings.Clone(name+"@"+strings.TrimPrefix(key[i+2:], "npm:"))] = true
	}
	return l.graph.id(name)
}

// npmEntry is one package of a package-lock.json.
type npmEntry struct {
	Version              string            `json:"version"`
	Resolved             string            `json:"resolved"`
	Dependencies         map[string]string `json:"dependencies"`
	DevDependencies      map[string]string `json:"devDependencies"`
	OptionalDependencies map[string]string `json:"optionalDependencies"`
	PeerDependencies     map[string]string `json:"peerDependencies"`
	HasInstallScript     bool              `json:"hasInstallScript"`
	Dev                  bool              `json:"dev"`
	OS                   json.RawMessage   `json:"os"`
}

// npm reads a package-lock.json, one package at a time
// (https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json).
func (l *Lock) npm(r io.Reader) error {
	return l.json(unmarked(r), func(decoder *json.Decoder, key string) error {
		switch key {
		case "packages":
			l.known, l.scripts = true, true
			return object(decoder, func(name string) error {
				var e npmEntry
				if err := decoder.Decode(&e); err != nil {
					return err
				}
				l.npmPackage(name, e)
				return nil
			})
		case "dependencies":
			return object(decoder, func(name string) error { return l.npmOld(decoder, name) })
		}
		return skip(decoder)
	})
}

// json reads a lockfile that is an object of JSON: its format, and with section what
// stands behind every other key.
func (l *Lock) json(r io.Reader, section func(decoder *json.Decoder, key string) error) error {
	counter := &lineCounter{from: r}
	decoder := json.NewDecoder(counter)
	err := object(decoder, func(key string) error {
		if key != "lockfileVersion" {
			return section(decoder, key)
		}
		var n json.Number
		err := decoder.Decode(&n)
		l.Format = n.String()
		return err
	})
	if err != nil {
		return &lineError{counter.line(decoder.InputOffset()), plainly(err)}
	}
	return nil
}

// skip passes over the next value.
func skip(decoder *json.Decoder) error {
	var skipped json.RawMessage
	return decoder.Decode(&skipped)
}

// plainly leaves out what the decoder would have taken at that place: what it says of
// that depends on how it came there.
func plainly(err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	text, _, _ := strings.Cut(syntax.Error(), " looking for")
	return errors.New(text)
}

// object calls visit behind every key of the object that follows.
func object(decoder *json.Decoder, visit func(key string) error) error {
	open, err := decoder.Token()
	if err != nil {
		return endOfFile(err)
	}
	if open != json.Delim('{') {
		return fmt.Errorf("unexpected %v, where an object should be", open)
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return endOfFile(err)
		}
		name, ok := key.(string)
		if !ok {
			return fmt.Errorf("unexpected %v, where a key should be", key)
		}
		if err := visit(name); err != nil {
			return endOfFile(err)
		}
	}
	_, err = decoder.Token()
	return endOfFile(err)
}

func endOfFile(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("unexpected end of the file")
	}
	return err
}

// npmPackage takes a package by its folder: "node_modules/a/node_modules/b", the
// folder of a member, or "" for the workspace itself.
func (l *Lock) npmPackage(folder string, e npmEntry) {
	i := strings.LastIndex(folder, "node_modules/")
	if i < 0 {
		below := path.Clean(folder)
		for _, ranges := range []map[string]string{e.Dependencies, e.DevDependencies, e.OptionalDependencies, e.PeerDependencies} {
			for name, text := range ranges {
				l.imported(below, name, text)
			}
		}
		if _, wanted := l.importers[below]; wanted && l.importers[below] == nil {
			l.importers[below] = map[string]string{}
		}
		return
	}
	name := folder[i+len("node_modules/"):]
	if _, wanted := l.importers[strings.TrimSuffix(folder[:i], "/")]; wanted && i > 0 {
		l.nested[strings.TrimSuffix(folder[:i], "/")+" "+name] = true
	}
	if e.Dev && i == 0 {
		l.dev[strings.Clone(name)] = true
	}
	l.npmNeeds(name, e)
}

func (l *Lock) npmNeeds(name string, e npmEntry) {
	id := l.graph.id(name)
	for _, ranges := range []map[string]string{e.Dependencies, e.OptionalDependencies} {
		for _, need := range slices.Sorted(maps.Keys(ranges)) {
			_, optional := e.OptionalDependencies[need]
			l.graph.add(id, need, optional)
		}
	}
	if e.HasInstallScript {
		l.scripted[strings.Clone(name)] = true
	}
	var systems []string
	if json.Unmarshal(e.OS, &systems) == nil { // it may be one word in odd files
		l.runsOn(name, systems)
	}
	if strings.HasPrefix(e.Resolved, "git+") || strings.HasPrefix(e.Version, "git+") || strings.HasPrefix(e.Version, "github:") {
		l.git[strings.Clone(name)] = true
	}
	l.version(name, e.Version)
}

// npmOld takes a package of the first format, which nests them.
func (l *Lock) npmOld(decoder *json.Decoder, name string) error {
	var e struct {
		Version      string                     `json:"version"`
		Requires     json.RawMessage            `json:"requires"`
		Dependencies map[string]json.RawMessage `json:"dependencies"`
	}
	if err := decoder.Decode(&e); err != nil {
		return err
	}
	if l.known {
		return nil // format 2 holds everything twice
	}
	var requires map[string]string
	_ = json.Unmarshal(e.Requires, &requires) // it may be true
	l.npmNeeds(name, npmEntry{Version: e.Version, Dependencies: requires})
	for _, nested := range slices.Sorted(maps.Keys(e.Dependencies)) {
		if err := l.npmOld(json.NewDecoder(bytes.NewReader(e.Dependencies[nested])), nested); err != nil {
			return err
		}
	}
	return nil
}

// lineCounter remembers where lines begin, coarsely: one offset for each read.
type lineCounter struct {
	from  io.Reader
	read  int64
	count int
	marks []int64 // offset and number of lines before it, in turn
	last  []byte
}

func (c *lineCounter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if n == 0 {
		return n, err // the last piece stays the last
	}
	c.marks = append(c.marks, c.read, int64(c.count))
	c.last = append(c.last[:0], p[:n]...)
	c.read += int64(n)
	c.count += bytes.Count(p[:n], []byte("\n"))
	return n, err
}

// line is the line of an offset: exact in the last piece that was read, where an
// error is, and else that of its piece.
func (c *lineCounter) line(offset int64) int {
	for i := len(c.marks) - 2; i >= 0; i -= 2 {
		if c.marks[i] > offset {
			continue
		}
		line := int(c.marks[i+1]) + 1
		if i == len(c.marks)-2 {
			line += bytes.Count(c.last[:min(int64(len(c.last)), offset-c.marks[i])], []byte("\n"))
		}
		return line
	}
	return 1
}

// bunEntry is one package of a bun.lock: "name@version", and things of several kinds,
// one of which says what it needs.
type bunEntry []json.RawMessage

// bun reads a bun.lock, one package at a time, which is JSON with commas behind the
// last element (https://bun.sh/docs/install/lockfile).
func (l *Lock) bun(r io.Reader) error {
	return l.json(&strict{from: unmarked(r)}, func(decoder *json.Decoder, key string) error {
		switch key {
		case "overrides":
			l.overrides = true
		case "workspaces":
			l.known = true
			return object(decoder, func(folder string) error { return l.bunImporter(decoder, folder) })
		case "packages":
			return object(decoder, func(string) error {
				var e bunEntry
				if err := decoder.Decode(&e); err != nil {
					return err
				}
				l.bunPackage(e)
				return nil
			})
		}
		return skip(decoder)
	})
}

// bunImporter takes the manifest of the workspace or of a member, as the lockfile was
// made from.
func (l *Lock) bunImporter(decoder *json.Decoder, folder string) error {
	var e npmEntry
	if err := decoder.Decode(&e); err != nil {
		return err
	}
	for _, ranges := range []map[string]string{e.Dependencies, e.DevDependencies, e.OptionalDependencies, e.PeerDependencies} {
		for name, text := range ranges {
			l.imported(path.Clean(folder), name, text)
		}
	}
	return nil
}

func (l *Lock) bunPackage(e bunEntry) {
	var full string
	if len(e) == 0 || json.Unmarshal(e[0], &full) != nil {
		return
	}
	i := strings.LastIndexByte(full, '@')
	if j := strings.IndexByte(full[min(1, len(full)):], '@'); j >= 0 {
		i = j + 1
	}
	if i <= 0 {
		return
	}
	name, version := strings.Clone(full[:i]), full[i+1:]
	id := l.graph.id(name)
	if strings.HasPrefix(version, "git+") || strings.HasPrefix(version, "github:") {
		l.git[name] = true
	}
	l.version(name, version)
	for _, part := range e[1:] {
		var needs npmEntry
		if json.Unmarshal(part, &needs) != nil {
			continue // a text, or of another shape
		}
		for _, need := range slices.Sorted(maps.Keys(needs.Dependencies)) {
			l.graph.add(id, need, false)
		}
		for _, need := range slices.Sorted(maps.Keys(needs.OptionalDependencies)) {
			l.graph.add(id, need, true)
		}
	}
}

// strict reads JSON with commas behind the last element and puts a blank in the place
// of each, so that every line stays where it is.
type strict struct {
	from  io.Reader
	piece []byte
	ready []byte // of piece, to be given out
	held  []byte // what begins with a comma that may turn out to be the last
	err   error
	text  bool // inside of a string
	slash bool // behind a backslash there
}

func (s *strict) Read(p []byte) (int, error) {
	for len(s.ready) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		s.fill()
	}
	n := copy(p, s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

// fill takes the next piece.
func (s *strict) fill() {
	const size = 64 << 10
	kept := len(s.held)
	s.piece = slices.Grow(append(s.piece[:0], s.held...), size)
	n, err := s.from.Read(s.piece[kept : kept+size])
	s.piece, s.err = s.piece[:kept+n], err
	comma := -1
	if kept > 0 {
		comma = 0
	}
	for i := kept; i < len(s.piece); i++ {
		switch c := s.piece[i]; {
		case s.text:
			s.text, s.slash = s.slash || c != '"', !s.slash && c == '\\'
		case c == ',':
			comma = i
		case (c == '}' || c == ']') && comma >= 0:
			s.piece[comma], comma = ' ', -1
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			s.text, comma = c == '"', -1
		}
	}
	s.ready, s.held = s.piece, nil
	if comma >= 0 && s.err == nil {
		s.ready, s.held = s.piece[:comma], slices.Clone(s.piece[comma:])
	}
}

// unmarked is a file without its byte order mark.
func unmarked(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, _ := b.Peek(3); string(mark) == "\ufeff" {
		_, _ = b.Discard(len(mark)) // which are there
	}
	return b
}

// Check lists the dependencies of manifests that the lockfile does not hold, so
// that an install which insists on it would fail. The root of the workspace is the first of
// the packages.
func (l *Lock) Check(manager project.Manager, root string, packages []project.Package) {
	if l.File == "" || !l.known || l.checked {
		return
	}
	l.checked = true
	l.overrides = l.overrides || packages[0].Resolutions
	local := map[string]bool{}
	for _, p := range packages {
		local[p.Name.Value] = true
	}
	for _, p := range packages {
		if p.Virtual {
			continue // the workspace's own manifest asks for them
		}
		below := detect.From(root, p.Dir)
		for _, d := range p.Dependencies {
			if !l.holds(manager, below, d) && !(manager.Name == "yarn" && local[d.Name]) { // yarn does not write those down
				l.Stale = append(l.Stale, project.Text{Value: d.Name + "@" + d.Range, At: d.At})
			}
		}
	}
	slices.SortFunc(l.Stale, func(a, b project.Text) int { return strings.Compare(a.At.String(), b.At.String()) })
}

func (l *Lock) holds(manager project.Manager, below string, d project.Dependency) bool {
	if d.Kind == project.Peer || strings.Contains(d.Range, ":") && !strings.HasPrefix(d.Range, "npm:") {
		return true // how it is written down depends on the protocol
	}
	if manager.Name == "yarn" {
		_, any := l.graph.ids[d.Name]
		return l.keys[d.Name+"@"+strings.TrimPrefix(d.Range, "npm:")] || any && (l.overrides || !plainRange(d.Range))
	}
	if manager.Name == "npm" && !l.known {
		return true
	}
	text, ok := l.importers[below][d.Name]
	if !ok {
		return false
	}
	return manager.Name != "pnpm" || l.overrides || text == d.Range
}

// Lacks says whether no install brings a package: the lockfile knows what it was made from, and
// holds none of that name.
func (l *Lock) Lacks(name string) bool {
	_, held := l.graph.ids[name]
	return l.File != "" && l.known && !held
}

// Sure says whether the lockfile tells what an install makes: it knows the manifests and
// holds all that they name.
func (l *Lock) Sure() bool { return l.known && len(l.Stale) == 0 }

// Copied says whether an install of pnpm copies the folder of a package, from the
// workspace's, into node_modules.
func (l *Lock) Copied(below string) bool {
	for folder := range l.copies {
		if folder == below || strings.HasPrefix(folder, below+"_") { // old formats add what it was resolved with
			return true
		}
	}
	return false
}

// Spares says whether an install for production leaves out a package that manifests want for
// development, or puts it where the program does not find it: nothing else that runs needs it.
func (l *Lock) Spares(m project.Manager, isolated bool, name string, run []project.Package) bool {
	switch {
	case isolated:
		return true
	case m.Name == "npm" && l.scripts: // whose lockfile says so
		return l.dev[name]
	}
	return !l.graph.reach(but(run, project.Peer, project.Development), false)(name)
}

// Requires says whether packages cannot be installed without a dependency, their own or one
// of those.
func (l *Lock) Requires(packages []project.Package, name string) bool {
	return l.graph.reach(but(packages, project.Peer, project.Optional), true)(name)
}

// Nests says whether a package is below a node_modules of a member's own, the member by
// its folder from the workspace's; without a name, whether any is.
func (l *Lock) Nests(folder, name string) bool {
	if name != "" {
		return l.nested[folder+" "+name]
	}
	for key := range l.nested {
		if strings.HasPrefix(key, folder+" ") {
			return true
		}
	}
	return false
}

// plainRange says whether a range stands in a yarn.lock as it is written.
func plainRange(text string) bool { return text != "" && !strings.ContainsAny(text, "|/") }
