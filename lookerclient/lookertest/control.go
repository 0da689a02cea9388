package lookertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// control serves /_mock/: the view from behind the scenes for demonstrations and for tests in other languages.
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	what, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/_mock/"), "/")
	var answer any
	var err error
	if r.Method == http.MethodGet {
		answer, err = s.controlRead(what, rest, r)
	} else {
		err = s.controlChange(what, rest, r)
	}
	switch {
	case err != nil:
		e := asAPIError(err)
		writeReply(w, jsonReply(e.status, map[string]any{"message": e.message}))
	case answer == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		writeReply(w, jsonReply(http.StatusOK, answer))
	}
}

func errNoControl() error {
	return &apiError{status: http.StatusNotFound, message: "no such control; see GET calls, GET log, GET state[/{kind}], POST reset, PUT faults, GET, PUT and DELETE rows/{kind}/{id}"}
}

func (s *Server) controlRead(what, rest string, r *http.Request) (any, error) {
	switch what {
	case "calls":
		s.mu.Lock()
		defer s.mu.Unlock()
		calls := s.counts.totals()
		return map[string]any{"total": calls.Total, "byClass": calls.ByClass, "byOperation": calls.ByOperation}, nil
	case "log":
		return s.controlLog(r)
	case "state":
		return s.controlState(rest)
	case "rows":
		return s.controlRow(rest)
	}
	return nil, errNoControl()
}

func (s *Server) controlChange(what, rest string, r *http.Request) error {
	switch r.Method + " " + what {
	case "POST reset":
		s.ResetCalls()
		if r.URL.Query().Get("state") == "true" {
			s.ResetState()
		}
		return nil
	case "PUT faults":
		return s.controlFaults(r)
	case "PUT rows":
		return s.controlPut(rest, r)
	case "DELETE rows":
		return s.controlRemove(rest)
	}
	return errNoControl()
}

// A wireFault is a Fault as JSON; the delay is text such as "250ms".
type wireFault struct {
	Operation   string `json:"operation"`
	Status      int    `json:"status"`
	Body        string `json:"body"`
	RetryAfter  string `json:"retryAfter"`
	AfterEffect bool   `json:"afterEffect"`
	Drop        bool   `json:"drop"`
	HTML        bool   `json:"html"`
	Truncate    bool   `json:"truncate"`
	Delay       string `json:"delay"`
	Times       int    `json:"times"`
}

// controlFaults replaces all faults.
func (s *Server) controlFaults(r *http.Request) error {
	var wire []wireFault
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&wire); err != nil {
		return errBadRequest("want a JSON list of faults: %v", err)
	}
	faults := make([]Fault, 0, len(wire))
	for i, f := range wire {
		var delay time.Duration
		if f.Delay != "" {
			var err error
			if delay, err = time.ParseDuration(f.Delay); err != nil {
				return errBadRequest("faults[%d].delay: %v", i, err)
			}
		}
		if f.Operation != "" && !slices.ContainsFunc(allRoutes, func(rt *route) bool { return rt.at == f.Operation }) {
			return errBadRequest("faults[%d].operation: %q is not an operation; want for example \"GET /users/{user_id}\"", i, f.Operation)
		}
		if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
			return errBadRequest("faults[%d].status: %d is not an HTTP status", i, f.Status)
		}
		faults = append(faults, Fault{Operation: f.Operation, Status: f.Status, Body: f.Body, RetryAfter: f.RetryAfter, AfterEffect: f.AfterEffect, Drop: f.Drop,
			HTML: f.HTML, Truncate: f.Truncate, Delay: delay, Times: f.Times})
	}
	s.ClearFaults()
	for _, f := range faults {
		s.Inject(f)
	}
	return nil
}

// kindAndID takes "user/12" apart; singletons have no id.
func kindAndID(rest string) (kind, id string, err error) {
	kind, id, _ = strings.Cut(rest, "/")
	if !slices.Contains(knownKinds, kind) {
		return "", "", errBadRequest("%q is not a kind; want one of %s", kind, strings.Join(knownKinds, ", "))
	}
	return kind, id, nil
}

// controlPut changes the fields of a row, or makes the row.
func (s *Server) controlPut(rest string, r *http.Request) error {
	kind, id, err := kindAndID(rest)
	if err != nil {
		return err
	}
	var fields map[string]any
	if err := json.NewDecoder(r.Body).Decode(&fields); err != nil {
		return errBadRequest("want a JSON object of fields: %v", err)
	}
	if s.Row(kind, id) != nil {
		s.Set(kind, id, fields)
		return nil
	}
	key := "id"
	if slices.Contains(keyedByUser, kind) {
		key = "user_id"
	}
	if id != "" {
		fields[key] = id
	}
	s.Put(kind, fields)
	return nil
}

func (s *Server) controlRemove(rest string) error {
	kind, id, err := kindAndID(rest)
	if err != nil {
		return err
	}
	if s.Row(kind, id) == nil {
		return &apiError{status: http.StatusNotFound, message: fmt.Sprintf("there is no %s %q", kind, id)}
	}
	s.Remove(kind, id)
	return nil
}

// A wireCall is a Call as JSON, without its body. Times are in nanoseconds.
type wireCall struct {
	Operation string `json:"operation"`
	Path      string `json:"path"`
	Class     string `json:"class"`
	Status    int    `json:"status"`
	At        int64  `json:"at"`
	Delay     int64  `json:"delay"`
}

// controlLog answers the calls from number "after" on, and the number of all.
func (s *Server) controlLog(r *http.Request) (any, error) {
	after := 0
	if text := r.URL.Query().Get("after"); text != "" {
		var err error
		if after, err = strconv.Atoi(text); err != nil || after < 0 {
			return nil, errBadRequest("after: %q is not a number of calls", text)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := []wireCall{}
	for _, c := range s.counts.log[min(after, len(s.counts.log)):] {
		calls = append(calls, wireCall{c.Operation, c.Path, c.Class, c.Status, c.At.UnixNano(), int64(c.Delay)})
	}
	return map[string]any{"next": len(s.counts.log), "calls": calls}, nil
}

// controlState answers everything, or what there is under one name.
func (s *Server) controlState(name string) (any, error) {
	if name == "" {
		return s.State(), nil
	}
	if !slices.Contains(knownKinds, name) && !slices.Contains(stateRelations, name) {
		return nil, errBadRequest("%q is not a part of the state; want one of %s", name, strings.Join(append(slices.Clone(stateRelations), knownKinds...), ", "))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	part := s.statePart(name)
	if part == nil {
		part = map[string]any{} // a kind without rows
	}
	return part, nil
}

// controlRow answers one row.
func (s *Server) controlRow(rest string) (any, error) {
	kind, id, err := kindAndID(rest)
	if err != nil {
		return nil, err
	}
	found := s.Row(kind, id)
	if found == nil {
		return nil, &apiError{status: http.StatusNotFound, message: fmt.Sprintf("there is no %s %q", kind, id)}
	}
	return found, nil
}
