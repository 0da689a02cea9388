// Package contract holds HTTP traffic with a Looker server, real or not, against Looker's own API description.
package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

const (
	dirEnv     = "LOOKER_CONTRACT_DIR"
	defaultDir = "../shared/looker" // beside the repository
	specFile   = "openapi-4.0.26.12.json"
	apiPrefix  = "/api/4.0"
)

// Dir is the folder of the API description and the recorded traffic: LOOKER_CONTRACT_DIR or the default beside the
// repository. Without it the test is skipped, unless CI or LOOKER_CONTRACT_DIR is set: then it fails.
func Dir(tb testing.TB) string {
	tb.Helper()
	dir, explicit := os.LookupEnv(dirEnv)
	if !explicit {
		root, err := repositoryRoot()
		if err != nil {
			tb.Fatal(err)
		}
		dir = filepath.Join(root, defaultDir)
	}
	if _, err := os.Stat(filepath.Join(dir, specFile)); err == nil {
		return dir
	}
	message := fmt.Sprintf("the API description %s is not in %s; set %s to the folder that holds it and the recordings", specFile, dir, dirEnv)
	if explicit || os.Getenv("CI") == "true" {
		tb.Fatal(message)
	}
	tb.Skip(message)
	return ""
}

func repositoryRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		dir = up
	}
}

// A Spec is the API description, ready to validate with.
type Spec struct {
	Doc    *openapi3.T
	router routers.Router
}

// An Operation is what the description says of one operation.
type Operation struct {
	ID, Method, Path, Class string
	CoreDenied              bool
	Query                   []string
	Statuses                []string
}

var load = struct {
	sync.Once
	spec *Spec
	err  error
}{}

// Load reads the description once per test binary; see Dir for where it is looked for.
func Load(tb testing.TB) *Spec {
	tb.Helper()
	dir := Dir(tb)
	load.Do(func() { load.spec, load.err = read(filepath.Join(dir, specFile)) })
	if load.err != nil {
		tb.Fatal(load.err)
	}
	return load.spec
}

func read(path string) (*Spec, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var raw map[string]any
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	adjust(raw)
	if data, err = json.Marshal(raw); err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	// The description names a port of its own; requests are matched by path alone.
	doc.Servers = openapi3.Servers{{URL: apiPrefix}}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Spec{Doc: doc, router: router}, nil
}

// bodiesMarkedReadOnly are request types whose every field the description calls read-only although the operations that
// take them are of no use without; the check of read-only fields in requests is off for these and no others.
var bodiesMarkedReadOnly = []string{"ContentMetaGroupUser", "UserAttributeGroupValue", "GroupIdForGroupInclusion", "GroupIdForGroupUserInclusion"}

// partialResources are types whose required fields are those of a create: changes of them are partial, and so are answers
// to requests with the fields parameter. The check of required fields is off for these and no others.
var partialResources = []string{"UserAttribute", "Folder", "FolderBase"}

// adjust makes the description as strict as it means to be, and repairs what OpenAPI 3.0 loses in it:
// objects are objects and admit no other members than theirs; fields that are write-only are declared so in the extension only; "nullable"
// beside a $ref is ignored by the format, so a reference may be null, as recorded traffic shows.
func adjust(raw map[string]any) {
	components, _ := raw["components"].(map[string]any)
	named, _ := components["schemas"].(map[string]any)
	for name, v := range named {
		schema, _ := v.(map[string]any)
		props, _ := schema["properties"].(map[string]any)
		if len(props) > 0 {
			schema["type"], schema["additionalProperties"] = "object", false
		}
		if slices.Contains(partialResources, name) {
			delete(schema, "required")
		}
		for key, p := range props {
			prop, _ := p.(map[string]any)
			if ref, ok := prop["$ref"]; ok {
				props[key] = map[string]any{"allOf": []any{map[string]any{"$ref": ref}}, "nullable": true}
				continue
			}
			if prop["x-looker-write-only"] == true {
				prop["writeOnly"] = true
			}
			if slices.Contains(bodiesMarkedReadOnly, name) {
				delete(prop, "readOnly")
			}
		}
	}
}

