package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"k8s.io/utils/clock"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Traffic limits what one instance receives.
type Traffic struct {
	PerSecond   float64 // calls
	Burst       int     // calls
	MaxInFlight int     // reconciles and sweeps that call at the same time
}

// DefaultTraffic is gentle: a Looker node has about 200 threads for everybody.
var DefaultTraffic = Traffic{PerSecond: 5, Burst: 10, MaxInFlight: 4}

// failuresToOpen consecutive failures open the breaker.
const failuresToOpen = 5

// errPaused ends a reconcile while the breaker of its instance is open. It is
// woken when Looker answers again.
var errPaused = errors.New("Looker is unavailable; the operator waits until it answers again")

// Gate paces the calls to one instance. A reconcile asks for its turn with its
// first call. Without a free slot or a token it is parked, and woken in order:
// no worker waits. Once it has its turn it may finish; its further calls are
// paid for by those who come after.
type Gate struct {
	clock clock.Clock

	mu       sync.Mutex
	limits   Traffic
	tokens   float64
	filled   time.Time
	inFlight int
	until    time.Time // no calls before: Looker said Retry-After
	failures int
	open     bool
	parked   []*turn
	paused   map[turnKey]*turn // parked while the breaker is open
	tickets  map[turnKey]bool
	timer    clock.Timer
	// onOpen is told when the breaker opens.
	onOpen func()
}

// turn is one reconcile's relation to a gate.
type turn struct {
	key      turnKey
	gate     *Gate
	admitted bool
	wake     func()
}

type turnKey struct{ kind, namespace, name string }

type turnContextKey struct{}

func turnFrom(ctx context.Context) *turn {
	t, _ := ctx.Value(turnContextKey{}).(*turn)
	return t
}

// NewGate returns a gate with full burst.
func NewGate(c clock.Clock, limits Traffic, onOpen func()) *Gate {
	g := &Gate{clock: c, filled: c.Now(), tickets: map[turnKey]bool{}, paused: map[turnKey]*turn{}, onOpen: onOpen}
	g.SetLimits(limits)
	g.tokens = float64(g.limits.Burst)
	return g
}

// SetLimits changes the limits; zero fields take their default.
func (g *Gate) SetLimits(t Traffic) {
	if t.PerSecond <= 0 {
		t.PerSecond = DefaultTraffic.PerSecond
	}
	if t.Burst <= 0 {
		t.Burst = max(DefaultTraffic.Burst, int(2*t.PerSecond))
	}
	if t.MaxInFlight <= 0 {
		t.MaxInFlight = DefaultTraffic.MaxInFlight
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limits = t
	g.pump()
}

// enter returns a context whose calls go through the gate as one turn.
func (g *Gate) enter(ctx context.Context, key turnKey, wake func()) (context.Context, *turn) {
	t := &turn{key: key, gate: g, wake: wake}
	return context.WithValue(ctx, turnContextKey{}, t), t
}

// leave ends a turn.
func (g *Gate) leave(t *turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.tickets, t.key)
	if t.admitted {
		g.inFlight--
	}
	g.pump()
}

// BeforeCall is the client's hook: it gives or refuses a call its turn.
func (g *Gate) BeforeCall(ctx context.Context, op lookerclient.Operation) error {
	if op.Class == lookerclient.None {
		return nil
	}
	if ctx.Value(backgroundKey{}) != nil {
		return g.await(ctx)
	}
	t := turnFrom(ctx)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.let(t); err != nil {
		return err
	}
	g.tokens--
	return nil
}

// Ask gives or refuses the turn in ctx as its first call would, for work that
// must not be parked between what it stores and what it sends.
func (g *Gate) Ask(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.let(turnFrom(ctx))
}

// let admits a turn, or parks it until there is room.
func (g *Gate) let(t *turn) error {
	if g.open {
		if t != nil {
			g.paused[t.key] = t
		}
		return errPaused
	}
	g.fill()
	if t != nil && !t.admitted && !g.admit(t) {
		g.parked = append(g.parked, t)
		g.pump()
		return errParked
	}
	return nil
}

