package engine

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// snapshot is what the operator knows of one kind in one instance: the rows of
// the last list, and the answers to its own reads and writes since. Rows are
// never changed in place.
type snapshot[L any] struct {
	mu sync.Mutex
	// listed is when the last complete list was started; zero if never.
	listed time.Time
	rows   map[string]*L
	// written holds what was written since a list began, so that the list, which
	// may be older, does not undo it. A nil row is a deletion.
	written map[string]*L
	listing bool
	index   map[v1alpha1.Target][]string // nil when out of date
}

func newSnapshot[L any]() *snapshot[L] {
	return &snapshot[L]{rows: map[string]*L{}, written: map[string]*L{}}
}

// get returns the row with an id, and whether there is one.
func (s *snapshot[L]) get(id string) (*L, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	row, ok := s.rows[id]
	return row, ok
}

// put stores what Looker answered.
func (s *snapshot[L]) put(id string, row *L) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[id], s.index = row, nil
	if s.listing {
		s.written[id] = row
	}
}

// forget drops a row: it was deleted, or what it holds is no longer certain.
func (s *snapshot[L]) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rows, id)
	s.index = nil
	if s.listing {
		s.written[id] = nil
	}
}

// begin marks the start of a list; replace ends it.
func (s *snapshot[L]) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listing = true
	clear(s.written)
}

// replace takes over a complete list, or, with nil rows, gives it up.
func (s *snapshot[L]) replace(started time.Time, rows map[string]*L) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listing = false
	if rows == nil {
		return
	}
	for id, row := range s.written {
		if row == nil {
			delete(rows, id)
		} else {
			rows[id] = row
		}
	}
	clear(s.written)
	s.rows, s.listed, s.index = rows, started, nil
}

// age of the last complete list; false if there was none.
func (s *snapshot[L]) age(now time.Time) (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Sub(s.listed), !s.listed.IsZero()
}

// all returns a copy of the map of rows.
func (s *snapshot[L]) all() map[string]*L {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.rows)
}

// where returns the rows for which a function, which must not block, is true.
func (s *snapshot[L]) where(f func(*L) bool) []*L {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*L
	for _, row := range s.rows {
		if f(row) {
			out = append(out, row)
		}
	}
	return out
}

// lookup returns the ids that a target leads to.
func (s *snapshot[L]) lookup(target v1alpha1.Target, targets func(map[string]*L) map[v1alpha1.Target][]string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index == nil {
		s.index = targets(s.rows)
	}
	return s.index[target]
}

// name returns how a row is referred to.
func (s *snapshot[L]) name(id string, by v1alpha1.TargetBy, targets func(map[string]*L) map[v1alpha1.Target][]string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index == nil {
		s.index = targets(s.rows)
	}
	for target, ids := range s.index {
		if target.By == by && slices.Contains(ids, id) {
			return target.Value
		}
	}
	return ""
}
