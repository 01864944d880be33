package java

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/plan"
)

// view is what the templates of templates/java print. Commands are put together here,
// with what comes from the project in a shell's quotes.
type view struct {
	Cross        bool   // built on the builder's platform for every other
	Builder      string // eclipse-temurin:21.0.12_8-jdk-noble
	Toolchain    string // the image of a JDK that the build wants beside the builder's, or none
	Toolchains   bool   // Maven is told by a file where the builder's JDK is
	Java         int    // its major version
	Manifests    []string
	Parents      bool   // paths of manifests are kept
	ModuleDir    string // where the tool is called, or none for the working folder of deps
	Caches       []string
	Secrets      []secret
	Dependencies string   // the command that fetches them
	Sources      []string // folders from the context, or none for all of it
	SourcesTo    string
	Brought      []plan.Copy // what front ends make and the build takes along
	Pages        []plan.Copy // the same that the program serves from the disk
	Test         string      // the command of the test stage, or none
	Package      []string    // the commands that make the artifact
	Only         *glob       // what has to match one file, or none
	Extract      string      // the command that takes the artifact apart, or none
	Unpack       bool        // a war is unpacked as it is
	JDK          string      // the image that makes a runtime, for jlink
	Modules      string      // the command that lists the modules of the application
	Floor        []string    // modules that it has in any case
	Link         string      // options of jlink
	Home         string      // of the runtime that jlink makes
	Base         string
	BuildGround  plan.Ground
	JDKGround    plan.Ground
	Ground       plan.Ground // of the runtime stage
	User         string
	UserFirst    string
	UserLast     string
	UserDirs     []string // in which the application makes files, beside the working folder
	Workdir      string   // where the user's own, before what it holds
	WorkdirLast  string   // where root's, after it
	Copies       []plan.Copy
	Data         []plan.Copy // from the context
	RuntimeEnv   []plan.Variable
	Training     []string // a run that fills a cache for the JVM, or none
	Cache        string   // its file
	Ports        []plan.Port
	Health       []string
	Entrypoint   []string
	Command      []string
}

// secret is a secret of the build: a file, or an environment variable.
type secret struct{ ID, Target, Env string }

// glob is a pattern of one file, with the * between its two parts, and where the file goes.
type glob struct{ Before, After, To string }

// planner gathers one plan.
type planner struct {
	in      plan.Input
	detail  Detail
	flavour runtime
	name    string    // of the flavour
	ground  plan.Base // what the image runs on
	java    int       // the major version
	view    view
	plan    plan.Plan
}

// Plan decides how the image of one application is made.
func Plan(in plan.Input) (plan.Plan, error) {
	d, ok := in.Service.Detail.(Detail)
	if !ok {
		return plan.Plan{}, fmt.Errorf("plan %s: not a Java service", in.Service.Name)
	}
	d.Build.Reads = slices.DeleteFunc(slices.Clone(d.Build.Reads), func(r stated) bool { return plan.IsBrought(in.Brought, r.Value) })
	p := &planner{in: in, detail: d}
	steps := []func() error{
		p.version, // of Java: everything is made for it
		p.older,
		p.context,
		p.brought,
		p.builder,
		p.artifact,
		p.dependencies,
		p.packaging,
		p.tests,
		p.runtime,
		p.files,
		p.link,
		p.ports,
		p.health, // asks the port with what the runtime has
		p.command,
		p.dev,
		p.cache, // a run of the command
		p.platforms,
		p.ignore,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return plan.Plan{}, err
		}
	}
	return p.plan, nil
}

