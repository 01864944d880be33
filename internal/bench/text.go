package main

// The texts that the fleet is made of.

const goMod = `module %s

go 1.26

require (
	example.com/library/account0 v1.0.0
	example.com/library/address1 v1.1.0
	example.com/library/booking2 v1.2.0
)

require (
	example.com/library/coupon3 v1.3.0 // indirect
	example.com/library/customer4 v1.4.0 // indirect
)
`

const makefile = `.PHONY: build test
build:
	go build ./...
test:
	go test ./...
`

const rootIgnore = `# of every service
.DS_Store
*.log
*.swp
/tmp/
/dist/
coverage.out
node_modules/
.idea/
.vscode/
`

const serviceIgnore = `/bin/
/dist/
*.test
*.prof
.env
!.env.example
`

const mainFile = `// The program answers over HTTP.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"%[1]s/internal/config"
	_ "%[1]s/internal/handler"
	_ "%[1]s/internal/queue"
)

func main() {
	settings := config.Load()
	server := &http.Server{
		Addr:              ":" + settings.Port,
		Handler:           routes(settings),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       time.Minute,
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		ending, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := server.Shutdown(ending); err != nil {
			log.Print(err)
		}
	}()
	log.Printf("listening on :%%s", settings.Port)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

func routes(settings *config.Settings) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /v1/items", func(w http.ResponseWriter, r *http.Request) {
		if _, err := w.Write([]byte("[]")); err != nil {
			log.Print(err)
		}
	})
	return mux
}
`

const routesFile = `package handler

import "net/http"

// Register adds the routes of this part.
func Register(mux *http.ServeMux, list, detail http.HandlerFunc) {
	mux.HandleFunc("GET /v1/list", list)
	mux.HandleFunc("GET /v1/list/{id}", detail)
	mux.HandleFunc("POST /v1/list", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Content-Type") != "application/json" {
			w.WriteHeader(http.StatusUnsupportedMediaType)
			return
		}
		list(w, r)
	})
}
`

const configFile = `// Package config reads the settings of the program.
package config

import (
	"os"
	"strconv"
	"time"
)

// Settings are what the environment says.
type Settings struct {
	Port        string
	DatabaseURL string
	LogLevel    string
	Timeout     time.Duration
	Workers     int
}

// Load reads them, with defaults for a developer's machine.
func Load() *Settings {
	return &Settings{
		Port:        variable("PORT", "8080"),
		DatabaseURL: variable("DATABASE_URL", "postgres://localhost/db"),
		LogLevel:    variable("LOG_LEVEL", "info"),
		Timeout:     duration("TIMEOUT", 30*time.Second),
		Workers:     number("WORKERS", 4),
	}
}

func variable(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

func number(name string, fallback int) int {
	if value, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return value
	}
	return fallback
}

func duration(name string, fallback time.Duration) time.Duration {
	if value, err := time.ParseDuration(os.Getenv(name)); err == nil {
		return value
	}
	return fallback
}
`

const typeText = `
// TYPE is a NOUN as this part sees it.
type TYPE struct {
	ID       string   ` + "`json:\"id\"`" + `
	Name     string   ` + "`json:\"name,omitempty\"`" + `
	Amount   int64    ` + "`json:\"amount\"`" + `
	Labels   []string ` + "`json:\"labels,omitempty\"`" + `
	Archived bool     ` + "`json:\"archived\"`" + `
}

// ErrNoTYPE says that there is no such NOUN.
var ErrNoTYPE = errors.New("no such NOUN")

// FindTYPE looks for the NOUN of that name among those given.
func FindTYPE(ctx context.Context, name string, among []TYPE) (TYPE, error) {
	for _, candidate := range among {
		if err := ctx.Err(); err != nil {
			return TYPE{}, fmt.Errorf("find NOUN %s: %w", name, err)
		}
		if strings.EqualFold(candidate.Name, name) && !candidate.Archived {
			return candidate, nil
		}
	}
	return TYPE{}, fmt.Errorf("find NOUN %s: %w", name, ErrNoTYPE)
}

// Total adds up the amounts, those of archived ones left out.
func (x *TYPE) Total(others ...TYPE) (total int64) {
	total = x.Amount
	for _, other := range others {
		switch {
		case other.Archived:
			continue
		case len(other.Labels) > 0 && other.Labels[0] == "credit":
			total -= other.Amount
		default:
			total += other.Amount
		}
	}
	return total
}
`

const testText = `
func Test%s%d(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   int
		want int
	}{
		{"nothing", 0, 0},
		{"one", 1, 1},
		{"many", 100, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.in != tt.want {
				t.Errorf("got %%d, want %%d", tt.in, tt.want)
			}
		})
	}
}
`
