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
	state  sync.Mutex
	parked []*turn
	work   *background // lists now; nil if a reconcile does
	gate   *Gate
}

func (f *flight) enter(ctx context.Context, gate *Gate) error {
	t := turnFrom(ctx)
	if t == nil {
		f.mu.Lock()
	}
	f.state.Lock()
	defer f.state.Unlock()
	if t == nil {
		f.work, f.gate = backgroundFrom(ctx), gate
		for _, waits := range f.parked {
			f.hurry(waits)
		}
		return nil
	}
	if f.mu.TryLock() {
		return nil
	}
	f.parked = append(f.parked, t)
	f.hurry(t)
	return errParked
}

func (f *flight) hurry(t *turn) {
	if f.work != nil {
		f.gate.raise(f.work, t.rank)
	}
}

func (f *flight) leave() {
	f.state.Lock()
	defer f.state.Unlock()
	if f.work != nil {
		f.gate.lower(f.work)
		f.work = nil
	}
	f.mu.Unlock()
	for _, t := range f.parked {
		t.wake(nil)
	}
	f.parked = nil
}
