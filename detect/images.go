package detect

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

// Image is a place where the project itself says that an image is made, or started.
type Image struct {
	Dockerfile string   // its path, or nothing
	Context    string   // the folder that is built, or nothing where nothing says
	Words      []string // what its commands name: folders, packages, programs
	Says       string   // "compose.yaml builds it"
	At         Evidence

	ours bool // dockgen wrote the file that says so, which is no word of the project's
}

// marker begins the line by which a file of dockgen's is known.
const marker = "# dockgen: "

// notShipped are words in the names of Dockerfiles whose images are no product.
var notShipped = []string{"dev", "debug", "test", "tests", "e2e", "cypress", "ci", "tilt", "devcontainer", "genproto", "local", "lint"}

// mostDescribing bounds the files of others that are asked for images: those that
// describe clusters can be thousands.
const mostDescribing = 400

// Images lists what the project says of its images: its Dockerfiles, and what builds or
// starts by its compose files, workflows, Makefiles, files of Skaffold and manifests of
// clusters.
func (t *Tree) Images() []Image {
	t.images.once.Do(func() {
		asked := 0
		for _, dir := range t.dirs {
			for _, base := range t.folders[dir].Files {
				file := join(dir, base)
				read := t.describes(dir, base)
				if read == nil || asked == mostDescribing {
					continue
				}
				asked++
				data, err := t.ReadFile(file)
				if err != nil {
					continue // nothing is known of it
				}
				for _, img := range read(file, data) {
					img.ours = isOurs(data)
					t.images.all = append(t.images.all, img)
				}
			}
		}
		slices.SortStableFunc(t.images.all, func(a, b Image) int { return cmp.Compare(a.rank(), b.rank()) })
		t.images.of = map[string][]int{}
		for n, img := range t.images.all {
			for _, key := range img.keys() {
				if of := t.images.of[key]; len(of) == 0 || of[len(of)-1] != n {
					t.images.of[key] = append(of, n)
				}
			}
		}
	})
	return t.images.all
}

// rank puts what makes an image before what builds it, and that before what starts it.
func (i Image) rank() int {
	switch {
	case i.Dockerfile != "" && i.At.File == i.Dockerfile:
		return 0
	case i.Dockerfile != "" || i.Context != "":
		return 1
	}
	return 2
}

// describes says how a file is read for what it says of images; nil where it says nothing.
func (t *Tree) describes(dir, base string) func(file string, data []byte) []Image {
	lower := strings.ToLower(base)
	yaml := strings.HasSuffix(lower, ".yaml") || strings.HasSuffix(lower, ".yml")
	switch {
	case IsDockerfile(base):
		if _, aside := Aside(dir); aside || shipsNot(nameWords(dir, lower)) {
			return nil
		}
		return dockerfileSays
	case yaml && (strings.HasPrefix(lower, "compose") || strings.HasPrefix(lower, "docker-compose")),
		yaml && strings.HasPrefix(lower, "skaffold"), yaml && path.Base(dir) == "workflows" && path.Base(path.Dir(dir)) == ".github":
		return linesSay
	case lower == "makefile" || lower == ".gitlab-ci.yml" || lower == "justfile":
		return linesSay
	case yaml && slices.ContainsFunc(strings.Split(dir, "/"), func(part string) bool { return slices.Contains(clusters, part) }):
		return clusterSays
	}
	return nil
}

// nameWords are the folders of a path and the parts of its file's name.
func nameWords(dir, base string) []string {
	return append(strings.Split(dir, "/"), strings.FieldsFunc(base, func(r rune) bool { return r == '.' || r == '-' || r == '_' })...)
}

func shipsNot(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(notShipped, strings.TrimLeft(w, "._")) })
}

// clusters are folders of manifests for clusters.
var clusters = []string{"k8s", "kubernetes", "kubernetes-manifests", "deploy", "deployment", "deployments", "manifests", "kustomize", "charts", "helm", "infra"}

// IsDockerfile says whether a file describes an image by its name.
func IsDockerfile(base string) bool {
	lower := strings.ToLower(base)
	if strings.HasSuffix(lower, ".dockerignore") || strings.HasSuffix(lower, ".sh") || strings.HasSuffix(lower, ".md") {
		return false
	}
	return lower == "dockerfile" || lower == "containerfile" || strings.HasPrefix(lower, "dockerfile.") || strings.HasSuffix(lower, ".dockerfile")
}