// backgroundKey marks a context whose calls are made in the background: they
// wait for a token that nobody else wants.
type backgroundKey struct{}

func inBackground(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

// await waits until there is a token and nobody is parked for it, then takes it.
func (g *Gate) await(ctx context.Context) error {
	for {
		g.mu.Lock()
		g.fill()
		now := g.clock.Now()
		switch {
		case g.open:
			g.mu.Unlock()
			return errPaused
		case g.tokens >= 1 && len(g.parked) == 0 && !now.Before(g.until):
			g.tokens--
			g.mu.Unlock()
			return nil
		}
		wait := max(time.Duration(float64(time.Second)/g.limits.PerSecond), g.until.Sub(now))
		g.mu.Unlock()
		timer := g.clock.NewTimer(wait)
		select {
		case <-timer.C():
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// admit gives t a slot if there is one that is not promised to somebody else.
func (g *Gate) admit(t *turn) bool {
	if g.tickets[t.key] {
		delete(g.tickets, t.key)
	} else if len(g.parked) > 0 || !g.room() {
		return false
	}
	t.admitted = true
	g.inFlight++
	return true
}

func (g *Gate) room() bool {
	return !g.open && g.inFlight+len(g.tickets) < g.limits.MaxInFlight &&
		g.tokens-float64(len(g.tickets)) >= 1 && !g.clock.Now().Before(g.until)
}

func (g *Gate) fill() {
	now := g.clock.Now()
	g.tokens = min(float64(g.limits.Burst), g.tokens+now.Sub(g.filled).Seconds()*g.limits.PerSecond)
	g.filled = now
}

// pump wakes as many parked turns as there is room for, and sets a timer for
// the next. The caller holds the lock.
func (g *Gate) pump() {
	g.fill()
	for len(g.parked) > 0 && g.room() {
		t := g.parked[0]
		g.parked = g.parked[1:]
		if !g.tickets[t.key] {
			g.tickets[t.key] = true
			t.wake()
		}
	}
	if len(g.parked) == 0 || g.open || g.inFlight+len(g.tickets) >= g.limits.MaxInFlight || g.timer != nil {
		return
	}
	missing := 1 + float64(len(g.tickets)) - g.tokens
	wait := max(time.Duration(missing/g.limits.PerSecond*float64(time.Second)), g.until.Sub(g.clock.Now()), time.Millisecond)
	g.timer = g.clock.NewTimer(wait)
	go func(t clock.Timer) {
		<-t.C()
		g.mu.Lock()
		defer g.mu.Unlock()
		g.timer = nil
		g.pump()
	}(g.timer)
}

// AfterCall is the client's observer: it learns how Looker is.
func (g *Gate) AfterCall(call lookerclient.Call) {
	g.mu.Lock()
	opened := false
	switch {
	case lookerclient.IsRateLimited(call.Err):
		g.until = g.clock.Now().Add(max(lookerclient.RetryAfter(call.Err), time.Second))
	case call.Err != nil && lookerclient.IsUnavailable(call.Err):
		g.failures++
		opened = !g.open && g.failures >= failuresToOpen
		g.open = g.open || opened
	case !errors.Is(call.Err, context.Canceled):
		g.failures = 0
	}
	onOpen := g.onOpen
	g.mu.Unlock()
	if opened && onOpen != nil {
		onOpen()
	}
}

// Open reports whether the breaker is open.
func (g *Gate) Open() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open
}

// Close closes the breaker, because Looker answered a probe, and wakes all that
// waited for it, unless the caller does: who is woken twice works twice.
func (g *Gate) Close(wake bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open, g.failures = false, 0
	for _, t := range g.paused {
		if wake {
			t.wake()
		}
	}
	clear(g.paused)
	g.pump()
}
