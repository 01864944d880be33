// Command gen writes the tag lists of internal/catalog: for each image of images.toml with
// list = true, the exact ones of its tags in compact form. The tags are those of its
// registry, or, with -tags DIR, of the files DIR/<image>.txt, which have one a line.
//
//	go run ./internal/catalog/gen
//	go run ./internal/catalog/gen -tags DIR
//
// It says which versions are of no line in images.toml, which is kept by hand. An image that
// could not be asked for keeps its list, and the others are written.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/crew"
	"github.com/dockgen/dockgen/internal/registry"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// source gives the tags of an image, and says where they come from.
type source func(ctx context.Context, image string) (tags []string, where string, err error)

func run(ctx context.Context, args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	flags.SetOutput(stderr)
	tags := flags.String("tags", "", "read the tag lists from this `directory`, rather than from the registries")
	from := flags.String("from", "docker.io/library", "the `beginning` of the names of repositories")
	out := flags.String("out", filepath.FromSlash("internal/catalog/tags"), "write to this `directory`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	list := folder(*tags)
	if *tags == "" {
		client, err := registry.New(registry.Options{})
		if err != nil {
			return err
		}
		list = asked(client, *from)
	}
	c, err := catalog.Embedded()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	images := c.Listed()
	errs, unknown := make([]error, len(images)), make([][]string, len(images))
	group := crew.New(registry.AtOnce)
	for i, image := range images {
		group.Go(func() error {
			unknown[i], errs[i] = generate(ctx, c, image, list, *out)
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, image := range images {
		if len(unknown[i]) > 0 {
			fmt.Fprintf(stderr, "%s: no line of images.toml has %s\n", image, strings.Join(unknown[i], ", "))
		}
	}
	return errors.Join(errs...)
}

func folder(dir string) source {
	return func(_ context.Context, image string) ([]string, string, error) {
		file := filepath.Join(dir, image+".txt")
		list, err := os.ReadFile(file)
		return strings.Fields(string(list)), file, err
	}
}

func asked(client *registry.Client, from string) source {
	return func(ctx context.Context, image string) ([]string, string, error) {
		place := strings.TrimSuffix(from, "/") + "/" + image
		tags, err := client.Tags(ctx, place)
		return tags, place, err
	}
}

// generate writes the tag list of one image, and gives the newer versions that are of no
// line.
func generate(ctx context.Context, c *catalog.Catalog, image string, list source, out string) (unknown []string, err error) {
	tags, where, err := list(ctx, image)
	if err != nil {
		return nil, err
	}
	packed, err := c.Pack(image, tags)
	if err != nil {
		return nil, err
	}
	if len(packed) == 0 {
		return nil, fmt.Errorf("%s: no tag of %s is exact", where, image)
	}
	if unknown, err = c.Unlined(image, tags); err != nil {
		return nil, err
	}
	return unknown, os.WriteFile(filepath.Join(out, image+".txt"), packed, 0o644)
}
