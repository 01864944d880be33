package proof_test

import (
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/proof"
)

// TestCheck holds each kind of need against Dockerfiles that have it, lack it, or leave it
// open. What is wanted is the start of "state: reason".
func TestCheck(t *testing.T) {
	program, file, writes, variable := plan.NeedProgram, plan.NeedFile, plan.NeedWritable, plan.NeedVariable
	const slim, bare, foreign = "FROM debian:13.6-slim AS run\n", "FROM gcr.io/distroless/static-debian13:nonroot AS run\n", "FROM example.com/base:1 AS run\n"
	for _, c := range []struct {
		name, text string
		need       plan.Need
		want       string
	}{
		{"a program of the base", slim, plan.Need{Kind: program, What: "bash"}, "proved"},
		{"no program of the base", slim, plan.Need{Kind: program, What: "gunicorn"}, "failed: which is no program of stage run"},
		{"none of a bare base", bare, plan.Need{Kind: program, What: "sh"}, "failed"},
		{"of a base that nobody knows", foreign, plan.Need{Kind: program, What: "sh"}, "not proved: what example.com/base:1 has is not known"},
		{"of a package", slim + "RUN apt-get update && apt-get install -y tini\n", plan.Need{Kind: program, What: "/usr/bin/tini"}, "proved"},
		{"of a package of another name", "FROM alpine:3.24.1 AS run\nRUN apk add --no-cache build-base\n", plan.Need{Kind: program, What: "make"}, "proved"},
		{"of another package", slim + "RUN apt-get install -y git\n", plan.Need{Kind: program, What: "protoc"}, "failed"},
		{"of what a command may install", slim + "RUN ./install.sh\n", plan.Need{Kind: program, What: "gunicorn"}, "not proved: ./install.sh may make it (Dockerfile:2)"},
		{"of a folder of PATH", slim + "ENV PATH=/opt/bin:$PATH\nCOPY tool /opt/bin/tool\n", plan.Need{Kind: program, What: "tool"}, "proved"},
		{"of a folder that PATH does not name", slim + "COPY tool /opt/bin/tool\n", plan.Need{Kind: program, What: "tool"}, "failed"},
		{"or another", slim, plan.Need{Kind: program, What: "wget", Or: []string{"curl", "perl"}}, "proved"},
		{"a file of the context", bare + "WORKDIR /app\nCOPY . .\n", plan.Need{Kind: file, What: "src/main.js"}, "proved"},
		{"that is not in it", bare + "WORKDIR /app\nCOPY . .\n", plan.Need{Kind: file, What: "src/other.js"}, "failed: which is not in stage run"},
		{"that is left out", bare + "COPY --exclude=src . /app\n", plan.Need{Kind: file, What: "/app/src/main.js"}, "failed"},
		{"that a pattern brings", bare + "COPY src/*.js /app/\n", plan.Need{Kind: file, What: "/app/main.js"}, "proved"},
		{"that a folder in a pattern brings", bare + "COPY s* /app/\n", plan.Need{Kind: file, What: "/app/main.js"}, "proved"},
		{"that another stage makes", "FROM debian:13.6-slim AS build\nRUN make it\n" + bare + "COPY --from=build /made/x /app/x\n", plan.Need{Kind: file, What: "/app/x"}, "proved"},
		{"that another stage may make", "FROM debian:13.6-slim AS build\nRUN make it\n" + bare + "COPY --from=build /other/x /app/x\n", plan.Need{Kind: file, What: "/app/x"}, "not proved: make it may make it (Dockerfile:2)"},
		{"that nobody makes in dockgen's own folder", "FROM debian:13.6-slim AS build\nRUN make it\n" + bare + "COPY --from=build /out/x /app/x\n", plan.Need{Kind: file, What: "/app/x"}, "failed"},
		{"that comes from another image", bare + "COPY --from=example.com/tools:1 /x /app/x\n", plan.Need{Kind: file, What: "/app/x"}, "proved"},
		{"in a folder that does", bare + "COPY --from=example.com/tools:1 /x /app\n", plan.Need{Kind: file, What: "/app/x"}, "not proved"},
		{"that stands in the Dockerfile", bare + "COPY <<EOF /etc/passwd\napp\nEOF\n", plan.Need{Kind: file, What: "/etc/passwd"}, "proved"},
		{"that the base has, and ours is wanted", slim, plan.Need{Kind: file, What: "/etc/passwd", Ours: true}, "failed"},
		{"in a stage that is not there", slim, plan.Need{Kind: file, What: "/x", Stage: "builder"}, "not proved: there is no stage builder"},
		{"in another stage", "FROM scratch AS one\nCOPY tool /x\n" + slim, plan.Need{Kind: file, What: "/x", Stage: "one"}, "proved"},
		{"a folder of the user", slim + "USER 10001:10001\nWORKDIR /app\n", plan.Need{Kind: writes, What: "/app"}, "proved"},
		{"that is made below one", slim + "USER 10001:10001\nWORKDIR /app\n", plan.Need{Kind: writes, What: "/app/data"}, "proved"},
		{"of root", slim + "WORKDIR /app\nUSER 10001:10001\n", plan.Need{Kind: writes, What: "/app"}, "failed: where its user may not write in stage run"},
		{"that is there before the user's WORKDIR", slim + "WORKDIR /app\nUSER 10001:10001\nWORKDIR /app\n", plan.Need{Kind: writes, What: "/app"}, "failed"},
		{"below the root", slim + "USER 10001:10001\n", plan.Need{Kind: writes, What: "/data"}, "failed"},
		{"and the user is root", slim, plan.Need{Kind: writes, What: "/data"}, "proved"},
		{"of a volume", slim + "USER 10001:10001\nVOLUME /data\n", plan.Need{Kind: writes, What: "/data/x"}, "proved"},
		{"that is copied for the user", slim + "COPY --chown=10001:10001 src /app\nUSER 10001:10001\n", plan.Need{Kind: writes, What: "/app"}, "proved"},
		{"that is copied for root", slim + "COPY src /app\nUSER 10001:10001\n", plan.Need{Kind: writes, What: "/app"}, "failed"},
		{"that a link of layers makes root's again", slim + "USER 10001:10001\nWORKDIR /app\nCOPY --link src /app\n", plan.Need{Kind: writes, What: "/app"}, "failed"},
		{"a folder that a copy brings into one of root", slim + "RUN mkdir -p /app/data\nCOPY --chown=10001:10001 src /app\nUSER 10001:10001\n", plan.Need{Kind: writes, What: "/app/main.js"}, "proved"},
		{"in a folder that stood there for root", slim + "WORKDIR /app\nCOPY src /app/data/\nCOPY --chown=10001:10001 . /app\nUSER 10001:10001\n", plan.Need{Kind: writes, What: "/app/src"}, "proved"},
		{"of root that a copy for the user goes to", slim + "WORKDIR /app/src\nWORKDIR /app\nCOPY --chown=10001:10001 . /app\nUSER 10001:10001\n", plan.Need{Kind: writes, What: "/app"}, "failed"},
		{"of root that a copy for the user goes over", slim + "WORKDIR /app/src\nWORKDIR /app\nCOPY --chown=10001:10001 . /app\nUSER 10001:10001\n", plan.Need{Kind: writes, What: "/app/src"}, "proved"},
		{"a file that is taken away", bare + "COPY src /app\nRUN rm -f /app/main.js\n", plan.Need{Kind: file, What: "/app/main.js"}, "failed"},
		{"a file whose folder is taken away", bare + "COPY src /app\nRUN rm -rf /app/\n", plan.Need{Kind: file, What: "/app/main.js"}, "failed"},
		{"a file of the base that is taken away", slim + "RUN rm /bin/bash /usr/bin/bash\n", plan.Need{Kind: file, What: "/bin/bash"}, "failed"},
		{"a file that a pattern takes away", bare + "WORKDIR /app\nCOPY src .\nRUN rm -f *.js\n", plan.Need{Kind: file, What: "/app/main.js"}, "failed"},
		{"a file that is taken away above", "FROM scratch AS build\nCOPY src /app\nRUN rm /app/main.js\nFROM build AS run\n", plan.Need{Kind: file, What: "/app/main.js"}, "failed"},
		{"a file beside it", bare + "COPY . /app\nRUN rm -f /app/tool\n", plan.Need{Kind: file, What: "/app/src/main.js"}, "proved"},
		{"a file that comes back", bare + "COPY src /app\nRUN rm -rf /app\nCOPY src /app\n", plan.Need{Kind: file, What: "/app/main.js"}, "proved"},
		{"a file that may come back at once", bare + "COPY src /app\nRUN rm -rf /app && make it\n", plan.Need{Kind: file, What: "/app/main.js"}, "not proved"},
		{"a file taken away in a mount", bare + "COPY src /app\nRUN --mount=type=cache,target=/app rm -rf /app/main.js\n", plan.Need{Kind: file, What: "/app/main.js"}, "proved"},
		{"/tmp", bare, plan.Need{Kind: writes, What: "/tmp/x"}, "proved"},
		{"/tmp of nothing", "FROM scratch\nUSER 10001:10001\n", plan.Need{Kind: writes, What: "/tmp/x"}, "failed"},
		{"that the base keeps for root", slim + "USER 10001:10001\nWORKDIR /var/log\n", plan.Need{Kind: writes, What: "/var/log"}, "failed"},
		{"a variable", bare + "ENV A=1\n", plan.Need{Kind: variable, What: "A"}, "proved"},
		{"that nobody sets", bare + "ENV A=1\n", plan.Need{Kind: variable, What: "B"}, "failed: which nothing sets in stage run"},
		{"that a build may be given", bare + "ARG B\n", plan.Need{Kind: variable, What: "B"}, "proved"},
		{"a file before a step", slim + "RUN go build\nCOPY src src\n", plan.Need{Kind: file, What: "src/main.js", Before: "go build"}, "failed"},
		{"a file before another", slim + "COPY src src\nRUN go build\n", plan.Need{Kind: file, What: "src/main.js", Before: "go build"}, "proved"},
		{"a file that the step mounts", slim + "RUN --mount=source=src,target=src go build\n", plan.Need{Kind: file, What: "src/main.js", Before: "go build"}, "proved"},
		{"a file before a step that is not there", slim, plan.Need{Kind: file, What: "src/main.js", Before: "go build"}, "not proved: no step of stage run runs go build"},
		{"a dependency", slim, plan.Need{Kind: plan.NeedDependency, What: "flask"}, "proved"},
		{"that is not installed", slim, plan.Need{Kind: plan.NeedDependency, What: "click"}, "failed: which no dependency brings into stage run"},
		{"a port that is not exposed", slim, plan.Need{Kind: plan.NeedPort, What: "80", Lacking: "x"}, "proved"},
		{"a port that nobody reaches", slim + "EXPOSE 80\n", plan.Need{Kind: plan.NeedPort, What: "80", Lacking: "x"}, "failed: x"},
		{"a port of another protocol", slim + "EXPOSE 80/udp\n", plan.Need{Kind: plan.NeedPort, What: "80", Lacking: "x"}, "proved"},
		{"what a stack has found", bare, plan.Need{Kind: plan.NeedDependency, What: "x", Lacking: "which is for development only"}, "failed: which is for development only"},
		{"what it could not find", bare, plan.Need{Kind: plan.NeedDependency, What: "x", Open: "its name is not known"}, "not proved: its name is not known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			im := read(t, c.text, []string{"src/main.js", "tool"}, plan.Made{Stage: "build", Path: "/made/x"})
			c.need.By = "the test needs"
			for _, f := range im.Check([]plan.Need{c.need}, proof.Start{}) {
				if got := string(f.State) + ": " + f.Reason; f.By == c.need.By && !strings.HasPrefix(got, c.want) {
					t.Errorf("%q, want %q", got, c.want)
				}
			}
		})
	}
}

