package java

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// distribution finds the version in the address of a tool's distribution.
var distribution = pattern.New(`(?:apache-maven|maven-mvnd|gradle)-(\d+(?:\.\d+)*(?:-[A-Za-z0-9.]+?)?)-(?:bin|all)\.(?:zip|tar\.gz)`)

// wrapper reads the wrapper of Maven, and what lies beside the outermost pom for it.
func (m *maven) wrapper(b *Build) error {
	for _, called := range append([]Module{{Root: b.Root}}, b.Siblings...) {
		if own := path.Join(called.Root, ".mvn"); m.tree.IsFolder(own) && !slices.Contains(b.Folders, own) {
			b.Folders = append(b.Folders, own)
		}
	}
	for _, name := range []string{"settings.xml", ".maven-settings.xml"} {
		if file := path.Join(b.Root, name); m.tree.Has(file) {
			b.Files = append(b.Files, file)
		}
	}
	return b.wrapper(m.tree, "mvnw", ".mvn/wrapper/maven-wrapper.properties", nil)
}

// wrapper reads the script of a wrapper and the version that it fetches. A script that
// cannot run is not used: one with the line ends of Windows, one without its properties
// or without what it needs beside it.
func (b *Build) wrapper(t *detect.Tree, script, properties string, needs []string) error {
	file, props := path.Join(b.Root, script), path.Join(b.Root, properties)
	if t.Has(props) {
		data, err := t.ReadFile(props)
		if err != nil {
			return err
		}
		b.Version = distributionOf(props, string(data))
	}
	if !t.Has(file) {
		return nil
	}
	where := detect.Evidence{File: file}
	data, err := t.ReadFile(file)
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(bytes.TrimPrefix(data, byteOrderMark)), "\n")
	switch {
	case strings.HasSuffix(first, "\r"):
		b.Unusable = stated{script + " has the line ends of Windows, with which no shell runs it; say `" + script + " text eol=lf` in .gitattributes", where}
		return nil
	case b.Version.Value == "":
		b.Unusable = stated{script + " lies there without a version in " + properties, where}
		return nil
	}
	for _, need := range needs {
		if !t.Has(path.Join(b.Root, need)) {
			b.Unusable = stated{script + " lies there without " + need, where}
			return nil
		}
	}
	b.Wrapper, b.Shell = file, "sh"
	if strings.Contains(first, "bash") {
		b.Shell = "bash"
	}
	b.Files = append(b.Files, file)
	return nil
}

// distributionOf reads the version that a wrapper's properties name.
func distributionOf(file, text string) stated {
	for _, s := range readProperties(file, text) {
		if s.key != "distributionUrl" {
			continue
		}
		if m := distribution.FindStringSubmatch(s.value); m != nil {
			return stated{m[1], s.at}
		}
	}
	return stated{}
}
