package lock

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// need is what a package wants of the system: values, no decisions. Names of
// packages are Debian's of trixie and bookworm.
type need struct {
	name    string // of the package; the longest prefix before a * counts for families
	below   int    // only for major versions below this; 0: for all
	compile bool   // it compiles a native addon where it has no binary for the platform
	build   []string
	run     []string
	env     []plan.Variable // while installing
	runEnv  []plan.Variable
	noMusl  string // why it does not run on Alpine, or empty
	init    bool   // it starts processes that it does not wait for
	binary  bool   // native code of its own: builder and runtime share a C library
	browser bool   // it downloads one by a command of its own
	direct  bool   // counts only where a manifest names it: others bring it along unused
}

// Gyp is what node-gyp wants: https://github.com/nodejs/node-gyp#installation.
var Gyp = []string{"g++", "make", "python3"}

// needs are the packages of npm that want something of the system. Sources: each
// project's own installation guide; the names of Debian's packages were looked up
// in its index of trixie.
var needs = []need{
	{name: "prisma", build: []string{"ca-certificates", "openssl"}, run: []string{"ca-certificates", "openssl"}, direct: true},
	{name: "@prisma/client", build: []string{"ca-certificates", "openssl"}, run: []string{"ca-certificates", "openssl"}, direct: true},
	{name: "sharp", binary: true},
	{name: "bcrypt", compile: true, binary: true},
	{name: "argon2", compile: true, binary: true},
	{name: "better-sqlite3", compile: true, binary: true},
	{name: "sqlite3", compile: true, binary: true},
	{name: "isolated-vm", compile: true, binary: true},
	{name: "node-pty", compile: true, binary: true},
	{name: "re2", compile: true, binary: true},
	{name: "sodium-native", compile: true, binary: true},
	{name: "cpu-features", compile: true, binary: true},
	{name: "bufferutil", binary: true},
	{name: "utf-8-validate", binary: true},
	{name: "node-rdkafka", compile: true, binary: true, build: []string{"libsasl2-dev", "libssl-dev", "libzstd-dev", "zlib1g-dev"}, run: []string{"libsasl2-2", "libzstd1"}},
	{name: "@confluentinc/kafka-javascript", binary: true, noMusl: "librdkafka is built for glibc"},
	{name: "pg-native", compile: true, binary: true, build: []string{"libpq-dev"}, run: []string{"libpq5"}},
	{name: "libpq", compile: true, binary: true, build: []string{"libpq-dev"}, run: []string{"libpq5"}},
	{name: "canvas", below: 3, compile: true, binary: true,
		build: []string{"libcairo2-dev", "libgif-dev", "libjpeg-dev", "libpango1.0-dev", "librsvg2-dev", "pkg-config"},
		run:   []string{"libcairo2", "libgif7", "libjpeg62-turbo", "libpango-1.0-0", "libpangocairo-1.0-0", "librsvg2-2"}},
	{name: "canvas", binary: true, run: []string{"fontconfig"}},
	{name: "puppeteer", direct: true, init: true, noMusl: "its browser is Debian's Chromium",
		run:    []string{"chromium", "chromium-sandbox", "fonts-liberation"},
		env:    []plan.Variable{{Name: "PUPPETEER_SKIP_DOWNLOAD", Value: "true"}},
		runEnv: []plan.Variable{{Name: "PUPPETEER_EXECUTABLE_PATH", Value: "/usr/bin/chromium"}}},
	{name: "puppeteer-core", direct: true, init: true, noMusl: "its browser is Debian's Chromium",
		run:    []string{"chromium", "chromium-sandbox", "fonts-liberation"},
		runEnv: []plan.Variable{{Name: "PUPPETEER_EXECUTABLE_PATH", Value: "/usr/bin/chromium"}}},
	{name: "playwright", direct: true, init: true, noMusl: "its browsers are built for glibc", browser: true, run: playwrightLibraries,
		env:    []plan.Variable{{Name: "PLAYWRIGHT_BROWSERS_PATH", Value: BrowsersFolder}},
		runEnv: []plan.Variable{{Name: "PLAYWRIGHT_BROWSERS_PATH", Value: BrowsersFolder}}},
	{name: "ffmpeg-static", noMusl: "its ffmpeg is built for glibc"},
	{name: "fluent-ffmpeg", direct: true, run: []string{"ffmpeg"}},
	{name: "gm", direct: true, run: []string{"graphicsmagick"}},
	{name: "imagemagick", direct: true, run: []string{"imagemagick"}},
	{name: "simple-git", direct: true, run: []string{"ca-certificates", "git"}},
	{name: "pdf-poppler", direct: true, run: []string{"poppler-utils"}},
	{name: "pdf2pic", direct: true, run: []string{"ghostscript", "graphicsmagick"}},
	{name: "node-tesseract-ocr", direct: true, run: []string{"tesseract-ocr"}},
	{name: "usb", compile: true, binary: true, build: []string{"libudev-dev"}, run: []string{"libudev1"}},
	{name: "serialport", binary: true},
	{name: "zeromq", binary: true},
	{name: "oracledb", binary: true, noMusl: "its client is built for glibc"},
	{name: "onnxruntime-node", binary: true, noMusl: "its library is built for glibc"},
	{name: "@tensorflow/tfjs-node", binary: true, noMusl: "its library is built for glibc"},
	{name: "workerd", binary: true, noMusl: "it is built for glibc"},
	{name: "nodegit", compile: true, binary: true, build: []string{"libkrb5-dev", "libssl-dev"}, run: []string{"libgssapi-krb5-2"}},
	{name: "kerberos", compile: true, binary: true, build: []string{"libkrb5-dev"}, run: []string{"libgssapi-krb5-2"}},
	{name: "keytar", compile: true, binary: true, build: []string{"libsecret-1-dev", "pkg-config"}, run: []string{"libsecret-1-0"}},
	{name: "odbc", compile: true, binary: true, build: []string{"unixodbc-dev"}, run: []string{"libodbc2"}},
	{name: "node-libcurl", compile: true, binary: true, build: []string{"libcurl4-openssl-dev", "libssl-dev"}, run: []string{"ca-certificates", "libcurl4t64"}},
	{name: "pcap", compile: true, binary: true, build: []string{"libpcap-dev"}, run: []string{"libpcap0.8t64"}},
	{name: "speaker", compile: true, binary: true, build: []string{"libasound2-dev"}, run: []string{"libasound2t64"}},
	{name: "midi", compile: true, binary: true, build: []string{"libasound2-dev"}, run: []string{"libasound2t64"}},
	{name: "gl", compile: true, binary: true, build: []string{"libglew-dev", "libglu1-mesa-dev", "libxi-dev", "pkg-config"}, run: []string{"libgl1", "libglew2.2", "libxi6"}},
}

