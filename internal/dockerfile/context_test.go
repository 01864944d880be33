package dockerfile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/dockerfile"
)

func TestInContext(t *testing.T) {
	const stage = "FROM scratch AS a\n"
	for _, c := range []struct {
		name, text, dir string
		without         []string
		want            string
	}{
		{"the same context", "COPY go.mod ./\n", ".", nil, "COPY go.mod ./\n"},
		{"files and the whole", "COPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n", "web", nil,
			"COPY web/package.json web/package-lock.json ./\nRUN npm ci\nCOPY web .\n"},
		{"parents keep what is below", "COPY --parents go.mod lib/go.mod ./\nCOPY --parents x/./lib/ /src/\n", "back", nil,
			"COPY --parents back/./go.mod back/./lib/go.mod ./\nCOPY --parents back/x/./lib/ /src/\n"},
		{"a folder", "COPY --chown=1:1 data/ /app/data/\n", "back", nil, "COPY --chown=1:1 back/data/ /app/data/\n"},
		{"other stages and texts stay", "COPY --from=b /x /y\nCOPY <<EOF /z\nCOPY . .\nEOF\n", "back", nil, "COPY --from=b /x /y\nCOPY <<EOF /z\nCOPY . .\nEOF\n"},
		{"without a folder", "COPY . /src/\nCOPY x /src/\n", ".", []string{"web"}, "COPY --exclude=web . /src/\nCOPY x /src/\n"},
		{"without a folder of a folder", "COPY . .\n", "back", []string{"ui"}, "COPY --exclude=ui back .\n"},
		{"names with blanks and signs", "COPY \"a\\$b\" ./\n", "my web", nil, "COPY [\"\\\"my web/a\\\\$b\\\"\", \"./\"]\n"},
		{"of blanks too", "COPY [\"a b\", \"./\"]\n", "web", nil, "COPY [\"web/a b\", \"./\"]\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := dockerfile.InContext([]byte(stage+c.text), c.dir, c.without)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(stage+c.want, string(got)); diff != "" {
				t.Errorf("in a larger context (-want +got):\n%s", diff)
			}
		})
	}
}
