package engine

import "testing"

func TestQualified(t *testing.T) {
	for _, c := range []struct {
		dir  string
		dirs []string
		want string
	}{
		{"one/apps/shop", []string{"one/apps/shop", "two/apps/shop"}, "one-shop"},
		{".", []string{".", "web"}, "shop"},
		{"web", []string{".", "web"}, "web-shop"},
		{"services/shop", []string{"services/shop", "services/web"}, "shop"},
		{"services/web", []string{"services/shop", "services/web"}, "web-shop"},
		{"a/x/b/y", []string{"a/x/b/y", "a/z/b/y"}, "x-shop"},
		{"a/b", []string{"a/b", "b/b", "a/c"}, "a-b"},
	} {
		if got := qualified("shop", c.dir, c.dirs); got != c.want {
			t.Errorf("%s of %v is called %s, want %s", c.dir, c.dirs, got, c.want)
		}
	}
}
