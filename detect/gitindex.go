package detect

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/budget"
)

// Overruled lists the files of the tree that git tracks although a .gitignore names them,
// with the pattern, sorted: they are part of the project all the same. There are none where
// no index can be read: in an archive, or in a folder of a repository.
func (t *Tree) Overruled() []Exclusion { return t.overruled }

// keptByGit says of a file, or of some file below a folder, that git tracks it.
func (t *Tree) keptByGit(name string, folder bool) bool {
	list := t.index()
	if !folder {
		_, found := slices.BinarySearch(list, name)
		return found
	}
	i, _ := slices.BinarySearch(list, name+"/")
	return i < len(list) && strings.HasPrefix(list[i], name+"/")
}

// readIndex gives the files that git tracks, sorted; none where it cannot be read.
func (t *Tree) readIndex() []string {
	root, file := t.root, ".git/index"
	if info, err := root.Lstat(".git"); err == nil && info.Mode().IsRegular() { // of a worktree or a submodule
		data, err := budget.ReadFile(root, ".git")
		dir, ok := bytes.CutPrefix(bytes.TrimSpace(data), []byte("gitdir: "))
		if err != nil || !ok {
			return nil
		}
		where := string(dir)
		if !filepath.IsAbs(where) {
			where = filepath.Join(root.Name(), where)
		}
		if root, err = os.OpenRoot(where); err != nil {
			return nil
		}
		defer root.Close() // nothing was written through it
		file = "index"
	}
	data, err := budget.ReadFile(root, file)
	if err != nil {
		return nil
	}
	return tracked(data)
}

// LeftOut gives the pattern that keeps a file out of the tree, whether or not it is there:
// one that names it, or a folder around it.
func (t *Tree) LeftOut(file string) (Exclusion, bool) {
	if x, ok := t.Excluded(file); ok {
		return x, true
	}
	if f, ok := t.folders[parentOf(file)]; ok && !t.Has(file) {
		if f.tracked != nil {
			return Exclusion{file, f.tracked.At}, true
		}
		if r := f.ignore.match(file, false); r != nil && !r.Keep {
			return Exclusion{file, r.At}, true
		}
	}
	return Exclusion{}, false
}

// tracked reads the names in an index, which is of no use where it is no whole one:
// https://git-scm.com/docs/index-format. What the hash of an object is long is written
// elsewhere, so both lengths are tried.
func tracked(data []byte) []string {
	if len(data) < 12 || string(data[:4]) != "DIRC" {
		return nil
	}
	version, count := binary.BigEndian.Uint32(data[4:]), binary.BigEndian.Uint32(data[8:])
	for _, hash := range []int{20, 32} {
		if names, ok := indexNames(data[12:], version, int(count), hash); ok {
			return names
		}
	}
	return nil
}

// Parts of an entry of an index.
const (
	indexStat = 40     // times, sizes and owners, before the hash
	extended  = 0x4000 // of the flags: two more bytes of them follow
)

func indexNames(data []byte, version uint32, count, hash int) (names []string, ok bool) {
	last := ""
	for range count {
		head := indexStat + hash + 2
		if len(data) < head {
			return nil, false
		}
		if binary.BigEndian.Uint16(data[head-2:])&extended != 0 {
			head += 2
		}
		name, size := "", 0
		if version == 4 {
			strip, n := offset(data[min(head, len(data)):])
			if n == 0 || strip > len(last) {
				return nil, false
			}
			head += n
			name = last[:len(last)-strip]
		}
		end := bytes.IndexByte(data[min(head, len(data)):], 0)
		if end < 0 {
			return nil, false
		}
		name += string(data[head : head+end])
		if size = head + end + 1; version != 4 {
			size = (head+end)/8*8 + 8
		}
		if size > len(data) || name <= last || strings.HasPrefix(name, "/") || slices.Contains(strings.Split(name, "/"), "..") {
			return nil, false // no entry begins there, for names are sorted
		}
		names, data, last = append(names, name), data[size:], name
	}
	return names, true
}

// offset reads a number as a pack file has them, and says how long it is; 0 where there
// is none.
func offset(data []byte) (value, length int) {
	for i, c := range data {
		if value = value<<7 | int(c&0x7f); c&0x80 == 0 {
			return value, i + 1
		}
		if value++; i == 4 {
			break
		}
	}
	return 0, 0
}
