// Package backing knows the servers that programs stand on: by which libraries a program
// is a client of one, how its address is written for each, and how one is run for
// development. It is embedded data, which servers.toml explains.
package backing

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
)

//go:embed servers.toml
var text string

// Server is one kind of server.
type Server struct {
	Kind, Title, Same string
	Database          bool // it is what DATABASE_URL and its like mean
	Quiet             bool // nothing is said of a library alone
	Image             string
	Version, Variant  string   // of the image: a constraint, and what stands behind the version
	Tag               string   // of the image, where it has no versions that can be compared
	Like              []string // other images that take the same variables
	Run               bool     // it was started by this table in our own tests
	Port, Page        int      // where it listens, and where it has a page for people
	Schemes, Word     []string
	URL               string
	Secret            string
	Environment       map[string]string
	Own               map[string]string // variables that the clients read themselves, by what they say
	Command           []string
	Hostname          string
	Data              string
	Older             Older
	Health            string
	NPM, PyPI, Go     []string
	Maven, Cargo      []string
	Form              []Form
}

// Older is what was otherwise before a version.
type Older struct{ Below, Data string }

// Form is how the address is written for some libraries.
type Form struct {
	NPM, PyPI, Go []string
	Maven, Cargo  []string
	With          string // only where this library stands beside it
	URL           string
}

// Servers is the whole table, in an order of its own. The error is for a program that was
// built of a broken table.
var Servers = sync.OnceValues(func() ([]Server, error) {
	var table struct{ Server []Server }
	meta, err := toml.Decode(text, &table)
	if err == nil && len(meta.Undecoded()) > 0 {
		err = fmt.Errorf("unknown key %s", meta.Undecoded()[0])
	}
	if err != nil {
		return nil, fmt.Errorf("read the table of servers: servers.toml: %w", err)
	}
	return table.Server, nil
})

// of gives the libraries of an ecosystem.
func of(ecosystem string, npm, pypi, golang, maven, cargo []string) []string {
	switch ecosystem {
	case "npm":
		return npm
	case "pypi":
		return pypi
	case "go":
		return golang
	case "maven":
		return maven
	case "cargo":
		return cargo
	}
	return nil
}

// Speaks says whether a library of an ecosystem is a client of the server.
func (s Server) Speaks(ecosystem, library string) bool {
	return slices.Contains(of(ecosystem, s.NPM, s.PyPI, s.Go, s.Maven, s.Cargo), trim(ecosystem, library))
}

// Address is how an address is written for a library, beside which others stand.
func (s Server) Address(ecosystem, library string, beside func(library string) bool) string {
	for _, f := range s.Form {
		if slices.Contains(of(ecosystem, f.NPM, f.PyPI, f.Go, f.Maven, f.Cargo), trim(ecosystem, library)) && (f.With == "" || beside(f.With)) {
			return f.URL
		}
	}
	return s.URL
}

// trim takes the major version off the path of a module of Go.
func trim(ecosystem, library string) string {
	if ecosystem != "go" {
		return library
	}
	library = strings.ToLower(library)
	i := strings.LastIndex(library, "/v")
	if i > 0 && strings.Trim(library[i+2:], "0123456789") == "" {
		return library[:i]
	}
	return library
}

// DataOf is where the volume of an image of a version lies.
func (s Server) DataOf(older func(below string) bool) string {
	if s.Older.Below != "" && older(s.Older.Below) {
		return s.Older.Data
	}
	return s.Data
}
