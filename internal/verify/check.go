// Package verify proves an image: checks are data, each with a pure function over the
// facts of the image, of its run and of its builds.
package verify

// Check is one thing that is proved of an image.
type Check struct {
	ID    string // "V101": it stays, whatever becomes of the words
	Group string // what it is about, in one or two words
	Title string // what holds where it passes, in a sentence
}

// Checks are all that there are, by their ids.
func Checks() []Check {
	return []Check{
		{"V101", "tests", "the test stage builds"},
		{"V102", "start", "it starts as its own user, without capabilities, and answers on its port"},
		{"V103", "start", "it answers on its health path"},
		{"V104", "start", "its HEALTHCHECK turns healthy"},
		{"V105", "start", "its HEALTHCHECK turns unhealthy when its processes are stopped"},
		{"V106", "start", "it listens where the variable of its port says"},
		{"V107", "start", "it needs no writable root"},
		{"V108", "end", "its stop signal ends it in time"},
		{"V109", "end", "its first process is the program"},
		{"V110", "start", "all its processes are its user's"},
		{"V201", "contents", "no file holds a key, a token or a password"},
		{"V202", "contents", "neither history, environment nor labels hold one"},
		{"V203", "contents", "there is no file that is there for credentials"},
		{"V204", "contents", "there are no tests and no sources where artefacts are wanted"},
		{"V205", "contents", "there is no history of version control"},
		{"V206", "contents", "there are no caches of package managers"},
		{"V207", "contents", "there is no compiler beside a compiled program"},
		{"V208", "contents", "there are no dependencies of development"},
		{"V209", "contents", "there is no JDK where a JRE does"},
		{"V301", "rights", "its user is a number, and not root"},
		{"V302", "rights", "its user has an entry where the base has them"},
		{"V303", "rights", "its user can write nothing but what the plan names"},
		{"V304", "rights", "no file beyond the base's runs with another's rights"},
		{"V401", "waste", "its own layers waste no more bytes than they may"},
		{"V501", "libraries", "every program finds its loader"},
		{"V502", "libraries", "every program finds its libraries"},
		{"V503", "libraries", "every program finds the versions of symbols that it needs"},
		{"V504", "libraries", "every program is of the image's platform"},
		{"V601", "cache", "an edit of a source repeats no step of dependencies"},
		{"V602", "cache", "the rebuild after it needs no network"},
		{"V603", "reproducible", "two builds make one digest"},
		{"V701", "budget", "it is no larger than it may be"},
		{"V702", "budget", "it has no more layers than it may have"},
		{"V703", "budget", "it answers in time"},
	}
}
