package engine

import (
	"context"
	"slices"
	"sync/atomic"
	"time"
)

// background is work outside the workers, such as a sweep: its goroutine may
// wait. Each of its calls takes a token and a slot when it is its turn.
type background struct {
	calls atomic.Int32

	// The rest is protected by the gate's lock.
	base    rank
	rank    rank      // better than base while somebody more urgent waits for it
	since   time.Time // when its first call began to wait; counts for all of them
	waiting []*waiter
	flying  []class // of its calls in flight
	hand    bool    // has a place for its next call
}

type backgroundKey struct{}

func backgroundFrom(ctx context.Context) *background {
	work, _ := ctx.Value(backgroundKey{}).(*background)
	return work
}

// inBackground marks a context whose calls are made by a sweep: they are
// counted, and come last.
func inBackground(ctx context.Context) (context.Context, *atomic.Int32) {
	ctx, work := atRank(ctx, rankSweep)
	return ctx, &work.calls
}

// atRank marks a context whose calls are made outside the workers. The turn of
// the reconcile that the work comes from, if any, has ended.
func atRank(ctx context.Context, k rank) (context.Context, *background) {
	work := &background{base: k, rank: k}
	ctx = context.WithValue(ctx, turnContextKey{}, (*turn)(nil))
	return context.WithValue(ctx, backgroundKey{}, work), work
}

// await waits until it is the turn of a call in the background.
func (g *Gate) await(ctx context.Context, work *background) error {
	g.mu.Lock()
	if work.hand {
		work.hand = false
		g.mu.Unlock()
		work.calls.Add(1)
		return nil
	}
	if g.breaker.open {
		g.mu.Unlock()
		return errPaused
	}
	if work.since.IsZero() {
		work.since = g.clock.Now()
	}
	w := &waiter{work: work, ready: make(chan error, 1), rank: work.rank, since: work.since}
	work.waiting = append(work.waiting, w)
	g.waiting.add(w)
	g.pump()
	g.mu.Unlock()
	select {
	case err := <-w.ready:
		return work.count(err)
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(work.waiting, w); i >= 0 {
		work.waiting = slices.Delete(work.waiting, i, i+1)
		g.waiting.remove(w)
		return ctx.Err()
	}
	return work.count(<-w.ready) // it came just now; the client sees that the context has ended
}

func (work *background) count(err error) error {
	if err == nil {
		work.calls.Add(1)
	}
	return err
}

// began notes that a call of the work has got its place.
func (work *background) began(w *waiter) {
	work.waiting = slices.DeleteFunc(work.waiting, func(o *waiter) bool { return o == w })
	work.flying = append(work.flying, w.rank.class())
}

// ended returns the class of a call that has ended. Which of several it was
// makes no difference.
func (work *background) ended() class {
	if len(work.flying) == 0 {
		return work.base.class()
	}
	c := work.flying[0]
	work.flying = work.flying[1:]
	return c
}

// reserve waits until the work may send its first call, and keeps that place
// for it. It must be followed by release.
func (g *Gate) reserve(ctx context.Context, work *background) error {
	if err := g.await(ctx, work); err != nil {
		return err
	}
	work.calls.Add(-1)
	g.mu.Lock()
	defer g.mu.Unlock()
	work.hand = true
	return nil
}

// release returns a reserved place that no call has used.
func (g *Gate) release(work *background) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if work.hand {
		work.hand = false
		g.slots.release(work.ended())
		g.pump()
	}
}

// raise lets work go as early as somebody who waits for it would.
func (g *Gate) raise(work *background, to rank) {
	g.mu.Lock()
	defer g.mu.Unlock()
	work.rank = min(work.rank, to)
	for _, w := range work.waiting {
		g.waiting.raise(w, to)
	}
	g.pump()
}

// lower takes back what raise did.
func (g *Gate) lower(work *background) {
	g.mu.Lock()
	defer g.mu.Unlock()
	work.rank = work.base
}
