package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/looker-operator/looker-operator/hack/internal/mockclient"
)

func TestTheWaitOfAnEditLeavesOutItsOwnCalls(t *testing.T) {
	t.Parallel()
	const edited = 1000
	calls := []mockclient.Call{
		{Path: "/users/7", At: 900, Delay: 200},                 // over before the edit
		{Path: "/users/7", At: 1100, Delay: 300},                // under way: 100 of it after the edit
		{Path: "/users/70", At: 1300, Delay: 250},               // somebody else's
		{Path: "/users/7/roles?fields=id", At: 1500, Delay: 50}, // about the user
		{Path: "/users/7?fields=id", At: 2000, Delay: 400},      // the edit
	}
	if got := waited(calls, "7", edited); got != 1000-100-50-400 {
		t.Errorf("waited %d, want %d", got, 1000-100-50-400)
	}
}

func TestWritesAreCountedByWhatTheyGoTo(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	r := &rig{folder: folder}
	if w, next, err := r.writesSince(0); err != nil || next != 0 || w.objects != 0 {
		t.Errorf("without a log: %+v, %d, %v", w, next, err)
	}
	event := func(group, resource, name string) string {
		return `{"verb":"patch","objectRef":{"apiGroup":"` + group + `","resource":"` + resource + `","name":"` + name + `"}}` + "\n"
	}
	const api = "looker-operator.dev"
	text := event(api, "lookerusers", "a") + event(api, "lookerusers", "a") + event(api, "lookergroups", "a") + event(api, "lookerinstances", "i") +
		event("events.k8s.io", "events", "e") + event("coordination.k8s.io", "leases", "l") + `{"half`
	if err := os.WriteFile(filepath.Join(folder, "audit.log"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w, next, err := r.writesSince(0)
	if err != nil || w.objects != 3 || w.events != 1 || w.other != 2 || w.most() != 2 {
		t.Errorf("%+v, at most %d, %v", w, w.most(), err)
	}
	if want := int64(len(text) - len(`{"half`)); next != want {
		t.Errorf("read up to %d, want %d", next, want)
	}
}

func TestProcessorTimeIsThatOfTheProcess(t *testing.T) {
	t.Parallel()
	got, err := cpuTime("12 (a (b) c) S 1 12 12 0 -1 4194560 100 0 0 0 150 25 0 0 20 0 5 0 1")
	if err != nil || got != 1750*time.Millisecond {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := cpuTime("12 (a) S 1"); err == nil {
		t.Error("a short line is accepted")
	}
	u, err := usageOf(os.Getpid())
	if err != nil || u.rssMB < 1 || u.peakMB < u.rssMB || u.rssMB > 10000 {
		t.Errorf("of this process: %+v, %v", u, err)
	}
}

func TestAnObjectIsReadyForTheSpecAsItIs(t *testing.T) {
	t.Parallel()
	object := func(status string, observed int64) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{
			"metadata": map[string]any{"generation": int64(2)},
			"status": map[string]any{"id": "7", "conditions": []any{
				map[string]any{"type": "Ready", "status": status, "observedGeneration": observed, "reason": "R", "message": "M"},
			}},
		}}
	}
	if s := stateOf(object("True", 2)); !s.ready || s.id != "7" {
		t.Errorf("%+v", s)
	}
	if s := stateOf(object("True", 1)); s.ready {
		t.Error("Ready for an older spec is taken for Ready")
	}
	if s := stateOf(object("False", 2)); s.ready || s.why != "R: M" {
		t.Errorf("%+v", s)
	}
	if s := stateOf(&unstructured.Unstructured{Object: map[string]any{}}); s.ready || s.why == "" {
		t.Errorf("%+v", s)
	}
}

func TestFiguresStandBesideTheirFloorAndTheirTarget(t *testing.T) {
	t.Parallel()
	f := figures{}
	f.put("10000.apply", cost{took: 30 * time.Second, calls: mockclient.Calls{Total: 1100, ByClass: map[string]int{"non_query": 1000, "db_query": 100}}})
	f.floor("10000.apply", 1000, 160*time.Millisecond)
	if f["10000.apply.calls.ratio"] != 1.1 || f["10000.apply.wall.floor"] != 20 || f["10000.apply.wall.ratio"] != 1.5 || f["10000.apply.calls.db_query"] != 100 {
		t.Errorf("%v", f)
	}
	f["10000.restart.calls"] = 0
	text, missed := f.table("10000")
	list := strings.Join(missed, " ")
	for key, miss := range map[string]bool{"10000.apply.calls.ratio": true, "10000.restart.calls": false, "10000.edit.p99": true} { // the last was not measured
		if strings.Contains(list, key) != miss {
			t.Errorf("%s among the missed: %v, want %v\n%s", key, !miss, miss, text)
		}
	}
}

func TestResultsOfOtherSizesAreKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "out", "bench.json")
	if err := (figures{"100.apply.calls": 1, "1000.apply.calls": 2}).write(file); err != nil {
		t.Fatal(err)
	}
	if err := (figures{"1000.apply.calls": 3}).write(file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), `"100.apply.calls": 1`) || !strings.Contains(string(text), `"1000.apply.calls": 3`) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestBadSizesAndScenariosAreRefusedWithTheRemedy(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--sizes", "10"}, {"--sizes", "many"}, {"--scenarios", "tidy"}, {"--latency-scale", "0"}, {"now"}} {
		if _, err := parse(args); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
	o, err := parse([]string{"--sizes", "100,peer", "--scenarios", "sweep"})
	if err != nil || len(o.mixes) != 2 || len(o.only) != 2 {
		t.Errorf("%+v, %v", o, err)
	}
}
