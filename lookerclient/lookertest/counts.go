package lookertest

import (
	"maps"
	"slices"
	"time"
)

// A Call is one request the server received for an operation it knows.
type Call struct {
	Method    string
	Path      string        // with query, without /api/4.0
	Operation string        // "GET /users/{user_id}"
	Class     string        // non_query, db_query or none
	Status    int           // 0: the connection was dropped
	At        time.Time     // when it had its effect
	Delay     time.Duration // that the server waited before
	CallBody  string        // as received, secrets included: for tests only
}

// Counts are the calls since the start or the last ResetCalls.
type Counts struct {
	Total       int            // of the classes that Looker counts: non_query and db_query
	ByClass     map[string]int // by non_query, db_query, none
	ByOperation map[string]int // by "GET /users/{user_id}"
	Log         []Call
}

type counter struct {
	log         []Call
	byClass     map[string]int
	byOperation map[string]int
}

func (k *counter) add(c Call, status int, at time.Time) {
	if k.byClass == nil {
		k.byClass, k.byOperation = map[string]int{}, map[string]int{}
	}
	c.Status, c.At = status, at
	k.log = append(k.log, c)
	k.byClass[c.Class]++
	k.byOperation[c.Operation]++
}

// totals are the counts without the log.
func (k *counter) totals() Counts {
	out := Counts{ByClass: map[string]int{classNonQuery: 0, classDBQuery: 0, classNone: 0}, ByOperation: map[string]int{}}
	maps.Copy(out.ByClass, k.byClass)
	maps.Copy(out.ByOperation, k.byOperation)
	out.Total = out.ByClass[classNonQuery] + out.ByClass[classDBQuery]
	return out
}

// Calls returns what was received so far. Refused, failed and dropped calls count.
func (s *Server) Calls() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.counts.totals()
	out.Log = slices.Clone(s.counts.log)
	return out
}

// ResetCalls forgets the calls so far.
func (s *Server) ResetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts = counter{}
}

// Minus is what happened after an earlier count, without the log.
func (k Counts) Minus(earlier Counts) Counts {
	out := Counts{Total: k.Total - earlier.Total, ByClass: maps.Clone(k.ByClass), ByOperation: maps.Clone(k.ByOperation)}
	for c, n := range earlier.ByClass {
		out.ByClass[c] -= n
	}
	for op, n := range earlier.ByOperation {
		if out.ByOperation[op] -= n; out.ByOperation[op] == 0 {
			delete(out.ByOperation, op)
		}
	}
	return out
}
