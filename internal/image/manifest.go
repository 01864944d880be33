package image

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// image joins what the documents name.
func (a *archive) image() (*Image, error) {
	if data, ok := a.documents["manifest.json"]; ok {
		return a.saved(data)
	}
	data, ok := a.documents["index.json"]
	if !ok {
		return nil, errors.New("neither manifest.json nor index.json is in it, so that it is no image as docker save or an OCI exporter writes it")
	}
	manifest, err := a.manifest("index.json", data, 0)
	if err != nil {
		return nil, err
	}
	var layers []part
	for _, l := range manifest.Layers {
		layers = append(layers, part{name: blob(l.Digest), size: l.Size, foreign: !l.MediaType.IsDistributable()})
	}
	return a.join(blob(manifest.Config.Digest), layers)
}

// part is a layer as a manifest names it.
type part struct {
	name    string
	size    int64
	foreign bool
}

func blob(digest v1.Hash) string { return path.Join("blobs", digest.Algorithm, digest.Hex) }

// saved is what docker save has written: manifest.json names configuration and layers by
// the files of the archive, and LayerSources those that come from elsewhere by their digest
// (https://github.com/moby/docker-image-spec).
func (a *archive) saved(data []byte) (*Image, error) {
	var all []struct {
		Config       string
		Layers       []string
		LayerSources map[string]v1.Descriptor
	}
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("manifest.json: %w", err)
	}
	for _, one := range all {
		c, err := a.config(one.Config)
		if err != nil {
			return nil, err
		}
		if a.options.Platform != "" && len(all) > 1 && platformOf(c) != a.options.Platform {
			continue
		}
		var layers []part
		for i, name := range one.Layers {
			l := part{name: path.Clean(name)}
			if i < len(c.RootFS.DiffIDs) {
				source, elsewhere := one.LayerSources[c.RootFS.DiffIDs[i].String()]
				l.foreign, l.size = elsewhere && !source.MediaType.IsDistributable(), source.Size
			}
			layers = append(layers, l)
		}
		return a.join(one.Config, layers)
	}
	if len(all) > 0 {
		return nil, fmt.Errorf("manifest.json: no image for %s", a.options.Platform)
	}
	return nil, errors.New("manifest.json: it names no image")
}

// mostIndexes is how deep indexes may stand in each other.
const mostIndexes = 4

// manifest follows an index to the manifest of an image. What is for no platform are
// attestations, which are no image.
func (a *archive) manifest(name string, data []byte, depth int) (*v1.Manifest, error) {
	index, err := v1.ParseIndexManifest(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if depth > mostIndexes {
		return nil, fmt.Errorf("%s: an index in an index, without an end", name)
	}
	var offered []string
	for _, m := range index.Manifests {
		platform := ""
		if m.Platform != nil {
			platform = m.Platform.String()
		}
		if strings.HasPrefix(platform, "unknown/") {
			continue
		}
		offered = append(offered, platform)
		if asked := a.options.Platform; asked != "" && platform != "" && platform != asked && !strings.HasPrefix(platform, asked+"/") {
			continue
		}
		text, ok := a.documents[blob(m.Digest)]
		if !ok {
			return nil, fmt.Errorf("%s: the manifest %s is not in it", name, m.Digest)
		}
		if m.MediaType.IsIndex() {
			return a.manifest(m.Digest.String(), text, depth+1)
		}
		manifest, err := v1.ParseManifest(bytes.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Digest, err)
		}
		return manifest, nil
	}
	if len(offered) > 0 {
		return nil, fmt.Errorf("%s: no image for %s; there are %s", name, a.options.Platform, strings.Join(offered, ", "))
	}
	return nil, fmt.Errorf("%s: it names no image", name)
}

func (a *archive) config(name string) (*v1.ConfigFile, error) {
	data, ok := a.documents[path.Clean(name)]
	if !ok {
		return nil, fmt.Errorf("the configuration %q is not in it", name)
	}
	c, err := v1.ParseConfigFile(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("the configuration %s: %w", name, err)
	}
	return c, nil
}

// join puts the facts of an image together.
func (a *archive) join(name string, parts []part) (*Image, error) {
	c, err := a.config(name)
	if err != nil {
		return nil, err
	}
	if len(parts) != len(c.RootFS.DiffIDs) {
		return nil, fmt.Errorf("its manifest names %d layers, and its configuration %d", len(parts), len(c.RootFS.DiffIDs))
	}
	im := &Image{ID: fmt.Sprintf("sha256:%x", sha256.Sum256(a.documents[path.Clean(name)])), Platform: platformOf(c), Config: configOf(c)}
	for i, p := range parts {
		l, err := a.layer(p)
		if err != nil {
			return nil, fmt.Errorf("layer %d of %d: %w", i+1, len(parts), err)
		}
		l.DiffID = c.RootFS.DiffIDs[i].String()
		im.Layers = append(im.Layers, l)
	}
	im.History, err = historyOf(c)
	return im, err
}

func (a *archive) layer(p part) (Layer, error) {
	name := p.name
	for range len(a.links) { // a circle ends, too
		to, linked := a.links[name]
		if !linked {
			break
		}
		name = to
	}
	if err := a.broken[name]; err != nil {
		return Layer{}, err
	}
	l, ok := a.layers[name]
	if !ok && !p.foreign {
		return l, fmt.Errorf("%s is not in it", name)
	}
	l.Foreign = p.foreign
	if !ok {
		l.Packed = p.size
	}
	return l, nil
}

// platformOf is the platform of a configuration as --platform takes it.
func platformOf(c *v1.ConfigFile) string {
	name := c.OS + "/" + c.Architecture
	if c.Variant != "" {
		name += "/" + c.Variant
	}
	return name
}

func configOf(c *v1.ConfigFile) Config {
	from := c.Config
	to := Config{
		User: from.User, WorkingDir: from.WorkingDir, Entrypoint: from.Entrypoint, Cmd: from.Cmd, Env: from.Env, Labels: from.Labels, StopSignal: from.StopSignal,
	}
	for port := range from.ExposedPorts {
		to.Ports = append(to.Ports, port)
	}
	for volume := range from.Volumes {
		to.Volumes = append(to.Volumes, volume)
	}
	slices.Sort(to.Ports)
	slices.Sort(to.Volumes)
	if h := from.Healthcheck; h != nil {
		to.Healthcheck = &Healthcheck{Test: h.Test, Interval: h.Interval, Timeout: h.Timeout, StartPeriod: h.StartPeriod, Retries: h.Retries}
	}
	return to
}

// historyOf says which step made which layer. A history that does not add up is an error;
// an image without one is none.
func historyOf(c *v1.ConfigFile) ([]Step, error) {
	var steps []Step
	next := 0
	for _, h := range c.History {
		s := Step{Text: h.CreatedBy, Comment: h.Comment, Created: h.Created.Time, Layer: -1}
		if !h.EmptyLayer {
			s.Layer = next
			next++
		}
		steps = append(steps, s)
	}
	if layers := len(c.RootFS.DiffIDs); len(steps) > 0 && next != layers {
		return nil, fmt.Errorf("its history makes %d layers, and it has %d", next, layers)
	}
	return steps, nil
}
