package source

import (
	"strings"
	"testing"
)

// FuzzSources reads any program text without a panic or an endless loop.
func FuzzSources(f *testing.F) {
	f.Add("const port = process.env.PORT || 3000;\napp.listen(port, () => `${port}`);")
	f.Add("export default { port: port, fetch() {} }; const port = port;")
	f.Add("/* a */ // b\n`${`${1}`}` /re[/]x/g 'it''s' \"\\\n\"")
	f.Add("app.listen({ port: config.port }); const config = { port: config.port ?? env.PORT };")
	f.Add("s.bindAsync(`${a || `[${\"::\"}]`}:${{ port: 1 }.port}`, c); createMicroservice<X>(M, o); const o = { transport: Transport.GRPC, options: { url: `x:${PORT}` } }")
	f.Add("mkdirSync(path.join(__dirname, '..', 'x')); exec(`ffmpeg ${x}`)")
	f.Add("const a = b ?? (c ? `${__dirname}/d` : './e'), g = { b: a + '/x' }; mkdirSync(dirname(resolve(g.b))); readFileSync(new URL('./f', import.meta.url))")
	f.Fuzz(func(t *testing.T, text string) {
		file := sourceFile{"src/a.ts", tokenize([]byte(text))}
		s := Code{files: []sourceFile{file}, defined: new(definitions)}.Serves("src")
		for _, l := range s.Listens {
			if l.Port < 0 || l.Port > 65535 {
				t.Errorf("port %d", l.Port)
			}
		}
		for _, w := range s.Writes {
			if strings.HasPrefix(w.Path, "..") || w.Path == "/" || w.Path == "" {
				t.Errorf("writes %q", w.Path)
			}
		}
		_ = file.imports()
	})
}
