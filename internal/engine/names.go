package engine

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// tellApart gives services that the project calls alike names of their own: what tells
// their folders apart stands before the name. One that a dockgen.toml names keeps that.
func (s *survey) tellApart() []detect.Service {
	services := slices.Clone(s.all.Services)
	given := func(one detect.Service) string { return s.config.For(one.Dir, one.Stack, one.Name).Name }
	alike, taken := map[string][]int{}, map[string]bool{}
	for i, one := range services {
		if name := given(one); name != "" {
			taken[name] = true
		} else if one.Name != "" {
			alike[one.Name] = append(alike[one.Name], i)
		}
	}
	for name, group := range alike {
		taken[name] = taken[name] || len(group) == 1
	}
	s.apart = map[string]string{}
	for i, one := range services {
		group := alike[one.Name]
		if len(group) < 2 || given(one) != "" {
			continue
		}
		var dirs []string
		for _, g := range group {
			dirs = append(dirs, s.all.Services[g].Dir)
		}
		if len(dirs) != len(slices.Compact(slices.Sorted(slices.Values(dirs)))) {
			continue // in one folder: they are called otherwise where they are found
		}
		name := qualified(one.Name, one.Dir, dirs)
		if old := s.called(one); old != "" && !taken[old] {
			name = old
		}
		if taken[name] {
			name = detect.ImageName(strings.ReplaceAll(one.Dir, "/", "-"))
		}
		if name == "" || taken[name] {
			continue
		}
		taken[name] = true
		services[i].Name = name
		if name != one.Name {
			s.apart[identity(services[i])] = fmt.Sprintf("the image is called %s, because %d services are called %s (%s); name in a dockgen.toml there changes it", name, len(group), one.Name, strings.Join(dirs, ", "))
		}
	}
	return services
}

// called is the name that the one image of a folder has in docker-bake.hcl, where it is
// one of those that a service could have.
func (s *survey) called(one detect.Service) (name string) {
	for _, t := range s.had {
		if detect.Inside(t.File(), one.Dir) && (t.Image == one.Name || strings.HasSuffix(t.Image, "-"+one.Name)) {
			if name != "" {
				return ""
			}
			name = t.Image
		}
	}
	return name
}

// qualified puts before a name the part of its folder's path that tells it from the
// others, the nearest to its end; one whose folder has the name itself keeps it alone.
func qualified(name, dir string, dirs []string) string {
	at := func(dir string, depth int) string {
		parts := strings.Split(path.Clean(dir), "/")
		if dir == "." || depth >= len(parts) {
			return ""
		}
		return detect.ImageName(parts[len(parts)-1-depth])
	}
	deepest := 0
	for _, d := range dirs {
		deepest = max(deepest, strings.Count(d, "/"))
	}
	for depth := range deepest + 1 {
		parts := map[string]bool{}
		for _, d := range dirs {
			parts[at(d, depth)] = true
		}
		if part := at(dir, depth); len(parts) == len(dirs) {
			if part == "" || part == name {
				return name
			}
			return part + "-" + name
		}
	}
	return detect.ImageName(strings.ReplaceAll(dir, "/", "-"))
}
