// Package lookertest is a stateful Looker server for tests and demonstrations: API 4.0 over HTTP, seeded
// like a new instance, with changes by hand, call counts and faults. It imports the standard library only.
//
//	looker := lookertest.Start(t)
//	client, err := lookerclient.New(looker.URL(), ...)
//
// Behaviour follows recorded traffic and the API description; what neither tells is a field of Switches.
package lookertest

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const apiPrefix = "/api/4.0"

// Quota classes of operations, as the API description names them.
const (
	classNonQuery = "non_query"
	classDBQuery  = "db_query"
	classNone     = "none"
)

// internalURL is what hosted instances put into url fields of objects: never to be followed.
const internalURL = "https://localhost:19999" + apiPrefix

// A Server is a mock Looker. It implements http.Handler; all methods are safe for concurrent use.
type Server struct {
	clock          func() time.Time
	latency        func() time.Duration
	release        release
	switches       Switches
	core           bool
	strict         bool
	clientID       string
	clientSecret   string
	tokenTTL       time.Duration
	baseURL        string
	operatorUserID string

	mu       sync.Mutex
	state    *state
	sessions map[string]*apiSession
	failures map[string]int // failed logins by client id
	counts   counter
	faults   []*activeFault
	fresh    freshness
	serial   uint64 // source of tokens and secrets
}

// An Option configures New.
type Option func(*Server)

// WithClock sets the time the server lives in.
func WithClock(now func() time.Time) Option { return func(s *Server) { s.clock = now } }

// WithCredentials sets the API key of the operator user.
func WithCredentials(id, secret string) Option {
	return func(s *Server) { s.clientID, s.clientSecret = id, secret }
}

// WithLatency delays every answer by what d returns.
func WithLatency(d func() time.Duration) Option { return func(s *Server) { s.latency = d } }

// WithRelease makes the server a Looker of that release: newer endpoints answer 404, newer fields are unknown.
// A malformed release panics.
func WithRelease(version string) Option {
	return func(s *Server) {
		r, err := parseRelease(version)
		if err != nil {
			panic("lookertest.WithRelease: " + err.Error())
		}
		s.release = r
	}
}

// WithSwitches chooses between undocumented behaviours.
func WithSwitches(sw Switches) Option { return func(s *Server) { s.switches = sw } }

// WithCore makes the server a Looker (Google Cloud core): 403 on the operations documented as possibly denied
// there and on sudo as other than embed users.
func WithCore() Option { return func(s *Server) { s.core = true } }

// WithStrict sets whether unknown body fields (422) and query parameters (400) are refused. Default true.
func WithStrict(strict bool) Option { return func(s *Server) { s.strict = strict } }

// WithTokenTTL sets the life of access tokens. Default one hour.
func WithTokenTTL(ttl time.Duration) Option { return func(s *Server) { s.tokenTTL = ttl } }

// New returns a server with the rows of a new instance.
func New(opts ...Option) *Server {
	s := &Server{
		clock: time.Now, latency: func() time.Duration { return 0 }, release: release{26, 12}, strict: true,
		clientID: "mock-client-id", clientSecret: "mock-client-secret", tokenTTL: time.Hour,
		baseURL: "https://looker.example.com",
	}
	for _, opt := range opts {
		opt(s)
	}
	s.reset()
	return s
}

// reset puts the seeded state in place and forgets sessions.
func (s *Server) reset() {
	s.state = newState()
	s.sessions = map[string]*apiSession{}
	s.failures = map[string]int{}
	s.fresh.created = nil
	s.seed()
}

// ResetState forgets every change and session; call counts and faults stay.
func (s *Server) ResetState() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reset()
}

// URL is the address of a started server, without /api.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.baseURL
}

// SetURL tells the server the address it is reached at; Start does it.
func (s *Server) SetURL(u string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.baseURL = strings.TrimSuffix(u, "/")
}

// ClientID is the id of the operator's API key.
func (s *Server) ClientID() string { return s.clientID }

