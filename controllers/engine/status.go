package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// maxMessage bounds what a condition says, in bytes.
const maxMessage = 1024

// finish says in the conditions how the pass ended, writes the status if it
// changed, and says when to come back.
func (r *Reconciler[O, W, L]) finish(ctx context.Context, p *pass[O, W, L], stepErr error) (ctrl.Result, error) {
	o := r.lookAgain(p, r.outcomeOf(p, stepErr))
	if errors.Is(stepErr, errPaused) && isUnavailable(p.before) {
		o.silent = true // it says already why it waits, and since the first failure, which tells more
	}
	if o.silent {
		return again(o.after), nil
	}
	_, status := p.obj.Common()
	r.describeOutcome(p, o, stepErr == nil)
	if p.lookups != nil || stepErr == nil {
		storeLookups(status, p.lookups)
	}
	if o.asked() {
		status.HandledReconcileRequest = p.obj.GetAnnotations()[v1alpha1.AnnotationReconcileRequest]
	}
	if o.stalled && reasonChanged(p.before, o.reason) {
		r.warn(p.obj, o.reason, o.message)
	}
	err := r.patchStatus(ctx, p, false)
	switch {
	case apierrors.IsConflict(err):
		return again(errStale.after), nil
	case err != nil:
		return again(0), client.IgnoreNotFound(err)
	}
	return again(o.after), o.retry
}

// again is the result of a pass that is repeated later, or after an error, as
// the retry that it is by then.
func again(after time.Duration) ctrl.Result {
	return ctrl.Result{RequeueAfter: after, Priority: new(rankRetry.priority())}
}

// outcomeOf is what the conditions say of a pass that ended with an error, or
// without one.
func (r *Reconciler[O, W, L]) outcomeOf(p *pass[O, W, L], stepErr error) outcome {
	if stepErr != nil {
		return classify(stepErr)
	}
	if spec, _ := p.obj.Common(); spec.ManagementPolicy == v1alpha1.ManagementObserve {
		return outcome{reason: ReasonObserved}
	}
	return outcome{reason: ReasonSynced}
}

// describeOutcome sets the conditions. Ready is always there; Reconciling,
// Stalled and Drifted only while they are true, as kstatus wants it.
func (r *Reconciler[O, W, L]) describeOutcome(p *pass[O, W, L], o outcome, good bool) {
	_, status := p.obj.Common()
	generation := p.obj.GetGeneration()
	message := bounded(o.message)
	set := func(kind string, value metav1.ConditionStatus, reason, message string) {
		meta.SetStatusCondition(&status.Conditions, metav1.Condition{
			Type: kind, Status: value, Reason: reason, Message: message, ObservedGeneration: generation,
		})
	}
	status.ObservedGeneration = generation
	switch {
	case good:
		set(v1alpha1.ConditionReady, metav1.ConditionTrue, o.reason, message)
	case o.reason == ReasonSuspended:
		set(v1alpha1.ConditionReady, metav1.ConditionUnknown, o.reason, message)
	default:
		set(v1alpha1.ConditionReady, metav1.ConditionFalse, o.reason, message)
	}
	condition := func(kind string, on bool) {
		if on {
			set(kind, metav1.ConditionTrue, o.reason, message)
		} else {
			meta.RemoveStatusCondition(&status.Conditions, kind)
		}
	}
	condition(v1alpha1.ConditionStalled, !good && o.stalled)
	condition(v1alpha1.ConditionReconciling, !good && !o.stalled && o.reason != ReasonSuspended && o.reason != ReasonDrifted)
	if len(p.drifted) > 0 {
		set(v1alpha1.ConditionDrifted, metav1.ConditionTrue, ReasonDrifted, bounded(list(p.drifted)))
	} else {
		meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionDrifted)
	}
}

// patchStatus writes what changed of the status since it was last read or
// written, and nothing if nothing did. With locked, it fails unless the object
// is the version that was read: a decision made on a stale copy is not stored.
func (r *Reconciler[O, W, L]) patchStatus(ctx context.Context, p *pass[O, W, L], locked bool) error {
	base := p.before.DeepCopyObject().(O)
	base.SetResourceVersion(p.obj.GetResourceVersion())
	base.SetFinalizers(p.obj.GetFinalizers())
	if equality.Semantic.DeepEqual(base, p.obj) {
		return nil
	}
	var opts []client.MergeFromOption
	if locked {
		opts = append(opts, client.MergeFromWithOptimisticLock{})
	}
	patch := client.MergeFromWithOptions(base, opts...)
	if err := r.Client.Status().Patch(ctx, p.obj, patch); err != nil {
		return err
	}
	r.writes.note(p.obj, r.Clock.Now())
	p.before = p.obj.DeepCopyObject().(O)
	return nil
}

func (r *Reconciler[O, W, L]) event(obj O, reason, action, format string, args ...any) {
	r.Events.Eventf(obj, nil, corev1.EventTypeNormal, reason, action, "%s", bounded(fmt.Sprintf(format, args...)))
}

func (r *Reconciler[O, W, L]) warn(obj O, reason, message string) {
	r.Events.Eventf(obj, nil, corev1.EventTypeWarning, reason, "Reconcile", "%s", bounded(message))
}

func bounded(s string) string {
	if len(s) <= maxMessage {
		return s
	}
	const more = "…"
	cut := maxMessage - len(more)
	for cut > 0 && s[cut]&0xC0 == 0x80 { // not in the middle of a character
		cut--
	}
	return s[:cut] + more
}

func readyReason(obj v1alpha1.Object) string {
	_, status := obj.Common()
	if c := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady); c != nil {
		return c.Reason
	}
	return ""
}

func reasonChanged(before v1alpha1.Object, reason string) bool { return readyReason(before) != reason }

// isReady reports whether the status says Ready for this very generation.
func isReady(obj v1alpha1.Object) bool {
	_, status := obj.Common()
	c := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	return c != nil && c.Status == metav1.ConditionTrue && c.ObservedGeneration == obj.GetGeneration()
}

// isUnavailable reports whether the status says, of this very generation, that
// Looker does not answer.
func isUnavailable(obj v1alpha1.Object) bool {
	_, status := obj.Common()
	c := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	return c != nil && c.Reason == ReasonLookerUnavailable && c.ObservedGeneration == obj.GetGeneration()
}

// requested reports whether the user asked for a reconcile that was not done yet.
func requested(obj v1alpha1.Object) bool {
	_, status := obj.Common()
	asked := obj.GetAnnotations()[v1alpha1.AnnotationReconcileRequest]
	return asked != "" && asked != status.HandledReconcileRequest
}
