package java

import "github.com/dockgen/dockgen/internal/pattern"

var (
	// plainName is what folders, profiles and tasks are called that go into a command.
	plainName = pattern.New(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	// plainPath is a path of a URL that needs no escaping.
	plainPath = pattern.New(`^/?[A-Za-z0-9._~/-]*$`)
	// secretName is a variable of the environment that may name a secret of the build.
	secretName = pattern.New(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// hoconPort is a line of Ktor's configuration.
	hoconPort = pattern.New(`^\s*(?:ktor\.deployment\.|deployment\.)?port\s*[=:]\s*(?:(\d{1,5})|\$\{\?([A-Z][A-Z0-9_]*)\})\s*$`)
	// class is the full name of a class.
	class = pattern.New(`^[A-Za-z_$][A-Za-z0-9_$]*(\.[A-Za-z_$][A-Za-z0-9_$]*)*$`)
)

// className says whether a text can be the name of a class.
func className(text string) bool { return class.MatchString(text) }
