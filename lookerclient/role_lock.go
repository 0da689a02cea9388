package lookerclient

import (
	"context"
	"sync"
)

// roleLocks keeps those apart who change the holders of the same role.
type roleLocks struct {
	mu    sync.Mutex
	locks map[ID]*roleLock
}

type roleLock struct {
	turn  chan struct{} // holds one entry while somebody has the lock
	users int           // who has it or waits for it
}

// LockHolders waits until nobody else has locked the holders of a role, and locks
// them until unlock is called. Looker takes the users or groups of a role only
// whole: who adds one reads the list first, and a change in between would be lost.
// The lock is for callers of this client, and those made from it by As and Dev.
func (s *RolesService) LockHolders(ctx context.Context, id ID) (unlock func(), err error) {
	locks := &s.c.roleLocks
	l := locks.use(id)
	select {
	case l.turn <- struct{}{}:
		return sync.OnceFunc(func() {
			<-l.turn
			locks.leave(id, l)
		}), nil
	case <-ctx.Done():
		locks.leave(id, l)
		return nil, ctx.Err()
	}
}

func (r *roleLocks) use(id ID) *roleLock {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.locks == nil {
		r.locks = map[ID]*roleLock{}
	}
	if r.locks[id] == nil {
		r.locks[id] = &roleLock{turn: make(chan struct{}, 1)}
	}
	r.locks[id].users++
	return r.locks[id]
}

func (r *roleLocks) leave(id ID, l *roleLock) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l.users--; l.users == 0 {
		delete(r.locks, id)
	}
}
