package lookerclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Error is an answer of Looker, or of something in front of it, that is not what
// the operation returns. Its texts are bounded and hold no secret of the request.
type Error struct {
	Operation  Operation
	Method     string
	Path       string // below /api/4.0, without the query
	StatusCode int
	Message    string
	Fields     []FieldError
	RetryAfter time.Duration // how long Looker asked to wait, or 0
	// HTML: the answer was not Looker's JSON but a page of a proxy, a login form, a
	// redirect, or cut short. Its status says nothing about the resource.
	HTML bool

	cause error
}

// FieldError is one finding of Looker's validation. Field can be the Ruby form of
// several fields, such as "[:title, :space_id]".
type FieldError struct {
	Field, Code, Message string
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %d %s", e.Method, e.Path, e.StatusCode, http.StatusText(e.StatusCode))
	if e.HTML {
		b.WriteString(", not an answer of Looker's API")
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	for _, f := range e.Fields {
		b.WriteString("; ")
		if f.Field != "" {
			b.WriteString(f.Field + ": ")
		}
		b.WriteString(f.Message)
		if f.Code != "" {
			b.WriteString(" (" + f.Code + ")")
		}
	}
	return b.String()
}

// Unwrap returns what was wrong with an answer that could not be decoded, or nil.
func (e *Error) Unwrap() error { return e.cause }

// TransportError is a request without an answer.
type TransportError struct {
	Operation Operation
	Method    string
	Path      string
	Sent      bool // the request may have reached Looker
	Err       error

	text string
}

// Error implements error.
func (e *TransportError) Error() string { return e.Method + " " + e.Path + ": " + e.text }

// Unwrap returns what the transport reported.
func (e *TransportError) Unwrap() error { return e.Err }

// LoginReason says why there is no token.
type LoginReason string

// The reasons of a LoginError.
const (
	LoginRejected    LoginReason = "Rejected"    // Looker does not know the credentials
	LoginLocked      LoginReason = "Locked"      // Looker has locked the key after too many failures
	LoginUnreachable LoginReason = "Unreachable" // no answer, or an answer that Looker is down
	LoginNotLooker   LoginReason = "NotLooker"   // the address answers, but not as Looker's API
	LoginLimited     LoginReason = "RateLimited" // too many requests
	LoginSudoRefused LoginReason = "SudoRefused" // the client may not act as the user asked for
)

// LoginError means that a call was not made for lack of a token.
type LoginError struct {
	Reason LoginReason
	// RetryAfter is how long the client refuses to try the same credentials again, or 0.
	RetryAfter time.Duration
	Err        error
}

// Error implements error.
func (e *LoginError) Error() string {
	s := "login: "
	switch e.Reason {
	case LoginRejected:
		s += "Looker rejected the client id and secret"
	case LoginLocked:
		s += "Looker has locked the API key"
	case LoginUnreachable:
		s += "Looker cannot be reached"
	case LoginNotLooker:
		s += "the address does not answer as Looker's API; check the url and its port"
	case LoginLimited:
		s += "Looker limits the rate of requests"
	case LoginSudoRefused:
		s += "Looker does not let this client act as the user"
	}
	if e.RetryAfter > 0 {
		s += fmt.Sprintf(" (not tried again for %s)", e.RetryAfter.Round(time.Second))
	}
	return s + ": " + e.Err.Error()
}

// Unwrap returns the failure of the login request.
func (e *LoginError) Unwrap() error { return e.Err }

// newLoginError classifies the failure of operation login. Looker answers wrong
// credentials with a 404 in JSON; the 404 page of a host that is down is not that.
func newLoginError(err error) error {
	var answer *Error
	var transport *TransportError
	switch {
	case errors.As(err, &transport):
		return &LoginError{Reason: LoginUnreachable, Err: err}
	case !errors.As(err, &answer):
		return err // not sent: the context ended, or BeforeCall refused
	case answer.StatusCode == http.StatusTooManyRequests:
		return &LoginError{Reason: LoginLimited, Err: err}
	case answer.StatusCode >= 500:
		return &LoginError{Reason: LoginUnreachable, Err: err}
	case answer.HTML:
		return &LoginError{Reason: LoginNotLooker, Err: err}
	case strings.Contains(strings.ToLower(answer.Message), "locked"):
		return &LoginError{Reason: LoginLocked, Err: err}
	}
	return &LoginError{Reason: LoginRejected, Err: err}
}

// sudoError keeps "no such user" at login_user from reading as "no such resource"
// at the call that needed the token.
func sudoError(userID ID, err error) error {
	var answer *Error
	if isLoginError(err) || !errors.As(err, &answer) || answer.HTML || answer.StatusCode >= 500 || IsRateLimited(err) {
		return err
	}
	return &LoginError{Reason: LoginSudoRefused, Err: fmt.Errorf("user %s: %w", userID, err)}
}

// withheld is the error of a login that is not tried because the last was rejected.
func withheld(err error, wait time.Duration) error {
	var login *LoginError
	if !errors.As(err, &login) {
		return err
	}
	return &LoginError{Reason: login.Reason, RetryAfter: wait, Err: login.Err}
}

// newError reads an answer outside the 2xx range.
func newError(m *message, resp *http.Response, body []byte, scrub *scrubber, now time.Time) *Error {
	e := &Error{
		Operation: m.op, Method: m.op.Method, Path: m.path, StatusCode: resp.StatusCode,
		RetryAfter: retryAfter(resp.Header.Get("Retry-After"), now),
	}
	var parsed struct {
		Message *string `json:"message"`
		Errors  []struct {
			Field   *string `json:"field"`
			Code    *string `json:"code"`
			Message *string `json:"message"`
		} `json:"errors"`
	}
	trimmed := bytes.TrimSpace(body)
	var object map[string]json.RawMessage
	if resp.StatusCode < 400 || json.Unmarshal(trimmed, &object) != nil || object == nil {
		e.HTML = true
		e.Message = scrub.text(describePage(resp, body))
		return e
	}
	if err := json.Unmarshal(trimmed, &parsed); err != nil {
		// JSON of another shape: the status stands, and the text is all there is to tell.
		e.Message = scrub.text(string(trimmed))
		return e
	}
	e.Message = scrub.text(deref(parsed.Message))
	for _, f := range parsed.Errors[:min(len(parsed.Errors), maxFieldErrors)] {
		e.Fields = append(e.Fields, FieldError{
			Field: scrub.text(deref(f.Field)), Code: scrub.text(deref(f.Code)), Message: scrub.text(deref(f.Message)),
		})
	}
	return e
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func describePage(resp *http.Response, body []byte) string {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		host := "another address"
		if u, err := url.Parse(resp.Header.Get("Location")); err == nil && u.Host != "" {
			host = u.Scheme + "://" + u.Host
		}
		return "redirected to " + host + "; redirects are not followed, so that credentials go nowhere else: set the url of the API itself"
	}
	return strings.TrimPrefix(excerpt(resp.Header, body), ": ")
}

// excerpt is ": " and the start of a body that was not understood: the title of a
// page, or nothing of an answer that could hold data.
func excerpt(h http.Header, body []byte) string {
	if !looksLikePage(h, body) {
		if text := bytes.TrimSpace(body); len(text) > 0 && text[0] != '{' && text[0] != '[' && text[0] != '"' {
			return ": " + string(text)
		}
		return ""
	}
	title := pageTitle.FindSubmatch(body)
	if title == nil {
		return ": a web page"
	}
	return ": a web page titled '" + strings.TrimSpace(string(title[1])) + "'"
}

var pageTitle = regexp.MustCompile(`(?is)<title[^>]{0,100}>(.{0,500}?)</title>`)

// looksLikePage does not rely on the header alone: proxies leave it out.
func looksLikePage(h http.Header, body []byte) bool {
	return strings.HasPrefix(h.Get("Content-Type"), "text/html") || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

// maxRetryAfter bounds what a wrong header can make a caller wait.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads a Retry-After header, in seconds or as a date.
func retryAfter(header string, now time.Time) time.Duration {
	if s, err := strconv.ParseInt(header, 10, 64); err == nil {
		return time.Duration(min(max(s, 0), int64(maxRetryAfter/time.Second))) * time.Second
	}
	if t, err := http.ParseTime(header); err == nil {
		return min(max(t.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

// unknownOutcome marks the failure of a write that may have taken effect.
type unknownOutcome struct{ error }

func (u unknownOutcome) Unwrap() error { return u.error }

func markUnknown(err error, unknown bool) error {
	if !unknown {
		return err
	}
	return unknownOutcome{err}
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}
