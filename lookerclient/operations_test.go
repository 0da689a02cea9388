package lookerclient

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestOperationsAreUniqueAndWellFormed(t *testing.T) {
	t.Parallel()
	if len(Operations) < 120 {
		t.Fatalf("only %d operations", len(Operations))
	}
	ids, routes := map[string]bool{}, map[string]bool{}
	for _, op := range Operations {
		route := op.Method + " " + op.Path
		if ids[op.ID] || routes[route] || !strings.HasPrefix(op.Path, "/") {
			t.Errorf("%+v is there twice, or is malformed", op)
		}
		ids[op.ID], routes[route] = true, true
		if want := map[bool]Class{true: DBQuery, false: NonQuery}[strings.HasPrefix(op.Path, "/scheduled_plans")]; op.Class != want && op.Class != None {
			t.Errorf("%s: class %s", op.ID, op.Class)
		}
	}
}

// TestEveryMethodNamesItsOperation keeps comments and table honest: each operation
// is called by a method, and each method that calls one names it in its comment.
func TestEveryMethodNamesItsOperation(t *testing.T) {
	t.Parallel()
	idOf := map[string]string{"alive": "alive"}
	used := map[string]bool{}
	fset := token.NewFileSet()
	var files []*ast.File
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, e.Name(), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		for _, decl := range file.Decls {
			g, ok := decl.(*ast.GenDecl)
			if !ok || e.Name() != "operations.go" {
				continue
			}
			for _, spec := range g.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && len(v.Values) == 1 {
					if c, ok := v.Values[0].(*ast.CallExpr); ok {
						idOf[v.Names[0].Name] = strings.Trim(c.Args[0].(*ast.BasicLit).Value, `"`)
					}
				}
			}
		}
	}
	if len(idOf) != len(Operations)+1 {
		t.Fatalf("%d declarations, %d operations", len(idOf), len(Operations))
	}
	for _, file := range files {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && idOf[id.Name] != "" {
					used[id.Name] = true
					named := regexp.MustCompile(`\b` + idOf[id.Name] + `\b`).MatchString(fn.Doc.Text())
					if fn.Recv != nil && fn.Name.IsExported() && !named && id.Name != "alive" {
						t.Errorf("%s does not name operation %s", fn.Name.Name, idOf[id.Name])
					}
				}
				return true
			})
		}
	}
	for name, id := range idOf {
		if !used[name] {
			t.Errorf("operation %s is called by nobody", id)
		}
	}
}
