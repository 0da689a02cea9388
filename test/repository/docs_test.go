package repository

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	makeTargets  = regexp.MustCompile("(?m)(?:`|^)make((?: [a-z][a-z-]*)+)")
	makefileRule = regexp.MustCompile(`(?m)^([a-z][a-z-]*):`)
)

func TestRelativeLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for path, text := range documents(t) {
		for _, match := range markdownLink.FindAllStringSubmatch(text, -1) {
			target, _, _ := strings.Cut(match[1], "#")
			if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), target)); err != nil {
				t.Errorf("%s: the link to %s leads nowhere: %v", path, target, err)
			}
		}
	}
}

func TestDocumentedMakeTargetsExist(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile(filepath.Join(root(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, match := range makefileRule.FindAllStringSubmatch(string(makefile), -1) {
		known[match[1]] = true
	}
	seen := 0
	for path, text := range documents(t) {
		for _, match := range makeTargets.FindAllStringSubmatch(text, -1) {
			for _, target := range strings.Fields(match[1]) {
				if seen++; !known[target] {
					t.Errorf("%s: there is no target %q in the Makefile", path, target)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("the documentation names no make target: is the pattern still right?")
	}
}

func TestDecisionsHaveTheirFourHeadingsAndAnEntry(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(root(t), "docs", "decisions")
	index, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "0*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no decisions in %s (%v)", folder, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, heading := range []string{"Status", "Context", "Decision", "Consequences"} {
			if !strings.Contains(string(text), "\n## "+heading+"\n") {
				t.Errorf("%s lacks the heading %s", file, heading)
			}
		}
		if !strings.Contains(string(index), "("+filepath.Base(file)+")") {
			t.Errorf("%s is not in the index", file)
		}
	}
}

// documents is the text of every Markdown file of the repository by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := filepath.WalkDir(root(t), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "bin" || entry.Name() == "out"):
			return filepath.SkipDir
		case filepath.Ext(path) != ".md":
			return nil
		}
		text, err := os.ReadFile(path)
		texts[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func root(t *testing.T) string {
	t.Helper()
	folder, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}
