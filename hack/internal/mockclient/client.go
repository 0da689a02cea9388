// Package mockclient speaks to the mock Looker behind the scenes, as its /_mock/
// paths allow.
package mockclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Client is the mock Looker at an address, seen from behind the scenes.
type Client struct{ URL string }

// Calls are what the mock has counted.
type Calls struct {
	Total       int            `json:"total"`
	ByClass     map[string]int `json:"byClass"`
	ByOperation map[string]int `json:"byOperation"`
}

// Since are the calls after an earlier count.
func (c Calls) Since(earlier Calls) Calls {
	out := Calls{Total: c.Total - earlier.Total, ByClass: map[string]int{}, ByOperation: map[string]int{}}
	for class, n := range c.ByClass {
		out.ByClass[class] = n - earlier.ByClass[class]
	}
	for op, n := range c.ByOperation {
		if n -= earlier.ByOperation[op]; n > 0 {
			out.ByOperation[op] = n
		}
	}
	return out
}

// List is the operations that keep accepts, each with its number.
func (c Calls) List(keep func(operation string) bool) string {
	var out []string
	for _, op := range slices.Sorted(maps.Keys(c.ByOperation)) {
		if keep(op) {
			out = append(out, fmt.Sprintf("%d x %s", c.ByOperation[op], op))
		}
	}
	return strings.Join(out, ", ")
}

// Calls are the calls so far.
func (m Client) Calls(ctx context.Context) (Calls, error) {
	var c Calls
	return c, m.do(ctx, http.MethodGet, "/_mock/calls", nil, &c)
}

// Call is one call that the mock has received.
type Call struct {
	Operation string `json:"operation"`
	Path      string `json:"path"`
	Class     string `json:"class"` // non_query, db_query or none
	Status    int    `json:"status"`
	At        int64  `json:"at"`    // nanoseconds since 1970 at which it had its effect
	Delay     int64  `json:"delay"` // nanoseconds that it waited before
}

// Log are the calls from number after on, and the number of all.
func (m Client) Log(ctx context.Context, after int) ([]Call, int, error) {
	var out struct {
		Next  int    `json:"next"`
		Calls []Call `json:"calls"`
	}
	err := m.do(ctx, http.MethodGet, fmt.Sprintf("/_mock/log?after=%d", after), nil, &out)
	return out.Calls, out.Next, err
}

// Row is a row of Looker's, nil if there is none.
func (m Client) Row(ctx context.Context, kind, id string) (map[string]any, error) {
	var row map[string]any
	err := m.do(ctx, http.MethodGet, "/_mock/rows/"+kind+"/"+id, nil, &row)
	if status := (*StatusError)(nil); errors.As(err, &status) && status.Status == http.StatusNotFound {
		return nil, nil //nolint:nilnil // there is no such row, and that is no error
	}
	return row, err
}

// Holds reports whether a user holds a role directly.
func (m Client) Holds(ctx context.Context, user, role string) (bool, error) {
	var roles map[string][]string
	err := m.do(ctx, http.MethodGet, "/_mock/state/user_roles", nil, &roles)
	return slices.Contains(roles[user], role), err
}

// Fault is what goes wrong with the calls of an operation; without one, with all
// calls of a counted class.
type Fault struct {
	Operation string `json:"operation,omitempty"`
	Status    int    `json:"status,omitempty"`
}

// SetFaults replaces all faults.
func (m Client) SetFaults(ctx context.Context, faults ...Fault) error {
	return m.do(ctx, http.MethodPut, "/_mock/faults", append([]Fault{}, faults...), nil)
}

// StatusError is an answer that is not a success.
type StatusError struct {
	Status int
	Text   string
}

// Error implements error.
func (e *StatusError) Error() string { return e.Text }

// Set changes a row by hand, as somebody in Looker's web pages would.
func (m Client) Set(ctx context.Context, kind, id string, fields map[string]any) error {
	return m.do(ctx, http.MethodPut, "/_mock/rows/"+kind+"/"+id, fields, nil)
}

func (m Client) do(ctx context.Context, method, path string, body, out any) error {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, m.URL+path, content)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return &StatusError{resp.StatusCode, fmt.Sprintf("%s %s: %s: %s", method, path, resp.Status, answer)}
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
