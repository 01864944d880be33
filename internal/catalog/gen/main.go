// Command gen writes the tag lists of internal/catalog: for each image of images.toml with
// list = true, it reads DIR/<image>.txt, which has one tag of the registry per line, and
// writes the exact ones in compact form.
//
//	go run ./internal/catalog/gen -tags DIR
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/dockgen/dockgen/internal/catalog"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	flags.SetOutput(stderr)
	tags := flags.String("tags", "", "read the tag lists from this `directory` (required)")
	out := flags.String("out", filepath.FromSlash("internal/catalog/tags"), "write to this `directory`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *tags == "" {
		return fmt.Errorf("the directory of the tag lists is missing: -tags DIR")
	}
	c, err := catalog.Embedded()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	for _, image := range c.Listed() {
		if err := generate(c, image, *tags, *out); err != nil {
			return err
		}
	}
	return nil
}

// generate writes the tag list of one image.
func generate(c *catalog.Catalog, image, tags, out string) error {
	file := image + ".txt"
	list, err := os.ReadFile(filepath.Join(tags, file))
	if err != nil {
		return err
	}
	packed, err := c.Pack(image, strings.Fields(string(list)))
	if err != nil {
		return err
	}
	if len(packed) == 0 {
		return fmt.Errorf("%s: no tag of %s is exact", filepath.Join(tags, file), image)
	}
	return os.WriteFile(filepath.Join(out, file), packed, 0o644)
}
