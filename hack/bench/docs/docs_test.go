package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestThePageGetsTheFigures(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	results, page := filepath.Join(folder, "bench.json"), filepath.Join(folder, "performance.md")
	json := `{"100.apply.calls": 362, "100.apply.seconds": 9, "1000.apply.calls": 3600, "1000.rss.peak.mb": 120, "1000.apply.cpu.seconds": 2, "peer.apply.calls": 9000, "target.apply.calls.ratio": 1.05}`
	for file, text := range map[string]string{results: json, page: "Before\n" + begin + "old\n" + end + "After\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(results, folder); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Before\n", "After\n", "| objects | 100 | 1000 |", "| calls | 362 | 3600 |", "| calls / floor (target at 10,000: at most 1.05) |", "| first apply, calls | 14415 | 9000 | – |"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("the page does not have %q:\n%s", want, got)
		}
	}
	if strings.Contains(string(got), "old") {
		t.Error("the old figures are still there")
	}
	for _, c := range charts {
		if text, err := os.ReadFile(filepath.Join(folder, "performance", c.file)); err != nil || !strings.Contains(string(text), "<svg") {
			t.Errorf("%s: %v", c.file, err)
		}
	}
}

func TestAPageWithoutMarksIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := replaced(end+begin, "text"); err == nil {
		t.Error("no error")
	}
}
