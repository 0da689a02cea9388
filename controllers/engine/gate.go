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
	MaxInFlight int     // calls at the same time
}

// DefaultTraffic is gentle: a Looker node has about 200 threads for everybody.
var DefaultTraffic = Traffic{PerSecond: 5, Burst: 10, MaxInFlight: 4}

// turnsPerKind bounds the workers of one kind that one instance can hold,
// however slow it is. It must be a small part of workers.
const turnsPerKind = 24

// urgentShare turns in a row may go to edits and deletions while somebody else
// has waited so long that he counts as much as they do.
const urgentShare = 4

// Gate paces the calls to one instance. A reconcile asks for its turn with its
// first call. Without room for it, it is parked, and woken when its turn comes,
// the most urgent first: no worker waits for a token. Once it has its turn it
// may finish; its further calls are paid for by those who come after. There are
// some more turns than calls may be in flight, because a reconcile does other
// things too; a call waits until one of those in flight has ended.
type Gate struct {
	clock clock.Clock

	mu      sync.Mutex
	limits  Traffic
	pace    pace
	waiting waitList
	until   time.Time // no new turns before: Looker said Retry-After
	timerAt time.Time // when the next timer wakes the gate; zero if there is none

	turns    tally
	kinds    map[string]int // turns, given or promised, of each kind
	promises map[turnKey]*promise
	promised tally
	advanced int // promises that are paid for like edits
	urgent   int // turns in a row that were given to edits and deletions

	slots   slots
	breaker breaker
}

// tally counts turns, and those of them that are of a class.
type tally struct {
	all int
	of  [classes]int
}

func (t *tally) add(c class, n int) {
	t.all += n
	t.of[c] += n
}

// turn is one reconcile's relation to a gate.
type turn struct {
	key      turnKey
	rank     rank
	admitted bool
	advance  bool     // paid for like an edit
	found    *promise // what was promised to the object when the turn began
	// wake queues the object; giveBack, if not nil, returns the place that is kept
	// for it, and does nothing once that is taken.
	wake func(giveBack func())
}

// promise is a place that is kept for a parked object until a worker takes it.
type promise struct {
	class   class
	advance bool
}

type turnKey struct{ kind, namespace, name string }

type turnContextKey struct{}

func turnFrom(ctx context.Context) *turn {
	t, _ := ctx.Value(turnContextKey{}).(*turn)
	return t
}

// NewGate returns a gate with full burst. onOpen, if not nil, is told when the
// breaker opens.
func NewGate(c clock.Clock, limits Traffic, onOpen func()) *Gate {
	g := &Gate{
		clock: c, waiting: newWaitList(), kinds: map[string]int{}, promises: map[turnKey]*promise{},
		breaker: breaker{paused: map[turnKey]*turn{}, onOpen: onOpen},
	}
	g.pace.filled = c.Now()
	g.SetLimits(limits)
	g.pace.tokens, g.pace.advance = g.pace.burst, g.pace.burst
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
	g.pace.fill(g.clock.Now())
	g.limits = t
	g.pace.rate, g.pace.burst = t.PerSecond, float64(t.Burst)
	g.slots.most = t.MaxInFlight
	g.pump()
}

// enter returns a context whose calls go through the gate as one turn.
func (g *Gate) enter(ctx context.Context, key turnKey, k rank, wake func(giveBack func())) (context.Context, *turn) {
	t := &turn{key: key, rank: k, wake: wake}
	g.mu.Lock()
	defer g.mu.Unlock()
	t.found = g.promises[key]
	return context.WithValue(ctx, turnContextKey{}, t), t
}

// leave ends a turn. Who failed because Looker did not answer is woken when it
// answers again, rather than when his time to wait is over.
func (g *Gate) leave(t *turn, err error) {
	unavailable := err != nil && classify(err).reason == ReasonLookerUnavailable
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.admitted {
		g.turns.add(t.rank.class(), -1)
		g.kinds[t.key.kind]--
		t.admitted = false
	}
	switch {
	case unavailable:
		g.breaker.paused[t.key] = t
	case !errors.Is(err, errParked):
		delete(g.breaker.paused, t.key)
	}
	g.drop(t.key, t.found)
	g.pump()
}