var (
	instruction = pattern.New(`(?i)^\s*(RUN|CMD|ENTRYPOINT|WORKDIR|FROM)\s+(.*)$`)
	wordBreak   = pattern.New(`[\s"'=,;&|()\[\]{}$]+`)
)

// isOurs says whether a file begins as those do that dockgen writes.
func isOurs(data []byte) bool {
	for line := range strings.Lines(string(data[:min(len(data), 512)])) {
		if strings.HasPrefix(line, marker) {
			return true
		}
	}
	return false
}

// dockerfileSays reads what a Dockerfile builds and starts.
func dockerfileSays(file string, data []byte) []Image {
	img := Image{Dockerfile: file, Context: parentOf(file), At: Evidence{File: file}, Says: file + " makes an image of it"}
	text := strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\\\n", " ")
	for line := range strings.Lines(text) {
		m := instruction.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		if !strings.EqualFold(m[1], "FROM") {
			img.Words = append(img.Words, wordBreak.Split(m[2], -1)...)
		}
	}
	return []Image{img}
}

var (
	keyLine   = pattern.New(`^((?:\s*- )?\s*)([A-Za-z_-]+):\s*(.*)$`)
	buildLine = pattern.New(`\bdocker(?:\s+buildx)?\s+build\s+(.+)$`)
	imageLine = pattern.New(`^\s*(?:- )?image:\s*["']?([^\s"'{}]+)`)
)

// linesSay reads which folders a compose file, a workflow, a file of Skaffold or a
// Makefile builds images of.
func linesSay(file string, data []byte) (found []Image) {
	base := parentOf(file)
	if strings.HasPrefix(file, ".github/") {
		base = "."
	}
	besides := strings.Contains(path.Base(file), "compose") || strings.HasPrefix(path.Base(file), "skaffold") // the Dockerfile is named from the context
	add := func(n int, context, dockerfile string) {
		if context == "" && dockerfile == "" || strings.ContainsAny(context+dockerfile, "$`{*:") {
			return
		}
		img := Image{Context: path.Join(base, context), Says: "an image is built of it", At: Evidence{File: file, Line: n + 1}}
		if dockerfile != "" {
			img.Dockerfile = path.Join(base, dockerfile)
			if besides {
				img.Dockerfile = path.Join(img.Context, dockerfile)
			}
			if shipsNot(nameWords(parentOf(img.Dockerfile), strings.ToLower(path.Base(img.Dockerfile)))) {
				return
			}
		}
		found = append(found, img)
	}
	lines := strings.Split(string(data), "\n")
	for n, line := range lines {
		if m := buildLine.FindStringSubmatch(line); m != nil {
			context, dockerfile := buildWords(strings.Fields(m[1]))
			add(n, context, dockerfile)
			continue
		}
		m := keyLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		switch value := plainValue(m[3]); {
		case m[2] == "build" && value != "":
			add(n, value, "")
		case m[2] == "context" && value != "":
			add(n, value, sibling(lines, n, len(m[1]), "dockerfile", "file"))
		}
	}
	if strings.Contains(path.Base(file), "compose") && !shipsNot(nameWords("", path.Base(file))) {
		found = append(found, startSays(file, lines)...)
	}
	return found
}

func plainValue(text string) string {
	text, _, _ = strings.Cut(text, " #")
	return strings.Trim(strings.TrimSpace(text), `"'`)
}

// buildWords reads the context and the Dockerfile from the words behind docker build.
func buildWords(all []string) (context, dockerfile string) {
	for i, w := range all {
		switch {
		case (w == "-f" || w == "--file") && i+1 < len(all):
			dockerfile = all[i+1]
		case strings.HasPrefix(w, "--file="):
			dockerfile = strings.TrimPrefix(w, "--file=")
		case w == "&&" || w == ";" || w == "|":
			return context, dockerfile
		case !strings.HasPrefix(w, "-") && w != `\` && (i == 0 || !strings.HasPrefix(all[i-1], "-")):
			context = strings.Trim(w, `"'`)
		}
	}
	return context, dockerfile
}

// sibling is the value of one of the keys beside a line of YAML.
func sibling(lines []string, at, indent int, keys ...string) string {
	for _, step := range []int{-1, 1} {
		for i := at + step; i >= 0 && i < len(lines); i += step {
			m := keyLine.FindStringSubmatch(lines[i])
			if m == nil || len(m[1]) < indent {
				break
			}
			if len(m[1]) == indent && slices.Contains(keys, m[2]) {
				return plainValue(m[3])
			}
		}
	}
	return ""
}

