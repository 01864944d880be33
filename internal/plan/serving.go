package plan

import (
	"fmt"
	"slices"
	"strconv"
)

// FallbackPort is for a program that reads its port from a variable and has no default.
const FallbackPort = 8080

// firstFree is the first port that needs no privileges outside of Docker, which
// lets every user of a container have any.
const firstFree = 1024

// Expose adds a port that the service listens on. The first one is what the service
// is for, where nothing else is.
func (p *Plan) Expose(port int) {
	if slices.Contains(p.Ports, port) {
		return
	}
	p.Ports = append(p.Ports, port)
	if port < firstFree {
		p.Note("it listens on %d, which some platforms forbid to users without privileges; Docker allows it", port)
	}
	if p.Summary.Purpose == "" {
		p.Summary.Purpose = fmt.Sprintf("listens on %d", port)
	}
}

// PortWord is a port as a shell finds it in the container, where the user may have
// set the variable that names it; env is empty where none does.
func PortWord(port int, env string) string {
	if env == "" {
		return strconv.Itoa(port)
	}
	return fmt.Sprintf("${%s:-%d}", env, port)
}

// BusyboxHealth is a health check by what Alpine has: of a path where there is one,
// else of whether the port is open. Not every BusyBox is built with -z of nc.
func BusyboxHealth(port, path string) []string {
	if path == "" {
		return []string{"sh", "-c", "exec nc -w 1 127.0.0.1 " + port + " -e true"}
	}
	return []string{"sh", "-c", "exec wget -q -O /dev/null http://127.0.0.1:" + port + path}
}

// BashHealth is the same by what Debian's slim images have: bash opens the connection.
func BashHealth(port, path string) []string {
	script := "exec 3<>/dev/tcp/127.0.0.1/" + port
	if path != "" {
		script += ` && printf 'GET ` + path + ` HTTP/1.0\r\n\r\n' >&3 && read -r _ status _ <&3 && [ "$status" -lt 400 ]`
	}
	return []string{"bash", "-c", script}
}