// TestStart wants what the start and the health check name to be looked for.
func TestStart(t *testing.T) {
	for _, c := range []struct{ name, text, fails string }{
		{"a script", `ENTRYPOINT ["node", "dist/main.js"]`, "dist/main.js"},
		{"a script without its ending", `ENTRYPOINT ["node", "dist/main"]`, "dist/main.js"},
		{"one that is there", `ENTRYPOINT ["node", "src/main"]`, ""},
		{"behind an init", `ENTRYPOINT ["tini", "--", "node", "src/main.js"]`, "tini"},
		{"its own options", `ENTRYPOINT ["node", "src/main.js", "other.js"]`, ""},
		{"a file that it loads first", `ENTRYPOINT ["node", "--import=./first.mjs", "src/main.js"]`, "./first.mjs"},
		{"a text", `ENTRYPOINT ["node", "-e", "run('x.js')"]`, ""},
		{"a shell", `ENTRYPOINT ["sh", "-c", "exec gone --port $PORT"]`, "gone"},
		{"a shell with two commands", `CMD cd /app && node src/main.js && gone`, "gone"},
		{"a command for an entry point", "ENTRYPOINT [\"node\"]\nCMD [\"gone.js\"]", "gone.js"},
		{"a health check", "HEALTHCHECK CMD [\"curl\", \"http://127.0.0.1\"]\nENTRYPOINT [\"node\", \"src/main.js\"]", "curl"},
		{"a copy of what is not there", "COPY gone /x\nENTRYPOINT [\"node\", \"src/main.js\"]", "gone"},
		{"a copy of what no stage has", "COPY --from=one /gone /x\nENTRYPOINT [\"node\", \"src/main.js\"]", "/gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			im := read(t, "FROM scratch AS one\nFROM node:24.19.0-trixie-slim\nWORKDIR /app\nCOPY . .\n"+c.text+"\n", []string{"src/main.js"})
			at := detect.Evidence{File: "package.json", Line: 3}
			var failed []string
			for _, f := range im.Check(nil, proof.Start{At: at, Settles: "--command"}) {
				if f.Err() != nil {
					failed = append(failed, f.What)
				}
			}
			if got := strings.Join(failed, " "); got != c.fails {
				t.Errorf("fails %q, want %q", got, c.fails)
			}
		})
	}
}

