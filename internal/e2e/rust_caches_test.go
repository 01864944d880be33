//go:build e2e

package e2e

import (
	"crypto/rand"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

var cachesFlag = flag.Bool("rust-caches", false, "measure the ways of --rust-cache, and nothing else of Rust")

// manyDependencies are the direct dependencies of the service that is measured;
// with those that they need, they are about 150. They are compiled without
// optimising, which takes a third of the time and is the same for every way.
const manyDependencies = `[package]
name = "measured"
version = "0.1.0"
edition = "2021"

[profile.release]
opt-level = 0

[dependencies]
anyhow = "1"
axum = { version = "0.8", features = ["macros", "multipart", "ws"] }
chrono = { version = "0.4", features = ["serde"] }
clap = { version = "4", features = ["derive", "env"] }
figment = { version = "0.10", features = ["env", "toml", "yaml"] }
futures = "0.3"
regex = "1"
serde = { version = "1", features = ["derive"] }
serde_json = "1"
thiserror = "2"
tokio = { version = "1", features = ["full"] }
tower-http = { version = "0.6", features = ["cors", "fs", "trace"] }
tracing-subscriber = { version = "0.3", features = ["env-filter", "json"] }
uuid = { version = "1", features = ["serde", "v4"] }
`

// plainDockerfile is what people write who know two stages and nothing else.
const plainDockerfile = `FROM rust:1.98.0-slim-trixie AS builder
WORKDIR /src
COPY . .
RUN cargo build --release --locked
FROM gcr.io/distroless/cc-debian13:nonroot
COPY --from=builder /src/target/release/measured /usr/local/bin/measured
ENTRYPOINT ["/usr/local/bin/measured"]
`

// TestRustCaches prints how long a service with many dependencies takes to build:
// at first, after an edit of its source, after an edit where the builder has lost
// its mounts as those of most CI do, and after a dependency is added. It does so for
// every way of --rust-cache and for a plain Dockerfile, in one run.
func TestRustCaches(t *testing.T) {
	if !*cachesFlag {
		return
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Cargo.toml"), []byte(manyDependencies))
	if err := os.Mkdir(filepath.Join(dir, "src"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "src", "main.rs"), []byte("fn main() {}\n"))
	lock(t, dir)
	locked, err := os.ReadFile(filepath.Join(dir, "Cargo.lock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d packages", strings.Count(string(locked), "[[package]]"))

	var table strings.Builder
	tab := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "seconds\tcold\tedit\tedit, mounts lost\tdependency added")
	for _, way := range []string{"plain", "layer", "chef", "mount"} {
		c := caches{dir: filepath.Join(t.TempDir(), way), space: "dockgen-caches-" + strings.ToLower(rand.Text()[:8])}
		if err := os.CopyFS(c.dir, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		c.generate(t, way)
		row := []time.Duration{c.build(t, "--no-cache")}
		c.edit(t)
		row = append(row, c.build(t))
		c.edit(t)
		c.lose(t)
		row = append(row, c.build(t))
		write(t, filepath.Join(c.dir, "Cargo.toml"), []byte(manyDependencies+"hex = \"0.4\"\n"))
		lock(t, c.dir)
		row = append(row, c.build(t))
		c.lose(t)
		t.Logf("%s: %v", way, row)
		fmt.Fprintf(tab, "%s", way)
		for _, d := range row {
			fmt.Fprintf(tab, "\t%s", seconds(d))
		}
		fmt.Fprintln(tab)
	}
	tab.Flush()
	t.Logf("figures\n%s", &table)
}

// caches is one way under measurement.
type caches struct{ dir, space string }

func (c caches) generate(t *testing.T, way string) {
	t.Helper()
	if way == "plain" {
		write(t, filepath.Join(c.dir, "Dockerfile"), []byte(plainDockerfile))
		return
	}
	if _, err := command(t, "go", "run", "../../cmd/dockgen", "generate", "--rust-cache", way, c.dir); err != nil {
		t.Fatal(err)
	}
}

func (c caches) build(t *testing.T, args ...string) time.Duration {
	t.Helper()
	start := time.Now()
	all := append([]string{"buildx", "build", "--provenance=false", "--build-arg", "BUILDKIT_CACHE_MOUNT_NS=" + c.space, "--output", "type=cacheonly"}, args...)
	dockerSays(t, append(all, c.dir)...)
	return time.Since(start)
}

func (c caches) edit(t *testing.T) {
	t.Helper()
	write(t, filepath.Join(c.dir, "src", "main.rs"), fmt.Appendf(nil, "fn main() { println!(\"%d\") }\n", time.Now().UnixNano()))
}

// lose removes what this way has mounted, and leaves the layers.
func (c caches) lose(t *testing.T) {
	t.Helper()
	dockerSays(t, "buildx", "prune", "--force", "--filter", "type=exec.cachemount", "--filter", "description~="+c.space)
}

// lock settles the versions in a container, so that the machine needs no Rust.
func lock(t *testing.T, dir string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "Dockerfile")
	write(t, file, []byte("FROM rust:1.98.0-slim-trixie AS lock\nWORKDIR /src\nCOPY . .\nRUN cargo generate-lockfile\nFROM scratch\nCOPY --from=lock /src/Cargo.lock /\n"))
	dockerSays(t, "buildx", "build", "--provenance=false", "--file", file, "--output", "type=local,dest="+dir, dir)
}