// giveBack returns the place that was kept for an object which did not want it.
func (g *Gate) giveBack(key turnKey, p *promise) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.drop(key, p) {
		g.pump()
	}
}

func (g *Gate) drop(key turnKey, p *promise) bool {
	if p == nil || g.promises[key] != p {
		return false
	}
	delete(g.promises, key)
	g.promised.add(p.class, -1)
	if p.advance {
		g.advanced--
	}
	g.kinds[key.kind]--
	return true
}

// BeforeCall is the client's hook: it gives or refuses a call its turn, and lets
// it wait while as many calls are in flight as there may be.
func (g *Gate) BeforeCall(ctx context.Context, op lookerclient.Operation) error {
	if op.Class == lookerclient.None {
		return g.probe()
	}
	if work := backgroundFrom(ctx); work != nil {
		return g.await(ctx, work)
	}
	t := turnFrom(ctx)
	g.mu.Lock()
	if err := g.let(t); err != nil {
		g.mu.Unlock()
		return err
	}
	if t == nil { // of the LookerInstance itself, before anybody else calls
		g.pace.take(true)
		g.slots.use(classUrgent)
		g.mu.Unlock()
		return nil
	}
	g.pace.take(t.advance || t.rank.class() == classUrgent)
	mine := g.slots.ask(t.rank.class())
	g.mu.Unlock()
	return g.slotFor(ctx, mine)
}

// BeforeToken is the client's hook for what comes before a call: a log-in may
// take long, and only who has a turn may wait for it.
func (g *Gate) BeforeToken(ctx context.Context) error {
	if turnFrom(ctx) == nil {
		return nil
	}
	return g.Ask(ctx)
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
	if t == nil {
		if g.breaker.refuses() {
			return errPaused
		}
		return nil
	}
	if g.breaker.open {
		g.breaker.paused[t.key] = t
		return errPaused
	}
	if t.admitted {
		return nil
	}
	if p := g.promises[t.key]; p != nil {
		g.drop(t.key, p)
		g.admit(t, p.advance)
		return nil
	}
	g.pump() // whoever waits and can be served goes first
	w := &waiter{turn: t, rank: t.rank, since: g.clock.Now()}
	if urgent := t.rank.class() == classUrgent; g.can(w, urgent) {
		if old := g.waiting.parked[t.key]; old != nil {
			g.waiting.remove(old)
		}
		g.count(urgent)
		g.admit(t, urgent)
		return nil
	}
	g.waiting.park(t, w.since)
	g.schedule()
	return errParked
}

func (g *Gate) admit(t *turn, advance bool) {
	t.admitted, t.advance = true, advance
	g.turns.add(t.rank.class(), 1)
	g.kinds[t.key.kind]++
}

// can reports whether there is room for somebody. advance says which tokens count.
func (g *Gate) can(w *waiter, advance bool) bool {
	if g.breaker.open || g.clock.Now().Before(g.until) || g.tokenIn(advance) > 0 {
		return false
	}
	c := w.rank.class()
	if w.turn == nil {
		return g.slots.free(c)
	}
	most := g.limits.MaxInFlight + (g.limits.MaxInFlight+1)/2
	spare := max(1, g.limits.MaxInFlight/4) // kept for who may be urgent
	return g.turns.all+g.promised.all < most &&
		(c != classLow || g.turns.of[classLow]+g.promised.of[classLow] < most-spare) &&
		g.kinds[w.turn.key.kind] < turnsPerKind
}

// tokenIn is how long it takes until there is a token that is not promised.
func (g *Gate) tokenIn(advance bool) time.Duration {
	if advance {
		return g.pace.wait(true, g.advanced)
	}
	return g.pace.wait(false, g.promised.all)
}

