package java

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// served is a folder that the program gives browsers from the disk, as it calls it from its
// working folder.
type served struct {
	stated
	Dir   string // the folder of the repository that is meant
	There bool   // git keeps it
}

// servings are how libraries are told a folder on the disk of which they give browsers the
// files; the first group is the folder.
//
// Sources: the documentation of each library, of the versions current in August 2026.
var servings = []struct {
	imported string
	call     *pattern.Pattern
}{
	{"org.springframework", pattern.New(`addResourceLocations\s*\(\s*"file:([^"]+)"`)},
	{"io.javalin", pattern.New(`(?:staticFiles\s*\.\s*add|addStaticFiles|spaRoot\s*\.\s*addFile)\s*\(\s*"([^"]+)"\s*,\s*(?:"[^"]*"\s*,\s*)?Location\.EXTERNAL`)},
	{"io.javalin", pattern.New(`\bdirectory\s*=\s*"([^"]+)"[^{}]*\bLocation\.EXTERNAL`)},
	{"spark.", pattern.New(`external(?:StaticFile)?Location\s*\(\s*"([^"]+)"`)},
	{"io.ktor", pattern.New(`staticFiles\s*\(\s*"[^"]*"\s*,\s*(?:dir\s*=\s*)?(?:java\.io\.)?File\s*\(\s*"([^"]+)"`)},
	{"io.vertx", pattern.New(`StaticHandler\s*\.\s*create\s*\(\s*(?:FileSystemAccess\.\w+\s*,\s*)?"([^"]+)"`)},
	{"org.eclipse.jetty", pattern.New(`set(?:Base)?Resource(?:Base)?\s*\(\s*"([^"]+)"`)},
	{"org.http4k", pattern.New(`ResourceLoader\s*\.\s*Directory\s*\(\s*"([^"]+)"`)},
}

// serves gives the folders on the disk that a file tells a library to serve.
func serves(file, text string) (found []stated) {
	for _, s := range servings {
		if !strings.Contains(text, s.imported) {
			continue
		}
		for _, m := range s.call.FindAllStringSubmatchIndex(text, -1) {
			found = append(found, stated{text[m[2]:m[3]], detect.Evidence{File: file, Line: 1 + strings.Count(text[:m[0]], "\n")}})
		}
	}
	return found
}

// locations are the settings of frameworks that name such folders, behind file:. A * is
// one word.
//
// Sources: https://docs.spring.io/spring-boot/reference/web/servlet.html,
// https://docs.micronaut.io/latest/guide/#staticResources.
var locations = []string{
	"spring.web.resources.static-locations", "spring.resources.static-locations", "spring.webflux.static-locations",
	"micronaut.router.static-resources.*.paths",
}

// pagesOnDisk gives the folders on the disk that settings name.
func (s settings) pagesOnDisk(active []string) (found []stated) {
	for _, set := range s.list {
		name, _, _ := strings.Cut(set.key, "[")
		named := slices.ContainsFunc(locations, func(key string) bool {
			ok, err := path.Match(strings.ReplaceAll(key, ".", "/"), strings.ReplaceAll(name, ".", "/"))
			return ok && err == nil
		})
		if !named || !set.holds(active) {
			continue
		}
		for word := range strings.SplitSeq(set.value, ",") {
			value, ok := s.expand(active, strings.TrimSpace(word), 0)
			if dir, onDisk := strings.CutPrefix(value, "file:"); ok && onDisk {
				found = append(found, stated{dir, set.at})
			}
		}
	}
	return found
}

// onDisk settles which folders of the repository are meant: seen from the module, or from
// the root of the build or of the repository, where developers start the program.
func (d *Detail) onDisk(t *detect.Tree, list []stated) {
	for _, s := range list {
		name := path.Clean(strings.TrimSuffix(s.Value, "/"))
		if name == "." || path.IsAbs(name) || strings.ContainsAny(name, "$*") || strings.HasPrefix(name, "~") {
			continue
		}
		found := served{stated: stated{name, s.At}, Dir: path.Join(d.Build.Dir, name)}
		for _, base := range []string{d.Build.Dir, d.Build.Root, "."} {
			dir := path.Join(base, name)
			if above := path.Dir(dir); !strings.HasPrefix(dir, "../") && (t.IsFolder(dir) || above != "." && t.IsFolder(above)) {
				found.Dir, found.There = dir, t.IsFolder(dir) && t.Held(dir) > detect.Placeholder
				break
			}
		}
		if !strings.HasPrefix(found.Dir, "../") && !slices.ContainsFunc(d.Served, func(k served) bool { return k.Dir == found.Dir }) {
			d.Served = append(d.Served, found)
		}
	}
}

