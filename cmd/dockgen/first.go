package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/dockgen/dockgen/internal/docker"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/prompt"
	"github.com/dockgen/dockgen/internal/show"
)

// finish writes what a conversation came to, and offers to try it.
func (w *writing) finish(ctx context.Context, io *streams, repo *repository, c *conversation, result engine.Result) error {
	r, err := w.deliver(io, repo, result)
	if err != nil {
		return err
	}
	return w.first(ctx, io, c, r)
}

// startLimit is how long init waits for the first answer of what it has started.
const startLimit = time.Minute

// first offers to build one of the images that were written, and to start it, with the
// docker of the person: a Dockerfile that was never built is a draft. Where there is no
// docker the commands stand printed already.
func (w *writing) first(ctx context.Context, io *streams, c *conversation, r report) error {
	services := r.startable()
	if io.docker == nil || len(services) == 0 || w.output != "" {
		return nil
	}
	d, err := io.docker(ctx)
	if err != nil {
		say(io.err, "not built: "+err.Error())
		return nil
	}
	options := []prompt.Option{{Name: "not now", About: "the commands stand above"}}
	for _, o := range services {
		options = append(options, prompt.Option{Name: o.Service.Name, About: seen(o)})
	}
	if len(services) == 1 {
		options[1].Name = "build and start"
	}
	q := c.question("Build and start it now", "docker builds the image, which takes longest the first time, and starts it beside this terminal.")
	chosen, err := c.journal.Prompter.Select(ctx, q, c.folded(options, 2), 0)
	if err != nil || chosen == 0 {
		return err
	}
	err = r.start(ctx, io, d, services[chosen-1])
	if failed, ok := errors.AsType[*docker.CommandError](err); ok {
		say(io.err, failed.Error())
		return exitCode(exitFault)
	}
	return err
}

// seen is what will be seen of a service.
func seen(o engine.Outcome) string {
	if len(o.Plan.Ports) == 0 {
		return "it listens on no port"
	}
	return fmt.Sprintf("and open http://localhost:%d", o.Plan.Ports[0].Number)
}

// startable are the services whose image can be tried alone: for the platform of this
// machine, with the secrets at hand, and not standing on a server that is not there.
func (r report) startable() (services []engine.Outcome) {
	for i, o := range r.result.Outcomes {
		if o.Err != nil || refused(r.written[i].changes) || len(o.Plan.Platforms) > 0 || len(o.Service.Stands) > 0 {
			continue
		}
		if _, ok := secrets(o); ok {
			services = append(services, o)
		}
	}
	return services
}

// secrets are those that the build of a service wants, as docker takes them; not ok where
// one is not there.
func secrets(o engine.Outcome) (flags []string, ok bool) {
	for _, s := range o.Plan.Secrets {
		secret, ok := given(s)
		if !ok {
			return nil, false
		}
		flags = append(flags, "--secret", secret)
	}
	return flags, true
}

// published are the ports of a service for docker run; any of the machine's where another
// program has the same.
func published(d *docker.Docker, p plan.Plan) []string {
	flags := strings.Fields(publish(p))
	if len(flags) > 0 && !d.IsFree(p.Ports[0].Number) {
		flags[1] = p.Ports[0].String()
	}
	return flags
}

// start builds the image of a service, starts it and says where it answers.
func (r report) start(ctx context.Context, io *streams, d *docker.Docker, o engine.Outcome) error {
	name, began := o.Service.Name, docker.Clock()
	build := []string{"buildx", "build", "--load"} // some builders keep to themselves what they built
	if file := o.Files[0].Path; file != path.Join(o.Plan.Context, "Dockerfile") {
		build = append(build, "--file", path.Join(r.place.typed, file))
	}
	given, _ := secrets(o)
	build = append(append(build, given...), "--tag", name, path.Join(r.place.typed, o.Plan.Context))
	run := append(append([]string{"run", "--detach", "--name", name}, published(d, o.Plan)...), name)
	for _, args := range [][]string{build, run} {
		show.Lines(io.err, "$ docker "+show.Words(args...))
		if err := docker.Attach(ctx, io.in, io.talk, args...); err != nil {
			return err
		}
	}
	port := 0
	if len(o.Plan.Ports) > 0 && !o.Plan.Ports[0].UDP {
		port = o.Plan.Ports[0].Number
	}
	container := d.Named(name)
	answer, _, state, err := container.Answers(ctx, port, "/", startLimit)
	if err != nil {
		for _, line := range container.Logs(ctx, 10) {
			say(io.err, "  "+line)
		}
		if state.Running {
			say(io.err, fmt.Sprintf("nothing answers on port %d: %v", port, err))
		} else {
			say(io.err, fmt.Sprintf("%s has ended by itself, with exit code %d", name, state.Exit))
		}
		return errors.Join(container.Remove(ctx), exitCode(exitFault))
	}
	what := name + " runs"
	if port != 0 {
		what = fmt.Sprintf("http://localhost:%s answers", state.Ports[port])
	}
	if answer.Status != 0 {
		what += fmt.Sprintf(" with %d", answer.Status)
	}
	say(io.err, fmt.Sprintf("%s, %.0f s after the build began.", what, began().Seconds()))
	show.Lines(io.err, "docker logs --follow "+show.Word(name)+"   what it says", "docker rm --force "+show.Word(name)+"     the end of it")
	return nil
}
