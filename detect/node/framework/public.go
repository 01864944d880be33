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

// publicWords name keys that everybody may have, which BuildKit's rule lets pass too.
var publicWords = pattern.New(`(?i)(?:^|_)PUBLIC_KEY(?:_|$)`)

// SecretName says whether the name of a variable speaks of a secret, by the words
// that BuildKit's rule SecretsUsedInArgOrEnv knows too.
func SecretName(name string) bool {
	return secretWords.MatchString(name) && !publicWords.MatchString(name)
}

// What webpack's DefinePlugin and EnvironmentPlugin write of the environment into what they
// bundle (https://webpack.js.org/plugins/).
var (
	definedOne  = pattern.New(`process\.env\.([A-Z][A-Z0-9_]{1,60})\b`)
	definedList = pattern.New(`EnvironmentPlugin\(\s*\[([^\[\]]*)\]`)
)

// defined lists the variables that the configuration of webpack names, sorted by name.
func defined(s Subject) (list []PublicVariable) {
	folder, _ := s.Tree.Folder(s.Dir)
	for _, name := range folder.Files {
		if !strings.HasPrefix(name, "webpack.") || strings.Contains(name, "dev") {
			continue
		}
		file := path.Join(s.Dir, name)
		data, err := s.Tree.ReadFile(file)
		if err != nil {
			continue
		}
		add := func(begin, end int) {
			v := PublicVariable{Name: string(data[begin:end]), At: detect.Evidence{File: file, Line: 1 + bytes.Count(data[:begin], []byte("\n"))}}
			v.Secret = SecretName(v.Name)
			if !slices.Contains([]string{"NODE_ENV", "PORT", "HOST", "CI", "ANALYZE"}, v.Name) && !slices.ContainsFunc(list, func(o PublicVariable) bool { return o.Name == v.Name }) {
				list = append(list, v)
			}
		}
		if bytes.Contains(data, []byte("DefinePlugin")) {
			for _, m := range definedOne.FindAllSubmatchIndex(data, 100) {
				add(m[2], m[3])
			}
		}
		for _, m := range definedList.FindAllSubmatchIndex(data, 10) {
			for _, word := range variableWord.FindAllIndex(data[m[2]:m[3]], -1) {
				add(m[2]+word[0], m[2]+word[1])
			}
		}
	}
	slices.SortFunc(list, func(a, b PublicVariable) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// What a build of SvelteKit or Astro takes from its environment and stops without
// (https://svelte.dev/docs/kit/$env-static-private, https://docs.astro.build/en/guides/environment-variables/).
var (
	staticImport = pattern.New(`import\s*\{([^{}]*)\}\s*from\s*['"]\$env/static/(private|public)['"]`)
	variableWord = pattern.New(`\b[A-Z][A-Z0-9_]+\b`)
	envField     = pattern.New(`\b([A-Z][A-Z0-9_]+)\s*:\s*envField\.\w+\(\{([^{}]*)\}\s*\)`)
)

// PublicVariables lists the variables with one of the prefixes that the sources
// below the package's folder read, sorted by name.
func PublicVariables(s Subject, prefixes []string) ([]PublicVariable, error) {
	if len(prefixes) == 0 {
		return defined(s), nil
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
	add := func(data []byte, file string, begin, end int, v PublicVariable) {
		v.Name, v.At = string(data[begin:end]), detect.Evidence{File: file, Line: 1 + bytes.Count(data[:begin], []byte("\n"))}
		v.Secret = v.Secret || SecretName(v.Name)
		found[v.Name] = v
	}
	err := s.sources(s.Dir, func(file string, data []byte) bool {
		for _, m := range staticImport.FindAllSubmatchIndex(data, 100) {
			for _, word := range variableWord.FindAllIndex(data[m[2]:m[3]], -1) {
				add(data, file, m[2]+word[0], m[2]+word[1], PublicVariable{Needed: true, Secret: string(data[m[4]:m[5]]) == "private"})
			}
		}
		if !slices.ContainsFunc(prefixes, func(p string) bool { return bytes.Contains(data, []byte(p)) }) {
			return true
		}
		for _, m := range names.FindAllSubmatchIndex(data, 1000) {
			name := string(data[m[2]:m[3]])
			if _, ok := found[name]; !ok && bytes.Contains(data, []byte("env")) && len(name) < 100 {
				add(data, file, m[2], m[3], PublicVariable{})
			}
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	for _, ext := range []string{".mjs", ".ts", ".js", ".mts"} {
		config := path.Join(s.Dir, "astro.config"+ext)
		if !s.Tree.Has(config) {
			continue
		}
		data, err := s.Tree.ReadFile(config)
		if err != nil {
			continue
		}
		for _, m := range envField.FindAllSubmatchIndex(data, -1) {
			options := string(data[m[4]:m[5]])
			if strings.Contains(options, "public") && !strings.Contains(options, "default") && !strings.Contains(options, "optional: true") {
				add(data, config, m[2], m[3], PublicVariable{Needed: true})
			}
		}
	}
	var list []PublicVariable
	for _, v := range found {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b PublicVariable) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}
