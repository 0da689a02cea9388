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

// Row is a row of Looker's, nil if there is none.
func (m Client) Row(ctx context.Context, kind, id string) (map[string]any, error) {
	var state map[string]json.RawMessage
	if err := m.do(ctx, http.MethodGet, "/_mock/state", nil, &state); err != nil {
		return nil, err
	}
	var rows map[string]map[string]any
	if text, ok := state[kind]; ok { // a kind without rows is not there
		if err := json.Unmarshal(text, &rows); err != nil {
			return nil, fmt.Errorf("the mock's rows of %s: %w", kind, err)
		}
	}
	return rows[id], nil
}

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
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, answer)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
