package java

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// languages are the extensions of program text for the JVM.
var languages = []string{".java", ".kt", ".groovy", ".scala"}

// filesBelow lists the files of a module, without those of modules inside it and without
// what builds make.
func filesBelow(t *detect.Tree, module string, others []string) []string {
	var files []string
	skip := func(dir string) bool {
		base := path.Base(dir)
		parent := path.Dir(dir)
		return slices.Contains(others, dir) || parent == module && slices.Contains([]string{"target", "build", "bin", "out", ".gradle", ".mvn", ".git", "gradle"}, base)
	}
	for _, dir := range t.Below(module, skip) {
		folder, _ := t.Folder(dir)
		for _, name := range folder.Files {
			files = append(files, path.Join(dir, name))
		}
	}
	return files
}

// mainClass is a class that can be started.
type mainClass struct {
	Name   string
	Spring bool // marked as the application of Spring Boot
	At     detect.Evidence
}

// scanned is what the program text of a module says.
type scanned struct {
	mains   []mainClass
	listens []detect.Listener
	serves  []stated // folders on the disk of which it gives browsers the files
	notes   []string
	home    detect.Evidence // where the home of the user is asked for
}

var (
	packageLine = pattern.New(`(?m)^\s*package\s+([A-Za-z_$][A-Za-z0-9_$.]*)`)
	javaMain    = pattern.New(`(?m)\bstatic\s+(?:final\s+)?void\s+main\s*\(`)
	kotlinMain  = pattern.New(`(?m)^(?:suspend\s+)?fun\s+main\s*\(`)
	objectMain  = pattern.New(`(?m)^\s+@JvmStatic[\s\S]{0,80}?\bfun\s+main\s*\(`)
	jvmName     = pattern.New(`@file:JvmName\("([A-Za-z0-9_$]+)"\)`)
	kotlinClass = pattern.New(`(?m)^(?:open\s+|internal\s+|public\s+)*(?:class|object)\s+([A-Za-z0-9_]+)`)
)

// isMain says whether a file is program text of the product, below one of the folders
// where the module keeps it.
func isMain(module, file string, roots []string) bool {
	name := detect.From(module, file)
	return slices.Contains(languages, path.Ext(name)) && !strings.Contains("/"+name, "/src/test/") &&
		slices.ContainsFunc(roots, func(root string) bool { return detect.Inside(name, root) })
}

// usualTests is where they look for tests.
const usualTests = "src/test"

// usualRoots is where Maven and Gradle look for the product's text.
var usualRoots = []string{"src/main", "src/jvmMain"}

// scan reads the program text of a module.
func scan(t *detect.Tree, module string, files, roots []string) (scanned, error) {
	var found scanned
	r := t.Reader(module)
	defer r.Close() // nothing was written through it
	texts := map[string]string{}
	read := func(file string) (string, error) {
		if text, known := texts[file]; known {
			return text, nil
		}
		data, err := r.ReadFile(file)
		if err == nil {
			texts[file] = string(data)
		}
		return string(data), err
	}
	classes := func(name string) string {
		i := slices.IndexFunc(files, func(file string) bool {
			return strings.TrimSuffix(path.Base(file), path.Ext(file)) == name && isMain(module, file, roots)
		})
		if i < 0 {
			return ""
		}
		text, err := read(files[i])
		if err != nil {
			return "" // it is told where the file itself is read
		}
		return text
	}
	for _, file := range files {
		if !isMain(module, file, roots) {
			continue
		}
		ext := path.Ext(file)
		text, err := read(file)
		if err != nil {
			return scanned{}, err
		}
		if m, ok := mainIn(file, ext, text); ok {
			found.mains = append(found.mains, m)
		}
		found.serves = append(found.serves, serves(file, text)...)
		found.notes = append(found.notes, runTimeNotes(file, text)...)
		found.listens = append(found.listens, opens(file, text, classes)...)
		if i := strings.Index(text, `"user.home"`); i >= 0 && found.home.File == "" {
			found.home = detect.Evidence{File: file, Line: 1 + strings.Count(text[:i], "\n")}
		}
	}
	return found, nil
}

// mainIn gives the class of a file that can be started.
func mainIn(file, ext, text string) (mainClass, bool) {
	name := strings.TrimSuffix(path.Base(file), ext)
	place := -1
	if name == "" || !strings.Contains(text, "main") {
		return mainClass{}, false
	}
	switch ext {
	case ".java", ".groovy":
		if at := javaMain.FindStringIndex(text); at != nil {
			place = at[0]
		}
	case ".kt":
		if at := kotlinMain.FindStringIndex(text); at != nil {
			place = at[0]
			name = strings.ToUpper(name[:1]) + name[1:] + "Kt"
			if m := jvmName.FindStringSubmatch(text); m != nil {
				name = m[1]
			}
		} else if at := objectMain.FindStringIndex(text); at != nil {
			if m := kotlinClass.FindStringSubmatch(text); m != nil {
				place, name = at[0], m[1]
			}
		}
	}
	if place < 0 {
		return mainClass{}, false
	}
	if m := packageLine.FindStringSubmatch(text); m != nil {
		name = strings.TrimSuffix(m[1], ";") + "." + name
	}
	if !className(name) {
		return mainClass{}, false
	}
	return mainClass{name, strings.Contains(text, "@SpringBootApplication"), detect.Evidence{File: file, Line: 1 + strings.Count(text[:place], "\n")}}, true
}
