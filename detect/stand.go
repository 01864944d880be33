package detect

// Grounded is the [Detail] of a stack that says what its services may stand on: servers
// that they are clients of.
type Grounded interface {
	Detail

	// Ground is what the files of the service say of that, before anything is settled.
	Ground() Ground
}

// Ground is what the files of one service say about the servers that it stands on.
type Ground struct {
	Ecosystem string    // whose names the libraries have: "npm", "pypi", "go", "maven", "cargo"
	Libraries []Library // that it depends on itself
	Settings  []Setting // variables of the environment that it reads
	User      string    // of the database, as the sources have it written down; empty where they do not
	Database  string    // the same
	Migrate   []Migrate // commands that bring a database up to what it wants
	Schema    string    // the folder whose schema its database has: services with the same share it
}

// Library is one that a manifest names.
type Library struct {
	Name string
	At   Evidence
}

// Setting is a variable of the environment that a program reads.
type Setting struct {
	Name    string
	Default string // what holds where it is not set, as far as that is text
	Needed  bool   // the program does not start without it
	Kind    string // of the server that it is about, where the program says so; else empty
	At      Evidence
}

// Migrate is a command that brings a database up to what a service wants.
type Migrate struct {
	Argv   []string
	Dir    string // where it runs, from the root; empty for where the program does
	Builds bool   // it wants what only the build has, such as development dependencies
	At     Evidence
}

// Stand is a server that a service stands on: a database, a cache, a queue. It is settled,
// for all stacks alike, of what they say and of what the repository says beside them.
type Stand struct {
	Kind     string   // a name of internal/backing's table
	Title    string   // "PostgreSQL"
	By       string   // what says so, in words: "pg"
	Version  string   // a constraint on its image's, where the project names one
	User     string   // whom the project's own files have, or empty
	Database string   // the same
	Image    string   // that the project itself runs, where it is another than that of the kind
	Shares   []string // what services that share its data have in common
	Told     []Told   // how the service is told where it is
	Open     string   // why nothing can be written for it, and what settles that; empty where it can
	At       []Evidence
}

// Told is a variable by which a service is told of a server.
type Told struct {
	Name  string
	Role  string // what of it: "url", "address", "host", "port", "user", "password", "name"
	Value string // with {user}, {password}, {host}, {port} and {name} in it
	At    Evidence
}

// Fact is the stand in words for a person.
func (s Stand) Fact() Fact {
	value := s.Title
	if s.By != "" {
		value += ", by " + s.By
	}
	for i, t := range s.Told {
		if i == 0 {
			value += ", told by "
		} else {
			value += " "
		}
		value += t.Name
	}
	if s.Open != "" {
		value += ", but " + s.Open
	}
	return Fact{Name: "stands on", Value: value, Evidence: s.At}
}
