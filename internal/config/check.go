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

// managerVersion is what may stand behind the name of a package manager.
var managerVersion = pattern.New(`^[0-9]+(\.[0-9]+){0,2}$`)

// Check holds answers to their form, wherever they come from, and names the key
// of one that has another.
func Check(o plan.Overrides, stacks []plan.Stack) (key string, err error) {
	for _, option := range plan.Options(stacks) {
		if err := option.Check(o.Own[option.Key].Words); err != nil {
			return option.Key, err
		}
	}
	switch {
	case o.Runtime != "" && !slices.Contains(runtimes(stacks), o.Runtime):
		return "runtime", fmt.Errorf("%s: no such flavour; there are %s", o.Runtime, strings.Join(runtimes(stacks), ", "))
	case slices.ContainsFunc(o.Private, func(host string) bool { return !hostName.MatchString(host) }):
		return "private", fmt.Errorf("%s: not a host, with or without a path", strings.Join(o.Private, ","))
	case o.PackageManager != "" && !isManager(o.PackageManager, plan.Managers(stacks)):
		return "package-manager", fmt.Errorf("%s: no such package manager; there are %s", o.PackageManager, strings.Join(ManagerForms(stacks), ", "))
	case o.Port < 0 || o.Port > 65535:
		return "port", fmt.Errorf("%d: not a port", o.Port)
	}
	if err := plan.CheckStands(o.StandsOn); err != nil {
		return "stands-on", err
	}
	return "platforms", checkPlatforms(o.Platforms)
}

func isManager(text string, managers []plan.Manager) bool {
	name, version, versioned := strings.Cut(text, "@")
	return slices.ContainsFunc(managers, func(m plan.Manager) bool {
		return m.Name == name && (!versioned || m.Versioned && managerVersion.MatchString(version))
	})
}

// ManagerForms lists how package managers are written.
func ManagerForms(stacks []plan.Stack) (forms []string) {
	for _, m := range plan.Managers(stacks) {
		form := m.Name
		if m.Versioned {
			form += "[@VERSION]"
		}
		forms = append(forms, form)
	}
	return forms
}

func checkPlatforms(platforms []string) error {
	if slices.ContainsFunc(platforms, func(p string) bool { return !platformName.MatchString(p) }) {
		return fmt.Errorf("%s: no such platform; there are linux/amd64, linux/arm64, linux/arm/v7 and others of Linux", strings.Join(platforms, ","))
	}
	return nil
}
