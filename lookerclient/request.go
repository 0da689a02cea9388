package lookerclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
)

// What is read of an answer, and of one that is an error.
const (
	maxAnswer      = 64 << 20
	maxErrorAnswer = 1 << 20
)

// request is a call of an operation before it is encoded.
type request struct {
	op    Operation
	ids   []ID // the values of the {parts} of op.Path, in order
	query url.Values
	body  any
	err   error // what was wrong with an argument
}

// at starts a request; ids fill the {parts} of the path in order.
func (op Operation) at(ids ...ID) request { return request{op: op, ids: ids, query: url.Values{}} }

// param sets a query parameter, unless the value is empty.
func (r request) param(name, value string) request {
	if value != "" {
		r.query.Set(name, value)
	}
	return r
}

// fields sets the fields parameter.
func (r request) fields(fields string) request { return r.param("fields", fields) }

// flag sets a boolean query parameter, unless v is nil.
func (r request) flag(name string, v *bool) request {
	if v != nil {
		r.query.Set(name, strconv.FormatBool(*v))
	}
	return r
}

// csv sets a list parameter as Looker wants it: one parameter, separated by
// commas. Quoted or repeated values would be ignored, and everything returned.
func (r request) csv(name string, ids []ID) request {
	texts := make([]string, len(ids))
	for i, id := range ids {
		if id == "" || strings.ContainsAny(string(id), ", \"") {
			r.err = fmt.Errorf("%s: %q is not an id", name, string(id))
		}
		texts[i] = string(id)
	}
	return r.param(name, strings.Join(texts, ","))
}

// with sets the body.
func (r request) with(body any) request {
	r.body = body
	return r
}

// message is a request ready to be sent, as often as need be.
type message struct {
	op          Operation
	url         string
	path        string // without prefix and query, for errors
	contentType string
	body        []byte
	secrets     []string
}

func (c *config) prepare(r request) (*message, error) {
	if r.err != nil {
		return nil, fmt.Errorf("%s: %w", r.op.ID, r.err)
	}
	path, err := fillPath(r.op, r.ids)
	if err != nil {
		return nil, err
	}
	u := *c.base
	root := u.EscapedPath()
	if r.op.ID != alive.ID {
		root += "/api/4.0"
	}
	if u.Path, err = url.PathUnescape(root + path); err != nil {
		return nil, fmt.Errorf("%s: %w", r.op.ID, err)
	}
	u.RawPath = root + path
	u.RawQuery = r.query.Encode()
	m := &message{op: r.op, url: u.String(), path: path}
	if r.body != nil {
		m.contentType = "application/json"
		if m.body, m.secrets, err = encode(r.body); err != nil {
			return nil, fmt.Errorf("%s: encode the request: %w", r.op.ID, err)
		}
	}
	return m, nil
}

// fillPath puts the ids into the path of op, each escaped. An empty or dotted id
// is refused: with an empty one, "delete this" would become a request to the
// whole collection.
func fillPath(op Operation, ids []ID) (string, error) {
	segments := strings.Split(op.Path, "/")
	for i, s := range segments {
		if !strings.HasPrefix(s, "{") {
			continue
		}
		if len(ids) == 0 {
			return "", fmt.Errorf("%s: no value for %s", op.ID, s)
		}
		id := string(ids[0])
		if ids = ids[1:]; id == "" || id == "." || id == ".." {
			return "", fmt.Errorf("%s: %q cannot be the %s", op.ID, id, strings.Trim(s, "{}"))
		}
		segments[i] = url.PathEscape(id)
	}
	if len(ids) > 0 {
		return "", fmt.Errorf("%s: %d values too many for %s", op.ID, len(ids), op.Path)
	}
	return strings.Join(segments, "/"), nil
}

// attempt sends m once, with token if there is one, and decodes the answer into
// out unless that is nil.
func (c *config) attempt(ctx context.Context, m *message, token Secret, n int, out any) result {
	if err := c.before(ctx, m.op); err != nil {
		return result{err: fmt.Errorf("%s was not sent: %w", m.op.ID, err)}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	start := c.now()
	res := c.roundTrip(ctx, m, token, out)
	c.observe(ctx, Call{Operation: m.op, Status: res.status, Err: res.err, Duration: c.now().Sub(start), Attempt: n})
	return res
}

func (c *config) roundTrip(ctx context.Context, m *message, token Secret, out any) result {
	scrub := newScrubber(append(m.secrets, token.Reveal(), c.creds.ClientSecret.Reveal())...)
	var track sendTracker
	req, err := http.NewRequestWithContext(track.watch(ctx), m.op.Method, m.url, bytes.NewReader(m.body))
	if err != nil {
		return result{err: scrub.wrap(m, err, false)}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if len(m.body) > 0 {
		req.Header.Set("Content-Type", m.contentType)
	}
	if !token.IsEmpty() {
		req.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return lost(m, scrub.wrap(m, err, track.sent(err)), 0)
	}
	defer resp.Body.Close() // the body is read to its end or given up: nothing is left to learn from the error
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		// Of an error whose text breaks off, the status still counts.
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorAnswer))
		return refused(m, newError(m, resp, body, scrub, c.now()))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return lost(m, scrub.wrap(m, fmt.Errorf("the answer broke off: %w", err), true), resp.StatusCode)
	case len(body) > maxAnswer:
		err = fmt.Errorf("the answer is longer than %d MiB", maxAnswer>>20)
	default:
		err = decodeAnswer(resp, body, out)
	}
	if err != nil {
		return unreadable(m, resp, body, scrub, err)
	}
	return result{status: resp.StatusCode, header: resp.Header}
}

// decodeAnswer never takes nothing for data: a page, an empty body, null or an
// object without its id is an error. Without it, a proxy's page would read as
// "this user has no roles".
func decodeAnswer(resp *http.Response, body []byte, out any) error {
	if looksLikePage(resp.Header, body) {
		return errors.New("the answer is a web page, not JSON")
	}
	if out == nil {
		return nil
	}
	trimmed := bytes.TrimSpace(body)
	if len(trimmed) == 0 || bytes.Equal(trimmed, []byte("null")) {
		return errors.New("the answer is empty")
	}
	if err := json.Unmarshal(trimmed, out); err != nil {
		return fmt.Errorf("the answer cannot be decoded: %w", err)
	}
	return requireIDs(reflect.ValueOf(out).Elem())
}

func requireIDs(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return errors.New("the answer contains null instead of an object")
		}
		return requireIDs(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if err := requireIDs(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		if id, ok := idOf(v); ok && id == "" {
			return errors.New("the answer contains an object without an id")
		}
	}
	return nil
}

// idOf returns the id of a resource, and false for one that has none.
func idOf(v reflect.Value) (ID, bool) {
	f := v.FieldByName("ID")
	if !f.IsValid() {
		return "", false
	}
	id, ok := f.Interface().(ID)
	return id, ok
}

// sendTracker learns from the transport whether a request left this machine.
type sendTracker struct{ traced, wrote atomic.Bool }

func (t *sendTracker) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { t.traced.Store(true) },
		WroteHeaders: func() { t.wrote.Store(true) },
	})
}

// sent reports whether the request may have reached Looker, given that it failed
// with err. A transport that does not report to httptrace is trusted only when it
// says that it could not connect.
func (t *sendTracker) sent(err error) bool {
	if t.traced.Load() {
		return t.wrote.Load()
	}
	return !isDialError(err)
}
