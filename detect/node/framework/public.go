package framework

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Bounds of what is read of the sources for one question.
const (
	maxSources     = 5000
	maxSourceBytes = 64 << 20
)

// sourceEndings are those of files that bundlers read.
var sourceEndings = []string{".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".astro", ".html", ".mdx"}

// onDemand is how Astro's pages say that they are not rendered beforehand.
var onDemand = pattern.New(`export\s+const\s+prerender\s*=\s*false|server:defer|defineAction\s*\(`)

// sources visits the program text below a folder until visit answers false.
func (s Subject) sources(dir string, visit func(file string, data []byte) bool) error {
	if _, ok := s.Tree.Folder(dir); !ok {
		return nil
	}
	reader := s.Tree.Reader(dir)
	defer reader.Close() // nothing was written through it
	read, size := 0, 0
	aside := func(d string) bool {
		_, aside := detect.Aside(strings.TrimPrefix(d, s.Dir+"/"))
		return aside || d != s.Dir && s.Tree.Has(path.Join(d, "package.json"))
	}
	for _, folder := range s.Tree.Below(dir, aside) {
		content, _ := s.Tree.Folder(folder)
		for _, name := range content.Files {
			if !slices.Contains(sourceEndings, path.Ext(name)) || strings.Contains(name, ".test.") || strings.Contains(name, ".spec.") || strings.HasSuffix(name, ".d.ts") {
				continue
			}
			if read++; read > maxSources || size > maxSourceBytes {
				return nil
			}
			file := path.Join(folder, name)
			data, err := reader.ReadFile(file)
			if err != nil {
				return err
			}
			size += len(data)
			if !visit(file, data) {
				return nil
			}
		}
	}
	return nil
}

// secretWords are those that name what nobody but a server may know. What a
// build writes into a page everybody can read, whatever its name is: keys that
// are meant for browsers are called public or publishable.
var secretWords = pattern.New(`(?i)(?:^|_)(?:SECRET|TOKEN|PASSWORD|PASSWD|PWD|PRIVATE|CREDENTIALS?|AUTH|API_?KEY|KEY|APIKEY)(?:_|$)`)

// SecretName says whether the name of a variable speaks of a secret, by the words
// that BuildKit's rule SecretsUsedInArgOrEnv knows too.
func SecretName(name string) bool { return secretWords.MatchString(name) }

// PublicVariables lists the variables with one of the prefixes that the sources
// below the package's folder read, sorted by name.
func PublicVariables(s Subject, prefixes []string) ([]PublicVariable, error) {
	if len(prefixes) == 0 {
		return nil, nil
	}
	var alternatives []string
	for _, p := range prefixes {
		if p != "" {
			alternatives = append(alternatives, regexp.QuoteMeta(p))
		}
	}
	if len(alternatives) == 0 {
		return nil, nil
	}
	// Of process.env, import.meta.env, $env and the like; the prefix keeps other words out.
	names := regexp.MustCompile(`(?:env(?:\??\.|\[\s*['"])|[{,]\s*)((?:` + strings.Join(alternatives, "|") + `)[A-Z0-9_]+)\b`)
	found := map[string]PublicVariable{}
	err := s.sources(s.Dir, func(file string, data []byte) bool {
		if !slices.ContainsFunc(prefixes, func(p string) bool { return bytes.Contains(data, []byte(p)) }) {
			return true
		}
		for _, m := range names.FindAllSubmatchIndex(data, 1000) {
			name := string(data[m[2]:m[3]])
			if _, ok := found[name]; !ok && bytes.Contains(data, []byte("env")) && len(name) < 100 {
				line := 1 + bytes.Count(data[:m[2]], []byte("\n"))
				found[name] = PublicVariable{Name: name, At: detect.Evidence{File: file, Line: line}, Secret: SecretName(name)}
			}
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	var list []PublicVariable
	for _, v := range found {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b PublicVariable) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}