// commandLine is where a container's own program is named, in the line or below it.
var commandLine = pattern.New(`^\s*(?:- )?(?:command|entrypoint):\s*(.*)$`)

// startSays reads which programs of the project containers are started with, by their
// paths: ["./api", "serve"], /app/api serve, or a list below.
func startSays(file string, lines []string) (found []Image) {
	for n, line := range lines {
		m := commandLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		text := m[1]
		if text == "" && n+1 < len(lines) {
			text, _ = strings.CutPrefix(strings.TrimSpace(lines[n+1]), "- ")
		}
		if word := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(`[]"', `, r) }); len(word) > 0 && strings.Contains(word[0], "/") && !strings.HasPrefix(word[0], "/bin/") {
			found = append(found, Image{Words: []string{"image", path.Base(word[0])}, Says: "a container is started with it", At: Evidence{File: file, Line: n + 1}})
		}
	}
	return found
}

// clusterSays reads which images a manifest of a cluster starts, and with which programs.
func clusterSays(file string, data []byte) (found []Image) {
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if m := imageLine.FindStringSubmatch(line); m != nil {
			name, _, _ := strings.Cut(path.Base(m[1]), ":")
			found = append(found, Image{Words: []string{"image", name}, Says: "an image of its name runs", At: Evidence{File: file, Line: n}})
		}
	}
	return append(found, startSays(file, strings.Split(string(data), "\n"))...)
}

// chooses are words before the name of a package or program.
var chooses = []string{"--filter", "-F", "--scope", "prune", "--bin", "-p", "--package", "-pl", "--workspace", "workspace", "-w", "build", "image"}

// ImageOf gives the first image that the project makes of a folder, or of what it calls by
// one of the names, and says whether there is one. What dockgen wrote is none: what it chose
// once, for whatever reason, says nothing of the project.
func (t *Tree) ImageOf(dir string, names ...string) (Image, bool) {
	all := t.Images()
	var may []int
	for _, key := range append([]string{dir}, names...) {
		may = append(may, t.images.of[key]...)
	}
	slices.Sort(may)
	for _, n := range may {
		if img := all[n]; !img.ours && (img.isOf(dir) || img.names(dir, names)) {
			return img, true
		}
	}
	return Image{}, false
}

// deepest bounds the paths that commands may name.
const deepest = 64

// keys are the folders and names that an image may be of, and more.
func (i Image) keys() []string {
	home := parentOf(i.Dockerfile)
	keys := []string{home, i.Context}
	for _, h := range homes {
		if above, ok := strings.CutSuffix("/"+home, "/"+h); ok {
			keys = append(keys, cmp.Or(strings.TrimPrefix(above, "/"), "."))
		}
	}
	for _, word := range i.Words {
		clean := path.Clean(word)
		keys = append(keys, word, strings.TrimPrefix(word, "@"), path.Join(i.Context, clean))
		if strings.Count(clean, "/") > deepest {
			continue
		}
		for part := clean; part != "." && part != "/"; part = path.Dir(part) {
			keys = append(keys, part)
		}
		for rest, more := clean, true; more; _, rest, more = strings.Cut(rest, "/") {
			keys = append(keys, rest)
		}
	}
	return keys
}

// homes are folders of a project that hold its Dockerfile.
var homes = []string{"docker", "deploy", "build", ".docker", "src/main/docker"}

// isOf says whether the image is made of a folder.
func (i Image) isOf(dir string) bool {
	switch home := parentOf(i.Dockerfile); {
	case i.Dockerfile == "":
		return i.Context == dir && dir != "."
	case home == dir:
		return true
	case i.Context == dir && dir != ".":
		return Inside(home, dir)
	default:
		return slices.ContainsFunc(homes, func(h string) bool { return join(dir, h) == home })
	}
}

// names says whether commands of the image name a folder, or one of these names.
func (i Image) names(dir string, names []string) bool {
	for n, word := range i.Words {
		if strings.HasPrefix(word, "-") {
			continue
		}
		if dir != "." {
			clean := path.Clean(word)
			if strings.Contains(dir, "/") && (Inside(clean, dir) || strings.HasSuffix(clean, "/"+dir)) || clean != "." && path.Join(i.Context, clean) == dir {
				return true
			}
		}
		named := strings.ContainsAny(word, "@") || n > 0 && slices.Contains(chooses, i.Words[n-1])
		if named && slices.ContainsFunc(names, func(name string) bool { return word == name || word == "@"+name }) {
			return true
		}
	}
	return false
}
