package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/image"
)

// Settle says of an image which layers are its own: those above the base, whose layers
// have these digests. Without them, it goes by the history.
func Settle(im *image.Image, reference string, diffIDs []string) Base {
	b := Base{Image: reference}
	switch {
	case reference == "scratch":
		b.How = "it starts from scratch"
	case len(diffIDs) > 0 && isPrefix(diffIDs, im.Layers):
		b.Layers, b.How = len(diffIDs), "by the layers of "+reference
	case len(diffIDs) > 0:
		b.Layers = byHistory(im)
		b.How = fmt.Sprintf("by the history, as the image does not stand on the layers of %s: it was squashed, or the tag has moved", reference)
	default:
		b.Layers = byHistory(im)
		b.How = "by the history, as nothing says what it stands on"
	}
	for _, l := range im.Layers[:b.Layers] {
		b.Size += l.Size
	}
	return b
}

func isPrefix(diffIDs []string, layers []image.Layer) bool {
	return len(diffIDs) <= len(layers) && !slices.ContainsFunc(layers[:len(diffIDs)], func(l image.Layer) bool {
		return !slices.Contains(diffIDs, l.DiffID)
	})
}

// byHistory takes for a base's what lies below the last CMD or ENTRYPOINT that further
// layers follow, and what builders of bases note.
func byHistory(im *image.Image) (layers int) {
	last := 0
	for _, s := range im.History {
		instruction := Instruction(s.Text)
		switch word, _, _ := strings.Cut(instruction, " "); {
		case s.Layer >= 0 && (strings.HasPrefix(s.Text, "bazel build") || strings.Contains(s.Text, "debuerreotype") || rootFS(s.Text)):
			layers, last = s.Layer+1, s.Layer+1
		case s.Layer >= 0:
			last = s.Layer + 1
		case word == "CMD" || word == "ENTRYPOINT":
			if last < len(im.Layers) {
				layers = last
			}
		}
	}
	return layers
}

// rootFS says whether a step adds the file system of a distribution.
func rootFS(text string) bool {
	return strings.HasPrefix(Instruction(text), "ADD ") && (strings.HasSuffix(text, " in / ") || strings.Contains(text, " / #") && strings.Contains(text, "rootfs"))
}

// Instruction is a step of a history as a Dockerfile has it.
func Instruction(text string) string {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "# buildkit"))
	if rest, ok := strings.CutPrefix(text, "/bin/sh -c #(nop)"); ok {
		return strings.TrimSpace(rest)
	}
	run := strings.TrimPrefix(text, "RUN ")
	for _, shell := range shells {
		before, command, ok := strings.Cut(run, shell+" ")
		if ok && (before == "" || strings.HasPrefix(before, "|")) { // |2 A=b C=d /bin/sh -c …
			return "RUN " + strings.TrimSpace(command)
		}
	}
	return text
}

// shells are those that builders note before the command of a RUN: the default one, and those
// that linters advise.
var shells = []string{"/bin/sh -c", "/bin/bash -c", "/bin/bash -o pipefail -c", "/bin/bash -eo pipefail -c", "/bin/ash -eo pipefail -c"}

// firstOwn is the index of the first step of the history that is not the base's.
func (f *Facts) firstOwn() int {
	if n := len(f.Image.History) - len(f.Lines); len(f.Lines) > 0 && n >= 0 {
		return n
	}
	first := 0
	for i, s := range f.Image.History {
		if s.Layer >= 0 && s.Layer < f.Base.Layers {
			first = i + 1
		}
	}
	for i := first; i < len(f.Image.History) && f.Base.Layers > 0 && f.Image.History[i].Layer < 0; i++ {
		if word, _, _ := strings.Cut(Instruction(f.Image.History[i].Text), " "); word == "CMD" || word == "ENTRYPOINT" {
			first = i + 1 // the base's, where layers follow
		}
	}
	if first < len(f.Image.History) && !slices.ContainsFunc(f.Image.History[first:], func(s image.Step) bool { return s.Layer >= 0 }) && len(f.Image.Layers) > f.Base.Layers {
		return 0
	}
	return first
}

// step is the instruction that made a layer, and its line where the Dockerfile is known:
// its instructions are the last steps of the history.
func (f *Facts) step(layer int) (text, at string) {
	for i, s := range f.Image.History {
		if s.Layer != layer {
			continue
		}
		text = Instruction(s.Text)
		return text, f.line(i)
	}
	return "", ""
}

