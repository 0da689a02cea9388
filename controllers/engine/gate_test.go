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
)

// caller is a reconcile that calls once whenever it has its turn.
type caller struct {
	name  string
	gate  *Gate
	woken chan struct{}
}

func newCaller(g *Gate, i int) *caller {
	return &caller{fmt.Sprint("c", i), g, make(chan struct{}, 100)}
}

func (c *caller) try() (*turn, error) {
	ctx, t := c.gate.enter(context.Background(), turnKey{name: c.name}, func() { c.woken <- struct{}{} })
	err := c.gate.BeforeCall(ctx, counted)
	if err != nil {
		c.gate.leave(t)
		return nil, err
	}
	return t, nil
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
				c := newCaller(g, i)
				for {
					before := time.Now()
					turn, err := c.try()
					if time.Since(before) != 0 {
						t.Error("a caller had to wait inside the gate")
					}
					if err == nil {
						done <- time.Since(start)
						g.leave(turn)
						return
					}
					if !errors.Is(err, errParked) {
						t.Error(err)
					}
					<-c.woken
				}
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

func TestNoMoreTurnsAreGivenThanMayBeInFlight(t *testing.T) {
	t.Parallel()
	g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: 2}, nil)
	a, b, c := newCaller(g, 1), newCaller(g, 2), newCaller(g, 3)
	first, err := a.try()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.try(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.try(); !errors.Is(err, errParked) {
		t.Fatalf("a third turn: %v", err)
	}
	g.leave(first)
	<-c.woken
	if _, err := c.try(); err != nil {
		t.Errorf("woken, but without a turn: %v", err)
	}
}

func TestANewcomerDoesNotTakeAPromisedTurn(t *testing.T) {
	t.Parallel()
	g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: 1}, nil)
	a, b, newcomer := newCaller(g, 1), newCaller(g, 2), newCaller(g, 3)
	first, _ := a.try()
	_, _ = b.try()
	g.leave(first)
	<-b.woken
	if _, err := newcomer.try(); !errors.Is(err, errParked) {
		t.Errorf("the newcomer overtook: %v", err)
	}
	if _, err := b.try(); err != nil {
		t.Error(err)
	}
}

func TestATurnThatIsNotUsedIsGivenBack(t *testing.T) {
	t.Parallel()
	g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: 1}, nil)
	a, b, c := newCaller(g, 1), newCaller(g, 2), newCaller(g, 3)
	first, _ := a.try()
	_, _ = b.try()
	_, _ = c.try()
	g.leave(first)
	<-b.woken
	_, idle := g.enter(context.Background(), turnKey{name: b.name}, func() {})
	g.leave(idle) // b found nothing to do
	<-c.woken
}

func TestRetryAfterHoldsTheWholeInstance(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: 10}, nil)
		g.AfterCall(lookerclient.Call{Operation: counted, Status: 429, Err: &lookerclient.Error{StatusCode: 429, RetryAfter: 7 * time.Second}})
		start := time.Now()
		c := newCaller(g, 1)
		if _, err := c.try(); !errors.Is(err, errParked) {
			t.Fatalf("a call during Retry-After: %v", err)
		}
		<-c.woken
		if _, err := c.try(); err != nil || time.Since(start) != 7*time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

func TestTheBreakerOpensOnceAndWakesAllWhenLookerIsBack(t *testing.T) {
	t.Parallel()
	opened := 0
	g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: 10}, func() { opened++ })
	down := lookerclient.Call{Operation: counted, Status: 503, Err: &lookerclient.Error{StatusCode: 503}}
	for range failuresToOpen - 1 {
		g.AfterCall(down)
	}
	g.AfterCall(lookerclient.Call{Operation: counted, Status: 200})
	if g.Open() {
		t.Fatal("failures that were not in a row opened the breaker")
	}
	for range failuresToOpen + 3 {
		g.AfterCall(down)
	}
	if !g.Open() || opened != 1 {
		t.Fatalf("open %v, told %d times", g.Open(), opened)
	}
	c := newCaller(g, 1)
	if _, err := c.try(); !errors.Is(err, errPaused) {
		t.Fatalf("a call while open: %v", err)
	}
	if err := g.BeforeCall(context.Background(), free); err != nil {
		t.Errorf("the probe is refused: %v", err)
	}
	g.Close(true)
	<-c.woken
	if _, err := c.try(); err != nil {
		t.Error(err)
	}
}

func TestBackgroundCallsYieldToThoseWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1, Burst: 1, MaxInFlight: 10}, nil)
		a, b := newCaller(g, 1), newCaller(g, 2)
		if _, err := a.try(); err != nil {
			t.Fatal(err)
		}
		if _, err := b.try(); !errors.Is(err, errParked) {
			t.Fatal(err)
		}
		ctx := inBackground(context.Background())
		swept := make(chan struct{})
		go func() {
			if err := g.BeforeCall(ctx, counted); err != nil {
				t.Error(err)
			}
			close(swept)
		}()
		<-b.woken
		select {
		case <-swept:
			t.Error("the sweep was served before the edit")
		default:
		}
		if _, err := b.try(); err != nil {
			t.Error(err)
		}
		<-swept
	})
}
