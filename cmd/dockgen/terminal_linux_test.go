package main

import (
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	expect "github.com/Netflix/go-expect"
	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"

	"github.com/dockgen/dockgen/detect/detecttest"
)

// key is what a person types once the screen shows a text.
type key struct{ after, press string }

const (
	enter = "\r"
	down  = "\x1b[B"
	space = " "
	ctrlC = "\x03"
	ctrlD = "\x04"
)

// sit runs a command line at a pseudo-terminal, which answers nothing that it is
// asked, and gives the last screen and the exit code.
func sit(t *testing.T, columns int, args []string, keys ...key) (string, int) {
	t.Helper()
	return sitAt(t, columns, streams{}, args, keys...)
}

// sitAt is sit at a terminal of another kind.
func sitAt(t *testing.T, columns int, at streams, args []string, keys ...key) (string, int) {
	t.Helper()
	screen := vt10x.New(vt10x.WithSize(columns, 60))
	console, err := expect.NewConsole(expect.WithStdout(screen), expect.WithDefaultTimeout(10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	tty := console.Tty()
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 60, Cols: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	done := make(chan int, 1)
	go func() {
		at.out, at.err, at.in, at.talk, at.asks = tty, tty, tty, tty, true
		done <- run(t.Context(), args, at)
	}()
	for _, k := range keys {
		if _, err := console.ExpectString(k.after); err != nil {
			t.Fatalf("waiting for %q: %v\n%s", k.after, err, screen)
		}
		if !strings.HasSuffix(k.after, ": ") {
			untilRaw(t, tty)
		}
		if _, err := console.Send(k.press); err != nil {
			t.Fatal(err)
		}
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = console.Expect(expect.EOF, expect.PTSClosed) // the rest goes to the screen
	}()
	var code int
	select {
	case code = <-done:
	case <-time.After(10 * time.Second):
		t.Fatalf("still waiting\n%s", screen)
	}
	if err := tty.Close(); err != nil {
		t.Fatal(err)
	}
	<-drained
	if err := console.Close(); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, fs.ErrClosed) {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(screen.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.TrimSpace(strings.Join(lines, "\n")) + "\n", code
}

// untilRaw waits until a list takes the keys, as a person does without knowing:
// before that the terminal shows them itself.
func untilRaw(t *testing.T, tty *os.File) {
	t.Helper()
	for range 1000 {
		state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		if state.Lflag&unix.ECHO == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("no list takes the keys")
}

// shellProcfile is a project whose start nobody can follow.
const shellProcfile = `
-- requirements.txt --
flask==3.1.1
gunicorn==23.0.0
-- app.py --
from flask import Flask

app = Flask(__name__)
-- Procfile --
web: if [ -n "$A" ]; then gunicorn app:app; fi
`

// TestTerminal compares what a person sees at the end of a conversation.
func TestTerminal(t *testing.T) {
	golden, err := filepath.Abs("testdata/terminal")
	if err != nil {
		t.Fatal(err)
	}
	allDefaults := []key{{"scratch", enter}, {"Port (8080): ", enter}, {"Test stage", enter}, {"own): ", enter}, {"Write these", enter}}
	for _, c := range []struct {
		name    string
		tree    string
		columns int
		args    []string
		keys    []key
		code    int
		files   []string // that are new
	}{
		{"single", oneService, 100, nil, allDefaults, exitDone, []string{".dockerignore", "Dockerfile"}},
		{"narrow", oneService, 40, nil, allDefaults, exitDone, []string{".dockerignore", "Dockerfile"}},
		{
			"other-answers", oneService, 100, nil,
			[]key{{"scratch", down + enter}, {"Port (8080): ", "9000" + enter}, {"Test stage", down + enter}, {"own): ", enter}, {"Keep", enter}, {"Write these", enter}},
			exitDone, []string{".dockerignore", "Dockerfile", "dockgen.toml"},
		},
		{
			"programs", severalPrograms, 100, nil,
			[]key{{"./cmd/worker", down + space + enter}, {"scratch", enter}, {"Port (none): ", enter}, {"Test stage", enter}, {"own): ", enter}, {"Keep", enter}, {"Write these", enter}},
			exitDone, []string{".dockerignore", "Dockerfile", "dockgen.toml"},
		},
		{
			"monorepo", severalServices, 100, nil,
			[]key{{"Services", enter}, {"scratch", enter}, {"Test stage", enter}, {"own): ", enter}, {"Write these", enter}},
			exitFault, []string{"api/.dockerignore", "api/Dockerfile", "docker-bake.hcl", "web/.dockerignore", "web/Dockerfile"},
		},
		{
			"difference", oneService, 100, nil,
			[]key{{"scratch", enter}, {"Port (8080): ", enter}, {"Test stage", enter}, {"own): ", enter}, {"Write these", down + enter}, {"Write these", down + down + down + enter}},
			exitDone, nil,
		},
		{
			"left-out", severalServices, 100, nil,
			[]key{{"Services", down + space + enter}, {"scratch", enter}, {"Port (8080): ", enter}, {"Test stage", enter}, {"own): ", enter}, {"Keep in", "?"}, {"What you answered", enter}, {"Write these", enter}},
			exitFault, []string{"api/.dockerignore", "api/Dockerfile", "docker-bake.hcl", "dockgen.toml"},
		},
		{
			"scaffold-kept", "", 80, []string{"--stack", "go"},
			[]key{{"scratch", down + enter}, {"Port (8080): ", "99999" + enter}, {"Port (8080): ", "9000" + enter}, {"Test stage", enter}, {"own): ", "linux/foo" + enter}, {"own): ", "linux/arm64" + enter}, {"Keep in", enter}, {"Write these", enter}},
			exitDone, []string{".dockerignore", "Dockerfile", "dockgen.toml"},
		},
		{
			"foreign", oneService + "-- Dockerfile --\nFROM scratch\n", 80, nil,
			[]key{{"scratch", enter}, {"Port (8080): ", enter}, {"Test stage", enter}, {"own): ", enter}, {"take over", down + enter}, {"-FROM scratch", enter}},
			exitDone, []string{".dockerignore"},
		},
		{
			"site", "\n-- public/index.html --\n", 80, nil,
			[]key{{"Port (8080): ", enter}, {"own): ", enter}, {"Write these", enter}},
			exitDone, []string{".dockerignore", "Dockerfile", "nginx.conf"},
		},
		{"no-program", severalPrograms, 80, nil, []key{{"./cmd/worker", enter}, {"at least one", ctrlC}}, exitInterrupted, nil},
		{"broken", "\n-- go.mod --\nmodul x\n", 80, nil, nil, exitFault, nil},
		{"nothing", "", 100, nil, []key{{"static", enter}}, exitFault, nil},
		{
			"small", "", 100, nil, append([]key{{"static", "go" + enter}, {"still to come", enter}}, allDefaults...),
			exitDone, []string{".dockerignore", "Dockerfile", "go.mod", "main.go"},
		},
		{
			"to-come", "", 100, nil, append([]key{{"static", "go" + enter}, {"still to come", down + enter}}, allDefaults...),
			exitDone, []string{".dockerignore", "Dockerfile"},
		},
		{
			"back", oneService, 100, nil,
			[]key{{"scratch", down + enter}, {"Port (8080): ", "9000" + enter}, {"the question before", "<" + enter}, {"Port (8080): ", "<" + enter}, {"scratch", enter}, {"Port (8080): ", enter}, {"the question before", enter}, {"own): ", enter}, {"Write these", enter}},
			exitDone, []string{".dockerignore", "Dockerfile"},
		},
		{
			"changed", oneService, 100, nil,
			[]key{{"scratch", enter}, {"Port (8080): ", "9000" + enter}, {"Test stage", down + enter}, {"own): ", enter}, {"Keep", enter}, {"Write these", down + down + enter}, {"Answer to change", enter}, {"scratch", down + enter}, {"Write these", enter}},
			exitDone, []string{".dockerignore", "Dockerfile", "dockgen.toml"},
		},
		{
			"command", shellProcfile, 100, nil,
			[]key{{"Command (skip): ", "nothing-there" + enter}, {"Command (skip): ", "gunicorn app:app" + enter}, {"Runtime", enter}, {"Port (8000): ", enter}, {"own): ", enter}, {"(none): ", enter}, {"Keep", enter}, {"Write these", enter}},
			exitDone, []string{".dockerignore", "Dockerfile", "dockgen.toml"},
		},
		{"narrow-list", severalServices, 40, nil, []key{{"Services", ctrlC}}, exitInterrupted, nil},
		{"no-match", oneService, 40, nil, []key{{"scratch", "zz"}, {"no match", "\x15"}, {"scratch", ctrlC}}, exitInterrupted, nil},
		{"scaffold", "", 100, []string{"--stack", "go"}, allDefaults, exitDone, []string{".dockerignore", "Dockerfile"}},
		{"interrupted", oneService, 100, nil, []key{{"scratch", enter}, {"Port (8080): ", enter}, {"Test stage", ctrlC}}, exitInterrupted, nil},
		{"ended", oneService, 100, nil, []key{{"scratch", enter}, {"Port (8080): ", ctrlD}}, exitFault, nil},
		{"explained", oneService, 100, nil, []key{{"scratch", "?"}, {"What the image", ctrlC}}, exitInterrupted, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := lay(t, c.tree)
			before := filesIn(t, dir)
			screen, code := sit(t, c.columns, append([]string{"init"}, c.args...), c.keys...)
			if code != c.code {
				t.Errorf("exit code %d, want %d\n%s", code, c.code, screen)
			}
			written := slices.DeleteFunc(filesIn(t, dir), func(f string) bool { return slices.Contains(before, f) })
			if diff := cmp.Diff(strings.Join(c.files, " "), strings.Join(written, " ")); diff != "" {
				t.Errorf("new files (-want +got):\n%s", diff)
			}
			file := filepath.Join(golden, c.name+".txt")
			if *detecttest.Update {
				if err := errors.Join(os.MkdirAll(golden, 0o755), os.WriteFile(file, []byte(screen), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), screen); diff != "" {
				t.Errorf("screen (-want +got):\n%s", diff)
			}
		})
	}
}

// TestConflictAtTerminal asks what should stay where both changed one line.
func TestConflictAtTerminal(t *testing.T) {
	for _, c := range []struct{ name, press, want string }{
		{"yours", enter, "EXPOSE 8081\n"},
		{"dockgen's", down + enter, "EXPOSE 9090\n"},
		{"both", down + down + enter, "EXPOSE 8081\nEXPOSE 9090\n"},
		{"later", down + down + down + enter, "<<<<<<< yours\nEXPOSE 8081\n=======\nEXPOSE 9090\n>>>>>>> dockgen\n"},
	} {
		for _, command := range []string{"generate", "init"} {
			t.Run(c.name+" of "+command, func(t *testing.T) {
				dir := lay(t, oneService)
				if code := run(t.Context(), []string{"generate", "--quiet"}, streams{out: io.Discard, err: io.Discard}); code != exitDone {
					t.Fatal(code)
				}
				change(t, filepath.Join(dir, "Dockerfile"), "EXPOSE 8080", "EXPOSE 8081")
				change(t, filepath.Join(dir, "main.go"), "8080", "9090")
				keys := []key{{"What stays", c.press}}
				if command == "init" {
					keys = []key{{"scratch", enter}, {"Port (9090): ", enter}, {"Test stage", enter}, {"own): ", enter}, keys[0], {"Write these", enter}}
				}
				screen, code := sit(t, 100, []string{command}, keys...)
				if code != exitDone || !strings.Contains(screen, "you and dockgen changed it") {
					t.Errorf("exit code %d\n%s", code, screen)
				}
				if got := read(t, filepath.Join(dir, "Dockerfile")); !strings.Contains(got, c.want) {
					t.Errorf("no %q in\n%s\n%s", c.want, got, screen)
				}
			})
		}
	}
}

func change(t *testing.T, file, old, now string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(strings.Replace(read(t, file), old, now, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestTerminalLines answers at a terminal that can do nothing but print.
func TestTerminalLines(t *testing.T) {
	dir := lay(t, severalPrograms)
	// Each text is the end of a question: what is typed is shown behind it.
	screen, code := sitAt(t, 100, streams{plain: true}, []string{"init"},
		key{"Programs (none): ", "3" + enter}, key{"Programs (none): ", "./cmd/report, 2" + enter}, key{"Runtime (distroless): ", "?" + enter}, key{"Runtime (distroless): ", "slim" + enter},
		key{"Test stage (yes): ", enter}, key{"own): ", enter}, key{"toml (yes): ", "2" + enter}, key{"files (write): ", enter})
	if code != exitDone || strings.Contains(screen, "\x1b") {
		t.Errorf("exit code %d\n%s", code, screen)
	}
	if diff := cmp.Diff(".dockerignore Dockerfile Dockerfile.worker Dockerfile.worker.dockerignore cmd/report/main.go cmd/worker/main.go docker-bake.hcl go.mod", strings.Join(filesIn(t, dir), " ")); diff != "" {
		t.Errorf("files (-want +got):\n%s\n%s", diff, screen)
	}
	for _, want := range []string{`"3" is none of them`, "What the image runs on.", `runtime = "slim"`} {
		if !strings.Contains(screen, want) {
			t.Errorf("no %q on\n%s", want, screen)
		}
	}
}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, file)
		files = append(files, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestPicture keeps the picture of README.md: the last screen of a conversation.
func TestPicture(t *testing.T) {
	file, err := filepath.Abs("../../docs/init.svg")
	if err != nil {
		t.Fatal(err)
	}
	lay(t, oneService)
	screen, _ := sit(t, 100, []string{"init"},
		key{"scratch", down + enter}, key{"Port (8080): ", enter}, key{"Test stage", enter}, key{"own): ", enter}, key{"Keep", enter}, key{"Write these", enter})
	got := picture("$ dockgen init\n" + screen)
	if *detecttest.Update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(read(t, file), got); diff != "" {
		t.Errorf("docs/init.svg (-want +got), see make golden:\n%s", diff)
	}
}

// picture draws a screen.
func picture(screen string) string {
	const character, line, margin = 7.8, 18, 16
	lines := strings.Split(strings.TrimRight(screen, "\n"), "\n")
	widest := 0
	for _, l := range lines {
		widest = max(widest, utf8.RuneCountInString(l))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13">`+"\n", float64(widest)*character+2*margin, len(lines)*line+2*margin)
	b.WriteString(`<rect width="100%" height="100%" rx="8" fill="#1e1e2e"/>` + "\n")
	for i, l := range lines {
		color := "#cdd6f4"
		if strings.HasPrefix(l, "?") || strings.HasPrefix(l, "$") {
			color = "#89dceb"
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="%s" xml:space="preserve">%s</text>`+"\n", margin, margin+13+i*line, color, html.EscapeString(l))
	}
	b.WriteString("</svg>\n")
	return b.String()
}
