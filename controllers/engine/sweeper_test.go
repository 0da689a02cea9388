package engine

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
	clocktesting "k8s.io/utils/clock/testing"
)

// sweeperAt is a Sweeper that started at a time, and an instance for it.
func sweeperAt(at time.Time) (*Sweeper, *Instance, *clocktesting.FakeClock) {
	clock := clocktesting.NewFakeClock(at)
	s := NewSweeper(nil, NewPool(), clock)
	s.started = at
	return s, &Instance{Key: types.NamespacedName{Namespace: "a", Name: "b"}, Ledger: NewLedger(clock, nil)}, clock
}

// dueTimes steps through a time and returns when a kind was due.
func dueTimes(s *Sweeper, inst *Instance, clock *clocktesting.FakeClock, kind string, interval, for_ time.Duration) []time.Time {
	var out []time.Time
	for end := clock.Now().Add(for_); clock.Now().Before(end); clock.Step(time.Second) {
		if s.takeDue(inst, kind, interval) {
			out = append(out, clock.Now())
		}
	}
	return out
}

var midnight = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func TestSweepsComeOnceAnIntervalEachKindAtItsOwnTime(t *testing.T) {
	t.Parallel()
	s, inst, clock := sweeperAt(midnight)
	folders := dueTimes(s, inst, clock, "LookerFolder", time.Hour, 6*time.Hour)
	if len(folders) < 5 {
		t.Fatalf("%d sweeps in six hours", len(folders))
	}
	for i := 1; i < len(folders); i++ {
		if d := folders[i].Sub(folders[i-1]); d != time.Hour {
			t.Errorf("sweep %d came after %s", i, d)
		}
	}
	clock.SetTime(midnight)
	users := dueTimes(s, inst, clock, "LookerUser", time.Hour, 2*time.Hour)
	if users[0].Equal(folders[0]) || users[0].Equal(folders[1]) {
		t.Error("two kinds are swept in the same second")
	}
}

func TestARestartNeitherRepeatsNorBringsForwardASweep(t *testing.T) {
	t.Parallel()
	s, inst, clock := sweeperAt(midnight)
	due := dueTimes(s, inst, clock, "LookerFolder", time.Hour, 3*time.Hour)
	for _, after := range []time.Duration{time.Second, 20 * time.Minute, 59 * time.Minute} {
		again, inst, clock := sweeperAt(due[0].Add(after))
		next := dueTimes(again, inst, clock, "LookerFolder", time.Hour, 2*time.Hour)
		if !next[0].Equal(due[1]) {
			t.Errorf("restarted %s after a sweep, the next one comes at %s, not at %s", after, next[0], due[1])
		}
	}
}

func TestASweepThatFellDueWhileNothingRanIsMadeUpFor(t *testing.T) {
	t.Parallel()
	s, inst, clock := sweeperAt(midnight)
	due := dueTimes(s, inst, clock, "LookerFolder", day, 3*day)
	start := due[1].Add(2 * time.Hour)
	for name, c := range map[string]struct {
		last time.Time
		want bool
	}{
		"made in time": {due[1].Add(time.Minute), false},
		"left out":     {due[0], true},
		"never made":   {time.Time{}, false},
	} {
		again, inst, _ := sweeperAt(start)
		if !c.last.IsZero() {
			inst.Ledger.Restore("", nil, map[string]SweepCost{"LookerFolder": {At: c.last}})
		}
		if got := again.takeDue(inst, "LookerFolder", day); got != c.want {
			t.Errorf("%s: due is %v", name, got)
		}
	}
}

func TestAShortIntervalIsNotMadeUpForBecauseItsTimesAreNotWrittenEachTime(t *testing.T) {
	t.Parallel()
	s, inst, _ := sweeperAt(midnight)
	inst.Ledger.Restore("", nil, map[string]SweepCost{"LookerFolder": {At: midnight.Add(-50 * time.Minute)}})
	if s.takeDue(inst, "LookerFolder", 5*time.Minute) {
		t.Error("a restart costs calls")
	}
}

func TestAnotherIntervalDoesNotBringASweepAtOnce(t *testing.T) {
	t.Parallel()
	s, inst, clock := sweeperAt(midnight)
	if due := dueTimes(s, inst, clock, "LookerFolder", day, 25*time.Hour); len(due) != 1 {
		t.Fatalf("%d sweeps in a day", len(due))
	}
	last := s.last[sweepKey{inst, "LookerFolder"}].at
	due := dueTimes(s, inst, clock, "LookerFolder", 12*time.Hour, 2*day)
	for _, at := range due {
		if at.Sub(last) < 6*time.Hour {
			t.Errorf("a sweep %s after the one before", at.Sub(last))
		}
		last = at
	}
	if len(due) < 3 {
		t.Errorf("%d sweeps in two days", len(due))
	}
}

func TestASweepIsNotStartedWhileTheOneBeforeRuns(t *testing.T) {
	t.Parallel()
	s, inst, clock := sweeperAt(midnight)
	s.takeDue(inst, "LookerFolder", time.Hour)
	s.running[sweepKey{inst, "LookerFolder"}] = true
	if due := dueTimes(s, inst, clock, "LookerFolder", time.Hour, 3*time.Hour); len(due) > 0 {
		t.Errorf("%d sweeps beside a slow one", len(due))
	}
}
