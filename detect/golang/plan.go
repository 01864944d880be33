package golang

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/plan"
)

// view is what the templates of templates/go print.
type view struct {
	Description string
	Builder     string   // golang:1.26.7-trixie
	Flags       string   // of every go command, or none
	Manifests   []string // from the context
	Download    bool
	Test        string   // the command of the test stage, or none
	Package     string   // ./cmd/orders
	Built       string   // /out/orders
	Installed   string   // /usr/local/bin/orders
	Base        string   // of the runtime stage
	Packages    []string // of the distribution, in the runtime stage
	User        string
	UID         string
	Env         []variableOf
	Ports       []int
	Health      []string
	Entrypoint  []string
	Command     []string
}

type variableOf struct{ Name, Value string }

// planner gathers one plan.
type planner struct {
	in     plan.Input
	detail Detail
	view   view
	plan   plan.Plan
}

// Plan decides how the image of one Go program is made.
func Plan(in plan.Input) (plan.Plan, error) {
	d, ok := in.Service.Detail.(Detail)
	if !ok {
		return plan.Plan{}, fmt.Errorf("plan %s: not a Go service", in.Service.Name)
	}
	p := &planner{in: in, detail: d}
	steps := []func() error{
		p.build,        // the image that compiles decides what the rest can be
		p.program,      // what is compiled
		p.dependencies, // what is downloaded before
		p.tests,
		p.runtime,
		p.ports,
		p.health, // asks the port with what the runtime has
		p.command,
		p.ignore,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return plan.Plan{}, err
		}
	}
	return p.plan, nil
}

func (p *planner) decide(name, value, flag, reason string, evidence ...detect.Evidence) {
	p.plan.Decisions = append(p.plan.Decisions, plan.Decision{Name: name, Value: value, Reason: reason, Evidence: evidence, Flag: flag})
}

func (p *planner) note(format string, args ...any) {
	p.plan.Notes = append(p.plan.Notes, fmt.Sprintf(format, args...))
}

// fromContext makes a path from the root one from the context.
func (p *planner) fromContext(file string) string {
	if p.detail.Module.Dir == "." {
		return file
	}
	return strings.TrimPrefix(file, p.detail.Module.Dir+"/")
}

func (p *planner) build() error {
	ref, reason, evidence, err := p.golang()
	if err != nil {
		return err
	}
	p.view.Builder = ref.String()
	p.plan.Summary.Language = "go " + strings.Join(strings.SplitN(ref.Version, ".", 3)[:2], ".")
	p.decide("base of the build", ref.String(), "--lang-version", reason, evidence...)
	return nil
}

var goVersion = regexp.MustCompile(`^(\d+)\.(\d+)(?:\.(\d+))?`)

// number reads the version of a go or toolchain line. A release candidate counts
// as the release, which satisfies it.
func number(version string) (major, minor, patch int) {
	m := goVersion.FindStringSubmatch(version)
	if m == nil {
		return 0, 0, 0
	}
	part := func(i int) int { n, _ := strconv.Atoi(cmp.Or(m[i], "0")); return n }
	return part(1), part(2), part(3)
}

func newer(a, b string) bool {
	a1, a2, a3 := number(a)
	b1, b2, b3 := number(b)
	return cmp.Or(cmp.Compare(a1, b1), cmp.Compare(a2, b2), cmp.Compare(a3, b3)) > 0
}

// lineOf is the release line of a version, "1.26".
func lineOf(version string) string {
	major, minor, _ := number(version)
	return fmt.Sprintf("%d.%d", major, minor)
}