// version settles the version of Java.
func (p *planner) version() error {
	c, err := choose(p.detail.JDK, p.detail.Limits)
	if asked := p.in.Overrides.LangVersion; asked != "" {
		major, ok := javaMajor(asked)
		if !ok {
			return &plan.OverrideError{Flag: "--lang-version", Value: asked, Err: plan.NoVersion(asked, "21 or 25")}
		}
		for _, r := range p.detail.JDK {
			if r.Kind != Pinned && r.Major > major {
				return &plan.OverrideError{Flag: "--lang-version", Value: asked, Err: detect.Errorf(r.At, "%s", r)}
			}
		}
		c, err = choice{Major: major, Reason: "asked for"}, nil
		for _, l := range p.detail.Limits {
			if l.Cure != "" && l.Most < major {
				c.Notes = append(c.Notes, fmt.Sprintf("%s: %s works with Java %d at most, so the build fails with %d: %s", l.At, l.What, l.Most, major, l.Cure))
			}
		}
	}
	if err != nil {
		return err
	}
	p.java = c.Major
	p.plan.Notes = append(p.plan.Notes, c.Notes...)
	p.plan.Notes = append(p.plan.Notes, p.detail.Notes...)
	if p.java < longTerm[0] {
		p.plan.Note("Java %d: its images still exist, and few libraries are made for it any more; plan the move to %d", p.java, longTerm[0])
	}
	p.plan.Summary.Language = fmt.Sprintf("java %d", p.java)
	p.plan.Summary.Evidence = c.Evidence
	p.plan.Version = plan.Version{Value: strconv.Itoa(p.java), Own: len(c.Evidence) > 0 || p.in.Overrides.LangVersion != "", Constraint: strconv.Itoa(p.java)}
	p.plan.Decide("java", strconv.Itoa(p.java), "--lang-version", c.Reason, c.Evidence...)
	return nil
}

// context settles what the build sees: the module's own folder, or the repository.
func (p *planner) context() error {
	b := p.detail.Build
	p.plan.Context, p.plan.Home = b.Dir, b.Dir
	p.view.SourcesTo = "."
	if p.detail.Alone() {
		if where := p.detail.Prebuilt; where.File != "" {
			p.plan.OwnIgnore = true
			p.plan.Decide("ignore file", "Dockerfile.dockerignore", "", "the folder's own is for images of what was built outside of them, and hides the sources; it stays as it is", where)
		}
		return nil
	}
	p.plan.Context = "."
	if b.Root != "." {
		p.view.ModuleDir = path.Join("/src", b.Root)
		p.view.Sources, p.view.SourcesTo = p.outside(), "/src/"
	}
	var dirs []string
	for _, m := range b.Modules {
		dirs = append(dirs, m.Dir)
	}
	p.plan.Decide("builds with", strings.Join(dirs, " "), "", "the modules of the build that it depends on", b.Modules[0].At)
	for _, s := range b.Siblings {
		p.plan.Decide("installed before", s.Dir, "", "the application depends on it, and no pom builds both", s.At)
	}
	for _, r := range b.Reads {
		p.plan.Decide("reads", r.Value, "", "named by the build, and outside its modules", r.At)
	}
	if o := b.Open; o.Value != "" {
		p.plan.Decide("context", "all but other modules", "", o.Value, o.At)
	}
	return nil
}

// brought copies what front ends make to where the build looks.
func (p *planner) brought() error {
	for _, b := range p.in.Brought {
		if !b.Embedded {
			to := path.Join("/app", b.To)
			for _, s := range p.detail.Served {
				if rest, in := detect.Below(s.Dir, b.To); in {
					to = path.Join("/app", s.Value, rest)
				} else if rest, in := detect.Below(b.To, s.Dir); in {
					to = strings.TrimSuffix(path.Join("/app", s.Value), "/"+rest)
				}
			}
			p.view.Pages = append(p.view.Pages, plan.Copy{Stage: b.Stage, From: b.Path, To: to})
			p.plan.Need(plan.Need{Kind: plan.NeedFile, What: to, By: "the program serves", At: p.detail.Program.At, Exact: true})
			continue
		}
		p.view.Brought = append(p.view.Brought, plan.Copy{Stage: b.Stage, From: b.Path, To: path.Join("/src", detect.Relative(p.plan.Context, b.To))})
	}
	return nil
}

// outside are the folders that are copied where the build is not the repository's own:
// its root, modules beside it, and what else it reads there.
func (p *planner) outside() []string {
	list := []string{p.detail.Build.Root}
	add := func(name string) {
		if !detect.Inside(name, p.detail.Build.Root) {
			list = append(list, name)
		}
	}
	for _, m := range p.detail.Build.Modules {
		add(m.Dir)
	}
	for _, r := range p.detail.Build.Reads {
		add(r.Value)
	}
	return list
}

// fromContext makes a path from the root one from the context.
func (p *planner) fromContext(file string) string { return detect.From(p.plan.Context, file) }

// fromRoot makes a path in the module one from where the tool is called.
func (p *planner) fromRoot(file string) string {
	return path.Join(detect.From(p.detail.Build.Root, p.detail.Build.Dir), file)
}

