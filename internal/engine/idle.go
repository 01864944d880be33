package engine

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/plan"
)

// answered plans a service by the answers that mean something for it, and notes why
// the others do not. What an answer decides is a decision that names its key, so one
// that no decision names decides nothing.
func (e *Engine) answered(c *candidate) (p plan.Plan, err error) {
	c.idle = e.strangers(c)
	for {
		p, err = e.plan(c, c.overrides())
		wrong, ok := errors.AsType[*plan.OverrideError](err)
		if !ok || !wrong.Idle {
			break
		}
		c.idle[strings.TrimPrefix(wrong.Flag, "--")] = wrong.Err.Error()
	}
	if err != nil {
		return p, notThere(err)
	}
	for _, a := range config.Given(c.overrides()) {
		switch decides := slices.ContainsFunc(p.Decisions, func(d plan.Decision) bool { return d.Key == a.Key }); {
		case decides || !slices.Contains(decisive, a.Key):
		case a.Key == "runtime" && c.overrides().Runtime == plan.SiteRuntime: // as it is
		case a.Key == "private":
			p.Note("nothing here comes from %s, so private changes nothing", strings.Join(c.overrides().Private, ", "))
		case a.Key == "split" && !servesPages(c.Service):
			c.idle[a.Key] = "it embeds and serves no front end"
		case a.Key != "split":
			c.idle[a.Key] = "it decides nothing here: " + p.Description
		}
	}
	return p, nil
}

// notThere says of a version that was asked for that the catalog does not have it.
func notThere(err error) error {
	wrong, ok := errors.AsType[*plan.OverrideError](err)
	missing, unsatisfiable := errors.AsType[*catalog.UnsatisfiableError](err)
	if !ok || !unsatisfiable || wrong.Flag != versionFlag {
		return err
	}
	var nearest []string
	for _, ref := range missing.Nearest {
		nearest = append(nearest, ref.String())
	}
	text := fmt.Sprintf("it is not in the catalog of %s; nearest is %s", missing.AsOf, strings.Join(nearest, " or "))
	if missing.Newer {
		text = fmt.Sprintf("it is not in the catalog of %s; dockgen update asks the registry for newer ones; nearest is %s", missing.AsOf, strings.Join(nearest, " or "))
	}
	return &plan.OverrideError{Flag: wrong.Flag, Value: wrong.Value, Err: &said{text, missing}}
}

// said is an error in other words.
type said struct {
	text string
	error
}

func (s *said) Error() string { return s.text }

func (s *said) Unwrap() error { return s.error }

func servesPages(s detect.Service) bool {
	server, ok := s.Detail.(detect.Server)
	return ok && len(server.Pages()) > 0
}

// decisive are the answers that show as a decision wherever they mean something; those
// to options of stacks are known by their stack.
var decisive = []string{"runtime", "lang-version", "command", "no-test-stage", "dev", "private", "platforms", "package-manager", "split", "stands-on"}

// overrides are the answers that hold for a candidate, without those that mean nothing.
func (c *candidate) overrides() plan.Overrides {
	return c.meant(config.Over(c.settled.Overrides, c.flags))
}

// meant takes answers without meaning for the candidate away.
func (c *candidate) meant(o plan.Overrides) plan.Overrides {
	for key := range c.idle {
		o = config.Without(o, key)
	}
	return o
}

// strangers are the answers that only other stacks understand.
func (e *Engine) strangers(c *candidate) map[string]string {
	stack, idle := e.stack(c.Service), map[string]string{}
	all := config.Over(c.settled.Overrides, c.flags)
	for key := range all.Own {
		if !slices.ContainsFunc(stack.Options, func(o plan.Option) bool { return o.Key == key }) {
			idle[key] = fmt.Sprintf("%s is a %s service, which has no such option", c.Service.Name, stack.Name)
		}
	}
	name, _, _ := strings.Cut(all.PackageManager, "@")
	switch known := slices.ContainsFunc(stack.Managers, func(m plan.Manager) bool { return m.Name == name }); {
	case name == "" || known:
	case len(stack.Managers) == 0:
		idle["package-manager"] = fmt.Sprintf("%s is a %s service, which no package manager installs", c.Service.Name, stack.Name)
	default:
		idle["package-manager"] = fmt.Sprintf("%s is a %s service, which %s install", c.Service.Name, stack.Name, strings.Join(config.ManagerForms([]plan.Stack{stack}), ", "))
	}
	return idle
}

// judge settles what becomes of answers without meaning: one that is meant for several
// services and means something to one of them passes over the others, which is told in
// a line; any other is an error of the service.
func (e *Engine) judge(all []candidate, r Request) (passed []string) {
	over := map[string][]string{}
	var order []string
	for i := range all {
		c := &all[i]
		for _, key := range slices.Sorted(maps.Keys(c.idle)) {
			who, passes := c.idleness(key, all, r)
			switch {
			case !c.asked || c.Err != nil:
			case !passes:
				value := config.Value(config.Over(c.settled.Overrides, c.flags), key)
				c.Err = c.placed(&plan.OverrideError{Flag: "--" + key, Value: value, Err: errors.New(c.idle[key])})
			case over[who] == nil:
				order = append(order, who)
				fallthrough
			default:
				over[who] = append(over[who], c.Service.Name)
			}
		}
	}
	for _, who := range order {
		passed = append(passed, who+" means nothing to "+some(over[who]))
	}
	return passed
}

// idleness says who gave an answer without meaning, and whether it passes over the
// service, as it means something to another that it is for.
func (c *candidate) idleness(key string, all []candidate, r Request) (who string, passes bool) {
	given := func(o plan.Overrides) bool {
		return slices.ContainsFunc(config.Given(o), func(a config.Answer) bool { return a.Key == key })
	}
	fits := func(meant func(o *candidate) bool) bool {
		for i := range all {
			o := &all[i]
			if _, idle := o.idle[key]; meant(o) && !idle {
				return true
			}
		}
		return false
	}
	if given(c.flags) {
		return "--" + key, fits(func(o *candidate) bool { return o.asked })
	}
	origin := c.settled.Origins(key)[0]
	who = fmt.Sprintf("%s (%s)", key, origin.At)
	switch {
	case origin.At.File == config.Name && origin.Key == key:
		return who, r.Stack != "" || fits(func(*candidate) bool { return true })
	case origin.Key == "stack."+c.Service.Stack+"."+key:
		return who, fits(func(o *candidate) bool { return o.Service.Stack == c.Service.Stack })
	}
	return who, false
}

// some lists the first of several names.
func some(names []string) string {
	const most = 5
	if more := len(names) - most; more > 0 {
		names = append(slices.Clone(names[:most]), fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

// unmatchedAnywhere is an error for programs that were named where no service has any.
func unmatchedAnywhere(services []detect.Service, wanted []string) error {
	if len(wanted) == 0 || len(services) == 0 {
		return nil
	}
	if slices.ContainsFunc(services, func(s detect.Service) bool { _, chosen := s.Detail.(detect.Chosen); return chosen }) {
		return nil
	}
	return fmt.Errorf("--main %s: there is no program to choose in %s", strings.Join(wanted, ","), list(services))
}
