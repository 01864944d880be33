package adapt_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
)

const plain = `# syntax=docker/dockerfile:1
# dockgen: a service

FROM node:24.18.0-trixie-slim AS deps
WORKDIR /app
RUN npm ci

FROM deps AS builder
ENV A=1 B="two words" \
    C=3
RUN --mount=type=bind,from=alpine:3.24.1,target=/x npm run build

FROM builder AS test
RUN npm test

FROM node:24.18.0-trixie-slim AS runtime
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends tini
ENV NODE_ENV=production PORT=8080
COPY --from=builder /app /app
COPY --from=busybox:1 /bin/true /bin/true
USER 1000:1000
EXPOSE 8080
CMD ["node", "."]
`

func apply(t *testing.T, text string, w adapt.Wishes) (string, []adapt.Change, error) {
	t.Helper()
	images, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	stages, err := dockerfile.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	data, changes, err := adapt.Apply([]byte(text), stages, adapt.Request{
		Wishes: w, Context: ".", Catalog: images,
		At: func(string) detect.Evidence { return detect.Evidence{File: "dockgen.toml", Line: 7} },
		Base: func(image string, _ bool) (catalog.Base, error) {
			base, _, err := images.Base(image)
			return base, err
		},
		Install: func(i catalog.Installation) (string, error) {
			return "RUN " + i.Name + " " + strings.Join(i.Names, " ") + "\n", nil
		},
	})
	if err == nil {
		if err := dockerfile.Check(data); err != nil {
			t.Errorf("broken: %v\n%s", err, data)
		}
	}
	return string(data), changes, err
}

// changed lists the lines that differ, those of before with - and those of after with +.
func changed(before, after string) string {
	var b strings.Builder
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	i := 0
	for _, line := range now {
		switch {
		case i < len(old) && old[i] == line:
			i++
		case i+1 < len(old) && old[i+1] == line:
			b.WriteString("-" + old[i] + "\n")
			i += 2
		default:
			b.WriteString("+" + line + "\n")
		}
	}
	return b.String()
}

