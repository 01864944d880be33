GO       ?= go
FUZZTIME ?= 30s
STACK    ?=
ALL      ?=
MINUTES  ?= 55
BEGIN    ?=
TAGS     ?=
ONLY     ?=

.PHONY: help build install test check lint fmt golden fuzz bench e2e kills caches catalog clean

help: ## list the targets
	@sed -n 's/^\([a-z0-9]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

build: ## build bin/dockgen
	$(GO) build -trimpath -ldflags='-s -w' -o bin/dockgen ./cmd/dockgen

install: ## install dockgen into GOBIN
	$(GO) install -trimpath -ldflags='-s -w' ./cmd/dockgen

test: ## run every test that needs only Go
	$(GO) test ./...

check: ## formatting, vet, staticcheck, tidy go.mod, import layers
	@test -z "$$(gofmt -l cmd detect internal templates)" || { gofmt -d cmd detect internal templates; exit 1; }
	$(GO) vet ./... && $(GO) vet -tags e2e ./internal/e2e && $(GO) tool staticcheck -tags e2e ./... && $(GO) mod tidy -diff
	$(GO) test -run TestLayers ./internal

fmt: ## format the code
	gofmt -w cmd detect internal templates

golden: ## rewrite the expectations; read the difference before you commit it
	$(GO) test ./cmd/dockgen ./internal/config $(patsubst %/testdata,./%,$(wildcard detect/*/testdata detect/*/*/testdata)) -update

fuzz: ## fuzz every target for FUZZTIME
	@$(GO) run ./internal/fuzz -time $(FUZZTIME)

bench: build ## measure, and print each figure with the bound that it has to hold; ONLY=update: that part alone
	$(GO) run ./internal/bench -dockgen bin/dockgen $(if $(ONLY),-only $(ONLY))
	$(GO) test -run='^$$' -bench=. ./internal/bench

e2e: ## build, run and ask the examples with Docker; STACK=go: one stack, ALL=1: every image, BEGIN=9: begin with none after 9 minutes
	$(GO) test -tags e2e -count=1 -v -timeout $(MINUTES)m ./internal/e2e -args -stack "$(STACK)" $(if $(ALL),-all) $(if $(BEGIN),-begin $(BEGIN)m)

kills: ## kill generate at 500 random moments, and look at what it leaves
	DOCKGEN_KILLS=500 $(GO) test -count=1 -v -timeout $(MINUTES)m -run TestKilled ./cmd/dockgen

caches: ## measure the ways of --rust-cache with Docker
	$(GO) test -tags e2e -count=1 -v -timeout 90m -run TestRustCaches ./internal/e2e -args -rust-caches

catalog: ## renew the tags of the images from the registries, or with TAGS=DIR from a folder of lists
	$(GO) run ./internal/catalog/gen $(if $(TAGS),-tags "$(TAGS)")

clean: ## remove what build made
	rm -rf bin
