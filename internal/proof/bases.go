package proof

import (
	_ "embed" // programs.txt
	"path"
	"slices"
	"strings"
	"sync"
)

// family is a kind of base image: what it says of itself, and which programs it has.
type family struct {
	image   string   // the repository, or what its name ends with
	variant string   // a part of the tag, where tags differ; the first that fits counts
	lists   []string // of programs.txt
	has     string   // programs of its own
	path    string   // where its own programs lie, before [defaultPath]
	files   string   // and some of its files
	home    string   // a folder of its own user's
	owner   string   // of that
	user    string
	bare    bool // without /tmp
	known   bool
}

// families are the base images that are known, the most telling first.
//
// Sources: the Dockerfiles of docker-library/official-images, of distroless, of bun, deno and
// nginx-unprivileged, as of August 2026.
var families = []family{
	{image: "scratch", bare: true},
	{image: "distroless/static-debian13", user: "65532", home: "/home/nonroot", owner: "65532"},
	{image: "distroless/static-debian12", user: "65532", home: "/home/nonroot", owner: "65532"},
	{image: "distroless/base-debian13", user: "65532", home: "/home/nonroot", owner: "65532"},
	{image: "distroless/base-debian12", user: "65532", home: "/home/nonroot", owner: "65532"},
	{image: "distroless/cc-debian13", user: "65532", home: "/home/nonroot", owner: "65532"},
	{image: "distroless/cc-debian12", user: "65532", home: "/home/nonroot", owner: "65532"},
	{image: "distroless/nodejs", has: "node", path: "/nodejs/bin", user: "65532", home: "/home/nonroot", owner: "65532"},
	{image: "distroless/python3", has: "python3 python3.13 python3.11 python", user: "65532", home: "/home/nonroot", owner: "65532"},
	{image: "distroless/java", has: "java", path: "/usr/lib/jvm/default-java/bin", user: "65532", home: "/home/nonroot", owner: "65532"},
	{image: "node", variant: "alpine", lists: []string{"alpine"}, has: "node npm npx yarn yarnpkg corepack", home: "/home/node", owner: "1000"},
	{image: "node", variant: "slim", lists: []string{"debian"}, has: "node nodejs npm npx yarn yarnpkg corepack", home: "/home/node", owner: "1000"},
	{image: "node", lists: []string{"debian", "buildpack"}, has: "node nodejs npm npx yarn yarnpkg corepack python python3", home: "/home/node", owner: "1000"},
	{image: "python", variant: "alpine", lists: []string{"alpine", "certificates"}, has: "python python3 python3-config pip pip3 idle pydoc"},
	{image: "python", variant: "slim", lists: []string{"debian", "certificates"}, has: "python python3 python3-config pip pip3 idle pydoc"},
	{image: "python", lists: []string{"debian", "buildpack"}, has: "python python3 python3-config pip pip3 idle pydoc"},
	{image: "golang", variant: "alpine", lists: []string{"alpine"}, has: "go gofmt", path: "/go/bin:/usr/local/go/bin"},
	{image: "golang", lists: []string{"debian", "scm"}, has: "go gofmt g++ gcc cc c++ cpp ld ar as strip make pkg-config", path: "/go/bin:/usr/local/go/bin", files: "/usr/local/go/lib/time/zoneinfo.zip"},
	{image: "rust", variant: "alpine", lists: []string{"alpine"}, has: "cargo rustc rustup rustdoc rustfmt gcc cc ld", path: "/usr/local/cargo/bin"},
	{image: "rust", variant: "slim", lists: []string{"debian", "certificates"}, has: "cargo rustc rustup rustdoc rustfmt gcc cc cpp ld ar as strip", path: "/usr/local/cargo/bin", files: "/usr/share/zoneinfo"},
	{image: "rust", lists: []string{"debian", "buildpack"}, has: "cargo rustc rustup rustdoc rustfmt", path: "/usr/local/cargo/bin"},
	{image: "eclipse-temurin", variant: "jre", lists: []string{"debian", "certificates"}, has: javaPrograms, path: "/opt/java/openjdk/bin"},
	{image: "eclipse-temurin", lists: []string{"debian", "certificates"}, has: javaPrograms + " javac jar jlink jdeps jmod jshell javadoc unzip", path: "/opt/java/openjdk/bin"},
	{image: "maven", lists: []string{"debian", "certificates"}, has: javaPrograms + " javac jar jlink jdeps jmod jshell javadoc unzip mvn git ssh", path: "/opt/java/openjdk/bin"},
	{image: "gradle", lists: []string{"debian", "certificates"}, has: javaPrograms + " javac jar jlink jdeps jmod jshell javadoc unzip gradle git hg svn bzr ssh", path: "/opt/java/openjdk/bin"},
	{image: "tomcat", lists: []string{"debian", "certificates"}, has: javaPrograms + " catalina.sh", path: "/usr/local/tomcat/bin:/opt/java/openjdk/bin"},
	{image: "nginxinc/nginx-unprivileged", variant: "alpine", lists: []string{"alpine"}, has: "nginx envsubst", user: "101"},
	{image: "nginx", variant: "alpine", lists: []string{"alpine"}, has: "nginx envsubst"},
	{image: "oven/bun", variant: "alpine", lists: []string{"alpine"}, has: "bun bunx node", home: "/home/bun", owner: "1000"},
	{image: "oven/bun", lists: []string{"debian"}, has: "bun bunx node", home: "/home/bun", owner: "1000"},
	{image: "denoland/deno", variant: "alpine", lists: []string{"alpine"}, has: "deno tini"},
	{image: "denoland/deno", lists: []string{"debian", "certificates"}, has: "deno tini"},
	{image: "alpine", lists: []string{"alpine"}},
	{image: "debian", lists: []string{"debian"}},
}