// artifact says what the build makes.
func (p *planner) artifact() error {
	d := p.detail
	p.plan.Summary.Evidence = append(p.plan.Summary.Evidence, evidence(d.Program.At)...)
	p.plan.Decide("program", path.Join(d.Build.Path, d.Program.File), "--main", d.Program.Reason, evidence(d.Program.At)...)
	if d.Framework.Name != "" {
		version := cmp.Or(d.Framework.Version, "of a version that the files do not name")
		p.plan.Decide("framework", d.Framework.Name+" "+version, "", shapeNames[d.Program.Shape], evidence(d.Framework.At)...)
	}
	if d.Framework.Name == springBoot && d.Framework.Version == "" && d.Program.Shape == Fat {
		p.plan.Note("%s: the version of Spring Boot is not in the repository's files, so its archive is left whole: which tool takes it apart depends on it", d.Program.At)
	}
	return nil
}

// dependencies fetches what the manifests name into a layer of its own, as far as that goes.
func (p *planner) dependencies() error {
	b := p.detail.Build
	for _, file := range slices.Concat(b.Folders, b.Files) {
		file = p.fromContext(file)
		p.view.Manifests = append(p.view.Manifests, file)
		p.view.Parents = p.view.Parents || strings.Contains(file, "/")
	}
	p.view.Parents = p.view.Parents || len(b.Folders) > 0
	for _, file := range b.Files {
		p.plan.Needs = append(p.plan.Needs, p.fromContext(file))
	}
	p.private()
	command, err := p.commands().dependencies()
	if err != nil {
		return err
	}
	p.view.Dependencies = command
	if n := b.Node; n.Value != "" {
		p.plan.Decide("front end", "by "+n.Value, "", "the build makes it, with the Node.js and packages that the plugin downloads", n.At)
		p.plan.Note("%s: %s downloads Node.js and packages while the image is built, each time that a source changes", n.At, n.Value)
	}
	p.plan.Decide("dependencies", "fetched before the sources", "", "in a layer of its own, as far as the manifests alone tell; the output of the build warns where something is left, which comes with the sources", b.At)
	return nil
}

// private gives the tool credentials by secret mounts: its user's own file, and the
// variables that the scripts read.
func (p *planner) private() {
	b := p.detail.Build
	home := p.toolHome()
	hosts := slices.Clone(p.in.Overrides.Private)
	reason, where := "asked for", []detect.Evidence(nil)
	for _, host := range b.Private {
		hosts = append(hosts, host.Value)
		reason, where = "named as a repository, and not one that everybody may ask", at(host.At)
	}
	p.view.Caches = []string{home}
	if len(hosts) > 0 || len(b.Secrets) > 0 {
		p.view.Caches = p.commands().caches(home)
	}
	if len(hosts) > 0 {
		file := p.commands().credentials()
		p.view.Secrets = append(p.view.Secrets, secret{ID: file.ID, Target: path.Join(home, path.Base(file.Source))})
		p.plan.Secrets = append(p.plan.Secrets, file)
		p.plan.Decide("private artifacts", strings.Join(hosts, ","), "--private", reason+"; credentials come by a secret mount", where...)
	}
	for _, s := range b.Secrets {
		p.view.Secrets = append(p.view.Secrets, secret{ID: s.Value, Env: s.Value})
		p.plan.Secrets = append(p.plan.Secrets, plan.Secret{ID: s.Value, Env: s.Value})
		p.plan.Decide("credentials", s.Value, "", "read by the build; it comes as a secret", s.At)
	}
}

// tests puts the project's tests into a stage of their own.
func (p *planner) tests() error {
	d := p.detail
	if p.in.Overrides.NoTestStage {
		p.plan.Decide(plan.TestStage, plan.None, "--no-test-stage", "asked for")
		return nil
	}
	command, err := p.commands().test(d.Containers.File != "")
	if err != nil {
		return err
	}
	p.view.Test = command
	reason := "the module has no tests"
	if d.FirstTest.File != "" {
		reason = "the project's tests; a plain build leaves the stage out"
	}
	p.plan.Decide(plan.TestStage, command, "--no-test-stage", reason, evidence(d.FirstTest)...)
	if d.Containers.File != "" && d.FirstTest.File != "" {
		p.plan.Note("%s: tests that start containers find no Docker inside a build; those run elsewhere", d.Containers)
	}
	return nil
}

