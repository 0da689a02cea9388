package lookertest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A call is one request being answered.
type call struct {
	s       *Server
	r       *http.Request
	route   *route
	args    map[string]string
	params  map[string]string
	session *apiSession
	raw     []byte
	now     time.Time

	children map[string]int  // see childCounts
	emails   map[string]bool // see isLookerEmail
}

// A reply is an answer before it is written.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// noContent is the result of handlers that answer 204.
type noContent struct{}

// ServeHTTP answers /alive, /api/4.0 and, on loopback listeners, /_mock.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	switch {
	case strings.HasPrefix(path, "/_mock/") && isLoopback(r):
		s.control(w, r)
		return
	case path == "/alive":
		w.WriteHeader(http.StatusOK)
		return
	}
	rest, ok := strings.CutPrefix(path, apiPrefix)
	rt, args := routes.find(r.Method, rest)
	if !ok || rt == nil || s.release.before(rt.sinceRelease) {
		e := &apiError{status: http.StatusNotFound, message: "Not found"}
		writeReply(w, jsonReply(e.status, e.body(r.Method, rest)))
		return
	}
	s.serveRoute(w, r, rt, args)
}

func (s *Server) serveRoute(w http.ResponseWriter, r *http.Request, rt *route, args map[string]string) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	if err != nil {
		panic(http.ErrAbortHandler) // the client went away
	}
	delay := s.latency()
	if !pause(r, delay) {
		panic(http.ErrAbortHandler)
	}
	fault := s.takeFault(rt, r)
	if fault != nil && fault.Delay > 0 && !pause(r, fault.Delay) {
		panic(http.ErrAbortHandler)
	}
	entry := Call{Method: r.Method, Path: rest(r), Operation: rt.at, Class: rt.class, Delay: delay, CallBody: string(raw)}
	if fault != nil && !fault.performs() {
		s.record(entry, fault.visibleStatus())
		fault.write(w, reply{})
		return
	}
	c := &call{s: s, r: r, route: rt, args: args, raw: raw}
	answer := s.perform(c, entry, fault)
	if fault != nil {
		fault.write(w, answer)
		return
	}
	writeReply(w, answer)
}

// perform runs the handler and records the call in one step, so that counts and effects never disagree.
func (s *Server) perform(c *call, entry Call, fault *Fault) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.now = s.clock()
	answer := c.answer()
	status := answer.status
	if fault != nil && fault.Status != 0 {
		status = fault.Status
	}
	s.counts.add(entry, status, c.now)
	return answer
}

func (s *Server) record(entry Call, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.add(entry, status, s.clock())
}

func rest(r *http.Request) string {
	p := strings.TrimPrefix(r.URL.EscapedPath(), apiPrefix)
	if r.URL.RawQuery != "" {
		p += "?" + r.URL.RawQuery
	}
	return p
}

// pause waits for d or until the client is gone.
func pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (c *call) answer() reply {
	result, err := c.handle()
	if err != nil {
		e := asAPIError(err)
		return jsonReply(e.status, e.body(c.route.method, c.route.path))
	}
	return c.render(result)
}

func (c *call) handle() (any, error) {
	if c.route.op != "login" && c.route.op != "versions" {
		if c.session = c.authenticate(); c.session == nil {
			return nil, errUnauthenticated()
		}
		if !c.route.open && !c.s.isAdmin(c.session.userID) {
			return nil, c.refused()
		}
	}
	if c.s.core && c.route.coreDenied {
		return nil, errForbidden("Unsupported in Looker (Google Cloud core)")
	}
	if err := c.checkQuery(); err != nil {
		return nil, err
	}
	return c.route.do(c)
}

// checkQuery refuses parameters the operation does not have and misses those it needs.
func (c *call) checkQuery() error {
	query := c.r.URL.Query()
	c.params = make(map[string]string, len(query))
	for name, values := range query {
		if c.s.strict && !c.route.params[name] {
			return errBadRequest("'%s' is not a query parameter of %s.", name, c.route.at)
		}
		if c.s.strict && len(values) > 1 {
			return errBadRequest("query parameter '%s' is given %d times; lists are one comma-separated value.", name, len(values))
		}
		c.params[name] = values[0]
	}
	for _, name := range strings.Fields(c.route.needs) {
		if c.params[name] == "" {
			return errBadRequest("query parameter '%s' is required.", name)
		}
	}
	for _, name := range []string{"limit", "offset", "page", "per_page"} {
		if v, ok := c.params[name]; ok {
			if n, err := strconv.Atoi(v); err != nil || n < 0 {
				return errBadRequest("query parameter '%s' must be a number that is not negative.", name)
			}
		}
	}
	return nil
}

// object decodes and checks the body of an operation that takes an object. A body that may be absent gives an empty map.
func (c *call) object() (map[string]any, error) {
	schema, required := strings.CutSuffix(c.route.body, "!")
	if len(bytes.TrimSpace(c.raw)) == 0 {
		if required && c.s.strict {
			return nil, errBadRequest("A request body is required.")
		}
		return map[string]any{}, nil
	}
	var body map[string]any
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	return c.checkBody(schema, body)
}

// idList decodes a body that is a bare array of ids.
func (c *call) idList() ([]string, error) {
	var body []any
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	out := make([]string, 0, len(body))
	for _, v := range body {
		id, ok := idOf(v).(string)
		if !ok {
			return nil, errBadRequest("the request body must be an array of ids.")
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out, nil
}

func (c *call) decode(into any) error {
	if c.s.strict && !strings.HasPrefix(c.r.Header.Get("Content-Type"), "application/json") {
		return errBadRequest("Content-Type must be application/json.")
	}
	dec := json.NewDecoder(bytes.NewReader(c.raw))
	if err := dec.Decode(into); err != nil {
		return errBadRequest("the request body is not the JSON expected: %v", err)
	}
	return nil
}

// render applies sorting, paging and field selection and encodes.
func (c *call) render(result any) reply {
	header := http.Header{}
	fields := parseFields(c.params["fields"])
	switch v := result.(type) {
	case noContent:
		return reply{status: http.StatusNoContent, header: header}
	case listing:
		rows := c.page(v, header)
		out := make([]any, 0, len(rows))
		for _, row := range rows {
			out = append(out, fields.apply(v.view(row)))
		}
		result = out
	case map[string]any:
		result = fields.apply(v)
	}
	answer := jsonReply(http.StatusOK, result)
	for k, values := range header {
		answer.header[k] = values
	}
	return answer
}

func jsonReply(status int, v any) reply {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	if err := enc.Encode(v); err != nil {
		panic("lookertest: encode answer: " + err.Error()) // rows are JSON values by construction
	}
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("Strict-Transport-Security", "max-age=15724800; includeSubDomains")
	h.Set("Vary", "Accept-Encoding, Origin")
	h.Set("X-Content-Type-Options", "nosniff")
	return reply{status: status, header: h, body: bytes.TrimSuffix(buf.Bytes(), []byte("\n"))}
}

func writeReply(w http.ResponseWriter, a reply) {
	for k, values := range a.header {
		w.Header()[k] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that went away is its own affair
}
