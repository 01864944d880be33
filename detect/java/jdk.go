package java

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Kind is how a statement about Java binds.
type Kind int

// Kinds, the weakest first.
const (
	AtLeast Kind = iota // what the sources are compiled for
	Pinned              // the JDK that the developers use
	Exactly             // a toolchain, which no other JDK can stand for
)

// Requirement is a statement about the version of Java.
type Requirement struct {
	Major int
	Kind  Kind
	What  string // "maven.compiler.release"
	Exact string // "21.0.19", where a version file names so much
	At    detect.Evidence

	wanted bool // by the framework, whatever the project says
}

// String is the statement in words.
func (r Requirement) String() string { return fmt.Sprintf("%s %d", r.What, r.Major) }

// Limit is the newest Java that something of the build works with.
type Limit struct {
	Most int
	What string
	At   detect.Evidence
	Cure string // what makes it work with a newer one, where the build fails beyond it; else it is what its makers tried
}

// lastCompilers are the newest Java whose compiler takes sources of an old version; it
// takes all newer ones.
//
// Source: the release notes of Java 9, 12 and 20, under Removed Features and Options.
var lastCompilers = map[int]int{5: 8, 6: 11, 7: 19}

// takes gives the limit that the version of the sources is, if it is one.
func takes(r Requirement) (Limit, bool) {
	most, old := lastCompilers[r.Major]
	return Limit{Most: most, What: r.String(), At: r.At}, old
}

// longTerm are the versions of Java that a container is made for, oldest first.
var longTerm = []int{17, 21, 25}

// defaultJava is for a project that states nothing.
const defaultJava = 21

// newestJava bounds what a file may ask for; catalog and compilers decide the rest.
const newestJava = 99

// javaNumber is how files write a version of Java: 1.8, 17, 21.0.2+13, 21.0.2-tem,
// temurin-21.0.2, zulu-8.86.
var javaNumber = pattern.New(`^(?:[A-Za-z][A-Za-z_0-9]*-)*(?:1\.)?(\d{1,2})(?:[.+_u-][0-9A-Za-z.+_-]*)?$`)

// graalNumber is how SDKMAN writes a GraalVM: its own version, then that of Java.
var graalNumber = pattern.New(`^[0-9.]+\.r(\d{1,2})-`)

// exactJava is the version of an OpenJDK from its first number on, where it has three.
var exactJava = pattern.New(`\b(?:11|[1-9]\d)\.0\.\d+`)

// javaMajor reads the major version, and says whether there is one.
func javaMajor(text string) (int, bool) {
	text = strings.TrimSpace(text)
	m := graalNumber.FindStringSubmatch(text)
	if m == nil {
		m = javaNumber.FindStringSubmatch(text)
	}
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < 5 || n > newestJava {
		return 0, false
	}
	return n, true
}

// pinned is Java as tools that switch between its versions know it.
var pinned = manifest.Tool{
	Names: []string{"java"},
	Files: []manifest.PinFile{
		{Name: ".java-version", Read: manifest.FirstLine}, // jenv
		{Name: ".sdkmanrc", Read: keyed("java")},
		{Name: "system.properties", Read: keyed("java.runtime.version")}, // Heroku
	},
}

// keyed reads one key of a file of key=value lines.
func keyed(key string) func(string) (string, int, error) {
	return func(text string) (string, int, error) {
		n := 0
		for line := range strings.Lines(text) {
			n++
			name, value, found := strings.Cut(line, "=")
			if found && strings.TrimSpace(name) == key {
				return strings.TrimSpace(value), n, nil
			}
		}
		return "", 0, nil
	}
}

// pins reads the version files that count for a folder.
func pins(t *detect.Tree, dir string) ([]Requirement, error) {
	found, err := manifest.Pins(t, dir, pinned)
	if err != nil {
		return nil, err
	}
	var list []Requirement
	for _, p := range found {
		if slices.Contains([]string{"latest", "lts", "system"}, p.Version) {
			continue
		}
		major, ok := javaMajor(p.Version)
		if !ok {
			return nil, detect.Errorf(p.At, "%q is not a version of Java", p.Version)
		}
		list = append(list, Requirement{Major: major, Kind: Pinned, What: path.Base(p.At.File), Exact: exactJava.FindString(p.Version), At: p.At})
	}
	return list, nil
}

// choice is a version of Java with why it is the one.
type choice struct {
	Major    int
	Reason   string
	Evidence []detect.Evidence
	Notes    []string
}

