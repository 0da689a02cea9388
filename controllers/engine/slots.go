package engine

import (
	"context"
	"slices"
)

// slots bounds the calls in flight. One slot is free of retries and sweeps, so
// that an edit need not wait until one of theirs has ended.
type slots struct {
	most  int
	calls tally
	queue []*asker
}

// asker is a call of somebody who has his turn, and waits for a slot.
type asker struct {
	class class
	ready chan error // nil means go
}

func (s *slots) free(c class) bool {
	return s.calls.all < s.most && (c != classLow || s.most == 1 || s.calls.of[classLow] < s.most-1)
}

func (s *slots) use(c class)     { s.calls.add(c, 1) }
func (s *slots) release(c class) { s.calls.add(c, -1) }

// ask takes a slot or waits for one, in order.
func (s *slots) ask(c class) *asker {
	a := &asker{class: c, ready: make(chan error, 1)}
	s.queue = append(s.queue, a)
	s.serve()
	return a
}

// serve gives the free slots to those who have their turn, the first first.
func (s *slots) serve() {
	s.queue = slices.DeleteFunc(s.queue, func(a *asker) bool {
		if !s.free(a.class) {
			return false
		}
		s.use(a.class)
		a.ready <- nil
		return true
	})
}

// slotFor waits for the slot that was asked for. That takes no longer than the
// calls in flight, since those who wait here are few.
func (g *Gate) slotFor(ctx context.Context, a *asker) error {
	select {
	case err := <-a.ready:
		return err
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.slots.queue, a); i >= 0 {
		g.slots.queue = slices.Delete(g.slots.queue, i, i+1)
	} else if <-a.ready == nil {
		g.slots.release(a.class)
		g.pump()
	}
	return ctx.Err()
}

// refuse ends the waiting of all calls, because the breaker has opened. Parked
// objects stay where they are.
func (g *Gate) refuse() {
	for _, a := range g.slots.queue {
		a.ready <- errPaused
	}
	g.slots.queue = nil
	for _, w := range g.waiting.inBackground() {
		w.ready <- errPaused
	}
}