// golang settles the image that compiles: the newest patch of the highest line
// among the declared ones and the oldest that is still supported. The image
// keeps GOTOOLCHAIN=local, so the go line must be satisfied by the image itself
// (https://go.dev/doc/toolchain).
func (p *planner) golang() (ref catalog.Ref, reason string, evidence []detect.Evidence, err error) {
	m, c := p.detail.Module, p.in.Catalog
	if asked := p.in.Overrides.LangVersion; asked != "" {
		return p.asked(asked)
	}
	oldest := oldestSupported(c)
	need := m.Version
	if newer(m.Toolchain.Value, need.Value) {
		need = m.Toolchain
	}
	if need.Value != "" {
		evidence = at(need.At)
	}
	if lineOf(oldest) != lineOf(need.Value) && newer(oldest, need.Value) {
		ref, err = c.Resolve(buildImage, "~"+oldest, buildSuite)
		return ref, fmt.Sprintf("%s; the oldest line with support is %s, its newest in the catalog of %s", says(m), oldest, c.AsOf()), evidence, err
	}
	exact := semver(need.Value)
	if ref, err = c.Resolve(buildImage, "~"+lineOf(need.Value)+", >="+exact, buildSuite); err == nil {
		return ref, fmt.Sprintf("newest %s in the catalog of %s", lineOf(need.Value), c.AsOf()), evidence, nil
	}
	if ref, err = c.Resolve(buildImage, ">="+exact, buildSuite); err == nil {
		return ref, fmt.Sprintf("%s is not in the catalog of %s; the next that satisfies it", need.Value, c.AsOf()), evidence, nil
	}
	if need == m.Toolchain && m.Version.Value != "" {
		if ref, err = c.Resolve(buildImage, ">="+semver(m.Version.Value), buildSuite); err == nil {
			p.note("%s: toolchain go%s is newer than the catalog of %s; built with %s, which satisfies the go line", need.At, need.Value, c.AsOf(), ref.Version)
			return ref, "newest in the catalog that satisfies the go line", at(m.Version.At), nil
		}
	}
	return catalog.Ref{}, "", nil, detect.Errorf(need.At, "go %s: %w", need.Value, err)
}

// says is what the go.mod asks for, in words.
func says(m Module) string {
	if m.Version.Value == "" {
		return "no go line"
	}
	return "go " + m.Version.Value
}

// asked takes --lang-version, unless the go line forbids it.
func (p *planner) asked(version string) (catalog.Ref, string, []detect.Evidence, error) {
	fail := func(err error) (catalog.Ref, string, []detect.Evidence, error) {
		return catalog.Ref{}, "", nil, &plan.OverrideError{Flag: "--lang-version", Value: version, Err: err}
	}
	if !regexp.MustCompile(`^\d+\.\d+(\.\d+)?$`).MatchString(version) {
		return fail(errors.New("not a version such as 1.26 or 1.26.7"))
	}
	constraint := "~" + version
	if strings.Count(version, ".") == 2 {
		constraint = "=" + version
	}
	ref, err := p.in.Catalog.Resolve(buildImage, constraint, buildSuite)
	if err != nil {
		return fail(err)
	}
	if m := p.detail.Module; newer(m.Version.Value, ref.Version) {
		return fail(detect.Errorf(m.Version.At, "go %s needs a newer one", m.Version.Value))
	}
	if line, ok := p.in.Catalog.Line(buildImage, ref.Version); !ok || line.Ended() {
		p.note("go %s is past its end of life at %s", lineOf(version), p.in.Catalog.AsOf())
	}
	return ref, "asked for", nil, nil
}

func oldestSupported(c *catalog.Catalog) string {
	lines := slices.DeleteFunc(slices.Clone(c.Lines(buildImage)), catalog.Line.Ended)
	return lines[len(lines)-1].Name
}

func semver(version string) string {
	major, minor, patch := number(version)
	return fmt.Sprintf("%d.%d.%d", major, minor, patch)
}

func (p *planner) program() error {
	d := p.detail
	p.view.Package = d.Package()
	p.view.Built = path.Join("/out", d.Binary())
	p.view.Installed = path.Join("/usr/local/bin", d.Binary())
	p.decide("program", d.Package(), "--main", d.Program.Reason, d.Program.At)
	p.decide("cgo", "off", "", "a static binary runs on any base, and cross-compiles", detect.Evidence{File: path.Join(d.Module.Dir, "go.mod")})
	return nil
}

