package java

import (
	"path"
	"regexp"
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

// opening is how a library is told the port that it opens, in the text of a program.
type opening struct {
	imported string           // the text has to hold it
	call     *pattern.Pattern // the first group is the port, or its name
	fallback int              // where the call names none
	udp      bool
}

// openings are what is known to open a port.
//
// Sources: the documentation of each library, of the versions current in August 2026.
var openings = []opening{
	{"java.net.DatagramSocket", pattern.New(`new\s+DatagramSocket\s*\(\s*([^,()]+(?:\((?:[^()]|\([^()]*\))*\))?)`), 0, true},
	{"com.sun.net.httpserver", pattern.New(`HttpServer\s*\.\s*create\s*\(\s*new\s+InetSocketAddress\s*\(\s*(?:"[^"]*"\s*,\s*)?([^,()]+(?:\((?:[^()]|\([^()]*\))*\))?)\)`), 0, false},
	{"com.sun.net.httpserver", pattern.New(`HttpServer\s*\.\s*create\s*\(\s*InetSocketAddress\s*\(\s*([^,()]+(?:\((?:[^()]|\([^()]*\))*\))?)\)`), 0, false},
	{"com.sun.net.httpserver", pattern.New(`new\s+InetSocketAddress\s*\(\s*([0-9]+)\s*\)`), 0, false},
	{"java.net.ServerSocket", pattern.New(`new\s+ServerSocket\s*\(\s*([^,()]+(?:\((?:[^()]|\([^()]*\))*\))?)`), 0, false},
	{"io.javalin", pattern.New(`\.start\s*\(\s*([^,()]*(?:\((?:[^()]|\([^()]*\))*\))?)\)`), 8080, false},
	{"spark.Spark", pattern.New(`\bport\s*\(\s*([^,()]+(?:\((?:[^()]|\([^()]*\))*\))?)\)`), 0, false},
	{"io.vertx", pattern.New(`\.listen\s*\(\s*([0-9]+)`), 0, false},
	{"org.eclipse.jetty.server", pattern.New(`new\s+Server\s*\(\s*([^,()]+(?:\((?:[^()]|\([^()]*\))*\))?)\)`), 0, false},
	{"io.undertow", pattern.New(`\.addHttpListener\s*\(\s*([^,()]+(?:\((?:[^()]|\([^()]*\))*\))?)\s*,`), 0, false},
	{"io.ktor", pattern.New(`embeddedServer\s*\(\s*[A-Za-z.]+\s*,\s*(?:port\s*=\s*)?([^,()]+(?:\((?:[^()]|\([^()]*\))*\))?)`), 0, false},
	{"io.helidon", pattern.New(`\.port\s*\(\s*([0-9]+)\s*\)`), 0, false},
	{"org.http4k", pattern.New(`\.asServer\s*\(\s*[A-Za-z]+\s*\(\s*([^,()]+(?:\((?:[^()]|\([^()]*\))*\))?)\)`), 0, false},
}

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
	for _, file := range files {
		if !isMain(module, file, roots) {
			continue
		}
		ext := path.Ext(file)
		data, err := r.ReadFile(file)
		if err != nil {
			return scanned{}, err
		}
		text := string(data)
		if m, ok := mainIn(file, ext, text); ok {
			found.mains = append(found.mains, m)
		}
		found.listens = append(found.listens, opens(file, text)...)
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

// environmentPort is a variable that a program asks for its port, perhaps with a default
// near it.
var (
	environmentPort = pattern.New(`(?:getenv\s*\(\s*|getenv\(\)\s*\.\s*(?:getOrDefault|get)\s*\(\s*|getenv\(\)\s*\[\s*)"([A-Z][A-Z0-9_]*PORT|PORT)"`)
	fallbackNumber  = pattern.New(`^[^;\n]{0,120}?(?:,\s*"?|\?:\s*"?|:\s*"?|orElse\(\s*"?)([0-9]{2,5})\b`)
)

// opens gives the ports that a file opens.
func opens(file, text string) []detect.Listener {
	var found []detect.Listener
	for _, o := range openings {
		if !strings.Contains(text, o.imported) {
			continue
		}
		for _, m := range o.call.FindAllStringSubmatchIndex(text, -1) {
			l := detect.Listener{UDP: o.udp, At: detect.Evidence{File: file, Line: 1 + strings.Count(text[:m[0]], "\n")}, What: "opened by the program"}
			l.Port, l.Env = portOf(text, text[m[2]:m[3]], 0)
			line := text[strings.LastIndexByte(text[:m[0]], '\n')+1 : m[1]]
			var around []string
			l.When, around = conditions(file, text, m[0])
			l.Side = detect.SideWord(append(around, line, l.Env, strings.TrimSuffix(path.Base(file), path.Ext(file)))...)
			l.Loopback = strings.Contains(line, `"127.0.0.1"`) || strings.Contains(line, `"localhost"`)
			if l.Port == 0 && l.Env == "" && strings.TrimSpace(text[m[2]:m[3]]) == "" {
				l.Port = o.fallback
			}
			found = append(found, l)
		}
		if len(found) > 0 && !o.udp {
			return detect.DistinctListeners(found)
		}
	}
	if len(found) > 0 || !strings.Contains(text, "getenv") {
		return detect.DistinctListeners(found)
	}
	if m := ownPort.FindStringSubmatchIndex(text); m != nil {
		l := detect.Listener{Env: text[m[2]:m[3]], What: "asked for by the program", At: detect.Evidence{File: file, Line: 1 + strings.Count(text[:m[0]], "\n")}}
		if n := fallbackNumber.FindStringSubmatch(text[m[1]:]); n != nil {
			l.Port = portNumber(n[1])
		}
		return []detect.Listener{l}
	}
	return nil
}

// ownPort is a program that asks the environment for the port that it opens, whatever
// opens it.
var ownPort = pattern.New(`(?:getenv\s*\(\s*|getenv\(\)\s*\.\s*(?:getOrDefault|get)\s*\(\s*|getenv\(\)\s*\[\s*)"(PORT|HTTP_PORT|SERVER_PORT|APP_PORT)"`)

// portOf reads an expression: a number, a variable of the environment with its default,
// or a name that the file gives one of them.
func portOf(text, expression string, depth int) (port int, env string) {
	expression = strings.TrimSpace(expression)
	if n := portNumber(strings.ReplaceAll(expression, "_", "")); n > 0 {
		return n, ""
	}
	if at := environmentPort.FindStringSubmatchIndex(expression); at != nil {
		port, env = 0, expression[at[2]:at[3]]
		if m := fallbackNumber.FindStringSubmatch(expression[at[1]:]); m != nil {
			port = portNumber(m[1])
		}
		return port, env
	}
	if depth == 3 || !simpleName.MatchString(expression) {
		return 0, ""
	}
	assigned := regexp.MustCompile(`\b` + regexp.QuoteMeta(expression) + `\s*(?::\s*Int\s*)?=\s*([^;\n]+)`)
	if m := assigned.FindStringSubmatch(text); m != nil {
		return portOf(text, m[1], depth+1)
	}
	return 0, ""
}

var simpleName = pattern.New(`^[A-Za-z_][A-Za-z0-9_]*$`)
