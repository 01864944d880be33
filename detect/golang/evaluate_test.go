package golang

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
)

// TestTangledNames wants an answer in reasonable time from a program in which
// every name has several values, each of which leads to several more.
func TestTangledNames(t *testing.T) {
	var b strings.Builder
	b.WriteString("package main\n\nimport \"net/http\"\n\nfunc main() {\n\tvar a0 string\n")
	for i := range 40 {
		fmt.Fprintf(&b, "\ta%d = f%d(a%d) + a%d\n\ta%d = g(a%d, a%d)\n", i, i, i+1, i+1, i, i+1, i+2)
	}
	b.WriteString("\thttp.ListenAndServe(a0, nil)\n}\n\nfunc g(a, b string) string { return f0(a) + f1(b) }\n")
	for i := range 40 {
		fmt.Fprintf(&b, "\nfunc f%d(a string) string { if a == \"\" { return f%d(a) }; return f%d(a + a) }\n", i, i+1, i+2)
	}
	wantUnread(t, b.String())
}

// TestTangledTypes wants the same where structs embed each other and every field
// is set in many places to other fields.
func TestTangledTypes(t *testing.T) {
	var b strings.Builder
	b.WriteString("package main\n\nimport \"net/http\"\n\nfunc main() {\n\tvar v t0\n")
	for i := range 400 {
		fmt.Fprintf(&b, "\thttp.ListenAndServe(v.f%d, nil)\n", i)
	}
	b.WriteString("}\n")
	for i := range 400 {
		fmt.Fprintf(&b, "\ntype t%d struct { *t%d; t%d; n *t%d; f%d string }\n", i, (i+1)%400, (i+2)%400, (i+3)%400, i)
		fmt.Fprintf(&b, "\nfunc (v *t%d) m() { v.f%d = v.n.f%d + v.n.n.f%d; w := v; w = w.n; w.f0 = v.f%d + w.m%d() }\n", i, i, i+1, i+2, i, i)
	}
	wantUnread(t, b.String())
}

// wantUnread looks for the port of a program that is written so that nobody finds it.
func wantUnread(t *testing.T, source string) {
	t.Helper()
	tree := detecttest.Tree(t, &txtar.Archive{Files: []txtar.File{
		{Name: "go.mod", Data: []byte("module example.com/a\n")},
		{Name: "main.go", Data: []byte(source)},
	}})
	start := time.Now()
	found, err := Detect(t.Context(), tree, detect.Answers{})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if len(found.Services) != 1 || found.Services[0].Detail.(Detail).Listens[0].Port != 0 {
		t.Errorf("found %+v %v", found.Services, found.Problems)
	}
}
