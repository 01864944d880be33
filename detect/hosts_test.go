package detect_test

import (
	"testing"

	"github.com/dockgen/dockgen/detect"
)

func TestHosts(t *testing.T) {
	hosts := detect.Hosts{"org": {"repo.example", "other"}}
	for _, tt := range []struct {
		host        string
		has, covers bool
	}{
		{"repo.example.org", true, true},
		{"other.org", true, true},
		{"eu.repo.example.org", false, true},
		{"a.b.other.org", false, true},
		{"example.org", false, false},
		{"myrepo.example.org", false, false},
		{"another.org", false, false},
		{"other.org:8080", false, false},
		{"org", false, false},
		{"", false, false},
	} {
		if got := hosts.Has(tt.host); got != tt.has {
			t.Errorf("Has(%q) is %t", tt.host, got)
		}
		if got := hosts.Covers(tt.host); got != tt.covers {
			t.Errorf("Covers(%q) is %t", tt.host, got)
		}
	}
}