// runtime settles what the image runs on.
func (p *planner) runtime() error {
	var err error
	if p.name, err = Stack().Runtime(p.in.Overrides.Runtime); err != nil {
		return err
	}
	p.flavour = runtimes[p.name]
	if err := p.fits(); err != nil {
		return err
	}
	if p.detail.Program.Shape == War {
		return p.container()
	}
	r := p.flavour
	if p.name == "jlink" && p.detail.Fonts.Value != "" {
		r.image, r.reason = fontsImage, r.reason+"; with fonts, for "+p.detail.Fonts.Value
	}
	ref, err := p.base(r)
	if err != nil {
		return err
	}
	return p.describe(ref, r)
}

// older says of an exact version that a file names that no image is known which is as new: the
// tag of one, which has a number of the build, is only known from a registry.
func (p *planner) older() error {
	for _, r := range p.detail.JDK {
		if r.Kind != Pinned || r.Exact == "" || r.Major != p.java || p.in.Overrides.LangVersion != "" {
			continue
		}
		var missing *catalog.UnsatisfiableError
		_, err := p.image(jdkImage, fmt.Sprintf(">=%s, <%d", r.Exact, p.java+1), "jdk")
		if errors.As(err, &missing) {
			p.plan.Note("%s names Java %s, which is newer than the catalog of %s; dockgen update looks for an image of it", r.At, r.Exact, p.in.Catalog.AsOf())
		}
	}
	return nil
}

// base resolves the image of a flavour.
func (p *planner) base(r runtime) (string, error) {
	if r.tag != "" {
		image := r.image
		if strings.Contains(image, "%d") {
			image = fmt.Sprintf(image, p.java)
		}
		ref, err := p.in.Catalog.Reference(image, r.tag)
		if err != nil {
			return "", &plan.OverrideError{Flag: "--runtime", Value: p.name, Err: err}
		}
		return ref.String(), nil
	}
	if strings.Contains(r.variant, "alpine") {
		ref, err := p.in.Catalog.Resolve(r.image, strconv.Itoa(p.java), r.variant)
		return ref.String(), err
	}
	return p.image(r.image, strconv.Itoa(p.java), r.variant)
}

// describe puts a base into the view and the explanation.
func (p *planner) describe(base string, r runtime) error {
	if err := p.grounds(base); err != nil {
		return err
	}
	uid, _, _ := strings.Cut(p.ground.User, ":")
	p.view.Home = r.home
	what := strings.TrimSpace(p.detail.Framework.Name + " service")
	if p.detail.Framework.Name == "" {
		what = "Java service"
	}
	p.plan.Description = fmt.Sprintf("%s, %s on %s", what, shapeNames[p.detail.Program.Shape], p.ground.On(p.name))
	p.plan.Parts = []plan.Part{{Templates: []string{"java/build.tmpl", "java/run.tmpl"}}}
	if r.home != "" {
		p.plan.Parts[0].Templates = []string{"java/build.tmpl", "java/jlink.tmpl", "java/run.tmpl"}
	}
	short := strings.TrimSuffix(strings.TrimPrefix(base, "gcr.io/"), ":nonroot")
	p.plan.Summary.Images = fmt.Sprintf("%s → %s, %s", p.view.Builder, short, uid)
	p.plan.Decide("runtime", base, "--runtime", r.reason)
	if p.detail.Program.Shape != War {
		p.plan.Decide("sizes", sizes(), "--runtime", "of the whole image, unpacked, for a small application of Spring Boot")
	}
	p.plan.Decide("user", p.ground.User, "", p.ground.UserIs)
	p.view.RuntimeEnv = append(p.view.RuntimeEnv, plan.Variable{Name: "JAVA_TOOL_OPTIONS", Value: "-XX:MaxRAMPercentage=75.0 -XX:+ExitOnOutOfMemoryError"})
	p.plan.Decide("memory", "75 %", "", "of the container's limit for the heap; a JVM without memory ends, for the orchestrator to start it anew")
	p.plan.Decide("temporary files", "/tmp", "", "servers on the JVM write there: where the root is read-only, mount a tmpfs on it")
	return nil
}

// grounds settles what the image that runs has to be given.
func (p *planner) grounds(base string) error {
	ground, err := p.in.RunBase(base)
	if err != nil {
		return err
	}
	native := p.detail.Natives
	if ground.Libc == "musl" && native.Value != "" {
		return ground.Refuse("%w", detect.Errorf(native.At, "%s brings machine code for glibc, which it does not have", native.Value))
	}
	p.ground, p.view.Base, p.view.User, p.view.UserLast = ground, base, ground.User, ground.User
	p.view.Ground, err = p.in.Running(ground, nil)
	return err
}

