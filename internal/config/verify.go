package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/dockgen/dockgen/internal/pattern"
)

// Verify is what dockgen verify holds an image to.
type Verify struct {
	MaxSize     string   `toml:"max-size" doc:"most bytes of the image, unpacked, such as 120MB; without it there is no limit"`
	MaxLayers   int      `toml:"max-layers" doc:"most layers, those of the base among them; without it there is no limit"`
	MaxWasted   Wasted   `toml:"max-wasted" doc:"most bytes in the image's own layers that nobody sees: it is a finding where both are exceeded"`
	StartWithin string   `toml:"start-within" doc:"the time until the first answer, such as 30s, which it is without this key"`
	StopWithin  string   `toml:"stop-within" doc:"the time from the stop signal to the end, such as 10s, which it is without this key"`
	Memory      string   `toml:"memory" doc:"the memory that a container gets, such as 1GB, which it is without this key"`
	Env         []string `toml:"env" add:"true" doc:"variables for the run, as NAME=value; NAME alone takes the value of whoever runs verify"`
	Allow       []string `toml:"allow" add:"true" doc:"what is no finding: the id of a check, with a colon and a pattern of paths in the image if it is about paths, a blank and the reason"`
}

// Wasted is a limit for wasted bytes.
type Wasted struct {
	Share string `toml:"share" doc:"of the image's own layers, such as 5%, which it is without this key"`
	Floor string `toml:"floor" doc:"in bytes, such as 5MB, which it is without this key"`
}

var (
	sizeText  = pattern.New(`^([0-9]+(?:\.[0-9]+)?) ?(B|kB|KB|MB|GB|KiB|MiB|GiB)?$`)
	shareText = pattern.New(`^(100|[0-9]{1,2}(?:\.[0-9]+)?) ?%$`)
	allowText = pattern.New(`^V[0-9]{3}(?::[^ ]+)?(?: .+)?$`)
	envText   = pattern.New(`^[A-Za-z_][A-Za-z0-9_.]*(?:=[^\x00]*)?$`)
	timeText  = pattern.New(`^(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+$`)
)

var units = map[string]float64{"": 1, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}

// Bytes reads a size, in bytes.
func Bytes(text string) (int64, error) {
	m := sizeText.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%q is no size such as 120MB", text)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	return int64(n * units[m[2]]), err
}

// Share reads a share of a whole, from 0 to 1.
func Share(text string) (float64, error) {
	m := shareText.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%q is no share such as 5%%", text)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	return n / 100, err
}

// Allowed takes an exception apart: the id of the check, the pattern of paths, the reason.
func Allowed(text string) (id, paths, reason string) {
	id, reason, _ = strings.Cut(text, " ")
	id, paths, _ = strings.Cut(id, ":")
	return id, paths, strings.TrimSpace(reason)
}

// check names the key of a value that has another form.
func (v Verify) check() (key string, err error) {
	for key, text := range map[string]string{"max-size": v.MaxSize, "memory": v.Memory, "max-wasted.floor": v.MaxWasted.Floor} {
		if _, err := Bytes(text); text != "" && err != nil {
			return key, err
		}
	}
	if _, err := Share(v.MaxWasted.Share); v.MaxWasted.Share != "" && err != nil {
		return "max-wasted.share", err
	}
	for key, text := range map[string]string{"start-within": v.StartWithin, "stop-within": v.StopWithin} {
		if d, err := time.ParseDuration(text); text != "" && (err != nil || d <= 0 || !timeText.MatchString(text)) {
			return key, fmt.Errorf("%q is no time such as 10s", text)
		}
	}
	for _, text := range v.Allow {
		if !allowText.MatchString(text) {
			return "allow", fmt.Errorf("%q begins with no id of a check such as V204:/app/fixtures/**", text)
		}
	}
	for _, text := range v.Env {
		if !envText.MatchString(text) {
			return "env", fmt.Errorf("%q is no NAME=value", text)
		}
	}
	if v.MaxLayers < 0 {
		return "max-layers", fmt.Errorf("%d is no number of layers", v.MaxLayers)
	}
	return "", nil
}

// checkVerify holds [verify] to the forms of its values.
func (c *Config) checkVerify(d *document, prefix string, v Verify) error {
	key, err := v.check()
	if err == nil {
		return d.emptyIn(join(prefix, "verify"), reflect.ValueOf(v))
	}
	full := join(join(prefix, "verify"), key)
	return d.errorf(full, "%s: %w", full, err)
}

// emptyIn is an error for a key of a table that says nothing.
func (d *document) emptyIn(prefix string, v reflect.Value) error {
	for _, f := range fieldsOf(v.Type()) {
		key, value := join(prefix, f.name), v.FieldByIndex(f.index)
		switch {
		case f.Type.Kind() == reflect.Struct:
			if err := d.emptyIn(key, value); err != nil {
				return err
			}
		case d.has(key) && value.IsZero() && f.Type.Kind() != reflect.Slice:
			return d.errorf(key, "%s: it says nothing; leave the key out where there is no limit", key)
		}
	}
	return nil
}
