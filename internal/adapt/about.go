package adapt

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Healthcheck is how an image is asked whether it is well: words behind "CMD" or
// "CMD-SHELL" as compose has them, a path that the check of dockgen's asks for, or
// [None]. It is nil for what dockgen finds.
type Healthcheck []string

// Ports are those that an image exposes, such as "8080" and "53/udp", or [None]. It
// is nil for what dockgen finds.
type Ports []string

// None says that an image is to have no such instruction; a dockgen.toml says false.
const None = "NONE"

var portName = pattern.New(`^[0-9]{1,5}(/(tcp|udp|sctp))?$`)

// UnmarshalTOML takes false, a path or a list of words.
func (h *Healthcheck) UnmarshalTOML(value any) error {
	switch v := value.(type) {
	case bool:
		*h = Healthcheck{None}
		if v {
			return errors.New("want false, a path or a list of words, not true")
		}
	case string:
		if !strings.HasPrefix(v, "/") || strings.ContainsAny(v, "'\"\\$ \t\n%") {
			return fmt.Errorf("%q is no path such as /healthz", v)
		}
		*h = Healthcheck{v}
	case []any:
		for _, one := range v {
			word, ok := one.(string)
			if !ok {
				return errors.New("want words in the list")
			}
			*h = append(*h, word)
		}
		if len(*h) < 2 || (*h)[0] != "CMD" && (*h)[0] != "CMD-SHELL" || (*h)[0] == "CMD-SHELL" && len(*h) != 2 {
			return errors.New(`want ["CMD", "PROGRAM", …] or ["CMD-SHELL", "LINE"]`)
		}
	default:
		return errors.New("want false, a path or a list of words")
	}
	return nil
}

// UnmarshalTOML takes false or a list of ports.
func (p *Ports) UnmarshalTOML(value any) error {
	if v, ok := value.(bool); ok && !v {
		*p = Ports{None}
		return nil
	}
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return errors.New(`want false, or a list of ports such as [8080, "53/udp"]`)
	}
	for _, one := range list {
		text := fmt.Sprint(one)
		name, _, _ := strings.Cut(text, "/")
		if n, err := strconv.Atoi(name); err != nil || n < 1 || n > 65535 || !portName.MatchString(text) {
			return fmt.Errorf("%s is no port such as 8080 or 53/udp", text)
		}
		*p = append(*p, text)
	}
	return nil
}

// userName is a user with or without a group, each by number or name.
var userName = pattern.New(`^([0-9]+|[a-z_][a-z0-9_-]*)(:([0-9]+|[a-z_][a-z0-9_-]*))?$`)

// signalName is a signal by name or number.
var signalName = pattern.New(`^(SIG[A-Z0-9+-]+|[0-9]{1,2})$`)

// about changes what the image says about itself.
func (e *editor) about() error {
	w := e.Wishes
	for _, one := range []struct {
		key, instruction, value string
		fits                    *pattern.Pattern
		example                 string
	}{
		{"user", "USER", w.User, userName, "10001:10001"},
		{"expose", "EXPOSE", strings.Join(w.Expose, " "), nil, ""},
		{"stop-signal", "STOPSIGNAL", w.StopSignal, signalName, "SIGINT"},
	} {
		switch {
		case one.value == "":
			continue
		case one.fits != nil && !one.fits.MatchString(one.value):
			return e.errorf(one.key, "%q is not one such as %s", one.value, one.example)
		}
		if one.key == "user" {
			if err := e.called(one.value); err != nil {
				return err
			}
		}
		text := []string{one.instruction + " " + one.value}
		if one.value == None {
			text = nil
		}
		e.say(one.key, one.instruction, one.value, text)
	}
	if w.Entrypoint != nil {
		argv, err := dockerfile.ExecForm(w.Entrypoint)
		if err != nil {
			return e.errorf("entrypoint", "%w", err)
		}
		e.say("entrypoint", "ENTRYPOINT", strings.Join(w.Entrypoint, " "), []string{"ENTRYPOINT " + argv})
	}
	return e.healthcheck()
}

