package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// hostName is a host, with * for any, and the beginning of a path behind it.
var hostName = pattern.New(`^[A-Za-z0-9*][A-Za-z0-9.*-]*(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$`)

// platformName is an operating system, an architecture that images of it are made
// for, and perhaps its variant: https://go.dev/doc/install/source#environment,
// https://github.com/opencontainers/image-spec/blob/main/image-index.md
var platformName = pattern.New(`^linux/(386|amd64(/v[1-4])?|arm(/v[5-7])?|arm64(/v8)?|loong64|mips64le|ppc64le|riscv64|s390x)$`)

// tagName is a tag of an image: https://pkg.go.dev/github.com/distribution/reference
var tagName = pattern.New(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

// managerName is a package manager: of Node projects, perhaps with its version, or of
// Python's.
var managerName = pattern.New(`^((npm|yarn|pnpm|bun)(@[0-9]+(\.[0-9]+){0,2})?|uv|poetry|pdm|pipenv|pip)$`)

// Check holds answers to their form, wherever they come from, and names the key
// of one that has another.
func Check(o plan.Overrides) (key string, err error) {
	switch {
	case slices.ContainsFunc(o.Private, func(host string) bool { return !hostName.MatchString(host) }):
		return "private", fmt.Errorf("%s: not a host, with or without a path", strings.Join(o.Private, ","))
	case o.PackageManager != "" && !managerName.MatchString(o.PackageManager):
		return "package-manager", fmt.Errorf("%s: written as npm, yarn, pnpm or bun, with or without a version such as pnpm@10.4.1, or as uv, poetry, pdm, pipenv or pip", o.PackageManager)
	case o.RustCache != "" && !slices.Contains(plan.RustCaches(), o.RustCache):
		return "rust-cache", fmt.Errorf("%s: no such way; there are %s", o.RustCache, strings.Join(plan.RustCaches(), ", "))
	case o.Port < 0 || o.Port > 65535:
		return "port", fmt.Errorf("%d: not a port", o.Port)
	}
	return "platforms", checkPlatforms(o.Platforms)
}

func checkPlatforms(platforms []string) error {
	if slices.ContainsFunc(platforms, func(p string) bool { return !platformName.MatchString(p) }) {
		return fmt.Errorf("%s: no such platform; there are linux/amd64, linux/arm64, linux/arm/v7 and others of Linux", strings.Join(platforms, ","))
	}
	return nil
}
