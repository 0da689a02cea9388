package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/utils/clock"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Limits are the calls that one instance may get in a month.
type Limits struct {
	// Calls by class. A class that is absent has no limit.
	Calls map[lookerclient.Class]int64
	// ReservePercent of the calls are left for changes: sweeps do not use them.
	ReservePercent int64
}

// Calls counts calls by class.
type Calls map[lookerclient.Class]int64

// Ledger counts the calls of one instance before they are sent, and refuses
// those that the month has no room for. It outlives the connections of its
// instance; what it holds is kept in the status of the LookerInstance.
type Ledger struct {
	clock clock.PassiveClock
	// onChange is told when a call is refused that was not before, and when so
	// many calls are not in the status yet that a crash would lose too much.
	onChange func()

	mu       sync.Mutex
	limits   Limits
	month    string // "2026-11", in UTC
	used     Calls
	reported Calls
	told     bool // onChange was told, and nothing was reported since
	state    Exhausted
	costs    map[string]SweepCost
}

// SweepCost is what the last sweep of one kind took.
type SweepCost struct {
	At   time.Time
	List Calls // what every sweep takes
	Read Calls // what was read of single resources, see Rotator
}

// Total is the number of calls of all classes.
func (s SweepCost) Total() (n int64) {
	for _, m := range []Calls{s.List, s.Read} {
		for _, calls := range m {
			n += calls
		}
	}
	return n
}

// Exhausted says what has to wait for the next month.
type Exhausted struct {
	Sweeps, Changes bool
	// Class whose calls are used up; of several, the one that changes wait for.
	Class lookerclient.Class
	Used  int64
	Limit int64
	// Until is when the month turns.
	Until time.Time
}

// NewLedger returns a ledger without limits. onChange may be nil.
func NewLedger(c clock.PassiveClock, onChange func()) *Ledger {
	if onChange == nil {
		onChange = func() {}
	}
	l := &Ledger{clock: c, onChange: onChange, used: Calls{}, reported: Calls{}, costs: map[string]SweepCost{}}
	l.turn()
	return l
}

// monthOf names a month in UTC, in which Looker's allowances are counted here.
func monthOf(t time.Time) string { return t.UTC().Format("2006-01") }

// nextMonth is when the month of t ends.
func nextMonth(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)
}

// turn starts a new month. The caller holds the lock, or has the only copy.
func (l *Ledger) turn() {
	if month := monthOf(l.clock.Now()); l.month != month {
		l.month, l.state = month, Exhausted{}
		clear(l.used)
		clear(l.reported)
	}
}

// SetLimits replaces the limits, and reports whether calls that were refused may
// be made now.
func (l *Ledger) SetLimits(limits Limits) (relieved bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn()
	l.limits = limits
	before := l.state
	l.state = Exhausted{}
	for _, class := range []lookerclient.Class{lookerclient.NonQuery, lookerclient.DBQuery} {
		if before.Sweeps && l.room(class, true) <= 0 {
			l.exhaust(class, before.Changes && l.room(class, false) <= 0)
		}
	}
	return before.Changes && !l.state.Changes
}

// Restore adds what an earlier process counted, as its status says.
func (l *Ledger) Restore(month string, used Calls, costs map[string]SweepCost) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn()
	if month == l.month {
		for class, n := range used {
			l.used[class] += n
			l.reported[class] += n
		}
	}
	for kind, cost := range costs {
		if _, newer := l.costs[kind]; !newer {
			l.costs[kind] = cost
		}
	}
}

// sweeping marks a context whose calls leave the reserve alone.
type sweepingKey struct{}

func forSweep(ctx context.Context) context.Context {
	return context.WithValue(ctx, sweepingKey{}, true)
}

func isSweep(ctx context.Context) bool { return ctx.Value(sweepingKey{}) != nil }

// Spend counts one call, or returns an error, and counts nothing, if the month
// has no room for it.
func (l *Ledger) Spend(ctx context.Context, op lookerclient.Operation) error {
	if op.Class == lookerclient.None {
		return nil
	}
	l.mu.Lock()
	l.turn()
	if sweep := isSweep(ctx); l.room(op.Class, sweep) <= 0 {
		news := !l.state.Sweeps || !sweep && !l.state.Changes
		l.exhaust(op.Class, !sweep)
		state := l.state
		l.mu.Unlock()
		if news {
			l.onChange()
		}
		return l.refusal(op.Class, state, sweep)
	}
	l.used[op.Class]++
	due := !l.told && l.unreported(op.Class) >= l.step(op.Class)
	l.told = l.told || due
	l.mu.Unlock()
	meterOf(ctx).add(op.Class, 1)
	if due {
		l.onChange()
	}
	return nil
}

// Refund takes back a call that was counted and then not sent.
func (l *Ledger) Refund(ctx context.Context, op lookerclient.Operation) {
	if op.Class == lookerclient.None {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.used[op.Class] > 0 { // the month may have turned in between
		l.used[op.Class]--
	}
	meterOf(ctx).add(op.Class, -1)
}

// Ask fails if a change could not be sent now, whichever class it is of.
func (l *Ledger) Ask() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn()
	if l.state.Changes && l.room(l.state.Class, false) <= 0 {
		return l.refusal(l.state.Class, l.state, false)
	}
	return nil
}

