package dockerfile

import "strings"

var escapeHCL = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "${", "$${", "%{", "%%{")

// HCL returns s as a quoted string of a docker-bake.hcl that means s and nothing
// else: its ${ and %{ begin no template. What [Word] refuses, HCL refuses.
//
// The rules are those of the HCL native syntax specification, Template Expressions.
func HCL(s string) (string, error) {
	if err := checkText(s); err != nil {
		return "", err
	}
	return `"` + escapeHCL.Replace(s) + `"`, nil
}

// HCLList returns a list of strings as [HCL] quotes them.
func HCLList(items []string) (string, error) {
	quoted := make([]string, len(items))
	for i, s := range items {
		var err error
		if quoted[i], err = HCL(s); err != nil {
			return "", err
		}
	}
	return "[" + strings.Join(quoted, ", ") + "]", nil
}