// atRunTime are calls that read files beside the program, which the image does not hold,
// and what settles that.
//
// Sources: https://jte.gg, https://github.com/cdimascio/dotenv-java and dotenv-kotlin.
var atRunTime = []struct {
	call   *pattern.Pattern
	unless string // a text of the file with which it is well
	says   string
}{
	{pattern.New(`\bnew\s+JavalinJte\s*\(\s*\)|\bJavalinJte\s*\(\s*\)|\bDirectoryCodeResolver\s*\(`), "createPrecompiled",
		"JTE compiles templates while the program runs, from a folder that the image does not hold and with a compiler that it has not; give it TemplateEngine.createPrecompiled, and let JTE's plugin of the build compile them"},
	{pattern.New(`\bDotenv\s*\.\s*load\s*\(\s*\)|\bDotenv\s*\.\s*configure\s*\(\s*\)[^;]*?\.load\s*\(\s*\)|\bdotenv\s*\(\s*\)|\bdotenv\s*\{[^{}]*\}`), "ignoreIfMissing",
		"the start fails without a file .env, which no build is sent; call ignoreIfMissing before load, so that docker run -e or --env-file gives the variables"},
}

// runTimeNotes gives what a file says of that.
func runTimeNotes(file, text string) (notes []string) {
	for _, c := range atRunTime {
		if m := c.call.FindStringIndex(text); m != nil && !strings.Contains(text, c.unless) {
			notes = append(notes, fmt.Sprintf("%s:%d: %s", file, 1+strings.Count(text[:m[0]], "\n"), c.says))
		}
	}
	return notes
}

// quinoa takes the front end for part of the build that Quarkus' extension builds by
// itself: https://docs.quarkiverse.io/quarkus-quinoa/dev/config-reference.html.
func (d *Detail) quinoa(config settings, active []string) {
	if d.Build.Node.Value != "quarkus-quinoa" {
		return
	}
	said := func(key, fallback string) string {
		if set, ok := config.get(active, "%prod."+key, key); ok {
			if value, ok := config.expand(active, set.value, 0); ok {
				return value
			}
		}
		return fallback
	}
	dir := path.Join(d.Build.Dir, said("quarkus.quinoa.ui-dir", "src/main/webui"))
	outputs := []string{"dist", "build", "out"}
	if set := said("quarkus.quinoa.build-dir", ""); set != "" {
		outputs = []string{set}
	}
	for _, out := range outputs {
		d.Build.Pages = append(d.Build.Pages, detect.Pages{Dir: path.Join(dir, out), Optional: true, At: d.Build.Node.At})
	}
	d.Build.NodeUnset = said("quarkus.quinoa.package-manager-install", "false") != "true"
}

// keyFile is a setting's value that names a key or a certificate, on the class path where
// nothing else is said.
var keyFile = pattern.New(`^(classpath:)?/?([A-Za-z0-9_./-]+\.(?:pem|key|crt|cer|p12|pfx|jks|keystore|der))$`)

// absentFiles says which keys the configuration reads from the class path and git does not
// keep, and by which variable another file is named.
func (d *Detail) absentFiles(t *detect.Tree, config settings, active []string) {
	for _, set := range config.list {
		m := keyFile.FindStringSubmatch(set.value)
		profile, _, of := strings.Cut(set.key, ".")
		if m == nil || !set.holds(active) || of && strings.HasPrefix(profile, "%") && profile != "%prod" {
			continue
		}
		there := func(dir string) bool { return t.Has(path.Join(d.Build.Dir, dir, m[2])) }
		if slices.ContainsFunc(d.Resources, there) || len(d.Resources) == 0 {
			continue
		}
		file := path.Join(d.Build.Dir, d.Resources[0], m[2])
		why := "which is not there"
		if x, ok := t.LeftOut(file); ok {
			why = "which " + x.At.String() + " leaves out"
		} else if m[1] == "" && strings.HasPrefix(set.value, "/") && d.Framework.Name != quarkus {
			continue // a path of the system that runs it
		}
		variable := strings.ToUpper(strings.NewReplacer(".", "_", "-", "_", "%", "_").Replace(strings.TrimPrefix(set.key, "%prod.")))
		d.Notes = append(d.Notes, fmt.Sprintf("%s: %s is read from %s, %s; mount one into the container, and name it by docker run -e %s=file:/PATH", set.at, set.key, file, why, variable))
	}
}
