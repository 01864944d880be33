// Package jsconf reads configuration that is a program: JavaScript, TypeScript
// and JSON with comments.
//
// Nothing is executed. A [Module] is evaluated as far as literals, bindings,
// spreads, conditions on the environment and functions of the file itself reach;
// everything else is an [Unknown] value that says where it stands and why. What
// reads a variable of the environment is evaluated as if the variable were not
// set, and says so ([Value.Env]).
package jsconf

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-sourcemap/sourcemap"
	"github.com/grafana/sobek/ast"
	"github.com/grafana/sobek/file"
	"github.com/grafana/sobek/parser"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// The bounds of one file. Configuration that is longer, or nested more deeply,
// was not written by a person.
const (
	MaxBytes   = 512 << 10
	maxNesting = 500
	maxSteps   = 200_000 // expressions that are evaluated for one file
	maxDepth   = 300     // of expressions and calls in each other
	maxText    = 64 << 10
	maxFiles   = 50 // that one file imports, directly or not
)

var (
	errTooLarge = fmt.Errorf("longer than %d bytes, which no configuration is", MaxBytes)
	errTooDeep  = fmt.Errorf("nested more than %d deep, which no configuration is", maxNesting)
)

// Environment is what a production build finds set; every other variable counts
// as not set.
var Environment = map[string]string{"NODE_ENV": "production"}

// Module is one file.
type Module struct {
	file    string // from the root of the project
	code    []byte // what is parsed: the file, without types
	column  int    // how far the first line is moved to the right
	program *ast.Program
	origin  *sourcemap.Consumer // to the file; nil where code is the file
	lines   []int               // where the lines of code begin

	load  func(file string) *Module // a module of the project; nil where there is none
	set   map[string]string         // variables of the environment, beside [Environment]
	scope *scope
	state state
	steps int

	exports *object // what module.exports or export gives
	module  *object // the CommonJS object around it
}

type state int

const (
	fresh state = iota
	running
	done
)

// Parse reads one file. What it imports stays unknown; a [Program] follows it.
// The error is a [detect.PositionError].
func Parse(name string, data []byte) (*Module, error) {
	m := &Module{file: name}
	// esbuild loops for ever over text that is not UTF-8.
	data = bytes.ToValidUTF8(bytes.TrimPrefix(data, []byte("\ufeff")), []byte("\ufffd"))
	if err := bounded(data); err != nil {
		return nil, detect.Errorf(detect.Evidence{File: name}, "%w", err)
	}
	var err error
	switch path.Ext(name) {
	case ".json", ".jsonc", ".json5":
		err = m.parseJSON(data)
	default:
		err = m.parseProgram(data)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// nesting is what opens another level without a bracket.
var nesting = pattern.New(`=>|\b(?:if|for|while|with|else)\b`)

// bounded refuses what could exhaust the stack, the memory or the patience of a
// parser: esbuild takes the square of the depth.
func bounded(data []byte) error {
	if len(data) > MaxBytes {
		return errTooLarge
	}
	depth, start := 0, 0
	for i, c := range data {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(0, depth-1)
		}
		if depth > maxNesting {
			return errTooDeep
		}
		if c == ';' || c == ',' || c == '}' || i == len(data)-1 {
			if i-start > 2*maxNesting && len(nesting.FindAllIndex(data[start:i], maxNesting)) == maxNesting {
				return errTooDeep
			}
			start = i
		}
	}
	return nil
}

// parseJSON reads JSON as the expression that it is, with the comments and
// trailing commas that tsconfig.json and its like allow.
func (m *Module) parseJSON(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte("{}") // as TypeScript takes an empty tsconfig.json
	}
	m.code, m.column = fmt.Appendf(nil, "(%s\n)", data), 1
	if err := m.parse(); err != nil {
		return err
	}
	if len(m.program.Body) != 1 {
		return detect.Errorf(detect.Evidence{File: m.file, Line: 1}, "not one JSON value")
	}
	return nil
}

// loaders says how esbuild is to read a file. JSX is allowed wherever the
// language can tell it from types.
var loaders = map[string]api.Loader{
	".ts":  api.LoaderTS,
	".mts": api.LoaderTS,
	".cts": api.LoaderTS,
	".tsx": api.LoaderTSX,
}

// lowered is syntax that the parser of the next step does not know, which
// esbuild writes in other words.
var lowered = map[string]bool{
	"async-generator":                  false,
	"for-await":                        false,
	"import-attributes":                false,
	"regexp-dot-all-flag":              false,
	"regexp-lookbehind-assertions":     false,
	"regexp-match-indices":             false,
	"regexp-named-capture-groups":      false,
	"regexp-set-notation":              false,
	"regexp-sticky-and-unicode-flags":  false,
	"regexp-unicode-property-escapes":  false,
	"hashbang":                         false,
	"decorators":                       false,
	"using":                            false,
	"top-level-await":                  true,
	"arbitrary-module-namespace-names": true,
}

func (m *Module) parseProgram(data []byte) error {
	loader, ok := loaders[path.Ext(m.file)]
	if !ok {
		loader = api.LoaderJSX
	}
	result := api.Transform(string(data), api.TransformOptions{
		Loader:         loader,
		Target:         api.ES2022,
		Supported:      lowered,
		Sourcemap:      api.SourceMapExternal,
		SourcesContent: api.SourcesContentExclude,
		LogLevel:       api.LogLevelSilent,
		TsconfigRaw:    `{"compilerOptions":{"verbatimModuleSyntax":true,"experimentalDecorators":true}}`,
	})
	if len(result.Errors) > 0 {
		first := result.Errors[0]
		fault := &detect.PositionError{At: detect.Evidence{File: m.file}, Err: errors.New(first.Text)}
		if at := first.Location; at != nil {
			fault.At.Line, fault.Column = at.Line, at.Column+1
		}
		return fault
	}
	origin, err := sourcemap.Parse("", result.Map)
	if err != nil {
		return detect.Errorf(detect.Evidence{File: m.file}, "%w", err)
	}
	m.code, m.origin = result.Code, origin
	return m.parse()
}

func (m *Module) parse() error {
	for i, c := range m.code {
		if c == '\n' {
			m.lines = append(m.lines, i+1)
		}
	}
	var err error
	m.program, err = parser.ParseFile(nil, "", string(m.code), parser.IgnoreRegExpErrors, parser.IsModule, parser.WithDisableSourceMaps)
	if err == nil {
		return nil
	}
	fault := &detect.PositionError{At: detect.Evidence{File: m.file}, Err: err}
	var list parser.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		fault.Err = errors.New(strings.ToLower(list[0].Message))
		at := list[0].Position
		fault.At.Line, fault.Column = m.original(at.Line, at.Column-1)
	}
	return fault
}

// position gives the line and column in the file of a place in the code, from 1;
// 0 where nothing in the file stands behind it.
func (m *Module) position(at file.Idx) (line, column int) {
	if at <= 0 {
		return 0, 0
	}
	offset, start := int(at)-1, 0
	for line < len(m.lines) && m.lines[line] <= offset {
		start = m.lines[line]
		line++
	}
	return m.original(line+1, offset-start)
}

// original finds a place of the code, with the column from 0, in the file.
func (m *Module) original(line, column int) (int, int) {
	if m.origin == nil {
		if line == 1 {
			column -= m.column
		}
		return line, max(column, 0) + 1
	}
	_, _, line, column, ok := m.origin.Source(line, column)
	if !ok {
		return 0, 0
	}
	return line, column + 1
}

// File is the path of the file, as it was given.
func (m *Module) File() string { return m.file }
