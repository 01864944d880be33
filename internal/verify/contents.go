package verify

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/dockgen/dockgen/internal/image"
	"github.com/dockgen/dockgen/internal/secret"
)

// Reading says what the checks want to know of an image beyond names, sizes and owners.
// The rules are compiled where an image has a word in it that they name.
func Reading(rules *secret.Rules, platform string) image.Options {
	return image.Options{
		Platform: platform,
		Secrets: func(name string, text []byte) (all []image.Secret) {
			if isPackaged(name) || isSystem(name) {
				return nil
			}
			for _, m := range rules.Find(name, text) {
				all = append(all, image.Secret{Rule: m.Rule, Line: m.Line, Mask: m.Mask})
			}
			return all
		},
		Keep: isKept,
		Inside: func(name string) bool {
			return !isPackaged(name) && !isSystem(name) && !slices.ContainsFunc(libraries, func(dir string) bool { return strings.Contains(name, dir) })
		},
	}
}

// libraries are folders with archives of others, beside a program of Java.
var libraries = []string{"/lib/", "/libs/", "/dependencies/", "/.m2/", "/.gradle/"}

func isKept(name string) bool {
	switch {
	case name == "/etc/passwd", name == "/etc/os-release", name == "/etc/ld.so.conf", strings.HasPrefix(name, "/etc/ld.so.conf.d/"), strings.HasPrefix(name, "/etc/ld-musl-"):
		return true
	case path.Base(name) == "package.json" && !isPackaged(name), strings.HasSuffix(name, "/node_modules/.package-lock.json"), strings.HasSuffix(name, "/node_modules/.modules.yaml"):
		return !isSystem(name)
	}
	return credentialFile(name) != nil
}

func judgeSecrets(f *Facts) Result {
	var all []Finding
	files := 0
	f.own(func(layer int, file *image.File) {
		files++
		for _, s := range file.Secrets {
			where := fmt.Sprintf("line %d", s.Line)
			if s.Inside != "" {
				where += " of " + s.Inside
			}
			one := f.found(layer, file, fmt.Sprintf("%s holds a %s in %s (%s)", file.Path, words(s.Rule), where, s.Mask),
				"no key, token or password in any layer", "take it out of the context (.dockerignore), hand it to the one step that needs it with RUN --mount=type=secret, and give it up as known")
			all = append(all, one)
		}
	})
	if len(all) == 0 {
		return passed(fmt.Sprintf("%d files in %d layers of its own", files, len(f.Image.Layers)-f.Base.Layers))
	}
	return failed(sorted(all)...)
}

func words(rule string) string { return strings.ReplaceAll(rule, "-", " ") }

