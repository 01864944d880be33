// Package secret finds keys, tokens and passwords in texts, by the rules that gitleaks
// keeps (rules.toml is its file of v8.30.1, untouched, under the licence beside it).
//
// A rule is asked only around the words that it names: that is what makes a hundred
// megabytes of text a matter of a second. Rules that go by randomness alone are left out,
// as a check that cries wolf is switched off.
package secret

import (
	_ "embed"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
)

//go:embed rules.toml
var rulesText string

// Match is one secret.
type Match struct {
	Rule string // the id of its rule, "github-pat"
	What string // in words
	Line int    // the first is 1
	Mask string // its beginning, the rest hidden
}

// without are rules that are left out: they take what looks random, or a name beside a
// value, for a secret, which code, hashes and examples are full of.
// A twilio-api-key is the name of a key, and no key.
var without = []string{"generic-api-key", "curl-auth-user", "curl-auth-header", "sourcegraph-access-token", "kubernetes-secret-yaml", "twilio-api-key"}

// narrowed are words of rules that say more than the rule's own, which stand in any text.
var narrowed = map[string][]string{"jwt": {"eyj"}, "vault-service-token": {"hvs."}}

// How far around one of its words a rule looks, in bytes.
const (
	before = 256
	behind = 1 << 10
)

// longer are rules for secrets that take more: a key of 8192 bits is one of 6.4 KB.
var longer = map[string]int{"private-key": 8 << 10, "jwt": 4 << 10, "jwt-base64": 4 << 10}

// Rules find secrets. They are compiled when they are first asked.
type Rules struct {
	rules  []*rule
	global *allowlist
	words  []word               // that rules name
	starts [1 << 15][]int32     // the words, by a hash of their first three letters
	known  [1 << 15 / 64]uint64 // which of these there are
}

type word struct {
	text  string // in small letters
	rules []int
}

type rule struct {
	ID, Description, Regex, Path string
	Entropy                      float64
	SecretGroup                  int
	Keywords                     []string
	Allowlists                   []*allowlist

	behind     int
	find, path func() (*regexp.Regexp, error)
}

type allowlist struct {
	Condition, RegexTarget    string
	Paths, Regexes, Stopwords []string

	paths, regexes func() ([]*regexp.Regexp, error)
}

// Load reads the rules. The error is for rules that are not what this package knows.
func Load() (*Rules, error) {
	var file struct {
		Allowlist *allowlist
		Rules     []*rule
	}
	if _, err := toml.Decode(rulesText, &file); err != nil {
		return nil, fmt.Errorf("rules for secrets: %w", err)
	}
	all := &Rules{global: file.Allowlist}
	all.global.settle()
	index := map[string]int{}
	for _, r := range file.Rules {
		if slices.Contains(without, r.ID) || r.Regex == "" {
			continue
		}
		r.find = lazily(r.Regex)
		r.path = lazily(r.Path)
		for _, a := range r.Allowlists {
			a.settle()
		}
		if words, ok := narrowed[r.ID]; ok {
			r.Keywords = words
		}
		r.behind = max(behind, longer[r.ID])
		for _, k := range r.Keywords {
			k = strings.ToLower(k)
			if _, ok := index[k]; !ok {
				index[k] = len(all.words)
				all.words = append(all.words, word{text: k})
			}
			w := &all.words[index[k]]
			w.rules = append(w.rules, len(all.rules))
		}
		all.rules = append(all.rules, r)
	}
	all.index()
	return all, nil
}

func lazily(text string) func() (*regexp.Regexp, error) {
	return sync.OnceValues(func() (*regexp.Regexp, error) { return regexp.Compile(text) })
}

func (a *allowlist) settle() {
	list := func(texts []string) func() ([]*regexp.Regexp, error) {
		return sync.OnceValues(func() (all []*regexp.Regexp, err error) {
			for _, text := range texts {
				re, err := regexp.Compile(text)
				if err != nil {
					return nil, err
				}
				all = append(all, re)
			}
			return all, nil
		})
	}
	a.paths, a.regexes = list(a.Paths), list(a.Regexes)
}

// index notes where words can begin. Of one with two letters every third does.
func (r *Rules) index() {
	for i, w := range r.words {
		thirds := []byte(w.text)[2:min(3, len(w.text))]
		if len(thirds) == 0 {
			for c := range 32 {
				thirds = append(thirds, byte(c))
			}
		}
		for _, c := range thirds {
			h := hash(hash(hash(0, w.text[0]), w.text[1]), c)
			r.starts[h] = append(r.starts[h], int32(i))
			r.known[h/64] |= 1 << (h % 64)
		}
	}
}

// hash is of the last three letters, whatever their case.
func hash(h uint32, c byte) uint32 { return (h<<5 | uint32(c&31)) & (1<<15 - 1) }

