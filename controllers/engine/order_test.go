package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"
)

// crowd is many objects that want the same, and counts the calls of a gate.
type crowd struct {
	gate  *Gate
	count chan time.Time
	stop  func()
}

// newCrowd lets so many objects come at once, each with so many calls.
func newCrowd(t *testing.T, g *Gate, k rank, objects, calls int, each time.Duration) *crowd {
	ctx, cancel := context.WithCancel(t.Context())
	c := &crowd{gate: g, count: make(chan time.Time, objects*calls)}
	c.stop = func() { // and end all that runs in the test's bubble
		cancel()
		g.mu.Lock()
		g.waiting = newWaitList()
		g.mu.Unlock()
		time.Sleep(time.Hour)
	}
	woken := make(chan int, objects)
	for i := range objects {
		woken <- i
	}
	for range 32 { // workers
		go func() {
			for {
				var i int
				select {
				case i = <-woken:
				case <-ctx.Done():
					return
				}
				c.reconcile(ctx, t, turnKey{kind: "crowd", name: fmt.Sprint(i)}, k, calls, each, func(func()) { woken <- i })
			}
		}()
	}
	return c
}

func (c *crowd) reconcile(ctx context.Context, t *testing.T, key turnKey, k rank, calls int, each time.Duration, wake func(func())) {
	ctx, turn := c.gate.enter(ctx, key, k, wake)
	var err error
	defer func() { c.gate.leave(turn, err) }()
	for range calls {
		if err = c.gate.BeforeCall(ctx, counted); err != nil {
			if !errors.Is(err, errParked) && ctx.Err() == nil {
				t.Error(err)
			}
			return
		}
		c.count <- time.Now()
		time.Sleep(each)
		c.gate.AfterCall(ctx, good)
	}
}

// soFar is how many calls there were.
func (c *crowd) soFar() int { return len(c.count) }

func TestAnEditOvertakesTenThousandObservations(t *testing.T) {
	t.Parallel()
	for _, each := range []time.Duration{0, 200 * time.Millisecond, 10 * time.Second} {
		for _, k := range []rank{rankEdit, rankDeletion} {
			synctest.Test(t, func(t *testing.T) {
				g := NewGate(clock.RealClock{}, Traffic{}, nil)
				start := time.Now()
				crowd := newCrowd(t, g, rankSweep, 10_000, 3, each)
				defer crowd.stop()
				edits := 0
				for i := range 20 {
					time.Sleep(time.Duration(3+i%5) * time.Second)
					edits++
					if waited := newCaller(g, i, k).run(t, 1, 0); waited >= time.Second {
						t.Errorf("calls of %s: an edit (rank %d) among 10,000 observations waited %s", each, k, waited)
					}
				}
				calls, took := crowd.soFar()+edits, time.Since(start)
				if most := int(5*took.Seconds()) + 20; calls > most {
					t.Errorf("%d calls in %s; 5 a second and a burst are %d", calls, took, most)
				}
				if each < time.Second && calls < int(5*took.Seconds()) {
					t.Errorf("only %d calls in %s: tokens were left", calls, took)
				}
			})
		}
	}
}

func TestSweepsAndRetriesAreNotStarvedByEdits(t *testing.T) {
	t.Parallel()
	for _, k := range []rank{rankDependency, rankRetry, rankSweep} {
		synctest.Test(t, func(t *testing.T) {
			g := NewGate(clock.RealClock{}, Traffic{}, nil)
			defer newCrowd(t, g, rankEdit, 10_000, 1, 100*time.Millisecond).stop()
			time.Sleep(time.Second)
			waited := newCaller(g, 1, k).run(t, 1, 0)
			if least, most := time.Duration(k)*ageStep, time.Duration(k)*ageStep+5*time.Second; waited < least || waited > most {
				t.Errorf("rank %d among edits without end had its turn after %s, want %s to %s", k, waited, least, most)
			}
		})
	}
}

func TestASweepInTheBackgroundEndsAmongEdits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{}, nil)
		defer newCrowd(t, g, rankEdit, 10_000, 1, 100*time.Millisecond).stop()
		time.Sleep(time.Second)
		start := time.Now()
		ctx, n := inBackground(t.Context())
		for range 10 {
			if err := g.BeforeCall(ctx, counted); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
			g.AfterCall(ctx, good)
		}
		// Its first call waits until it is old enough, the others are as old.
		if took := time.Since(start); took > time.Duration(rankSweep)*ageStep+20*time.Second || n.Load() != 10 {
			t.Errorf("a sweep of 10 calls took %s; %d calls were counted", took, n.Load())
		}
	})
}

func TestWhoWaitsIsServedInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1, Burst: 1, MaxInFlight: 4}, nil)
		newCaller(g, 0, rankEdit).run(t, 1, 0)
		var order []string
		park := func(name string, k rank) {
			key := turnKey{name: name}
			ctx, turn := g.enter(t.Context(), key, k, func(giveBack func()) {
				order = append(order, name)
				go func() { // its reconcile
					ctx, turn := g.enter(t.Context(), key, k, nil)
					if err := g.BeforeCall(ctx, counted); err != nil {
						t.Error(err)
					}
					g.AfterCall(ctx, good)
					g.leave(turn, nil)
				}()
			})
			if err := g.Ask(ctx); !errors.Is(err, errParked) {
				t.Error(err)
			}
			g.leave(turn, errParked)
		}
		park("sweep", rankSweep)
		park("retry", rankRetry)
		park("deletion", rankDeletion)
		park("dependency", rankDependency)
		park("raised", rankSweep)
		park("edit", rankEdit)
		park("raised", rankEdit) // somebody changes what a sweep found
		park("sweep", rankSweep) // reconciled twice
		time.Sleep(time.Minute)
		want := []string{"edit", "raised", "deletion", "dependency", "retry", "sweep"}
		if !slices.Equal(order, want) {
			t.Errorf("served in the order %q, want %q", order, want)
		}
	})
}

func TestASlowInstanceKeepsASlotForAnEdit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 100, Burst: 100, MaxInFlight: 4}, nil)
		defer newCrowd(t, g, rankRetry, 100, 3, 10*time.Second).stop()
		time.Sleep(25 * time.Second)
		for range 3 {
			if waited := newCaller(g, 1, rankEdit).run(t, 3, time.Second); waited != 0 {
				t.Errorf("an edit waited %s behind slow retries", waited)
			}
			time.Sleep(time.Second)
		}
	})
}

func TestAListThatAnEditWaitsForIsAsUrgent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{}, nil)
		defer newCrowd(t, g, rankRetry, 1000, 3, 100*time.Millisecond).stop()
		time.Sleep(10 * time.Second)
		var f flight
		listed := make(chan struct{})
		go func() {
			defer close(listed)
			ctx, _ := inBackground(t.Context())
			if err := f.enter(ctx, g); err != nil {
				t.Error(err)
			}
			defer f.leave()
			if err := g.BeforeCall(ctx, counted); err != nil {
				t.Error(err)
			}
			g.AfterCall(ctx, good)
		}()
		time.Sleep(2 * time.Second)
		woken := make(chan struct{}, 1)
		ctx, turn := g.enter(t.Context(), turnKey{name: "edit"}, rankEdit, func(func()) { woken <- struct{}{} })
		if err := f.enter(ctx, g); !errors.Is(err, errParked) {
			t.Fatalf("the list is not being made: %v", err)
		}
		g.leave(turn, errParked)
		start := time.Now()
		<-woken
		<-listed
		if waited := time.Since(start); waited > time.Second {
			t.Errorf("the edit waited %s for the sweep's list", waited)
		}
	})
}

func TestACallInTheBackgroundTakesASlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: 1}, nil)
		ctx, _ := inBackground(t.Context())
		if err := g.BeforeCall(ctx, counted); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		go func() {
			time.Sleep(3 * time.Second)
			g.AfterCall(ctx, good)
		}()
		other, turn := g.enter(t.Context(), turnKey{name: "edit"}, rankEdit, nil)
		if err := g.BeforeCall(other, counted); err != nil || time.Since(start) != 3*time.Second {
			t.Errorf("a call beside the one that may be in flight, after %s: %v", time.Since(start), err)
		}
		g.AfterCall(other, good)
		g.leave(turn, nil)
	})
}

func TestWaitingForASlotEndsWithItsContext(t *testing.T) {
	t.Parallel()
	g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: 1}, nil)
	first, _ := g.enter(t.Context(), turnKey{name: "a"}, rankEdit, nil)
	if err := g.BeforeCall(first, counted); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	second, _ := g.enter(ended, turnKey{name: "b"}, rankEdit, nil)
	if err := g.BeforeCall(second, counted); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	work, _ := inBackground(ended)
	if err := g.BeforeCall(work, counted); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	g.AfterCall(first, good)
	if g.slots.calls.all != 0 || len(g.slots.queue) != 0 || g.waiting.size != [classes]int{} {
		t.Errorf("left behind: %+v, %d waiting", g.slots, g.waiting.size)
	}
}

