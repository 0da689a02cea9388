package lookerclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
)

func page(status int, title string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<!doctype html><html><head><title>%s</title></head></html>", title)
	}
}

func TestEachAnswerBelongsToOneClass(t *testing.T) {
	t.Parallel()
	validation := func(code string) string {
		return `{"message":"Validation Failed","errors":[{"field":"name","code":"` + code + `","message":"bad","documentation_url":"x"}]}`
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"404 of Looker":             {answer(404, notFound), "NotFound"},
		"404 page of a proxy":       {page(404, "Looker Not Found (404)"), "Unavailable"},
		"404 text of a proxy":       {answer(404, "404 page not found"), "Unavailable"},
		"404 without a body":        {answer(404, ""), "Unavailable"},
		"409":                       {answer(409, `{"message":"The resource already exists."}`), "AlreadyExists"},
		"an e-mail already taken":   {answer(422, validation("already_exists")), "AlreadyExists"},
		"a missing field":           {answer(422, validation("missing_field")), "Invalid"},
		"400":                       {answer(400, `{"message":"Bad Request"}`), "Invalid"},
		"400 of another shape":      {answer(400, `{"message":{"a":1},"errors":"x"}`), "Invalid"},
		"401 twice":                 {answer(401, `{"message":"Requires authentication."}`), "Unauthorized"},
		"403":                       {answer(403, `{"message":"Forbidden"}`), "Forbidden"},
		"403 page of a firewall":    {page(403, "Blocked"), "Unavailable"},
		"403 of Google Cloud core":  {answer(403, `{"message":"Unsupported in Looker (Google Cloud core)"}`), "Unsupported"},
		"405 of a built-in":         {answer(405, `{"message":"Resource Can't Be Modified."}`), "NotModifiable"},
		"429":                       {answer(429, `{"message":"Too many"}`), "RateLimited"},
		"429 page of a front end":   {page(429, "Slow down"), "RateLimited"},
		"500":                       {answer(500, `{"message":"An error has occurred."}`), "ServerError Unknown"},
		"502":                       {answer(502, ``), "Unavailable Unknown"},
		"503 in JSON":               {answer(503, `{"message":"maintenance"}`), "Unavailable Unknown"},
		"504 page":                  {page(504, "upstream request timeout"), "Unavailable Unknown"},
		"a dropped connection":      {hangUp, "Unavailable Unknown"},
		"200 page":                  {page(200, "Sign in"), "Unavailable Unknown"},
		"200 without a body":        {answer(200, ``), "Unavailable Unknown"},
		"200 null":                  {answer(200, `null`), "Unavailable Unknown"},
		"200 object without its id": {answer(200, `{"first_name":"x"}`), "Unavailable Unknown"},
		"200 cut short":             {answer(200, `{"id":"1","first_na`), "Unavailable Unknown"},
		"200 shorter than its length": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			fmt.Fprint(w, `{"id":"1"}`)
		}, "Unavailable Unknown"},
		"a redirect to another host": {http.RedirectHandler("https://evil.example.com/x", http.StatusFound).ServeHTTP, "Unavailable"},
	} {
		f := newFake(t)
		f.Handle("PATCH /users/{id}", c.handler)
		_, err := f.client(t, WithMaxRetries(0)).Users.Update(t.Context(), "5", WriteUser{IsDisabled: Set(true)})
		err = fmt.Errorf("wrapped: %w", err)
		if got := classes(err); got != c.want {
			t.Errorf("%s: classes %q, want %q: %v", name, got, c.want, err)
		}
	}
}