// Find lists what a text holds. The name is that of its file, which some rules go by.
func (r *Rules) Find(name string, text []byte) (found []Match) {
	if yes, err := r.global.hasPath(name); yes || err != nil {
		return nil
	}
	for i, windows := range r.windows(text) {
		for _, w := range windows {
			found = append(found, r.rules[i].matches(r.global, name, text, w)...)
		}
	}
	slices.SortFunc(found, func(a, b Match) int { return (a.Line-b.Line)*1000 + strings.Compare(a.Rule, b.Rule) })
	return slices.Compact(found)
}

type span struct{ from, to int }

// windows lists around which places each rule is to be asked.
func (r *Rules) windows(text []byte) map[int][]span {
	var all map[int][]span
	h := uint32(0)
	for i, c := range text {
		h = hash(h, c)
		if r.known[h/64]&(1<<(h%64)) == 0 || i < 2 {
			continue
		}
		for _, n := range r.starts[h] {
			w := &r.words[n]
			if at := i - 2; !begins(text[at:], w.text) {
				continue
			} else if all == nil {
				all = map[int][]span{}
			}
			for _, n := range w.rules {
				one := span{max(0, i-2-before), min(len(text), i-2+r.rules[n].behind)}
				list := all[n]
				if k := len(list) - 1; k >= 0 && list[k].to >= one.from {
					list[k].to = max(list[k].to, one.to)
				} else {
					all[n] = append(list, one)
				}
			}
		}
	}
	return all
}

func begins(text []byte, word string) bool {
	if len(text) < len(word) {
		return false
	}
	for i := range len(word) {
		c := text[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// matches asks a rule about a part of a text.
func (r *rule) matches(global *allowlist, name string, text []byte, at span) (found []Match) {
	if r.Path != "" {
		if re, err := r.path(); err != nil || !re.MatchString(name) {
			return nil
		}
	}
	re, err := r.find()
	if err != nil {
		return nil // the tests compile every rule
	}
	part := text[at.from:at.to]
	for _, m := range re.FindAllSubmatchIndex(part, 20) {
		whole := string(part[m[0]:m[1]])
		secret := r.secret(part, m)
		if secret == "" || r.Entropy > 0 && entropy(secret) <= r.Entropy || isPlaceholder(secret) {
			continue
		}
		from := at.from + m[0]
		line := lineAround(text, from)
		lists := append([]*allowlist{global}, r.Allowlists...)
		if slices.ContainsFunc(lists, func(a *allowlist) bool { return a.lets(name, secret, whole, line) }) {
			continue
		}
		found = append(found, Match{r.ID, r.Description, 1 + strings.Count(string(text[:from]), "\n"), Mask(secret)})
	}
	return found
}

// secret is the group that holds it: the one that the rule names, or the first of all.
func (r *rule) secret(part []byte, m []int) string {
	groups := [][2]int{}
	for i := 0; i+1 < len(m); i += 2 {
		groups = append(groups, [2]int{m[i], m[i+1]})
	}
	if g := r.SecretGroup; g > 0 && g < len(groups) && groups[g][0] >= 0 {
		return string(part[groups[g][0]:groups[g][1]])
	}
	for _, g := range groups[1:] {
		if g[0] >= 0 && g[1] > g[0] {
			return string(part[g[0]:g[1]])
		}
	}
	return string(part[m[0]:m[1]])
}

// lets says whether a match is of those that are no secrets.
func (a *allowlist) lets(name, secret, whole, line string) bool {
	onPath, err := a.hasPath(name)
	if err != nil {
		return false
	}
	target := map[string]string{"match": whole, "line": line}[a.RegexTarget]
	if target == "" {
		target = secret
	}
	regexes, err := a.regexes()
	onText := err == nil && slices.ContainsFunc(regexes, func(re *regexp.Regexp) bool { return re.MatchString(target) }) ||
		slices.ContainsFunc(a.Stopwords, func(w string) bool { return strings.Contains(strings.ToLower(secret), strings.ToLower(w)) })
	if a.Condition == "AND" {
		return (len(a.Paths) == 0 || onPath) && (len(a.Regexes)+len(a.Stopwords) == 0 || onText)
	}
	return onPath || onText
}

func (a *allowlist) hasPath(name string) (bool, error) {
	paths, err := a.paths()
	return slices.ContainsFunc(paths, func(re *regexp.Regexp) bool { return re.MatchString(name) }), err
}

func lineAround(text []byte, at int) string {
	from := strings.LastIndexByte(string(text[max(0, at-512):at]), '\n') + 1 + max(0, at-512)
	to := min(len(text), at+512)
	if end := strings.IndexByte(string(text[at:to]), '\n'); end >= 0 {
		to = at + end
	}
	return string(text[from:to])
}

// entropy is that of Shannon, in bits for each character.
func entropy(s string) (bits float64) {
	counts := map[rune]int{}
	for _, c := range s {
		counts[c]++
	}
	for _, n := range counts {
		p := float64(n) / float64(len(s))
		bits -= p * math.Log2(p)
	}
	return bits
}

// Mask shows enough of a secret to find it, and too little to use it.
func Mask(secret string) string {
	secret, _, _ = strings.Cut(secret, "\n")
	if len(secret) <= 8 {
		return "****"
	}
	return secret[:4] + "****"
}
