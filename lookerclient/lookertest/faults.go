package lookertest

import (
	"net/http"
	"strconv"
	"time"
)

// A Fault is what goes wrong with the calls it fits.
type Fault struct {
	Operation   string                   // "POST /users"; empty: every operation of a counted class
	Status      int                      // status of the answer; 0 with none of Drop, Truncate and HTML leaves the answer as it is (delay only)
	Body        string                   // body of the answer; empty: an error body of Looker's form
	RetryAfter  string                   // Retry-After header
	AfterEffect bool                     // perform the operation, then answer with the fault
	Drop        bool                     // close the connection without an answer
	HTML        bool                     // answer with an HTML page; Status 0 means 200
	Truncate    bool                     // perform, then break off in the middle of the answer's body
	Delay       time.Duration            // wait before anything happens
	Times       int                      // how many calls it hits; 0: until cleared
	Match       func(*http.Request) bool // nil: every request of the operation
}

type activeFault struct {
	Fault
	left int
}

// Inject adds a fault; clear removes it. Faults added later win.
func (s *Server) Inject(f Fault) (clear func()) {
	a := &activeFault{Fault: f, left: f.Times}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, a)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.removeFault(a)
	}
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Server) removeFault(a *activeFault) {
	kept := s.faults[:0:0]
	for _, f := range s.faults {
		if f != a {
			kept = append(kept, f)
		}
	}
	s.faults = kept
}

// takeFault picks the fault for a request and uses one of its times.
func (s *Server) takeFault(rt *route, r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.faults) - 1; i >= 0; i-- {
		a := s.faults[i]
		if a.Operation == "" && rt.class == classNone || a.Operation != "" && a.Operation != rt.at {
			continue
		}
		if a.Match != nil && !a.Match(r) {
			continue
		}
		if a.Times > 0 {
			if a.left--; a.left <= 0 {
				s.removeFault(a)
			}
		}
		f := a.Fault
		return &f
	}
	return nil
}

// performs tells whether the operation takes effect.
func (f *Fault) performs() bool {
	return f.AfterEffect || f.Truncate || f.Status == 0 && !f.Drop && !f.HTML
}

func (f *Fault) visibleStatus() int {
	switch {
	case f.Drop:
		return 0
	case f.Status == 0:
		return http.StatusOK
	}
	return f.Status
}

const htmlPage = `<!DOCTYPE html><html><head><title>Looker is unavailable</title></head><body><h1>Looker is unavailable</h1></body></html>`

// write answers with the fault in place of the true answer.
func (f *Fault) write(w http.ResponseWriter, answer reply) {
	switch {
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Truncate:
		f.writeTruncated(w, answer)
	case f.HTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		f.setRetryAfter(w)
		w.WriteHeader(f.visibleStatus())
		_, _ = w.Write([]byte(htmlPage)) // a client that went away is its own affair
	case f.Status == 0:
		writeReply(w, answer)
	default:
		body := reply{}
		if f.Body == "" {
			message := http.StatusText(f.Status)
			if f.Status == http.StatusInternalServerError {
				message = "An error has occurred."
			}
			body = jsonReply(f.Status, map[string]any{"message": message, "documentation_url": "https://docs.looker.com/"})
		} else {
			body = jsonReply(f.Status, nil)
			body.body = []byte(f.Body)
		}
		f.setRetryAfter(w)
		writeReply(w, body)
	}
}

// writeTruncated announces the whole body and sends half of it.
func (f *Fault) writeTruncated(w http.ResponseWriter, answer reply) {
	if len(answer.body) < 2 {
		panic(http.ErrAbortHandler)
	}
	for k, values := range answer.header {
		w.Header()[k] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(answer.body)))
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body[:len(answer.body)/2]) // broken off on purpose
	if flusher, ok := w.(http.Flusher); ok {
		flusher.Flush()
	}
	panic(http.ErrAbortHandler)
}

func (f *Fault) setRetryAfter(w http.ResponseWriter) {
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
}

// freshness is the read-after-write fault: rows just created that reads by id do not find yet.
type freshness struct {
	reads   int           // how many reads of each new row miss it
	window  time.Duration // how long after its creation a new row is missed
	created map[string]*freshRow
}

type freshRow struct {
	at   time.Time
	left int
}

// SetReadAfterWrite404 makes the first n reads by id of every row created from now on answer 404, as one node of a
// cluster does that has not heard of it. Lists and searches are not affected.
func (s *Server) SetReadAfterWrite404(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh = freshness{reads: n}
}

// SetReadAfterWrite404For is SetReadAfterWrite404 for a time instead of a number of reads.
func (s *Server) SetReadAfterWrite404For(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh = freshness{window: d}
}

func (f *freshness) note(kind, id string, now time.Time) {
	if f.reads == 0 && f.window == 0 {
		return
	}
	if f.created == nil {
		f.created = map[string]*freshRow{}
	}
	f.created[kind+"/"+id] = &freshRow{at: now, left: f.reads}
}

// hides tells whether a read by id misses the row.
func (f *freshness) hides(kind, id string, now time.Time) bool {
	r := f.created[kind+"/"+id]
	if r == nil {
		return false
	}
	if r.left > 0 {
		r.left--
		return true
	}
	return now.Sub(r.at) < f.window
}

// ExpireTokens ends every access token; the next call with one answers 401.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.sessions)
}

// RotateSecret gives the operator's API key another secret. Tokens stay valid until they expire.
func (s *Server) RotateSecret(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clientSecret = secret
	if key := s.state.find(kindAPI3, "client_id", s.clientID); key != nil {
		key["client_secret"] = secret
	}
}
