package project

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"

	"github.com/BurntSushi/toml"
	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
)

// readText reads a file that has to be text.
func readText(t *detect.Tree, file string) (string, error) {
	data, err := t.ReadFile(file)
	if err != nil {
		return "", err
	}
	if text, ok := wide(data); ok {
		return text, nil
	}
	if n := source.InvalidLine(data); n > 0 {
		return "", detect.Errorf(detect.Evidence{File: file, Line: n}, "%w", errors.New("it is not UTF-8"))
	}
	return strings.TrimPrefix(string(data), "\ufeff"), nil
}

// wide reads UTF-16 by its byte order mark, as PowerShell writes it and pip reads it.
func wide(data []byte) (string, bool) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return "", false
	}
	var units []uint16
	for rest := data[2:]; len(rest) > 1; rest = rest[2:] {
		units = append(units, order.Uint16(rest))
	}
	return string(utf16.Decode(units)), true
}

// decodeTOML reads a file of TOML; what is wrong with it has its place.
func decodeTOML(t *detect.Tree, file string, into any) (text string, err error) {
	if text, err = readText(t, file); err != nil {
		return "", err
	}
	if _, err := toml.Decode(text, into); err != nil {
		at := detect.Evidence{File: file}
		var parse toml.ParseError
		if errors.As(err, &parse) {
			at.Line = parse.Position.Line
			return text, detect.Errorf(at, "%s", tomlMessage(parse))
		}
		return text, detect.Errorf(at, "%s", strings.TrimPrefix(err.Error(), "toml: "))
	}
	return text, nil
}

func tomlMessage(err toml.ParseError) string {
	if err.Message != "" {
		return err.Message
	}
	text := err.Error()
	if _, rest, ok := strings.Cut(text, "): "); ok {
		return rest
	}
	return strings.TrimPrefix(text, "toml: ")
}

// lineOfKey finds the line of a key of a TOML table, or that of its header, or 0.
func lineOfKey(text, table, key string) int {
	n, here, header := 0, table == "", 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			name := strings.Trim(strings.ReplaceAll(line, " ", ""), "[]")
			if here = name == table; here {
				header = n
			}
			continue
		}
		if !here {
			continue
		}
		name, _, ok := strings.Cut(line, "=")
		if name = strings.Trim(strings.TrimSpace(name), `"'`); ok && (name == key || strings.HasPrefix(name, key+".")) {
			return n
		}
	}
	return header
}

// lineWith is the first line that holds a text, or 0.
func lineWith(text, part string) int {
	i := strings.Index(text, part)
	if i < 0 {
		return 0
	}
	return 1 + strings.Count(text[:i], "\n")
}

func texts(value any) []string {
	list, _ := value.([]any)
	var all []string
	for _, item := range list {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}
