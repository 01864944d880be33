package project

import (
	"fmt"
	"path"

	"github.com/BurntSushi/toml"
)

// Members lists the folders and patterns that a pyproject.toml names as members of
// uv's workspace (https://docs.astral.sh/uv/concepts/projects/workspaces/).
func Members(data []byte) ([]string, error) {
	var p pyproject
	if _, err := toml.Decode(string(data), &p); err != nil {
		return nil, fmt.Errorf("pyproject.toml: %w", err)
	}
	if p.Tool.UV == nil || p.Tool.UV.Workspace == nil {
		return nil, nil
	}
	var members []string
	for _, member := range p.Tool.UV.Workspace.Members {
		members = append(members, path.Clean(member))
	}
	return members, nil
}
