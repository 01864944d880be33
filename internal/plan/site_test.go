package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/plan"
)

func serve(t *testing.T, s plan.Site, overrides plan.Overrides) (plan.Plan, plan.WebServer, error) {
	t.Helper()
	images, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	p := plan.Plan{Context: ".", Home: "apps/web"}
	w, err := p.Serve(plan.Input{Catalog: images, Overrides: overrides}, s)
	return p, w, err
}

func TestServe(t *testing.T) {
	for _, c := range []struct {
		name     string
		site     plan.Site
		try      []string
		notFound string
		to       string
	}{
		{"one page", plan.Site{Fallback: "/index.html", Base: "/"}, []string{"$uri", "$uri/index.html", "/index.html"}, "", "/usr/share/nginx/html"},
		{"one page below a path", plan.Site{Fallback: "/index.html", Base: "/app/"}, []string{"$uri", "$uri/index.html", "/app/index.html"}, "", "/usr/share/nginx/html/app"},
		{"many pages", plan.Site{HTML: true, NotFound: "/404.html", Base: "/"}, []string{"$uri", "$uri.html", "$uri/", "=404"}, "/404.html", "/usr/share/nginx/html"},
		{"many pages, and one for the rest", plan.Site{HTML: true, Fallback: "/200.html"}, []string{"$uri", "$uri.html", "$uri/", "/200.html"}, "", "/usr/share/nginx/html"},
		{"files", plan.Site{NotFound: "/404.html", Base: "/x/"}, []string{"$uri", "$uri/", "=404"}, "/x/404.html", "/usr/share/nginx/html/x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, w, err := serve(t, c.site, plan.Overrides{})
			if err != nil {
				t.Fatal(err)
			}
			rules := p.Extras[0].Template.Data.(plan.Rules)
			if diff := cmp.Diff(c.try, rules.Try); diff != "" {
				t.Errorf("try_files (-want +got):\n%s", diff)
			}
			if rules.NotFound != c.notFound || w.Files.To != c.to {
				t.Errorf("404 %q and files in %q, want %q and %q", rules.NotFound, w.Files.To, c.notFound, c.to)
			}
			if diff := cmp.Diff([]string{"apps/web/nginx.conf"}, p.Needs); diff != "" {
				t.Errorf("needs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestServeNames(t *testing.T) {
	p, _, err := serve(t, plan.Site{Base: "/a.b/", Hashed: []string{"/media/"}, Names: `[^/]+-[A-Z0-9]{8}[.]js`}, plan.Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	rules := p.Extras[0].Template.Data.(plan.Rules)
	if want := `^/a\.b/[^/]+-[A-Z0-9]{8}[.]js$`; rules.Names != want {
		t.Errorf("names %q, want %q", rules.Names, want)
	}
	if diff := cmp.Diff([]string{"^/a.b/media/", rules.Names}, rules.Kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

func TestServePort(t *testing.T) {
	p, w, err := serve(t, plan.Site{}, plan.Overrides{Port: 9000})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"wget", "-q", "--spider", "http://127.0.0.1:9000/healthz"}
	if diff := cmp.Diff(want, w.Health); diff != "" || p.Ports[0].Number != 9000 {
		t.Errorf("ports %v, health (-want +got):\n%s", p.Ports, diff)
	}
}

// TestServeHostile wants no path into nginx's configuration that it could take for
// something else.
func TestServeHostile(t *testing.T) {
	for _, text := range []string{"/a;}", "/a b", "/a{", "/$uri", "/a\nserver {", `/"`, "/a'", "/#", "relative", "/ü"} {
		for name, site := range map[string]plan.Site{
			"base":     {Base: text + "/"},
			"fallback": {Fallback: text},
			"404":      {NotFound: text},
			"hashed":   {Hashed: []string{text}},
		} {
			if _, _, err := serve(t, site, plan.Overrides{}); err == nil {
				t.Errorf("%s %q was taken", name, text)
			}
		}
	}
}

func TestServeOwn(t *testing.T) {
	for _, c := range []struct {
		name   string
		config plan.ServerConfig
		want   string
	}{
		{"a server", plan.ServerConfig{File: "apps/web/nginx.conf", Listen: []detect.Listener{{Port: 8081}}}, "/etc/nginx/conf.d/default.conf nginx -g daemon off;"},
		{"all of it", plan.ServerConfig{File: "apps/web/nginx.conf", Whole: true, Pid: "/tmp/x.pid"}, "/etc/nginx.conf nginx -c /etc/nginx.conf -g daemon off;"},
		{"neighbours", plan.ServerConfig{File: "apps/web/nginx.conf", Whole: true, Pid: "/tmp/x.pid", Daemon: true, Beside: true}, "/etc/nginx/nginx.conf nginx"},
		{"without a pid", plan.ServerConfig{File: "apps/web/nginx.conf", Whole: true}, "/etc/nginx.conf nginx -c /etc/nginx.conf -g daemon off; pid /tmp/nginx.pid;"},
		{"a pid that cannot be written", plan.ServerConfig{File: "apps/web/nginx.conf", Whole: true, Pid: "/run/x.pid"}, "error: apps/web/nginx.conf: pid /run/x.pid: user 101:101 may write to /tmp alone: say /tmp/nginx.pid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, w, err := serve(t, plan.Site{Config: c.config}, plan.Overrides{})
			got := w.Config.To + " " + strings.Join(w.Entrypoint, " ")
			if err != nil {
				got = "error: " + err.Error()
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(p.Extras) > 0 {
				t.Errorf("dockgen writes %s beside the project's own", p.Extras[0].Name)
			}
		})
	}
}
