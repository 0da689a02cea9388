package engine

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

type row struct{ v int }

func TestAListDoesNotUndoWhatWasWrittenMeanwhile(t *testing.T) {
	t.Parallel()
	s := newSnapshot[row]()
	s.put("old", &row{1})
	s.begin()
	s.put("new", &row{2})
	s.put("changed", &row{3})
	s.forget("deleted")
	s.replace(time.Now(), map[string]*row{"changed": {0}, "deleted": {9}, "other": {4}})
	for id, want := range map[string]int{"new": 2, "changed": 3, "other": 4} {
		if got, ok := s.get(id); !ok || got.v != want {
			t.Errorf("%s: %v", id, got)
		}
	}
	for _, id := range []string{"old", "deleted"} {
		if _, ok := s.get(id); ok {
			t.Errorf("%s is still there", id)
		}
	}
}

func TestAFailedListChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSnapshot[row]()
	s.put("a", &row{1})
	s.begin()
	s.replace(time.Now(), nil)
	if _, ok := s.get("a"); !ok {
		t.Error("a failed list wiped the snapshot")
	}
	if _, listed := s.age(time.Now()); listed {
		t.Error("a failed list counts as a list")
	}
}

func TestSweepsKeepTheirPhaseAcrossRestarts(t *testing.T) {
	t.Parallel()
	inst := types.NamespacedName{Namespace: "a", Name: "b"}
	const interval = time.Hour
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	var changes []time.Time
	last := sweepSlot(inst, "LookerFolder", interval, start)
	for now := start; now.Before(start.Add(5 * interval)); now = now.Add(time.Second) {
		if slot := sweepSlot(inst, "LookerFolder", interval, now); slot != last {
			changes, last = append(changes, now), slot
		}
	}
	if len(changes) != 5 {
		t.Fatalf("%d sweeps in five hours", len(changes))
	}
	for i := 1; i < len(changes); i++ {
		if d := changes[i].Sub(changes[i-1]); d != interval {
			t.Errorf("sweep %d came after %s", i, d)
		}
	}
	if sweepSlot(inst, "LookerUser", interval, changes[0]) == sweepSlot(inst, "LookerUser", interval, changes[0].Add(-time.Second))+1 {
		t.Error("two kinds are swept in the same second")
	}
}
