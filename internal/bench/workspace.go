package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The workspace of Node packages that is measured, and what it may take.
const (
	workspacePackages = 500
	lockedPackages    = 40_000
	workspaceRounds   = 5
	mostDetection     = 500.0 // milliseconds
	mostWorkspace     = 200.0 // megabytes
)

// workspace measures detection in a pnpm workspace with a large lockfile.
func workspace(ctx context.Context, r *report, binary, dir string) error {
	size, err := writeWorkspace(dir)
	if err != nil {
		return err
	}
	var taken times
	for range workspaceRounds {
		d, err := wall(ctx, binary, "detect", "--json", dir)
		if err != nil {
			return err
		}
		taken = append(taken, d)
	}
	r.title("%d Node packages, a lockfile of %d MB, %d rounds: median (least to most)", workspacePackages, size/1e6, workspaceRounds)
	r.figure("detect", "%s", taken)
	r.must("the fastest, in milliseconds", inMilliseconds(slices.Min(taken)), mostDetection, "")
	peak, err := peakMemory(ctx, binary, "detect", "--json", dir)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err != nil {
		return err
	}
	r.must("peak memory of detect", float64(peak)/1e6, mostWorkspace, " MB")
	return nil
}

// lockedPackage is the name of a package in the lockfile; the numbers go around.
func lockedPackage(i int) string { return fmt.Sprintf("dependency-%05d", i%lockedPackages) }

// writeWorkspace writes the packages, each tenth of which is a service that needs
// its neighbours, and the lockfile, whose size it gives.
func writeWorkspace(dir string) (size int64, err error) {
	write := func(name, text string) error {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, []byte(text), 0o644)
	}
	errs := []error{
		write("package.json", `{"name": "large", "private": true, "packageManager": "pnpm@10.4.1"}`),
		write("pnpm-workspace.yaml", "packages:\n  - packages/*\n"),
	}
	for i := range workspacePackages {
		folder := fmt.Sprintf("packages/p%03d", i)
		var needs []string
		for k := range 20 {
			needs = append(needs, fmt.Sprintf("%q: \"^1.0.0\"", lockedPackage(i*37+k*101)))
		}
		if i%10 > 0 {
			needs = append(needs, fmt.Sprintf("\"p%03d\": \"workspace:*\"", i-1))
		}
		start := ""
		if i%10 == 9 {
			start = `"scripts": {"start": "node main.js"}, `
			errs = append(errs, write(folder+"/main.js", "require('http').createServer().listen(process.env.PORT || 3000);\n"))
		}
		errs = append(errs, write(folder+"/package.json", fmt.Sprintf(`{"name": "p%03d", %s"dependencies": {%s}}`, i, start, strings.Join(needs, ", "))))
	}
	size, err = writeLockfile(filepath.Join(dir, "pnpm-lock.yaml"))
	return size, errors.Join(append(errs, err)...)
}

func writeLockfile(name string) (size int64, err error) {
	f, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	fmt.Fprint(w, "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n\n")
	for i := range workspacePackages {
		fmt.Fprintf(w, "  packages/p%03d:\n    dependencies:\n", i)
		for k := range 20 {
			fmt.Fprintf(w, "      %s:\n        specifier: ^1.0.0\n        version: 1.0.0\n", lockedPackage(i*37+k*101))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "packages:\n\n")
	for i := range lockedPackages {
		fmt.Fprintf(w, "  %s@1.0.0:\n    resolution: {integrity: sha512-%s}\n    engines: {node: '>=18'}\n\n", lockedPackage(i), strings.Repeat("A", 88))
	}
	fmt.Fprint(w, "snapshots:\n\n")
	for i := range lockedPackages {
		fmt.Fprintf(w, "  %s@1.0.0:\n    dependencies:\n", lockedPackage(i))
		for k := range 9 {
			fmt.Fprintf(w, "      %s: 1.0.0\n", lockedPackage(i*7+k*13+1))
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
