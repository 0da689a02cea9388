package fidelity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
	"github.com/looker-operator/looker-operator/test/fidelity/contract"
)

// A cassette is recorded traffic in go-vcr's format.
type cassette struct {
	Interactions []interaction `yaml:"interactions"`
}

type interaction struct {
	ID      int `yaml:"id"`
	Request struct {
		Method string `yaml:"method"`
		URL    string `yaml:"url"`
		Body   string `yaml:"body"`
	} `yaml:"request"`
	Response struct {
		Code int    `yaml:"code"`
		Body string `yaml:"body"`
	} `yaml:"response"`
}

func readCassette(t *testing.T, name string) cassette {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(contract.Dir(t), "recordings", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var c cassette
	if err := yaml.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Interactions) == 0 {
		t.Fatalf("%s holds no interactions", name)
	}
	return c
}

// A player sends recorded requests to the mock and compares the answers.
type player struct {
	t     *testing.T
	mock  *lookertest.Server
	token string
	ids   map[string]string // recorded id by kind ("user/930") to the mock's
}

func (p *player) errorf(i int, path, format string, args ...any) {
	p.t.Helper()
	p.t.Errorf("interaction %d, %s: %s", i, path, fmt.Sprintf(format, args...))
}

// idKinds are the fields of an answer that hold ids, and what of. "id" itself is of the kind that the path lists.
var idKinds = map[string]string{"user_id": "user", "group_id": "group", "personal_folder_id": "folder", "home_folder_id": "folder", "user_attribute_id": "user_attribute",
	"permission_set_id": "permission_set", "model_set_id": "model_set"}

var kindOfPath = map[string]string{"users": "user", "groups": "group", "roles": "role", "permission_sets": "permission_set", "model_sets": "model_set",
	"user_attributes": "user_attribute", "attribute_values": "user_attribute"}

var numbered = regexp.MustCompile(`^[0-9]+$`)

// mapped is the mock's id for a recorded one; ids that were never created during the recording are rows of the instance
// and the same on both sides.
func (p *player) mapped(kind, recorded string) string {
	if id, ok := p.ids[kind+"/"+recorded]; ok {
		return id
	}
	return recorded
}

// translatePath puts the mock's ids into a recorded path and query.
func (p *player) translatePath(u *url.URL) string {
	parts := strings.Split(u.Path, "/")
	for i := 1; i < len(parts); i++ {
		if kind, ok := kindOfPath[parts[i-1]]; ok && numbered.MatchString(parts[i]) {
			parts[i] = p.mapped(kind, parts[i])
		}
	}
	q := u.Query()
	for name, kind := range map[string]string{"group_id": "group", "user_attribute_ids": "user_attribute"} {
		if v := strings.Trim(q.Get(name), `"`); v != "" {
			q.Set(name, strings.Replace(q.Get(name), v, p.mapped(kind, v), 1))
		}
	}
	if id := q.Get("id"); id != "" {
		q.Set("id", p.mapped(p.listKind(u.Path), id))
	}
	out := strings.Join(parts, "/")
	if len(q) > 0 {
		out += "?" + q.Encode()
	}
	return out
}

// listKind is the kind of the objects that a path answers.
func (p *player) listKind(path string) string {
	kind := ""
	for _, part := range strings.Split(path, "/") {
		if k, ok := kindOfPath[part]; ok {
			kind = k
		}
	}
	return kind
}

// translateBody puts the mock's ids into a recorded body.
func (p *player) translateBody(body string) string {
	var v map[string]any
	if json.Unmarshal([]byte(body), &v) != nil {
		return body
	}
	for name, kind := range idKinds {
		if id, ok := v[name].(string); ok {
			v[name] = p.mapped(kind, id)
		}
	}
	data, err := json.Marshal(v)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(data)
}

