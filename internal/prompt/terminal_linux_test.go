package prompt_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	expect "github.com/Netflix/go-expect"
	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"

	"github.com/dockgen/dockgen/internal/prompt"
)

var (
	runtime = prompt.Question{Ask: "Runtime", Help: "What the image runs on."}
	flavors = []prompt.Option{{"distroless", "no shell, 2 MB"}, {"slim", "a shell and glibc, 80 MB"}, {"scratch", ""}}
	port    = prompt.Question{Ask: "Port", Help: "Where the service listens."}
)

const (
	down  = "\x1b[B"
	right = "\x1b[C"
	left  = "\x1b[D"
	ctrlC = "\x03"
	ctrlD = "\x04"
	raw   = "raw:" // the terminal leaves \r as it is from here on
)

// atTerminal runs a conversation at a pseudo-terminal that answers no question
// itself, typing each text once the screen shows what stands before it. It gives
// the screen.
func atTerminal(t *testing.T, columns int, talk func(context.Context, prompt.Prompter), typing ...string) string {
	t.Helper()
	screen := vt10x.New(vt10x.WithSize(columns, 24))
	console, err := expect.NewConsole(expect.WithStdout(screen), expect.WithDefaultTimeout(5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(console.Tty(), &pty.Winsize{Rows: 24, Cols: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		talk(t.Context(), prompt.NewTerminal(console.Tty(), console.Tty(), false))
	}()
	for i := 0; i+1 < len(typing); i += 2 {
		if _, err := console.ExpectString(typing[i]); err != nil {
			t.Fatalf("waiting for %q: %v\n%s", typing[i], err, screen)
		}
		if strings.Contains(typing[i], flavors[2].Name) {
			awaitKeys(t, console.Tty())
		}
		text, isRaw := strings.CutPrefix(typing[i+1], raw)
		if isRaw {
			keepReturns(t, console.Tty())
		}
		if _, err := console.Send(text); err != nil {
			t.Fatal(err)
		}
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = console.Expect(expect.EOF, expect.PTSClosed, expect.WithTimeout(5*time.Second)) // the rest goes to the screen
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatalf("still waiting\n%s", screen)
	}
	if _, err := console.Send("\n"); err != nil { // for who still reads after an interruption
		t.Fatal(err)
	}
	if err := console.Tty().Close(); err != nil {
		t.Fatal(err)
	}
	<-drained
	if err := console.Close(); err != nil && !errors.Is(err, io.EOF) {
		t.Log(err) // the terminal has been closed already
	}
	var lines []string
	for line := range strings.Lines(screen.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// awaitKeys waits until a terminal hands on each key by itself, as a list wants it: that
// stands on the screen before, and a key typed meanwhile would be echoed and lost.
func awaitKeys(t *testing.T, tty *os.File) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		if state.Lflag&unix.ICANON == 0 {
			return
		}
	}
	t.Fatal("the terminal keeps whole lines")
}

// keepReturns has a terminal send \r as it is, rather than as \n.
func keepReturns(t *testing.T, tty *os.File) {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	state.Iflag &^= unix.ICRNL
	if err := unix.IoctlSetTermios(int(tty.Fd()), unix.TCSETS, state); err != nil {
		t.Fatal(err)
	}
}

func TestSelect(t *testing.T) {
	for _, c := range []struct {
		name    string
		columns int
		typed   string
		want    int
		err     error
	}{
		{"Enter takes the preset", 80, "\r", 1, nil},
		{"down", 80, down + "\r", 2, nil},
		{"narrow", 40, down + down + "\r", 0, nil},
		{"a filter", 80, "distr\r", 0, nil},
		{"Ctrl-C", 80, ctrlC, 1, prompt.ErrInterrupted},
		{"end of input is no Enter", 80, ctrlD, 1, prompt.ErrEnded},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got int
			var err error
			screen := atTerminal(t, c.columns, func(ctx context.Context, p prompt.Prompter) {
				got, err = p.Select(ctx, runtime, flavors, 1)
			}, "scratch", c.typed)
			if !errors.Is(err, c.err) || err == nil && got != c.want {
				t.Errorf("got %d, %v; want %d, %v\n%s", got, err, c.want, c.err, screen)
			}
		})
	}
}

func TestSelectExplains(t *testing.T) {
	atTerminal(t, 80, func(ctx context.Context, p prompt.Prompter) {
		if _, err := p.Select(ctx, runtime, flavors, 0); err != nil {
			t.Error(err)
		}
	}, "scratch", "?", runtime.Help, "\r")
}

func TestMultiSelect(t *testing.T) {
	for _, c := range []struct {
		name  string
		typed string
		want  []int
	}{
		{"Enter takes the preset", "\r", []int{0, 2}},
		{"one less", " \r", []int{2}},
		{"all", right + "\r", []int{0, 1, 2}},
		{"none", left + "\r", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			atTerminal(t, 80, func(ctx context.Context, p prompt.Prompter) {
				got, err := p.MultiSelect(ctx, runtime, flavors, []int{0, 2})
				if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
					t.Errorf("%v (-want +got):\n%s", err, diff)
				}
			}, "scratch", c.typed)
		})
	}
}