// fits refuses a runtime that cannot hold the application.
func (p *planner) fits() error {
	d := p.detail
	refuse := func(where detect.Evidence, format string, args ...any) error {
		err := fmt.Errorf(format, args...)
		if where.File != "" {
			err = detect.Errorf(where, "%w", err)
		}
		return &plan.OverrideError{Flag: "--runtime", Value: p.name, Err: err}
	}
	switch {
	case p.java < p.flavour.lowest:
		return refuse(detect.Evidence{}, "there is none for Java %d, the first is %d", p.java, p.flavour.lowest)
	case p.name == "alpine" && d.Natives.Value != "":
		return refuse(d.Natives.At, "%s brings machine code for glibc, which Alpine does not have", d.Natives.Value)
	case d.Program.Shape == War && p.name != "slim":
		return refuse(d.Program.At, "a war runs in Tomcat's image, which there is as slim only")
	case p.name == "jlink" && d.Program.Shape == Fat && d.Framework.Name == springBoot:
		return refuse(d.Program.At, "the modules that it uses cannot be seen inside an archive that is left whole")
	}
	return nil
}

// container is the image of the servlet container that runs a war: the line of Tomcat
// that has the servlet API which the war is written for.
func (p *planner) container() error {
	line, reason, where := p.servlets()
	ref, err := p.in.Catalog.Resolve(tomcatImage, "~"+line, fmt.Sprintf("jre%d-temurin-noble", p.java))
	if err != nil {
		return err
	}
	r := runtimes["slim"]
	r.reason = "a war wants a servlet container; " + reason
	p.flavour = r
	if err := p.describe(ref.String(), r); err != nil {
		return err
	}
	p.plan.Decide("servlet container", "Tomcat "+line, "", reason, where...)
	if where, wider := p.enterprise(); wider {
		p.plan.Note("%s: Jakarta EE is more than Tomcat has, which is servlets, pages and WebSocket; what else the war uses it has to bring itself", where)
	}
	p.plan.Note("Tomcat writes to its logs, work and temp folders: with a read-only root give it a tmpfs for each")
	return nil
}

// enterprise gives the dependency on the whole of Jakarta EE, of which a war may use more
// than a servlet container has.
func (p *planner) enterprise() (detect.Evidence, bool) {
	for _, d := range p.detail.Dependencies {
		if d.Group == "jakarta.platform" || d.Group == "javax" && strings.HasPrefix(d.Artifact, "javaee") || d.Group == "org.eclipse.microprofile" {
			return d.At, true
		}
	}
	return detect.Evidence{}, false
}

// servlets reads which servlet API a war is written for:
// https://tomcat.apache.org/whichversion.html.
func (p *planner) servlets() (line, reason string, where []detect.Evidence) {
	for _, d := range p.detail.Dependencies {
		switch {
		case d.Group == "javax.servlet" || d.Group == "javax" && strings.HasPrefix(d.Artifact, "javaee"):
			return "9.0", "it is written for javax.servlet", at(d.At)
		case d.Group == "jakarta.servlet" && strings.HasPrefix(d.Version, "6.1"), d.Group == "jakarta.platform" && strings.HasPrefix(d.Version, "11"):
			return "11.0", "it is written for Jakarta Servlet 6.1", at(d.At)
		case d.Group == "jakarta.servlet" || d.Group == "jakarta.platform":
			return "10.1", "it is written for jakarta.servlet", at(d.At)
		}
	}
	if f := p.detail.Framework; f.Name == springBoot && f.Version != "" && !f.release(3, 0) {
		return "9.0", "Spring Boot before 3 is written for javax.servlet", at(f.At)
	}
	return "10.1", "no servlet API is named, so it is taken for jakarta.servlet", nil
}

