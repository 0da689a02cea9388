package lookerclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

// guarded answers only to tokens that accept says are good.
func guarded(f *fake, accept func(token string) bool, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !accept(r.Header.Get("Authorization")) {
			answer(401, `{"message":"Requires authentication.","documentation_url":"http://docs.looker.com/"}`)(w, r)
			return
		}
		h(w, r)
	}
}

func TestATokenThatExpiresInTheMiddleOfAnApplyIsRenewed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	good := "Bearer token-1"
	f.Handle("POST /users", guarded(f, func(tok string) bool { return tok == good }, answer(200, `{"id":"5"}`)))
	c := f.client(t)
	for i := range 4 {
		if i == 2 {
			good = "Bearer token-2" // Looker forgets the first one early
		}
		if _, err := c.Users.Create(t.Context(), WriteUser{}); err != nil {
			t.Fatal(err)
		}
	}
	if f.loginCount() != 2 || len(f.seen()) != 5 {
		t.Errorf("%d logins, %d calls", f.loginCount(), len(f.seen()))
	}
}

func TestATokenIsRenewedAtLeastAMinuteBeforeItsEnd(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("GET /users/{id}", answer(200, `{"id":"5"}`))
	c := f.client(t)
	for _, step := range []struct {
		after  time.Duration
		logins int
	}{{0, 1}, {58 * time.Minute, 1}, {time.Minute, 2}, {58 * time.Minute, 2}} {
		f.advance(step.after)
		if _, err := c.Users.Get(t.Context(), "5"); err != nil || f.loginCount() != step.logins {
			t.Errorf("after %s: %d logins, want %d (%v)", step.after, f.loginCount(), step.logins, err)
		}
	}
	for _, life := range []int64{1, 25, 239, 240, 3599, 1 << 62} {
		if d := usableFor(life); d <= 0 || d > 24*time.Hour || life >= 240 && life < 86400 && d > time.Duration(life-60)*time.Second {
			t.Errorf("a token of %d s is used for %s", life, d)
		}
	}
}

func TestManyCallersWithARefusedTokenLogInOnce(t *testing.T) {
	t.Parallel()
	const callers = 64
	f := newFake(t)
	var mu sync.Mutex
	waiting, release := 0, make(chan struct{})
	f.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer token-1" {
			mu.Lock()
			if waiting++; waiting == callers {
				close(release)
			}
			mu.Unlock()
			<-release // all have the old token before any is refused
			answer(401, `{}`)(w, r)
			return
		}
		answer(200, `{"id":"5"}`)(w, r)
	})
	c := f.client(t)
	if err := c.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			if _, err := c.Users.Get(t.Context(), "5"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if f.loginCount() != 2 || len(f.seen()) != 2*callers {
		t.Errorf("%d logins and %d calls, want 2 and %d", f.loginCount(), len(f.seen()), 2*callers)
	}
}

func TestARefusedTokenDoesNotDropANewerOne(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := f.client(t)
	old, err := c.session.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.session.drop(old)
	fresh, err := c.session.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.session.drop(old) // a slow answer to a call that was made with the old one
	if got, err := c.session.current(t.Context()); err != nil || got != fresh || f.loginCount() != 2 {
		t.Errorf("%d logins, %v", f.loginCount(), err)
	}
}

func TestACallerThatLeavesDoesNotTakeTheLoginWithIt(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("GET /users/{id}", answer(200, `{"id":"5"}`))
	started, release := make(chan struct{}), make(chan struct{})
	ok := f.login
	f.login = func(w http.ResponseWriter, r *http.Request) {
		close(started)
		<-release
		ok(w, r)
	}
	c := f.client(t)
	first, cancel := context.WithCancel(t.Context())
	left, got := make(chan error), make(chan error)
	go func() { left <- c.Login(first) }()
	<-started
	go func() { _, err := c.Users.Get(t.Context(), "5"); got <- err }()
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the one that left: %v", err)
	}
	close(release)
	if err := <-got; err != nil || f.loginCount() != 1 {
		t.Errorf("the one that stayed: %v, %d logins", err, f.loginCount())
	}
}

func TestHowALoginFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		login  http.HandlerFunc
		reason LoginReason
		class  string
	}{
		"wrong credentials are a 404 in JSON":          {answer(404, notFound), LoginRejected, "Unauthorized"},
		"a proxy 404 page is not rejected credentials": {page(404, "Looker Not Found (404)"), LoginNotLooker, "Unavailable"},
		"a 200 page is not Looker":                     {page(200, "Sign in"), "", "Unavailable"},
		"a plain 404 text is not rejected credentials": {answer(404, "404 page not found"), LoginNotLooker, "Unavailable"},
		"a redirect is not Looker":                     {http.RedirectHandler("https://sso.example.com/", http.StatusFound).ServeHTTP, LoginNotLooker, "Unavailable"},
		"an answer without a token is not Looker":      {answer(200, `{"ok":true}`), LoginNotLooker, "Unavailable"},
		"a 503 page is unreachable":                    {page(503, "Looker is unavailable"), LoginUnreachable, "Unavailable"},
		"a 500 is unreachable":                         {answer(500, `{}`), LoginUnreachable, "ServerError"},
		"a dropped connection is unreachable":          {hangUp, LoginUnreachable, "Unavailable"},
		"a 429 is limited":                             {answer(429, `{}`), LoginLimited, "RateLimited"},
		"a locked key is locked":                       {answer(403, `{"message":"Account is locked out"}`), LoginLocked, ""},
	} {
		f := newFake(t)
		f.login = c.login
		_, err := f.client(t).Users.Update(t.Context(), "5", WriteUser{})
		if c.reason == "" {
			c.reason = LoginNotLooker
		}
		var login *LoginError
		if !errors.As(fmt.Errorf("wrapped: %w", err), &login) || login.Reason != c.reason || classes(err) != c.class {
			t.Errorf("%s: %q: %v", name, classes(err), err)
		}
		if len(f.seen()) != 0 {
			t.Errorf("%s: called %q", name, f.seen())
		}
	}
}