func TestA404OfAWholeEndpointIsUnsupported(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("/", answer(404, notFound))
	c := f.client(t)
	_, get := c.Settings.PasswordConfig(t.Context())
	_, patch := c.Settings.UpdateSessionConfig(t.Context(), WriteSessionConfig{})
	post := c.Settings.SetSmtpSettings(t.Context(), WriteSmtpSettings{})
	for name, err := range map[string]error{"GET": get, "PATCH": patch, "POST": post} {
		if got := classes(err); got != "Unsupported" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	_, parent := c.Folders.Create(t.Context(), WriteFolder{})
	_, grants := c.ContentMetadata.Access(t.Context(), "9")
	for name, err := range map[string]error{"a parent that may not be written": parent, "content that is gone": grants} {
		if got := classes(err); got != "NotFound" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestAnAnswerWithoutDataIsNeverAnEmptyList(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`null`, ` null `, ``, `{}`, `[null]`, `[{}]`, `[{"id":"1"},{"id":null}]`, `[{"id":"1"}`} {
		f := newFake(t)
		f.Handle("GET /users/{id}/roles", answer(200, body))
		if got, err := f.client(t).Users.DirectRoles(t.Context(), "5"); classes(err) != "Unavailable" {
			t.Errorf("%q: %v, %q: %v", body, got, classes(err), err)
		}
	}
}

func TestAFailedDeleteIsNotDone(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"403": answer(403, `{"message":"no"}`), "200 page": page(200, "Sign in"), "404 page": page(404, "down"), "500": answer(500, `{}`), "dropped": hangUp,
	} {
		f := newFake(t)
		f.Handle("DELETE /users/{id}", h)
		err := f.client(t).Users.Delete(t.Context(), "5")
		if err == nil || IsNotFound(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := newFake(t)
	f.HandleFunc("DELETE /users/{id}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	if err := f.client(t).Users.Delete(t.Context(), "5"); err != nil {
		t.Errorf("an empty 204: %v", err)
	}
}

func TestAnErrorTellsWhatAndWhereInBoundedText(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("GET /users/search", answer(422, `{"message":"bad\u0000\nname \u202e`+strings.Repeat("x", 5000)+`","errors":[{"field":"[:title, :space_id]","code":"invalid","message":"is\twrong"},{"field":null}]}`))
	var err error
	for _, err = range f.client(t).Users.Search(t.Context(), UserSearch{Email: "person@example.com"}) {
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if e.Operation.ID != "search_users" || e.Method != "GET" || e.Path != "/users/search" || e.StatusCode != 422 {
		t.Errorf("%+v", e)
	}
	if len(e.Fields) != 2 || e.Fields[0] != (FieldError{"[:title, :space_id]", "invalid", "is wrong"}) {
		t.Errorf("%+v", e.Fields)
	}
	if len(e.Message) > maxMessage || strings.ContainsFunc(err.Error(), unicode.IsControl) || strings.Contains(err.Error(), "person@") || strings.Contains(err.Error(), "\u202e") {
		t.Errorf("%d bytes: %q", len(e.Message), err)
	}
}

func TestAPageIsDescribedByItsTitle(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("GET /users/{id}", page(404, "Looker is unavailable"))
	_, err := f.client(t).Users.Get(t.Context(), "5")
	if err == nil || !strings.Contains(err.Error(), "Looker is unavailable") || strings.Contains(err.Error(), "<") {
		t.Error(err)
	}
}

func TestSecretsOfTheRequestNeverOccurInAnErrorText(t *testing.T) {
	t.Parallel()
	const password, key = "p<ss\"w&rd\n", "AKIA-key"
	f := newFake(t)
	echo := func(w http.ResponseWriter, r *http.Request) {
		var all strings.Builder
		fmt.Fprint(&all, password, " ", key, " ", r.Header.Get("Authorization"), " ", testSecret, " p\x01<ss\"w&rd\n ")
		w.WriteHeader(422)
		fmt.Fprintf(w, `{"message":%s,"errors":[{"field":%[1]s,"code":%[1]s,"message":%[1]s}]}`, toJSON(t, all.String()+strings.Repeat(key, 400)))
	}
	f.HandleFunc("PATCH /ldap_config", echo)
	f.HandleFunc("POST /smtp_settings", func(w http.ResponseWriter, r *http.Request) {
		buf := make([]byte, 4096)
		n, _ := r.Body.Read(buf)
		w.WriteHeader(500)
		fmt.Fprintf(w, "proxy error while sending %s", buf[:n])
	})
	f.HandleFunc("POST /scheduled_plans", echo)
	c := f.client(t)
	_, ldap := c.Settings.UpdateLDAPConfig(t.Context(), WriteLDAPConfig{AuthPassword: Set(NewSecret(password)), TestLDAPPassword: Set(NewSecret(key))})
	smtp := c.Settings.SetSmtpSettings(t.Context(), WriteSmtpSettings{Password: Set(NewSecret(password)), ClientSecret: Set(NewSecret(key))})
	_, plan := c.ScheduledPlans.Create(t.Context(), WriteScheduledPlan{Destinations: Set([]WriteScheduledPlanDestination{
		{SecretParameters: Set(NewSecret(toJSON(t, map[string]string{"a": key, "b": password})))}})})
	for name, err := range map[string]error{"LDAP": ldap, "SMTP": smtp, "plan": plan} {
		if err == nil {
			t.Fatalf("%s: no error", name)
		}
		for _, secret := range []string{password, strings.TrimSpace(password), `p<ss\"w&rd`, `p\u003css`, key, "token-1", testSecret} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s shows %q: %s", name, secret, err)
			}
		}
		if !strings.Contains(err.Error(), Redacted) {
			t.Errorf("%s: nothing was redacted in %s", name, err)
		}
	}
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"": 0, "2": 2 * time.Second, "-5": 0, "soon": 0, "99999999999999": maxRetryAfter,
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second, now.Add(-time.Hour).Format(http.TimeFormat): 0,
	} {
		if got := retryAfter(in, now); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestARefusalBeforeTheCallIsNotUnknownAndIsKept(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	sentinel := errors.New("budget used up")
	// A breaker may well hand out the error that opened it: it must not be retried.
	opened := &Error{StatusCode: 503}
	c := f.client(t, WithBeforeCall(func(_ context.Context, op Operation) error {
		if op.ID == "create_user" {
			return errors.Join(sentinel, opened)
		}
		return nil
	}))
	_, err := c.Users.Create(t.Context(), WriteUser{})
	if !errors.Is(err, sentinel) || OutcomeUnknown(err) || len(f.seen()) != 0 || len(f.slept) != 0 {
		t.Errorf("%v, calls %q", err, f.seen())
	}
}

func FuzzDecodeError(f *testing.F) {
	for _, body := range []string{notFound, `{}`, `null`, `[]`, `{"message":null,"errors":null}`, `{"message":1}`, `{"errors":[null,{"field":{}}]}`,
		`<html><title>x</title>`, "", "\xff\xfe", `{"message":"token-1"}`, strings.Repeat(`{"message":`, 50), `{"errors":[` + strings.Repeat(`{},`, 100) + `{}]}`} {
		f.Add(404, body, "text/html")
		f.Add(422, body, "application/json")
		f.Add(302, body, "")
	}
	m := &message{op: opUser, path: "/users/5"}
	scrub := newScrubber("token-1")
	f.Fuzz(func(t *testing.T, status int, body, contentType string) {
		resp := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}, "Location": {body}}}
		e := newError(m, resp, []byte(body), scrub, time.Time{})
		text := e.Error()
		if e.StatusCode != status || len(e.Message) > maxMessage || len(e.Fields) > maxFieldErrors {
			t.Fatalf("%+v", e)
		}
		if strings.Contains(text, "token-1") || strings.ContainsFunc(text, unicode.IsControl) {
			t.Fatalf("%q", text)
		}
		if IsNotFound(e) && !strings.HasPrefix(strings.TrimSpace(body), "{") {
			t.Fatalf("taken for Looker's: %q", body)
		}
	})
}