func TestApply(t *testing.T) {
	for _, c := range []struct {
		name   string
		wishes adapt.Wishes
		want   []string // lines, in this order
		gone   []string
	}{
		{name: "nothing"},
		{name: "a package beside those of the stack", wishes: adapt.Wishes{Packages: []string{"jq", "tini"}},
			want: []string{"RUN apt-get update && apt-get install -y --no-install-recommends tini jq"}},
		{name: "a package for the build, where no stage installs any", wishes: adapt.Wishes{BuildPackages: []string{"git"}},
			want: []string{"FROM node:24.18.0-trixie-slim AS deps", "RUN apt git", "WORKDIR /app"}},
		{name: "a variable that the stage sets, and one that it does not", wishes: adapt.Wishes{Env: map[string]string{"PORT": "9 0", "X": "$y"}},
			want: []string{`ENV NODE_ENV=production PORT="9 0"`, "COPY --from=busybox:1 /bin/true /bin/true", `ENV X="\$y"`, "USER 1000:1000"}},
		{name: "variables of the build", wishes: adapt.Wishes{BuildEnv: map[string]string{"X": "1", "Y": "2"}},
			want: []string{"FROM node:24.18.0-trixie-slim AS deps", `ENV X=1 \`, "    Y=2", "WORKDIR /app"}},
		{name: "labels", wishes: adapt.Wishes{Labels: map[string]string{"b": "2", "a": "x y"}},
			want: []string{"COPY --from=busybox:1 /bin/true /bin/true", `LABEL a="x y" \`, "    b=2", "USER 1000:1000"}},
		{name: "files", wishes: adapt.Wishes{Files: []adapt.File{{From: "a b.yml", To: "/etc/x.yml"}}},
			want: []string{`COPY ["a b.yml", "/etc/x.yml"]`, "USER 1000:1000"}},
		{name: "a secret for all that builds", wishes: adapt.Wishes{Secrets: []adapt.Secret{{ID: "npmrc", Target: "/root/.npmrc"}}},
			want: []string{`RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \`, "    npm ci", `RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \`, "    --mount=type=bind,from=alpine:3.24.1,target=/x npm run build", `RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \`, "    npm test", "RUN apt-get update && apt-get install -y --no-install-recommends tini"}},
		{name: "a secret for one stage", wishes: adapt.Wishes{Secrets: []adapt.Secret{{ID: "t", Env: "T", Stages: []string{"test"}}}},
			want: []string{"RUN npm ci", `RUN --mount=type=secret,id=t,env=T \`, "    npm test"}},
		{name: "lines", wishes: adapt.Wishes{Lines: []adapt.Line{
			{Stage: "builder", Place: "start", Text: "RUN one\n"}, {Stage: "test", Place: "end", Text: "RUN two"}, {Stage: "runtime", Place: "before-user", Text: "# three\nRUN three"},
		}},
			want: []string{"FROM deps AS builder", "RUN one", `ENV A=1 B="two words" \`, "RUN npm test", "RUN two", "", "COPY --from=busybox:1 /bin/true /bin/true", "# three", "RUN three", "USER 1000:1000"}},
		{name: "a mirror", wishes: adapt.Wishes{Images: adapt.Images{Mirror: map[string]string{"docker.io": "r.example.com/hub", "docker.io/library/busybox": "r.example.com/own/busybox"}}},
			want: []string{"# syntax=r.example.com/hub/docker/dockerfile:1", "FROM r.example.com/hub/library/node:24.18.0-trixie-slim AS deps", "RUN --mount=type=bind,from=r.example.com/hub/library/alpine:3.24.1,target=/x npm run build", "COPY --from=builder /app /app", "COPY --from=r.example.com/own/busybox:1 /bin/true /bin/true"}},
		{name: "an image instead of another", wishes: adapt.Wishes{Images: adapt.Images{Replace: map[string]adapt.Instead{"node": {Image: "r.example.com/node"}, "busybox:1": {Image: "r.example.com/tools@sha256:0000000000000000000000000000000000000000000000000000000000000000"}}}},
			want: []string{"# syntax=docker/dockerfile:1", "FROM r.example.com/node:24.18.0-trixie-slim AS deps", "COPY --from=r.example.com/tools@sha256:0000000000000000000000000000000000000000000000000000000000000000 /bin/true /bin/true"}},
		{name: "lines of versions", wishes: adapt.Wishes{Images: adapt.Images{Pin: "minor"}},
			want: []string{"FROM node:24.18-trixie-slim AS deps", "RUN --mount=type=bind,from=alpine:3.24,target=/x npm run build", "FROM node:24.18-trixie-slim AS runtime"}},
		{name: "versions as arguments", wishes: adapt.Wishes{Images: adapt.Images{Pin: "arg", Mirror: map[string]string{"docker.io/library": "r.example.com"}}},
			want: []string{"", "ARG NODE_VERSION=24.18.0", "", "FROM r.example.com/node:${NODE_VERSION}-trixie-slim AS deps", "RUN --mount=type=bind,from=r.example.com/alpine:3.24.1,target=/x npm run build", "FROM r.example.com/node:${NODE_VERSION}-trixie-slim AS runtime"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, changes, err := apply(t, plain, c.wishes)
			if err != nil {
				t.Fatal(err)
			}
			rest := strings.Split(got, "\n")
			for _, want := range c.want {
				for len(rest) > 0 && rest[0] != want {
					rest = rest[1:]
				}
				if len(rest) == 0 {
					t.Fatalf("no line %q at its place in\n%s\nchanged:\n%s", want, got, changed(plain, got))
				}
				rest = rest[1:]
			}
			if (len(changes) == 0) != (len(c.want) == 0) {
				t.Errorf("%d changes are listed", len(changes))
			}
		})
	}
}

// TestMinor follows the tags that exist for a line of versions.
func TestMinor(t *testing.T) {
	for from, want := range map[string]string{
		"golang:1.26.7-trixie":                      "golang:1.26-trixie",
		"eclipse-temurin:21.0.12_8-jre-noble":       "eclipse-temurin:21-jre-noble",
		"debian:13.6-slim":                          "debian:13.6-slim",
		"gcr.io/distroless/static-debian13:nonroot": "gcr.io/distroless/static-debian13:nonroot",
	} {
		got, _, err := apply(t, "FROM "+from+" AS x\n", adapt.Wishes{Images: adapt.Images{Pin: "minor"}})
		if err != nil || got != "FROM "+want+" AS x\n" {
			t.Errorf("%s: %s, %v, want %s", from, got, err, want)
		}
	}
}

const distroless = "FROM golang:1.26.7-trixie AS builder\nRUN go build -o /a\n\nFROM gcr.io/distroless/static-debian13:nonroot AS runtime\nCOPY --from=builder /a /a\nUSER 65532:65532\nENTRYPOINT [\"/a\"]\n"

// TestShown tells which variables look like credentials, and repeats none.
func TestShown(t *testing.T) {
	for value, want := range map[string]bool{
		"NPM_TOKEN=npm_abcdefghijklmnopqrstuvwxyz0123456789": true, "X=ghp_abcdefghijklmnopqrstuvwxyz": true, "DB=postgres://u:hunter2@db/x": true,
		"SECRET_KEY=hunter2": true, "API_KEY=q8Zr": true, "DB=postgres://u:$PASSWORD@db/x": false, "TOKEN=": false, "PASSWORD_FILE=/run/secrets/p": false,
		"TOKEN_URL=https://example.com/token": false, "SECRET_KEY=change-me": false, "MAX_TOKENS=100": false, "PASSWORD=/run/secrets/p": false,
	} {
		name, text, _ := strings.Cut(value, "=")
		for _, w := range []adapt.Wishes{{Env: map[string]string{name: text}}, {BuildEnv: map[string]string{name: text}}} {
			_, changes, err := apply(t, plain, w)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range changes {
				if c.Shown != want || want && strings.Contains(c.Value+c.Reason, text) {
					t.Errorf("%s: %+v", value, c)
				}
			}
		}
	}
}

func TestFaults(t *testing.T) {
	const at = "dockgen.toml:7: "
	for _, c := range []struct {
		name   string
		text   string
		wishes adapt.Wishes
		want   string
	}{
		{"an image without packages", "FROM scratch AS runtime\n", adapt.Wishes{Packages: []string{"jq"}}, at + "packages: stage runtime stands on scratch, which has no package manager to call; another --runtime may have one"},
		{"no name of a package", plain, adapt.Wishes{Packages: []string{"a; rm"}}, at + `packages: "a; rm" is no name of a package`},
		{"no name of a variable", plain, adapt.Wishes{Env: map[string]string{"A B": "1"}}, at + "env.A B: not a name of a variable"},
		{"a value with a newline", plain, adapt.Wishes{Env: map[string]string{"A": "1\nRUN x"}}, at + `env.A: "1\nRUN x" holds the control character U+000A`},
		{"no label", plain, adapt.Wishes{Labels: map[string]string{"a=b": "1"}}, at + "labels.a=b: not a name of a label"},
		{"a path that is not absolute", plain, adapt.Wishes{Files: []adapt.File{{From: "a", To: "b"}}}, `: files: to = "b": want an absolute path`},
		{"a secret twice over", plain, adapt.Wishes{Secrets: []adapt.Secret{{ID: "a", Target: "/a", Env: "A"}}}, ": secrets: a: target or env, not both"},
		{"no stage for a secret", plain, adapt.Wishes{Secrets: []adapt.Secret{{ID: "a", Stages: []string{"x"}}}}, ": no stage x; there are deps, builder, test, runtime"},
		{"a stage of one's own", plain, adapt.Wishes{Lines: []adapt.Line{{Stage: "test", Place: "end", Text: "FROM x"}}}, ": lines: a FROM of your own; it would be another stage"},
		{"a line that goes on", plain, adapt.Wishes{Lines: []adapt.Line{{Stage: "test", Place: "start", Text: "RUN a \\"}}}, `: lines: the last line goes on, and would take in the instruction behind it; end it without a \`},
		{"a line that goes on behind blanks", plain, adapt.Wishes{Lines: []adapt.Line{{Stage: "test", Place: "start", Text: "RUN a \\  \n\n# x"}}}, `: lines: the last line goes on, and would take in the instruction behind it; end it without a \`},
		{"a heredoc that goes on", plain, adapt.Wishes{Lines: []adapt.Line{{Stage: "test", Place: "start", Text: "RUN <<X\na"}}}, ": lines: line 2: unterminated heredoc"},
		{"a shell where there is none", distroless, adapt.Wishes{Lines: []adapt.Line{{Stage: "runtime", Place: "start", Text: "ENV A=b\nRUN chmod 700 /app"}}}, ": lines: stage runtime stands on gcr.io/distroless/static-debian13:nonroot, which has no shell for RUN chmod 700 /app; do it in a stage that builds, and copy what comes of it"},
		{"a user that the image does not have", distroless, adapt.Wishes{User: "app"}, at + `user: "app" is no user of gcr.io/distroless/static-debian13:nonroot, which has root, nobody, nonroot; a number needs no name, such as 65532:65532`},
		{"no instruction", plain, adapt.Wishes{Lines: []adapt.Line{{Stage: "test", Place: "end", Text: "RUM x"}}}, ": lines: line 2: unknown instruction: RUM (did you mean RUN?)"},
		{"an image with more behind it", plain, adapt.Wishes{Images: adapt.Images{Replace: map[string]adapt.Instead{"node": {Image: "node AS x\nRUN evil"}}}}, at + `images.replace.node: "node AS x\nRUN evil" is no name of an image`},
		{"a mirror with a blank", plain, adapt.Wishes{Images: adapt.Images{Mirror: map[string]string{"docker.io": "a b/"}}}, at + `images.mirror.docker.io: "a b/" is no name of an image`},
		{"another registry", plain, adapt.Wishes{Images: adapt.Images{Registries: []string{"docker.io/docker", "r.example.com"}}}, at + `images.registries: node:24.18.0-trixie-slim is none of them; give a place for it with images.mirror or images.replace "node"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := apply(t, c.text, c.wishes); err == nil || err.Error() != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// FuzzApply wants values to add the instructions that they are for and no others,
// whatever they hold.
func FuzzApply(f *testing.F) {
	f.Add("value", "/etc/x", "1.2", "jq")
	f.Add("$(x) \"'\\", "/a b", "\nRUN x", "a\\")
	f.Fuzz(func(t *testing.T, value, to, label, name string) {
		got, _, err := apply(t, plain, adapt.Wishes{
			Packages: []string{name}, Env: map[string]string{"X": value}, Labels: map[string]string{"l": label},
			Files: []adapt.File{{From: value, To: to}},
		})
		if err != nil {
			return
		}
		want := "ENV LABEL COPY "
		if diff := cmp.Diff(names(t, plain, ""), names(t, got, want)); diff != "" {
			t.Errorf("instructions (-without +with):\n%s\n%s", diff, got)
		}
	})
}

// names lists the instructions of the last stage, once without some that follow
// each other.
func names(t *testing.T, text, without string) string {
	t.Helper()
	stages, err := dockerfile.Stages([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, in := range stages[len(stages)-1].Instructions {
		all += in.Name + " "
	}
	return strings.Replace(all, without+"USER", "USER", 1)
}

// TestAbout changes what the image says about itself.
func TestAbout(t *testing.T) {
	check := func(cmd string) string {
		return strings.Replace(plain, "CMD [", "HEALTHCHECK --timeout=3s \\\n    CMD "+cmd+"\nCMD [", 1)
	}
	const node = `["node", "-e", "fetch('http://127.0.0.1:'+(process.env.PORT||3000)+'/').then(r=>process.exit(r.status<500?0:1),()=>process.exit(1))"]`
	for _, c := range []struct {
		name, text string
		wish       adapt.Wishes
		want       string // with - and +, or the error
	}{
		{"user", plain, adapt.Wishes{User: "0"}, "+USER 0\n-USER 1000:1000\n"},
		{"expose", plain, adapt.Wishes{Expose: adapt.Ports{"9090", "53/udp"}}, "+EXPOSE 9090 53/udp\n-EXPOSE 8080\n"},
		{"no port", plain, adapt.Wishes{Expose: adapt.Ports{adapt.None}}, "-EXPOSE 8080\n"},
		{"stop signal", plain, adapt.Wishes{StopSignal: "SIGINT"}, "+STOPSIGNAL SIGINT\n"},
		{"entrypoint", plain, adapt.Wishes{Entrypoint: []string{"tini", "--"}}, "+ENTRYPOINT [\"tini\", \"--\"]\n"},
		{"a check", plain, adapt.Wishes{Healthcheck: adapt.Healthcheck{"CMD", "/probe"}}, "+HEALTHCHECK --timeout=3s --start-period=5s \\\n+    CMD [\"/probe\"]\n"},
		{"no check", check(node), adapt.Wishes{Healthcheck: adapt.Healthcheck{adapt.None}}, "-HEALTHCHECK --timeout=3s \\\n-    CMD " + node + "\n"},
		{"path of node's", check(node), adapt.Wishes{Healthcheck: adapt.Healthcheck{"/ready"}}, `+'/ready').then(r=>process.exit(r.ok?0:1)`},
		{"path of bash's", check(`["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${PORT:-80} && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3"]`), adapt.Wishes{Healthcheck: adapt.Healthcheck{"/ready"}}, "GET /ready HTTP/1.0"},
		{"path of wget's", check(`["sh", "-c", "exec wget -q -O /dev/null http://127.0.0.1:${PORT:-80}/healthz"]`), adapt.Wishes{Healthcheck: adapt.Healthcheck{"/ready"}}, `${PORT:-80}/ready"]`},
		{"path of curl's", check(`["curl", "-sS", "-o", "/dev/null", "http://127.0.0.1:80/"]`), adapt.Wishes{Healthcheck: adapt.Healthcheck{"/ready"}}, `["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:80/ready"]`},
		{"path of python's", check(`["python", "-c", "c.request('GET', '/'); exit(c.getresponse().status >= 500)"]`), adapt.Wishes{Healthcheck: adapt.Healthcheck{"/ready"}}, `'/ready'); exit(c.getresponse().status >= 400)`},
		{"a path without a check", plain, adapt.Wishes{Healthcheck: adapt.Healthcheck{"/ready"}}, "dockgen.toml:7: healthcheck: the image has no check by HTTP whose path could be /ready"},
		{"no user", plain, adapt.Wishes{User: "a b"}, `dockgen.toml:7: user: "a b" is not one such as 10001:10001`},
		{"no signal", plain, adapt.Wishes{StopSignal: "INT"}, `dockgen.toml:7: stop-signal: "INT" is not one such as SIGINT`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, changes, err := apply(t, c.text, c.wish)
			if err != nil {
				if !strings.HasPrefix(err.Error(), c.want) {
					t.Errorf("%v, want %s", err, c.want)
				}
				return
			}
			if len(changes) != 1 {
				t.Errorf("changes %v", changes)
			}
			removed := ""
			for line := range strings.Lines(c.text) {
				if !strings.Contains(got, line) {
					removed += "-" + line
				}
			}
			added := ""
			for line := range strings.Lines(got) {
				if !strings.Contains(c.text, line) {
					added += "+" + line
				}
			}
			if added+removed != c.want && !strings.Contains(added, strings.TrimPrefix(c.want, "+")) {
				t.Errorf("%s, want %s", added+removed, c.want)
			}
		})
	}
}
