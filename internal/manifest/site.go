package manifest

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Staticfile is how a project says what a folder of files is to be served like:
// the file of Cloud Foundry's build pack and of Railpack.
type Staticfile struct {
	Root     string // the folder of the files; empty where none is named
	Fallback *bool  // whether unknown paths get index.html; nil where it is not said
	At       detect.Evidence
}

// ReadStaticfile reads the Staticfile of a folder. Without one ok is false.
func ReadStaticfile(t *detect.Tree, dir string) (s Staticfile, ok bool, err error) {
	file := path.Join(dir, "Staticfile")
	if !t.Has(file) {
		return s, false, nil
	}
	data, err := t.ReadFile(file)
	if err == nil {
		s, err = parseStaticfile(file, data)
	}
	return s, true, err
}

func parseStaticfile(file string, data []byte) (Staticfile, error) {
	s := Staticfile{At: detect.Evidence{File: file}}
	var text struct {
		Root      string `yaml:"root"`
		Fallback  *bool  `yaml:"index_fallback"`
		PushState string `yaml:"pushstate"` // "enabled"
	}
	if err := yaml.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &text); err != nil {
		var syntax yaml.Error
		fault := &detect.PositionError{At: s.At, Err: err}
		if errors.As(err, &syntax) {
			at := syntax.GetToken().Position
			fault.At.Line, fault.Column, fault.Err = at.Line, at.Column, errors.New(syntax.GetMessage())
		}
		return s, fault
	}
	s.Root, s.Fallback = strings.TrimSuffix(text.Root, "/"), text.Fallback
	if s.Fallback == nil && text.PushState != "" {
		on := text.PushState == "enabled" || text.PushState == "true"
		s.Fallback = &on
	}
	for n, line := range bytes.Split(data, []byte("\n")) {
		if bytes.HasPrefix(line, []byte("index_fallback:")) || bytes.HasPrefix(line, []byte("pushstate:")) || s.At.Line == 0 && bytes.HasPrefix(line, []byte("root:")) {
			s.At.Line = n + 1
		}
	}
	if s.Root != "" && (path.IsAbs(s.Root) || strings.HasPrefix(path.Clean(s.Root), "..")) {
		return s, detect.Errorf(s.At, "root %q lies outside of the project", s.Root)
	}
	return s, nil
}

// Nginx is a configuration that a project brings along.
type Nginx struct {
	File   string            // from the root; empty where there is none
	Whole  bool              // it is all of nginx.conf, not a server alone
	Root   string            // where it looks for files: for all paths, where it says so of them
	Others []detect.Evidence // what looks for some in folders of their own
	Listen []detect.Listener // those without TLS first
	Pid    string            // the file that it writes its number to; empty where it does not say
	Daemon bool              // it says itself whether nginx leaves the foreground
	Beside bool              // it includes files by names that begin in its own folder
}

// nginxFolder is where nginx looks for what a configuration names without a folder:
// https://nginx.org/en/docs/configure.html, --prefix of Docker's images.
const nginxFolder = "/etc/nginx"

var (
	nginxHTTP    = pattern.New(`(?m)(?:^|[;}])\s*(?:http|events)\s*\{`)
	nginxToken   = pattern.New(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]|(?:\$\{[^}\s]*\}|[^\s{};])+`)
	nginxPid     = pattern.New(`(?m)(?:^|[;{}])\s*pid\s+"?([^\s;"]+)"?\s*;`)
	nginxListen  = pattern.New(`(?m)(?:^|[;{}])\s*listen\s+(?:(\S*):)?(\d+)\b([^;{}]*);`)
	nginxDaemon  = pattern.New(`(?m)(?:^|[;{}])\s*daemon\s`)
	nginxInclude = pattern.New(`(?m)(?:^|[;{}])\s*include\s+"?[^/\s";]`)
	nginxComment = pattern.New(`(?m)#.*$`)

	// nginxBlank is what another tool fills in: {{port}} anywhere, or a variable
	// where nginx takes none.
	nginxBlank = pattern.New(`\{\{[^}\n]*\}\}|\blisten\s+[^;\s]*\$[^;\s]*`)
)

// ReadNginx reads the nginx.conf of a folder, unless it is one that dockgen wrote:
// then the plan decides what stands in it. The error is for a template, which nginx
// does not read as it is.
func ReadNginx(t *detect.Tree, dir string) (Nginx, error) {
	file := path.Join(dir, "nginx.conf")
	if !t.Has(file) {
		return Nginx{}, nil
	}
	data, err := t.ReadFile(file)
	if err != nil {
		return Nginx{}, err
	}
	if bytes.HasPrefix(data, []byte("# dockgen: ")) {
		return Nginx{}, nil
	}
	return parseNginx(file, data)
}