func (f *Facts) line(step int) string {
	n := step - (len(f.Image.History) - len(f.Lines))
	if n < 0 || n >= len(f.Lines) {
		return ""
	}
	made, _, _ := strings.Cut(Instruction(f.Image.History[step].Text), " ")
	written, _, _ := strings.Cut(f.Lines[n].Text, " ")
	if !strings.EqualFold(made, written) {
		return ""
	}
	return f.Lines[n].At
}

// own gives the files of the image's own layers, the lowest first.
func (f *Facts) own(each func(layer int, file *image.File)) {
	for i := f.Base.Layers; i < len(f.Image.Layers); i++ {
		for j := range f.Image.Layers[i].Files {
			if file := &f.Image.Layers[i].Files[j]; file.Kind != image.Whiteout && file.Kind != image.Opaque {
				each(i, file)
			}
		}
	}
}

// found is a finding at a file of a layer. Where a later layer takes it away, it says so.
func (f *Facts) found(layer int, file *image.File, what, expected, fix string) Finding {
	by, at := f.step(layer)
	finding := Finding{What: what, Expected: expected, Fix: fix, Path: file.Path, Layer: layer + 1, By: by, At: at, Bytes: file.Size}
	if stands, ok := f.final()[file.Path]; !ok || stands.Kind != file.Kind {
		finding.Seen = "a later layer takes it away, and whoever has the image can still read it"
	}
	return finding
}

// final is the file system of a container, made once.
func (f *Facts) final() map[string]image.Stands {
	if f.stands == nil {
		f.stands = f.Image.Final()
	}
	return f.stands
}

// packages are folders of what others have written, which may hold what it likes.
var packages = []string{"/node_modules/", "/site-packages/", "/dist-packages/", "/.yarn/", "/.pnpm/", "/vendor/bundle/", "/BOOT-INF/lib/"}

func isPackaged(name string) bool {
	return slices.ContainsFunc(packages, func(p string) bool { return strings.Contains(name, p) })
}

// system are folders that distributions fill.
var system = []string{"/usr", "/lib", "/lib64", "/bin", "/sbin", "/var/lib", "/etc/ssl", "/opt/java", "/proc", "/sys"}

// sites are folders below them that projects fill.
var sites = []string{"/usr/share/nginx/html", "/usr/src", "/usr/local/app", "/usr/app", "/var/lib/app"}

func isSystem(name string) bool {
	in := func(folder string) bool { return image.Under(name, folder) }
	return slices.ContainsFunc(system, in) && !slices.ContainsFunc(sites, in)
}

// fewest joins findings that differ by their path alone to the first of them with a count.
func fewest(all []Finding, most int) []Finding {
	type kind struct{ what, fix, by string }
	counts, seen := map[kind]int{}, map[kind]int{}
	for _, f := range all {
		counts[kind{f.What, f.Fix, f.By}]++
	}
	var few []Finding
	for _, f := range all {
		k := kind{f.What, f.Fix, f.By}
		if seen[k]++; seen[k] <= most {
			few = append(few, f)
		} else if i := slices.IndexFunc(few, func(o Finding) bool { return kind{o.What, o.Fix, o.By} == k }); seen[k] == counts[k] {
			few[i].Seen = strings.TrimPrefix(few[i].Seen+fmt.Sprintf("; %d more of its kind", counts[k]-most), "; ")
		}
	}
	return few
}

// tops sums up files by the folder that they lie in, so that a tree is one finding.
func tops(all []Finding, top func(path string) string) []Finding {
	var order []string
	sums := map[string]Finding{}
	for _, f := range all {
		name := top(f.Path)
		key := fmt.Sprint(name, f.Layer, f.What)
		sum, ok := sums[key]
		if !ok {
			sum = f
			sum.Path, sum.Bytes = name, 0
			order = append(order, key)
		}
		sum.Bytes += f.Bytes
		sums[key] = sum
	}
	var joined []Finding
	for _, key := range order {
		joined = append(joined, sums[key])
	}
	return joined
}

// sorted are findings by path, then layer.
func sorted(all []Finding) []Finding {
	slices.SortStableFunc(all, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Layer, b.Layer)) })
	return all
}