// files copies what the application is started with, and gives it its working folder
// where it writes there.
func (p *planner) files() error {
	d := p.detail
	for _, name := range d.Data {
		file := p.fromContext(path.Join(d.Build.Dir, name))
		p.view.Data = append(p.view.Data, plan.Copy{From: file, To: name})
		p.plan.Needs = append(p.plan.Needs, file)
		p.plan.Decide("reads", name, "--command", "the application is started with it", detect.Evidence{File: path.Join(d.Build.Dir, name)})
	}
	for _, s := range d.Served {
		if !slices.ContainsFunc(p.in.Brought, func(b plan.Brought) bool { return detect.Inside(b.To, s.Dir) || detect.Inside(s.Dir, b.To) }) {
			p.standing(s)
		}
	}
	for _, w := range d.Writes {
		p.writes(w)
	}
	if !slices.ContainsFunc(d.Writes, func(w written) bool { return w.Dir == "." }) || p.view.Workdir == "" {
		p.rooted()
	}
	return nil
}

// standing brings a folder along that is committed and that the program serves.
func (p *planner) standing(s served) {
	to := path.Join("/app", s.Value)
	if s.There && detect.Inside(s.Dir, p.plan.Context) && detect.Inside(to, "/app") {
		p.view.Data = append(p.view.Data, plan.Copy{From: p.fromContext(s.Dir), To: s.Value})
		p.plan.Needs = append(p.plan.Needs, p.fromContext(s.Dir))
		p.plan.Decide("serves", s.Value, "", "from its working folder", s.At)
	}
	p.plan.Need(plan.Need{Kind: plan.NeedFile, What: to, By: "the program serves", At: s.At})
}

// writes makes a folder in which the application makes files the user's.
func (p *planner) writes(w written) {
	dir, reason := w.Dir, "so "+w.Dir+" is the user's; a volume there keeps what is in it"
	switch {
	case dir == "." && p.view.Workdir == "":
		return
	case dir == ".":
		dir, reason = p.view.Workdir, "so the working folder is the user's"
	case dir == "~" && strings.Contains(p.view.Base, "distroless"):
		dir, reason = "/home/nonroot", "the home of that image's nonroot; a volume there keeps what is in it"
	case dir == "~":
		dir, reason = "/home/app", "so the user has a home, /home/app; a volume there keeps what is in it"
		p.view.UserDirs = append(p.view.UserDirs, dir)
	case !detect.Inside(dir, "/tmp") && !plan.Shared(dir):
		p.view.UserDirs = append(p.view.UserDirs, dir)
	}
	p.plan.Need(plan.WritesIn(dir, w.At))
	if plan.Shared(dir) {
		return
	}
	p.view.UserFirst, p.view.UserLast = p.view.User, ""
	p.view.UserDirs = slices.Compact(p.view.UserDirs)
	p.plan.Decide("writes", w.Value, "", reason, w.At)
}

// rooted leaves the working folder to root: some bases have a user of their own
// already, to whom WORKDIR would give a folder that is not there yet.
func (p *planner) rooted() {
	dir := p.view.Workdir
	if dir == "" {
		return
	}
	for _, copies := range [][]plan.Copy{p.view.Data, p.view.Copies} {
		for i, c := range copies {
			copies[i].To = path.Join(dir, c.To)
			if strings.HasSuffix(c.To, "/") {
				copies[i].To += "/"
			}
		}
	}
	p.view.Workdir, p.view.WorkdirLast = "", dir
}

// ports settles what the application listens on. That of Tomcat is its own.
func (p *planner) ports() error {
	listens := p.detail.Listens
	if p.detail.Program.Shape == War {
		listens = []detect.Listener{{Port: 8080, What: "Tomcat's own", At: p.detail.Program.At}}
	}
	return p.plan.Listen(plan.Serving{
		Listeners: listens, Env: &p.view.RuntimeEnv, Overrides: p.in.Overrides,
		Silent: "nothing that opens one is found in the build files, the configuration and the sources",
	})
}

// health asks the application with what the image has.
func (p *planner) health() error {
	h := p.detail.Health
	asked, ok := p.plan.Asked()
	if !ok {
		return nil
	}
	if i := slices.IndexFunc(p.plan.Listeners, func(l plan.Listener) bool { return l.Side == management }); h.Apart && i >= 0 {
		asked = p.plan.Listeners[i]
	}
	words, route, must := fmt.Sprintf("any answer on %d", asked.On), "/", false
	switch {
	case asked.TLS:
		p.plan.Decide("health", plan.None, "", "it answers over TLS, with a certificate that nothing in the image trusts; let the orchestrator ask")
		return nil
	case h.Path != "" && h.Guards:
		words = fmt.Sprintf("any answer to GET %s on %d, which may want a password", h.Path, asked.On)
		route = h.Path
	case h.Path != "":
		words, route, must = fmt.Sprintf("GET %s on %d", h.Path, asked.On), h.Path, true
	}
	if len(p.ground.Asks) == 0 {
		words = "want " + words
	} else {
		p.view.Health = asks[p.ground.Asks[0]](asked, route, must)
	}
	p.plan.Health(p.view.Health, words, evidence(h.At)...)
	return nil
}

