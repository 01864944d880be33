package dockerfile

import "github.com/dockgen/dockgen/internal/pattern"

// plainYAML is text that means itself in YAML without quotes, whatever version of it reads.
var plainYAML = pattern.New(`^[A-Za-z./][A-Za-z0-9_./-]*(?::[A-Za-z0-9_.-]+)?$`)

// wordYAML are words of YAML 1.1 that mean something else than themselves.
var wordYAML = pattern.New(`(?i)^(?:y|yes|n|no|true|false|on|off|null|\.nan|[+-]?\.inf|\.[0-9_e+-]+)$`)

// YAML returns s as a scalar of a YAML file that means s and nothing else. A ${NAME} in it
// is whoever reads the file's. What [Word] refuses, YAML refuses.
func YAML(s string) (string, error) {
	if plainYAML.MatchString(s) && !wordYAML.MatchString(s) {
		return s, nil
	}
	list, err := YAMLList([]string{s})
	if err != nil {
		return "", err
	}
	return list[1 : len(list)-1], nil
}

// YAMLList returns a list of strings in quotes, which YAML reads as JSON does.
func YAMLList(items []string) (string, error) {
	for _, s := range items {
		if err := checkText(s); err != nil {
			return "", err
		}
	}
	return jsonArray(items)
}
