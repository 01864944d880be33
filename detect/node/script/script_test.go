package script_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect/node/script"
)

// TestProduction holds start scripts against the process that they come to, or
// against the reason why there is none.
func TestProduction(t *testing.T) {
	for _, c := range []struct {
		name    string
		scripts map[string]string // "start" is the one
		want    string            // env and argv, or "refused: …"
		before  string
		notes   string
	}{
		{name: "plain", scripts: map[string]string{"start": "node dist/server.js"}, want: "node dist/server.js"},
		{name: "environment", scripts: map[string]string{"start": "NODE_ENV=production PORT=4000 node ."}, want: "NODE_ENV=production PORT=4000 node ."},
		{name: "quotes", scripts: map[string]string{"start": `node -e "console.log('a b')" x\ y`}, want: "node -e console.log('a b') x y"},
		{name: "cross-env", scripts: map[string]string{"start": "cross-env NODE_ENV=production node x.js"}, want: "NODE_ENV=production node x.js"},
		{name: "through another script", scripts: map[string]string{"start": "npm run start:prod -- --flag", "start:prod": "node dist/main"}, want: "node dist/main --flag"},
		{name: "yarn, short", scripts: map[string]string{"start": "yarn serve:prod", "serve:prod": "node s.js"}, want: "node s.js"},
		{name: "pnpm, silent", scripts: map[string]string{"start": "pnpm -s run prod", "prod": "node s.js"}, want: "node s.js"},
		{name: "pnpm, a program", scripts: map[string]string{"start": "pnpm next start"}, want: "next start"},
		{name: "bun, a script", scripts: map[string]string{"start": "bun run prod", "prod": "bun src/index.ts"}, want: "bun src/index.ts"},
		{name: "bun run of a file", scripts: map[string]string{"start": "bun run src/index.ts"}, want: "bun src/index.ts"},
		{name: "npx", scripts: map[string]string{"start": "npx --yes next start"}, want: "next start"},
		{name: "npx with a version", scripts: map[string]string{"start": "npx serve@14 dist"}, want: "refused: npx downloads serve@14 when it runs"},
		{name: "build first", scripts: map[string]string{"start": "npm run build && node dist/i.js", "build": "rimraf dist && tsc"}, want: "node dist/i.js", notes: "rimraf dist is left out: what it makes or removes belongs to the build; tsc is left out: the build has done it"},
		{name: "prestart", scripts: map[string]string{"start": "npm run go", "prego": "tsc", "go": "node i.js"}, want: "node i.js", notes: "tsc is left out: the build has done it"},
		{name: "a migration", scripts: map[string]string{"start": "npx prisma migrate deploy && node i.js"}, want: "node i.js", before: "prisma migrate deploy"},
		{name: "a migration in a script", scripts: map[string]string{"start": "npm run db && node i.js", "db": "knex migrate:latest"}, want: "node i.js", before: "knex migrate:latest"},
		{name: "waiting", scripts: map[string]string{"start": "wait-on tcp:db:5432 && node i.js"}, want: "node i.js", notes: "wait-on tcp:db:5432 is left out: whoever runs the image decides when its services are ready"},
		{name: "echo", scripts: map[string]string{"start": "echo hello; node i.js"}, want: "node i.js"},
		{name: "cd", scripts: map[string]string{"start": "cd server && node i.js"}, want: "node i.js in server"},
		{name: "npm of another folder", scripts: map[string]string{"start": "cd apps/web && npm start"}, want: "start of apps/web"},
		{name: "prefix", scripts: map[string]string{"start": "npm --prefix ./api run start"}, want: "start of api"},
		{name: "workspace", scripts: map[string]string{"start": "npm run start -w @x/api"}, want: "start of @x/api"},
		{name: "yarn workspace", scripts: map[string]string{"start": "yarn workspace api start"}, want: "start of api"},
		{name: "pnpm filter", scripts: map[string]string{"start": "pnpm --filter api start"}, want: "start of api"},
		{name: "turbo", scripts: map[string]string{"start": "turbo run start --filter=web"}, want: "start of web"},
		{name: "turbo, all", scripts: map[string]string{"start": "turbo start"}, want: "start of *"},
		{name: "nx", scripts: map[string]string{"start": "nx serve web"}, want: "serve of web"},
		{name: "nx run", scripts: map[string]string{"start": "nx run web:serve:production"}, want: "serve:production of web"},
		{name: "lerna", scripts: map[string]string{"start": "lerna run start --scope=web"}, want: "start of web"},
		{name: "dotenv", scripts: map[string]string{"start": "dotenv -e .env.prod -- node i.js"}, want: "node i.js", notes: "it reads .env.prod, which no image should hold: set its variables where the image runs"},
		{name: "env-cmd", scripts: map[string]string{"start": "env-cmd -f .env.prod node i.js"}, want: "node i.js", notes: "it reads .env.prod, which no image should hold: set its variables where the image runs"},
		{name: "node's own file of variables", scripts: map[string]string{"start": "node --env-file=.env --enable-source-maps i.js"}, want: "node --enable-source-maps i.js", notes: "it reads .env, which no image should hold: set its variables where the image runs"},
		{name: "its file in the next word", scripts: map[string]string{"start": "node -r x/y --env-file .env i.js --env-file=z"}, want: "node -r x/y i.js --env-file=z", notes: "it reads .env, which no image should hold: set its variables where the image runs"},
		{name: "dotenv's cascade", scripts: map[string]string{"start": "dotenv -c production -- node i.js"}, want: "node i.js", notes: "it reads .env, which no image should hold: set its variables where the image runs"},
		{name: "env-cmd of old", scripts: map[string]string{"start": "env-cmd ./config/.env.prod node i.js"}, want: "node i.js", notes: "it reads ./config/.env.prod, which no image should hold: set its variables where the image runs"},
		{name: "waiting in the same words", scripts: map[string]string{"start": "./wait-for-it.sh db:5432 -- node i.js"}, want: "node i.js", notes: "./wait-for-it.sh db:5432 is left out: whoever runs the image decides when its services are ready"},
		{name: "tsx with options", scripts: map[string]string{"start": "tsx --env-file=.env --tsconfig tsconfig.app.json --no-cache --inspect src/i.ts --tsconfig x"}, want: "TSX_TSCONFIG_PATH=tsconfig.app.json TSX_DISABLE_CACHE=1 node --import tsx --inspect src/i.ts --tsconfig x", notes: "it reads .env, which no image should hold: set its variables where the image runs"},
		{name: "a server for development beside it", scripts: map[string]string{"start": `concurrently "node i.js" vite`}, want: "node i.js", notes: "vite is left out: it is a server for development"},
		{name: "tsx", scripts: map[string]string{"start": "tsx src/i.ts"}, want: "node --import tsx src/i.ts"},
		{name: "ts-node", scripts: map[string]string{"start": "ts-node -T -r tsconfig-paths/register src/i.ts"}, want: "node -r tsconfig-paths/register -r ts-node/register/transpile-only src/i.ts"},
		{name: "pm2", scripts: map[string]string{"start": "pm2-runtime start dist/i.js --name x"}, want: "node dist/i.js", notes: "pm2-runtime is left out: whoever runs a container restarts it"},
		{name: "pm2 with a list", scripts: map[string]string{"start": "pm2 start ecosystem.config.js"}, want: "refused: pm2 starts what ecosystem.config.js lists, and an image has one process"},
		{name: "exec", scripts: map[string]string{"start": "exec node i.js"}, want: "node i.js"},
		{name: "sh -c", scripts: map[string]string{"start": `sh -c "A=1 node i.js"`}, want: "A=1 node i.js"},
		{name: "export", scripts: map[string]string{"start": "export A=1 && node i.js"}, want: "A=1 node i.js"},
		{name: "Windows' set", scripts: map[string]string{"start": "set NODE_ENV=production && node i.js"}, want: "node i.js"},
		{name: "readable logs", scripts: map[string]string{"start": "node i.js | pino-pretty"}, want: "node i.js", notes: "pino-pretty is left out: it makes logs readable for people, and machines read them as they are"},
		{name: "a default in the shell", scripts: map[string]string{"start": "next start -p ${PORT:-3000}"}, want: "next start -p 3000", notes: "${PORT:-3000} stands for 3000 in the image, as no shell puts a variable there"},
		{name: "a default that is assigned", scripts: map[string]string{"start": "PORT=${PORT:=9000} node i.js"}, want: "PORT=9000 node i.js"},
		{name: "a variable of the shell without a default", scripts: map[string]string{"start": "next start -p $PORT"}, want: "refused: next needs a shell for $PORT"},
		{name: "serve", scripts: map[string]string{"start": "serve -s build"}, want: "refused: serve shows a build on a developer's machine, and is no server for production"},
		{name: "vite preview", scripts: map[string]string{"start": "vite preview --host"}, want: "refused: vite shows a build on a developer's machine, and is no server for production"},
		{name: "vite", scripts: map[string]string{"start": "vite"}, want: "refused: vite is a server for development"},
		{name: "CRA", scripts: map[string]string{"start": "react-scripts start"}, want: "refused: react-scripts is a server for development"},
		{name: "Angular", scripts: map[string]string{"start": "ng serve"}, want: "refused: ng is a server for development"},
		{name: "next dev", scripts: map[string]string{"start": "next dev -p 3000"}, want: "refused: next is a server for development"},
		{name: "nodemon", scripts: map[string]string{"start": "nodemon i.js"}, want: "refused: nodemon restarts the program when its files change"},
		{name: "nodemon in node_modules", scripts: map[string]string{"start": "./node_modules/.bin/nodemon i.js"}, want: "refused: nodemon restarts the program when its files change"},
		{name: "node --watch", scripts: map[string]string{"start": "node --watch i.js"}, want: "refused: node watches files"},
		{name: "react-email", scripts: map[string]string{"start": "email start"}, want: "refused: email shows a build on a developer's machine, and is no server for production"},
		{name: "tsx watch", scripts: map[string]string{"start": "tsx watch i.ts"}, want: "refused: tsx watches files"},
		{name: "nest", scripts: map[string]string{"start": "nest start"}, want: "refused: nest compiles the program at every start"},
		{name: "one of two is for development", scripts: map[string]string{"start": `concurrently "tsc -w" "node i.js"`}, want: "node i.js", notes: "tsc -w is left out: the build has done it"},
		{name: "two processes", scripts: map[string]string{"start": `concurrently -k "npm:api" "node b.js"`, "api": "node a.js"}, want: "refused: it starts several processes, and an image has one: node a.js, node b.js"},
		{name: "background", scripts: map[string]string{"start": "node a.js & node b.js"}, want: "refused: it starts several processes, and an image has one: node a.js, node b.js"},
		{name: "one after the other", scripts: map[string]string{"start": "node seed.js && node b.js"}, want: "node b.js", notes: "node seed.js ran before it, and nobody runs it now: run it by itself, before new images start"},
		{name: "before npm start", scripts: map[string]string{"start": "node i.js", "prestart": "npm run build && knex migrate:latest", "build": "tsc"}, want: "node i.js", before: "knex migrate:latest", notes: "tsc is left out: the build has done it"},
		{name: "a broken script before", scripts: map[string]string{"start": "node i.js", "prestart": "node 'x"}, want: "refused: a shell does not understand it: 1:6: reached EOF without closing quote `'`"},
		{name: "npm-run-all", scripts: map[string]string{"start": "run-s build go", "build": "tsc", "go": "node b.js"}, want: "node b.js", notes: "tsc is left out: the build has done it"},
		{name: "no such script", scripts: map[string]string{"start": "npm run nope"}, want: `refused: it runs the script "nope", which package.json does not have`},
		{name: "itself", scripts: map[string]string{"start": "npm start"}, want: "refused: it calls itself, or calls others 20 deep"},
		{name: "a loop of the shell", scripts: map[string]string{"start": "while true; do node i.js; done"}, want: "refused: it holds more than commands: a condition, a loop or a function of the shell"},
		{name: "not closed", scripts: map[string]string{"start": `node "i.js`}, want: "refused: a shell does not understand it: 1:6: reached EOF without closing quote `\"`"},
		{name: "the output of a command", scripts: map[string]string{"start": "node $(cat main)"}, want: "refused: the output of another command is one of its words"},
		{name: "newlines", scripts: map[string]string{"start": "node 'a\nRUN evil'\n"}, want: `refused: "a\nRUN evil" holds a control character`},
		{name: "after a failure", scripts: map[string]string{"start": "node i.js || exit 1"}, want: "node i.js"},
		{name: "nothing", scripts: map[string]string{"start": "echo no"}, want: "refused: it starts nothing"},
		{name: "empty", scripts: map[string]string{"start": ""}, want: "refused: it starts nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := script.Production("start", c.scripts["start"], func(name string) (string, bool) {
				text, ok := c.scripts[name]
				return text, ok
			})
			if diff := cmp.Diff(c.want, describe(got, err)); diff != "" {
				t.Errorf("process (-want +got):\n%s", diff)
			}
			var before []string
			for _, s := range got.Before {
				before = append(before, s.String())
			}
			if diff := cmp.Diff(c.before, strings.Join(before, "; ")); diff != "" {
				t.Errorf("before (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.notes, strings.Join(got.Notes, "; ")); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func describe(s script.Start, err error) string {
	if err != nil {
		return "refused: " + err.Error()
	}
	if s.Member != "" {
		return s.Task + " of " + s.Member
	}
	var text strings.Builder
	for _, v := range s.Env {
		fmt.Fprintf(&text, "%s=%s ", v.Name, v.Value)
	}
	text.WriteString(strings.Join(s.Argv, " "))
	if s.Dir != "" {
		text.WriteString(" in " + s.Dir)
	}
	return text.String()
}

func FuzzProduction(f *testing.F) {
	f.Add("npm run build && cross-env A=b node x.js", "tsc && cp -r a b")
	f.Add("concurrently \"npm:build\" 'a b' && (cd x; yarn build) | tee", "$(x) `y` ${z:-1} <<EOF\nEOF")
	f.Add("pnpm --filter a -r run build -- x & bunx --bun y", "dotenv -e x -- sh -c 'npm run build'")
	f.Fuzz(func(t *testing.T, start, build string) {
		got, err := script.Production("start", start, func(name string) (string, bool) {
			return build, name == "build"
		})
		if err == nil && len(got.Argv) == 0 && got.Member == "" {
			t.Errorf("%q gave nothing", start)
		}
	})
}
