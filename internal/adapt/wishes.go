// Package adapt changes a rendered Dockerfile the way a dockgen.toml asks for:
// images from elsewhere, packages, variables, labels, files, secrets and lines.
// It works on the stages as BuildKit reads them, whatever stack printed them, so
// that no template has to know of it.
package adapt

import "github.com/dockgen/dockgen/detect"

// Wishes are the changes to one Dockerfile. The zero value changes nothing.
type Wishes struct {
	Packages      []string          `toml:"packages" add:"true" doc:"packages of the distribution for the image that runs"`
	BuildPackages []string          `toml:"build-packages" add:"true" doc:"packages of the distribution for the stages that build and test"`
	Env           map[string]string `toml:"env" doc:"environment variables of the image"`
	BuildEnv      map[string]string `toml:"build-env" doc:"environment variables of the stages that build and test; no secrets, which the layers would keep"`
	Labels        map[string]string `toml:"labels" doc:"labels of the image"`
	Files         []File            `toml:"files" add:"true" doc:"files and folders of the repository to copy into the image"`
	Secrets       []Secret          `toml:"secrets" add:"true" doc:"secrets that the RUN instructions of the build may read; no layer holds them"`
	Lines         []Line            `toml:"lines" add:"true" doc:"instructions of your own at a named place of a stage"`
	User          string            `toml:"user" doc:"the user that the image runs as, such as 10001:10001, instead of an edit of USER"`
	Expose        Ports             `toml:"expose" doc:"the ports that the image exposes, such as [8080, \"53/udp\"], or false, instead of an edit of EXPOSE"`
	Healthcheck   Healthcheck       `toml:"healthcheck" doc:"false, the path that the check asks for, or what it runs as [\"CMD\", …], instead of an edit of HEALTHCHECK"`
	StopSignal    string            `toml:"stop-signal" doc:"the signal that ends the container, instead of an edit of STOPSIGNAL"`
	Entrypoint    []string          `toml:"entrypoint" doc:"what the image runs, one element for each word, instead of an edit of ENTRYPOINT"`
	Images        Images            `toml:"images" doc:"where base images come from"`
}

// File is a file or folder that goes into the image.
type File struct {
	From string          `toml:"from" required:"true" doc:"the file or folder, from the folder of this dockgen.toml"`
	To   string          `toml:"to" required:"true" doc:"where it goes, an absolute path"`
	At   detect.Evidence `toml:"-"`
}

// Secret is mounted into the RUN instructions that build.
type Secret struct {
	ID     string          `toml:"id" required:"true" doc:"its name for docker build --secret"`
	Target string          `toml:"target" doc:"the file that it is mounted as, an absolute path"`
	Env    string          `toml:"env" doc:"the variable that holds it, instead of a file"`
	Source string          `toml:"source" doc:"where the file usually is on the machine that builds, such as $HOME/.npmrc; without it, the secret is the variable that env names, or the one that is called like the id"`
	Stages []string        `toml:"stages" doc:"the stages that read it; those that build and test where none is named"`
	At     detect.Evidence `toml:"-"`
}

// Line is text that stands in the Dockerfile as it is written here.
type Line struct {
	Stage string          `toml:"stage" required:"true" doc:"the stage: deps, builder, test, runtime or any other that the Dockerfile has"`
	Place string          `toml:"place" required:"true" enum:"start,before-user,end" doc:"after the stage's FROM, before its USER (or before what the image says about itself), or at its end"`
	Text  string          `toml:"text" required:"true" doc:"one or more instructions"`
	At    detect.Evidence `toml:"-"`
}

// Instead is the image that stands in another's place: a name, or a table with more.
type Instead struct {
	Image  string `toml:"image" required:"true" doc:"the image, with a tag or digest where it does not keep the other's tag"`
	Family string `toml:"family" doc:"the distribution that it is made of, where its name does not tell: debian, ubuntu, alpine, wolfi, ubi, distroless and others, with a release where that counts, such as debian-12"`
}

// UnmarshalText takes the name alone.
func (i *Instead) UnmarshalText(text []byte) error {
	i.Image = string(text)
	return nil
}

// String is the name, and the family where it is said.
func (i Instead) String() string {
	if i.Family == "" {
		return i.Image
	}
	return i.Image + " of the family " + i.Family
}

// Images says where base images come from and how their versions are written.
type Images struct {
	Replace    map[string]Instead `toml:"replace" doc:"an image instead of another: by its name, keeping the tag, or by name and tag"`
	Mirror     map[string]string  `toml:"mirror" doc:"a registry, or the beginning of an image's full name such as docker.io/library, and what stands in its place"`
	Registries []string           `toml:"registries" doc:"the only registries, or beginnings of full image names, that an image may come from"`
	Family     string             `toml:"family" doc:"whose images stand in the place of those that dockgen chooses: dhi (Docker's hardened images) or chainguard; empty for none"`
	Pin        string             `toml:"pin" enum:"tag,digest,exact,minor,arg" doc:"how versions are written: tag, also called exact (the default), digest (the tag with the digest that dockgen.lock has for it), minor (1.26 instead of 1.26.7), or arg (the tag, as a build argument)"`
	PinSyntax  bool               `toml:"pin-syntax" doc:"with pin = digest, the # syntax line gets a digest too"`

	Update        string            `toml:"update" enum:"patch,minor,major" doc:"how far dockgen update leads an image within what the project allows: patch, minor (the default) or major"`
	Updates       map[string]string `toml:"updates" enum:"patch,minor,major" doc:"the same for one image, by its name"`
	Hold          []string          `toml:"hold" doc:"images that dockgen update leaves as they are in dockgen.lock, by name; one service that says so is enough"`
	MinAge        string            `toml:"min-age" doc:"how old an image has to be before dockgen update takes it, such as 3d or 12h; of several services the longest counts"`
	EndOfLife     string            `toml:"end-of-life" enum:"warn,error" doc:"what becomes of a service whose image has reached its end of life, or soon will, on the day of the catalog or of dockgen.lock"`
	EndOfLifeDays int               `toml:"end-of-life-days" doc:"how many days ahead that is said"`
}
