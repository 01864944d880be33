// Package registry asks registries of images which tags there are and what stands behind
// them. It alone, of all of dockgen, uses a network, and only `dockgen update` calls it.
//
// It speaks by Docker's configuration: the credentials and credential helpers of
// ~/.docker/config.json, and the proxy of the environment. Plain http is for a registry on
// this machine alone, as for Docker.
package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// AtOnce is how many questions should be asked at the same time.
const AtOnce = 10

// patience bounds one question with all that it takes: pages, tokens, attempts and pauses.
const patience = 2 * time.Minute

// Options change how a client asks; the zero value asks as this machine does.
type Options struct {
	Keychain  authn.Keychain                             // nil for Docker's
	Transport http.RoundTripper                          // nil for one with the proxy of the environment
	Pause     func(context.Context, time.Duration) error // nil to wait by the clock
}

// Client asks registries. It is safe for concurrent use.
type Client struct{ puller *remote.Puller }

// New makes a client.
func New(o Options) (*Client, error) {
	if o.Keychain == nil {
		o.Keychain = authn.DefaultKeychain
	}
	if o.Transport == nil {
		o.Transport = outside()
	}
	if o.Pause == nil {
		o.Pause = pause
	}
	puller, err := remote.NewPuller(
		remote.WithAuthFromKeychain(o.Keychain),
		remote.WithTransport(&transport{next: o.Transport, pause: o.Pause}),
		remote.WithUserAgent("dockgen"),
		remote.WithRetryPredicate(func(error) bool { return false }), // the transport of this package does
		remote.WithRetryBackoff(remote.Backoff{Steps: 1}),
		remote.WithRetryStatusCodes(),
	)
	if err != nil {
		return nil, fmt.Errorf("make a client of registries: %w", err)
	}
	return &Client{puller}, nil
}

// Tags lists the tags of an image's repository, as FROM names that.
func (c *Client) Tags(ctx context.Context, repository string) ([]string, error) {
	repo, err := name.NewRepository(repository)
	if err != nil {
		return nil, &Error{Image: repository, Why: "it is no name of an image", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tags, err := c.puller.List(ctx, repo)
	if err != nil {
		return nil, because(repository, repo.RegistryStr(), err)
	}
	tags = slices.DeleteFunc(tags, func(tag string) bool { return !tagForm().MatchString(tag) })
	if len(tags) == 0 { // some caches answer so of what they do not list
		return nil, &Error{Image: repository, Why: repo.RegistryStr() + " lists no tag of it"}
	}
	return tags, nil
}

// tagForm is what a tag may be, and platformForm a platform
// (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests).
var (
	tagForm      = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`) })
	platformForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]+/[a-z0-9_]+(/[a-z0-9]+)?$`) })
)

// Image is what stands behind a tag.
type Image struct {
	Digest    string
	Platforms []string // sorted, such as "linux/amd64"; none where the digest was known
}

