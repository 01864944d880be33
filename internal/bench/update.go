package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dockgen/dockgen/internal/lock"
)

const (
	updateImages = 40
	updateRounds = 5
	lockedRounds = 9
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
		if err := writeLined(d, listener.Addr().String(), services, ""); err != nil {
			return err
		}
		if _, err := wall(ctx, binary, "generate", "--quiet", d); err != nil {
			return err
		}
	}
	r.title("dockgen update of %d services and %d images, a registry on loopback", services, updateImages)
	w := &way{argv: []string{binary, "update", dir}}
	again := func() error { return nil }
	fresh := func() error { return os.Remove(filepath.Join(dir, lock.Name)) }
	if err := beyond(ctx, r, h, w, "nothing is newer, for the first time", fresh); err != nil {
		return err
	}
	if err := beyond(ctx, r, h, w, "nothing is newer", again); err != nil {
		return err
	}
	if err := locked(ctx, r, binary, dir); err != nil {
		return err
	}
	if err := writeLined(dir, listener.Addr().String(), services, "[images]\npin = \"digest\"\n"); err != nil {
		return err
	}
	return beyond(ctx, r, h, w, "every image was rebuilt, and every file changes", func() error { h.rebuild(); return nil })
}

// beyond measures what an update takes beside its requests, the least of several runs, as a
// machine that does other things as well only adds to that.
func beyond(ctx context.Context, r *report, h *hub, w *way, name string, before func() error) error {
	w.taken, w.busy = nil, nil
	var asked times
	questions := 0
	for round := range updateRounds + 1 { // the first warms up
		if _, err := os.Stat(filepath.Join(w.argv[len(w.argv)-1], lock.Name)); err == nil {
			if err := before(); err != nil {
				return err
			}
		}
		h.begin()
		if err := w.run(ctx, round > 0); err != nil {
			return err
		}
		if round > 0 {
			var took time.Duration
			took, questions = h.asked()
			asked = append(asked, took)
		}
	}
	r.figure(name, "%s, processors %s, of which %s are %d requests", w.taken, w.busy, milliseconds(asked.median()), questions)
	r.must("  seconds beside these", slices.Min(w.taken.less(asked)).Seconds(), mostBeyond, "")
	return nil
}

// locked compares generate with a lock and without, in turn.
func locked(ctx context.Context, r *report, binary, dir string) error {
	with := &way{name: "generate with a lock", argv: []string{binary, "generate", "--quiet", dir}}
	without := &way{name: "generate without", argv: []string{binary, "generate", "--quiet", dir + "-without"}}
	for round := range lockedRounds + 1 { // the first warms up
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
func writeLined(dir, host string, services int, images string) error {
	if err := writeFile(dir, "dockgen.toml", fmt.Sprintf("%s[images.mirror]\n\"docker.io\" = %q\n", images, host)); err != nil {
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
	built     int // how often every image was
	time      time.Duration
	questions int
	blobs     map[string]string // by their digests
}

func (h *hub) rebuild() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.built++
}

func (h *hub) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time, h.questions, h.blobs = 0, 0, map[string]string{}
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
			text = fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%x","size":2,"platform":{"os":"linux","architecture":"amd64"}}]}`, indexType, sha256.Sum256(fmt.Append(nil, name, ":", tag, h.built)))
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
		_, _ = w.Write([]byte(`{"name":"x","tags":[]}`))
	}
}

const indexType = "application/vnd.oci.image.index.v1+json"
