package engine

import (
	"testing"
	"time"
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
