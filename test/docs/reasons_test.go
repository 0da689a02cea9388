package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A reason of each package is documented under this heading of docs/reasons.md.
var reasonSections = map[string]string{
	"controllers":        "LookerInstance",
	"controllers/engine": "All other kinds",
}

var headings = regexp.MustCompile(`(?m)^(##|###) (.+)$`)

func TestEveryReasonIsDocumentedAndNoOther(t *testing.T) {
	t.Parallel()
	documented := documentedReasons(t)
	for folder, section := range reasonSections {
		inCode := reasonConstants(t, folder)
		if len(inCode) == 0 {
			t.Errorf("%s has no reason: is the pattern still right?", folder)
		}
		for _, reason := range slices.Sorted(maps.Keys(inCode)) {
			if documented[section][reason] == "" {
				t.Errorf("docs/reasons.md, section %q, lacks the heading %q of %s", section, "### "+reason, inCode[reason])
			}
		}
		for _, reason := range slices.Sorted(maps.Keys(documented[section])) {
			if inCode[reason] == "" {
				t.Errorf("docs/reasons.md, section %q, documents %q, which %s does not have", section, reason, folder)
			}
		}
	}
}

func TestEveryReasonSaysWhatItMeansWhatToDoAndWhetherItHeals(t *testing.T) {
	t.Parallel()
	for _, section := range reasonSections {
		for reason, text := range documentedReasons(t)[section] {
			for _, part := range []string{"**Means.**", "**Look.**", "**Do.**", "**Heals by itself.**"} {
				if !strings.Contains(text, part) {
					t.Errorf("docs/reasons.md, section %q, %s: there is no %q", section, reason, part)
				}
			}
		}
	}
}

// documentedReasons is the text below each heading of level three, by the
// heading of level two that it is under.
func documentedReasons(t *testing.T) map[string]map[string]string {
	t.Helper()
	text := read(t, "docs/reasons.md")
	found := map[string]map[string]string{}
	section := ""
	matches := headings.FindAllStringSubmatchIndex(text, -1)
	for i, m := range matches {
		level, title := text[m[2]:m[3]], text[m[4]:m[5]]
		if level == "##" {
			section = title
			found[section] = map[string]string{}
			continue
		}
		end := len(text)
		if i+1 < len(matches) {
			end = matches[i+1][0]
		}
		if found[section] == nil || found[section][title] != "" {
			t.Fatalf("docs/reasons.md: the heading %q is outside a section, or twice in it", title)
		}
		found[section][title] = text[m[1]:end]
	}
	return found
}

// reasonConstants is the value of each constant ReasonX of a package, with its name.
func reasonConstants(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, file := range parseFolder(t, folder) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range spec.Names {
				if !strings.HasPrefix(name.Name, "Reason") || i >= len(spec.Values) {
					continue
				}
				literal, ok := spec.Values[i].(*ast.BasicLit)
				if !ok || literal.Kind != token.STRING {
					continue
				}
				value, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				found[value] = name.Name
			}
			return true
		})
	}
	return found
}

// parseFolder parses the files of a package, its tests excepted.
func parseFolder(t *testing.T, folder string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(path(t, folder+"/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}