func parseNginx(file string, data []byte) (Nginx, error) {
	data = nginxComment.ReplaceAll(data, nil)
	if blank := nginxBlank.FindIndex(data); blank != nil {
		at := detect.Evidence{File: file, Line: 1 + bytes.Count(data[:blank[0]], []byte("\n"))}
		return Nginx{}, detect.Errorf(at, "%q waits for another tool to fill it in, which nginx does not do; write a value, or rename the file, and dockgen writes one", data[blank[0]:blank[1]])
	}
	n := Nginx{File: file, Whole: nginxHTTP.Match(data), Daemon: nginxDaemon.Match(data), Beside: nginxInclude.Match(data)}
	n.Root, n.Others = nginxRoot(file, data)
	if m := nginxPid.FindSubmatch(data); m != nil {
		n.Pid = string(m[1])
	}
	n.Listen = nginxListens(file, data)
	return n, nil
}

// nginxRoot is the folder that a configuration looks for all paths in: that of "location /",
// else of the server, of all servers, of any location; and the lines of other locations that
// look elsewhere. What nginx' images bring for errors is theirs.
func nginxRoot(file string, data []byte) (root string, others []detect.Evidence) {
	type place struct {
		dir string
		at  detect.Evidence
	}
	var blocks [][]string
	var words []string
	var places []place
	best := -1
	for _, m := range nginxToken.FindAllIndex(data, -1) {
		switch token := string(data[m[0]:m[1]]); token {
		case "{":
			blocks, words = append(blocks, words), nil
		case "}":
			blocks, words = blocks[:max(0, len(blocks)-1)], nil
		case ";":
			if len(words) == 2 && (words[0] == "root" || words[0] == "alias") && !strings.Contains(words[1], "$") {
				dir := path.Clean(words[1])
				if !path.IsAbs(dir) {
					dir = path.Join(nginxFolder, dir)
				}
				weight, location := nginxWeight(blocks)
				if weight > best {
					best, root = weight, dir
				}
				if location != "" && !strings.Contains(location, "50x") {
					places = append(places, place{dir, detect.Evidence{File: file, Line: 1 + bytes.Count(data[:m[0]], []byte("\n"))}})
				}
			}
			words = nil
		default:
			words = append(words, strings.Trim(token, `"'`))
		}
	}
	for _, p := range places {
		if !detect.Inside(p.dir, root) {
			others = append(others, p.at)
		}
	}
	return root, others
}

// nginxWeight says how much a folder counts that stands in these blocks, and for which location.
func nginxWeight(blocks [][]string) (weight int, location string) {
	if len(blocks) == 0 {
		return 1, ""
	}
	switch last := blocks[len(blocks)-1]; {
	case len(last) == 0:
		return 0, ""
	case last[0] == "server":
		return 2, ""
	case last[0] == "location" && last[len(last)-1] == "/" && !slices.Contains(last, "="):
		return 3, "/"
	case last[0] == "location":
		return 0, strings.Join(last[1:], " ")
	}
	return 1, ""
}

// nginxListens lists what a configuration listens on.
func nginxListens(file string, data []byte) (listens []detect.Listener) {
	for _, m := range nginxListen.FindAllSubmatchIndex(data, -1) {
		port, err := strconv.ParseUint(string(data[m[4]:m[5]]), 10, 16)
		if err != nil || port == 0 {
			continue
		}
		l := detect.Listener{Port: int(port), What: "what its configuration listens on"}
		l.At = detect.Evidence{File: file, Line: 1 + bytes.Count(data[:m[4]], []byte("\n"))}
		if m[2] >= 0 {
			l.Loopback = detect.IsLoopback(strings.Trim(string(data[m[2]:m[3]]), "[]"))
		}
		for word := range strings.FieldsSeq(string(data[m[6]:m[7]])) {
			l.TLS = l.TLS || word == "ssl" || word == "quic"
			l.UDP = l.UDP || word == "quic"
		}
		listens = append(listens, l)
	}
	slices.SortStableFunc(listens, func(a, b detect.Listener) int {
		switch {
		case a.TLS == b.TLS:
			return 0
		case a.TLS:
			return 1
		}
		return -1
	})
	return detect.DistinctListeners(listens)
}
