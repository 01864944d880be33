package rust

import (
	"path"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/dockgen/dockgen/detect"
)

// Rocket is what a program of that framework listens on and reads: its defaults,
// and Rocket.toml, which it looks for where it runs
// (https://rocket.rs/guide/v0.5/configuration/).
type Rocket struct {
	Listen detect.Listener
	Reads  []Asset
	Writes []Asset // databases in a file
}

func (r *repository) rocket(s setting) (Rocket, error) {
	asked, _ := s.Package.asks("rocket")
	found := Rocket{Listen: detect.Listener{Port: 8000, Env: "ROCKET_PORT", Host: "ROCKET_ADDRESS", Loopback: true, At: asked.At}}
	templates := "templates"
	name := path.Join(s.Package.Dir, "Rocket.toml")
	if r.tree.Has(name) {
		data, err := r.tree.ReadFile(name)
		if err != nil {
			return Rocket{}, err
		}
		var doc map[string]struct {
			Port      int
			Templates string `toml:"template_dir"`
			Databases map[string]struct{ URL string }
		}
		plain := strings.TrimPrefix(string(data), "\ufeff")
		if _, err := toml.Decode(plain, &doc); err != nil {
			return Rocket{}, position(name, err)
		}
		f := file{name: name, lines: index(plain)}
		for _, profile := range []string{"default", "global", "release"} {
			x := doc[profile]
			if x.Port < 0 || x.Port >= 1<<16 {
				return Rocket{}, detect.Errorf(f.at(profile, "port"), "%d is no port", x.Port)
			}
			if x.Port != 0 {
				found.Listen.Port, found.Listen.At = x.Port, f.at(profile, "port")
			}
			if dir, ok := relative(x.Templates); ok {
				templates = dir
			}
			for _, key := range sortedKeys(x.Databases) {
				if base, ok := relative(sqliteFile(x.Databases[key].URL)); ok {
					found.Writes = append(found.Writes, Asset{Path: base, At: f.at(profile+".databases."+key, "url")})
				}
			}
		}
		found.Reads = append(found.Reads, Asset{Path: "Rocket.toml", From: name, At: detect.Evidence{File: name}})
	}
	if dyn, ok := s.Package.asks("rocket_dyn_templates"); ok {
		found.Reads = append(found.Reads, r.there(s, source{name: s.Package.file.name}, Asset{Path: templates, At: dyn.At})...)
	}
	return found, nil
}
