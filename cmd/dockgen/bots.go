package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/lock"
	"github.com/dockgen/dockgen/internal/show"
)

// bots are the update bots whose configuration dockgen can print.
var bots = []string{"renovate", "dependabot"}

// printBot prints the part of a bot's configuration that is about images: with a
// dockgen.lock dockgen keeps them and the bot is to leave them alone, without one the bot
// keeps them.
func (u *updating) printBot(ctx context.Context, io *streams, repo *repository, request engine.Request) error {
	result, err := repo.look(ctx, request)
	if err != nil {
		return err
	}
	var files []string
	for _, o := range result.Outcomes {
		if o.Dockerfile != "" {
			files = append(files, o.Dockerfile)
		}
	}
	slices.Sort(files)
	ours := repo.Has(lock.Name)
	if u.bot == "dependabot" {
		show.Lines(io.out, dependabot(files, ours)...)
		return nil
	}
	data, err := renovate(files, ours)
	if err != nil {
		return err
	}
	return show.Data(io.out, show.JSON(data))
}

// renovateRule is a rule of https://docs.renovatebot.com/configuration-options/#packagerules.
type renovateRule struct {
	Description string   `json:"description"`
	Managers    []string `json:"matchManagers"`
	Files       []string `json:"matchFileNames"`
	Enabled     *bool    `json:"enabled,omitempty"`
	Group       string   `json:"groupName,omitempty"`
}

func renovate(files []string, ours bool) ([]byte, error) {
	rule := renovateRule{Description: "dockgen check lets these changes of tags and digests stand; there is no " + lock.Name, Managers: []string{"dockerfile"}, Files: files, Group: "base images"}
	if ours {
		rule.Description, rule.Group, rule.Enabled = "dockgen update keeps these images, by "+lock.Name, "", new(bool)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(struct {
		Schema string         `json:"$schema"`
		Rules  []renovateRule `json:"packageRules"`
	}{"https://docs.renovatebot.com/renovate-schema.json", []renovateRule{rule}})
	if err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return b.Bytes(), nil
}

// dependabot has no cooldown: for images it takes no part of it by version, and one that it
// does not take ends the whole file. A limit of 0 is what it calls no version updates:
// https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference
func dependabot(files []string, ours bool) []string {
	var folders []string
	for _, file := range files {
		if dir := path.Join("/", path.Dir(file)); !slices.Contains(folders, dir) {
			folders = append(folders, dir)
		}
	}
	says := "# dockgen check lets these changes of tags and digests stand; there is no " + lock.Name + "."
	if ours {
		says = "# dockgen update keeps these images, by " + lock.Name + "; Dependabot leaves them alone."
	}
	lines := []string{says, "version: 2", "updates:", "  - package-ecosystem: docker", "    directories:"}
	for _, dir := range folders {
		lines = append(lines, "      - "+strconv.Quote(dir))
	}
	lines = append(lines, "    schedule:", "      interval: weekly")
	if ours {
		return append(lines, "    open-pull-requests-limit: 0")
	}
	return append(lines, strings.Split("    groups:\n      images:\n        patterns: [\"*\"]", "\n")...)
}