func TestText(t *testing.T) {
	number := func(s string) error {
		if strings.Trim(s, "0123456789") != "" {
			return errors.New("not a port")
		}
		return nil
	}
	for _, c := range []struct {
		name   string
		typing []string
		want   string
		err    error
	}{
		{"Enter takes the preset", []string{"Port (8080): ", "\r"}, "8080", nil},
		{"an answer", []string{"Port (8080): ", " 9000 \r"}, "9000", nil},
		{"corrected while typing", []string{"Port (8080): ", "90\x7f1\r"}, "91", nil},
		{"explained", []string{"Port (8080): ", "?\r", port.Help, "9000\r"}, "9000", nil},
		{"refused and asked again", []string{"Port (8080): ", "x\r", "not a port", "9000\r"}, "9000", nil},
		{"end of input", []string{"Port (8080): ", ctrlD}, "", prompt.ErrEnded},
	} {
		t.Run(c.name, func(t *testing.T) {
			atTerminal(t, 80, func(ctx context.Context, p prompt.Prompter) {
				got, err := p.Text(ctx, port, "8080", number)
				if got != c.want || !errors.Is(err, c.err) {
					t.Errorf("got %q, %v; want %q, %v", got, err, c.want, c.err)
				}
			}, c.typing...)
		})
	}
}

// TestOneAfterTheOther shows that no question reads what the next one needs, in
// one piece as a paste gives it.
func TestOneAfterTheOther(t *testing.T) {
	atTerminal(t, 80, func(ctx context.Context, p prompt.Prompter) {
		first, err := p.Select(ctx, runtime, flavors, 0)
		if err != nil {
			t.Error(err)
		}
		second, err := p.Text(ctx, port, "", func(string) error { return nil })
		if err != nil {
			t.Error(err)
		}
		third, err := p.Select(ctx, runtime, flavors, 0)
		if err != nil || first != 1 || second != "9000" || third != 2 {
			t.Errorf("got %d, %q, %d, %v", first, second, third, err)
		}
	}, "scratch", down+"\r9000\r"+down+down+"\r")
}

func TestTextInterrupted(t *testing.T) {
	atTerminal(t, 80, func(ctx context.Context, p prompt.Prompter) {
		ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if _, err := p.Text(ctx, port, "", func(string) error { return nil }); !errors.Is(err, prompt.ErrInterrupted) {
			t.Errorf("got %v, want an interruption", err)
		}
	}, "Port", "")
}

// TestTwoCharactersALine types at a terminal that leaves \r as it is and sends \n
// behind it, which is not another answer.
func TestTwoCharactersALine(t *testing.T) {
	atTerminal(t, 80, func(ctx context.Context, p prompt.Prompter) {
		first, err := p.Text(ctx, port, "1", func(string) error { return nil })
		if err != nil {
			t.Error(err)
		}
		second, err := p.Select(ctx, runtime, flavors, 0)
		if err != nil {
			t.Error(err)
		}
		third, err := p.Text(ctx, port, "1", func(string) error { return nil })
		if err != nil || first != "9000" || second != 1 || third != "9001" {
			t.Errorf("got %q, %d, %q, %v", first, second, third, err)
		}
	}, "Port", raw+"9000\r\n", "scratch", down+"\r\n", "Port", "9001\r\n")
}
