package engine

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	clocktesting "k8s.io/utils/clock/testing"

	"github.com/looker-operator/looker-operator/lookerclient"
)

var (
	adminCall = lookerclient.Operation{ID: "x", Class: admin}
	queryCall = lookerclient.Operation{ID: "y", Class: query}
	freeCall  = lookerclient.Operation{ID: "login", Class: lookerclient.None}
)

func newLedger(t *testing.T, adminCalls int64) (l *Ledger, clock *clocktesting.FakeClock, told *atomic.Int32) {
	t.Helper()
	clock = clocktesting.NewFakeClock(time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC))
	told = new(atomic.Int32)
	l = NewLedger(clock, func() { told.Add(1) })
	l.SetLimits(Limits{Calls: Calls{admin: adminCalls}, ReservePercent: 30})
	return l, clock, told
}

func (l *Ledger) mustSpend(t *testing.T, n int) {
	t.Helper()
	for range n {
		if err := l.Spend(t.Context(), adminCall); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSweepsLeaveTheReserveAndChangesGoOnToTheLimit(t *testing.T) {
	t.Parallel()
	l, clock, _ := newLedger(t, 100)
	sweep := forSweep(t.Context())
	for range 70 {
		if err := l.Spend(sweep, adminCall); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Spend(sweep, adminCall); classify(err).reason != ReasonBudgetExhausted {
		t.Errorf("call 71 of a sweep: %v", err)
	}
	if s := l.State(); !s.Sweeps || s.Changes || s.Class != admin {
		t.Errorf("after the sweeps: %+v", s)
	}
	if err := l.Ask(); err != nil {
		t.Errorf("a change has to wait: %v", err)
	}
	l.mustSpend(t, 30)
	err := l.Spend(t.Context(), adminCall)
	o := classify(err)
	if o.reason != ReasonBudgetExhausted || o.stalled || o.after != 20*day+12*time.Hour {
		t.Errorf("the change after the last one: %+v", o)
	}
	if !strings.Contains(err.Error(), "2026-12-01T00:00:00Z") || !strings.Contains(err.Error(), "spec.apiBudget") {
		t.Errorf("the message does not say when the month turns or what helps: %v", err)
	}
	if l.Ask() == nil {
		t.Error("a change that could not be sent is not refused beforehand")
	}
	if err := l.Spend(t.Context(), queryCall); err != nil {
		t.Errorf("the other class has no limit: %v", err)
	}
	if err := l.Spend(t.Context(), freeCall); err != nil {
		t.Errorf("a free call: %v", err)
	}
	if _, used := l.Usage(); used[admin] != 100 {
		t.Errorf("%d calls counted", used[admin])
	}
	clock.SetTime(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))
	if s := l.State(); s.Sweeps || s.Changes {
		t.Errorf("in the new month: %+v", s)
	}
	if err := l.Spend(sweep, adminCall); err != nil {
		t.Errorf("a sweep in the new month: %v", err)
	}
}

func TestAHigherLimitLetsWaitingChangesGo(t *testing.T) {
	t.Parallel()
	l, _, _ := newLedger(t, 10)
	l.mustSpend(t, 10)
	if l.Spend(t.Context(), adminCall) == nil {
		t.Fatal("the limit does not hold")
	}
	if l.SetLimits(Limits{Calls: Calls{admin: 10}, ReservePercent: 30}) {
		t.Error("the same limit relieves nobody")
	}
	if l.Ask() == nil {
		t.Error("the same limit lets changes go")
	}
	if !l.SetLimits(Limits{Calls: Calls{admin: 20}, ReservePercent: 30}) {
		t.Error("nobody is told that there is room again")
	}
	if err := l.Ask(); err != nil {
		t.Error(err)
	}
}

func TestAtMostAPercentOfTheCountIsLostInACrash(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{1000, 10000, 100000} {
		l, _, told := newLedger(t, limit)
		writes := 0
		for range limit {
			l.mustSpend(t, 1)
			if told.Swap(0) > 0 { // the status is written
				_, used := l.Usage()
				l.Reported(used)
				writes++
			}
			if lost := l.Unreported(); lost > limit/1000 {
				t.Fatalf("of %d calls %d would be lost", limit, lost)
			}
		}
		if writes > 1000 {
			t.Errorf("%d writes for %d calls", writes, limit)
		}
	}
}

func TestWithoutALimitTheStatusIsWrittenNowAndThen(t *testing.T) {
	t.Parallel()
	l, _, told := newLedger(t, 1)
	l.SetLimits(Limits{})
	writes := 0
	for range 25000 {
		l.mustSpend(t, 1)
		if told.Swap(0) > 0 {
			_, used := l.Usage()
			l.Reported(used)
			writes++
		}
	}
	if writes == 0 || writes > 300 {
		t.Errorf("%d writes for 25,000 calls", writes)
	}
}

func TestCountsOfAnEarlierProcessAreTakenOverUnlessTheMonthHasTurned(t *testing.T) {
	t.Parallel()
	l, _, _ := newLedger(t, 100)
	l.mustSpend(t, 1) // before it was read
	l.Restore("2026-11", Calls{admin: 40, query: 2}, map[string]SweepCost{"LookerUser": {List: Calls{admin: 3}}})
	if _, used := l.Usage(); used[admin] != 41 || used[query] != 2 {
		t.Errorf("counted %v", used)
	}
	if l.Unreported() != 1 {
		t.Errorf("%d unreported", l.Unreported())
	}
	if l.Costs()["LookerUser"].Total() != 3 {
		t.Error("what a sweep takes is not taken over")
	}
	other, _, _ := newLedger(t, 100)
	other.Restore("2026-10", Calls{admin: 40}, nil)
	if _, used := other.Usage(); used[admin] != 0 {
		t.Errorf("last month counts: %v", used)
	}
}

func TestACallThatIsNotSentIsNotCounted(t *testing.T) {
	t.Parallel()
	l, _, _ := newLedger(t, 1)
	for range 5 {
		l.mustSpend(t, 1)
		l.Refund(t.Context(), adminCall)
	}
	if _, used := l.Usage(); used[admin] != 0 {
		t.Errorf("counted %v", used)
	}
}

func TestExhaustionIsToldOnce(t *testing.T) {
	t.Parallel()
	l, _, told := newLedger(t, 1)
	l.mustSpend(t, 1)
	told.Store(0)
	for range 10 {
		var exhausted *exhaustedError
		if err := l.Spend(t.Context(), adminCall); !errors.As(err, &exhausted) {
			t.Fatal(err)
		}
	}
	if told.Load() != 1 {
		t.Errorf("told %d times", told.Load())
	}
}

func TestSweepsGetAnEvenShareAndNeverMoreThanIsLeft(t *testing.T) {
	t.Parallel()
	l, clock, _ := newLedger(t, 1000)
	clock.SetTime(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	if rate, limited := l.rate(admin); !limited || rate < 0.971 || rate > 0.973 { // 700 in 720 hours
		t.Errorf("at the start of the month %.3f calls an hour", rate)
	}
	clock.SetTime(time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC))
	if rate, _ := l.rate(admin); rate > 0.973 {
		t.Errorf("what was not used makes sweeps faster: %.3f", rate)
	}
	l.mustSpend(t, 629) // 71 are left, for 360 hours
	if rate, _ := l.rate(admin); rate < 0.197 || rate > 0.198 {
		t.Errorf("with little left %.3f calls an hour", rate)
	}
	l.mustSpend(t, 71)
	if rate, _ := l.rate(admin); rate < 0.194 || rate > 0.195 {
		t.Errorf("with nothing left %.3f calls an hour", rate)
	}
	if _, limited := l.rate(query); limited {
		t.Error("a class without a limit has a rate")
	}
}