func (p *planner) dependencies() error {
	m := p.detail.Module
	manifest := detect.Evidence{File: path.Join(m.Dir, "go.mod")}
	p.view.Manifests = []string{"go.mod"}
	if m.HasSum {
		p.view.Manifests = append(p.view.Manifests, "go.sum")
	}
	switch {
	case m.Vendored:
		p.decide("dependencies", "vendored", "", "the go command takes vendor/ where it is there", detect.Evidence{File: path.Join(m.Dir, "vendor/modules.txt")})
	case len(m.Requires) == 0:
		p.decide("dependencies", plan.None, "", "go.mod requires nothing", manifest)
	case m.HasSum:
		p.view.Download = true
		p.decide("dependencies", "go mod download", "", "in a layer of its own, which an edit of the sources leaves alone", m.Requires[0].At)
	default:
		p.view.Download = true
		p.view.Flags = "-mod=mod"
		p.decide("dependencies", "go mod download, unverified", "", "there is no go.sum, so the go command may add the hashes while it builds", m.Requires[0].At)
		p.note("%s requires modules and there is no go.sum: what is downloaded is not verified; run go mod tidy and commit go.sum", manifest)
	}
	return nil
}

func (p *planner) tests() error {
	first := p.detail.FirstTest
	switch {
	case p.in.Overrides.NoTestStage:
		p.decide(plan.TestStage, plan.None, "--no-test-stage", "asked for")
	case first.File == "":
		p.view.Test = "go vet ./..."
		p.decide(plan.TestStage, p.view.Test, "--no-test-stage", "the module has no tests")
	default:
		p.view.Test = "go vet ./... && go test ./..."
		p.decide(plan.TestStage, p.view.Test, "--no-test-stage", "the module has tests; a plain build leaves the stage out", first)
	}
	return nil
}

func (p *planner) runtime() error {
	flavour, err := Stack().Runtime(p.in.Overrides.Runtime)
	if err != nil {
		return err
	}
	r := runtimes[flavour]
	base := "scratch"
	switch {
	case r.tag != "":
		ref, err := p.in.Catalog.Reference(r.image, r.tag)
		if err != nil {
			return err
		}
		base = ref.String()
	case r.image != "":
		ref, err := p.in.Catalog.Resolve(r.image, r.constraint, r.variant)
		if err != nil {
			return err
		}
		base = ref.String()
	}
	p.view.Base, p.view.User, p.view.Packages = base, r.user, r.packages
	p.view.UID, _, _ = strings.Cut(r.user, ":")
	p.view.Description = fmt.Sprintf("Go service, static binary on %s", flavour)
	p.plan.Dockerfile = plan.Template{Name: r.template}
	p.plan.Summary.Images = fmt.Sprintf("%s → %s, %s", p.view.Builder, strings.TrimSuffix(strings.TrimPrefix(base, "gcr.io/"), ":nonroot"), p.view.UID)
	p.decide("runtime", base, "--runtime", r.reason)
	p.decide("user", r.user, "", r.userReason)
	return nil
}

func (p *planner) ports() error {
	listens := p.detail.Listens
	if n := p.in.Overrides.Port; n != 0 {
		for _, l := range listens {
			if l.Env != "" {
				p.view.Env = append(p.view.Env, variableOf{l.Env, strconv.Itoa(n)})
				break
			}
		}
		p.expose(n)
		p.decide("port", strconv.Itoa(n), "--port", "asked for")
		return nil
	}
	if len(listens) == 0 {
		p.decide("port", plan.None, "--port", "nothing in the program opens one", p.detail.Program.At)
		return nil
	}
	for _, l := range listens {
		p.port(l)
	}
	return nil
}

// fallbackPort is for a program that reads its port and has no default.
const fallbackPort = 8080