func (p *player) play(x interaction) {
	p.t.Helper()
	u, err := url.Parse(x.Request.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	path, contentType, body := p.translatePath(u), "application/json", p.translateBody(x.Request.Body)
	if strings.HasSuffix(u.Path, "/login") {
		contentType = "application/x-www-form-urlencoded"
		body = url.Values{"client_id": {p.mock.ClientID()}, "client_secret": {p.mock.ClientSecret()}, "grant_type": {"client_credentials"}}.Encode()
	}
	req, err := http.NewRequestWithContext(p.t.Context(), x.Request.Method, p.mock.URL()+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+p.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	p.compare(x, p.listKind(u.Path), res, data)
}

func (p *player) compare(x interaction, kind string, res *http.Response, data []byte) {
	p.t.Helper()
	at := x.Request.Method + " " + x.Request.URL
	if res.StatusCode != x.Response.Code {
		p.errorf(x.ID, at, "status: recorded %d, mock %d: %s", x.Response.Code, res.StatusCode, data)
		return
	}
	if x.Response.Body == "" {
		if len(bytes.TrimSpace(data)) > 0 || res.Header.Get("Content-Type") != "" {
			p.errorf(x.ID, at, "recorded no body, mock %s (%s)", data, res.Header.Get("Content-Type"))
		}
		return
	}
	var want, got any
	if err := json.Unmarshal([]byte(x.Response.Body), &want); err != nil {
		p.t.Fatalf("interaction %d: recorded body: %v", x.ID, err)
	}
	if err := json.Unmarshal(data, &got); err != nil {
		p.errorf(x.ID, at, "mock's body: %v: %s", err, data)
		return
	}
	if token, ok := field(got, "access_token").(string); ok {
		p.token = token
	}
	p.diff(x.ID, "$", kind, want, got)
}

func field(v any, name string) any {
	m, _ := v.(map[string]any)
	return m[name]
}

func (p *player) diff(i int, path, kind string, want, got any) {
	p.t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			p.errorf(i, path, "recorded an object, mock %T", got)
			return
		}
		p.diffObject(i, path, kind, w, g)
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			p.errorf(i, path, "recorded a list of %d, mock %v", len(w), got)
			return
		}
		for n := range w {
			p.diff(i, fmt.Sprintf("%s[%d]", path, n), kind, w[n], g[n])
		}
	default:
		p.diffScalar(i, path, kind, want, got)
	}
}

func (p *player) diffObject(i int, path, kind string, want, got map[string]any) {
	p.t.Helper()
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[key]; !ok {
			p.errorf(i, path+"."+key, "not in the recording, mock %v", got[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		g, ok := got[key]
		if !ok {
			p.errorf(i, path+"."+key, "recorded %v, absent in the mock", want[key])
			continue
		}
		inner := kind
		switch key {
		case "permission_set", "model_set":
			inner = key
		}
		p.diff(i, path+"."+key, inner, want[key], g)
	}
}

// volatile are the fields whose values are times, tokens or hold host names and ids: of those only the type and the form
// are compared.
var volatile = regexp.MustCompile(`\.(access_token|created_at|account_setup_url|password_reset_url|url|user_url|users_url|expires_in)$`)

var digits = regexp.MustCompile(`[0-9]+`)

func (p *player) diffScalar(i int, path, kind string, want, got any) {
	p.t.Helper()
	name := path[strings.LastIndex(path, ".")+1:]
	if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
		p.errorf(i, path, "recorded %v (%T), mock %v (%T)", want, want, got, got)
		return
	}
	idKind, isID := idKinds[name]
	if list, _, inList := strings.Cut(name, "["); inList && strings.HasSuffix(list, "_ids") {
		idKind, isID = strings.TrimSuffix(list, "_ids"), true
	}
	if name == "id" {
		idKind, isID = kind, true
	}
	w, isString := want.(string)
	switch {
	case isID && isString:
		p.diffID(i, path, idKind, w, got.(string))
	case volatile.MatchString(path):
		p.diffForm(i, path, want, got)
	case isString && p.ids["user/"+w] != "" && strings.HasSuffix(path, ".value"):
		p.diffID(i, path, "user", w, got.(string)) // the attribute "id" of a user
	case want != got:
		p.errorf(i, path, "recorded %v, mock %v", want, got)
	}
}

// diffID learns how the mock calls a recorded row, then holds it to that.
func (p *player) diffID(i int, path, kind, want, got string) {
	p.t.Helper()
	key := kind + "/" + want
	if known, ok := p.ids[key]; !ok {
		p.ids[key] = got
	} else if known != got {
		p.errorf(i, path, "recorded %s %s, which is %s in the mock, got %s", kind, want, known, got)
	}
}

// diffForm compares texts with host names, digits and tokens masked.
func (p *player) diffForm(i int, path string, want, got any) {
	p.t.Helper()
	form := func(v any) string {
		s, ok := v.(string)
		if !ok {
			return ""
		}
		if u, err := url.Parse(s); err == nil && u.Host != "" && !strings.HasPrefix(u.Host, "localhost") {
			s = u.Path
		}
		s = regexp.MustCompile(`(setup|reset)/[A-Za-z0-9]+`).ReplaceAllString(s, "$1/token")
		if strings.HasSuffix(path, "access_token") {
			return "token"
		}
		return digits.ReplaceAllString(s, "0")
	}
	if form(want) != form(got) {
		p.errorf(i, path, "recorded %v, mock %v", want, got)
	}
}
