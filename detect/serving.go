package detect

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
)

// PortWords says which port a program listens on: one that stands in the project,
// the variable that names one, or both. It is empty where neither is known.
func PortWords(port int, env string) string {
	switch {
	case port != 0 && env != "":
		return fmt.Sprintf("%s, else %d", env, port)
	case port != 0:
		return strconv.Itoa(port)
	}
	return env
}

// healthPaths are the paths by which services answer for their health, the most
// telling first: Kubernetes' names, then those of common frameworks.
var healthPaths = []string{
	"/healthz", "/health", "/livez", "/health/live", "/readyz", "/health/ready", "/-/healthy", "/_health",
	"/api/healthz", "/api/health", "/healthcheck", "/health-check", "/health_check", "/ping",
}

// IsHealthPath says whether services answer for their health by such a path.
func IsHealthPath(path string) bool {
	return slices.Contains(healthPaths, strings.TrimSuffix(path, "/"))
}

// CompareHealthPaths orders health paths, the most telling first.
func CompareHealthPaths(a, b string) int {
	rank := func(path string) int { return slices.Index(healthPaths, strings.TrimSuffix(path, "/")) }
	return rank(a) - rank(b)
}

// Path is a path that a program answers about its health, or a command of its own that
// asks for it.
type Path struct {
	Path    string
	Handler string // the name of what answers it, in its function; empty where none is known
	At      Evidence
}

// IsLoopback says whether a host is one of this machine only.
func IsLoopback(host string) bool {
	host = strings.Trim(host, "[]")
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
