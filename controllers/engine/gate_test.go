package engine

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/utils/clock"

	"github.com/looker-operator/looker-operator/lookerclient"
)

var (
	counted = lookerclient.Operation{ID: "all_users", Class: lookerclient.NonQuery}
	free    = lookerclient.Operation{ID: "login", Class: lookerclient.None}
	good    = lookerclient.Call{Operation: counted, Status: 200}
	down    = lookerclient.Call{Operation: counted, Status: 503, Err: &lookerclient.Error{StatusCode: 503}}
)

// caller is an object whose reconciles call Looker.
type caller struct {
	key   turnKey
	gate  *Gate
	rank  rank
	woken chan func()
}

func newCaller(g *Gate, i int, k rank) *caller {
	return &caller{turnKey{name: fmt.Sprint("c", i)}, g, k, make(chan func(), 100)}
}

// begin starts a reconcile and asks for its first call.
func (c *caller) begin() (context.Context, *turn, error) {
	ctx, t := c.gate.enter(context.Background(), c.key, c.rank, func(giveBack func()) { c.woken <- giveBack })
	err := c.gate.BeforeCall(ctx, counted)
	if err != nil {
		c.gate.leave(t, err)
		return nil, nil, err
	}
	return ctx, t, nil
}

// run is a reconcile of so many calls, each of which takes so long. It repeats
// until it has had its turn, and returns how long it was until that began.
func (c *caller) run(t *testing.T, calls int, each time.Duration) time.Duration {
	start := time.Now()
	for {
		before := time.Now()
		ctx, turn, err := c.begin()
		if err == nil {
			began := time.Since(start)
			for i := range calls {
				if i > 0 {
					if err := c.gate.BeforeCall(ctx, counted); err != nil {
						t.Error(err)
					}
				}
				time.Sleep(each)
				c.gate.AfterCall(ctx, good)
			}
			c.gate.leave(turn, nil)
			return began
		}
		if time.Since(before) != 0 {
			t.Error("a reconcile had to wait inside the gate for its turn")
		}
		if !errors.Is(err, errParked) {
			t.Error(err)
		}
		<-c.woken
	}
}

func TestNobodyWaitsAtTheGateAndAllGetTheirTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 10, Burst: 5, MaxInFlight: 100}, nil)
		start := time.Now()
		const callers = 50
		done := make(chan time.Duration, callers)
		for i := range callers {
			go func() {
				newCaller(g, i, rankEdit).run(t, 1, 0)
				done <- time.Since(start)
			}()
		}
		var last time.Duration
		for range callers {
			last = max(last, <-done)
		}
		// 5 at once, the other 45 at 10 a second.
		if last < 4400*time.Millisecond || last > 4800*time.Millisecond {
			t.Errorf("50 calls at 10 a second with a burst of 5 took %s", last)
		}
	})
}

func TestNoMoreCallsAreInFlightThanMayBe(t *testing.T) {
	t.Parallel()
	for _, most := range []int{1, 2, 4, 8} {
		synctest.Test(t, func(t *testing.T) {
			g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1e6, Burst: 1e6, MaxInFlight: most}, nil)
			const callers, calls = 40, 3
			start := time.Now()
			done := make(chan struct{}, callers)
			for i := range callers {
				go func() {
					newCaller(g, i, rankEdit).run(t, calls, time.Second)
					done <- struct{}{}
				}()
			}
			for range callers {
				<-done
			}
			// Neither more calls at a time than allowed, nor fewer.
			least := time.Duration((callers*calls+most-1)/most) * time.Second
			if took := time.Since(start); took < least || took > least+2*calls*time.Second {
				t.Errorf("%d calls of a second, %d at a time, took %s; want %s", callers*calls, most, took, least)
			}
		})
	}
}