func TestTheWaitListIsCheapAndKeepsItsOrder(t *testing.T) {
	t.Parallel()
	l := newWaitList()
	base := time.Now()
	r := rand.New(rand.NewPCG(1, 2))
	const n = 10_000
	for i := range n {
		l.park(&turn{key: turnKey{fmt.Sprint(i % 9), "", fmt.Sprint(i)}, rank: rank(r.IntN(5))}, base.Add(time.Duration(r.IntN(100))*time.Second))
	}
	for i := range n / 2 { // again, and more urgent
		l.park(&turn{key: turnKey{fmt.Sprint(i % 9), "", fmt.Sprint(i)}, rank: rankEdit}, base.Add(time.Hour))
	}
	if len(l.parked) != n {
		t.Fatalf("%d objects are parked as %d", n, len(l.parked))
	}
	all := func(*waiter) bool { return true }
	var last *waiter
	for i := range n {
		w := l.first(all, classUrgent, classNormal, classLow)
		if w == nil || last != nil && w.before(last) {
			t.Fatalf("out of order at %d of %d", i, n)
		}
		l.remove(w)
		last = w
	}
	if len(l.parked) != 0 || l.size != [classes]int{} {
		t.Errorf("left behind: %d, %d", len(l.parked), l.size)
	}
}

// A first apply: everything is an edit, and each reconcile writes to Kubernetes
// before each of its calls.
func TestSlotsStayBusyWhileReconcilesDoOtherThings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const objects, calls, most, call, other = 400, 3, 8, 180 * time.Millisecond, 40 * time.Millisecond
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1000, Burst: 1000, MaxInFlight: most}, nil)
		start := time.Now()
		done := make(chan struct{}, objects)
		for i := range objects {
			go func() {
				c := newCaller(g, i, rankEdit)
				for {
					ctx, turn := g.enter(t.Context(), c.key, c.rank, func(giveBack func()) { c.woken <- giveBack })
					if err := g.Ask(ctx); err != nil {
						g.leave(turn, err)
						<-c.woken
						continue
					}
					for range calls {
						time.Sleep(other)
						if err := g.BeforeCall(ctx, counted); err != nil {
							t.Error(err)
						}
						time.Sleep(call)
						g.AfterCall(ctx, good)
					}
					g.leave(turn, nil)
					done <- struct{}{}
					return
				}
			}()
		}
		for range objects {
			<-done
		}
		floor := objects * calls * call / most
		took := time.Since(start)
		t.Logf("%d calls took %s, %.3f of what the slots allow", objects*calls, took, took.Seconds()/floor.Seconds())
		if took > floor*105/100 {
			t.Errorf("%d calls took %s; without a pause in a slot it would be %s", objects*calls, took, floor)
		}
	})
}

func TestWorkInTheBackgroundHasNoPartInTheTurnThatItCameFrom(t *testing.T) {
	t.Parallel()
	g := NewGate(clocktesting.NewFakeClock(time.Now()), Traffic{PerSecond: 1, Burst: 1, MaxInFlight: 1}, nil)
	ctx, turn := g.enter(t.Context(), turnKey{name: "a"}, rankEdit, func(func()) { t.Error("the turn was parked") })
	g.leave(turn, nil) // the reconcile ends; what it started goes on
	work, _ := atRank(ctx, rankEdit)
	if err := g.BeforeToken(work); err != nil {
		t.Errorf("a log-in in the background: %v", err)
	}
	if err := g.BeforeCall(work, counted); err != nil {
		t.Errorf("a call in the background: %v", err)
	}
	if g.turns.all != 0 || g.waiting.size != [classes]int{} {
		t.Errorf("the turn came back: %d turns, %v waiting", g.turns.all, g.waiting.size)
	}
}

func TestWhoHasNoTurnDoesNotHoldUpAList(t *testing.T) {
	t.Parallel()
	g := NewGate(clocktesting.NewFakeClock(time.Now()), Traffic{PerSecond: 1, Burst: 1, MaxInFlight: 1}, nil)
	var f flight
	first, turn := g.enter(t.Context(), turnKey{name: "a"}, rankRetry, func(func()) {})
	if err := f.enter(first, g); err != nil {
		t.Fatal(err)
	}
	if err := g.BeforeCall(first, counted); err != nil {
		t.Fatal(err)
	}
	f.leave()
	g.leave(turn, nil)
	woken := 0
	for range 3 { // no token is left
		second, turn := g.enter(t.Context(), turnKey{name: "b"}, rankRetry, func(func()) { woken++ })
		if err := f.enter(second, g); !errors.Is(err, errParked) {
			t.Fatal(err)
		}
		g.leave(turn, errParked)
	}
	if woken > 0 || f.taken || len(f.parked) > 0 {
		t.Errorf("woken %d times for nothing; %d wait for the list", woken, len(f.parked))
	}
}
