package config

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// Config is every dockgen.toml of a repository. The zero value is that of one
// that has none.
type Config struct {
	root    Root
	doc     *document // of the root; nil where there is none
	folders map[string]folder
	broken  []*detect.Problem
	names   map[string]bool // of the services that were detected
	stacks  []plan.Stack
}

// folder is the file of one folder below the root.
type folder struct {
	Folder
	doc *document
}

// Load reads the files of a tree. The error is for the file at the root; what is
// wrong with another is a problem of its folder.
func Load(t *detect.Tree, stacks []plan.Stack) (*Config, error) {
	c := &Config{folders: map[string]folder{}, stacks: stacks}
	for _, file := range t.Named(Name) {
		data, err := t.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if dir := path.Dir(file); dir != "." {
			c.load(dir, file, data)
			continue
		}
		if c.doc, err = decode(file, data, plan.Options(stacks), &c.root); err == nil {
			err = c.checkRoot()
		}
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Config) load(dir, file string, data []byte) {
	f := folder{}
	var err error
	if f.doc, err = decode(file, data, plan.Options(c.stacks), &f.Folder); err != nil {
		err = c.atRootOnly(file, data, err)
	} else {
		err = cmp.Or(c.checkAll(f.doc, "", f.Settings, f.Services), c.checkVariants(f.doc, "", f.Variants))
	}
	if err != nil {
		c.broken = append(c.broken, &detect.Problem{Dir: dir, Err: err})
		return
	}
	c.folders[dir] = f
}

// atRootOnly says so where a key is unknown only because it belongs to the root.
func (c *Config) atRootOnly(file string, data []byte, err error) error {
	var root Root
	if _, asRoot := decode(file, data, plan.Options(c.stacks), &root); asRoot == nil {
		at, _ := errors.AsType[*detect.PositionError](err)
		return &detect.PositionError{At: at.At, Column: at.Column, Err: errors.New("a key for the dockgen.toml at the root, not for that of a service")}
	}
	return err
}

func (c *Config) checkRoot() error {
	for key, patterns := range map[string][]string{"ignore": c.root.Ignore, "exclude": c.root.Exclude, "members": c.root.Members} {
		if _, err := matcher(patterns); err != nil {
			return c.doc.errorf(key, "%s: %w", key, err)
		}
	}
	for i, dir := range c.root.Include {
		if dir = path.Clean(dir); !filepath.IsLocal(dir) {
			return c.doc.errorf("include", "include: %s lies outside of the repository", dir)
		}
		c.root.Include[i] = dir
	}
	if err := c.checkAll(c.doc, "", c.root.Settings, c.root.Service); err != nil {
		return err
	}
	for _, name := range sortedKeys(c.root.Stack) {
		if err := c.checkAll(c.doc, join("stack", name), c.root.Stack[name], nil); err != nil {
			return err
		}
	}
	return c.checkBake()
}

func (c *Config) checkBake() error {
	b := c.root.Bake
	switch {
	case b.Registry != "" && !adapt.ImageName(b.Registry):
		return c.doc.errorf("bake.registry", "bake.registry: %q is not what an image's name begins with", b.Registry)
	case b.Tag != "" && !tagName.MatchString(b.Tag):
		return c.doc.errorf("bake.tag", "bake.tag: %q is no tag of an image", b.Tag)
	}
	return c.doc.checkPlatforms(b.Platforms, "bake.platforms")
}

// checkAll holds settings and those of services to what the flags want.
func (c *Config) checkAll(d *document, prefix string, s Settings, services map[string]Service) error {
	if err := c.checkSettings(d, prefix, s); err != nil {
		return err
	}
	for _, name := range sortedKeys(services) {
		key, one := join("service", name), services[name]
		if err := c.checkSettings(d, key, one.Settings); err != nil {
			return err
		}
		if one.Name != "" && !detect.ValidImageName(one.Name) {
			return d.errorf(join(key, "name"), "%s: %s", join(key, "name"), invalidName(one.Name))
		}
		if err := c.checkVariants(d, key, one.Variants); err != nil {
			return err
		}
	}
	return nil
}

// checkVariants does what checkSettings does for further images of a service, of which
// none decides which services there are.
func (c *Config) checkVariants(d *document, prefix string, variants map[string]Settings) error {
	for _, name := range sortedKeys(variants) {
		key := join(prefix, "images."+name)
		if err := c.checkSettings(d, key, variants[name]); err != nil {
			return err
		}
		for _, one := range []string{"main", "package-manager", "frontend", "split"} {
			if full := join(key, one); d.has(full) {
				return d.errorf(full, "%s: it decides what the service is, and holds for all of its images: say it in [%s]", full, prefix)
			}
		}
	}
	return nil
}

func invalidName(name string) string {
	return fmt.Sprintf("%s is not a valid image name: lower-case letters, digits and single . _ - between them", name)
}

func (c *Config) checkSettings(d *document, prefix string, s Settings) error {
	if key, err := Check(s.Overrides, c.stacks); err != nil {
		return d.errorf(join(prefix, key), "%s: %w", join(prefix, key), err)
	}
	if _, err := s.Images.Age(); err != nil {
		return d.errorf(join(prefix, "images.min-age"), "%s: %w", join(prefix, "images.min-age"), err)
	}
	if err := c.checkVerify(d, prefix, s.Verify); err != nil {
		return err
	}
	if key := join(prefix, "dockerfiles"); s.Dockerfiles != "" && !filepath.IsLocal(path.Join(path.Dir(d.file), s.Dockerfiles)) {
		return d.errorf(key, "%s: %s lies outside of the repository", key, s.Dockerfiles)
	}
	v := reflect.ValueOf(s)
	for _, f := range fieldsOf(v.Type()) {
		if key := join(prefix, f.name); !v.FieldByIndex(f.index).IsZero() || !d.has(key) {
			continue
		} else if f.Type.Kind() == reflect.String || f.Type.Kind() == reflect.Int {
			return d.errorf(key, "%s: it says nothing; without the key, what was detected holds", key)
		}
	}
	if key := join(prefix, "command"); d.has(key) && len(s.Command) == 0 {
		return d.errorf(key, "%s: it says nothing; without the key, what was detected holds", key)
	}
	return nil
}

func (d *document) checkPlatforms(platforms []string, key string) error {
	if err := checkPlatforms(platforms); err != nil {
		return d.errorf(key, "%s: %w", key, err)
	}
	return nil
}

// Problems lists the folders whose file is broken.
func (c *Config) Problems() []*detect.Problem { return c.broken }

// Include lists the folders that hold services whatever their name.
func (c *Config) Include() []string { return c.root.Include }

// Wanted says whether a folder or a service is to be included, or spoken of by a table or
// file of its own, and where.
func (c *Config) Wanted(dir, name string) (detect.Evidence, bool) {
	if slices.Contains(c.root.Include, dir) || slices.Contains(c.root.Include, name) {
		return c.doc.evidence("include"), true
	}
	for _, key := range sortedKeys(c.root.Service) {
		if key == name || path.Clean(key) == dir {
			return c.doc.evidence(join("service", key)), true
		}
	}
	if _, ok := c.folders[dir]; ok {
		return detect.Evidence{File: path.Join(dir, Name)}, true
	}
	return detect.Evidence{}, false
}

// Bake gives the defaults of docker-bake.hcl.
func (c *Config) Bake() Bake { return c.root.Bake }

// Compose gives what compose.yaml is to hold, and whether the table is there.
func (c *Config) Compose() (Compose, bool) {
	return c.root.Compose, c.doc != nil && c.doc.has("compose")
}

// Answers puts what flags say over what the files say, for the detection of a
// stack: of everything, and of the folders that a file speaks of.
func (c *Config) Answers(flags detect.Answer, stack string) detect.Answers {
	answers := detect.Answers{Answer: flags.Over(c.root.Stack[stack].answer()).Over(c.root.answer()), Folders: map[string]detect.Answer{}}
	add := func(dir string, s Settings) {
		if one := s.answer(); len(one.Main)+len(one.Command)+len(one.Manager)+len(one.Options) > 0 {
			answers.Folders[dir] = flags.Over(one).Over(answers.Answer)
		}
	}
	for _, key := range sortedKeys(c.root.Service) {
		add(path.Clean(key), c.root.Service[key].Settings)
	}
	for dir, f := range c.folders {
		add(dir, f.Settings)
	}
	return answers
}

// answer is what of the settings is asked before anything is planned.
func (s Settings) answer() detect.Answer {
	return detect.Answer{Main: s.Main, Manager: s.PackageManager, Command: s.Command, Options: s.Own.Words()}
}

// matcher reads patterns as a .dockerignore has them.
func matcher(patterns []string) (*dockerfile.Ignore, error) {
	return dockerfile.ParseIgnore([]byte(strings.Join(patterns, "\n")))
}

// Ignored says whether a folder or a service is to be left alone, and which key
// says so.
func (c *Config) Ignored(dir, name string) (detect.Evidence, bool) {
	for _, key := range []string{"ignore", "exclude"} {
		patterns := map[string][]string{"ignore": c.root.Ignore, "exclude": c.root.Exclude}[key]
		if len(patterns) == 0 {
			continue
		}
		m, err := matcher(patterns)
		if err == nil && (m.Hides(dir) || slices.Contains(patterns, name)) {
			return c.doc.evidence(key), true
		}
	}
	return detect.Evidence{}, false
}

// Members reads, of the file of a folder, which folders below it are its members:
// those of members, and those that a service's table names.
func Members(data []byte, stacks []plan.Stack) (func(dir string) bool, error) {
	var root Root
	if _, err := decode(Name, data, plan.Options(stacks), &root); err != nil {
		return nil, err
	}
	m, err := matcher(root.Members)
	if err != nil {
		return nil, err
	}
	return func(dir string) bool {
		_, named := root.Service[dir]
		return named || m.Hides(dir)
	}, nil
}

// Second is an image that the file of a repository makes of another service.
type Second struct {
	Key  string // of its table
	Name string
	From string
	At   detect.Evidence
}

// Seconds lists the images that are made of other services.
func (c *Config) Seconds() []Second {
	var all []Second
	for _, name := range sortedKeys(c.root.Service) {
		if s := c.root.Service[name]; s.From != "" {
			all = append(all, Second{name, cmp.Or(s.Name, name), s.From, c.doc.evidence(join(join("service", name), "from"))})
		}
	}
	for _, dir := range sortedKeys(c.folders) {
		for _, name := range sortedKeys(c.folders[dir].Services) {
			if s := c.folders[dir].Services[name]; s.From != "" {
				all = append(all, Second{name, cmp.Or(s.Name, name), s.From, c.folders[dir].doc.evidence(join(join("service", name), "from"))})
			}
		}
	}
	return all
}

// Know tells which services there are, before [Config.For] is asked: a table that
// is called like one is not for the folder of that name. The error is for a table
// of a service or stack that there is none of, unless something is broken whose service it
// may be.
func (c *Config) Know(services []detect.Service, others []string, stacks []string, broken bool) error {
	c.names = map[string]bool{}
	for _, s := range services {
		c.names[s.Name] = true
	}
	if len(stacks) == 0 {
		return nil // only one was asked
	}
	for _, name := range sortedKeys(c.root.Stack) {
		if !slices.Contains(stacks, name) {
			return c.doc.errorf(join("stack", name), "stack.%s: no such stack; there are %s", name, strings.Join(stacks, ", "))
		}
	}
	for _, key := range sortedKeys(c.root.Service) {
		known := c.root.Service[key].From != "" || slices.Contains(others, path.Clean(key)) ||
			slices.ContainsFunc(services, func(s detect.Service) bool { return s.Name == key || s.Dir == path.Clean(key) })
		if !known && broken {
			continue
		}
		if !known {
			return c.doc.errorf(join("service", key), "service.%s: no such service; there are %s", key, names(services))
		}
		isFolder := slices.Contains(others, path.Clean(key)) || slices.ContainsFunc(services, func(s detect.Service) bool { return s.Dir == path.Clean(key) })
		if isFolder {
			continue
		}
		for _, one := range []string{"main", "package-manager"} {
			if full := join(join("service", key), one); c.doc.has(full) {
				return c.doc.errorf(full, "%s: it decides which services there are, so this table has to be called by the folder, [service.\"FOLDER\"]", full)
			}
		}
	}
	return nil
}

func names(services []detect.Service) string {
	var list []string
	for _, s := range services {
		list = append(list, s.Name)
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
