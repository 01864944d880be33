package manifest

import (
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
)

func TestParseNginx(t *testing.T) {
	listen := func(port, line int) detect.Listener {
		return detect.Listener{Port: port, What: "what its configuration listens on", At: detect.Evidence{File: "nginx.conf", Line: line}}
	}
	at := func(port, line int) []detect.Listener { return []detect.Listener{listen(port, line)} }
	loopback, plain, private, secure, quic := listen(80, 4), listen(80, 4), listen(9000, 7), listen(443, 2), listen(443, 3)
	loopback.Loopback, private.Loopback = true, true
	secure.TLS, quic.TLS, quic.UDP = true, true, true
	for _, c := range []struct {
		name, text string
		want       Nginx
	}{
		{"a server", "server {\n  listen 8081 default_server;\n  root /srv/x/;\n}\n", Nginx{File: "nginx.conf", Root: "/srv/x", Listen: at(8081, 2)}},
		{"in one line", "server { listen [::]:8082; root \"/a\"; }", Nginx{File: "nginx.conf", Root: "/a", Listen: at(8082, 1)}},
		{"all of it", "user nginx;\npid /tmp/n.pid;\nevents {}\nhttp { server { listen 127.0.0.1:80; } }", Nginx{File: "nginx.conf", Whole: true, Pid: "/tmp/n.pid", Listen: []detect.Listener{loopback}}},
		{"names in its own folder", "daemon off;\nevents {}\nhttp {\n  include mime.types;\n  server { root public; }\n}", Nginx{File: "nginx.conf", Whole: true, Root: "/etc/nginx/public", Daemon: true, Beside: true}},
		{"a variable of nginx", "server { listen 80; root /srv/$host; return 301 https://$host; }", Nginx{File: "nginx.conf", Listen: at(80, 1)}},
		{"the root of all paths", "server {\n  root /proxy;\n  location /api { root /x; }\n  location = / { root /once; }\n  location ^~ / { root \"/site\"; }\n  location = /50x.html { root /usr/share/nginx/html; }\n  location ~ ^/${x}{2} { alias /site/y; }\n}", Nginx{File: "nginx.conf", Root: "/site", Others: []detect.Evidence{{File: "nginx.conf", Line: 3}, {File: "nginx.conf", Line: 4}}}},
		{"an alias", "server { root /a; location / { alias /b/; } }", Nginx{File: "nginx.conf", Root: "/b"}},
		{"of all servers", "http { root /a; server { listen 80; } }", Nginx{File: "nginx.conf", Whole: true, Root: "/a", Listen: at(80, 1)}},
		{"several", "server {\n  listen 443 ssl;\n  listen 443 quic reuseport;\n  listen 80;\n  listen [::]:80;\n}\nserver { listen localhost:9000; }", Nginx{File: "nginx.conf", Listen: []detect.Listener{plain, private, secure, quic}}},
		{"comments", "# http {\n# listen 1;\nserver { # root /x;\n}", Nginx{File: "nginx.conf"}},
		{"a port that is none", "server { listen 99999999999; }", Nginx{File: "nginx.conf"}},
		{"names that end alike", "server { webroot /x; error_root /y; chroot_listen 1; }", Nginx{File: "nginx.conf"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseNginx("nginx.conf", []byte(c.text))
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestParseNginxTemplate(t *testing.T) {
	for text, want := range map[string]string{
		"server {\n  listen {{port}};\n}":        `nginx.conf:2: "{{port}}" waits`,
		"server { listen [::]:${PORT} ssl; }":    `nginx.conf:1: "listen [::]:${PORT}" waits`,
		"# {{x}}\n\nserver { root {{ root }}; }": `nginx.conf:3: "{{ root }}" waits`,
	} {
		if _, err := parseNginx("nginx.conf", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func FuzzStaticfile(f *testing.F) {
	for _, seed := range []string{"root: public\nindex_fallback: true\n", "pushstate: enabled", "root: [", "a: &b [*b]", "\ufeffroot: ../x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseStaticfile("Staticfile", data)
		if err == nil && (path.IsAbs(s.Root) || strings.HasPrefix(path.Clean(s.Root), "..")) {
			t.Errorf("root %q", s.Root)
		}
	})
}

func FuzzNginx(f *testing.F) {
	for _, seed := range []string{"server { listen 80; root /x; }", "pid /x;http{", "listen"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := parseNginx("nginx.conf", data)
		if err != nil {
			return
		}
		if len(n.Listen) > 0 && (n.Listen[0].Port < 1 || n.Listen[0].Port > 65535) || n.Root != "" && !path.IsAbs(n.Root) {
			t.Errorf("%+v", n)
		}
	})
}
