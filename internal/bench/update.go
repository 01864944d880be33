package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	updateImages = 40
	updateRounds = 9
	mostBeyond   = 2.0  // seconds of an update beside its requests
	mostLocked   = 1.03 // times what generate takes without a lock
)

// update measures an update of many services against a registry on loopback, and what a
// lock costs generate.
func update(ctx context.Context, r *report, binary, dir string, services int) (err error) {
	h := &hub{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start a registry: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // until it is closed
	defer func() { err = errors.Join(err, server.Close()) }()
	for _, d := range []string{dir, dir + "-without"} {
		if err := writeLined(d, listener.Addr().String(), services); err != nil {
			return err
		}
		if _, err := wall(ctx, binary, "generate", "--quiet", d); err != nil {
			return err
		}
	}
	r.title("dockgen update of %d services and %d images, a registry on loopback", services, updateImages)
	for _, step := range []struct {
		name  string
		newer bool
	}{{"nothing is newer, for the first time", false}, {"nothing is newer", false}, {"every image is newer, and every file changes", true}} {
		if step.newer {
			if err := locked(ctx, r, binary, dir); err != nil {
				return err
			}
		}
		h.begin(step.newer)
		took, err := wall(ctx, binary, "update", dir)
		if err != nil {
			return err
		}
		asked, questions := h.asked()
		r.figure(step.name, "%s, of which %s are %d requests", milliseconds(took), milliseconds(asked), questions)
		r.must("  seconds beside these", (took - asked).Seconds(), mostBeyond, "")
	}
	return nil
}

// locked compares generate with a lock and without, in turn.
func locked(ctx context.Context, r *report, binary, dir string) error {
	with := &way{name: "generate with a lock", argv: []string{binary, "generate", "--quiet", dir}}
	without := &way{name: "generate without", argv: []string{binary, "generate", "--quiet", dir + "-without"}}
	for round := range updateRounds + 1 { // the first warms up
		for _, w := range []*way{without, with} {
			if err := w.run(ctx, round > 0); err != nil {
				return err
			}
		}
	}
	for _, w := range []*way{without, with} {
		r.figure(w.name, "%s, processors %s", w.taken, w.busy)
	}
	r.must("  times the processors' time without", ratio(with.busy, without.busy), mostLocked, "x")
	return nil
}

// writeLined writes small services of Node, each of one of as many lines as there are to
// be images.
func writeLined(dir, host string, services int) error {
	if err := writeFile(dir, "dockgen.toml", fmt.Sprintf("[images.mirror]\n\"docker.io\" = %q\n", host)); err != nil {
		return err
	}
	for i := range services {
		line := fmt.Sprintf("~%d.%d.0", 22+i%updateImages/20*2, i%updateImages%20)
		name := fmt.Sprintf("service-%04d", i)
		for file, text := range map[string]string{
			"package.json":      fmt.Sprintf(`{"name": %q, "engines": {"node": %q}, "scripts": {"start": "node index.js"}}`, name, line),
			"package-lock.json": fmt.Sprintf(`{"name": %q, "lockfileVersion": 3, "packages": {"": {"name": %[1]q}}}`, name),
			"index.js":          "require('http').createServer(() => {}).listen(3000)\n",
		} {
			if err := writeFile(filepath.Join(dir, name), file, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// hub is a registry that has everything. It notes when a question was open.
type hub struct {
	mu        sync.Mutex
	newer     bool
	time      time.Duration
	questions int
	blobs     map[string]string // by their digests
}

func (h *hub) begin(newer bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.newer, h.time, h.questions, h.blobs = newer, 0, 0, map[string]string{}
}

func (h *hub) asked() (time.Duration, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.time, h.questions
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	begin := time.Now()
	defer func() { h.time += time.Since(begin); h.questions++ }()
	_, name, _ := strings.Cut(r.URL.Path, "/v2/")
	name, tag, isManifest := strings.Cut(name, "/manifests/")
	switch {
	case isManifest:
		text, ok := h.blobs[tag]
		if !ok {
			text = fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%x","size":2,"platform":{"os":"linux","architecture":"amd64"}}]}`, indexType, sha256.Sum256([]byte(name+":"+tag)))
		}
		digest := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(text)))
		h.blobs[digest] = text
		w.Header().Set("Content-Type", indexType)
		w.Header().Set("Docker-Content-Digest", digest)
		w.Header().Set("Content-Length", fmt.Sprint(len(text)))
		if r.Method == http.MethodGet {
			_, _ = w.Write([]byte(text))
		}
	case strings.HasSuffix(name, "/tags/list"):
		var tags []string
		for i := range updateImages {
			if h.newer {
				tags = append(tags, fmt.Sprintf(`"%d.%d.99-trixie-slim"`, 22+i/20*2, i%20), fmt.Sprintf(`"%d.%d.99-bookworm-slim"`, 22+i/20*2, i%20))
			}
		}
		fmt.Fprintf(w, `{"name":"x","tags":[%s]}`, strings.Join(tags, ","))
	}
}

const indexType = "application/vnd.oci.image.index.v1+json"
