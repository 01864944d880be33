// Package example reads the folders of examples/: each is a tiny real
// application, the files generated for it, and what its images have to answer.
// Tests use it, the program does not.
package example

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	"github.com/BurntSushi/toml"
)

// Manifest is the name of the file that makes a folder an example.
const Manifest = "example.toml"

// Example is one application.
type Example struct {
	Name   string   `toml:"-"` // of the folder, "go-http"
	Dir    string   `toml:"-"`
	Shows  string   `toml:"shows"`
	Lock   []string `toml:"lock"` // what makes its lockfile anew before a build, where the one here holds no addresses
	Images []Image  `toml:"image"`

	// Outside are files that no image is made of: after an edit of theirs, nothing
	// is built again. Only for an example whose images docker-bake.hcl builds.
	Outside []string `toml:"outside"`
}

// Image is one image of an application: how its files are generated, and what a
// container of it has to do.
type Image struct {
	Name     string   `toml:"name"`     // its target in docker-bake.hcl
	Args     []string `toml:"args"`     // of dockgen generate
	File     string   `toml:"file"`     // the Dockerfile; where empty, as --output in Args names it, else "Dockerfile"
	Context  string   `toml:"context"`  // the folder that the build sees; where empty, the application's
	Output   []string `toml:"output"`   // what the container prints before it ends
	HTTP     []Probe  `toml:"http"`     // what it answers on a port that it exposes
	Logs     []string `toml:"logs"`     // what the container prints before it waits for work, until it is stopped
	Env      []string `toml:"env"`      // NAME=value, without which it does not start
	Writes   bool     `toml:"writes"`   // it writes into its working folder, so it cannot run read-only
	Tmp      bool     `toml:"tmp"`      // it writes temporary files, so that a read-only run needs a tmpfs on /tmp
	Writable []string `toml:"writable"` // folders that are the user's, by their path in the image
	Closure  []string `toml:"closure"`  // folders that its build wants: without one of them it fails
	Private  bool     `toml:"private"`  // its build needs a module server, which has a test of its own
	Unbuilt  string   `toml:"unbuilt"`  // why the end-to-end suite cannot build it: its files are held by golden and lint only
}

// Probe is one request with what its answer must hold. The status must be 200.
type Probe struct {
	Path     string `toml:"path"`
	Contains string `toml:"contains"`
}

// Load reads every example in a folder, sorted by name. A key that nothing reads
// is an error, and so is an example without an image.
func Load(dir string) ([]Example, error) {
	manifests, err := filepath.Glob(filepath.Join(dir, "*", Manifest))
	if err != nil {
		return nil, fmt.Errorf("list examples: %w", err)
	}
	var examples []Example
	for _, file := range manifests {
		e := Example{Dir: filepath.Dir(file), Name: filepath.Base(filepath.Dir(file))}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read example: %w", err)
		}
		meta, err := toml.Decode(string(data), &e)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if unknown := meta.Undecoded(); len(unknown) > 0 || len(e.Images) == 0 {
			return nil, fmt.Errorf("%s: unknown keys %v, %d images", file, unknown, len(e.Images))
		}
		for i := range e.Images {
			e.Images[i].settle()
		}
		examples = append(examples, e)
	}
	return examples, nil
}

func (im *Image) settle() {
	for i, arg := range im.Args {
		if arg == "--output" && i+1 < len(im.Args) {
			im.File = cmp.Or(im.File, im.Args[i+1])
		}
	}
	im.File = cmp.Or(im.File, "Dockerfile")
	im.Context = cmp.Or(im.Context, ".")
}