// Operations lists every operation of the description.
func (s *Spec) Operations() []Operation {
	var out []Operation
	for path, item := range s.Doc.Paths.Map() {
		for method, op := range item.Operations() {
			class, _ := op.Extensions["x-looker-activity-type"].(string)
			o := Operation{ID: op.OperationID, Method: method, Path: path, Class: class,
				CoreDenied: strings.Contains(op.Description, "may be denied") && strings.Contains(op.Description, "Looker (Google Cloud core)")}
			for _, p := range op.Parameters {
				if p.Value.In == openapi3.ParameterInQuery {
					o.Query = append(o.Query, p.Value.Name)
				}
			}
			for status := range op.Responses.Map() {
				o.Statuses = append(o.Statuses, status)
			}
			slices.Sort(o.Statuses)
			out = append(out, o)
		}
	}
	return out
}

// Violations collects what does not follow the description, and which operations were seen.
type Violations struct {
	mu   sync.Mutex
	all  []string
	seen map[string]int
}

func (v *Violations) add(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.all = append(v.all, fmt.Sprintf(format, args...))
}

func (v *Violations) saw(operation string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen[operation]++
}

// All are the violations so far.
func (v *Violations) All() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.all)
}

// Seen are the ids of the operations that were called, with how often.
func (v *Violations) Seen() map[string]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	out := make(map[string]int, len(v.seen))
	for op, n := range v.seen {
		out[op] = n
	}
	return out
}

// Check fails the test if there are violations.
func (v *Violations) Check(tb testing.TB) {
	tb.Helper()
	for _, violation := range v.All() {
		tb.Error(violation)
	}
}

// Wrap validates every request and response under /api/4.0 that passes through. Answers that no operation describes (401,
// 5xx) are checked for their status only.
func Wrap(h http.Handler, spec *Spec) (http.Handler, *Violations) {
	v := &Violations{seen: map[string]int{}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, apiPrefix) {
			h.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			v.add("%s %s: request body: %v", r.Method, r.URL, err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		spec.validate(r, body, rec, v)
		for k, values := range rec.Header() {
			w.Header()[k] = values
		}
		w.WriteHeader(rec.Code)
		if _, err := w.Write(rec.Body.Bytes()); err != nil {
			v.add("%s %s: answer could not be written: %v", r.Method, r.URL, err)
		}
	}), v
}

func (s *Spec) validate(r *http.Request, body []byte, rec *httptest.ResponseRecorder, v *Violations) {
	at := r.Method + " " + r.URL.RequestURI()
	match := r.Clone(context.Background())
	route, params, err := s.router.FindRoute(match)
	if err != nil {
		v.add("%s: not an operation of the description: %v", at, err)
		return
	}
	v.saw(route.Operation.OperationID)
	match.Body = io.NopCloser(bytes.NewReader(body))
	options := &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	options.WithCustomSchemaErrorFunc(func(e *openapi3.SchemaError) string {
		return "/" + strings.Join(e.JSONPointer(), "/") + ": " + e.Reason
	})
	input := &openapi3filter.RequestValidationInput{Request: match, PathParams: params, Route: route, Options: options}
	// What the server refuses as malformed need not be well-formed.
	if rec.Code < http.StatusBadRequest {
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			v.add("%s: request: %v", at, err)
		}
	}
	if rec.Code == http.StatusUnauthorized || rec.Code >= http.StatusInternalServerError {
		return
	}
	response := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: rec.Code, Header: rec.Header(), Options: options}
	if rec.Code == http.StatusNoContent {
		// Recorded answers 204 have no body and no Content-Type, also where the description names one.
		if rec.Body.Len() > 0 || rec.Header().Get("Content-Type") != "" {
			v.add("%s: answer 204 has a body or Content-Type", at)
		}
		options.ExcludeResponseBody = true
	}
	response.SetBodyBytes(rec.Body.Bytes())
	if err := openapi3filter.ValidateResponse(context.Background(), response); err != nil {
		v.add("%s: answer %d: %v", at, rec.Code, err)
	}
}

// Fields are the fields of a schema: those that are not read-only, and all.
func (s *Spec) Fields(tb testing.TB, schema string) (writable, all []string) {
	tb.Helper()
	ref, ok := s.Doc.Components.Schemas[schema]
	if !ok || len(ref.Value.Properties) == 0 {
		tb.Fatalf("the description has no fields of a schema %s", schema)
	}
	for name, field := range ref.Value.Properties {
		all = append(all, name)
		if !field.Value.ReadOnly {
			writable = append(writable, name)
		}
	}
	return writable, all
}
