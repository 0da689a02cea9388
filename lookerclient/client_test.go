package lookerclient

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheURLIsCheckedAndTheErrorNamesTheRemedy(t *testing.T) {
	t.Parallel()
	creds := Credentials{ClientID: "id", ClientSecret: NewSecret("secret")}
	for _, good := range []string{"https://x.cloud.looker.com", "https://x.example.com:19999/", "http://127.0.0.1:9999", "http://localhost:1", "http://[::1]:1", "https://proxy.example.com/looker"} {
		if _, err := New(good, creds); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, remedy := range map[string]string{
		"http://x.cloud.looker.com": "use https", "http://10.0.0.1": "use https", "http://127.0.0.1.example.com": "use https",
		"x.cloud.looker.com": "https://", "": "https://", "https://": "https://", "ftp://x": "use https", "https://u:p4ss@x": "credentials",
		"https://x?a=p4ss": "query", "https://x#f": "fragment", "https://x/api/4.0": "without /api", "https://x/api/": "without /api",
		"https://p4ss:\x7f@x": "https://",
	} {
		_, err := New(bad, creds)
		if err == nil || !strings.Contains(err.Error(), remedy) || strings.Contains(err.Error(), "p4ss") {
			t.Errorf("%q: %v; want a text with %q", bad, err, remedy)
		}
	}
	for _, c := range []Credentials{{}, {ClientID: "id"}, {ClientSecret: NewSecret("s")}} {
		if _, err := New("https://x", c); err == nil || !strings.Contains(err.Error(), "API Keys") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestEveryRequestCarriesTokenAndUserAgent(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.HandleFunc("PATCH /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer token-1" || !strings.HasPrefix(r.Header.Get("User-Agent"), "looker-operator/") ||
			r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Accept") != "application/json" {
			t.Errorf("%v", r.Header)
		}
		answer(200, `{"id":"5"}`)(w, r)
	})
	if _, err := f.client(t).Users.Update(t.Context(), "5", WriteUser{}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(defaultUserAgent(), "looker-operator/") || len(defaultUserAgent()) == len("looker-operator/") {
		t.Error(defaultUserAgent())
	}
}

func TestAnIDIsOneEscapedSegmentOfThePath(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.HandleFunc("GET /folders/{id}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"id":` + jsonQuote(r.PathValue("id")) + `}`))
	})
	c := f.client(t)
	for _, id := range []ID{"a/b?c#d", "model::name", "ä%2F", "..a", "a b", "100%"} {
		if got, err := c.Folders.Get(t.Context(), id); err != nil || got.ID != id {
			t.Errorf("%q: %+v, %v", id, got, err)
		}
	}
	before := len(f.seen())
	for _, id := range []ID{"", ".", ".."} {
		if err := c.Folders.Delete(t.Context(), id); err == nil {
			t.Errorf("%q accepted", id)
		}
		if err := c.Groups.RemoveUser(t.Context(), "1", id); err == nil {
			t.Errorf("%q accepted as the second", id)
		}
	}
	if len(f.seen()) != before {
		t.Errorf("calls were made: %q", f.seen()[before:])
	}
}

func jsonQuote(s string) string { return `"` + jsonEscape(s) + `"` }

func TestAliveNeedsNoToken(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var path, auth string
	c := f.client(t, WithTransport(roundTripper(func(r *http.Request) (*http.Response, error) {
		path, auth = r.URL.Path, r.Header.Get("Authorization")
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})))
	if err := c.Instance.Alive(t.Context()); err != nil || path != testPrefix+"/alive" || auth != "" || f.loginCount() != 0 {
		t.Errorf("%v, path %q, auth %q", err, path, auth)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
