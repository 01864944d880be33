package backing_test

import (
	"strings"
	"testing"

	"github.com/dockgen/dockgen/internal/backing"
)

func TestTable(t *testing.T) {
	all, err := backing.Servers()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, s := range all {
		if kinds[s.Kind] {
			t.Errorf("%s stands twice", s.Kind)
		}
		kinds[s.Kind] = true
		for _, list := range [][]string{s.Schemes, s.Word} {
			if len(list) == 0 {
				t.Errorf("%s: no schemes or words", s.Kind)
			}
		}
		if s.Image == "" {
			continue
		}
		if s.Health == "" || s.URL == "" || s.Version+s.Tag == "" || s.Port == 0 {
			t.Errorf("%s: an image without health, address, version or port", s.Kind)
		}
		if strings.Contains(s.URL, "{password}") != (s.Secret != "") {
			t.Errorf("%s: an address with a password and no secret, or the other way", s.Kind)
		}
	}
	for _, s := range all {
		if s.Same != "" && !kinds[s.Same] {
			t.Errorf("%s: the same as %s, which does not stand there", s.Kind, s.Same)
		}
	}
}

func TestAddress(t *testing.T) {
	for _, c := range []struct{ ecosystem, library, beside, want string }{
		{"npm", "pg", "", "postgresql://{user}:{password}@{host}:{port}/{name}"},
		{"go", "github.com/jackc/pgx/v5", "", "postgresql://{user}:{password}@{host}:{port}/{name}"},
		{"go", "github.com/lib/pq", "", "postgres://{user}:{password}@{host}:{port}/{name}?sslmode=disable"},
		{"maven", "org.postgresql:postgresql", "", "jdbc:postgresql://{host}:{port}/{name}"},
		{"pypi", "asyncpg", "", "postgresql://{user}:{password}@{host}:{port}/{name}"},
		{"pypi", "asyncpg", "sqlalchemy", "postgresql+asyncpg://{user}:{password}@{host}:{port}/{name}"},
		{"go", "github.com/go-sql-driver/mysql", "", "{user}:{password}@tcp({host}:{port})/{name}?parseTime=true"},
		{"cargo", "sqlx/mysql", "", "mysql://{user}:{password}@{host}:{port}/{name}"},
	} {
		got := ""
		all, err := backing.Servers()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			if s.Speaks(c.ecosystem, c.library) {
				got = s.Address(c.ecosystem, c.library, func(l string) bool { return l == c.beside })
				break
			}
		}
		if got != c.want {
			t.Errorf("%s %s beside %q: want %s, got %s", c.ecosystem, c.library, c.beside, c.want, got)
		}
	}
}