func (p *planner) port(l Listen) {
	if l.Loopback {
		p.note("%s: listens on this machine only, which nobody outside the container can reach; listen on :%d", l.At, l.Port)
	}
	switch {
	case l.Port != 0:
		p.expose(l.Port)
		reason := "the address that the program listens on"
		if l.Env != "" {
			reason = l.String()
		}
		p.decide("port", strconv.Itoa(l.Port), "--port", reason, l.At)
	case l.Env != "":
		p.view.Env = append(p.view.Env, variableOf{l.Env, strconv.Itoa(fallbackPort)})
		p.expose(fallbackPort)
		p.decide("port", strconv.Itoa(fallbackPort), "--port", l.Env+" has no default in the program, so the image sets one", l.At)
	default:
		p.decide("port", "unknown", "--port", l.String(), l.At)
		p.note("%s: the program listens on %s; name the port with --port", l.At, l)
	}
}

func (p *planner) expose(port int) {
	p.view.Ports = append(p.view.Ports, port)
	p.plan.Ports = append(p.plan.Ports, port)
	if p.plan.Summary.Purpose == "" {
		p.plan.Summary.Purpose = fmt.Sprintf("listens on %d", port)
	}
}

func (p *planner) health() error {
	route, known := best(p.detail.Health)
	ask := runtimes[p.flavour()].health
	if len(p.view.Ports) == 0 {
		p.decide("health", plan.None, "", "the program opens no port that could be asked")
		return nil
	}
	port := p.view.Ports[0]
	probe := fmt.Sprintf("open a TCP connection to %d", port)
	var evidence []detect.Evidence
	if known {
		probe = fmt.Sprintf("GET %s on %d", route.Path, port)
		evidence = at(route.At)
	}
	if ask == nil {
		p.decide("health", plan.None, "", "nothing in the image can ask; let the orchestrator "+probe, evidence...)
		return nil
	}
	p.view.Health = ask(p.portWord(), route.Path)
	p.decide("health", probe, "", "asked from inside the image", evidence...)
	return nil
}

func (p *planner) flavour() string { return cmp.Or(p.in.Overrides.Runtime, Stack().Runtimes[0]) }

// portWord is the first port as a shell finds it in the container, where the
// user may have set the variable that names it.
func (p *planner) portWord() string {
	port := strconv.Itoa(p.view.Ports[0])
	for _, l := range p.detail.Listens {
		if l.Env != "" && (l.Port == p.view.Ports[0] || l.Port == 0 || p.in.Overrides.Port != 0) {
			return "${" + l.Env + ":-" + port + "}"
		}
	}
	return port
}

func (p *planner) command() error {
	p.view.Entrypoint = []string{p.view.Installed}
	argv := p.in.Overrides.Command
	if len(argv) == 0 {
		return nil
	}
	if path.Base(argv[0]) != p.detail.Binary() {
		return &plan.OverrideError{Flag: "--command", Value: strings.Join(argv, " "), Err: fmt.Errorf("it has to begin with the program, %s", p.detail.Binary())}
	}
	p.view.Command = argv[1:]
	p.decide("command", strings.Join(argv, " "), "--command", "asked for")
	return nil
}

func (p *planner) ignore() error {
	p.plan.Needs = slices.Clone(p.view.Manifests)
	for _, file := range p.detail.Sources {
		p.plan.Needs = append(p.plan.Needs, p.fromContext(file))
	}
	if p.detail.Module.Vendored {
		p.plan.Needs = append(p.plan.Needs, "vendor/modules.txt")
	}
	reads := slices.Clone(p.plan.Needs)
	for _, file := range p.detail.TestData {
		reads = append(reads, p.fromContext(file))
	}
	ignore, err := plan.NewIgnore("what no build of this service reads", []string{"**/node_modules", "**/*.test", "**/*.out"}, reads)
	if err != nil {
		return err
	}
	p.plan.Context = p.detail.Module.Dir
	p.plan.Dockerfile.Data = p.view
	p.plan.Ignore = plan.Template{Name: "shared/dockerignore.tmpl", Data: ignore}
	return nil
}
