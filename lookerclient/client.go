package lookerclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// Credentials is an API key of the Looker user that the client acts as.
type Credentials struct {
	ClientID     string
	ClientSecret Secret
}

// Client talks to one Looker instance as one user. It is safe for concurrent use.
// All that use one API key should share one Client: it holds one token.
type Client struct {
	Users           *UsersService
	Groups          *GroupsService
	Roles           *RolesService
	PermissionSets  *PermissionSetsService
	ModelSets       *ModelSetsService
	UserAttributes  *UserAttributesService
	Folders         *FoldersService
	ContentMetadata *ContentMetadataService
	ScheduledPlans  *ScheduledPlansService
	Settings        *SettingsService
	Instance        *InstanceService

	*config
	session *session
	dev     func() *Client
}

// config is what a Client shares with those made from it by As and Dev.
type config struct {
	base       *url.URL // without /api/4.0
	creds      Credentials
	http       *http.Client
	userAgent  string
	timeout    time.Duration
	maxRetries int
	now        func() time.Time
	sleep      func(context.Context, time.Duration) error
	before     func(context.Context, Operation) error
	admit      func(context.Context) error
	observe    func(context.Context, Call)
	roleLocks  roleLocks
}

// Call is one HTTP attempt, as an observer learns of it.
type Call struct {
	Operation Operation
	Status    int // 0 when there was no answer
	Err       error
	Duration  time.Duration
	Attempt   int // from 1
}

// Option changes a Client while New builds it.
type Option func(*config)

// WithTransport replaces the transport, for example by a NewTransport with its own TLS settings.
func WithTransport(rt http.RoundTripper) Option { return func(c *config) { c.http.Transport = rt } }

// WithUserAgent sets the User-Agent header.
func WithUserAgent(ua string) Option { return func(c *config) { c.userAgent = ua } }

// WithTimeout bounds each attempt, reading the answer included. The default is two minutes.
func WithTimeout(d time.Duration) Option { return func(c *config) { c.timeout = d } }

// WithClock replaces the clock that token expiry, refusals and retries use. sleep
// must return the context's error when the context ends first.
func WithClock(now func() time.Time, sleep func(context.Context, time.Duration) error) Option {
	return func(c *config) { c.now, c.sleep = now, sleep }
}

// WithBeforeCall sets a function that is asked before each HTTP attempt, login
// included. It may wait. When it returns an error, nothing is sent and the error
// is returned wrapped. A login is shared by all that wait for it: its context
// carries the values of the first of them, but not its cancellation.
func WithBeforeCall(f func(ctx context.Context, op Operation) error) Option {
	return func(c *config) { c.before = f }
}

// WithBeforeToken sets a function that is asked once for each operation other than
// a login, before the client looks for a token, which may take a login. When it
// returns an error, nothing is sent and the error is returned wrapped.
func WithBeforeToken(f func(ctx context.Context) error) Option {
	return func(c *config) { c.admit = f }
}

// WithObserver sets a function that is told after each HTTP attempt that the
// function of WithBeforeCall allowed. ctx has the values of that function's. It
// must not block.
func WithObserver(f func(ctx context.Context, call Call)) Option {
	return func(c *config) { c.observe = f }
}

// WithMaxRetries sets how often a request is repeated after a failure that passes;
// the default is 2, and 0 means never.
func WithMaxRetries(n int) Option { return func(c *config) { c.maxRetries = n } }

// New returns a client for the instance at baseURL, for example
// https://example.cloud.looker.com or https://looker.example.com:19999, without
// /api/4.0. It does not call Looker. Plain http is accepted for a loopback address only.
func New(baseURL string, creds Credentials, opts ...Option) (*Client, error) {
	base, err := parseBaseURL(baseURL)
	if err != nil {
		return nil, err
	}
	if creds.ClientID == "" || creds.ClientSecret.IsEmpty() {
		return nil, errors.New("credentials: ClientID and ClientSecret must both be set; " +
			"an Admin creates them in Looker under Users > Edit > API Keys")
	}
	cfg := &config{
		base:  base,
		creds: creds,
		http: &http.Client{
			Transport:     NewTransport(),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		userAgent:  defaultUserAgent(),
		timeout:    2 * time.Minute,
		maxRetries: 2,
		now:        time.Now,
		sleep:      sleep,
		before:     func(context.Context, Operation) error { return nil },
		admit:      func(context.Context) error { return nil },
		observe:    func(context.Context, Call) {},
	}
	for _, opt := range opts {
		opt(cfg)
	}
	if cfg.timeout <= 0 || cfg.maxRetries < 0 {
		return nil, errors.New("options: the timeout must be positive and the number of retries not negative")
	}
	return newClient(cfg, &session{config: cfg, login: cfg.passwordLogin}), nil
}

// Address is the instance's base URL, without /api/4.0.
func (c *Client) Address() string { return c.base.String() }

// ClientID is the public half of the API key that the client logs in with.
func (c *Client) ClientID() string { return c.creds.ClientID }

func newClient(cfg *config, s *session) *Client {
	c := &Client{config: cfg, session: s}
	c.dev = sync.OnceValue(func() *Client {
		dev := newClient(cfg, &session{config: cfg, login: s.login, prepare: cfg.enterDevWorkspace})
		dev.dev = func() *Client { return dev }
		return dev
	})
	c.Users = &UsersService{c}
	c.Groups = &GroupsService{c}
	c.Roles = &RolesService{c}
	c.PermissionSets = &PermissionSetsService{c}
	c.ModelSets = &ModelSetsService{c}
	c.UserAttributes = &UserAttributesService{c}
	c.Folders = &FoldersService{c}
	c.ContentMetadata = &ContentMetadataService{c}
	c.ScheduledPlans = &ScheduledPlansService{c}
	c.Settings = &SettingsService{c}
	c.Instance = &InstanceService{c}
	return c
}

// NewTransport returns the transport that a Client uses unless told otherwise:
// HTTP/2 and keep-alive, proxies from the environment, bounded dialling. A caller
// may set its TLSClientConfig before use.
func NewTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          64,
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

func parseBaseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		// The text of err repeats the URL, which may carry a password.
		return nil, errors.New("url: cannot be parsed; write it like https://example.cloud.looker.com")
	}
	if err := checkScheme(u); err != nil {
		return nil, err
	}
	switch {
	case u.User != nil:
		return nil, errors.New("url: must not contain a user or password; pass them as credentials")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("url: must not have a query or a fragment; remove everything from the ? or # on")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	if strings.HasSuffix(u.Path, "/api") || strings.Contains(u.Path+"/", "/api/") {
		return nil, fmt.Errorf("url: must not include %q; write the address without /api, which is added", u.Path)
	}
	return u, nil
}

func checkScheme(u *url.URL) error {
	switch {
	case u.Hostname() == "":
		return errors.New("url: has no host; write it like https://example.cloud.looker.com")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return fmt.Errorf("url: http would send the credentials in clear to %s; use https (http is accepted for a loopback address only)", u.Host)
	case u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("url: scheme %q is not supported; use https", u.Scheme)
	}
	return nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

func defaultUserAgent() string {
	version := "devel"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		version = info.Main.Version
	}
	return "looker-operator/" + version
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
