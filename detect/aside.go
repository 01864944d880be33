package detect

import "strings"

// aside names the folders that by convention hold no product, and what they hold.
var aside = map[string]string{
	"_example":     "an example",
	"_examples":    "an example",
	"example":      "an example",
	"examples":     "an example",
	"sample":       "an example",
	"samples":      "an example",
	"fixture":      "test data",
	"fixtures":     "test data",
	"test-data":    "test data",
	"testdata":     "test data",
	"e2e":          "a test",
	"test":         "a test",
	"tests":        "a test",
	"hack":         "a tool",
	"scripts":      "a tool",
	"tools":        "a tool",
	"third_party":  "somebody else's code",
	"vendor":       "somebody else's code",
	"node_modules": "somebody else's code",
}

// Aside says whether a folder lies aside of the product by the name of one of
// its parents below the root, and what it is then: an example, test data, …
func Aside(dir string) (what string, ok bool) {
	for part := range strings.SplitSeq(dir, "/") {
		if what, ok := aside[part]; ok {
			return what, true
		}
		if strings.HasSuffix(part, "-examples") || strings.HasSuffix(part, "_examples") {
			return aside["examples"], true
		}
	}
	return "", false
}

// Include makes folders part of the product, whatever their name says.
func (t *Tree) Include(dirs []string) { t.included = append(t.included, dirs...) }

// Aside is what [Aside] says of a folder, unless the user has included it or one
// above it: then only what lies below that counts.
func (t *Tree) Aside(dir string) (what string, ok bool) {
	for _, in := range t.included {
		if in == "." || dir == in || strings.HasPrefix(dir, in+"/") {
			return Aside(strings.TrimPrefix(strings.TrimPrefix(dir, in), "/"))
		}
	}
	return Aside(dir)
}