func TestTurnsAreLimitedForTheInstanceAndForAKind(t *testing.T) {
	t.Parallel()
	admitted := func(maxInFlight int, kind func(i int) string, k rank) int {
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1e6, Burst: 1e6, MaxInFlight: maxInFlight}, nil)
		n := 0
		for i := range 300 {
			ctx, _ := g.enter(context.Background(), turnKey{kind: kind(i), name: fmt.Sprint(i)}, k, func(func()) {})
			if g.Ask(ctx) == nil {
				n++
			}
		}
		return n
	}
	one := func(int) string { return "a" }
	many := func(i int) string { return fmt.Sprint(i % 9) }
	for _, tt := range []struct {
		name string
		got  int
		want int
	}{
		{"default", admitted(4, many, rankEdit), 6},
		{"default, sweeps", admitted(4, many, rankSweep), 5},
		{"one call at a time, sweeps", admitted(1, many, rankSweep), 1},
		{"the most calls, one kind", admitted(100, one, rankEdit), turnsPerKind},
		{"the most calls, all kinds", admitted(100, many, rankEdit), 150},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d turns at a time, want %d", tt.name, tt.got, tt.want)
		}
	}
	if workers < 5*turnsPerKind {
		t.Errorf("four slow instances leave %d of %d workers", workers-4*turnsPerKind, workers)
	}
}

func TestANewcomerDoesNotTakeAPromisedTurn(t *testing.T) {
	t.Parallel()
	g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1e-9, Burst: 1, MaxInFlight: 8}, nil)
	a, b, newcomer := newCaller(g, 1, rankSweep), newCaller(g, 2, rankSweep), newCaller(g, 3, rankSweep)
	if _, _, err := a.begin(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.begin(); !errors.Is(err, errParked) {
		t.Fatal(err)
	}
	g.mu.Lock()
	g.pace.tokens++
	g.pump()
	g.mu.Unlock()
	<-b.woken
	if _, _, err := newcomer.begin(); !errors.Is(err, errParked) {
		t.Errorf("the newcomer overtook: %v", err)
	}
	if _, _, err := b.begin(); err != nil {
		t.Error(err)
	}
}

func TestAPromiseThatIsNotUsedIsGivenBack(t *testing.T) {
	t.Parallel()
	for name, unused := range map[string]func(g *Gate, c *caller, giveBack func()){
		"nothing to do": func(g *Gate, c *caller, _ func()) {
			_, idle := g.enter(context.Background(), c.key, c.rank, func(func()) {})
			g.leave(idle, nil)
		},
		"the object is gone": func(_ *Gate, _ *caller, giveBack func()) { giveBack() },
	} {
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: 1}, nil)
		a, b, c := newCaller(g, 1, rankSweep), newCaller(g, 2, rankSweep), newCaller(g, 3, rankSweep)
		_, first, err := a.begin()
		if err != nil {
			t.Fatal(err)
		}
		_, _, _ = b.begin()
		_, _, _ = c.begin()
		g.leave(first, nil)
		unused(g, b, <-b.woken)
		select {
		case <-c.woken:
		default:
			t.Errorf("%s: the place was lost", name)
		}
	}
}

func TestGivingBackTwiceDoesNotTakeTheNextPromise(t *testing.T) {
	t.Parallel()
	g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: 1}, nil)
	a, b := newCaller(g, 1, rankSweep), newCaller(g, 2, rankSweep)
	ctx, first, _ := a.begin()
	g.AfterCall(ctx, good)
	_, _, _ = b.begin()
	g.leave(first, nil)
	old := <-b.woken
	old()
	_, first, err := a.begin()
	if err != nil {
		t.Fatal(err)
	}
	_, _, _ = b.begin()
	g.leave(first, nil)
	<-b.woken
	old()
	if g.promises[b.key] == nil {
		t.Error("an old promise was given back, and the new one was lost")
	}
}

func TestRetryAfterHoldsTheWholeInstance(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: 10}, nil)
		g.AfterCall(t.Context(), lookerclient.Call{Operation: free, Status: 429, Err: &lookerclient.Error{StatusCode: 429, RetryAfter: 7 * time.Second}})
		if waited := newCaller(g, 1, rankEdit).run(t, 1, 0); waited != 7*time.Second {
			t.Errorf("an edit went after %s of 7 s", waited)
		}
	})
}
