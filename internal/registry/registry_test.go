package registry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/dockgen/dockgen/internal/registry"
	"github.com/dockgen/dockgen/internal/registry/registrytest"
)

func client(t *testing.T, o registry.Options) *registry.Client {
	t.Helper()
	if o.Pause == nil {
		o.Pause = func(context.Context, time.Duration) error { return nil }
	}
	if o.Keychain == nil {
		o.Keychain = authn.NewMultiKeychain()
	}
	c, err := registry.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLook(t *testing.T) {
	p := registrytest.Serve(t)
	ctx := context.Background()
	made := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	reference := p.Host + "/library/golang:1.26.9-trixie"
	digest := p.Push(t, strings.TrimPrefix(reference, p.Host+"/"), made, "linux/amd64", "linux/arm64/v8", "linux/arm/v7")
	p.Push(t, "library/golang:1.26.8-trixie", made, "linux/amd64")
	c := client(t, registry.Options{})

	got, err := c.Look(ctx, reference, "")
	if err != nil {
		t.Fatal(err)
	}
	want := registry.Image{Digest: digest, Platforms: []string{"linux/amd64", "linux/arm/v7", "linux/arm64"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Look (-want +got):\n%s", diff)
	}
	before := p.Asked.Load()
	if got, err = c.Look(ctx, reference, digest); err != nil || got.Digest != digest || got.Platforms != nil {
		t.Errorf("Look with the known digest: %+v, %v", got, err)
	}
	if n := p.Asked.Load() - before; n != 1 {
		t.Errorf("%d requests for a digest that is known", n)
	}
	created, err := c.Created(ctx, reference, digest, "linux/arm64")
	if err != nil || !created.Equal(made) {
		t.Errorf("Created = %s, %v", created, err)
	}
	if _, err := c.Created(ctx, reference, digest, "linux/s390x"); err == nil || !strings.Contains(err.Error(), "linux/s390x") {
		t.Errorf("Created for a platform that is not there: %v", err)
	}
	tags, err := c.Tags(ctx, p.Host+"/library/golang")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1.26.8-trixie", "1.26.9-trixie"}, tags); diff != "" {
		t.Errorf("Tags (-want +got):\n%s", diff)
	}
	for digest, want := range map[string]bool{digest: true, "sha256:" + strings.Repeat("0", 64): false} {
		if has, err := c.Has(ctx, reference, digest); err != nil || has != want {
			t.Errorf("Has(%s) = %v, %v", digest, has, err)
		}
	}
}

func TestSingleManifest(t *testing.T) {
	p := registrytest.Serve(t)
	ref, err := name.ParseReference(p.Host + "/one:1")
	if err != nil {
		t.Fatal(err)
	}
	image, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{OS: "linux", Architecture: "arm64"})
	if err == nil {
		err = remote.Write(ref, image)
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := client(t, registry.Options{}).Look(context.Background(), ref.Name(), "")
	if err != nil || cmp.Diff([]string{"linux/arm64"}, got.Platforms) != "" {
		t.Errorf("Look = %+v, %v", got, err)
	}
	created, err := client(t, registry.Options{}).Created(context.Background(), ref.Name(), got.Digest, "")
	if err != nil || !created.IsZero() {
		t.Errorf("Created = %s, %v", created, err)
	}
}

// answers plants one answer for everything but the ping.
func answers(status int, header map[string]string, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v2/" {
			return false
		}
		for key, value := range header {
			w.Header().Set(key, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	}
}

// TestRefused plants every wrong answer, and wants it said in words, and no endless attempts.
func TestRefused(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/manifests/") && !strings.Contains(r.URL.Path, "/tags/") {
			return false
		}
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return true
		}
		w.Header().Set("Content-Type", string(types.OCIImageIndex))
		_, _ = io.WriteString(w, `{"tags":["`)
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return true
			}
		}
		return true
	}
	manifest := map[string]string{"Content-Type": "application/vnd.oci.artifact+json", "Docker-Content-Digest": "sha256:" + strings.Repeat("a", 64), "Content-Length": "2"}
	for _, tt := range []struct {
		name  string
		plant registrytest.Plant
		want  string // of HOST: behind the image
		most  int64  // questions, the ping among them
	}{
		{"401", answers(401, nil, ""), "HOST wants a login for it, or has no such image (401); docker login HOST", 2},
		{"403", answers(403, nil, ""), "HOST refuses it to who is logged in (403); docker login HOST", 2},
		{"404", answers(404, nil, ""), "HOST has none such (404)", 2},
		{"429", answers(429, nil, ""), "HOST takes no more questions for now (429); it has a limit for each address and user, so try later, or docker login HOST", 4},
		{"429 for an hour", answers(429, map[string]string{"Retry-After": "3600"}, ""), "HOST takes no more questions for now (429); it has a limit for each address and user, so try later, or docker login HOST", 2},
		{"500", answers(500, nil, ""), "HOST fails (500), 3 times now", 4},
		{"a web page", answers(200, map[string]string{"Content-Type": "text/html; charset=utf-8"}, "<html>"), "HOST answers with a web page, as no registry does; a proxy or a login page may be in between", 4},
		{"endless", endless, "HOST sends more than 32 MB in one answer", 4},
		{"another form", answers(200, manifest, "{}"), `what is there is no image but "application/vnd.oci.artifact+json"`, 4},
		{"no JSON", answers(200, map[string]string{"Content-Type": string(types.OCIImageIndex)}, "{"), "HOST cannot be asked: unexpected EOF", 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := registrytest.Serve(t)
			p.Put(tt.plant)
			c := client(t, registry.Options{})
			_, err := c.Look(context.Background(), p.Host+"/a:1", "")
			if want := p.Host + "/a:1: " + strings.ReplaceAll(tt.want, "HOST", p.Host); err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			if n := p.Asked.Load(); n > tt.most+1 { // one attempt at https
				t.Errorf("%d questions, want at most %d", n, tt.most)
			}
			if _, err := c.Tags(context.Background(), p.Host+"/a"); err == nil && tt.name != "another form" {
				t.Errorf("Tags succeeds")
			}
		})
	}
}

