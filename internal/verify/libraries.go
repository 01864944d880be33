package verify

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/image"
)

// mostLinks is how many links a path may lead through, as in Linux.
const mostLinks = 40

// resolve follows the links of a path to what a container finds there.
func (f *Facts) resolve(name string) (image.Stands, bool) {
	final := f.final()
	rest := strings.Split(strings.TrimPrefix(path.Clean(name), "/"), "/")
	at := "/"
	for links := 0; len(rest) > 0; {
		next := path.Join(at, rest[0])
		rest = rest[1:]
		there, ok := final[next]
		switch {
		case !ok && len(rest) == 0:
			return image.Stands{}, false
		case ok && there.Kind == image.Symlink:
			if links++; links > mostLinks {
				return image.Stands{}, false
			}
			to := there.Link
			if !path.IsAbs(to) {
				to = path.Join(at, to)
			}
			rest = append(strings.Split(strings.TrimPrefix(path.Clean(to), "/"), "/"), rest...)
			at = "/"
		default:
			at = next // a folder that no layer has an entry of, too
		}
	}
	there, ok := final[at]
	if ok && there.Kind == image.Hardlink {
		there, ok = f.linkedTo(there)
	}
	return there, ok
}

// linkedTo is the file that a hard link is a name of: an entry of its own layer.
func (f *Facts) linkedTo(link image.Stands) (image.Stands, bool) {
	if there, ok := f.final()[link.Link]; ok && there.Kind == image.Regular && there.Layer == link.Layer {
		return there, true
	}
	for i := range f.Image.Layers[link.Layer].Files {
		if file := &f.Image.Layers[link.Layer].Files[i]; file.Path == link.Link && file.Kind == image.Regular {
			return image.Stands{File: file, Layer: link.Layer}, true
		}
	}
	return link, false
}

// loader is what a dynamic loader goes by in one image.
type loader struct {
	facts   *Facts
	machine string
	path    []string        // of LD_LIBRARY_PATH
	dirs    []string        // of ld.so.conf and those that are built in
	sonames map[string]bool // of every library in the image, by its own name and its file's
}

// triples are the folders of Debian and Ubuntu for libraries of an architecture.
var triples = map[string]string{
	"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu", "arm": "arm-linux-gnueabihf", "386": "i386-linux-gnu", "s390x": "s390x-linux-gnu",
	"ppc64le": "powerpc64le-linux-gnu", "riscv64": "riscv64-linux-gnu", "loong64": "loongarch64-linux-gnu", "mips64le": "mips64el-linux-gnuabi64",
}

func (f *Facts) loader() *loader {
	if f.loads != nil {
		return f.loads
	}
	_, machine, _ := strings.Cut(f.Image.Platform, "/")
	machine, _, _ = strings.Cut(machine, "/")
	l := &loader{facts: f, machine: machine, sonames: map[string]bool{}}
	for _, v := range f.Image.Config.Env {
		if list, ok := strings.CutPrefix(v, "LD_LIBRARY_PATH="); ok {
			l.path = strings.Split(list, ":")
		}
	}
	final := f.final()
	for _, name := range sortedNames(final) {
		at := final[name]
		switch {
		case name == "/etc/ld.so.conf" || strings.HasPrefix(name, "/etc/ld.so.conf.d/") || strings.HasPrefix(name, "/etc/ld-musl-"):
			for _, dir := range strings.FieldsFunc(string(at.Content), func(r rune) bool { return r == '\n' || r == ':' }) {
				if dir = strings.TrimSpace(dir); strings.HasPrefix(dir, "/") {
					l.dirs = append(l.dirs, dir)
				}
			}
		case at.ELF != nil && at.ELF.Broken == "" && at.ELF.Machine == machine:
			l.sonames[path.Base(name)] = true
			l.sonames[at.ELF.Soname] = true
		case at.Kind == image.Symlink && strings.Contains(path.Base(name), ".so"):
			if to, ok := f.resolve(name); ok && to.ELF != nil && to.ELF.Machine == machine {
				l.sonames[path.Base(name)] = true
			}
		}
	}
	triple := triples[machine]
	l.dirs = append(l.dirs, "/lib/"+triple, "/usr/lib/"+triple, "/usr/local/lib", "/usr/local/lib/"+triple, "/lib64", "/usr/lib64", "/lib", "/usr/lib")
	f.loads = l
	return l
}

