package engine

import (
	"context"
	"errors"
	"time"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// failuresToOpen consecutive failures open the breaker.
const failuresToOpen = 5

// probeEvery is the time between two probes of a Looker that does not answer.
const probeEvery = 5 * time.Second

// errPaused ends a reconcile while the breaker of its instance is open. It is
// woken when Looker answers again.
var errPaused = errors.New("Looker is unavailable; the operator waits until it answers again")

// IsPaused reports whether a call was not sent because Looker did not answer the
// calls before it, and it is not yet time to ask it again.
func IsPaused(err error) bool { return errors.Is(err, errPaused) }

// breaker stops all calls to a Looker that does not answer. While it is open,
// one free request goes through every probeEvery; when one is answered, further
// free requests may follow, until the owner closes the breaker.
type breaker struct {
	failures int
	open     bool
	answered bool      // a probe was, since it opened
	probed   time.Time // when the last probe was sent
	paused   map[turnKey]*turn
	onOpen   func()
}

// refuses reports whether a counted call of the LookerInstance itself must wait.
func (b *breaker) refuses() bool { return b.open && !b.answered }

// probe lets a free request through, while the breaker is open one at a time.
func (g *Gate) probe() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := &g.breaker
	if !b.refuses() {
		return nil
	}
	now := g.clock.Now()
	if now.Sub(b.probed) < probeEvery {
		return errPaused
	}
	b.probed = now
	return nil
}

// learn notes how a call ended, and reports whether that opens the breaker.
func (b *breaker) learn(now time.Time, call lookerclient.Call) (opened bool) {
	switch {
	case call.Err != nil && lookerclient.IsUnavailable(call.Err):
		b.failures++
		if b.open && b.answered {
			b.answered, b.probed = false, now
		}
		opened = !b.open && b.failures >= failuresToOpen
		b.open = b.open || opened
	case lookerclient.IsRateLimited(call.Err), errors.Is(call.Err, context.Canceled):
	default:
		b.failures = 0
		b.answered = b.open && (b.answered || call.Operation.Class == lookerclient.None)
	}
	return opened
}

// Open reports whether the breaker is open.
func (g *Gate) Open() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.breaker.open
}

// Close closes the breaker, because Looker answered a probe, and queues all that
// waited for it in their order, unless the caller wakes everybody: who is woken
// twice works twice.
func (g *Gate) Close(wake bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := &g.breaker
	b.open, b.answered, b.failures = false, false, 0
	for _, t := range b.paused {
		if wake {
			g.waiting.park(t, g.clock.Now())
		}
	}
	clear(b.paused)
	g.pump()
}
