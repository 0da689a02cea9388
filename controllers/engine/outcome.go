package engine

import (
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Reasons of the Ready condition. Each has a section in docs/reasons.md.
const (
	ReasonSynced             = "Synced"
	ReasonDrifted            = "Drifted"
	ReasonObserved           = "Observed"
	ReasonSuspended          = "Suspended"
	ReasonProgressing        = "Progressing"
	ReasonWaitingForInstance = "WaitingForInstance"
	ReasonWaitingForRef      = "WaitingForReference"
	ReasonRefNotFound        = "ReferenceNotFound"
	ReasonSecretNotFound     = "SecretNotFound"
	ReasonInUse              = "InUse"
	ReasonNotEmpty           = "NotEmpty"
	ReasonAlreadyExists      = "AlreadyExists"
	ReasonMissing            = "NotFoundInLooker"
	ReasonRemoved            = "RemovedInLooker"
	ReasonAmbiguousCreate    = "AmbiguousCreate"
	ReasonAmbiguousAdoption  = "AmbiguousAdoption"
	ReasonOwnedByAnother     = "OwnedByAnother"
	ReasonRejected           = "RejectedByLooker"
	ReasonForbidden          = "Forbidden"
	ReasonUnsupported        = "Unsupported"
	ReasonNotModifiable      = "NotModifiable"
	ReasonInvalidSpec        = "InvalidSpec"
	ReasonNotAllowed         = "NotAllowed"
	ReasonRefused            = "Refused"
	ReasonNonConverging      = "NonConverging"
	ReasonLookerUnavailable  = "LookerUnavailable"
	ReasonRateLimited        = "RateLimited"
	ReasonLookerError        = "LookerError"
	ReasonSecretConflict     = "SecretConflict"
	ReasonBudgetExhausted    = "BudgetExhausted"
)

// outcome is what a condition says, and when to come back.
type outcome struct {
	reason  string
	message string
	// stalled: a retry alone cannot help.
	stalled bool
	// after which to look again; 0 with a nil retry means only when something
	// that is watched changes.
	after time.Duration
	// retry, when set, lets the queue back off.
	retry error
	// silent outcomes do not touch the status: nothing was found out.
	silent bool
}

// asked reports whether Looker was asked, so that a request for a reconcile is
// done. What waits for something else before it can ask keeps its request.
func (o outcome) asked() bool {
	switch o.reason {
	case ReasonSynced, ReasonObserved, ReasonDrifted, ReasonMissing, ReasonNotEmpty:
		return true
	}
	return o.stalled
}

// stopError ends a reconcile for a reason that an immediate retry does not cure.
type stopError struct {
	outcome
	err error
}

func (e *stopError) Error() string { return e.err.Error() }
func (e *stopError) Unwrap() error { return e.err }

// recheck is how often a refusal is tried again: what Looker refuses today it
// may accept tomorrow, without any change of the spec.
const recheck = 10 * time.Minute

// Invalid stops until the spec changes. Adapters return it from Desired.
func Invalid(format string, args ...any) error { return stalled(ReasonInvalidSpec, 0, format, args...) }

// Refuse stops because the operator will not do what the spec asks for.
// Adapters return it from Guard.
func Refuse(format string, args ...any) error {
	return stalled(ReasonRefused, recheck, format, args...)
}

// Unsupported stops because this Looker does not have what the spec asks for.
func Unsupported(format string, args ...any) error {
	return stalled(ReasonUnsupported, recheck, format, args...)
}

func stalled(reason string, after time.Duration, format string, args ...any) error {
	return &stopError{outcome{reason: reason, stalled: true, after: after}, fmt.Errorf(format, args...)}
}

// waiting stops until a watched object, or Looker, changes; after is the
// latest time to look again, 0 for never.
func waiting(reason string, after time.Duration, format string, args ...any) error {
	return &stopError{outcome{reason: reason, after: after}, fmt.Errorf(format, args...)}
}

// isWaiting reports whether an error only says that a reference has no id yet.
func isWaiting(err error) bool {
	var stop *stopError
	return errors.As(err, &stop) && stop.reason == ReasonWaitingForRef
}

// errParked ends a reconcile that will be woken when the instance has room for
// it, or is known. Nothing was sent and nothing is written.
var errParked = &stopError{outcome{silent: true}, errors.New("waiting for a turn")}

// errStale ends a reconcile that worked on an old copy of its object. The newer
// one is on its way into the cache.
var errStale = &stopError{outcome{silent: true, after: 200 * time.Millisecond}, errors.New("the copy of the object is not the latest")}

// IgnoreStale returns nil for an error that only says that the object has
// changed meanwhile: the change itself leads to the next reconcile.
func IgnoreStale(err error) error {
	if errors.Is(err, errStale) || apierrors.IsConflict(err) {
		return nil
	}
	return err
}

// classify decides, for the error of any step, what the conditions say and when
// to come back. It is the only place that does.
func classify(err error) outcome {
	var stop *stopError
	if apierrors.IsConflict(err) {
		return errStale.outcome
	}
	if errors.As(err, &stop) {
		o := stop.outcome
		o.message = err.Error()
		return o
	}
	o := outcome{message: err.Error()}
	var exhausted *exhaustedError
	switch {
	case errors.As(err, &exhausted):
		o.reason, o.after = ReasonBudgetExhausted, exhausted.left
	case errors.Is(err, errPaused):
		o.reason, o.after = ReasonLookerUnavailable, recheck // the gate wakes it sooner
	case lookerclient.IsUnsupported(err):
		o.reason, o.stalled, o.after = ReasonUnsupported, true, recheck
	case lookerclient.IsRateLimited(err):
		o.reason, o.after = ReasonRateLimited, max(lookerclient.RetryAfter(err), time.Second)
	case lookerclient.IsInvalid(err), lookerclient.IsAlreadyExists(err):
		o.reason, o.stalled, o.after = ReasonRejected, true, recheck
	case lookerclient.IsForbidden(err):
		o.reason, o.stalled, o.after = ReasonForbidden, true, recheck
	case lookerclient.IsNotModifiable(err):
		o.reason, o.stalled, o.after = ReasonNotModifiable, true, recheck
	case lookerclient.IsUnavailable(err), isLogin(err), lookerclient.IsUnauthorized(err):
		o.reason, o.retry = ReasonLookerUnavailable, err
	default:
		o.reason, o.retry = ReasonLookerError, err
	}
	return o
}

func isLogin(err error) bool {
	var login *lookerclient.LoginError
	return errors.As(err, &login)
}