// find looks for a library that a file needs, in the order of ld.so(8).
func (l *loader) find(file *image.File, name string) (image.Stands, bool) {
	if strings.Contains(name, "/") {
		return l.facts.resolve(name)
	}
	var dirs []string
	if len(file.ELF.RunPath) == 0 {
		dirs = append(dirs, file.ELF.RPath...)
	}
	dirs = slices.Concat(dirs, l.path, file.ELF.RunPath, l.dirs)
	origin := strings.NewReplacer("$ORIGIN", path.Dir(file.Path), "${ORIGIN}", path.Dir(file.Path), "$LIB", "lib", "${LIB}", "lib")
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		if at, ok := l.facts.resolve(path.Join(origin.Replace(dir), name)); ok && at.ELF != nil && at.ELF.Machine == file.ELF.Machine {
			return at, true
		}
	}
	return image.Stands{}, false
}

// elsewhere are words in the path of a library that say that it is for another platform,
// of which packages bring along what they have.
var elsewhere = strings.Fields("musl darwin win32 windows android freebsd prebuilds arm64 arm ia32 x64 linux-x64 linux-arm64 vendor sharp-linuxmusl")

// programs are the files of the image's own layers that are for its platform, and the one
// that it starts. What packages bring along for other platforms is none of them.
func (f *Facts) programs() (all []image.Stands) {
	l := f.loader()
	for _, name := range sortedNames(f.final()) {
		at := f.final()[name]
		if at.Layer < f.Base.Layers || at.ELF == nil || at.ELF.Broken != "" {
			continue
		}
		if at.ELF.Machine != l.machine && isPackaged(name) {
			continue
		}
		if isPackaged(name) && strings.Contains(name, "/node_modules/") && slices.ContainsFunc(elsewhere, func(w string) bool { return strings.Contains(name, w) }) {
			continue
		}
		all = append(all, at)
	}
	if p := f.program(); p != nil && !slices.ContainsFunc(all, func(s image.Stands) bool { return s.File == p }) {
		all = append(all, image.Stands{File: p, Layer: f.layerOf(p)})
	}
	return all
}

func (f *Facts) layerOf(file *image.File) int { return f.final()[file.Path].Layer }

func judgePlatform(f *Facts) Result {
	l := f.loader()
	var all []Finding
	programs := f.programs()
	for _, at := range programs {
		if m := at.ELF.Machine; m != l.machine && !(l.machine == "amd64" && m == "386") && !(l.machine == "arm64" && m == "arm") {
			one := f.found(at.Layer, at.File, at.Path+" is for another processor: exec format error", l.machine, "build for the platform of the image: FROM --platform=$BUILDPLATFORM with GOARCH=$TARGETARCH, or take --platform away")
			one.Seen = m
			all = append(all, one)
		}
	}
	if len(programs) == 0 {
		return skipped("no program and no library of its own")
	}
	if len(all) == 0 {
		return passed(fmt.Sprintf("%d files for %s", len(programs), f.Image.Platform))
	}
	return failed(fewest(all, 5)...)
}

func judgeInterpreters(f *Facts) Result {
	var all []Finding
	n := 0
	for _, at := range f.programs() {
		if at.ELF.Interp == "" || at.ELF.Machine != f.loader().machine {
			continue
		}
		n++
		if _, ok := f.resolve(at.ELF.Interp); ok {
			continue
		}
		fix := "link it statically (CGO_ENABLED=0, the musl target of Rust), or take a base with the C library that it was linked against"
		if strings.Contains(at.ELF.Interp, "musl") {
			fix = "build it on the C library of the base: it was linked against musl, on Alpine"
		}
		all = append(all, f.found(at.Layer, at.File, at.Path+" cannot start: no such file or directory", "its loader "+at.ELF.Interp+" in the image", fix))
	}
	if n == 0 {
		return skipped("no program that wants a loader")
	}
	return failed(fewest(all, 5)...)
}

