package main

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestKilled kills generate at random moments while it rewrites fifty services:
// every file is then whole, the old one or the new one, and one more run finishes.
// DOCKGEN_KILLS sets how often: make kills does it 500 times.
func TestKilled(t *testing.T) {
	rounds := 12
	if asked := os.Getenv("DOCKGEN_KILLS"); asked != "" {
		var err error
		if rounds, err = strconv.Atoi(asked); err != nil {
			t.Fatal(err)
		}
	}
	var archive strings.Builder
	for i := range 50 {
		name := "s" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		archive.WriteString(service("services/"+name, "example.com/"+name))
	}
	dir := project(t, archive.String())
	states := []map[string]string{}
	settings := []string{"", "runtime = \"slim\"\n[labels]\na = \"b\"\n"}
	var took time.Duration
	for _, s := range settings {
		write(t, filepath.Join(dir, "dockgen.toml"), []byte(s))
		start := time.Now()
		runDockgen(t, t.Context(), dir)
		took = time.Since(start)
		states = append(states, whole(t, dir))
	}
	killed := 0
	for i := range rounds {
		write(t, filepath.Join(dir, "dockgen.toml"), []byte(settings[i%2]))
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.Int64N(int64(took))))
		runDockgen(t, ctx, dir)
		if ctx.Err() != nil {
			killed++
		}
		cancel()
		for name, text := range whole(t, dir) {
			if text != states[0][name] && text != states[1][name] {
				t.Fatalf("round %d: %s is neither the old file nor the new one:\n%s", i, name, text)
			}
		}
		runDockgen(t, t.Context(), dir)
		if diff := cmp.Diff(states[i%2], whole(t, dir)); diff != "" {
			t.Fatalf("round %d: one more run does not finish the job (-want +got):\n%s", i, diff)
		}
	}
	if killed == 0 {
		t.Errorf("none of %d runs was killed", rounds)
	}
	t.Logf("%d of %d runs were killed", killed, rounds)
}

// whole reads the generated files. A killed run may leave a temporary file behind,
// which takes nobody's place.
func whole(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := generated(t, dir)
	maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasPrefix(filepath.Base(name), ".dockgen-") })
	return files
}

// runDockgen runs the program, which is killed when the context ends.
func runDockgen(t *testing.T, ctx context.Context, dir string) {
	t.Helper()
	out, err := exec.CommandContext(ctx, "dockgen", "generate", "--quiet", dir).CombinedOutput()
	if err != nil && ctx.Err() == nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