// choose settles the version: that of a toolchain, else that which the developers use
// where the sources compile with it, else the smallest in long-term support that
// everything works with.
func choose(all []Requirement, limits []Limit) (choice, error) {
	least, most := Requirement{}, Limit{Most: newestJava}
	var exact, pin *Requirement
	for i, r := range all {
		switch {
		case r.Kind == Exactly && exact == nil:
			exact = &all[i]
		case r.Kind == Pinned && pin == nil:
			pin = &all[i]
		case r.Kind == AtLeast && r.Major > least.Major:
			least = r
		}
	}
	for _, l := range limits {
		if l.Most < most.Most {
			most = l
		}
	}
	if exact != nil {
		return choice{exact.Major, "the toolchain that the build asks for", at(exact.At), nil}, nil
	}
	if least.Major > most.Most {
		return choice{}, most.against(least)
	}
	var notes []string
	if pin != nil && pin.Major >= least.Major && pin.Major <= most.Most {
		return choice{pin.Major, "the JDK that the project is developed with", at(pin.At), nil}, nil
	}
	if pin != nil {
		notes = append(notes, fmt.Sprintf("%s names Java %d, which does not fit the build; the build files decide", pin.At, pin.Major))
	}
	c := smallest(least, most)
	if c.Major > most.Most {
		i := slices.IndexFunc(limits, func(l Limit) bool { return l.Cure != "" && l.Most < c.Major })
		if i >= 0 {
			return choice{}, detect.Errorf(limits[i].At, "%s works with Java %d at most, %s asks for %d, and the next that there is an image of is %d: %s", limits[i].What, limits[i].Most, least.At, least.Major, c.Major, limits[i].Cure)
		}
		notes = append(notes, fmt.Sprintf("%s: %s was made for Java %d at most; the next that there is an image of is %d, which runs what is compiled for %d", most.At, most.What, most.Most, c.Major, least.Major))
	}
	c.Notes = notes
	return c, nil
}

// against is the error of a limit that a requirement is beyond.
func (l Limit) against(least Requirement) error {
	if l.Cure != "" {
		return detect.Errorf(l.At, "%s works with Java %d at most, and %s asks for %d: %s", l.What, l.Most, least.At, least.Major, l.Cure)
	}
	return detect.Errorf(l.At, "%s works with Java %d at most, and %s asks for %d; change one of them, or name the Java with --lang-version", l.What, l.Most, least.At, least.Major)
}

// lomboks are the newest Java whose compiler Lombok works in, by the release of its line
// 1.18 that brought it, newest first. It fails in a newer one, whatever the sources are
// written in.
//
// Source: https://projectlombok.org/changelog.
var lomboks = []struct{ release, most int }{{40, newestJava}, {30, 24}, {22, 20}, {20, 16}, {0, 15}}

// lombok is the limit that Lombok is. The version is the project's own, or that which
// Spring Boot brings: https://docs.spring.io/spring-boot/appendix/dependency-versions.
func (d *Detail) lombok(property func(name string) string) (Limit, bool) {
	i := slices.IndexFunc(d.Dependencies, func(dep dependency) bool { return dep.String() == "org.projectlombok:lombok" })
	if i < 0 {
		return Limit{}, false
	}
	l := Limit{At: d.Dependencies[i].At, Cure: "take a newer Lombok"}
	release := cmp.Or(d.Dependencies[i].Version, property("lombok.version"))
	if f := d.Framework; release == "" && f.Name == springBoot && f.Version != "" {
		if f.release(2, 6) {
			return Limit{}, false
		}
		l.Most, l.What, l.Cure = 16, "the Lombok of Spring Boot "+f.Version, "set lombok.version to 1.18.30 or a newer one"
		return l, true
	}
	number, line := strings.CutPrefix(release, "1.18.")
	asked, err := strconv.Atoi(number)
	if !line || err != nil || asked < 0 {
		return Limit{}, false // one of another line, of which nothing is known here
	}
	i = slices.IndexFunc(lomboks, func(row struct{ release, most int }) bool { return asked >= row.release })
	l.Most, l.What = lomboks[i].most, "Lombok "+release
	return l, l.Most < newestJava
}

func at(e ...detect.Evidence) []detect.Evidence { return e }

// smallest is the smallest version in long-term support from least to most.
func smallest(least Requirement, most Limit) choice {
	if least.Major == 0 && most.Most >= defaultJava {
		return choice{defaultJava, "the project names no version; the usual one in long-term support", nil, nil}
	}
	evidence := evidence(least.At)
	for _, v := range longTerm {
		if v >= least.Major && v <= most.Most {
			reason := "the smallest in long-term support for " + least.String()
			if least.Major == 0 {
				reason = fmt.Sprintf("the smallest in long-term support; %s works with %d at most", most.What, most.Most)
				evidence = at(most.At)
			}
			return choice{v, reason, evidence, nil}
		}
	}
	if most.Most >= longTerm[0] { // newer than all of them, or between two
		return choice{least.Major, "what the sources are compiled for, which no version in long-term support covers", evidence, nil}
	}
	major := 11
	switch {
	case most.Most < 11:
		major = 8
	case least.Major > major: // no image has one before the next in long-term support
		return choice{longTerm[0], "the smallest in long-term support for " + least.String(), evidence, nil}
	}
	return choice{major, fmt.Sprintf("%s works with Java %d at most", most.What, most.Most), append(at(most.At), evidence...), nil}
}

// atLeast is the lowest version that a range of Maven's enforcer lets through: "17",
// "[17,)", "[1.8,)".
func atLeast(text string) (int, bool) {
	text, _, _ = strings.Cut(strings.Trim(text, "[]() "), ",")
	return javaMajor(text)
}
