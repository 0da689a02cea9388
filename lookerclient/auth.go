package lookerclient

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// The bounds of how long a rejected login is not tried again: an API key can be
// locked by too many failures.
const (
	minRefusal = time.Minute
	maxRefusal = 15 * time.Minute
)

// accessToken is the answer of login. It is decode-only, and never printed.
type accessToken struct {
	Token     string `json:"access_token"`
	ExpiresIn int64  `json:"expires_in"` // seconds
}

// session is one token and how to get the next.
type session struct {
	*config
	login   func(context.Context) (*accessToken, error)
	prepare func(context.Context, Secret) error // what a new token needs before use, or nil

	mu       sync.Mutex
	token    Secret
	renewAt  time.Time
	flight   *flight
	rejected error // the last login's, while it stands
	until    time.Time
	refusal  time.Duration
}

// flight is a login that all who need a token wait for.
type flight struct {
	done  chan struct{}
	token Secret
	err   error
}

// current returns a token that is good for at least a minute, logging in if there is none.
func (s *session) current(ctx context.Context) (Secret, error) {
	if err := ctx.Err(); err != nil {
		return Secret{}, err
	}
	s.mu.Lock()
	if !s.token.IsEmpty() && s.now().Before(s.renewAt) {
		defer s.mu.Unlock()
		return s.token, nil
	}
	if wait := s.until.Sub(s.now()); s.rejected != nil && wait > 0 {
		defer s.mu.Unlock()
		return Secret{}, withheld(s.rejected, wait)
	}
	f := s.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		s.flight = f
		go s.fly(context.WithoutCancel(ctx), f)
	}
	s.mu.Unlock()
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return Secret{}, ctx.Err()
	}
}

// drop forgets a token that Looker refused, unless a newer one has taken its place.
func (s *session) drop(token Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == token {
		s.token = Secret{}
	}
}

// fly logs in for all that wait on f.
func (s *session) fly(ctx context.Context, f *flight) {
	granted, err := s.login(ctx)
	if err == nil && s.prepare != nil {
		err = s.prepare(ctx, NewSecret(granted.Token))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(f.done)
	s.flight = nil
	if err != nil {
		f.err = err
		s.remember(err)
		return
	}
	f.token = NewSecret(granted.Token)
	s.token, s.renewAt = f.token, s.now().Add(usableFor(granted.ExpiresIn))
	s.rejected, s.refusal = nil, 0
}

// remember makes the session withhold further logins after one that only other
// credentials can help.
func (s *session) remember(err error) {
	var login *LoginError
	if !errors.As(err, &login) || (login.Reason != LoginRejected && login.Reason != LoginLocked) {
		return
	}
	s.refusal = min(max(2*s.refusal, minRefusal), maxRefusal)
	s.rejected, s.until = err, s.now().Add(s.refusal)
}

// usableFor is how long a token is used: until at least a minute before its end,
// spread so that many clients do not renew at once. Of a token that lives less
// than four minutes it is half.
func usableFor(expiresIn int64) time.Duration {
	life := time.Duration(min(expiresIn, 24*60*60)) * time.Second
	if life < 4*time.Minute {
		return life / 2
	}
	return life - time.Minute - rand.N(30*time.Second)
}

// passwordLogin exchanges the API key for a token (operation login). The key
// travels in the body alone: as a query parameter it would be in access logs.
func (c *config) passwordLogin(ctx context.Context) (*accessToken, error) {
	m, err := c.prepare(opLogin.at())
	if err != nil {
		return nil, err
	}
	secret := c.creds.ClientSecret.Reveal()
	m.contentType = "application/x-www-form-urlencoded"
	m.body = []byte(url.Values{"client_id": {c.creds.ClientID}, "client_secret": {secret}}.Encode())
	m.secrets = []string{secret}
	for n := 1; ; n++ {
		var out accessToken
		res := c.attempt(ctx, m, Secret{}, n, &out)
		switch {
		case res.again && n <= c.maxRetries && c.pause(ctx, n-1) == nil:
			continue
		case res.err != nil:
			return nil, newLoginError(res.err)
		}
		return checkToken(opLogin, &out)
	}
}

func checkToken(op Operation, t *accessToken) (*accessToken, error) {
	if t.Token == "" || t.ExpiresIn <= 0 {
		return nil, &LoginError{Reason: LoginNotLooker, Err: &Error{
			Operation: op, Method: op.Method, Path: op.Path, StatusCode: http.StatusOK, HTML: true,
			Message: "the answer has no access_token or no expires_in",
		}}
	}
	return t, nil
}

// enterDevWorkspace moves a new token to the development workspace (operation update_session).
func (c *config) enterDevWorkspace(ctx context.Context, token Secret) error {
	m, err := c.prepare(opUpdateSession.at().with(WriteSession{WorkspaceID: Set(ID("dev"))}))
	if err != nil {
		return err
	}
	var out Session
	if res := c.attempt(ctx, m, token, 1, &out); res.err != nil {
		return fmt.Errorf("enter the development workspace: %w", res.err)
	}
	if got, _ := out.WorkspaceID.Get(); got != "dev" {
		return fmt.Errorf("enter the development workspace: Looker left the session in %q", got)
	}
	return nil
}

// Login makes sure that there is a token, and so checks the credentials
// (operation login). All other methods do it themselves.
func (c *Client) Login(ctx context.Context) error {
	_, err := c.session.current(ctx)
	return err
}

// Logout revokes the token, if there is one (operation logout). The next call logs in again.
func (c *Client) Logout(ctx context.Context) error {
	c.session.mu.Lock()
	token := c.session.token
	c.session.token = Secret{}
	c.session.mu.Unlock()
	if token.IsEmpty() {
		return nil
	}
	m, err := c.config.prepare(opLogout.at())
	if err != nil {
		return err
	}
	res := c.attempt(ctx, m, token, 1, nil)
	if res.unauthorized || IsNotFound(res.err) {
		return nil // it had expired already
	}
	return res.err
}

// As returns a client that acts as another user, by a token of its own (operation
// login_user); Admins only, and on Looker (Google Cloud core) for embed users
// only. Keep it instead of calling As again, and log it out when done.
func (c *Client) As(userID ID) *Client {
	s := &session{config: c.config}
	s.login = func(ctx context.Context) (*accessToken, error) {
		token, err := call[accessToken](ctx, c, opLoginUser.at(userID))
		if err != nil {
			return nil, sudoError(userID, err)
		}
		return checkToken(opLoginUser, token)
	}
	return newClient(c.config, s)
}

// Dev returns a client whose session is in the development workspace of the same
// user, by a second token (operations login and update_session). It is the same
// client at every call. Do not read drift with it: it shows the developer's files.
func (c *Client) Dev() *Client { return c.dev() }
