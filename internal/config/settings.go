// Package config reads dockgen.toml: what a repository wants otherwise than it
// is detected, for all of it, for a stack or for a service.
//
// The structs of this package, of [plan.Overrides] and of [adapt.Wishes] are the
// only list of its keys: decoding, the schema and the order of precedence are
// made of their fields and tags.
package config

import (
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/plan"
)

// Name is what the file is called, at the root and in a service's folder.
const Name = "dockgen.toml"

// Settings can be set for the repository, a stack and a service.
type Settings struct {
	plan.Overrides
	adapt.Wishes
	Main        []string `toml:"main" doc:"the programs to build, from the folder of the service; several give several images"`
	Dockerfiles string   `toml:"dockerfiles" doc:"the folder for Dockerfiles, from the folder of this dockgen.toml, instead of those of the services"`
	Verify      Verify   `toml:"verify" doc:"what dockgen verify holds the image to"`
	Template    string   `toml:"template" doc:"a template of yours instead of dockgen's, from the folder of this dockgen.toml (experimental)"`
}

// Service is what is said of one service.
type Service struct {
	Settings
	Name string `toml:"name" doc:"the name of the service and its image"`
	From string `toml:"from" doc:"makes this a second image of another service, which is named here"`

	// Variants are further images of the service, by what tells them apart: the tables of
	// its table images that are none of [adapt.Images].
	Variants map[string]Settings `toml:"-"`
}

// Root is what the file at the root may hold.
type Root struct {
	Settings
	Members []string            `toml:"members" doc:"folders whose root this is, as patterns of .dockerignore"`
	Include []string            `toml:"include" doc:"folders that hold services though their name or what is in them speaks against it, such as examples/shop, or names of services"`
	Ignore  []string            `toml:"ignore" doc:"folders that are left alone, as patterns of .dockerignore, or names of services"`
	Exclude []string            `toml:"exclude" doc:"the same as ignore"`
	Bake    Bake                `toml:"bake" doc:"the defaults of the variables of docker-bake.hcl"`
	Compose Compose             `toml:"compose" doc:"keeps a compose.yaml with the services and what they stand on; the table alone does"`
	Stack   map[string]Settings `toml:"stack" doc:"settings for all services of a stack"`
	Service map[string]Service  `toml:"service" doc:"settings for one service, by its name or folder"`
}

// Bake holds the defaults of the variables of docker-bake.hcl.
type Bake struct {
	Registry  string   `toml:"registry" doc:"what stands before the names of images"`
	Tag       string   `toml:"tag" doc:"the tag of images"`
	Platforms []string `toml:"platforms" doc:"the platforms of images"`
}

// Compose says what compose.yaml holds.
type Compose struct {
	Publish []string `toml:"publish" doc:"servers whose ports are open on this machine, by their names in compose.yaml, such as postgres"`
	Without []string `toml:"without" doc:"services and servers that are left out of compose.yaml, by name"`
}

// Folder is what the file in a service's folder may hold.
type Folder struct {
	Service
	Services map[string]Service `toml:"service" doc:"settings for one of several services of this folder, by its name"`
}