// BrowsersFolder is where the browsers of Playwright are, for every user.
const BrowsersFolder = "/ms-playwright"

// playwrightLibraries are what its Chromium is linked against on Debian:
// packages/playwright-core/src/server/registry/nativeDeps.ts of Playwright.
var playwrightLibraries = []string{
	"fonts-liberation", "libasound2t64", "libatk-bridge2.0-0t64", "libatk1.0-0t64", "libatspi2.0-0t64", "libcairo2", "libcups2t64", "libdbus-1-3", "libdrm2",
	"libgbm1", "libglib2.0-0t64", "libnspr4", "libnss3", "libpango-1.0-0", "libx11-6", "libxcb1", "libxcomposite1", "libxdamage1", "libxext6", "libxfixes3",
	"libxkbcommon0", "libxrandr2",
}

// PackagesWith gives the packages of Debian that have a program, by the word in sources.
func PackagesWith(program string) ([]string, bool) {
	packages, ok := programs[program]
	return packages, ok
}

// programs are those that applications start, by the word in their source, with
// the package that has them.
var programs = map[string][]string{
	"ffmpeg": {"ffmpeg"}, "ffprobe": {"ffmpeg"},
	"git":     {"ca-certificates", "git"},
	"convert": {"imagemagick"}, "magick": {"imagemagick"}, "identify": {"imagemagick"},
	"gm":        {"graphicsmagick"},
	"pdftotext": {"poppler-utils"}, "pdftoppm": {"poppler-utils"}, "pdfinfo": {"poppler-utils"},
	"gs":        {"ghostscript"},
	"curl":      {"ca-certificates", "curl"},
	"wget":      {"ca-certificates", "wget"},
	"psql":      {"postgresql-client"},
	"pg_dump":   {"postgresql-client"},
	"mysqldump": {"default-mysql-client"},
	"redis-cli": {"redis-tools"},
	"zip":       {"zip"}, "unzip": {"unzip"},
	"openssl":   {"openssl"},
	"tesseract": {"tesseract-ocr"},
	"exiftool":  {"libimage-exiftool-perl"},
	"soffice":   {"libreoffice"}, "libreoffice": {"libreoffice"},
	"yt-dlp": {"yt-dlp"},
	"ssh":    {"openssh-client"},
	"rsync":  {"rsync"},
	"pandoc": {"pandoc"},
	"dot":    {"graphviz"},
}

// versioned are the packages whose version the table asks about.
var versioned = func() map[string]bool {
	names := map[string]bool{"playwright": true, "playwright-core": true, "next": true, nan: true}
	for _, n := range needs {
		names[n.name] = true
	}
	return names
}()

// gitPackages fetch dependencies from repositories.
var gitPackages = []string{"ca-certificates", "git", "openssh-client"}

// System is what the dependencies of a service want of the system.
type System struct {
	Compile []project.Text // packages that may compile an addon
	Binary  []project.Text // packages with native code
	Build   []string
	Run     []string
	Env     []plan.Variable
	RunEnv  []plan.Variable
	NoMusl  []project.Text // packages that do not run on Alpine; the value is the reason
	Browser []project.Text // packages that download a browser
	Init    []project.Text // packages that leave processes behind
	Causes  []project.Text // "ffmpeg: fluent-ffmpeg"
	Limit   project.Text   // the versions of Node.js that its addons and the package manager work with: "<23"; empty where any does
	Limited string         // what sets the limit: "nan 2.17.0 of pprof"
}

