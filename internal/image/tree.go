package image

import (
	"path"
	"strings"
)

// tree is a file system while layers are put one over another.
type tree struct {
	root *node
}

type node struct {
	at       Stands
	children map[string]*node
}

func newTree() *tree { return &tree{root: &node{}} }

// apply puts the entries of a layer over what is there. What each of them hides of lower
// layers is told, with the entry that hides it; a layer does not take away its own files.
func (t *tree) apply(files []File, layer int, hidden func(old Stands, by *File)) {
	for i := range files { // whatever their order in the tar, they take away from lower layers alone
		f := &files[i]
		switch f.Kind {
		case Whiteout:
			t.take(f, layer, hidden)
		case Opaque:
			if n := t.find(f.Path); n != nil {
				for name, child := range n.children {
					if child.drop(layer, f, hidden) {
						delete(n.children, name)
					}
				}
			}
		}
	}
	for i := range files {
		if f := &files[i]; f.Kind != Whiteout && f.Kind != Opaque {
			t.put(f, layer, hidden)
		}
	}
}

func (t *tree) find(name string) *node {
	n := t.root
	for part := range strings.SplitSeq(strings.TrimPrefix(name, "/"), "/") {
		if part == "" {
			continue
		}
		if n = n.children[part]; n == nil {
			return nil
		}
	}
	return n
}

func (t *tree) take(f *File, layer int, hidden func(Stands, *File)) {
	parent := t.find(path.Dir(f.Path))
	if parent == nil {
		return
	}
	name := path.Base(f.Path)
	if child := parent.children[name]; child != nil && child.drop(layer, f, hidden) {
		delete(parent.children, name)
	}
}

// drop tells all that goes with a node, and says whether nothing of the same layer is left.
func (n *node) drop(layer int, by *File, hidden func(Stands, *File)) bool {
	gone := n.at.File == nil || n.at.Layer < layer
	if gone && n.at.File != nil {
		if hidden != nil {
			hidden(n.at, by)
		}
		n.at = Stands{}
	}
	for name, child := range n.children {
		if child.drop(layer, by, hidden) {
			delete(n.children, name)
		} else {
			gone = false
		}
	}
	return gone
}

func (t *tree) put(f *File, layer int, hidden func(Stands, *File)) {
	n := t.root
	for part := range strings.SplitSeq(strings.TrimPrefix(f.Path, "/"), "/") {
		if part == "" {
			continue
		}
		if n.children == nil {
			n.children = map[string]*node{}
		}
		next := n.children[part]
		if next == nil {
			next = &node{}
			n.children[part] = next
		}
		n = next
	}
	if n.at.File != nil && hidden != nil {
		hidden(n.at, f)
	}
	if f.Kind != Folder && len(n.children) > 0 { // a file where a folder was
		for name, child := range n.children {
			if child.drop(layer+1, f, hidden) {
				delete(n.children, name)
			}
		}
	}
	n.at = Stands{f, layer}
}

func (t *tree) files() map[string]Stands {
	all := map[string]Stands{}
	var visit func(n *node)
	visit = func(n *node) {
		if n.at.File != nil {
			all[n.at.Path] = n.at
		}
		for _, child := range n.children {
			visit(child)
		}
	}
	visit(t.root)
	return all
}

// Hides walks through the layers as they are put one over another, and tells each entry
// that another hides: its layer, and by what of which layer.
func (im *Image) Hides(told func(old Stands, by Stands)) {
	t := newTree()
	for i := range im.Layers {
		t.apply(im.Layers[i].Files, i, func(old Stands, by *File) { told(old, Stands{by, i}) })
	}
}
