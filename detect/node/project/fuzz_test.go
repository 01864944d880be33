package project

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzPackage reads any manifest without a panic, and strict JSON as the standard
// library does.
func FuzzPackage(f *testing.F) {
	f.Add(`{"name": "x", "scripts": {"start": "node i.js"}, "dependencies": {"a": "^1"}}`)
	f.Add(`{"name": "\ud83d\ude00", "workspaces": {"packages": ["a/*"]}, "engines": []}`)
	f.Add("\ufeff{ \"a\" : [1, 2.5e3, -0, true, null] }\r\n")
	f.Add(`{"a": 1,}`)
	f.Fuzz(func(t *testing.T, text string) {
		_, err := parseJSON("package.json", []byte(text), false)
		if valid := json.Valid([]byte(strings.TrimPrefix(text, "\ufeff"))); valid != (err == nil) && !tolerated(text) {
			t.Errorf("valid %v, parsed %v", valid, err)
		}
		if _, err := ReadPackage("package.json5", []byte(text)); err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}

// tolerated are the texts about which two readers may differ: deep nesting, text
// that is not UTF-8, numbers out of range or with signs in odd places.
func tolerated(text string) bool {
	return strings.Count(text, "[")+strings.Count(text, "{") > deepest || !json.Valid([]byte(`"`+strings.Map(plain, text)+`"`)) || strings.ContainsAny(text, "0123456789+-.\ufffd\x00\x0b\x0c\u0085\u2028\u2029")
}

func plain(r rune) rune {
	if r < ' ' || r == '"' || r == '\\' {
		return 'x'
	}
	return r
}

// FuzzRegistry reads any settings without a panic.
func FuzzRegistry(f *testing.F) {
	f.Add("//npm.example.com/:_authToken=${NPM_TOKEN}\n; x\n_auth=abc")
	f.Add("npmScopes:\n  x:\n    npmAuthToken: \"${A-}\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range settingsFiles {
			var g Registry
			g.read(name, text)
			for _, token := range g.Tokens {
				if tokenVariable.FindString("${"+token.Value+"}") == "" {
					t.Errorf("a variable called %q", token.Value)
				}
			}
		}
	})
}