// System asks the table about the dependencies of the packages that are installed for
// a build, and of those that run: what manifests name, and what that brings along, as
// far as the lockfile tells.
func (l *Lock) System(m project.Manager, installed, run []project.Package) System {
	direct := map[string]project.Dependency{}
	for _, p := range installed {
		for _, d := range p.Dependencies {
			if _, known := direct[d.Name]; !known && d.Kind != project.Peer {
				direct[d.Name] = d
			}
		}
	}
	reached := l.graph.reach(but(installed, project.Peer), false)
	running := sync.OnceValue(func() func(string) bool {
		return l.graph.reach(but(run, project.Peer, project.Development), false)
	})
	var s System
	taken := map[string]bool{}
	for _, n := range needs {
		d, isDirect := direct[n.name]
		if taken[n.name] || !reached(n.name) || n.direct && !isDirect || n.below > 0 && project.Major(l.versionOf(n.name, d.Range)) >= n.below {
			continue
		}
		taken[n.name] = true
		at := cmp.Or(d.At, detect.Evidence{File: l.File})
		s.add(n, at, !running()(n.name))
	}
	if addons := l.addons(); len(addons) > 0 {
		needed := l.graph.reach(but(installed, project.Peer, project.Optional), true)
		for _, name := range addons {
			if needed(name) {
				at := cmp.Or(direct[name].At, detect.Evidence{File: l.File})
				s.add(need{name: name, compile: true, binary: true}, at, !running()(name))
				s.limit(name, l, at)
			}
		}
	}
	s.limitManager(m)
	s.repositories(l, reached, direct)
	for _, list := range []*[]string{&s.Build, &s.Run} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return s
}

// but lists the dependencies of packages that are of other kinds than these.
func but(packages []project.Package, kinds ...project.DependencyKind) (names []string) {
	for _, p := range packages {
		for _, d := range p.Dependencies {
			if !slices.Contains(kinds, d.Kind) {
				names = append(names, d.Name)
			}
		}
	}
	return names
}

// repositories adds what fetches the dependencies that come from repositories.
func (s *System) repositories(l *Lock, reached func(string) bool, direct map[string]project.Dependency) {
	fromGit := map[string]bool{}
	for name := range l.git {
		fromGit[name] = reached(name)
	}
	for name, d := range direct {
		fromGit[name] = fromGit[name] || isGit(d.Range)
	}
	for _, name := range slices.Sorted(maps.Keys(fromGit)) {
		if fromGit[name] {
			s.Build = append(s.Build, gitPackages...)
			at := cmp.Or(direct[name].At, detect.Evidence{File: l.File})
			s.Causes = append(s.Causes, project.Text{Value: "git: " + name + " comes from a repository", At: at})
		}
	}
}

// gitAddress is one that npm takes for a repository's, where others are archives:
// https://github.com/npm/hosted-git-info.
var gitAddress = pattern.New(`^(?:ssh://|https?://(?:[^#]*\.git|(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)/[^/#]+/[^/#]+)(?:#|$))`)

// isGit says whether a range is the address of a repository:
// https://docs.npmjs.com/cli/v11/configuring-npm/package-json#git-urls-as-dependencies
func isGit(text string) bool {
	for _, prefix := range []string{"git+", "git://", "git@", "github:", "gitlab:", "bitbucket:"} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	if gitAddress.MatchString(text) {
		return true
	}
	owner, repository, ok := strings.Cut(text, "/")
	return ok && owner != "" && repository != "" && !strings.ContainsAny(owner, ":@.~^<>= ")
}

func (l *Lock) versionOf(name, fallback string) string {
	if v, ok := l.versions[name]; ok {
		return v
	}
	return fallback
}

func (s *System) add(n need, at detect.Evidence, development bool) {
	text := project.Text{Value: n.name, At: at}
	s.Build = append(s.Build, n.build...)
	s.Env = append(s.Env, n.env...)
	if n.compile {
		s.Compile = append(s.Compile, text)
	}
	if development {
		return
	}
	if n.binary {
		s.Binary = append(s.Binary, text)
	}
	s.Run = append(s.Run, n.run...)
	s.RunEnv = append(s.RunEnv, n.runEnv...)
	if n.noMusl != "" {
		s.NoMusl = append(s.NoMusl, project.Text{Value: n.name + ": " + n.noMusl, At: at})
	}
	if n.browser {
		s.Browser = append(s.Browser, text)
	}
	if n.init {
		s.Init = append(s.Init, text)
	}
	if len(n.run) > 0 {
		s.Causes = append(s.Causes, project.Text{Value: fmt.Sprintf("%s: %s", strings.Join(n.run, ", "), n.name), At: at})
	}
}
