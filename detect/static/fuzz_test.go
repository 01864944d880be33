package static

import (
	"testing"

	"github.com/dockgen/dockgen/detect/detecttest"
)

// FuzzSite gives the readers of the files beside a page whatever comes.
func FuzzSite(f *testing.F) {
	f.Add("root: public\n", "/* /index.html 200\n", "server { listen 9000; root /usr/share/nginx/html; }\n", "{}")
	f.Add("root: ../..\nfallback: x", "/*", "pid /x;\nevents {}\nhttp { include *; }", "{\"scripts\": {\"build\": 1}}")
	f.Add("root: \"a\\nRUN evil\"\n", "\r\n/* a/index.html 200!", "listen 99999999999999999999;\nroot '\nUSER root';", "[")
	f.Add("0", "/* /index.html 200\n", "server { listen 9000; root /usr/share/\xc9/html; }\n", "{}")
	f.Add("pushstate: enabled\n", "", "server {", "\ufeff{}")
	printer := detecttest.NewPrinter(f, Stack())
	f.Fuzz(func(t *testing.T, staticfile, redirects, nginx, manifest string) {
		printer.Print(t, map[string]string{
			"Staticfile": staticfile, "index.html": "", "public/index.html": "", "_redirects": redirects, "nginx.conf": nginx, "package.json": manifest,
		})
	})
}