// ClientSecret is the secret of the operator's API key.
func (s *Server) ClientSecret() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clientSecret
}

// OperatorUserID is the id of the user the API key belongs to. It holds the Admin role.
func (s *Server) OperatorUserID() string { return s.operatorUserID }

// Core tells whether the server is a Looker (Google Cloud core).
func (s *Server) Core() bool { return s.core }

// A route is one operation of the API.
type route struct {
	at         string // METHOD /path/{param}
	op         string
	class      string // non_query when empty
	coreDenied bool
	query      string // parameters it accepts
	needs      string // parameters it requires
	body       string // schema or [schema]; a trailing ! when required
	errors     string // statuses the description lists
	since      string
	open       bool // callers without the Admin role may call it
	do         func(*call) (any, error)

	method, path string
	segments     []string
	params       map[string]bool
	sinceRelease release
}

// router finds routes by method and number of path segments.
type router map[string][]*route

var routes, allRoutes = buildRouter(authRoutes, userRoutes, credentialRoutes, attributeRoutes, groupRoutes, roleRoutes, setRoutes,
	folderRoutes, accessRoutes, contentRoutes, scheduleRoutes, settingsRoutes, ssoRoutes, supportRoutes, vocabularyRoutes)

func buildRouter(families ...[]route) (router, []*route) {
	r, all := router{}, []*route{}
	for _, family := range families {
		for i := range family {
			rt := &family[i]
			rt.prepare()
			key := routeKey(rt.method, len(rt.segments))
			r[key] = append(r[key], rt)
			all = append(all, rt)
		}
	}
	return r, all
}

func (rt *route) prepare() {
	rt.method, rt.path, _ = strings.Cut(rt.at, " ")
	rt.segments = strings.Split(strings.TrimPrefix(rt.path, "/"), "/")
	rt.params = map[string]bool{}
	for _, q := range strings.Fields(rt.query) {
		rt.params[q] = true
	}
	if rt.class == "" {
		rt.class = classNonQuery
	}
	if rt.since != "" {
		rt.sinceRelease, _ = parseRelease(rt.since)
	}
}

func routeKey(method string, segments int) string { return fmt.Sprintf("%s %d", method, segments) }

// find returns the most literal route that fits, with its path parameters.
func (r router) find(method, escapedPath string) (*route, map[string]string) {
	parts := strings.Split(strings.TrimPrefix(escapedPath, "/"), "/")
	for i, p := range parts {
		if u, err := url.PathUnescape(p); err == nil {
			parts[i] = u
		}
	}
	var best *route
	var bestArgs map[string]string
	for _, rt := range r[routeKey(method, len(parts))] {
		args, ok := rt.match(parts)
		if ok && (best == nil || len(args) < len(bestArgs)) {
			best, bestArgs = rt, args
		}
	}
	return best, bestArgs
}

func (rt *route) match(parts []string) (map[string]string, bool) {
	args := map[string]string{}
	for i, seg := range rt.segments {
		if name, ok := strings.CutPrefix(seg, "{"); ok {
			args[strings.TrimSuffix(name, "}")] = parts[i]
		} else if seg != parts[i] {
			return nil, false
		}
	}
	return args, true
}

// A RouteInfo describes one operation the server knows.
type RouteInfo struct {
	Method, Path, Operation, Class string
	CoreDenied                     bool
	Query                          []string
	Statuses                       []string // error statuses the operation may answer
}

// Routes lists the operations the server knows.
func Routes() []RouteInfo {
	out := make([]RouteInfo, 0, len(allRoutes))
	for _, rt := range allRoutes {
		out = append(out, RouteInfo{rt.method, rt.path, rt.op, rt.class, rt.coreDenied, strings.Fields(rt.query), strings.Fields(rt.errors)})
	}
	return out
}

// isLoopback tells whether the request came in on a loopback listener.
func isLoopback(r *http.Request) bool {
	addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	host, _, err := net.SplitHostPort(addr.String())
	return err == nil && net.ParseIP(host).IsLoopback()
}
