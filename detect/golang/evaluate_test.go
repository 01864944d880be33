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
	tree := detecttest.Tree(t, &txtar.Archive{Files: []txtar.File{
		{Name: "go.mod", Data: []byte("module example.com/a\n")},
		{Name: "main.go", Data: []byte(b.String())},
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
