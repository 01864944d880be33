package output

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/dockgen/dockgen/internal/budget"
)

// Apply writes the new and the updated files of a plan, creating directories that are
// missing, and touches nothing else. It writes nothing and returns an error if one of the
// changes is refused: a service gets all of its files or none.
//
// Each file is written under a temporary name (.dockgen-*) beside its place, and only when
// all are there they are renamed: a disk that is full leaves every old file. A process
// killed at any moment leaves of each file the old one or the new one, and at worst
// temporary ones. There is no fsync: after a loss of power a file may be empty, and
// dockgen writes it again. Where a file cannot be renamed, those before it are written, and
// it and those behind it become Failed; after any other error all of them.
//
// A file that is replaced passes on its permissions; others get 0644, less the umask.
func Apply(root *os.Root, changes []Change) error {
	for _, change := range changes {
		if change.Status == Refused {
			return fmt.Errorf("write %s: refused: it %s", change.Path, change.Reason)
		}
	}
	temps := make([]string, len(changes))
	defer func() {
		for _, temp := range temps {
			if temp != "" {
				_ = root.Remove(temp) // the error that left it is the one to tell
			}
		}
	}()
	for i, change := range changes {
		if change.Status != New && change.Status != Updated {
			continue
		}
		var err error
		if temps[i], err = prepare(root, change); err != nil {
			Fail(changes)
			return fmt.Errorf("write %s: %w", change.Path, bare(err))
		}
	}
	for i, temp := range temps {
		if temp == "" {
			continue
		}
		if err := root.Rename(temp, changes[i].Path); err != nil {
			Fail(changes[i:])
			return fmt.Errorf("write %s: %w", changes[i].Path, bare(err))
		}
		temps[i] = ""
	}
	return nil
}

// Fail marks the new and the updated files of a plan as Failed: they are not written.
func Fail(changes []Change) {
	for i, change := range changes {
		if change.Status == New || change.Status == Updated {
			changes[i].Status = Failed
		}
	}
}

// Write writes one file as Apply does, whoever owns it: for a file that is a person's
// and that this person has asked to be changed.
func Write(root *os.Root, name string, data []byte) error {
	return Apply(root, []Change{{Path: name, Status: Updated, New: data}})
}

// Secret writes a file that is not there yet and that nobody else may read.
func Secret(root *os.Root, name string, data []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		err = fill(f, data, 0)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, bare(err))
	}
	return nil
}

// Remove takes files away that nobody edited; one that is not dockgen's alone is an error.
func Remove(root *os.Root, files []string) error {
	for _, file := range files {
		data, err := budget.ReadFile(root, file)
		if err == nil && Inspect(data) != Ours {
			err = errors.New("it is not dockgen's alone")
		}
		if err == nil {
			err = root.Remove(file)
		}
		if err != nil {
			return fmt.Errorf("remove %s: %w", file, bare(err))
		}
	}
	return nil
}

// prepare writes a file under a temporary name, and gives that where it has made one.
func prepare(root *os.Root, change Change) (temp string, err error) {
	dir := path.Dir(change.Path)
	if err := root.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	temp = path.Join(dir, ".dockgen-"+rand.Text())
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", err
	}
	return temp, fill(f, change.New, permOf(root, change.Path))
}

// permOf returns the permissions of a regular file, 0 if there is none.
func permOf(root *os.Root, name string) fs.FileMode {
	info, err := root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Mode().Perm()
}

// fill writes and closes f, with the permissions perm unless they are 0.
func fill(f *os.File, data []byte, perm fs.FileMode) error {
	_, err := f.Write(data)
	if err == nil && perm != 0 {
		err = f.Chmod(perm)
	}
	return errors.Join(err, f.Close())
}