// Look asks what stands behind a reference. Where it is the digest that is known, nothing
// else is asked: that is no pull, which registries count.
func (c *Client) Look(ctx context.Context, reference, known string) (Image, error) {
	ref, err := name.ParseReference(reference)
	if err != nil {
		return Image{}, &Error{Image: reference, Why: "it is no reference of an image", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	wrong := func(err error) (Image, error) { return Image{}, because(reference, ref.Context().RegistryStr(), err) }
	if head, err := c.puller.Head(ctx, ref); err == nil && isManifest(head.MediaType) {
		if head.Digest.String() == known {
			return Image{Digest: known}, nil
		}
		ref = ref.Context().Digest(head.Digest.String())
	} else if err != nil && statusOf(err) != 0 && statusOf(err) != http.StatusMethodNotAllowed {
		return wrong(err)
	}
	found, err := c.puller.Get(ctx, ref) // of a digest, its content is held against that
	if err != nil {
		return wrong(err)
	}
	if !isManifest(found.MediaType) {
		return Image{}, &Error{Image: reference, Why: fmt.Sprintf("what is there is no image but %q", found.MediaType)}
	}
	platforms, err := platformsOf(found)
	switch {
	case err != nil:
		return wrong(err)
	case len(platforms) == 0:
		return Image{}, &Error{Image: reference, Why: "what is there holds no image for any platform"}
	}
	return Image{Digest: found.Digest.String(), Platforms: platforms}, nil
}

// Has says whether a digest is in the repository of a reference.
func (c *Client) Has(ctx context.Context, reference, digest string) (bool, error) {
	ref, err := name.ParseReference(reference)
	if err != nil {
		return false, &Error{Image: reference, Why: "it is no reference of an image", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err = c.puller.Head(ctx, ref.Context().Digest(digest))
	switch {
	case err == nil:
		return true, nil
	case statusOf(err) == http.StatusNotFound:
		return false, nil
	}
	return false, because(reference, ref.Context().RegistryStr(), err)
}

// Created is when the image of a platform was made, by its configuration; zero where that
// says nothing.
func (c *Client) Created(ctx context.Context, reference, digest, platform string) (time.Time, error) {
	ref, err := name.ParseReference(reference)
	if err != nil {
		return time.Time{}, &Error{Image: reference, Why: "it is no reference of an image", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	wrong := func(err error) (time.Time, error) {
		return time.Time{}, because(reference, ref.Context().RegistryStr(), err)
	}
	found, err := c.puller.Get(ctx, ref.Context().Digest(digest))
	if err != nil {
		return wrong(err)
	}
	if found.MediaType.IsIndex() {
		child, err := ofPlatform(found, platform)
		if err != nil {
			return wrong(err)
		}
		if found, err = c.puller.Get(ctx, ref.Context().Digest(child.String())); err != nil {
			return wrong(err)
		}
	}
	config, err := configOf(found)
	if err != nil {
		return wrong(err)
	}
	return config.Created.Time, nil
}

func isManifest(t types.MediaType) bool {
	return t.IsIndex() || t == types.DockerManifestSchema2 || t == types.OCIManifestSchema1
}

// platformsOf lists the platforms of an index, without what describes its images, or that
// of the one image.
func platformsOf(found *remote.Descriptor) ([]string, error) {
	if !found.MediaType.IsIndex() {
		config, err := configOf(found)
		if err != nil {
			return nil, err
		}
		return []string{Platform(config.OS, config.Architecture, config.Variant)}, nil
	}
	manifest, err := indexOf(found)
	if err != nil {
		return nil, err
	}
	var platforms []string
	for _, m := range manifest.Manifests {
		if p := m.Platform; p != nil && p.OS != "unknown" {
			platforms = append(platforms, Platform(p.OS, p.Architecture, p.Variant))
		}
	}
	platforms = slices.DeleteFunc(platforms, func(p string) bool { return !platformForm().MatchString(p) })
	slices.Sort(platforms)
	return slices.Compact(platforms), nil
}

func ofPlatform(found *remote.Descriptor, platform string) (v1.Hash, error) {
	manifest, err := indexOf(found)
	if err != nil {
		return v1.Hash{}, err
	}
	for _, m := range manifest.Manifests {
		if p := m.Platform; p != nil && p.OS != "unknown" && (platform == "" || Platform(p.OS, p.Architecture, p.Variant) == platform) {
			return m.Digest, nil
		}
	}
	return v1.Hash{}, fmt.Errorf("there is no image of it for %s", platform)
}

func indexOf(found *remote.Descriptor) (*v1.IndexManifest, error) {
	index, err := found.ImageIndex()
	if err != nil {
		return nil, err
	}
	return index.IndexManifest()
}

func configOf(found *remote.Descriptor) (*v1.ConfigFile, error) {
	image, err := found.Image()
	if err != nil {
		return nil, err
	}
	return image.ConfigFile()
}

// Platform writes a platform as a build takes it: arm64 has no other variant than v8.
func Platform(os, architecture, variant string) string {
	if variant == "" || architecture == "arm64" && variant == "v8" {
		return os + "/" + architecture
	}
	return os + "/" + architecture + "/" + variant
}

// Error says why an image could not be asked for.
type Error struct {
	Image  string // the reference or repository
	Why    string
	Status int // of http; 0 where no registry answered
	Err    error
}

func (e *Error) Error() string { return e.Image + ": " + e.Why }

// Unwrap gives what lies below.
func (e *Error) Unwrap() error { return e.Err }

// Gone says that there is no such image, or not any more.
func (e *Error) Gone() bool { return e.Status == http.StatusNotFound }

// reasons say of what a registry answers what that means for who asks.
var reasons = map[int]string{
	http.StatusUnauthorized:    "%s wants a login for it, or has no such image (401); docker login %[1]s",
	http.StatusForbidden:       "%s refuses it to who is logged in (403); docker login %[1]s",
	http.StatusNotFound:        "%s has none such (404)",
	http.StatusTooManyRequests: "%s takes no more questions for now (429); it has a limit for each address and user, so try later, or docker login %[1]s",
}

// because says in words why a question failed.
func because(image, host string, err error) error {
	wrong := &Error{Image: image, Status: statusOf(err), Err: err}
	refused, isRefused := errors.AsType[*answerError](err)
	switch reason, known := reasons[wrong.Status]; {
	case errors.Is(err, context.Canceled):
		return err
	case isRefused:
		wrong.Why = host + " " + refused.why
	case known:
		wrong.Why = fmt.Sprintf(reason, host)
	case asksAgain(wrong.Status):
		wrong.Why = fmt.Sprintf("%s fails (%d), %d times now", host, wrong.Status, attempts)
	case wrong.Status > 0:
		wrong.Why = fmt.Sprintf("%s answers %d", host, wrong.Status)
	case errors.Is(err, context.DeadlineExceeded):
		wrong.Why = fmt.Sprintf("%s has not answered within %s", host, patience)
	default:
		wrong.Why = fmt.Sprintf("%s cannot be asked: %s", host, brief(err))
	}
	return wrong
}

// brief is an error without the address that was asked, and in a line.
func brief(err error) string {
	text := err.Error()
	if i := strings.Index(text, "\": "); i >= 0 && strings.Contains(text[:i], "://") {
		text = text[i+3:]
	}
	return strings.Join(strings.Fields(text), " ")
}
