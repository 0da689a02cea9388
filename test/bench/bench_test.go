// Package bench runs the benchmark, hack/bench, small and fast, to see that it
// works and that what it writes makes sense.
package bench

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/looker-operator/looker-operator/test/repository"
)

func TestTheBenchmarkMeasuresEveryScenario(t *testing.T) {
	t.Parallel()
	root, err := repository.Root()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	program, out := filepath.Join(folder, "bench"), filepath.Join(folder, "bench.json")
	if text, err := exec.Command("go", "build", "-o", program, "github.com/looker-operator/looker-operator/hack/bench").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, program, "--sizes=100", "--latency-scale=0.1", "--outage=8s", "--rest=2s", "--out="+out, "--logs="+filepath.Join(folder, "logs"))
	command.Dir = root
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	shown, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, shown)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var f map[string]float64
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	check(t, f)
	if t.Failed() {
		t.Logf("%s", shown)
	}
}

// check wants each figure between two bounds that hold on any machine.
func check(t *testing.T, f map[string]float64) {
	t.Helper()
	const any = 1e9
	for key, bounds := range map[string][2]float64{
		"100.apply.seconds":           {0.1, 120},
		"100.apply.calls":             {300, 500},
		"100.apply.calls.floor":       {300, 400},
		"100.apply.calls.ratio":       {1, 1.2},
		"100.apply.calls.db_query":    {12, 20}, // 12 schedules and their list
		"100.apply.wall.floor":        {0.1, 2},
		"100.apply.wall.ratio":        {1, any},
		"100.apply.kube.writes":       {100, 1500},
		"100.apply.reconciles":        {100, any},
		"100.apply.cpu.seconds":       {0.05, 60},
		"100.sweep.calls.ratio":       {1, 1.3},
		"100.sweep.kube.writes":       {0, 0},
		"100.sweep.reconciles":        {0, 20}, // the target is 0; this test judges the benchmark
		"100.drift.calls":             {1, 200},
		"100.drift.changes":           {1, 1},
		"100.edit.p50":                {0, 10},
		"100.edit.p99":                {0, 30},
		"100.edit.due":                {92, 92},
		"100.role.calls":              {1, 10},
		"100.role.members":            {50, 50},
		"100.outage.down.seconds":     {8, 60},
		"100.outage.probes.per5s":     {0.1, 20},
		"100.outage.recovery.seconds": {0, 60},
		"100.outage.kube.writes.most": {1, 10},
		"100.restart.calls":           {0, 0},
		"100.restart.kube.writes":     {0, 0},
		"100.restart.reconciles":      {100, any},
		"100.restart.seconds":         {0.05, 30},
		"100.rss.rest.mb":             {20, 500},
		"100.rss.peak.mb":             {20, 500},
		"100.cpu.rest.percent":        {0, 50},
		"latency.mean.seconds":        {0.015, 0.025},
	} {
		value, ok := f[key]
		if !ok {
			t.Errorf("%s is missing", key)
		} else if value < bounds[0] || value > bounds[1] {
			t.Errorf("%s is %g, which is not between %g and %g", key, value, bounds[0], bounds[1])
		}
	}
}
