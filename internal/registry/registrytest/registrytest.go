// Package registrytest is a registry on loopback for tests, with whatever a test puts in its
// way.
package registrytest

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	plain "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Registry is one that speaks plain http.
type Registry struct {
	Host  string       // and port
	Asked atomic.Int64 // questions so far
	plant atomic.Pointer[Plant]
}

// Plant answers a question instead of the registry, or says that it doesn't.
type Plant func(http.ResponseWriter, *http.Request) bool

// Put puts something in the way of all questions; nil takes it away.
func (r *Registry) Put(p Plant) { r.plant.Store(&p) }

// Serve starts one that ends with the test.
func Serve(tb testing.TB) *Registry {
	tb.Helper()
	r := &Registry{}
	images := plain.New(plain.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.Asked.Add(1)
		if p := r.plant.Load(); p != nil && *p != nil && (*p)(w, q) {
			return
		}
		images.ServeHTTP(w, q)
	}))
	tb.Cleanup(server.Close)
	r.Host = strings.TrimPrefix(server.URL, "http://")
	return r
}

// Push puts an image for some platforms behind a tag, such as library/golang:1.26.9-trixie,
// and gives the digest of its index. An image that was made at another time is another.
func (r *Registry) Push(tb testing.TB, reference string, made time.Time, platforms ...string) string {
	tb.Helper()
	ref, err := name.ParseReference(r.Host + "/" + reference)
	if err != nil {
		tb.Fatal(err)
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, text := range append(platforms, "unknown/unknown") {
		p, err := v1.ParsePlatform(text)
		if err != nil {
			tb.Fatal(err)
		}
		image, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{OS: p.OS, Architecture: p.Architecture, Variant: p.Variant, Author: reference, Created: v1.Time{Time: made}})
		if err != nil {
			tb.Fatal(err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: p}})
	}
	if err := remote.WriteIndex(ref, index); err != nil {
		tb.Fatal(err)
	}
	digest, err := index.Digest()
	if err != nil {
		tb.Fatal(err)
	}
	return digest.String()
}