// exhaust notes that calls of a class are used up. The caller holds the lock.
func (l *Ledger) exhaust(class lookerclient.Class, changes bool) {
	if l.state.Changes && !changes && class != l.state.Class {
		return // what changes wait for is said first
	}
	l.state = Exhausted{
		Sweeps: true, Changes: l.state.Changes || changes, Class: class,
		Used: l.used[class], Limit: l.limits.Calls[class], Until: nextMonth(l.clock.Now()),
	}
}

// room is how many calls may still be made. The caller holds the lock.
func (l *Ledger) room(class lookerclient.Class, sweep bool) int64 {
	limit, limited := l.limits.Calls[class]
	if !limited {
		return 1
	}
	if sweep {
		limit -= limit * l.limits.ReservePercent / 100
	}
	return limit - l.used[class]
}

// step is how many calls may be missing in the status: a thousandth of what the
// month allows, so that ten processes may be killed before a percent is lost; or,
// without a limit, a percent of what was counted.
func (l *Ledger) step(class lookerclient.Class) int64 {
	if limit, limited := l.limits.Calls[class]; limited {
		return max(1, limit/1000)
	}
	return max(50, l.used[class]/100)
}

func (l *Ledger) unreported(class lookerclient.Class) int64 { return l.used[class] - l.reported[class] }

// Due reports whether the status should be written for the counts alone.
func (l *Ledger) Due() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for class := range l.used {
		if l.unreported(class) >= l.step(class) {
			return true
		}
	}
	return false
}

// Unreported is how many calls the status does not have yet.
func (l *Ledger) Unreported() (n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for class := range l.used {
		n += l.unreported(class)
	}
	return n
}

// Usage returns the month and its calls.
func (l *Ledger) Usage() (month string, used Calls) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn()
	return l.month, copyCalls(l.used)
}

// Reported notes that the status holds these counts.
func (l *Ledger) Reported(used Calls) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reported, l.told = copyCalls(used), false
}

// State says what is held back now.
func (l *Ledger) State() Exhausted {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn()
	return l.state
}

// Costs returns what the last sweep of each kind took.
func (l *Ledger) Costs() map[string]SweepCost {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make(map[string]SweepCost, len(l.costs))
	for kind, c := range l.costs {
		out[kind] = c
	}
	return out
}

func (l *Ledger) noteSweep(kind string, cost SweepCost) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.costs[kind] = cost
}

// rate is how many calls of a class an hour sweeps may use, so that what is left
// lasts until the month turns: never more than an even share of the month, nor
// less than a fifth of it, for a plan that hardly ever sweeps says nothing. ok is
// false where there is no limit.
func (l *Ledger) rate(class lookerclient.Class) (perHour float64, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn()
	limit, limited := l.limits.Calls[class]
	if !limited {
		return 0, false
	}
	now := l.clock.Now().UTC()
	begin, end := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC), nextMonth(now)
	even := float64(limit-limit*l.limits.ReservePercent/100) / end.Sub(begin).Hours()
	left := max(end.Sub(now).Hours(), 1)
	return max(min(even, float64(max(l.room(class, true), 0))/left), even/5), true
}

func copyCalls(in Calls) Calls {
	out := Calls{}
	for class, n := range in {
		out[class] = n
	}
	return out
}

// meter counts the calls made under one context.
type meter struct {
	mu    sync.Mutex
	calls Calls
}

type meterKey struct{}

func meterOf(ctx context.Context) *meter {
	t, _ := ctx.Value(meterKey{}).(*meter)
	return t
}

func (t *meter) add(class lookerclient.Class, n int64) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls[class] += n
}

func (t *meter) take() Calls {
	t.mu.Lock()
	defer t.mu.Unlock()
	return copyCalls(t.calls)
}

// exhaustedError refuses a call because the month has no room for it.
type exhaustedError struct {
	class lookerclient.Class
	state Exhausted
	sweep bool
	left  time.Duration // until the month turns
}

func (l *Ledger) refusal(class lookerclient.Class, state Exhausted, sweep bool) error {
	return &exhaustedError{class: class, state: state, sweep: sweep, left: max(nextMonth(l.clock.Now()).Sub(l.clock.Now()), time.Second)}
}

func (e *exhaustedError) Error() string {
	name := ClassName(e.class)
	if e.sweep {
		return fmt.Sprintf("the %s calls that sweeps may use this month are used up; the rest is for changes", name)
	}
	return fmt.Sprintf("the %d %s calls of this month are used up; the change waits until the month turns, at %s; to go on now, raise spec.apiBudget of the LookerInstance",
		e.state.Limit, name, e.state.Until.Format(time.RFC3339))
}

// ClassName is how a class is called in messages.
func ClassName(class lookerclient.Class) string {
	if class == lookerclient.DBQuery {
		return "query"
	}
	return "administrative"
}
