package rust

import (
	"strings"
	"unicode"
)

const digits = "0123456789"

// isPackageName holds a name against what Cargo takes for a package
// (https://doc.rust-lang.org/cargo/reference/manifest.html#the-name-field).
func isPackageName(text string) bool { return isName(text, "_", "_-") }

// isTargetName is the same for a program, which may begin with a number.
func isTargetName(text string) bool { return isName(text, "_"+digits, "_.+-") }

// isFeature is the same for a feature, with or without the package that has it.
func isFeature(text string) bool { return isName(text, "_"+digits, "_./+-") }

// isOptionValue says whether text can stand behind a flag without quotes.
func isOptionValue(text string) bool { return isName(text, "_"+digits, "_.-") }

// isName says whether text begins with a letter or one of first, and goes on with
// letters, numbers and marks.
func isName(text, first, marks string) bool {
	for i, r := range text {
		switch {
		case unicode.IsLetter(r), i > 0 && unicode.IsNumber(r):
		case i == 0 && strings.ContainsRune(first, r), i > 0 && strings.ContainsRune(marks, r):
		default:
			return false
		}
	}
	return text != ""
}