// called wants a user by name to be one of those that the image that runs has, where these
// are known and nothing of a person's may bring others.
func (e *editor) called(user string) error {
	name, _, _ := strings.Cut(user, ":")
	base, err := e.base(e.last())
	if err != nil || base.Called == nil || name[0] <= '9' || slices.Contains(base.Called, name) || len(e.Wishes.Lines)+len(e.Wishes.Files) > 0 {
		return nil
	}
	return e.errorf("user", "%q is no user of %s, which has %s; a number needs no name, such as %s", name, e.image(e.last()), strings.Join(base.Called, ", "), base.User)
}

// say puts an instruction of the last stage in place of the one that is there, or
// where it would stand; without text it takes it out.
func (e *editor) say(key, instruction, value string, text []string) {
	s := e.last()
	reason := "asked for"
	at := -1
	for _, in := range slices.Backward(s.Instructions) {
		if in.Name == instruction {
			reason = "asked for, instead of " + strings.TrimPrefix(strings.TrimSuffix(e.lines[in.Start], ` \`), instruction+" ")
			at = in.Start
			for i := in.Start; i < in.End; i++ {
				e.gone[i] = true
			}
			break
		}
	}
	if at < 0 {
		at = s.End
		for _, in := range slices.Backward(s.Instructions) {
			if slices.Index(closing, in.Name) <= slices.Index(closing, instruction) {
				break
			}
			at = in.Above
		}
	}
	e.insert(at, text...)
	e.changed(Change{Name: key, Value: value, Reason: reason, Key: key, At: e.At(key)})
}

func (e *editor) healthcheck() error {
	wish := e.Wishes.Healthcheck
	if wish == nil {
		return nil
	}
	head := "HEALTHCHECK --timeout=3s --start-period=5s \\"
	switch wish[0] {
	case None:
		e.say("healthcheck", "HEALTHCHECK", None, nil)
	case "CMD":
		argv, err := dockerfile.ExecForm(wish[1:])
		if err != nil {
			return e.errorf("healthcheck", "%w", err)
		}
		e.say("healthcheck", "HEALTHCHECK", strings.Join(wish[1:], " "), []string{head, "    CMD " + argv})
	case "CMD-SHELL":
		argv, err := dockerfile.ExecForm([]string{"/bin/sh", "-c", wish[1]})
		if err != nil {
			return e.errorf("healthcheck", "%w", err)
		}
		e.say("healthcheck", "HEALTHCHECK", wish[1], []string{head, "    CMD " + argv})
	default:
		text, ok := e.asking(wish[0])
		if !ok {
			return e.errorf("healthcheck", `the image has no check by HTTP whose path could be %s; write what to run, as in ["CMD", "/usr/bin/curl", "-f", "http://127.0.0.1:8080%s"]`, wish[0], wish[0])
		}
		e.say("healthcheck", "HEALTHCHECK", wish[0], text)
	}
	return nil
}

// paths find the path that a check of dockgen's asks for, by what each image has to
// ask with.
var paths = []*pattern.Pattern{
	pattern.New(`('GET', ')(/[^']*)(')`),
	pattern.New(`('GET )(/\S*)( HTTP/1)`),
	pattern.New(`(127\.0\.0\.1:(?:[0-9]+|\$\{\w+:-[0-9]+\}|'\+\([^']*\)\+'|'\+\(Deno\.env\.get\('\w+'\)\|\|[0-9]+\)\+'))(/[^'"\s]*)(['"\s])`),
}

// sure is what a check of dockgen's says where it knows no path, and what it says
// where it knows one.
var sure = strings.NewReplacer("r.status<500", "r.ok", "status >= 500", "status >= 400", `"curl", "-sS"`, `"curl", "-fsS"`, "curl -sS ", "curl -fsS ")

// asking is the check that the image has, for another path.
func (e *editor) asking(path string) (text []string, ok bool) {
	for _, in := range e.last().Instructions {
		if in.Name != "HEALTHCHECK" {
			continue
		}
		check := strings.Join(e.lines[in.Start:in.End], "\n")
		for _, p := range paths {
			if m := p.FindStringSubmatchIndex(check); m != nil {
				check = check[:m[4]] + path + check[m[5]:]
				return strings.Split(sure.Replace(check), "\n"), true
			}
		}
	}
	return nil, false
}
