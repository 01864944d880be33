package plan

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
)

// elsewhere are programs that sources name for other systems, for somebody's desktop, or
// for what runs beside them on a machine: no image of a service has them.
var elsewhere = []string{
	"cmd", "cmd.exe", "explorer", "explorer.exe", "netsh", "powershell", "powershell.exe", "reg", "rundll32", "rundll32.exe", "taskkill", "tasklist", "wmic", "wslview",
	"defaults", "ioreg", "launchctl", "networksetup", "open", "osascript", "pbcopy", "pbpaste", "scutil", "sw_vers",
	"notify-send", "sensible-browser", "wl-copy", "x-www-browser", "xclip", "xdg-open", "xsel",
	"journalctl", "service", "systemctl",
}

// system are the folders in which the packages of a distribution have their programs.
var system = []string{"/bin", "/sbin", "/usr/bin", "/usr/sbin"}

// StartsOf gives a program that sources start as a need names it: without the folder, where
// that is one of the system's. It is false for what no image has.
func StartsOf(name string) (string, bool) {
	if slices.Contains(system, path.Dir(name)) {
		name = path.Base(name)
	}
	return name, name != "" && !strings.ContainsAny(name, " \t$") && !slices.Contains(elsewhere, name)
}

// Wants says of programs that a service starts whether a package brings one, or whether an
// image has one: a runtime with neither does not do.
func (in Input) Wants(starts []detect.Path, image Base) bool {
	return slices.ContainsFunc(starts, func(s detect.Path) bool {
		_, packaged := catalog.Program(s.Path)
		return packaged || image.Provides(s.Path, "/usr/bin")
	})
}

// Starts states what programs a service starts, and gives the packages of Debian 13 that
// bring them, as far as the image that runs can have them.
func (p *Plan) Starts(in Input, image Base, starts []detect.Path) (packages []string) {
	for _, s := range starts {
		n := Need{Kind: NeedProgram, What: s.Path, By: "the program starts", At: s.At}
		n.Settles = "if it does not do without, name the package that brings it: packages = [\"…\"] with runtime = \"slim\" in a dockgen.toml"
		pkg, known := catalog.Program(s.Path)
		if known {
			n.Settles = "if it does not do without, let the runtime be slim, whose package " + pkg + " brings it"
		}
		p.Need(n)
		if _, err := in.Catalog.Names(image.Base, []string{pkg}); !known || err != nil || !image.Manages() {
			continue
		}
		p.Decide("starts", s.Path, "", "the package "+pkg+" brings it", s.At)
		if !slices.Contains(packages, pkg) {
			packages = append(packages, pkg)
		}
	}
	return packages
}
