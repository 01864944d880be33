package java

import (
	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
)

type gradle struct {
	dirs []string
}

func readGradle(t *detect.Tree) *gradle { return &gradle{} }

func (g *gradle) preferred(m *maven, dir string) (string, bool) { return "", false }

func (g *gradle) candidate(dir string, answers detect.Answers) candidate { return candidate{} }

func gradleMembers(data []byte) ([]string, error) { return nil, nil }

func (p *planner) gradleJava() int { return p.java }

func (p *planner) gradleImage(java int) (string, string, error) { return "", "", nil }

const toolchainHome = "/opt/java/toolchain"

func (t gradleTool) dependencies() (string, error) { return "", nil }
func (t gradleTool) pack() ([]string, error)       { return nil, nil }
func (t gradleTool) test(bool) (string, error)     { return "", nil }
func (t gradleTool) caches(home string) []string   { return nil }
func (t gradleTool) outputs() []string             { return nil }
func (t gradleTool) credentials() plan.Secret      { return plan.Secret{} }