func judgeLibraries(f *Facts) Result {
	l := f.loader()
	var all []Finding
	n := 0
	programs := f.programs()
	own, brings := len(programs), map[string]string{} // who loads a library of the base's
	for i := 0; i < len(programs); i++ {
		at := programs[i]
		if len(at.ELF.Needed) == 0 || at.ELF.Machine != l.machine {
			continue
		}
		if _, ok := f.resolve(at.ELF.Interp); at.ELF.Interp != "" && !ok {
			continue // the other C library's, which is told already
		}
		if i < own {
			n++
		}
		for _, name := range at.ELF.Needed {
			library, ok := l.find(at.File, name)
			if ok && library.Layer < f.Base.Layers && brings[library.Path] == "" {
				brings[library.Path] = at.Path
				programs = append(programs, library)
			}
			if ok || l.sonames[name] && at.ELF.Interp == "" || strings.HasPrefix(name, "ld-linux") && l.sonames[name] {
				continue // whoever loads a library may have loaded what it needs
			}
			if f.muslHas(name) {
				continue
			}
			one := f.found(at.Layer, at.File, fmt.Sprintf("%s needs %s, which is not where it looks", at.Path, name), name+" in the image", "install the package that has "+name+" where the image runs, not only in the builder")
			if by := brings[at.Path]; by != "" {
				one.Seen = by + " loads it"
			}
			if isPackaged(at.Path) && f.isMusl() != (name == "libc.musl-x86_64.so.1") && strings.HasPrefix(name, "libc.") {
				one.Fix = "take the distribution of the package for the C library of the base"
			}
			all = append(all, one)
		}
	}
	if n == 0 {
		return skipped("nothing in it is linked dynamically")
	}
	if len(all) == 0 {
		return passed(fmt.Sprintf("%d files", n))
	}
	return failed(fewest(all, 5)...)
}

// isMusl says whether the C library of the image is musl.
func (f *Facts) isMusl() bool {
	for name := range f.loader().sonames {
		if strings.HasPrefix(name, "ld-musl-") {
			return true
		}
	}
	return false
}

// muslHas says whether musl's one library stands for another that is asked for.
func (f *Facts) muslHas(name string) bool {
	short, _, _ := strings.Cut(name, ".")
	return f.isMusl() && (strings.HasPrefix(name, "libc.musl-") || name == "libc.so" || slices.Contains([]string{"libm", "libpthread", "librt", "libdl", "libutil", "libcrypt"}, short) && strings.HasSuffix(name, ".so"))
}

func judgeVersions(f *Facts) Result {
	l := f.loader()
	var all []Finding
	n := 0
	for _, at := range f.programs() {
		if at.ELF.Machine != l.machine {
			continue
		}
		for _, needs := range at.ELF.Versions {
			library, ok := l.find(at.File, needs.Library)
			if !ok || len(library.ELF.Defines) == 0 {
				continue // the one is told already, the other has no versions to miss
			}
			n++
			lacks := slices.DeleteFunc(slices.Clone(needs.Names), func(v string) bool { return slices.Contains(library.ELF.Defines, v) })
			if len(lacks) == 0 {
				continue
			}
			one := f.found(at.Layer, at.File, fmt.Sprintf("%s: version `%s' not found (required by %s)", library.Path, lacks[len(lacks)-1], at.Path),
				"every version in the library of the image", "build on the release that the image runs: the builder's C library is newer than the base's")
			one.Seen = newest(library.ELF.Defines, lacks[len(lacks)-1])
			all = append(all, one)
		}
	}
	if n == 0 {
		return skipped("nothing in it asks for versions of symbols")
	}
	if len(all) == 0 {
		return passed(fmt.Sprintf("%d libraries", n))
	}
	return failed(fewest(all, 5)...)
}

// newest is the last version of the same kind that a library has.
func newest(defines []string, like string) string {
	kind, _, _ := strings.Cut(like, "_")
	var best string
	for _, v := range defines {
		if strings.HasPrefix(v, kind+"_") && !strings.Contains(v, "PRIVATE") && compareVersions(v, best) > 0 {
			best = v
		}
	}
	if best == "" {
		return ""
	}
	return "up to " + best
}

func compareVersions(a, b string) int {
	as, bs := strings.FieldsFunc(a, notDigit), strings.FieldsFunc(b, notDigit)
	for i := range min(len(as), len(bs)) {
		if len(as[i]) != len(bs[i]) {
			return len(as[i]) - len(bs[i])
		}
		if c := strings.Compare(as[i], bs[i]); c != 0 {
			return c
		}
	}
	return len(as) - len(bs)
}

func notDigit(r rune) bool { return r < '0' || r > '9' }
