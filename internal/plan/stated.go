package plan

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/backing"
	"github.com/dockgen/dockgen/internal/pattern"
)

// stated is what a repository says of servers beside its programs: examples of .env, and
// the compose files and workflows that run some.
type stated struct {
	examples map[string][]detect.Setting // by the folder
	compose  []detect.Setting            // variables in compose files and workflows
	images   []imageStated
}

// imageStated is an image that a compose file or a workflow runs.
type imageStated struct {
	repository, tag string
	ours            bool // the file is dockgen's: it says which version the data are of, and no more
	at              detect.Evidence
}

var (
	exampleName = pattern.New(`^(?:\.?env[._-](?:example|sample|template|dist|defaults)|(?:example|sample)\.env|\.env\.(?:local|development|dev|docker)\.(?:example|sample|template)|\.env\.example\.\w+)$`)
	composeName = pattern.New(`^(?:docker-)?compose[\w.-]*\.ya?ml$`)
	envLine     = pattern.New(`^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$`)
	yamlVar     = pattern.New(`^\s*(?:-\s+)?["']?([A-Z][A-Z0-9]*_[A-Za-z0-9_]{1,60}|[A-Z][A-Z0-9]{1,60})["']?\s*[:=]\s*(.*)$`)
	yamlImage   = pattern.New(`^\s*(?:-\s+)?image:\s*["']?([^\s"'{}$:@]+)(?::([^\s"'@]+))?`)
	substitute  = pattern.New(`\$\{[A-Za-z_]\w*:?-([^}$]*)\}`)
)

// mostStated bounds the files that are asked for servers.
const mostStated = 60

// state reads what a repository says of servers. What cannot be read says nothing.
func state(t *detect.Tree) stated {
	s := stated{examples: map[string][]detect.Setting{}}
	files := t.Files(func(base string) bool {
		return exampleName.MatchString(base) || composeName.MatchString(base) || strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml")
	})
	asked := 0
	for _, file := range files {
		base, dir := path.Base(file), path.Dir(file)
		example := exampleName.MatchString(base)
		workflow := strings.HasSuffix(dir, ".github/workflows") || base == ".gitlab-ci.yml"
		hidden := strings.HasPrefix(dir, ".") && dir != "." && !workflow // such as .devcontainer
		if !example && !composeName.MatchString(base) && !workflow || hidden || asked == mostStated {
			continue
		}
		asked++
		data, err := t.ReadFile(file)
		if err != nil {
			continue
		}
		if strings.Contains(string(data[:min(len(data), 512)]), marker) {
			s.runs(file, data, true)
			continue
		}
		if example {
			s.examples[dir] = append(s.examples[dir], settingsOf(file, data, envLine)...)
			continue
		}
		s.compose = append(s.compose, settingsOf(file, data, yamlVar)...)
		s.runs(file, data, false)
	}
	return s
}

// marker begins the line by which a file of dockgen's is known.
const marker = "# dockgen: "

// settingsOf reads variables line by line.
func settingsOf(file string, data []byte, form *pattern.Pattern) (all []detect.Setting) {
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		m := form.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil {
			continue
		}
		value := strings.TrimSpace(m[2])
		if i := strings.Index(value, " #"); i >= 0 {
			value = strings.TrimSpace(value[:i])
		}
		value = substitute.ReplaceAllString(strings.Trim(value, `"'`), "$1")
		all = append(all, detect.Setting{Name: m[1], Default: value, At: detect.Evidence{File: file, Line: n}})
	}
	return all
}

// runs notes the images that a compose file or a workflow runs.
func (s *stated) runs(file string, data []byte, ours bool) {
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if m := yamlImage.FindStringSubmatch(strings.TrimRight(substitute.ReplaceAllString(line, "$1"), "\r\n")); m != nil {
			repository := strings.TrimPrefix(strings.TrimPrefix(m[1], "docker.io/"), "library/")
			s.images = append(s.images, imageStated{repository, m[2], ours, detect.Evidence{File: file, Line: n}})
		}
	}
}

// runsA gives the image of a kind of server that the project itself runs.
func (s stated) runsA(one backing.Server) (imageStated, bool) {
	for _, img := range s.images {
		if img.repository == one.Image || slices.Contains(one.Like, img.repository) {
			return img, true
		}
	}
	for _, img := range s.images { // another maker's of the same name
		if path.Base(img.repository) == one.Kind || path.Base(img.repository) == path.Base(one.Image) && one.Image != "" {
			return img, true
		}
	}
	return imageStated{}, false
}

// near lists the examples that hold for a folder, the nearest first.
func (s stated) near(dir string) (all []detect.Setting) {
	for {
		all = append(all, s.examples[dir]...)
		if dir == "." {
			return all
		}
		dir = path.Dir(dir)
	}
}
