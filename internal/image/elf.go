package image

import (
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// mostInMemory is how large a program is held in memory to be looked at, in bytes; a larger
// one goes through a temporary file.
const mostInMemory = 32 << 20

// readELF looks at a program or library of which the first bytes have been read already.
// The error is for what it is read from; what is wrong with the file stands in the result.
func readELF(head []byte, size int64, rest io.Reader) (found *ELF, err error) {
	if size <= mostInMemory {
		data := append(make([]byte, 0, size+1), head...)
		whole := bytes.NewBuffer(data)
		if _, err := whole.ReadFrom(rest); err != nil {
			return nil, err
		}
		return inspect(bytes.NewReader(whole.Bytes())), nil
	}
	spooled, err := os.CreateTemp("", "dockgen-elf-")
	if err != nil {
		return nil, err
	}
	defer func() { // it is thrown away
		_ = spooled.Close()
		_ = os.Remove(spooled.Name())
	}()
	if _, err := spooled.ReadFrom(io.MultiReader(bytes.NewReader(head), rest)); err != nil {
		return nil, err
	}
	return inspect(spooled), nil
}

// machines are the architectures of platforms, by what ELF calls them.
var machines = map[elf.Machine]string{
	elf.EM_X86_64: "amd64", elf.EM_386: "386", elf.EM_AARCH64: "arm64", elf.EM_ARM: "arm", elf.EM_S390: "s390x",
	elf.EM_PPC64: "ppc64le", elf.EM_RISCV: "riscv64", elf.EM_LOONGARCH: "loong64", elf.EM_MIPS: "mips64le",
}

func inspect(in io.ReaderAt) (found *ELF) {
	found = &ELF{}
	defer func() { // package elf does not say that it bears every hostile file
		if r := recover(); r != nil {
			found.Broken = fmt.Sprint(r)
		}
	}()
	f, err := elf.NewFile(in)
	if err != nil {
		found.Broken = err.Error()
		return found
	}
	found.Machine = f.Machine.String()
	if name, ok := machines[f.Machine]; ok {
		found.Machine = name
	}
	found.Stripped = f.Section(".symtab") == nil && f.Section(".debug_info") == nil
	if f.Type != elf.ET_EXEC && f.Type != elf.ET_DYN {
		return found // an object, or a core
	}
	found.Interp = interpreter(f)
	found.Program = f.Type == elf.ET_EXEC || found.Interp != ""
	if f.SectionByType(elf.SHT_DYNAMIC) == nil {
		return found
	}
	if err := found.dynamic(f); err != nil {
		found.Broken = err.Error()
	}
	return found
}

func interpreter(f *elf.File) string {
	const longest = 4096
	for _, p := range f.Progs {
		if p.Type != elf.PT_INTERP || p.Filesz > longest {
			continue
		}
		name := make([]byte, p.Filesz)
		if _, err := p.ReadAt(name, 0); err == nil {
			return strings.TrimRight(string(name), "\x00")
		}
	}
	return ""
}

func (e *ELF) dynamic(f *elf.File) (err error) {
	if e.Needed, err = f.DynString(elf.DT_NEEDED); err != nil {
		return err
	}
	for tag, into := range map[elf.DynTag]*[]string{elf.DT_RPATH: &e.RPath, elf.DT_RUNPATH: &e.RunPath} {
		lists, err := f.DynString(tag)
		if err != nil {
			return err
		}
		for _, list := range lists {
			*into = append(*into, strings.Split(list, ":")...)
		}
	}
	if names, err := f.DynString(elf.DT_SONAME); err == nil && len(names) > 0 {
		e.Soname = names[0]
	}
	return e.versions(f)
}

// weak is VER_FLG_WEAK: the loader goes on without such a version.
const weak = 2

func (e *ELF) versions(f *elf.File) error {
	if f.SectionByType(elf.SHT_GNU_VERNEED) != nil {
		needs, err := f.DynamicVersionNeeds()
		if err != nil {
			return err
		}
		for _, need := range needs {
			v := Versions{Library: need.Name}
			for _, one := range need.Needs {
				if one.Flags&weak == 0 {
					v.Names = append(v.Names, one.Dep)
				}
			}
			slices.Sort(v.Names)
			e.Versions = append(e.Versions, v)
		}
	}
	if f.SectionByType(elf.SHT_GNU_VERDEF) == nil {
		return nil
	}
	defined, err := f.DynamicVersions()
	for _, one := range defined {
		e.Defines = append(e.Defines, one.Name)
	}
	return err
}