// next returns whom to serve next, and whether he is paid for like an edit.
// Edits and deletions come first, but not for ever.
func (g *Gate) next() (w *waiter, advance bool) {
	now := g.clock.Now()
	if g.urgent >= urgentShare {
		aged := func(w *waiter) bool { return !w.due().After(now) && g.can(w, true) }
		if w := g.waiting.first(aged, classNormal, classLow); w != nil {
			return w, true
		}
	}
	if w := g.waiting.first(func(w *waiter) bool { return g.can(w, true) }, classUrgent); w != nil {
		return w, true
	}
	return g.waiting.first(func(w *waiter) bool { return g.can(w, false) }, classNormal, classLow), false
}

func (g *Gate) count(urgent bool) {
	if urgent {
		g.urgent++
	} else {
		g.urgent = 0
	}
}

// pump serves all who wait and can be served, and sets a timer for the next. The
// caller holds the lock.
func (g *Gate) pump() {
	g.pace.fill(g.clock.Now())
	g.slots.serve()
	for {
		w, advance := g.next()
		if w == nil {
			break
		}
		g.waiting.remove(w)
		g.count(w.rank.class() == classUrgent)
		if w.turn != nil {
			g.promise(w, advance)
			continue
		}
		g.slots.use(w.rank.class())
		w.work.began(w)
		g.pace.take(advance)
		w.ready <- nil
	}
	g.schedule()
}

// promise keeps a place for a parked object and queues it.
func (g *Gate) promise(w *waiter, advance bool) {
	t := w.turn
	p := &promise{class: w.rank.class(), advance: advance}
	g.promises[t.key] = p
	g.promised.add(p.class, 1)
	if advance {
		g.advanced++
	}
	g.kinds[t.key.kind]++
	t.wake(func() { g.giveBack(t.key, p) })
}

// schedule sets a timer for the time when somebody who waits for a token, or for
// the end of a Retry-After, can be served. Whatever else they wait for pumps.
func (g *Gate) schedule() {
	if g.breaker.open || g.waiting.size == [classes]int{} {
		return
	}
	now := g.clock.Now()
	wait := g.tokenWait()
	if held := g.until.Sub(now); held > 0 {
		wait = max(wait, held)
	}
	at := now.Add(wait)
	if wait < 0 || !g.timerAt.IsZero() && !at.Before(g.timerAt) {
		return
	}
	g.timerAt = at
	go func(t clock.Timer) {
		<-t.C()
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.timerAt.Equal(at) {
			g.timerAt = time.Time{}
		}
		g.pump()
	}(g.clock.NewTimer(wait))
}

// tokenWait is how long it takes until there is a token for one of those who
// wait; negative if there are tokens for all of them.
func (g *Gate) tokenWait() time.Duration {
	size, wait := g.waiting.size, time.Duration(-1)
	sooner := func(d time.Duration) {
		if d > 0 && (wait < 0 || d < wait) {
			wait = d
		}
	}
	if size[classUrgent] > 0 || g.urgent >= urgentShare {
		sooner(g.tokenIn(true))
	}
	if size[classNormal]+size[classLow] > 0 {
		sooner(g.tokenIn(false))
	}
	return wait
}

// AfterCall is the client's observer: it frees the place of the call, and learns
// how Looker is.
func (g *Gate) AfterCall(ctx context.Context, call lookerclient.Call) {
	g.mu.Lock()
	if call.Operation.Class != lookerclient.None {
		g.slots.release(classOf(ctx))
	}
	if lookerclient.IsRateLimited(call.Err) {
		g.until = g.clock.Now().Add(max(lookerclient.RetryAfter(call.Err), time.Second))
	}
	opened := g.breaker.learn(g.clock.Now(), call)
	if opened {
		g.refuse()
	}
	g.pump()
	onOpen := g.breaker.onOpen
	g.mu.Unlock()
	if opened && onOpen != nil {
		onOpen()
	}
}

// classOf is the class of a call that ends.
func classOf(ctx context.Context) class {
	if work := backgroundFrom(ctx); work != nil {
		return work.ended()
	}
	if t := turnFrom(ctx); t != nil {
		return t.rank.class()
	}
	return classUrgent
}
