// Command docs writes the figures of "make bench" into docs/performance.md, and
// draws them as SVG files beside it.
//
//	go run . ../../../out/bench.json ../../../docs
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: docs <bench.json> <docs folder>")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "bench docs:", err)
		os.Exit(1)
	}
}

// figures are the results by key, such as 10000.apply.calls.
type figures map[string]float64

func run(results, docs string) error {
	text, err := os.ReadFile(results)
	if err != nil {
		return fmt.Errorf("%w; \"make bench\" writes it", err)
	}
	var f figures
	if err := json.Unmarshal(text, &f); err != nil {
		return fmt.Errorf("%s: %w", results, err)
	}
	sizes := f.sizes()
	if len(sizes) == 0 {
		return fmt.Errorf("%s has no figures of any size; run \"make bench\"", results)
	}
	page := filepath.Join(docs, "performance.md")
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	updated, err := replaced(string(old), f.tables(sizes))
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	if err := os.WriteFile(page, []byte(updated), 0o644); err != nil {
		return err
	}
	folder := filepath.Join(docs, "performance")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, c := range charts {
		if err := c.draw(f, sizes, filepath.Join(folder, c.file)); err != nil {
			return fmt.Errorf("%s: %w", c.file, err)
		}
	}
	return nil
}

// sizes are the numbers of objects that there are figures for.
func (f figures) sizes() []int {
	var out []int
	for key := range f {
		first, _, _ := strings.Cut(key, ".")
		if n, err := strconv.Atoi(first); err == nil && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

const (
	begin = "<!-- figures: written by \"make bench-docs\" -->\n"
	end   = "<!-- end of figures -->\n"
)

// replaced is the page with a new text between its marks.
func replaced(page, text string) (string, error) {
	before, rest, ok := strings.Cut(page, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return "", fmt.Errorf("the lines %q and %q are not there, in this order", strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return before + begin + text + end + after, nil
}
