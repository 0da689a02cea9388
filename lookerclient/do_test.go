package lookerclient

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestOne503WhileReadingIsRetriedAndWipesNothing(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("GET /roles/{id}/groups", inTurn(answer(503, ``), answer(200, `[{"id":"3"},{"id":"4"}]`)))
	got, err := f.client(t).Roles.Groups(t.Context(), "7")
	if err != nil || len(got) != 2 {
		t.Fatalf("%v, %v", got, err)
	}
	if len(f.slept) != 1 || f.slept[0] < minPause || f.slept[0] > maxPause {
		t.Errorf("pauses: %v", f.slept)
	}
}

func TestWhatIsRetried(t *testing.T) {
	t.Parallel()
	drop := http.HandlerFunc(hangUp)
	for name, c := range map[string]struct {
		method, path string
		fault        http.HandlerFunc
		calls        int
	}{
		"GET dropped":                {"GET", "/users/5", drop, 2},
		"PATCH dropped":              {"PATCH", "/users/5", drop, 2},
		"PUT 502":                    {"PUT", "/users/5/roles", answer(502, ""), 2},
		"DELETE 504":                 {"DELETE", "/users/5", answer(504, ""), 2},
		"POST dropped":               {"POST", "/users", drop, 1},
		"POST 503":                   {"POST", "/users", answer(503, ""), 1},
		"GET 500":                    {"GET", "/users/5", answer(500, `{}`), 1},
		"GET 429":                    {"GET", "/users/5", answer(429, `{}`), 1},
		"GET 404":                    {"GET", "/users/5", answer(404, notFound), 1},
		"GET 503 that asks for time": {"GET", "/users/5", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "30"); w.WriteHeader(503) }, 1},
	} {
		f := newFake(t)
		ok := answer(200, `{"id":"5"}`)
		if c.method == "PUT" {
			ok = answer(200, `[]`)
		}
		f.Handle(c.method+" "+c.path, inTurn(c.fault, ok))
		// HTTP/1 without keep-alive: net/http itself repeats a GET on a connection it had used before.
		transport := NewTransport()
		transport.DisableKeepAlives = true
		cl := f.client(t, WithTransport(transport))
		var err error
		switch c.method {
		case "GET":
			_, err = cl.Users.Get(t.Context(), "5")
		case "PATCH":
			_, err = cl.Users.Update(t.Context(), "5", WriteUser{})
		case "PUT":
			_, err = cl.Users.SetRoles(t.Context(), "5", nil)
		case "DELETE":
			err = cl.Users.Delete(t.Context(), "5")
		case "POST":
			_, err = cl.Users.Create(t.Context(), WriteUser{})
		}
		if got := len(f.seen()); got != c.calls || (c.calls == 2) != (err == nil) {
			t.Errorf("%s: %d calls, %v; want %d", name, got, err, c.calls)
		}
	}
}

func TestRetriesAreBounded(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("GET /users/{id}", answer(503, ""))
	if _, err := f.client(t, WithMaxRetries(3)).Users.Get(t.Context(), "5"); !IsUnavailable(err) || len(f.seen()) != 4 {
		t.Errorf("%d calls, %v", len(f.seen()), err)
	}
	f = newFake(t)
	f.Handle("GET /users/{id}", answer(503, ""))
	ctx, cancel := context.WithCancel(t.Context())
	c := f.client(t, WithClock(f.clock, func(context.Context, time.Duration) error { cancel(); return ctx.Err() }))
	if _, err := c.Users.Get(ctx, "5"); !IsUnavailable(err) || len(f.seen()) != 1 {
		t.Errorf("after the context ended: %d calls, %v", len(f.seen()), err)
	}
}

func TestA429IsReturnedAtOnceWithItsWait(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		answer(429, `{"message":"slow down"}`)(w, nil)
	})
	_, err := f.client(t).Users.Get(t.Context(), "5")
	if !IsRateLimited(err) || RetryAfter(err) != 7*time.Second || len(f.seen()) != 1 {
		t.Errorf("%v after %s", err, RetryAfter(err))
	}
}

