package lookerclient

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a server with operation login and whatever a test adds. It serves below
// a path prefix, so that an absolute path in the client fails.
type fake struct {
	*http.ServeMux
	url string

	mu     sync.Mutex
	calls  []string // "METHOD /path?query body" without login
	logins int
	now    time.Time
	slept  []time.Duration
	login  http.HandlerFunc
}

const (
	testSecret = "s3cr3t/with \"quotes\"+&"
	testPrefix = "/looker"
)

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{ServeMux: http.NewServeMux(), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	f.login = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"Bearer","expires_in":3600,"refresh_token":null}`, f.loginCount())
	}
	srv := httptest.NewServer(http.StripPrefix(testPrefix+"/api/4.0", f))
	t.Cleanup(srv.Close)
	f.url = srv.URL + testPrefix
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && r.URL.Path == "/login" {
		f.mu.Lock()
		f.logins++
		login := f.login
		f.mu.Unlock()
		login(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	f.mu.Lock()
	f.calls = append(f.calls, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
	f.mu.Unlock()
	f.ServeMux.ServeHTTP(w, r)
}

func (f *fake) loginCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.logins
}

func (f *fake) seen() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.calls...)
}

func (f *fake) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fake) advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

func (f *fake) pause(ctx context.Context, d time.Duration) error {
	f.mu.Lock()
	f.slept = append(f.slept, d)
	f.mu.Unlock()
	return ctx.Err()
}

func (f *fake) client(t *testing.T, opts ...Option) *Client {
	t.Helper()
	transport := NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	c, err := New(f.url, Credentials{ClientID: "id", ClientSecret: NewSecret(testSecret)},
		append([]Option{WithTransport(transport), WithClock(f.clock, f.pause)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answer makes a handler that always answers the same.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// inTurn makes a handler that uses each of hs once, the last for ever.
func inTurn(hs ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := hs[min(n, len(hs)-1)]
		n++
		mu.Unlock()
		h(w, r)
	}
}

// hangUp closes the connection without an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

const notFound = `{"message":"Not found","documentation_url":"https://example.com/r/err/4.0/404"}`

func toJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// classes are all predicates: each error must belong to the named ones only.
func classes(err error) string {
	var names []string
	for _, p := range []struct {
		name string
		is   func(error) bool
	}{
		{"NotFound", IsNotFound}, {"AlreadyExists", IsAlreadyExists}, {"Invalid", IsInvalid},
		{"Unauthorized", IsUnauthorized}, {"Forbidden", IsForbidden}, {"Unsupported", IsUnsupported},
		{"NotModifiable", IsNotModifiable}, {"RateLimited", IsRateLimited}, {"Unavailable", IsUnavailable},
		{"ServerError", IsServerError}, {"Unknown", OutcomeUnknown},
	} {
		if p.is(err) {
			names = append(names, p.name)
		}
	}
	return strings.Join(names, " ")
}