// javaPrograms are those of every image of a JRE by Temurin, with what its Dockerfile installs.
const javaPrograms = "java keytool jfr jcmd jrunscript rmiregistry curl wget gpg locale-gen"

// familyOf finds the family of an image; the zero value is an image that nobody knows.
func familyOf(ref string) family {
	name, tag := ref, ""
	name, _, _ = strings.Cut(name, "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name, tag = name[:i], name[i+1:]
	}
	for _, f := range families {
		whole := name == f.image || strings.HasSuffix(name, "/"+f.image) && (strings.HasPrefix(f.image, "distroless/") || strings.Contains(name, "/library/"))
		numbered := strings.HasPrefix(f.image, "distroless/") && strings.Contains(name, "/"+f.image) && !strings.HasSuffix(f.image, "13") && !strings.HasSuffix(f.image, "12")
		if (whole || numbered) && strings.Contains(tag, f.variant) {
			f.known = true
			if f.user != "" && f.image != "nginxinc/nginx-unprivileged" && !strings.Contains(tag, "nonroot") {
				f.user = ""
			}
			return f
		}
	}
	return family{}
}

//go:embed programs.txt
var programsText string

// listed are the lists of programs.txt by their names.
var listed = sync.OnceValue(func() map[string]map[string]bool {
	lists := map[string]map[string]bool{}
	var list map[string]bool
	for line := range strings.Lines(programsText) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutSuffix(line, ":"); ok && !strings.HasPrefix(line, " ") {
			list = map[string]bool{}
			lists[name] = list
			continue
		}
		if strings.HasPrefix(line, "  ") {
			for name := range strings.FieldsSeq(line) {
				list[name] = true
			}
		}
	}
	return lists
})

// provides says whether an image of the family has a program in a folder. What it has of
// its own may lie in any; what the distribution has lies in those of the system.
func (f family) provides(program, dir string) bool {
	if slices.Contains(strings.Fields(f.has), program) {
		return true
	}
	return !strings.HasPrefix(dir, "/usr/local/") && slices.ContainsFunc(f.lists, func(list string) bool { return listed()[list][program] })
}

// binaries are the folders in which images keep their programs.
var binaries = []string{"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"}

// system are the folders of which nobody lists what an image has in them.
var system = []string{"/bin", "/sbin", "/lib", "/lib64", "/usr", "/etc", "/var", "/var/log", "/var/lib", "/var/cache", "/var/spool", "/opt", "/home", "/root", "/run", "/go", "/nodejs", "/dev", "/proc", "/sys", "/srv", "/mnt", "/media"}

// holds says whether the image itself has a path.
func (f family) holds(name string) look {
	switch {
	case !f.known:
		return look{unknown, "what its base has is not known"}
	case name == "/tmp" || inside(name, "/dev/shm"):
		if f.bare && name == "/tmp" {
			return look{}
		}
		return look{answer: held}
	case f.bare:
		return look{}
	case slices.Contains(binaries, path.Dir(name)) || slices.Contains(strings.Split(f.path, ":"), path.Dir(name)):
		if f.provides(path.Base(name), path.Dir(name)) {
			return look{answer: held}
		}
		return look{}
	case name == f.home, slices.Contains(system, name), slices.Contains(strings.Fields(f.files), name):
		return look{answer: held}
	case name == "/etc/ssl/certs/ca-certificates.crt" && slices.ContainsFunc(f.lists, func(list string) bool {
		return list == "certificates" || list == "scm" || list == "buildpack" || list == "alpine"
	}):
		return look{answer: held}
	case inside(name, "/usr/local") || name == "/data" || inside(name, "/usr/src"):
	case slices.ContainsFunc(system, func(dir string) bool { return inside(name, dir) && !own(dir) }):
		return look{unknown, "what its base has there is not listed"}
	}
	return look{}
}

// own are folders that exist in images and are empty there.
func own(dir string) bool {
	return slices.Contains([]string{"/home", "/srv", "/mnt", "/media", "/opt"}, dir)
}

// packaged are the programs of packages that are not named like the package.
//
// Source: the lists of files of Debian 13 and Alpine 3.24.
var packaged = map[string]string{
	"build-essential": "gcc g++ cc c++ make ld ar as strip cpp dpkg-buildpackage", "gcc": "gcc cc cpp", "g++": "g++ c++ gcc cc", "build-base": "gcc g++ cc c++ make ld ar as patch",
	"pkgconf": "pkg-config pkgconf", "pkg-config": "pkg-config pkgconf", "protobuf-compiler": "protoc", "protobuf-dev": "protoc", "protoc": "protoc",
	"python3": "python3", "python-is-python3": "python", "openssh-client": "ssh scp ssh-keygen", "default-jre-headless": "java", "procps": "ps pgrep pkill top free",
	"clang": "clang clang++", "cmake": "cmake ctest cpack", "libpq-dev": "pg_config", "postgresql-client": "psql pg_dump pg_isready", "imagemagick": "convert identify magick",
	"git": "git", "musl-tools": "musl-gcc", "musl-dev": "", "unzip": "unzip zipinfo", "chromium": "chromium", "iputils-ping": "ping", "netcat-openbsd": "nc", "dnsutils": "dig nslookup",
	"libvips-tools": "vips", "golang-go": "go gofmt", "nodejs": "node nodejs", "npm": "npm npx", "gcc-aarch64-linux-gnu": "aarch64-linux-gnu-gcc", "gcc-x86-64-linux-gnu": "x86_64-linux-gnu-gcc",
}

// fromPackage says whether a package brings a program.
func fromPackage(name, program string) bool {
	name, _, _ = strings.Cut(name, "=")
	if list, ok := packaged[name]; ok {
		return slices.Contains(strings.Fields(list), program)
	}
	return name == program
}
