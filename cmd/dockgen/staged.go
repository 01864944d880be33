package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/show"
)

// git runs git in a folder and gives what it says, without the line ending. In a
// hook its environment names the index of the commit that is about to be made.
func git(ctx context.Context, folder string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", folder}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		text := strings.TrimSpace(errs.String())
		if text == "" {
			text = err.Error()
		}
		return "", fmt.Errorf("git %s: %s", strings.Join(args, " "), strings.TrimPrefix(text, "fatal: "))
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// merging gives a file as it is on the two branches that git is merging, of which it
// keeps both in its index until the merge is done.
func merging(root *os.Root) func(path string) (ours, theirs []byte, ok bool) {
	return func(path string) (ours, theirs []byte, ok bool) {
		var sides [2][]byte
		for i, stage := range []string{":2:./", ":3:./"} {
			text, err := git(context.Background(), root.Name(), "cat-file", "blob", stage+path)
			if err != nil {
				return nil, nil, false
			}
			sides[i] = []byte(text)
		}
		return sides[0], sides[1], true
	}
}

// staged lays out what the index of git holds in a temporary folder, with the name
// of the repository's, and gives the same place in it.
func staged(ctx context.Context, place target) (target, func() error, error) {
	top, err := git(ctx, place.root, "rev-parse", "--show-toplevel")
	if err != nil {
		return place, nil, fmt.Errorf("--staged: %w", err)
	}
	if top, err = filepath.EvalSymlinks(filepath.FromSlash(top)); err != nil {
		return place, nil, fmt.Errorf("--staged: %w", cause(err))
	}
	inside, err := filepath.Rel(top, place.root)
	if err != nil {
		return place, nil, fmt.Errorf("--staged: %s: %w", place.typed, err)
	}
	temp, err := os.MkdirTemp("", "dockgen-")
	if err != nil {
		return place, nil, fmt.Errorf("--staged: %w", err)
	}
	remove := func() error { return os.RemoveAll(temp) }
	copied := filepath.Join(temp, filepath.Base(top))
	if _, err = git(ctx, top, "checkout-index", "--all", "--prefix="+filepath.ToSlash(copied)+"/"); err == nil {
		err = os.MkdirAll(filepath.Join(copied, inside), 0o755) // where nothing of it is staged
	}
	if err != nil {
		return place, nil, errors.Join(fmt.Errorf("--staged: %w", err), remove())
	}
	place.root = filepath.Join(copied, inside)
	return place, remove, nil
}

// hookText is the hook that dockgen installs.
const hookText = `#!/bin/sh
# dockgen: refuses a commit that leaves a generated file out of date.
exec dockgen check --staged
`

func hookCommand(io *streams) *cobra.Command {
	cmd := &cobra.Command{Use: "hook", Short: "Check before every commit", Example: "  dockgen hook install"}
	force := false
	install := &cobra.Command{
		Use:   "install [PATH]",
		Short: "Write a pre-commit hook that runs dockgen check --staged",
		Long: `install writes the hook pre-commit of the git repository that PATH lies in, where
git looks for it. Before every commit it runs dockgen check --staged in the root of
the repository: what would be committed is held against what generate would write
for it. A hook that is there already stays; the line to add to it is printed.`,
		Example: "  dockgen hook install",
		Args:    onePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			return installHook(cmd.Context(), io, append(args, ".")[0], force)
		},
	}
	install.Flags().BoolVar(&force, "force", false, "overwrite a hook that dockgen did not write")
	cmd.AddCommand(install)
	return cmd
}

func installHook(ctx context.Context, io *streams, folder string, force bool) (err error) {
	hook, err := git(ctx, folder, "rev-parse", "--git-path", "hooks/pre-commit")
	if err != nil {
		return fmt.Errorf("hook install: %w", err)
	}
	if !filepath.IsAbs(hook) {
		hook = filepath.Join(folder, filepath.FromSlash(hook))
	}
	if err := ownHooks(ctx, folder, hook); err != nil {
		return err
	}
	there, err := os.ReadFile(hook)
	switch {
	case err == nil && string(there) == hookText:
		show.Lines(io.out, "unchanged  "+filepath.ToSlash(hook))
		return nil
	case err == nil && !force:
		return fmt.Errorf("hook install: %s was not written by dockgen and stays; add the line dockgen check --staged to it, or --force overwrites it", filepath.ToSlash(hook))
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("hook install: read %s: %w", hook, cause(err))
	}
	if err := os.MkdirAll(filepath.Dir(hook), 0o755); err != nil {
		return fmt.Errorf("hook install: %w", err)
	}
	root, err := os.OpenRoot(filepath.Dir(hook))
	if err != nil {
		return fmt.Errorf("hook install: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	name := filepath.Base(hook)
	if err := output.Write(root, name, []byte(hookText)); err != nil {
		return fmt.Errorf("hook install: %w", err)
	}
	if err := root.Chmod(name, 0o755); err != nil {
		return fmt.Errorf("hook install: %w", err)
	}
	show.Lines(io.out, "new  "+filepath.ToSlash(hook))
	return nil
}

// ownHooks refuses a folder of hooks that core.hooksPath, or a link, has outside of the
// repository: its hooks are for others too.
func ownHooks(ctx context.Context, folder, hook string) error {
	hooks := real(filepath.Dir(hook))
	for _, of := range []string{"--show-toplevel", "--git-common-dir"} {
		own, err := git(ctx, folder, "rev-parse", of)
		if err != nil {
			return fmt.Errorf("hook install: %w", err)
		}
		if !filepath.IsAbs(own) {
			own = filepath.Join(folder, filepath.FromSlash(own))
		}
		if inside, err := filepath.Rel(real(own), hooks); err == nil && filepath.IsLocal(inside) {
			return nil
		}
	}
	return fmt.Errorf("hook install: %s lies outside of the repository (core.hooksPath), and is for others too; add the line dockgen check --staged to it yourself", filepath.ToSlash(hook))
}

// real is an absolute path without links, as far as it is there.
func real(name string) string {
	if absolute, err := filepath.Abs(name); err == nil {
		name = absolute
	}
	if followed, err := filepath.EvalSymlinks(name); err == nil {
		return followed
	}
	if above := filepath.Dir(name); above != name {
		return filepath.Join(real(above), filepath.Base(name))
	}
	return name
}
