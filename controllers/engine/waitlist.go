package engine

import (
	"container/heap"
	"time"
)

// waiter is somebody who waits at a gate: a parked object, which no worker
// stands behind, or a call in the background, whose own goroutine waits.
type waiter struct {
	turn  *turn       // of a parked object
	work  *background // of a call in the background
	ready chan error  // tells a background call that it may go, or why not
	rank  rank
	since time.Time
	seq   uint64
	index int // in its heap
}

// due orders those who wait. With each ageStep of waiting a waiter gains a rank
// on those who come later; within a rank the first comes first.
func (w *waiter) due() time.Time { return w.since.Add(time.Duration(w.rank) * ageStep) }

func (w *waiter) before(o *waiter) bool {
	if a, b := w.due(), o.due(); !a.Equal(b) {
		return a.Before(b)
	}
	return w.seq < o.seq
}

func (w *waiter) kind() string {
	if w.turn == nil {
		return ""
	}
	return w.turn.key.kind
}

// waitList holds all who wait at a gate. Its operations take the logarithm of
// their number. Kinds are apart because one kind may have to wait while another
// need not, and classes likewise.
type waitList struct {
	kinds  map[string]*[classes]waiters
	parked map[turnKey]*waiter
	size   [classes]int
	seq    uint64
}

func newWaitList() waitList {
	return waitList{kinds: map[string]*[classes]waiters{}, parked: map[turnKey]*waiter{}}
}

// park adds an object. One that is there already keeps its place, or moves up if
// it is more urgent than it was.
func (l *waitList) park(t *turn, now time.Time) {
	w := &waiter{turn: t, rank: t.rank, since: now}
	if old := l.parked[t.key]; old != nil {
		l.remove(old)
		w.since, w.rank = old.since, min(old.rank, t.rank)
		t.rank = w.rank
	}
	l.parked[t.key] = w
	l.add(w)
}

func (l *waitList) add(w *waiter) {
	l.seq++
	w.seq = l.seq
	kind := w.kind()
	if l.kinds[kind] == nil {
		l.kinds[kind] = &[classes]waiters{}
	}
	heap.Push(&l.kinds[kind][w.rank.class()], w)
	l.size[w.rank.class()]++
}

// remove takes out somebody who is on the list.
func (l *waitList) remove(w *waiter) {
	heap.Remove(&l.kinds[w.kind()][w.rank.class()], w.index)
	l.size[w.rank.class()]--
	if w.turn != nil {
		delete(l.parked, w.turn.key)
	}
}

// raise moves somebody up to a rank, if it is better than his own.
func (l *waitList) raise(w *waiter, to rank) {
	if to < w.rank {
		l.remove(w)
		w.rank = to
		l.add(w)
	}
}

// first returns whom of the given classes to serve next, of those who can be.
func (l *waitList) first(can func(*waiter) bool, of ...class) *waiter {
	var best *waiter
	for _, kind := range l.kinds {
		for _, c := range of {
			if len(kind[c]) == 0 {
				continue
			}
			if w := kind[c][0]; (best == nil || w.before(best)) && can(w) {
				best = w
			}
		}
	}
	return best
}

// inBackground removes and returns all calls in the background.
func (l *waitList) inBackground() []*waiter {
	var out []*waiter
	if own := l.kinds[""]; own != nil {
		for c := range own {
			out = append(out, own[c]...)
			l.size[c] -= len(own[c])
			own[c] = nil
		}
	}
	return out
}

// waiters implements heap.Interface.
type waiters []*waiter

func (s waiters) Len() int           { return len(s) }
func (s waiters) Less(i, j int) bool { return s[i].before(s[j]) }

func (s waiters) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].index, s[j].index = i, j
}

// Push implements heap.Interface.
func (s *waiters) Push(x any) {
	w := x.(*waiter)
	w.index = len(*s)
	*s = append(*s, w)
}

// Pop implements heap.Interface.
func (s *waiters) Pop() any {
	last := len(*s) - 1
	w := (*s)[last]
	(*s)[last] = nil
	*s = (*s)[:last]
	return w
}
