package engine

import (
	"context"
	"sync"
)

// flight lets one caller at a time list a kind. A reconcile that comes while
// another lists does not wait: it is parked and woken when the list is there,
// so that a slow instance holds no workers. A caller without a turn, such as
// the Sweeper, waits.
type flight struct {
	mu     sync.Mutex
	state  sync.Mutex
	parked []*turn
}

func (f *flight) enter(ctx context.Context) error {
	t := turnFrom(ctx)
	if t == nil {
		f.mu.Lock()
		return nil
	}
	f.state.Lock()
	defer f.state.Unlock()
	if f.mu.TryLock() {
		return nil
	}
	f.parked = append(f.parked, t)
	return errParked
}

func (f *flight) leave() {
	f.state.Lock()
	defer f.state.Unlock()
	f.mu.Unlock()
	for _, t := range f.parked {
		t.wake()
	}
	f.parked = nil
}
