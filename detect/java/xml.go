package java

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/dockgen/dockgen/detect"
)

// element is one element of an XML file. A nil element is one that is not there: its
// text is empty and it has no children.
type element struct {
	name     string
	text     string   // its own, without white space around it
	values   []string // of its attributes
	line     int
	children []*element
}

// byteOrderMark begins files of some editors.
var byteOrderMark = []byte("\ufeff")

// deepest is how far elements may lie inside each other; poms have about a dozen levels.
const deepest = 200

// readXML reads a file whole. It refuses document types, which are where entities are
// declared, external ones and those that expand without end: no build file needs one.
func readXML(file string, data []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, byteOrderMark)))
	d.Entity = xml.HTMLEntity // single characters, which Maven's own reader knows too
	d.CharsetReader = charset
	var root *element
	var open []*element
	at := func() detect.Evidence {
		line, _ := d.InputPos()
		return detect.Evidence{File: file, Line: line}
	}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, detect.Errorf(at(), "%w", syntax(err))
		}
		switch token := token.(type) {
		case xml.Directive:
			return nil, detect.Errorf(at(), "a document type, which may declare entities, is not read: remove <!%s", firstWord(string(token)))
		case xml.StartElement:
			e := &element{name: token.Name.Local, line: at().Line}
			for _, a := range token.Attr {
				e.values = append(e.values, a.Value)
			}
			if len(open) == deepest {
				return nil, detect.Errorf(at(), "more than %d elements inside each other", deepest)
			}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.children = append(parent.children, e)
			} else if root == nil {
				root = e
			}
			open = append(open, e)
		case xml.EndElement:
			e := open[len(open)-1]
			e.text = strings.TrimSpace(e.text)
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(token)
			}
		}
	}
	if root == nil {
		return nil, detect.Errorf(detect.Evidence{File: file}, "no element in it")
	}
	return root, nil
}

// syntax takes the position off the library's error, which stands before it anyway.
func syntax(err error) error {
	var broken *xml.SyntaxError
	if errors.As(err, &broken) {
		return errors.New(broken.Msg)
	}
	return err
}

func firstWord(s string) string {
	if fields := strings.Fields(s); len(fields) > 0 {
		return fields[0]
	}
	return s
}

// charset reads the two encodings that poms have beside UTF-8.
func charset(name string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "us-ascii", "ascii":
		return input, nil
	case "iso-8859-1", "latin1", "windows-1252":
		data, err := io.ReadAll(input)
		if err != nil {
			return nil, err
		}
		var text []byte
		for _, b := range data {
			text = utf8.AppendRune(text, rune(b))
		}
		return bytes.NewReader(text), nil
	}
	return nil, fmt.Errorf("the encoding %q is not read; save the file as UTF-8", name)
}

// get follows a path of names to the first element of each.
func (e *element) get(names ...string) *element {
	for _, name := range names {
		if e == nil {
			return nil
		}
		var next *element
		for _, c := range e.children {
			if c.name == name {
				next = c
				break
			}
		}
		e = next
	}
	return e
}

// all lists the children of one name, below a path.
func (e *element) all(path ...string) []*element {
	e, last := e.get(path[:len(path)-1]...), path[len(path)-1]
	if e == nil {
		return nil
	}
	var found []*element
	for _, c := range e.children {
		if c.name == last {
			found = append(found, c)
		}
	}
	return found
}

// list gives the children, none for an element that is not there.
func (e *element) list() []*element {
	if e == nil {
		return nil
	}
	return e.children
}

// value is the text of the element at a path.
func (e *element) value(path ...string) string {
	if e = e.get(path...); e == nil {
		return ""
	}
	return e.text
}

// under gives every element below e with the name, however deep.
func (e *element) under(name string) []*element {
	if e == nil {
		return nil
	}
	var found []*element
	for _, c := range e.children {
		if c.name == name {
			found = append(found, c)
		}
		found = append(found, c.under(name)...)
	}
	return found
}
