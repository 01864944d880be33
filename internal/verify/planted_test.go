package verify

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"debug/elf"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/dockgen/dockgen/internal/image"
	"github.com/dockgen/dockgen/internal/image/imagetest"
	"github.com/dockgen/dockgen/internal/secret"
)

type (
	file  = imagetest.File
	layer = imagetest.Layer
)

// random makes secrets while the test runs, so that no scanner takes this file for a leak.
func random(n int, letters string) string {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

const alnum = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

var (
	sshKey  = "-----BEGIN OPENSSH PRIVATE " + "KEY-----\n" + random(1600, alnum) + "\n-----END OPENSSH PRIVATE " + "KEY-----\n"
	pat     = "ghp_" + random(36, alnum)
	amazon  = "AKIA" + random(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
	slack   = "xoxb-" + random(12, "0123456789") + "-" + random(12, "0123456789") + "-" + random(24, alnum)
	npm     = "npm_" + random(36, "abcdefghijklmnopqrstuvwxyz0123456789")
	ldso    = "/lib64/ld-linux-x86-64.so.2"
	program = imagetest.ELF{Interp: ldso, Needed: []string{"libc.so.6"}, Needs: map[string][]string{"libc.so.6": {"GLIBC_2.34"}}}
	libc    = imagetest.ELF{Soname: "libc.so.6", Defines: []string{"GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.36"}}
)

// debian is a base with a C library and accounts.
var debian = layer{By: "/bin/sh -c #(nop) ADD file:1 in / ", Files: []file{
	{Name: "etc/passwd", Data: "root:x:0:0:root:/root:/bin/sh\napp:x:10001:10001::/:/sbin/nologin\n"},
	{Name: "usr/lib", Type: tar.TypeDir}, {Name: "lib", Type: tar.TypeSymlink, Link: "usr/lib"}, {Name: "lib64", Type: tar.TypeSymlink, Link: "usr/lib64"},
	{Name: "usr/lib64/ld-linux-x86-64.so.2", Type: tar.TypeSymlink, Link: "../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"},
	{Name: "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", Data: imagetest.ELF{Soname: "ld-linux-x86-64.so.2"}.String(), Mode: 0o755},
	{Name: "usr/lib/x86_64-linux-gnu/libc.so.6", Data: libc.String(), Mode: 0o755},
	{Name: "usr/bin/passwd", Data: "x", Mode: 0o4755}, {Name: "tmp", Type: tar.TypeDir, Mode: 0o1777},
	{Name: "etc/ssl/private/base.key", Data: sshKey}, // the base's are the base's
}}

// app is an image without any fault, with further layers on it.
func app(more ...layer) imagetest.Image {
	return imagetest.Image{
		Config: v1.Config{User: "10001:10001", WorkingDir: "/app", Entrypoint: []string{"/app/server"}, ExposedPorts: map[string]struct{}{"8080/tcp": {}}},
		Layers: append([]layer{debian, {By: `CMD ["bash"]`}, {By: "COPY /out/server /app/server # buildkit", Files: []file{{Name: "app", Type: tar.TypeDir}, {Name: "app/server", Data: program.String(), Mode: 0o755}}}}, more...),
	}
}

// with is one more layer of the app.
func with(files ...file) imagetest.Image {
	return app(layer{By: "COPY . /app # buildkit", Files: files})
}

// gone is the same with a layer that takes everything away again.
func gone(files ...file) imagetest.Image {
	var whiteouts []file
	for _, f := range files {
		dir, name := "", f.Name
		if i := strings.LastIndexByte(f.Name, '/'); i >= 0 {
			dir, name = f.Name[:i+1], f.Name[i+1:]
		}
		whiteouts = append(whiteouts, file{Name: dir + ".wh." + name})
	}
	return app(layer{By: "COPY . /app # buildkit", Files: files}, layer{By: "RUN /bin/sh -c rm -rf it # buildkit", Files: whiteouts})
}

// onBase is the app on a base with one more file, as another program.
func onBase(more file, program imagetest.ELF) imagetest.Image {
	im := with(file{Name: "app/server", Data: program.String(), Mode: 0o755})
	im.Layers[0].Files = append(slices.Clone(im.Layers[0].Files), more)
	return im
}

func zipped(files map[string]string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if f, err := w.Create(name); err == nil { // a buffer takes all
			_, _ = f.Write([]byte(files[name]))
		}
	}
	_ = w.Close()
	return b.String()
}

func configured(change func(*v1.Config)) imagetest.Image {
	im := app()
	change(&im.Config)
	return im
}

// facts reads an image whose lowest layers are its base's.
func facts(t testing.TB, im imagetest.Image, base int) *Facts {
	t.Helper()
	rules, err := secret.Load()
	if err != nil {
		t.Fatal(err)
	}
	read, err := image.Read(t.Context(), bytes.NewReader(imagetest.Save(t, im)), Reading(rules, ""))
	if err != nil {
		t.Fatal(err)
	}
	f := &Facts{Image: read, Limits: DefaultLimits()}
	var digests []string
	for _, l := range read.Layers[:base] {
		digests = append(digests, l.DiffID)
	}
	f.Base = Settle(read, "debian:13", digests)
	return f
}

// failures are the ids of checks that failed, with what they say.
func failures(f *Facts) (all []string) {
	for _, r := range Judge(f) {
		for _, one := range r.Findings {
			all = append(all, fmt.Sprintf("%s %s | %s | %s | layer %d | %s", r.ID, one.What, one.Path, one.Seen, one.Layer, one.By))
		}
	}
	return all
}

func node(files ...file) imagetest.Image {
	im := with(files...)
	im.Config.Entrypoint = []string{"node", "server.js"}
	return im
}

func java(files ...file) imagetest.Image {
	im := with(files...)
	im.Config.Entrypoint = []string{"java", "-jar", "app.jar"}
	return im
}

func compiledWith(e imagetest.ELF) imagetest.Image {
	return with(file{Name: "app/server", Data: e.String(), Mode: 0o755})
}

func big(n int) string { return strings.Repeat("0123456789abcdef", n<<16) } // n MiB

// planted are images with one fault each.
var planted = []struct {
	name  string
	image imagetest.Image
	id    string
	says  []string // all of which stand in the finding
}{
	// keys, tokens and passwords in files
	{"private key", with(file{Name: "app/deploy", Data: sshKey}), "V201", []string{"/app/deploy", "private key", "layer 3"}},
	{"private key that is deleted", gone(file{Name: "app/deploy", Data: sshKey}), "V201", []string{"/app/deploy", "a later layer takes it away"}},
	{"token in a script", with(file{Name: "app/run.sh", Data: "#!/bin/sh\n\nexport T=" + pat + "\n"}), "V201", []string{"line 3", "github pat"}},
	{"token in a script that is deleted", gone(file{Name: "app/run.sh", Data: "T=" + pat}), "V201", []string{"a later layer takes it away"}},
	{"key of Amazon in settings", with(file{Name: "app/settings.yaml", Data: "key: " + amazon + "\n"}), "V201", []string{"aws access token"}},
	{"token of Slack in JSON", with(file{Name: "app/c.json", Data: `{"t":"` + slack + `"}`}), "V201", []string{"slack bot token"}},
	{"token in a page", with(file{Name: "usr/share/nginx/html/app.js", Data: "let t='" + pat + "'"}), "V201", []string{"/usr/share/nginx/html/app.js"}},
	{"token at the end of a large text", with(file{Name: "app/x.txt", Data: strings.Repeat("nothing here\n", 60_000) + pat}), "V201", []string{"line 60001"}},
	{"key in a file that is written over", app(layer{Files: []file{{Name: "app/c", Data: sshKey}}}, layer{Files: []file{{Name: "app/c", Data: "clean"}}}), "V201", []string{"/app/c", "layer 3"}},
	{"key below an opaque folder", app(layer{Files: []file{{Name: "app/d/c", Data: sshKey}}}, layer{Files: []file{{Name: "app/d/.wh..wh..opq"}}}), "V201", []string{"/app/d/c", "a later layer takes it away"}},
	{"token with a name of escapes", with(file{Name: "app/\x1b[2J\nx", Data: pat}), "V201", []string{"github pat"}},
	{"token behind dots", with(file{Name: "../../etc/x", Data: pat}), "V201", []string{"/etc/x"}},

	// in the history, the environment and labels
	{"argument of the build", app(layer{By: "ARG NPM_TOKEN=" + npm}), "V202", []string{"history", "NPM_TOKEN"}},
	{"argument that a RUN saw", app(layer{By: "RUN |1 DB_PASSWORD=hunter2hunter2 /bin/sh -c make # buildkit", Files: []file{{Name: "app/x"}}}), "V202", []string{"history", "DB_PASSWORD"}},
	{"token in a command", app(layer{By: "RUN /bin/sh -c git clone https://x:" + pat + "@github.com/a/b # buildkit", Files: []file{{Name: "app/x"}}}), "V202", []string{"history", "github pat"}},
	{"variable of the history that is empty later", app(layer{By: "ENV API_TOKEN=" + pat}, layer{By: "ENV API_TOKEN="}), "V202", []string{"history", "API_TOKEN"}},
	{"password in the environment", func() imagetest.Image {
		im := app(layer{By: "ENV DB_PASSWORD=hunter2hunter2"})
		im.Config.Env = []string{"DB_PASSWORD=hunter2hunter2"}
		return im
	}(), "V202", []string{"environment", "DB_PASSWORD"}},
	{"address with a password in the environment", func() imagetest.Image {
		im := app(layer{By: "ENV DATABASE_URL=postgres://app:hunter22@db/app"})
		im.Config.Env = []string{"DATABASE_URL=postgres://app:hunter22@db/app"}
		return im
	}(), "V202", []string{"environment", "an address with a password"}},
	{"label", configured(func(c *v1.Config) { c.Labels = map[string]string{"ci": "token " + pat} }), "V202", []string{"label ci"}},

	// files of credentials
	{"environment file", with(file{Name: "app/.env", Data: "A=b"}), "V203", []string{"/app/.env"}},
	{"environment file that is deleted", gone(file{Name: "app/.env", Data: "A=b"}), "V203", []string{"a later layer takes it away"}},
	{"environment file of production", with(file{Name: "srv/web/.env.production", Data: "A=b"}), "V203", []string{"/srv/web/.env.production"}},
	{"settings of npm", with(file{Name: "root/.npmrc", Data: "//r/:_authToken=abcdefgh"}), "V203", []string{"/root/.npmrc", "npm"}},
	{"settings of npm that are deleted", gone(file{Name: "app/.npmrc", Data: "//r/:_authToken=abcdefgh"}), "V203", []string{"a later layer takes it away"}},
	{"settings of pip", with(file{Name: "root/.pip/pip.conf", Data: "[global]\nindex-url = https://u:p@pypi.example/simple\n"}), "V203", []string{"pip"}},
	{"netrc", with(file{Name: "root/.netrc", Data: "machine x login y password z"}), "V203", []string{"/root/.netrc"}},
	{"pgpass", with(file{Name: "root/.pgpass", Data: "db:5432:a:b:c"}), "V203", []string{"PostgreSQL"}},
	{"credentials of AWS", with(file{Name: "root/.aws/credentials", Data: "[default]"}), "V203", []string{"AWS"}},
	{"settings of Docker", with(file{Name: "root/.docker/config.json", Data: `{"auths":{"r":{"auth":"eA=="}}}`}), "V203", []string{"Docker"}},
	{"state of Terraform", with(file{Name: "app/terraform.tfstate", Data: "{}"}), "V203", []string{"Terraform"}},
	{"settings of Maven", with(file{Name: "root/.m2/settings.xml", Data: "<password>x</password>"}), "V203", []string{"Maven"}},
	{"key of SSH by its name", with(file{Name: "home/app/.ssh/id_ed25519", Data: "\x00bin"}), "V203", []string{"SSH"}},

	// tests, sources, history
	{"sources of Go", with(file{Name: "app/main.go", Data: "package main"}), "V204", []string{"/app/main.go"}},
	{"sources of Go that are deleted", gone(file{Name: "app/main.go", Data: "package main"}), "V204", []string{"a later layer takes it away"}},
	{"tests of Node", node(file{Name: "app/src/a.test.js", Data: "x"}), "V204", []string{"a.test.js"}},
	{"tests of Python", node(file{Name: "app/tests/conftest.py", Data: "x"}), "V204", []string{"conftest.py"}},
	{"Dockerfile", node(file{Name: "app/Dockerfile", Data: "FROM x"}), "V204", []string{"/app/Dockerfile"}},
	{"git", with(file{Name: "app/.git/config", Data: "x"}, file{Name: "app/.git/HEAD", Data: "y"}), "V205", []string{"/app/.git "}},
	{"git that is deleted", gone(file{Name: "app/.git/config", Data: "x"}), "V205", []string{"a later layer takes it away"}},

	// caches
	{"lists of apt", app(layer{By: "RUN apt-get install", Files: []file{{Name: "var/lib/apt/lists/deb.example_dists_trixie_InRelease", Data: "x"}}}), "V206", []string{"/var/lib/apt/lists"}},
	{"lists of apt that are deleted", gone(file{Name: "var/lib/apt/lists/deb.example_dists_trixie_InRelease", Data: "x"}), "V206", []string{"a later layer takes it away"}},
	{"packages of apt", with(file{Name: "var/cache/apt/archives/x_1_amd64.deb", Data: "x"}), "V206", []string{"/var/cache/apt"}},
	{"index of apk", with(file{Name: "var/cache/apk/APKINDEX.1.tar.gz", Data: "x"}), "V206", []string{"apk"}},
	{"cache of pip", with(file{Name: "root/.cache/pip/http/a", Data: "x"}), "V206", []string{"/root/.cache"}},
	{"cache of npm", with(file{Name: "root/.npm/_cacache/index/a", Data: "x"}), "V206", []string{"npm"}},
	{"modules of Go", with(file{Name: "root/go/pkg/mod/cache/x", Data: "x"}), "V206", []string{"Go's modules"}},
	{"repository of Maven", with(file{Name: "root/.m2/repository/a/a.jar", Data: "x"}), "V206", []string{"Maven"}},
	{"cache of Next.js", node(file{Name: "app/.next/cache/x", Data: "x"}), "V206", []string{"Next.js"}},

	// compilers, development, JDK
	{"compiler of C", with(file{Name: "usr/bin/gcc", Data: "x", Mode: 0o755}), "V207", []string{"/usr/bin/gcc"}},
	{"compiler of Go", with(file{Name: "usr/local/go/bin/go", Data: "x", Mode: 0o755}), "V207", []string{"/usr/local/go/bin/go"}},
	{"development by npm's own lockfile", node(file{Name: "app/node_modules/.package-lock.json", Data: `{"packages":{"node_modules/left":{"dev":true},"node_modules/right":{}}}`},
		file{Name: "app/node_modules/left/package.json", Data: "{}"}, file{Name: "app/node_modules/right/package.json", Data: "{}"}), "V208", []string{"/app/node_modules/left"}},
	{"token in a jar", java(file{Name: "app/app.jar", Data: zipped(map[string]string{"BOOT-INF/classes/application.yml": "a: b\ntoken: " + pat + "\n", "x/A.class": pat})}), "V201", []string{"/app/app.jar", "line 2 of BOOT-INF/classes/application.yml"}},
	{"development by pnpm", node(file{Name: "app/package.json", Data: `{"dependencies":{"a":"1"},"devDependencies":{"own-tool":"1"}}`}, file{Name: "app/node_modules/.modules.yaml", Data: `{"included":{"dependencies":true,"devDependencies":true}}`},
		file{Name: "app/node_modules/a", Type: tar.TypeSymlink, Link: ".pnpm/a"}, file{Name: "app/node_modules/own-tool", Type: tar.TypeSymlink, Link: ".pnpm/own-tool"}), "V208", []string{"/app/node_modules/own-tool"}},
	{"development by the manifest", node(file{Name: "app/package.json", Data: `{"devDependencies":{"jest":"1"}}`}, file{Name: "app/node_modules/jest/package.json", Data: "{}"}), "V208", []string{"/app/node_modules/jest"}},
	{"JDK", java(file{Name: "opt/java/openjdk/bin/javac", Data: "x", Mode: 0o755}), "V209", []string{"/opt/java/openjdk/bin/javac"}},

	// the user and rights
	{"root", configured(func(c *v1.Config) { c.User = "" }), "V301", []string{"root"}},
	{"root by number", configured(func(c *v1.Config) { c.User = "0:0" }), "V301", []string{"root"}},
	{"user by name", configured(func(c *v1.Config) { c.User = "app" }), "V301", []string{"a name"}},
	{"group of root", configured(func(c *v1.Config) { c.User = "10001:0" }), "V301", []string{"its group"}},
	{"user without an account", configured(func(c *v1.Config) { c.User = "4242:4242" }), "V302", []string{"4242"}},
	{"program of the user's", with(file{Name: "app/server", Data: program.String(), Mode: 0o755, UID: 10001}), "V303", []string{"/app/server"}},
	{"program that the user owns", with(file{Name: "app/server", Data: program.String(), Mode: 0o555, UID: 10001}), "V303", []string{"/app/server"}},
	{"test behind a link", with(file{Name: "app/a_test.go", Type: tar.TypeSymlink, Link: "b"}), "V204", []string{"only a build needs"}},
	{"folder for all", with(file{Name: "app/data", Type: tar.TypeDir, Mode: 0o777}), "V303", []string{"/app/data"}},
	{"file for the group", with(file{Name: "app/c", Data: "x", Mode: 0o664, GID: 10001}), "V303", []string{"/app/c"}},
	{"set-uid", with(file{Name: "usr/bin/sudo", Data: "x", Mode: 0o4755}), "V304", []string{"/usr/bin/sudo", "4755"}},
	{"set-gid", with(file{Name: "usr/bin/wall", Data: "x", Mode: 0o2755}), "V304", []string{"/usr/bin/wall"}},

	// wasted bytes
	{"changed owner", app(layer{By: "COPY . /app", Files: []file{{Name: "app/d", Data: big(6)}}}, layer{By: "RUN /bin/sh -c chown -R 1 /app", Files: []file{{Name: "app/d", Data: big(6), UID: 1}}}), "V401", []string{"/app/d", "another owner", "chown"}},
	{"changed mode", app(layer{Files: []file{{Name: "app/d", Data: big(6)}}}, layer{Files: []file{{Name: "app/d", Data: big(6), Mode: 0o600}}}), "V401", []string{"another mode"}},
	{"cleaned later", gone(file{Name: "app/d", Data: big(6)}), "V401", []string{"taken away in a later layer"}},
	{"written anew", app(layer{Files: []file{{Name: "app/d", Data: big(6)}}}, layer{Files: []file{{Name: "app/d", Data: "x"}}}), "V401", []string{"written anew"}},

	// libraries
	{"no loader", func() imagetest.Image {
		im := app()
		im.Layers = append([]layer{{Files: []file{{Name: "etc/passwd", Data: "app:x:10001:10001::/:/x\n"}}}}, im.Layers[1:]...)
		return im
	}(), "V501", []string{"/app/server", "cannot start"}},
	{"loader of musl", compiledWith(imagetest.ELF{Interp: "/lib/ld-musl-x86_64.so.1"}), "V501", []string{"/app/server"}},
	{"no library", compiledWith(imagetest.ELF{Interp: ldso, Needed: []string{"libpq.so.5"}}), "V502", []string{"libpq.so.5"}},
	{"no library of a library of the base", onBase(file{Name: "usr/lib/libssl.so.3", Data: imagetest.ELF{Soname: "libssl.so.3", Needed: []string{"libz.so.1"}}.String()}, imagetest.ELF{Interp: ldso, Needed: []string{"libssl.so.3"}}), "V502", []string{"libz.so.1", "/app/server loads it"}},
	{"no library of an extension", node(file{Name: "app/node_modules/x/build/Release/x.node", Data: imagetest.ELF{Needed: []string{"libvips.so.42"}}.String()}), "V502", []string{"libvips.so.42"}},
	{"library in a folder that nothing names", with(file{Name: "app/server", Data: imagetest.ELF{Interp: ldso, Needed: []string{"libown.so"}}.String(), Mode: 0o755}, file{Name: "opt/x/libown.so", Data: imagetest.ELF{}.String()}), "V502", []string{"libown.so"}},
	{"newer C library", compiledWith(imagetest.ELF{Interp: ldso, Needed: []string{"libc.so.6"}, Needs: map[string][]string{"libc.so.6": {"GLIBC_2.34", "GLIBC_2.38"}}}), "V503", []string{"GLIBC_2.38", "up to GLIBC_2.36"}},
	{"other processor", with(file{Name: "app/helper", Data: imagetest.ELF{Machine: elf.EM_AARCH64}.String(), Mode: 0o755}), "V504", []string{"/app/helper", "arm64"}},
}

// TestPlanted finds each fault, and nothing else.
func TestPlanted(t *testing.T) {
	if len(planted) < 60 {
		t.Errorf("%d images", len(planted))
	}
	seen := map[string]bool{}
	for _, p := range planted {
		seen[p.id] = true
		t.Run(p.id+" "+p.name, func(t *testing.T) {
			t.Parallel()
			got := failures(facts(t, p.image, 1))
			if len(got) == 0 {
				t.Fatal("not found")
			}
			for _, g := range got {
				if !strings.HasPrefix(g, p.id) {
					t.Errorf("also %s", g)
				}
			}
			if !slices.ContainsFunc(got, func(g string) bool {
				return !slices.ContainsFunc(p.says, func(word string) bool { return !strings.Contains(g, word) })
			}) {
				t.Errorf("got %q, want %q", got, p.says)
			}
		})
	}
	for _, c := range Checks() {
		if kind := c.ID[1]; kind >= '2' && kind <= '5' && !seen[c.ID] {
			t.Errorf("%s: no planted fault", c.ID)
		}
	}
}

// TestClean finds nothing where there is nothing.
func TestClean(t *testing.T) {
	for name, im := range map[string]imagetest.Image{
		"program":  app(),
		"examples": node(file{Name: "app/.env.example", Data: "A="}, file{Name: "app/.npmrc", Data: "fund=false"}, file{Name: "app/server.js", Data: "process.env.API_TOKEN"}),
		"packages": node(file{Name: "app/node_modules/x/test/key.pem", Data: sshKey}, file{Name: "app/node_modules/x/Dockerfile", Data: "x"}, file{Name: "app/node_modules/x/prebuilds/linux-arm64/x.node", Data: imagetest.ELF{Machine: elf.EM_AARCH64}.String()}),
		"variables": func() imagetest.Image {
			im := app(layer{By: "ENV TOKEN_FILE=/run/secrets/token PORT=8080"})
			im.Config.Env = []string{"GPG_KEY=" + random(40, "0123456789ABCDEF"), "TOKEN_FILE=/run/secrets/token"}
			im.Layers[1].By = "ENV GPG_KEY=" + random(40, "0123456789ABCDEF")
			return im
		}(),
		"writable":                 configured(func(c *v1.Config) { c.Volumes = map[string]struct{}{"/data": {}} }),
		"compiled tests":           node(file{Name: "app/dist/a.test.js", Data: "x"}),
		"token in a jar of others": java(file{Name: "app/lib/other.jar", Data: zipped(map[string]string{"a.yml": pat})}, file{Name: "app/broken.jar", Data: "PK\x03\x04" + pat}),
		"little waste":             gone(file{Name: "app/d", Data: big(4)}),
		"set-uid of base":          with(file{Name: "usr/bin/passwd", Data: "y", Mode: 0o4755}),
		"hard link":                with(file{Name: "app/a", Data: big(6)}, file{Name: "app/b", Type: tar.TypeLink, Link: "app/a"}),
		"found by path":            with(file{Name: "app/server", Data: imagetest.ELF{Interp: ldso, Needed: []string{"libown.so"}, RunPath: "$ORIGIN/lib"}.String(), Mode: 0o755}, file{Name: "app/lib/libown.so", Data: imagetest.ELF{}.String()}),
	} {
		t.Run(name, func(t *testing.T) {
			if got := failures(facts(t, im, 1)); len(got) > 0 {
				t.Errorf("found %q", got)
			}
		})
	}
}

// runs are what containers did, with one fault each.
var runs = []struct {
	name   string
	change func(*Facts)
	id     string
	says   string
	state  State
}{
	{"failing tests", func(f *Facts) { f.Tests = &Attempt{Log: []string{"FAIL"}, At: "Dockerfile:9"} }, "V101", "does not build", Failed},
	{"no start", func(f *Facts) { f.Run.Started, f.Run.Answered = false, false }, "V102", "does not start", Failed},
	{"end at once", func(f *Facts) { f.Run.Answered = false; f.Run.Exit = new(int); *f.Run.Exit = 3 }, "V102", "ends with 3", Failed},
	{"no answer", func(f *Facts) { f.Run.Answered = false }, "V102", "does not answer on port 8080", Failed},
	{"waits for a database", func(f *Facts) { f.Run.Answered = false; f.Run.Waits = "PostgreSQL at db:5432" }, "V102", "PostgreSQL at db:5432", NotJudged},
	{"wants a variable", func(f *Facts) { f.Run.Answered, f.Run.Exit, f.Run.Wants = false, new(int), "SECRET_KEY" }, "V102", "without the variable SECRET_KEY", NotJudged},
	{"nobody asks", func(f *Facts) { f.Run.Answered = false; f.Run.Unasked = "nothing in it can ask" }, "V102", "nothing in it can ask", NotJudged},
	{"health path", func(f *Facts) { f.Run.Status = 503; f.Run.Path = "/healthz" }, "V103", "GET /healthz: 503", Failed},
	{"never healthy", func(f *Facts) { f.Run.Health.Healthy = false }, "V104", "does not turn healthy", Failed},
	{"healthy for ever", func(f *Facts) { f.Run.Health.Unhealthy = false }, "V105", "while the program does nothing", Failed},
	{"cannot be stopped", func(f *Facts) { f.Run.Health.Frozen = false; f.Run.Health.Why = "no" }, "V105", "could not be stopped", NotJudged},
	{"fixed port", func(f *Facts) { f.Run.Port.Answered = false }, "V106", "PORT=18080", Failed},
	{"writes", func(f *Facts) { f.Run.Writes = &Writes{Answered: true, Paths: []string{"/app/cache.db"}} }, "V107", "/app/cache.db", Failed},
	{"killed", func(f *Facts) { f.Run.Stop = &Stop{Signal: "SIGTERM", Code: 137, Killed: true, Known: true} }, "V108", "SIGTERM does not end it", Failed},
	{"shell first", func(f *Facts) { f.Run.Processes[0] = Process{1, "10001", "/bin/sh -c server", "sh"} }, "V109", "a shell", Failed},
	{"npm first", func(f *Facts) { f.Run.Processes[0] = Process{1, "10001", "npm start", "node"} }, "V109", "a package manager", Failed},
	{"process of root", func(f *Facts) { f.Run.Processes[0].UID = "0" }, "V110", "runs as 0", Failed},
	{"repeated dependencies", func(f *Facts) {
		f.Again = &Rebuild{Edited: "a.go", Depends: []Step{{"deps", "RUN go mod download", "Dockerfile:4"}}}
	}, "V601", "go mod download", Failed},
	{"rebuild with a network", func(f *Facts) { f.Again = &Rebuild{Offline: &Attempt{}} }, "V602", "needs the network", Failed},
	{"another digest", func(f *Facts) {
		f.Twice = &Twice{First: "a", Second: "b", Differ: []Difference{{Path: "/app/x", How: "other bytes"}}}
	}, "V603", "/app/x: other bytes", Failed},
	{"too large", func(f *Facts) { f.Limits.Size = 10 }, "V701", "larger", Failed},
	{"too many layers", func(f *Facts) { f.Limits.Layers = 1 }, "V702", "more layers", Failed},
	{"too late", func(f *Facts) { f.Run.After = time.Minute }, "V703", "too late", Failed},
}

func ran(t testing.TB) *Facts {
	f := facts(t, configured(func(c *v1.Config) { c.Healthcheck = &v1.HealthConfig{Test: []string{"CMD", "/app/server", "-health"}} }), 1)
	f.Expect = &Expect{Stack: "go", Compiled: true, Port: 8080, Health: "/healthz", Variable: "PORT", User: "10001:10001"}
	f.Run = &Run{
		Started: true, Answered: true, Status: 200, Path: "/healthz", Processes: []Process{{1, "10001", "/app/server", "server"}},
		Health: &Health{Healthy: true, Frozen: true, Unhealthy: true}, Port: &Move{Variable: "PORT", To: 18080, Answered: true}, Stop: &Stop{Signal: "SIGTERM"},
	}
	return f
}

func TestRuns(t *testing.T) {
	if got := failures(ran(t)); len(got) > 0 {
		t.Errorf("a good run: %q", got)
	}
	if got := Of(Judge(ran(t))); got != Passed {
		t.Errorf("a good run is %s", got)
	}
	for _, r := range runs {
		t.Run(r.id+" "+r.name, func(t *testing.T) {
			f := ran(t)
			r.change(f)
			results := Judge(f)
			for _, got := range results {
				text := got.Seen
				if len(got.Findings) > 0 {
					text = got.Findings[0].What
				}
				if got.ID == r.id && (got.State != r.state || !strings.Contains(text, r.says)) {
					t.Errorf("%s: %q, want %s: %q", got.State, text, r.state, r.says)
				}
				if got.ID != r.id && got.State == Failed {
					t.Errorf("also %s: %+v", got.ID, got.Findings)
				}
			}
			if got := Of(results); got != r.state {
				t.Errorf("the image is %s", got)
			}
		})
	}
}

// TestAllow lets pass what is allowed, and says why.
func TestAllow(t *testing.T) {
	f := facts(t, with(file{Name: "app/fixtures/a_test.go", Data: "x"}, file{Name: "app/b_test.go", Data: "x"}), 1)
	f.Limits.Allow = []Allowance{{ID: "V204", Pattern: "/app/fixtures/**", Reason: "shown to visitors", At: "dockgen.toml:3"}}
	for _, r := range Judge(f) {
		if r.ID == "V204" && (r.State != Failed || len(r.Findings) != 1 || len(r.Allowed) != 1 || r.Allowed[0].Reason != "shown to visitors") {
			t.Errorf("%+v", r)
		}
	}
	f.Limits.Allow[0].Pattern = ""
	waiting := ran(t)
	waiting.Run.Answered, waiting.Run.Waits = false, "db:5432"
	if got := Of(Judge(waiting)); got != NotJudged {
		t.Errorf("a service that waits is %s", got)
	}
	waiting.Limits.Allow = []Allowance{{ID: "V102", Reason: "the database is another team's"}}
	if got := Of(Judge(waiting)); got != Passed {
		t.Errorf("one that may is %s", got)
	}
	if got := failures(f); len(got) > 0 {
		t.Errorf("%q", got)
	}
}
