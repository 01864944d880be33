package secret

import (
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

// named are names of variables that hold secrets, as BuildKit's rule SecretsUsedInArgOrEnv
// knows them: https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/
var named = pattern.New(`(?i)(?:_|^)(?:apikey|auth|credential|credentials|key|password|pword|passwd|pwd|pass|secret|token)(?:_|$)`)

// public are those that say themselves that they are none, or name where one is.
var public = pattern.New(`(?i)(?:_|^)(?:public|publishable|file|path|dir|url|uri|id|name|host|port|header|type|mode|algorithm|length|ttl|expiry|enabled|required|dummy|gpg|signing_keys)(?:_|$)|^SECRET_KEY_BASE_DUMMY$`)

// address is one with a password in it.
var address = pattern.New(`[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@'"]*:([^\s:/@'"]{3,})@[^\s/]`)

// Variable says what secret stands in a variable that is set for good: one by its name, or
// by its value.
func (r *Rules) Variable(name, value string) (Match, bool) {
	if found := r.Find("", []byte(name+"="+value)); len(found) > 0 {
		return found[0], true
	}
	if m := address.FindStringSubmatch(value); m != nil && !isPlaceholder(m[1]) {
		return Match{Rule: "address-with-password", What: "an address with a password in it", Line: 1, Mask: Mask(m[1])}, true
	}
	if named.MatchString(name) && !public.MatchString(name) && !isPlaceholder(value) && len(value) >= 4 {
		return Match{Rule: "variable", What: "a variable that is called like a secret", Line: 1, Mask: Mask(value)}, true
	}
	return Match{}, false
}

// isPlaceholder says whether a value stands for one that is given elsewhere.
func isPlaceholder(value string) bool {
	lower := strings.ToLower(strings.Trim(value, `"'`))
	if lower == "" || strings.HasPrefix(lower, "$") || strings.HasPrefix(lower, "/") || strings.Trim(lower, "x*.-0") == "" {
		return true
	}
	for _, word := range []string{"changeme", "change-me", "change_me", "example", "placeholder", "dummy", "<", "your_", "your-", "redacted", "true", "false", "none", "null", "build-time", "unused"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}
