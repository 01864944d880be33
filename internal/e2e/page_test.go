//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/internal/reports"
	"github.com/dockgen/dockgen/internal/verify"
)

// clicks goes into the largest part of the picture, and says what the page shows then.
const clicks = `<script>
document.querySelector(".map button.in").click();
const said = document.createElement("p");
said.id = "said";
said.textContent = document.querySelector("[data-path]").textContent + "|" + [...document.querySelectorAll(".map button")].map(b => b.title).join("|") + "|" + performance.getEntriesByType("resource").length;
document.body.append(said);
</script>`

// TestPage opens the page of a report in a browser and clicks through it: the picture
// follows, and nothing is asked of anybody.
func TestPage(t *testing.T) {
	if !isAsked(t, "static") {
		return
	}
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err) // Debian's package chromium has it
	}
	folder := func(name string, size int64, children ...verify.Folder) verify.Folder {
		return verify.Folder{Name: name, Size: size, Children: children}
	}
	v := verify.Verdict{
		Service: "web", State: verify.Passed, Size: 100,
		Layers: []verify.Layer{
			{Size: 90, Own: true, Instruction: "COPY . /app", Folders: folder("/", 90, folder("app", 80, folder("x", 80)), folder("etc", 10))},
			{Size: 10, Own: true, Instruction: "RUN true", Folders: folder("/", 10)},
		},
		Folders: folder("/", 100, folder("app", 80)),
	}
	page, err := reports.HTML(verify.Report{Images: []verify.Verdict{v}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(strings.Replace(string(page), "</body>", clicks+"</body>", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	dom, err := command(t, browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(), "--dump-dom", "file://"+file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(dom, `<p id="said">`)
	said, _, _ := strings.Cut(rest, "</p>")
	if want := "all 100 Blayer 1 90 B · COPY . /app|app · 80 B|etc · 10 B|0"; said != want {
		t.Errorf("the page says %q, want %q", said, want)
	}
}
