package lookertest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A caller speaks HTTP with a mock under test.
type caller struct {
	t     *testing.T
	s     *Server
	token string
}

// An answer is a decoded response.
type answer struct {
	status int
	header http.Header
	text   string
	body   any
}

func (a answer) field(path string) any {
	v := a.body
	for _, name := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (a answer) list() []any {
	l, _ := a.body.([]any)
	return l
}

// column collects one field of every row of a list answer.
func (a answer) column(name string) string {
	var out []string
	for _, e := range a.list() {
		m, _ := e.(map[string]any)
		out = append(out, fmt.Sprint(m[name]))
	}
	return strings.Join(out, ",")
}

func start(t *testing.T, opts ...Option) *caller {
	t.Helper()
	c := &caller{t: t, s: Start(t, opts...)}
	c.token = c.login(c.s.ClientID(), c.s.ClientSecret())
	c.s.ResetCalls()
	return c
}

func (c *caller) login(id, secret string) string {
	c.t.Helper()
	res, err := http.PostForm(c.s.URL()+"/api/4.0/login", url.Values{"client_id": {id}, "client_secret": {secret}})
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var body struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
		c.t.Fatal(err)
	}
	return body.AccessToken
}

// try sends a request; body is JSON text.
func (c *caller) try(method, path, body string) (answer, error) {
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.s.URL()+"/api/4.0"+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	a := answer{status: res.StatusCode, header: res.Header, text: string(data)}
	if err != nil {
		return a, err
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		err = json.Unmarshal(data, &a.body)
	}
	return a, err
}

func (c *caller) do(method, path, body string) answer {
	c.t.Helper()
	a, err := c.try(method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// ok is do for calls that must succeed.
func (c *caller) ok(method, path, body string) answer {
	c.t.Helper()
	a := c.do(method, path, body)
	if a.status >= 300 {
		c.t.Fatalf("%s %s: %d %s", method, path, a.status, a.text)
	}
	return a
}

// fails checks status and a part of the body.
func (c *caller) fails(status int, part, method, path, body string) answer {
	c.t.Helper()
	a := c.do(method, path, body)
	if a.status != status || !strings.Contains(a.text, part) {
		c.t.Errorf("%s %s %s: %d %s; want %d with %q", method, path, body, a.status, a.text, status, part)
	}
	return a
}

func (c *caller) equal(what string, got, want any) {
	c.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		c.t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// A fakeClock is a time that only tests move.
type fakeClock struct{ now time.Time }

func newClock() *fakeClock { return &fakeClock{time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)} }

func (f *fakeClock) Now() time.Time { return f.now }
