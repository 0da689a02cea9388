package engine

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/looker-operator/looker-operator/lookerclient"
)

func TestTheBreakerOpensOnceAndWakesAllWhenLookerIsBack(t *testing.T) {
	t.Parallel()
	opened := 0
	g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: 10}, func() { opened++ })
	for range failuresToOpen - 1 {
		g.answer(down)
	}
	g.answer(good)
	if g.Open() {
		t.Fatal("failures that were not in a row opened the breaker")
	}
	for range failuresToOpen + 3 {
		g.answer(down)
	}
	if !g.Open() || opened != 1 {
		t.Fatalf("open %v, told %d times", g.Open(), opened)
	}
	c := newCaller(g, 1, rankEdit)
	if _, _, err := c.begin(); !errors.Is(err, errPaused) {
		t.Fatalf("a call while open: %v", err)
	}
	g.Close(true)
	<-c.woken
	if _, _, err := c.begin(); err != nil {
		t.Error(err)
	}
}

// answer is a counted call that ends so.
func (g *Gate) answer(call lookerclient.Call) {
	g.mu.Lock()
	g.slots.use(classUrgent)
	g.mu.Unlock()
	g.AfterCall(context.Background(), call)
}

func TestOneProbeEveryFiveSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{}, nil)
		for range failuresToOpen {
			g.answer(down)
		}
		probe := func() bool { return g.BeforeCall(t.Context(), free) == nil }
		sent := 0
		for range 601 { // everybody asks ten times a second: log-ins, retries, probes
			if probe() {
				sent++
				g.AfterCall(t.Context(), lookerclient.Call{Operation: free, Status: 503, Err: &lookerclient.Error{StatusCode: 503}})
			}
			time.Sleep(100 * time.Millisecond)
		}
		if sent != 13 {
			t.Errorf("%d requests in 60 s of an outage, want 13: one every %s", sent, probeEvery)
		}
		time.Sleep(probeEvery)
		if !probe() || probe() {
			t.Error("one probe is due, and not two")
		}
		g.AfterCall(t.Context(), lookerclient.Call{Operation: free, Status: 200})
		if first, second := probe(), probe(); !first || !second || g.BeforeCall(t.Context(), counted) != nil {
			t.Error("an answered probe is followed by the rest of the check")
		}
		g.Close(true)
		for range failuresToOpen { // only the probe works
			g.answer(down)
		}
		if probe() {
			t.Error("opening again brought the next probe forward")
		}
	})
}

func TestAnOutageEndsForAllInTheirOrderAndWithoutAStorm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 100, Burst: 10, MaxInFlight: 4}, nil)
		out, asked, tried := true, 0, map[string]int{}
		var first rank = -1
		callers := make([]*caller, 1000)
		for i := range callers {
			callers[i] = newCaller(g, i, []rank{rankSweep, rankRetry, rankEdit}[i%3])
		}
		// One pass of each after the other, as whoever is woken makes it.
		pass := func(c *caller) bool {
			tried[c.key.name]++
			ctx, turn, err := c.begin()
			if err != nil {
				return false
			}
			asked++
			call := good
			if out {
				call = down
			} else if first < 0 {
				first = c.rank
			}
			g.AfterCall(ctx, call)
			g.leave(turn, call.Err)
			return call.Err == nil
		}
		for _, c := range callers {
			pass(c)
		}
		if asked != failuresToOpen || !g.Open() {
			t.Fatalf("%d calls opened the breaker: %v", asked, g.Open())
		}
		time.Sleep(time.Minute)
		for name, n := range tried {
			if n != 1 {
				t.Fatalf("%s was reconciled %d times during the outage", name, n)
			}
		}
		out, asked = false, 0
		g.Close(true)
		closed := time.Now()
		for done := map[*caller]bool{}; len(done) < len(callers); time.Sleep(time.Millisecond) {
			for _, c := range callers {
				select {
				case <-c.woken:
					done[c] = pass(c) || done[c]
				default:
				}
			}
			if n := time.Since(closed); n > time.Minute {
				t.Fatalf("%d of %d were never woken", len(callers)-len(done), len(callers))
			}
		}
		if took := time.Since(closed); took > 11*time.Second {
			t.Errorf("%d objects at 100 a second took %s", len(callers), took)
		}
		if most := int(time.Since(closed).Seconds()*100) + 10; asked > most || asked != len(callers) {
			t.Errorf("%d calls after the outage, at most %d", asked, most)
		}
		if first != rankEdit {
			t.Errorf("rank %d went before the edits", first)
		}
	})
}

func TestOpeningEndsTheWaitingOfCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: 1}, nil)
		ctx, _ := g.enter(t.Context(), turnKey{name: "first"}, rankEdit, nil)
		if err := g.BeforeCall(ctx, counted); err != nil {
			t.Fatal(err)
		}
		work, _ := inBackground(t.Context())
		second, _ := g.enter(t.Context(), turnKey{name: "second"}, rankEdit, nil)
		errs := make(chan error, 2)
		for _, ctx := range []context.Context{work, second} {
			go func() { errs <- g.BeforeCall(ctx, counted) }()
		}
		synctest.Wait()
		for range failuresToOpen {
			g.AfterCall(t.Context(), lookerclient.Call{Operation: free, Err: down.Err})
		}
		for range 2 {
			if err := <-errs; !IsPaused(err) {
				t.Errorf("a call that waited for a slot when the breaker opened: %v", err)
			}
		}
	})
}

func TestOnlyWhoHasHisTurnMayWaitForALogIn(t *testing.T) {
	t.Parallel()
	g := NewGate(clocktesting.NewFakeClock(time.Now()), Traffic{PerSecond: 1, Burst: 2, MaxInFlight: 4}, nil)
	for i, want := range []error{nil, nil, errParked} {
		ctx, turn := g.enter(t.Context(), turnKey{name: fmt.Sprint(i)}, rankRetry, func(func()) {})
		if err := g.BeforeToken(ctx); !errors.Is(err, want) {
			t.Errorf("%d: %v, want %v", i, err, want)
		}
		if want == nil {
			if err := g.BeforeCall(ctx, counted); err != nil {
				t.Error(err)
			}
			g.AfterCall(ctx, good)
			g.leave(turn, nil)
		}
	}
	if err := g.BeforeToken(t.Context()); err != nil {
		t.Error(err) // the LookerInstance itself
	}
}
