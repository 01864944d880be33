package imagetest

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// ELF is a program or library to be made: what its loader reads of it, and no code.
type ELF struct {
	Machine elf.Machine // elf.EM_X86_64 where it is none
	Interp  string
	Needed  []string
	Soname  string
	RunPath string
	Needs   map[string][]string // versions, by the library
	Defines []string
}

const (
	headerSize  = 64
	programSize = 56
	sectionSize = 64
)

// String is the file.
func (e ELF) String() string {
	if e.Machine == 0 {
		e.Machine = elf.EM_X86_64
	}
	var names strtab
	dynamic := e.dynamic(&names)
	needs, needed := e.versionNeeds(&names)
	defines := e.versionDefines(&names)
	type section struct {
		name string
		kind elf.SectionType
		data []byte
		link uint32
		info uint32
		size uint64
	}
	sections := []section{
		{"", elf.SHT_NULL, nil, 0, 0, 0},
		{".dynstr", elf.SHT_STRTAB, names.b.Bytes(), 0, 0, 0},
		{".dynamic", elf.SHT_DYNAMIC, dynamic, 1, 0, 16},
		{".interp", elf.SHT_PROGBITS, []byte(e.Interp + "\x00"), 0, 0, 0},
		{".dynsym", elf.SHT_DYNSYM, make([]byte, 24), 1, 0, 24},
		{".gnu.version", elf.SHT_GNU_VERSYM, make([]byte, 2), 4, 0, 2},
	}
	if needed > 0 {
		sections = append(sections, section{".gnu.version_r", elf.SHT_GNU_VERNEED, needs, 1, needed, 0})
	}
	if len(e.Defines) > 0 {
		sections = append(sections, section{".gnu.version_d", elf.SHT_GNU_VERDEF, defines, 1, uint32(len(e.Defines)), 0})
	}
	var titles strtab
	offsets := make([]uint64, len(sections))
	var body bytes.Buffer
	start := uint64(headerSize + 2*programSize)
	var heads bytes.Buffer
	for i := range sections {
		offsets[i] = start + uint64(body.Len())
		body.Write(sections[i].data)
	}
	sections = append(sections, section{".shstrtab", elf.SHT_STRTAB, nil, 0, 0, 0})
	var titleOffsets []uint32
	for _, s := range sections {
		titleOffsets = append(titleOffsets, titles.add(s.name))
	}
	sections[len(sections)-1].data = titles.b.Bytes()
	offsets = append(offsets, start+uint64(body.Len()))
	body.Write(titles.b.Bytes())
	for i, s := range sections {
		_ = binary.Write(&heads, binary.LittleEndian, elf.Section64{Name: titleOffsets[i], Type: uint32(s.kind), Off: offsets[i], Size: uint64(len(s.data)), Link: s.link, Info: s.info, Entsize: s.size, Addralign: 1})
	}
	var out bytes.Buffer
	header := elf.Header64{
		Type: uint16(elf.ET_DYN), Machine: uint16(e.Machine), Version: 1, Phoff: headerSize, Shoff: start + uint64(body.Len()), Ehsize: headerSize,
		Phentsize: programSize, Phnum: 2, Shentsize: sectionSize, Shnum: uint16(len(sections)), Shstrndx: uint16(len(sections) - 1),
	}
	copy(header.Ident[:], elf.ELFMAG)
	header.Ident[elf.EI_CLASS], header.Ident[elf.EI_DATA], header.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1
	_ = binary.Write(&out, binary.LittleEndian, header)
	interp := elf.Prog64{Type: uint32(elf.PT_INTERP), Off: offsets[3], Filesz: uint64(len(e.Interp) + 1)}
	if e.Interp == "" {
		interp = elf.Prog64{}
	}
	_ = binary.Write(&out, binary.LittleEndian, interp)
	_ = binary.Write(&out, binary.LittleEndian, elf.Prog64{Type: uint32(elf.PT_DYNAMIC), Off: offsets[2], Filesz: uint64(len(dynamic))})
	out.Write(body.Bytes())
	out.Write(heads.Bytes())
	return out.String()
}

func (e ELF) dynamic(names *strtab) []byte {
	var b bytes.Buffer
	add := func(tag elf.DynTag, value string) {
		if value != "" {
			_ = binary.Write(&b, binary.LittleEndian, elf.Dyn64{Tag: int64(tag), Val: uint64(names.add(value))})
		}
	}
	for _, n := range e.Needed {
		add(elf.DT_NEEDED, n)
	}
	add(elf.DT_SONAME, e.Soname)
	add(elf.DT_RUNPATH, e.RunPath)
	_ = binary.Write(&b, binary.LittleEndian, elf.Dyn64{})
	return b.Bytes()
}

func (e ELF) versionNeeds(names *strtab) (data []byte, count uint32) {
	var b bytes.Buffer
	for _, library := range e.Needed {
		versions := e.Needs[library]
		if len(versions) == 0 {
			continue
		}
		count++
		next := uint32(16 + 16*len(versions))
		_ = binary.Write(&b, binary.LittleEndian, struct {
			Version, Count  uint16
			File, Aux, Next uint32
		}{1, uint16(len(versions)), names.add(library), 16, next})
		for i, v := range versions {
			after := uint32(16)
			if i == len(versions)-1 {
				after = 0
			}
			_ = binary.Write(&b, binary.LittleEndian, struct {
				Hash         uint32
				Flags, Other uint16
				Name, Next   uint32
			}{0, 0, uint16(i + 2), names.add(v), after})
		}
	}
	return b.Bytes(), count
}

func (e ELF) versionDefines(names *strtab) []byte {
	var b bytes.Buffer
	for i, v := range e.Defines {
		next := uint32(28)
		if i == len(e.Defines)-1 {
			next = 0
		}
		_ = binary.Write(&b, binary.LittleEndian, struct {
			Version, Flags, Index, Count uint16
			Hash, Aux, Next              uint32
			Name, After                  uint32
		}{1, 0, uint16(i + 1), 1, 0, 20, next, names.add(v), 0})
	}
	return b.Bytes()
}

type strtab struct{ b bytes.Buffer }

func (s *strtab) add(text string) uint32 {
	if s.b.Len() == 0 {
		s.b.WriteByte(0)
	}
	if text == "" {
		return 0
	}
	at := s.b.Len()
	s.b.WriteString(text + "\x00")
	return uint32(at)
}