// platforms takes --platforms: bytecode is the same everywhere, so that only what is made
// for one JVM is made on its platform.
func (p *planner) platforms() error {
	how := "bytecode is the same everywhere, so it is compiled once"
	if !p.view.Cross {
		how = "each is built by a builder of its own or under emulation, because of " + p.detail.Native.Value
	} else if p.view.JDK != "" || len(p.view.Training) > 0 {
		how += ", and what belongs to one JVM is made for each of them"
	}
	p.plan.BuildFor(p.in, how)
	return nil
}

// ignore hides what no build of the service reads: what builds make, and the sources of
// modules that it does not depend on.
func (p *planner) ignore() error {
	for _, file := range p.detail.Sources {
		tests := slices.Contains(p.detail.TestSources, file)
		if plan.IsBrought(p.in.Brought, file) || tests && p.in.Overrides.NoTestStage {
			continue
		}
		p.plan.Needs = append(p.plan.Needs, p.fromContext(file))
		if tests {
			p.plan.OfTests = append(p.plan.OfTests, p.fromContext(file))
		}
	}
	for _, r := range p.detail.Build.Reads {
		p.plan.Needs = append(p.plan.Needs, p.fromContext(r.Value))
	}
	slices.Sort(p.plan.Needs)
	p.plan.Needs = slices.Compact(p.plan.Needs)
	allowed, own := p.patterns()
	p.view.Ports = p.plan.Ports
	p.plan.Parts[0].Data = p.view
	return p.plan.Hide("what no build of this service reads", allowed, own, p.plan.Needs)
}

// patterns lets through the manifests of all modules, the sources of the closure and
// what else its build names, and nothing else of the repository; where the closure has
// the folder of all others, or is not known in full, everything but the other modules.
// The second list hides what builds make.
func (p *planner) patterns() (allowed, own []string) {
	b := p.detail.Build
	dirs := p.sourceDirs()
	if p.detail.Alone() {
		return nil, p.outputs(dirs)
	}
	if !slices.Contains(dirs, ".") {
		allowed = append(allowed, "*")
		for _, dir := range dirs {
			allowed = append(allowed, "!"+dir)
		}
	}
	taken := func(name string) bool {
		return slices.ContainsFunc(dirs, func(dir string) bool { return detect.Inside(name, dir) })
	}
	for _, dir := range b.Members {
		used := slices.ContainsFunc(b.Modules, func(m Module) bool { return detect.Inside(m.Dir, dir) })
		if !used && taken(dir) {
			allowed = append(allowed, dir)
		}
	}
	for _, name := range p.named() {
		if hidden := slices.ContainsFunc(allowed, func(dir string) bool { return detect.Inside(name, dir) }); hidden || !taken(name) {
			allowed = append(allowed, "!"+name)
		}
	}
	return allowed, p.outputs(dirs)
}

// outputs are what builds make in some folders, and in those of the build's own logic.
func (p *planner) outputs(dirs []string) []string {
	var patterns []string
	for _, out := range p.commands().outputs() {
		if strings.HasPrefix(out, "**/") {
			patterns = append(patterns, out)
			continue
		}
		for _, dir := range slices.Concat(dirs, p.detail.Build.Logic) {
			patterns = append(patterns, path.Join(p.fromContext(dir), out))
		}
	}
	return patterns
}

// sourceDirs are the folders whose content the build may read.
func (p *planner) sourceDirs() []string {
	b := p.detail.Build
	var dirs []string
	if b.Open.Value != "" {
		dirs = append(dirs, b.Root)
	}
	for _, m := range b.Modules {
		if b.Open.Value == "" || !detect.Inside(m.Dir, b.Root) {
			dirs = append(dirs, m.Dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}

// named are the files and folders that the build names one by one.
func (p *planner) named() []string {
	b := p.detail.Build
	list := slices.Concat(b.Folders, b.Files)
	for _, r := range b.Reads {
		list = append(list, r.Value)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