// TestAgain wants a registry that recovers to be asked as often as it takes, after the
// pause that it asks for.
func TestAgain(t *testing.T) {
	p := registrytest.Serve(t)
	reference := p.Host + "/a:1"
	digest := p.Push(t, strings.TrimPrefix(reference, p.Host+"/"), time.Time{}, "linux/amd64")
	var failed atomic.Int64
	p.Put(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodHead || failed.Add(1) > 2 {
			return false
		}
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	})
	var pauses []time.Duration
	c := client(t, registry.Options{Pause: func(_ context.Context, d time.Duration) error { pauses = append(pauses, d); return nil }})
	got, err := c.Look(context.Background(), reference, "")
	if err != nil || got.Digest != digest {
		t.Errorf("Look = %+v, %v", got, err)
	}
	if diff := cmp.Diff([]time.Duration{7 * time.Second, 7 * time.Second}, pauses); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
}

// TestPlain wants no plain http but to this machine: neither asked for, nor led to.
func TestPlain(t *testing.T) {
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	defer elsewhere.Close()
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2/" {
			return
		}
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer secure.Close()
	c := client(t, registry.Options{Transport: secure.Client().Transport})
	host := strings.TrimPrefix(secure.URL, "https://")
	_, err := c.Look(context.Background(), host+"/a:1", "")
	if err == nil || !strings.Contains(err.Error(), "leads from https to plain http, to "+strings.TrimPrefix(elsewhere.URL, "http://")) {
		t.Errorf("redirect: %v", err)
	}
	refuses := roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Scheme == "http" {
			t.Errorf("%s is asked", r.URL)
		}
		return nil, errors.New("no https here")
	})
	c = client(t, registry.Options{Transport: refuses})
	if _, err = c.Look(context.Background(), "10.0.0.7:5000/a:1", ""); err == nil {
		t.Error("a private address was asked by plain http")
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// login gives one user for one host, as a credential helper does.
type login struct{ host, user, password string }

func (l login) Resolve(r authn.Resource) (authn.Authenticator, error) {
	if r.RegistryStr() != l.host {
		return authn.Anonymous, nil
	}
	return &authn.Basic{Username: l.user, Password: l.password}, nil
}

func TestLogin(t *testing.T) {
	p := registrytest.Serve(t)
	p.Push(t, "a:1", time.Time{}, "linux/amd64")
	p.Put(func(w http.ResponseWriter, r *http.Request) bool {
		if user, password, _ := r.BasicAuth(); user == "me" && password == "secret" {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="here"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	})
	if _, err := client(t, registry.Options{Keychain: login{p.Host, "me", "secret"}}).Look(context.Background(), p.Host+"/a:1", ""); err != nil {
		t.Error(err)
	}
	_, err := client(t, registry.Options{Keychain: login{p.Host, "me", "wrong-word"}}).Look(context.Background(), p.Host+"/a:1", "")
	if err == nil || strings.Contains(err.Error(), "wrong-word") || !strings.Contains(err.Error(), "docker login") {
		t.Errorf("a wrong password: %v", err)
	}
}

// TestNowhere asks a registry that is not there: at once, and said with its name.
func TestNowhere(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	_, err := client(t, registry.Options{Pause: func(context.Context, time.Duration) error { return errors.New("paused") }}).Tags(context.Background(), host+"/a")
	if err == nil || !strings.Contains(err.Error(), host+" cannot be asked: ") || !strings.Contains(err.Error(), "connection refused") {
		t.Error(err)
	}
}

// TestProxy asks through a proxy, by its transport.
func TestProxy(t *testing.T) {
	var through atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		through.Add(1)
		http.Error(w, "not today", http.StatusForbidden)
	}))
	defer proxy.Close()
	to, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := client(t, registry.Options{Transport: &http.Transport{Proxy: http.ProxyURL(to)}})
	_, err = c.Tags(context.Background(), "registry.invalid/a")
	if err == nil || through.Load() == 0 {
		t.Errorf("%v, %d through the proxy", err, through.Load())
	}
}