// TestCalls wants the programs and files that the commands of a build run to be in the stage
// by then: what its image has, what an installation before or in the same command brings,
// what a mount shows. What stands there is "kind what: reason" of each that is not.
func TestCalls(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"of the image", "FROM golang:1.26.7-trixie\nRUN go build ./... && make\n", ""},
		{"not of the image", "FROM golang:1.26.7-alpine3.24\nRUN go build ./... && make\n", "program make: which is no program of stage the last stage"},
		{"installed by the same command", "FROM golang:1.26.7-alpine3.24\nRUN apk add --no-cache make && make\n", ""},
		{"installed before", "FROM node:24.19.0-trixie-slim\nRUN apt-get install -y cmake\nRUN cmake .\n", ""},
		{"by pip", "FROM python:3.13.15-slim-trixie\nRUN pip install poetry==2.4.3 'x[y]>1' && poetry export\n", ""},
		{"by npm for all", "FROM node:24.19.0-trixie-slim\nRUN npm install --global pnpm@10.34.5\nRUN pnpm install\n", ""},
		{"by cargo", "FROM rust:1.98.0-slim-trixie\nRUN cargo install --locked trunk@0.21.14\nRUN trunk build\n", ""},
		{"by another stage", "FROM alpine:3.24.1 AS one\nRUN apk add protoc\nFROM debian:13.6-slim\nCOPY --from=one /usr/bin/protoc /usr/local/bin/\nRUN protoc x\n", ""},
		{"maybe by a command", "FROM debian:13.6-slim\nRUN ./src/run.sh\nRUN cmake .\n", "program ./src/run.sh: which is no program of stage the last stage"},
		{"under a condition", "FROM debian:13.6-slim\nRUN cmake . || true\n", ""},
		{"in a loop", "FROM debian:13.6-slim\nRUN for x in a; do cmake $x; done\n", ""},
		{"a script", "FROM debian:13.6-slim\nWORKDIR /w\nCOPY src src\nRUN sh src/gone.sh\n", "file src/gone.sh: which is not in stage the last stage"},
		{"a script elsewhere", "FROM debian:13.6-slim\nWORKDIR /w\nCOPY src src\nRUN cd src && sh run.sh\n", ""},
		{"a script of a mount", "FROM debian:13.6-slim\nWORKDIR /w\nRUN --mount=type=bind,source=src,target=. sh gone.sh\n", "file gone.sh: which is not in stage the last stage"},
		{"a script that a mount has", "FROM debian:13.6-slim\nWORKDIR /w\nRUN --mount=type=bind,source=src,target=. sh run.sh\n", ""},
		{"a script of a stage's mount", "FROM alpine:3.24.1 AS one\nCOPY src /x\nFROM debian:13.6-slim\nRUN --mount=from=one,target=/w sh /w/gone.sh\n", "file /w/gone.sh: which is not in stage the last stage"},
		{"a mount of what is not there", "FROM debian:13.6-slim\nRUN --mount=source=gone,target=/w true\n", "file /gone: which is not in the context"},
		{"a mount of what no stage has", "FROM alpine:3.24.1 AS one\nFROM debian:13.6-slim\nRUN --mount=from=one,source=/gone,target=/w true\n", "file /gone: which is not in stage one"},
		{"a script behind a cache", "FROM debian:13.6-slim\nCOPY src /w\nRUN --mount=type=cache,target=/w sh /w/run.sh\n", ""},
		{"a script behind a file system in memory", "FROM debian:13.6-slim\nCOPY src /w\nRUN --mount=type=tmpfs,target=/w sh /w/run.sh\n", "file /w/run.sh: which is not in stage the last stage"},
		{"a secret", "FROM debian:13.6-slim\nRUN --mount=type=secret,id=x,target=/w/run.sh sh /w/run.sh\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range read(t, c.text, []string{"src/run.sh"}).Check(nil, proof.Start{}) {
				if f.State == proof.Failed {
					got = append(got, string(f.Kind)+" "+f.What+": "+f.Reason)
				}
			}
			if got := strings.Join(got, "\n"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestMounted wants nothing of what a command makes under a mount to be in its stage.
func TestMounted(t *testing.T) {
	for kind, want := range map[string]proof.State{"cache": proof.Failed, "bind": proof.Failed, "tmpfs": proof.Failed} {
		im := read(t, "FROM debian:13.6-slim AS one\nRUN --mount=type="+kind+",target=/w/kept make it\nFROM scratch\nCOPY --from=one /w /w\n", []string{"a"})
		for name, want := range map[string]proof.State{"/w/kept/x": want, "/w/x": proof.Open} {
			if got := state(im, plan.Need{Kind: plan.NeedFile, What: name}); got != want {
				t.Errorf("%s with a mount of %s: %s, want %s", name, kind, got, want)
			}
		}
	}
}

// TestForeign judges images that stand in the place of others by what their family has, and
// says of nothing else that it is not there.
func TestForeign(t *testing.T) {
	c, err := images()
	if err != nil {
		t.Fatal(err)
	}
	text := "FROM registry.example.com/own:1\nUSER 10001:10001\n"
	for _, x := range []struct {
		family string
		need   plan.Need
		want   proof.State
	}{
		{"debian", plan.Need{Kind: plan.NeedProgram, What: "bash"}, proof.Proved},
		{"alpine", plan.Need{Kind: plan.NeedProgram, What: "bash"}, proof.Open},
		{"distroless", plan.Need{Kind: plan.NeedProgram, What: "sh"}, proof.Failed},
		{"distroless", plan.Need{Kind: plan.NeedProgram, What: "node"}, proof.Open},
		{"ubi", plan.Need{Kind: plan.NeedFile, What: "/etc/pki/tls/certs/ca-bundle.crt"}, proof.Proved},
		{"wolfi", plan.Need{Kind: plan.NeedWritable, What: "/tmp"}, proof.Proved},
		{"scratch", plan.Need{Kind: plan.NeedWritable, What: "/tmp"}, proof.Failed},
		{"debian", plan.Need{Kind: plan.NeedWritable, What: "/var/log"}, proof.Failed},
		{"debian", plan.Need{Kind: plan.NeedFile, What: "/opt/agent"}, proof.Open},
	} {
		stages, err := dockerfile.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		im := proof.New(stages, proof.Sent{Tree: detect.NewTree(nil), Ignore: &dockerfile.Ignore{}, Dir: "."}, func(string) (plan.Base, bool) {
			b, err := c.OfFamily(x.family)
			return plan.Base{Base: b}, err == nil
		}, plan.Plan{})
		if got := state(im, x.need); got != x.want {
			t.Errorf("%s of an image of %s: %s, want %s", x.need.What, x.family, got, x.want)
		}
	}
}

// TestWords wants a failure to say its place and what settles it, and a note that of the
// Dockerfile too, which is there to be read.
func TestWords(t *testing.T) {
	n := plan.Need{Kind: plan.NeedFile, What: "/app/rules.yml", By: "the program opens", At: detect.Evidence{File: "main.go", Line: 7}, Exact: true, Settles: "bring it with files"}
	im := read(t, "FROM scratch AS run\n", []string{"a"})
	want := "main.go:7: the program opens /app/rules.yml, which is not in stage run; bring it with files"
	f := im.Check([]plan.Need{n}, proof.Start{})[0]
	if err := f.Err(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	n.Exact = false
	want = "main.go:7: the program opens /app/rules.yml, which is not in stage run (Dockerfile:1); bring it with files"
	if f = im.Check([]plan.Need{n}, proof.Start{})[0]; f.Note() != want || f.Err() != nil {
		t.Errorf("the note %q and the error %v, want %s alone", f.Note(), f.Err(), want)
	}
}
