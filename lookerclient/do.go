package lookerclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"syscall"
	"time"
)

// The bounds of the pause before a retry.
const (
	minPause = 100 * time.Millisecond
	maxPause = time.Second
)

// result is what became of one attempt. What to do next is decided where the
// failure happens and not from err, which may wrap anything.
type result struct {
	err          error
	status       int
	header       http.Header
	again        bool // the same request may be sent again
	unauthorized bool // the token was not accepted
	unknown      bool // the request may have taken effect
}

// lost is a request without a usable answer.
func lost(m *message, err *TransportError, status int) result {
	again := isConnectionLoss(err) && (m.op.Method != http.MethodPost || !err.Sent)
	return result{err: err, status: status, again: again, unknown: err.Sent && m.op.writes()}
}

// refused is an answer outside the 2xx range.
func refused(m *message, err *Error) result {
	r := result{err: err, status: err.StatusCode, unauthorized: err.StatusCode == http.StatusUnauthorized}
	if err.StatusCode >= 500 {
		r.unknown = m.op.writes()
	}
	switch err.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		// A longer wait is for the caller, who paces the whole instance.
		r.again = m.op.Method != http.MethodPost && err.RetryAfter <= maxPause
	}
	return r
}

// unreadable is a 2xx answer that is not what the operation returns.
func unreadable(m *message, resp *http.Response, body []byte, scrub *scrubber, cause error) result {
	err := &Error{
		Operation: m.op, Method: m.op.Method, Path: m.path, StatusCode: resp.StatusCode,
		HTML: true, Message: scrub.text(cause.Error() + excerpt(resp.Header, body)), cause: cause,
	}
	return result{err: err, status: resp.StatusCode, unknown: m.op.writes()}
}

func (op Operation) writes() bool { return op.Method != http.MethodGet }

// isConnectionLoss: timeouts are not among them, the next attempt would take as long.
func isConnectionLoss(err error) bool {
	for _, target := range []error{
		syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, io.EOF, io.ErrUnexpectedEOF,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// do sends r, renews the token once if Looker refuses it, retries where that is
// harmless, and decodes the answer into out unless that is nil.
func (c *Client) do(ctx context.Context, r request, out any) (http.Header, error) {
	m, err := c.config.prepare(r)
	if err != nil {
		return nil, err
	}
	if err := c.admit(ctx); err != nil {
		return nil, fmt.Errorf("%s was not sent: %w", m.op.ID, err)
	}
	unknown, renewed, retries := false, false, 0
	for n := 1; ; n++ {
		token, err := c.session.current(ctx)
		if err != nil {
			return nil, markUnknown(err, unknown)
		}
		res := c.attempt(ctx, m, token, n, out)
		if res.err == nil {
			return res.header, nil
		}
		unknown = unknown || res.unknown
		switch {
		case res.unauthorized && !renewed:
			renewed = true
			c.session.drop(token)
		case c.mayRetry(ctx, res, retries):
			retries++
		default:
			return nil, markUnknown(res.err, unknown && !isRefusal(res))
		}
	}
}

// mayRetry waits before another attempt, where one is harmless and left.
func (c *config) mayRetry(ctx context.Context, res result, retries int) bool {
	return res.again && retries < c.maxRetries && c.pause(ctx, retries) == nil
}

// isRefusal: Looker looked at the request and said no, which settles what became
// of it, earlier attempts included.
func isRefusal(res result) bool {
	if res.status == http.StatusUnauthorized || res.status == http.StatusTooManyRequests {
		return false
	}
	return res.status >= 400 && res.status < 500 && !IsUnavailable(res.err)
}

// pause waits before a retry, for a random time so that clients do not come back
// all at once. It returns an error when the context ends first.
func (c *config) pause(ctx context.Context, retries int) error {
	ceiling := min(maxPause, 4*minPause<<retries)
	d := minPause + rand.N(ceiling-minPause+1)
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return context.DeadlineExceeded
	}
	return c.sleep(ctx, d)
}

// call is do for operations that answer with one object.
func call[T any](ctx context.Context, c *Client, r request) (*T, error) {
	out := new(T)
	if _, err := c.do(ctx, r, out); err != nil {
		return nil, err
	}
	return out, nil
}

// list is do for operations that answer with a whole list.
func list[T any](ctx context.Context, c *Client, r request) ([]T, error) {
	var out []T
	if _, err := c.do(ctx, r, &out); err != nil {
		return nil, err
	}
	return out, nil
}

// exec is do for operations whose answer says nothing.
func exec(ctx context.Context, c *Client, r request) error {
	_, err := c.do(ctx, r, nil)
	return err
}
