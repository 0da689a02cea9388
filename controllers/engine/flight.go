package engine

import (
	"context"
	"sync"
)

// flight lets one caller at a time list a kind. A reconcile that comes while
// another lists does not wait: it is parked and woken when the list is there,
// so that a slow instance holds no workers. A caller without a turn, such as
// the Sweeper, waits, and while it lists is as urgent as those that are parked.
type flight struct {
	mu     sync.Mutex
	taken  bool
	free   chan struct{} // closed when the one who lists is done
	parked []*turn
	work   *background // lists now; nil if a reconcile does
	gate   *Gate
}

// enter returns nil to the one who may list now, who must leave afterwards. A
// reconcile needs its turn at the gate first: one that got none would hold up,
// and wake for nothing, all who wait for the list.
func (f *flight) enter(ctx context.Context, gate *Gate) error {
	t := turnFrom(ctx)
	if t != nil {
		if err := gate.Ask(ctx); err != nil {
			return err
		}
	}
	for {
		f.mu.Lock()
		if !f.taken {
			f.take(backgroundFrom(ctx), gate)
			f.mu.Unlock()
			return nil
		}
		if t != nil {
			f.parked = append(f.parked, t)
			f.hurry(t)
			f.mu.Unlock()
			return errParked
		}
		free := f.free
		f.mu.Unlock()
		select {
		case <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (f *flight) take(work *background, gate *Gate) {
	f.taken, f.free, f.work, f.gate = true, make(chan struct{}), work, gate
	for _, waits := range f.parked {
		f.hurry(waits)
	}
}

func (f *flight) hurry(t *turn) {
	if f.work != nil {
		f.gate.raise(f.work, t.rank)
	}
}

func (f *flight) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.work != nil {
		f.gate.lower(f.work)
		f.work = nil
	}
	f.taken = false
	close(f.free)
	for _, t := range f.parked {
		t.wake(nil)
	}
	f.parked = nil
}
