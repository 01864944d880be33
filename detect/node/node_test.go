package node_test

import (
	"bufio"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/detect/node"
)

func TestTrees(t *testing.T) { detecttest.Run(t, node.Stack()) }

// TestLargeLockfile reads 50 MB of a lockfile in pieces: what stays is names and
// which needs which.
func TestLargeLockfile(t *testing.T) {
	const packages, most = 300_000, 120 << 20
	read, write := io.Pipe()
	go func() {
		w := bufio.NewWriter(write)
		fmt.Fprint(w, "lockfileVersion: '9.0'\n\nsnapshots:\n\n")
		for i := range packages {
			fmt.Fprintf(w, "  package-with-a-name-%06d@1.0.0:\n    dependencies:\n      package-with-a-name-%06d: 1.0.0\n      package-with-a-name-%06d: 1.0.0\n      sharp: 0.34.0\n\n", i, (i+1)%packages, (i*7)%packages)
		}
		write.CloseWithError(w.Flush())
	}()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	lock, needs, err := node.ReadPnpmLock(read, "package-with-a-name-000001")
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > most {
		t.Errorf("%d MB stay in memory, want at most %d", grown>>20, most>>20)
	}
	if !needs("sharp") || needs("canvas") {
		t.Error("what is needed is not known")
	}
	runtime.KeepAlive(lock)
}
