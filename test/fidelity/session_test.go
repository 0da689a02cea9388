package fidelity

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
	"github.com/looker-operator/looker-operator/test/fidelity/contract"
)

// A script is a session with the mock, one request a line: "METHOD /path [body] => status [name=field ...]". $name in paths
// and bodies stands for what an earlier line saved. In strict mode the mock refuses what the description does not know; the
// recorder around it checks every answer and every accepted request against the description.
type script struct {
	t     *testing.T
	base  string
	token string
	saved map[string]string
}

var line = regexp.MustCompile(`^([A-Z]+) (\S+)(?: (.*?))? => (\d+)(?: (.*))?$`)

func (s *script) run(lines string) {
	s.t.Helper()
	for _, l := range strings.Split(lines, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			s.step(l)
		}
	}
}

func (s *script) fill(text string) string {
	return regexp.MustCompile(`\$[a-z0-9_]+`).ReplaceAllStringFunc(text, func(name string) string {
		v, ok := s.saved[name[1:]]
		if !ok {
			s.t.Fatalf("%s was not saved", name)
		}
		return v
	})
}

func (s *script) step(l string) {
	s.t.Helper()
	m := line.FindStringSubmatch(l)
	if m == nil {
		s.t.Fatalf("not a step: %s", l)
	}
	status, body := s.send(m[1], s.fill(m[2]), s.fill(m[3]))
	if fmt.Sprint(status) != m[4] {
		s.t.Errorf("%s: %d %s", l, status, body)
		return
	}
	for _, save := range strings.Fields(m[5]) {
		name, path, _ := strings.Cut(save, "=")
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			s.t.Fatalf("%s: %v", l, err)
		}
		if list, ok := v.([]any); ok && len(list) > 0 {
			v = list[0]
		}
		value, ok := field(v, path).(string)
		if !ok {
			s.t.Fatalf("%s: no %s in %s", l, path, body)
		}
		s.saved[name] = value
	}
}

func (s *script) send(method, path, body string) (int, []byte) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+"/api/4.0"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Authorization", "token "+s.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, data
}

// login logs in by form, as clients do.
func (s *script) login(id, secret string) {
	s.t.Helper()
	res, err := http.PostForm(s.base+"/api/4.0/login", url.Values{"client_id": {id}, "client_secret": {secret}})
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var v struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil || v.AccessToken == "" {
		s.t.Fatalf("login: %d %v", res.StatusCode, err)
	}
	s.token = v.AccessToken
}

func newScript(t *testing.T, opts ...lookertest.Option) (*script, *lookertest.Server, *contract.Violations) {
	t.Helper()
	mock := lookertest.New(opts...)
	h, violations := contract.Wrap(mock, contract.Load(t))
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	mock.SetURL(srv.URL)
	s := &script{t: t, base: srv.URL, saved: map[string]string{"me": mock.OperatorUserID()}}
	s.login(mock.ClientID(), mock.ClientSecret())
	return s, mock, violations
}

func TestABroadSessionFollowsTheDescriptionAndCallsEveryOperation(t *testing.T) {
	t.Parallel()
	s, mock, violations := newScript(t)
	s.saved["embedder"] = mock.Put("user", map[string]any{"first_name": "Em", "last_name": "Bed"})
	for _, kind := range []string{"credentials_ldap", "credentials_google", "credentials_saml", "credentials_oidc", "credentials_looker_openid"} {
		mock.Put(kind, map[string]any{"user_id": s.saved["embedder"], "email": "em@example.com"})
	}
	s.saved["embed"] = mock.Put("credentials_embed", map[string]any{"user_id": s.saved["embedder"], "external_user_id": "ext-1"})
	s.saved["web"] = mock.Put("user_session", map[string]any{"user_id": s.saved["embedder"], "browser": "Firefox"})
	s.saved["lockout"] = mock.Put("user_login_lockout", map[string]any{"id": "email-1", "key": "email-1", "auth_type": "email", "email": "em@example.com"})
	for _, part := range []string{sessionScript, userScript, accessScript, contentScript, scheduleScript, settingsScript, endScript} {
		s.run(part)
	}
	violations.Check(t)
	seen := violations.Seen()
	for _, r := range lookertest.Routes() {
		if seen[r.Operation] == 0 {
			t.Errorf("the session does not call %s (%s %s)", r.Operation, r.Method, r.Path)
		}
	}
}

func TestEverySwitchFollowsTheDescription(t *testing.T) {
	t.Parallel()
	for name, switches := range lookertest.Variants() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _, violations := newScript(t, lookertest.WithSwitches(switches))
			s.run(switchScript)
			violations.Check(t)
		})
	}
}

// A recorder that finds nothing wrong proves nothing: it must see each sort of violation.
func TestTheRecorderSeesViolations(t *testing.T) {
	t.Parallel()
	spec := contract.Load(t)
	answers := map[string]string{
		"an unknown field":                    `{"id":"1","nickname":"x"}`,
		"a wrong type":                        `{"id":1}`,
		"a null that is not nullable":         `{"id":null}`,
		"a text that is not JSON":             `<html>`,
		"a list instead of an object":         `[]`,
		"a write-only or unlisted membership": `{"id":"1","group_ids":[{}]}`,
	}
	for name, body := range answers {
		h, violations := contract.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, body)
		}), spec)
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/api/4.0/user", nil))
		if len(violations.All()) == 0 {
			t.Errorf("%s in an answer is not seen", name)
		}
	}
	requests := map[string][2]string{
		"an unknown operation":   {"GET /api/4.0/people", ""},
		"an unknown body field":  {"PATCH /api/4.0/users/1", `{"nickname":"x"}`},
		"a wrong type":           {"PATCH /api/4.0/users/1", `{"is_disabled":"yes"}`},
		"a read-only field":      {"PATCH /api/4.0/users/1", `{"role_ids":["1"]}`},
		"a missing query":        {"GET /api/4.0/content_metadata", ""},
		"a missing body":         {"PATCH /api/4.0/users/1", ""},
		"a query of wrong type":  {"GET /api/4.0/users?limit=many", ""},
		"an unlisted parameter?": {"GET /api/4.0/users/1/roles?direct_association_only=maybe", ""},
	}
	for name, r := range requests {
		h, violations := contract.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{}`)
		}), spec)
		method, path, _ := strings.Cut(r[0], " ")
		req := httptest.NewRequest(method, path, strings.NewReader(r[1]))
		req.Header.Set("Content-Type", "application/json")
		h.ServeHTTP(httptest.NewRecorder(), req)
		found := false
		for _, v := range violations.All() {
			found = found || strings.Contains(v, ": request:") || strings.Contains(v, "not an operation")
		}
		if !found {
			t.Errorf("%s in a request is not seen", name)
		}
	}
}