func TestRejectedCredentialsAreNotTriedAgainForLongerAndLonger(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	ok := f.login
	f.login = answer(404, notFound)
	c := f.client(t)
	wait := time.Minute
	for try := 1; try <= 7; try++ {
		err := c.Login(t.Context())
		if !IsLoginRejected(err) || f.loginCount() != try {
			t.Fatalf("try %d: %d logins, %v", try, f.loginCount(), err)
		}
		f.advance(wait - time.Second)
		err = c.Login(t.Context())
		if !IsLoginRejected(err) || RetryAfter(err) != time.Second || f.loginCount() != try {
			t.Fatalf("try %d, too early: %d logins, wait %s, %v", try, f.loginCount(), RetryAfter(err), err)
		}
		f.advance(time.Second)
		wait = min(2*wait, 15*time.Minute)
	}
	f.mu.Lock()
	f.login = ok
	f.mu.Unlock()
	if err := c.Login(t.Context()); err != nil {
		t.Fatalf("with the key restored: %v", err)
	}
}

func TestTheKeyTravelsInTheBodyAlone(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	ok := f.login
	f.login = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" || r.PostFormValue("client_id") != "id" || r.PostFormValue("client_secret") != testSecret ||
			r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.Header.Get("Authorization") != "" {
			t.Errorf("query %q, form %v, header %v", r.URL.RawQuery, r.PostForm, r.Header)
		}
		ok(w, r)
	}
	if err := f.client(t).Login(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestLogoutRevokesTheTokenAndTheNextCallLogsInAgain(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("GET /users/{id}", answer(200, `{"id":"5"}`))
	var revoked []string
	f.HandleFunc("DELETE /logout", func(w http.ResponseWriter, r *http.Request) {
		revoked = append(revoked, r.Header.Get("Authorization"))
		w.WriteHeader(204)
	})
	c := f.client(t)
	if err := c.Logout(t.Context()); err != nil || len(f.seen()) != 0 {
		t.Fatalf("without a token: %v, %q", err, f.seen())
	}
	for range 2 {
		if _, err := c.Users.Get(t.Context(), "5"); err != nil {
			t.Fatal(err)
		}
		if err := c.Logout(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(revoked) != "[Bearer token-1 Bearer token-2]" {
		t.Error(revoked)
	}
}

func TestAsActsByATokenOfItsOwn(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.HandleFunc("POST /login/{user}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("user") != "9" {
			answer(404, notFound)(w, r)
			return
		}
		fmt.Fprintf(w, `{"access_token":"sudo-%s","expires_in":3600}`, r.Header.Get("Authorization")[len("Bearer "):])
	})
	f.HandleFunc("GET /user", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"id":"9","first_name":%q}`, r.Header.Get("Authorization"))
	})
	f.HandleFunc("DELETE /logout", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) })
	c := f.client(t)
	other := c.As("9")
	me, err := other.Instance.Me(t.Context())
	if err != nil || me.FirstName != Set("Bearer sudo-token-1") {
		t.Fatalf("%+v, %v", me, err)
	}
	if err := other.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	if me, err := c.Instance.Me(t.Context()); err != nil || me.FirstName != Set("Bearer token-1") {
		t.Errorf("the client itself: %+v, %v", me, err)
	}
	_, err = c.As("10").Users.Get(t.Context(), "5")
	if err == nil || classes(err) != "" || loginReason(err) != LoginSudoRefused {
		t.Errorf("as a user who does not exist: %q: %v", classes(err), err)
	}
}

func TestDevEntersTheDevelopmentWorkspaceAfterEachLogin(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	dev := map[string]bool{}
	var mu sync.Mutex
	f.HandleFunc("PATCH /session", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		dev[r.Header.Get("Authorization")] = true
		mu.Unlock()
		fmt.Fprint(w, `{"workspace_id":"dev"}`)
	})
	f.HandleFunc("GET /session", func(w http.ResponseWriter, r *http.Request) {
		tok := r.Header.Get("Authorization")
		mu.Lock()
		defer mu.Unlock()
		if tok == "Bearer token-2" && dev["seen"] {
			answer(401, `{}`)(w, r)
			return
		}
		dev["seen"] = dev["seen"] || tok == "Bearer token-2"
		fmt.Fprintf(w, `{"workspace_id":%q}`, map[bool]string{true: "dev", false: "production"}[dev[tok]])
	})
	c := f.client(t)
	for i, want := range []struct {
		c  *Client
		ws ID
	}{{c, "production"}, {c.Dev(), "dev"}, {c.Dev(), "dev"}, {c.Dev().Dev(), "dev"}, {c, "production"}} {
		s, err := want.c.Instance.Session(t.Context())
		if err != nil || s.WorkspaceID != Set(want.ws) {
			t.Errorf("%d: %+v, %v; want %s", i, s, err, want.ws)
		}
	}
	if f.loginCount() != 3 {
		t.Errorf("%d logins: one of the client, two of its development session", f.loginCount())
	}
}