func TestCancelled(t *testing.T) {
	p := registrytest.Serve(t)
	ctx, cancel := context.WithCancel(context.Background())
	p.Put(func(w http.ResponseWriter, r *http.Request) bool { cancel(); <-r.Context().Done(); return true })
	if _, err := client(t, registry.Options{}).Tags(ctx, p.Host+"/a"); !errors.Is(err, context.Canceled) {
		t.Errorf("Tags = %v", err)
	}
}

func TestPlatform(t *testing.T) {
	for want, p := range map[string][3]string{"linux/amd64": {"linux", "amd64", ""}, "linux/arm64": {"linux", "arm64", "v8"}, "linux/arm/v7": {"linux", "arm", "v7"}} {
		if got := registry.Platform(p[0], p[1], p[2]); got != want {
			t.Error(fmt.Sprint(p), got)
		}
	}
}

// TestTags passes over what can be no tag, and takes an empty list for no answer.
func TestTags(t *testing.T) {
	answer := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/tags/list") {
			fmt.Fprint(w, answer)
		}
	}))
	defer server.Close()
	repository := strings.TrimPrefix(server.URL, "http://") + "/library/node"
	for _, test := range []struct{ answer, want string }{
		{`{"tags": ["24.21.0", "24.21.0-\u00e9", "a b", ""]}`, "24.21.0"},
		{`{"tags": []}`, ""},
		{`{"tags": null}`, ""},
		{`{"errors": []}`, ""},
	} {
		answer = test.answer
		tags, err := client(t, registry.Options{}).Tags(t.Context(), repository)
		if strings.Join(tags, " ") != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: %q, %v", answer, tags, err)
		}
	}
}

// TestLoop ends where an answer leads to itself.
func TestLoop(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/tags/list") {
			asked.Add(1)
			http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
		}
	}))
	defer server.Close()
	_, err := client(t, registry.Options{}).Tags(t.Context(), strings.TrimPrefix(server.URL, "http://")+"/library/node")
	if err == nil || !strings.Contains(err.Error(), "leads on and on") || asked.Load() > 3*12 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
}