func TestAPostIsRetriedWhenNoConnectionCouldBeMade(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("POST /users", answer(200, `{"id":"5"}`))
	refusals := 0
	transport := NewTransport()
	transport.DisableKeepAlives = true
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if f.loginCount() == 1 && refusals < 1 {
			refusals++
			return dial(ctx, network, "127.0.0.1:1") // nothing listens there
		}
		return dial(ctx, network, addr)
	}
	u, err := f.client(t, WithTransport(transport)).Users.Create(t.Context(), WriteUser{})
	if err != nil || u.ID != "5" || refusals != 1 {
		t.Errorf("%v, %v, %d refusals", u, err, refusals)
	}
}

func TestARefusedDialIsNotUnknown(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	transport := NewTransport()
	transport.DisableKeepAlives = true
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if f.loginCount() == 1 {
			addr = "127.0.0.1:1"
		}
		return dial(ctx, network, addr)
	}
	_, err := f.client(t, WithTransport(transport)).Users.Create(t.Context(), WriteUser{})
	var te *TransportError
	if classes(err) != "Unavailable" || !errors.As(err, &te) || te.Sent {
		t.Errorf("%q: %v", classes(err), err)
	}
}

func TestAnEarlierLostAnswerKeepsTheOutcomeUnknown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		second http.HandlerFunc
		want   string
	}{
		"then limited":                 {answer(429, `{}`), "RateLimited Unknown"},
		"then refused for its content": {answer(422, `{"message":"no"}`), "Invalid"},
		"then gone":                    {answer(404, notFound), "NotFound"},
	} {
		f := newFake(t)
		f.Handle("PATCH /users/{id}", inTurn(answer(503, ""), c.second))
		_, err := f.client(t).Users.Update(t.Context(), "5", WriteUser{})
		if got := classes(err); got != c.want {
			t.Errorf("%s: %q, want %q (%v)", name, got, c.want, err)
		}
	}
}

func TestATimeoutIsUnavailableAndOfAWriteUnknown(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	wait := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-done:
		}
	}
	f.HandleFunc("POST /users", wait)
	f.HandleFunc("GET /users/{id}", wait)
	c := f.client(t, WithTimeout(50*time.Millisecond))
	if _, err := c.Users.Get(t.Context(), "5"); classes(err) != "Unavailable" {
		t.Errorf("%q: %v", classes(err), err)
	}
	if _, err := c.Users.Create(t.Context(), WriteUser{}); classes(err) != "Unavailable Unknown" {
		t.Errorf("%q: %v", classes(err), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := f.client(t).Users.Create(ctx, WriteUser{})
	if !errors.Is(err, context.Canceled) || IsUnavailable(err) {
		t.Errorf("cancelled by the caller: %q: %v", classes(err), err)
	}
}

func TestCredentialsNeverFollowARedirect(t *testing.T) {
	t.Parallel()
	other := newFake(t)
	var leaked []string
	other.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) { leaked = append(leaked, r.Header.Get("Authorization")) })
	f := newFake(t)
	f.Handle("GET /users/{id}", http.RedirectHandler(other.url+"/api/4.0/users/5?token=x", http.StatusTemporaryRedirect))
	_, err := f.client(t).Users.Get(t.Context(), "5")
	if err == nil || !strings.Contains(err.Error(), "redirected to "+strings.TrimSuffix(other.url, testPrefix)) || strings.Contains(err.Error(), "token=x") {
		t.Error(err)
	}
	if len(leaked) > 0 {
		t.Errorf("the other host got %q", leaked)
	}
}

func TestTheObserverIsToldOfEveryAttempt(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("GET /users/{id}", inTurn(answer(503, ""), answer(200, `{"id":"5"}`)))
	var calls []Call
	var asked []string
	c := f.client(t, WithObserver(func(_ context.Context, c Call) { calls = append(calls, c) }),
		WithBeforeCall(func(_ context.Context, op Operation) error { asked = append(asked, op.ID); return nil }))
	if _, err := c.Users.Get(t.Context(), "5"); err != nil {
		t.Fatal(err)
	}
	if strings.Join(asked, " ") != "login user user" || len(calls) != 3 {
		t.Fatalf("asked %q, told %+v", asked, calls)
	}
	if c := calls[1]; c.Operation.ID != "user" || c.Status != 503 || c.Err == nil || c.Attempt != 1 {
		t.Errorf("%+v", c)
	}
	if c := calls[2]; c.Status != 200 || c.Err != nil || c.Attempt != 2 || c.Operation.Class != NonQuery {
		t.Errorf("%+v", c)
	}
}
