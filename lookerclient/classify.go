package lookerclient

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// unsupportedOnCore is how Looker (Google Cloud core) refuses what it lacks.
const unsupportedOnCore = "Unsupported in Looker (Google Cloud core)"

// codeAlreadyExists is the validation code of a name that is taken.
const codeAlreadyExists = "already_exists"

// IsNotFound reports that Looker says the resource does not exist. Looker says the
// same of a resource that the client may not see.
func IsNotFound(err error) bool {
	e := answerOf(err)
	return e != nil && e.StatusCode == http.StatusNotFound && !IsUnsupported(err)
}

// IsAlreadyExists reports that a name, e-mail address or key is taken.
func IsAlreadyExists(err error) bool {
	e := answerOf(err)
	return e != nil && (e.StatusCode == http.StatusConflict || e.StatusCode == http.StatusUnprocessableEntity && e.hasCode(codeAlreadyExists))
}

// IsInvalid reports that Looker refused the content of the request, so that the
// same content will be refused again.
func IsInvalid(err error) bool {
	e := answerOf(err)
	if e == nil {
		return false
	}
	return e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusUnprocessableEntity && !e.hasCode(codeAlreadyExists)
}

// IsUnauthorized reports that Looker does not accept the credentials, or not the
// token that it has just given for them.
func IsUnauthorized(err error) bool {
	if IsLoginRejected(err) {
		return true
	}
	var e *Error
	return errors.As(err, &e) && e.StatusCode == http.StatusUnauthorized
}

// IsForbidden reports that the client's user lacks a right or the instance a licence.
func IsForbidden(err error) bool {
	e := refusalOf(err)
	return e != nil && e.StatusCode == http.StatusForbidden && !IsUnsupported(err)
}

// IsUnsupported reports that this kind of Looker instance, or its release, does
// not have the operation.
func IsUnsupported(err error) bool {
	e := refusalOf(err)
	switch {
	case e == nil:
		return false
	case e.StatusCode == http.StatusForbidden:
		return strings.Contains(e.Message, unsupportedOnCore)
	}
	return e.StatusCode == http.StatusNotFound && e.Operation.namesNothing()
}

// IsNotModifiable reports that Looker does not let anybody change the resource:
// a built-in role or set, or content that is defined in LookML.
func IsNotModifiable(err error) bool {
	e := answerOf(err)
	return e != nil && e.StatusCode == http.StatusMethodNotAllowed
}

// IsRateLimited reports that Looker wants fewer requests; see RetryAfter.
func IsRateLimited(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.StatusCode == http.StatusTooManyRequests
}

// RetryAfter returns how long to wait before the next try, as Looker or the client
// asks for it, or 0.
func RetryAfter(err error) time.Duration {
	var login *LoginError
	if errors.As(err, &login) && login.RetryAfter > 0 {
		return login.RetryAfter
	}
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// IsUnavailable reports that Looker could not be asked: no connection, a timeout,
// 502, 503 or 504, or an answer that is not Looker's. Trying again later can help.
// A call that its own caller cancelled is not among them.
func IsUnavailable(err error) bool {
	var t *TransportError
	if errors.As(err, &t) {
		return !errors.Is(t.Err, context.Canceled)
	}
	var e *Error
	if !errors.As(err, &e) {
		return errors.Is(err, context.DeadlineExceeded)
	}
	switch e.StatusCode {
	case http.StatusTooManyRequests, http.StatusUnauthorized:
		return false
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.HTML
}

// IsServerError reports that Looker itself failed (500). It does so for some
// invalid requests too, so a retry need not help.
func IsServerError(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.StatusCode >= http.StatusInternalServerError && !IsUnavailable(err)
}

// OutcomeUnknown reports that a write failed and may have taken effect: its answer
// was lost, or was a 5xx. Look before writing again. A request that was never
// sent is not unknown.
func OutcomeUnknown(err error) bool {
	var u unknownOutcome
	return errors.As(err, &u)
}

// IsLoginRejected reports that Looker does not accept the credentials. The client
// then refuses to try them again for a minute, doubling to fifteen; see RetryAfter.
func IsLoginRejected(err error) bool { return loginReason(err) == LoginRejected }

// IsLoginLocked reports that Looker has locked the API key.
func IsLoginLocked(err error) bool { return loginReason(err) == LoginLocked }

// IsLoginUnreachable reports that Looker could not be asked for a token.
func IsLoginUnreachable(err error) bool { return loginReason(err) == LoginUnreachable }

// IsLoginNotLooker reports that what answers at the address is not Looker's API.
func IsLoginNotLooker(err error) bool { return loginReason(err) == LoginNotLooker }

func loginReason(err error) LoginReason {
	var login *LoginError
	if !errors.As(err, &login) {
		return ""
	}
	return login.Reason
}

func isLoginError(err error) bool { return loginReason(err) != "" }

// answerOf returns what Looker said about the resource that a call names, or nil:
// what a proxy or the login said is not about it.
func answerOf(err error) *Error {
	if isLoginError(err) {
		return nil
	}
	return refusalOf(err)
}

// refusalOf is answerOf, the refusal to act as another user included.
func refusalOf(err error) *Error {
	var e *Error
	if r := loginReason(err); r != "" && r != LoginSudoRefused || !errors.As(err, &e) || e.HTML {
		return nil
	}
	return e
}

func (e *Error) hasCode(code string) bool {
	return slices.ContainsFunc(e.Fields, func(f FieldError) bool { return f.Code == code })
}

// namesNothing reports that no object is named by the request, so that a 404 can
// only mean that the endpoint itself is missing. Creations in a collection do name
// others (a parent, a role) and have 404 for those.
func (op Operation) namesNothing() bool {
	if strings.Contains(op.Path, "{") || strings.HasPrefix(op.Path, "/content_metadata") {
		return false
	}
	switch op.Method {
	case http.MethodGet, http.MethodPatch:
		return true
	case http.MethodPost:
		return op.ID == opSetSMTPSettings.ID || op.ID == opAddSupportAccessAllowlistEntries.ID
	}
	return false
}

// isDialError reports that no connection could be made.
func isDialError(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns)
}