func judgeConfigSecrets(f *Facts) Result {
	rules, err := secret.Load()
	if err != nil {
		return notJudged(err.Error(), "report it: the rules are part of dockgen")
	}
	var all []Finding
	first := f.firstOwn()
	for i, s := range f.Image.History[first:] {
		text := Instruction(s.Text)
		for _, v := range variables(s.Text) {
			if m, ok := rules.Variable(v[0], v[1]); ok {
				all = append(all, Finding{
					What: fmt.Sprintf("the history shows %s=%s: %s", v[0], m.Mask, m.What), Expected: "no secret in what everybody reads with docker history",
					Fix: "use RUN --mount=type=secret,id=NAME,env=NAME instead of ARG or ENV, and give it up as known", By: text, At: f.line(first + i),
				})
			}
		}
		for _, m := range rules.Find("", []byte(text)) {
			all = append(all, Finding{
				What: fmt.Sprintf("the history shows a %s (%s)", words(m.Rule), m.Mask), Expected: "no secret in what everybody reads with docker history",
				Fix: "use RUN --mount=type=secret in that step, and give it up as known", By: strings.SplitN(text, " ", 2)[0], At: f.line(first + i),
			})
		}
	}
	for _, v := range f.Image.Config.Env {
		name, value, _ := strings.Cut(v, "=")
		if m, ok := rules.Variable(name, value); ok && f.isOwnVariable(v) {
			all = append(all, Finding{
				What: fmt.Sprintf("the environment holds %s=%s: %s", name, m.Mask, m.What), Expected: "no secret in what every container and everybody with the image sees",
				Fix: "take the ENV away; whoever runs the image gives it: docker run --env " + name + ", a secret of the orchestrator",
			})
		}
	}
	for name, value := range f.Image.Config.Labels {
		if m, ok := rules.Variable(name, value); ok && m.Rule != "variable" {
			all = append(all, Finding{What: fmt.Sprintf("the label %s holds %s (%s)", name, m.What, m.Mask), Expected: "no secret in labels", Fix: "take it out of LABEL, and give it up as known"})
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int { return strings.Compare(a.What, b.What) })
	return failed(slices.CompactFunc(all, func(a, b Finding) bool { return a.What == b.What })...)
}

// isOwnVariable says whether a variable is not one that the base had: nothing of the
// image's own history sets what the base has, such as the key that Python is signed with.
func (f *Facts) isOwnVariable(v string) bool {
	name, _, _ := strings.Cut(v, "=")
	first := f.firstOwn()
	sets := func(s image.Step) bool {
		text := Instruction(s.Text)
		return strings.HasPrefix(text, "ENV ") && (strings.Contains(text, " "+name+"=") || strings.HasPrefix(text, "ENV "+name+" "))
	}
	return slices.ContainsFunc(f.Image.History[first:], sets) || !slices.ContainsFunc(f.Image.History[:first], sets) && f.Base.Layers == 0
}

// variables are those that a step of a history gives values: by ARG, by ENV, or of a RUN
// that saw arguments of the build, which a builder notes as |2 A=b C=d.
func variables(text string) (all [][2]string) {
	instruction := Instruction(text)
	word, rest, _ := strings.Cut(instruction, " ")
	switch {
	case word == "ENV" || word == "ARG" || word == "LABEL":
		if word == "LABEL" {
			return nil
		}
		if !strings.Contains(strings.SplitN(rest, " ", 2)[0], "=") { // ENV NAME value
			rest = strings.Replace(rest, " ", "=", 1)
		}
	case strings.HasPrefix(strings.TrimPrefix(text, "RUN "), "|"):
		rest, _, _ = strings.Cut(text, strings.TrimPrefix(instruction, "RUN "))
	default:
		return nil
	}
	for _, field := range strings.Fields(rest) {
		if name, value, ok := strings.Cut(field, "="); ok {
			all = append(all, [2]string{name, strings.Trim(value, `"'`)})
		}
	}
	return all
}

// credential is a file that is known to hold what opens doors.
type credential struct {
	pattern string   // of the path, as doublestar has it
	except  string   // that are none
	holds   []string // it is one only with one of these in it
	what    string
}

// credentials are the files, by the documentation of the tools that read them.
var credentials = []credential{
	{"/**/.env", "", nil, "variables of an environment"},
	{"/**/.env.*", "*.{example,sample,template,dist,defaults,schema,d.ts}", nil, "variables of an environment"},
	{"/**/.npmrc", "", []string{"_authToken", "_auth=", "_auth =", "_password"}, "credentials of npm"},
	{"/**/.yarnrc.yml", "", []string{"npmAuthToken", "npmAuthIdent"}, "credentials of Yarn"},
	{"/**/.netrc", "", []string{"password"}, "passwords of hosts"},
	{"/**/{pip.conf,.pip/pip.conf,pip.ini}", "", []string{"@"}, "an address of pip with credentials"},
	{"/**/.pypirc", "", []string{"password"}, "credentials of a package index"},
	{"/**/{.cargo,cargo}/credentials{,.toml}", "", nil, "credentials of Cargo"},
	{"/**/.m2/settings.xml", "", []string{"<password>"}, "passwords of Maven"},
	{"/**/.gradle/gradle.properties", "", []string{"assword=", "oken="}, "passwords of Gradle"},
	{"/**/.docker/config.json", "", []string{`"auth"`, "identitytoken"}, "credentials of Docker"},
	{"/**/.aws/credentials", "", nil, "credentials of AWS"},
	{"/**/.config/gcloud/**", "", nil, "credentials of Google Cloud"},
	{"/**/.azure/{accessTokens.json,msal_token_cache.json}", "", nil, "credentials of Azure"},
	{"/**/.kube/config", "", nil, "credentials of a cluster"},
	{"/**/.ssh/id_*", "*.pub", nil, "a key of SSH"},
	{"/**/id_{rsa,dsa,ecdsa,ed25519}", "", nil, "a key of SSH"},
	{"/**/.git-credentials", "", nil, "passwords of git"},
	{"/**/.pgpass", "", nil, "passwords of PostgreSQL"},
	{"/**/.htpasswd", "", nil, "passwords of a web server"},
	{"/**/{*.tfstate,*.tfvars}", "", nil, "the state of Terraform"},
	{"/**/.terraformrc", "", []string{"token"}, "a token of Terraform"},
	{"/**/*.{p12,pfx,kdbx,keytab}", "", nil, "a store of keys"},
	{"/**/{service-account,serviceAccountKey,service_account}*.json", "", []string{"private_key"}, "a key of Google Cloud"},
	{"/**/{.bash_history,.python_history,.node_repl_history}", "", nil, "what somebody typed"},
}

func credentialFile(name string) *credential {
	if isPackaged(name) || isSystem(name) {
		return nil
	}
	for i := range credentials {
		c := &credentials[i]
		if ok, err := doublestar.Match(c.pattern, name); !ok || err != nil {
			continue
		}
		if no, err := doublestar.Match(c.except, path.Base(name)); c.except == "" || !no && err == nil {
			return c
		}
	}
	return nil
}

func judgeCredentialFiles(f *Facts) Result {
	var all []Finding
	f.own(func(layer int, file *image.File) {
		c := credentialFile(file.Path)
		if c == nil || file.Kind != image.Regular || file.Size == 0 {
			return
		}
		if len(c.holds) > 0 && !slices.ContainsFunc(c.holds, func(word string) bool { return strings.Contains(string(file.Content), word) }) {
			return
		}
		all = append(all, f.found(layer, file, fmt.Sprintf("%s holds %s", file.Path, c.what), "no file of credentials in any layer",
			"name it in .dockerignore; a step of the build reads it with RUN --mount=type=secret, the container gets it when it is run"))
	})
	return failed(sorted(all)...)
}

func judgeVersionControl(f *Facts) Result {
	var all []Finding
	var where string
	top := func(name string) string {
		for _, dir := range []string{"/.git", "/.hg", "/.svn", "/.bzr"} {
			if i := strings.Index(name+"/", dir+"/"); i >= 0 {
				return name[:i+len(dir)]
			}
		}
		return ""
	}
	f.own(func(layer int, file *image.File) {
		if where = top(file.Path); where == "" || isPackaged(file.Path) {
			return
		}
		one := f.found(layer, file, where+" holds the history of the project, deleted secrets among it", "no version control in the image", "name "+path.Base(where)+" in .dockerignore, or copy what is wanted by name instead of COPY . .")
		all = append(all, one)
	})
	return failed(tops(all, top)...)
}

// leftovers are base names of what stays behind in a builder, by stack; the empty one is
// for every image.
var leftovers = map[string][]string{
	"":       {"Dockerfile", "Dockerfile.*", "*.dockerignore", ".dockerignore", "docker-compose*.y*ml", "compose*.y*ml", "docker-bake.hcl", "dockgen.toml", "*_test.go", "conftest.py", "*.test.js", "*.test.ts", "*.test.tsx", "*.spec.ts", "*.spec.js", "*Test.java", "*_test.rs"},
	"go":     {"*.go", "go.mod", "go.sum", "go.work"},
	"rust":   {"*.rs", "Cargo.toml", "Cargo.lock"},
	"java":   {"*.java", "*.kt", "mvnw", "gradlew", "build.gradle*", "pom.xml", "surefire-reports"},
	"node":   {"pnpm-workspace.yaml", "turbo.json", "nx.json", "vitest.config.*", "jest.config.*"},
	"python": {"pip", "pip3"},
	"static": {"Staticfile", "README*"},
}

func judgeSources(f *Facts) Result {
	stack := ""
	if f.Expect != nil {
		stack = f.Expect.Stack
	} else if p := f.program(); p != nil && !isSystem(p.Path) {
		stack = "go" // a program of its own needs no sources of any compiled language
	}
	names := slices.Concat(leftovers[""], leftovers[stack])
	if f.Expect == nil && stack == "go" {
		names = append(names, leftovers["rust"]...)
	}
	var all []Finding
	f.own(func(layer int, file *image.File) {
		if file.Kind == image.Folder || file.Kind == image.Other || isPackaged(file.Path) || isSystem(file.Path) {
			return
		}
		for _, pattern := range names {
			if ok, err := path.Match(pattern, path.Base(file.Path)); ok && err == nil && !compiledTest(file.Path) {
				all = append(all, f.found(layer, file, "what only a build needs is in the image", "what the program needs, and nothing else", "copy what is wanted by name out of the builder, or name the rest in .dockerignore"))
				return
			}
		}
	})
	return failed(fewest(sorted(all), 5)...)
}

// compiledTest says whether a file is a test that a build of the project has compiled into
// its own output, which is copied as a whole.
func compiledTest(name string) bool {
	built := func(dir string) bool { return strings.Contains(name, dir) }
	return strings.HasSuffix(name, ".js") && slices.ContainsFunc([]string{"/dist/", "/build/", "/out/", "/.output/"}, built)
}

// cache is a folder that a package manager fills for the next installation.
type cache struct{ pattern, of, fix string }

var caches = []cache{
	{"/var/lib/apt/lists/*_*", "apt's lists", "rm -rf /var/lib/apt/lists/* in the same RUN, or RUN --mount=type=cache,target=/var/lib/apt"},
	{"/var/cache/apt/{archives/*.deb,*.bin}", "apt's packages", "apt-get clean in the same RUN, or RUN --mount=type=cache,target=/var/cache/apt"},
	{"/var/cache/apk/*", "apk's index", "apk add --no-cache"},
	{"/etc/apk/cache/*", "apk's packages", "apk add --no-cache"},
	{"/var/cache/{dnf,yum}/**", "dnf's packages", "dnf clean all in the same RUN"},
	{"/{root,home/*}/.cache/**", "what tools keep for the next time", "RUN --mount=type=cache,target=… for it, or switch it off (pip --no-cache-dir)"},
	{"/{root,home/*}/.npm/_cacache/**", "npm's packages", "RUN --mount=type=cache,target=/root/.npm"},
	{"/{root,home/*}/.{yarn,pnpm-store,bun/install/cache,local/share/pnpm}/**", "packages of Node", "RUN --mount=type=cache for it"},
	{"/usr/local/share/.cache/**", "Yarn's packages", "RUN --mount=type=cache,target=/usr/local/share/.cache"},
	{"/**/.cargo/registry/**", "Cargo's packages", "RUN --mount=type=cache,target=/usr/local/cargo/registry, and copy the program alone"},
	{"/usr/local/cargo/registry/**", "Cargo's packages", "RUN --mount=type=cache,target=/usr/local/cargo/registry, and copy the program alone"},
	{"/{root/go,go}/pkg/mod/**", "Go's modules", "RUN --mount=type=cache,target=/go/pkg/mod, and copy the program alone"},
	{"/root/.m2/repository/**", "Maven's repository", "RUN --mount=type=cache,target=/root/.m2, and copy the jar alone"},
	{"/root/.gradle/**", "Gradle's caches", "RUN --mount=type=cache,target=/root/.gradle, and copy the jar alone"},
	{"/root/.composer/cache/**", "Composer's packages", "RUN --mount=type=cache,target=/root/.composer"},
	{"/**/.next/cache/**", "Next.js' cache", "RUN --mount=type=cache,target=/app/.next/cache"},
}

func judgeCaches(f *Facts) Result {
	var all []Finding
	where := map[string]string{}
	f.own(func(layer int, file *image.File) {
		if file.Kind != image.Regular || file.Size == 0 {
			return
		}
		for _, c := range caches {
			if ok, err := doublestar.Match(c.pattern, file.Path); !ok || err != nil {
				continue
			}
			top := c.top(file.Path)
			where[file.Path] = top
			all = append(all, f.found(layer, file, fmt.Sprintf("%s: %s", top, c.of), "nothing that only the next installation needs", c.fix))
			return
		}
	})
	for i := range all {
		all[i].Path = cmpOr(where[all[i].Path], all[i].Path)
	}
	return failed(tops(all, func(p string) string { return p })...)
}

// top is the folder of a cache that a file lies in: as many elements of its path as the
// pattern has before what may be anything.
func (c cache) top(name string) string {
	fixed := strings.Split(c.pattern, "/")
	n := slices.IndexFunc(fixed, func(part string) bool { return part == "**" })
	if n <= 1 {
		n = len(fixed) - 1
	}
	parts := strings.Split(name, "/")
	return strings.Join(parts[:min(n, len(parts)-1)], "/")
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// compilers are the base names of what makes programs of sources.
var compilers = []string{"gcc", "cc", "g++", "c++", "clang", "tcc", "go", "rustc", "cargo", "javac", "ghc", "make", "cmake", "ld"}

func judgeCompilers(f *Facts) Result {
	program := f.program()
	compiled := f.Expect != nil && f.Expect.Compiled || f.Expect == nil && program != nil && !isSystem(program.Path)
	if !compiled {
		return skipped("it does not run a compiled program of its own")
	}
	var all []Finding
	for _, dir := range []string{"/usr/bin", "/usr/local/bin", "/usr/local/go/bin", "/usr/local/cargo/bin", "/bin", "/opt/java/openjdk/bin"} {
		for _, name := range compilers {
			where := path.Join(dir, name)
			at, ok := f.final()[where]
			if !ok || program != nil && program.Path == where {
				continue
			}
			all = append(all, f.found(at.Layer, at.File, where+" is a compiler, or belongs to one", "nothing that only the build needs", "copy the program out of the builder onto a base without one: distroless, slim, scratch"))
		}
	}
	return failed(fewest(all, 3)...)
}

// program is the file that the image starts, where it is one for the processor.
func (f *Facts) program() *image.File {
	argv := slices.Concat(f.Image.Config.Entrypoint, f.Image.Config.Cmd)
	if len(argv) == 0 {
		return nil
	}
	name := f.lookPath(argv[0])
	if at, ok := f.resolve(name); ok && at.ELF != nil {
		return at.File
	}
	return nil
}

// lookPath finds a program as a container does.
func (f *Facts) lookPath(name string) string {
	if strings.Contains(name, "/") {
		if !path.IsAbs(name) {
			name = path.Join("/", f.Image.Config.WorkingDir, name)
		}
		return path.Clean(name)
	}
	dirs := "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	for _, v := range f.Image.Config.Env {
		if rest, ok := strings.CutPrefix(v, "PATH="); ok {
			dirs = rest
		}
	}
	for dir := range strings.SplitSeq(dirs, ":") {
		if at, ok := f.resolve(path.Join(dir, name)); ok && at.Mode&0o111 != 0 {
			return path.Join(dir, name)
		}
	}
	return name
}

// tools are packages that only development wants, whoever depends on them.
var tools = strings.Fields(`
	eslint jest vitest mocha prettier nodemon ts-node ts-jest tsx webpack webpack-cli webpack-dev-server cypress playwright @playwright/test husky lint-staged nyc c8 ava karma jasmine
	rollup storybook supertest sinon chai concurrently npm-run-all rimraf @biomejs/biome @types/node typescript
`)

func judgeDevelopment(f *Facts) Result {
	var all []Finding
	seen := false
	for name, at := range f.final() {
		if at.Layer < f.Base.Layers || at.Content == nil {
			continue
		}
		switch {
		case strings.HasSuffix(name, "/node_modules/.package-lock.json"):
			seen = true
			all = append(all, f.developed(at, path.Dir(path.Dir(name)))...)
		case strings.HasSuffix(name, "/node_modules/.modules.yaml"):
			all = append(all, f.linked(at)...)
		case path.Base(name) == "package.json":
			_, locked := f.final()[path.Join(path.Dir(name), "node_modules/.package-lock.json")]
			if !locked {
				all = append(all, f.listed(at)...)
			}
		}
	}
	if f.Expect != nil {
		for _, name := range f.Expect.DevOnly {
			all = append(all, f.distributed(name)...)
		}
	}
	if len(all) == 0 && seen {
		return passed("what npm installed is all for production")
	}
	return failed(fewest(sorted(all), 5)...)
}

const forDevelopment = "it is installed for development alone"

func (f *Facts) developing(at image.Stands) Finding {
	return f.found(at.Layer, at.File, forDevelopment, "the dependencies of production", "install them in a stage of their own (npm ci --omit=dev, pnpm install --prod, uv sync --no-dev) and copy those")
}

// developed reads the lockfile that npm leaves beside what it has installed, which says of
// each package whether only development wants it.
func (f *Facts) developed(lock image.Stands, dir string) (all []Finding) {
	var file struct {
		Packages map[string]struct{ Dev bool }
	}
	if json.Unmarshal(lock.Content, &file) != nil {
		return nil
	}
	for name, p := range file.Packages {
		if at, ok := f.final()[path.Join(dir, name, "package.json")]; ok && p.Dev {
			all = append(all, f.developing(at))
		}
	}
	return all
}

// linked goes by what pnpm notes of an installation: where it installed what development
// wants, each such package of the manifest beside it has a link.
func (f *Facts) linked(note image.Stands) (all []Finding) {
	dir := path.Dir(note.Path)
	var installed struct {
		Included struct{ DevDependencies bool }
	}
	var file struct{ Dependencies, OptionalDependencies, DevDependencies map[string]any }
	manifest, ok := f.final()[path.Join(path.Dir(dir), "package.json")]
	if !ok || json.Unmarshal(note.Content, &installed) != nil || !installed.Included.DevDependencies || json.Unmarshal(manifest.Content, &file) != nil {
		return nil
	}
	for name := range file.DevDependencies {
		at, ok := f.final()[path.Join(dir, name)]
		if ok && at.Kind == image.Symlink && file.Dependencies[name] == nil && file.OptionalDependencies[name] == nil {
			all = append(all, f.developing(at))
		}
	}
	return all
}

// listed goes by a manifest where no lockfile says more: tools among its devDependencies.
func (f *Facts) listed(manifest image.Stands) (all []Finding) {
	var file struct{ Dependencies, PeerDependencies, DevDependencies map[string]any }
	if json.Unmarshal(manifest.Content, &file) != nil {
		return nil
	}
	for _, name := range tools {
		if file.DevDependencies[name] == nil || file.Dependencies[name] != nil || file.PeerDependencies[name] != nil {
			continue
		}
		if at, ok := f.final()[path.Join(path.Dir(manifest.Path), "node_modules", name, "package.json")]; ok {
			all = append(all, f.developing(at))
		}
	}
	return all
}

// distributed finds a distribution of Python by the folder that its installation leaves.
func (f *Facts) distributed(name string) (all []Finding) {
	want := strings.ToLower(strings.NewReplacer("-", "_", ".", "_").Replace(name)) + "-"
	for where, at := range f.final() {
		dir := path.Base(path.Dir(where))
		if path.Base(where) == "METADATA" && at.Layer >= f.Base.Layers && strings.HasSuffix(dir, ".dist-info") &&
			strings.HasPrefix(strings.ToLower(strings.NewReplacer("-", "_", ".", "_").Replace(strings.SplitN(dir, "-", 2)[0]))+"-", want) {
			all = append(all, f.developing(at))
		}
	}
	return all
}

func judgeJDK(f *Facts) Result {
	argv := slices.Concat(f.Image.Config.Entrypoint, f.Image.Config.Cmd)
	java := f.Expect != nil && f.Expect.JRE || f.Expect == nil && len(argv) > 0 && path.Base(argv[0]) == "java"
	if !java {
		return skipped("it runs no program of Java")
	}
	for _, name := range sortedNames(f.final()) {
		at := f.final()[name]
		if path.Base(name) == "javac" && strings.Contains(name, "/bin/") && at.Kind != image.Symlink {
			return failed(f.found(at.Layer, at.File, "the image has a whole JDK: "+name, "a JRE, which is some 200 MB smaller", "take the -jre image of the same version, or jlink"))
		}
	}
	return passed("no compiler of Java in it")
}

func sortedNames(final map[string]image.Stands) []string {
	names := make([]string, 0, len(final))
	for name := range final {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
