package lock_test

import (
	"bufio"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect/node/lock"
)

// TestLargeLockfile reads 50 MB of each kind of lockfile in pieces: what is held
// meanwhile is names and which needs which.
func TestLargeLockfile(t *testing.T) {
	const packages, most = 220_000, 100 << 20
	for _, kind := range []struct{ file, head, entry, tail string }{
		{"pnpm-lock.yaml", "lockfileVersion: '9.0'\n\nsnapshots:\n\n", "  package-with-a-name-%06[1]d@1.0.0:\n    # %[4]s\n    dependencies:\n      package-with-a-name-%06[2]d: 1.0.0\n      package-with-a-name-%06[3]d: 1.0.0\n      sharp: 0.34.0\n\n", ""},
		{"yarn.lock", "# yarn lockfile v1\n\n", "package-with-a-name-%06[1]d@^1:\n  version \"1.0.0\"\n  integrity %[4]s\n  dependencies:\n    package-with-a-name-%06[2]d \"^1\"\n    package-with-a-name-%06[3]d \"^1\"\n    sharp \"^0.34.0\"\n\n", ""},
		{"package-lock.json", `{"lockfileVersion": 3, "packages": {"": {}`, ",\n" + `"node_modules/package-with-a-name-%06[1]d": {"version": "1.0.0", "integrity": "%[4]s", "dependencies": {"package-with-a-name-%06[2]d": "^1", "package-with-a-name-%06[3]d": "^1", "sharp": "^0.34.0"}}`, "}}"},
		{"bun.lock", `{"lockfileVersion": 1, "workspaces": {"": {},}, "packages": {`, "\n" + `"package-with-a-name-%06[1]d": ["package-with-a-name-%06[1]d@1.0.0", "", {"dependencies": {"package-with-a-name-%06[2]d": "^1", "package-with-a-name-%06[3]d": "^1", "sharp": "^0.34.0",},}, "%[4]s"],`, "},}"},
	} {
		t.Run(kind.file, func(t *testing.T) {
			var stats runtime.MemStats
			live := func() int64 {
				runtime.GC()
				runtime.ReadMemStats(&stats)
				return int64(stats.HeapAlloc)
			}
			before, highest, size := live(), int64(0), 0
			read, write := io.Pipe()
			go func() {
				w := bufio.NewWriter(write)
				fmt.Fprint(w, kind.head)
				for i := range packages {
					if i%(packages/4) == packages/4-1 {
						highest = max(highest, live())
					}
					n, _ := fmt.Fprintf(w, kind.entry, i, (i+1)%packages, (i*7)%packages, strings.Repeat("x", 95))
					size += n
				}
				fmt.Fprint(w, kind.tail)
				write.CloseWithError(w.Flush())
			}()
			lock, needs, err := lock.ReadLock(kind.file, read, "package-with-a-name-000001")
			if err != nil {
				t.Fatal(err)
			}
			if grown := max(highest, live()) - before; grown > most {
				t.Errorf("%d MB of %d MB are held in memory, want at most %d", grown>>20, size>>20, most>>20)
			}
			if size < 50<<20 {
				t.Errorf("only %d MB are read", size>>20)
			}
			if !needs("sharp") || needs("canvas") {
				t.Error("what is needed is not known")
			}
			runtime.KeepAlive(lock)
		})
	}
}
