package detect

import (
	"slices"
	"strings"
)

// Hosts are hosts by their top-level domain: {"org": {"www.example"}} holds
// www.example.org.
type Hosts map[string][]string

// Has says whether a host is one of them.
func (h Hosts) Has(host string) bool {
	i := strings.LastIndexByte(host, '.')
	return i >= 0 && slices.Contains(h[host[i+1:]], host[:i])
}

// Covers says whether a host is one of them, or belongs to the domain of one.
func (h Hosts) Covers(host string) bool {
	for ok := true; ok; _, host, ok = strings.Cut(host, ".") {
		if h.Has(host) {
			return true
		}
	}
	return false
}
