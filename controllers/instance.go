package controllers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// Reasons of the Ready condition of a LookerInstance.
const (
	ReasonConnected           = "Connected"
	ReasonSuspended           = "Suspended"
	ReasonCredentialsNotFound = "CredentialsNotFound"
	ReasonCredentialsRejected = "CredentialsRejected"
	ReasonCredentialsLocked   = "CredentialsLocked"
	ReasonCredentialsBound    = "CredentialsBoundToAnotherURL"
	ReasonInvalidCA           = "InvalidCA"
	ReasonInvalidURL          = "InvalidURL"
	ReasonUnreachable         = "Unreachable"
	ReasonNotLooker           = "NotLooker"
	ReasonForbidden           = "Forbidden"
	ReasonError               = "LookerError"
	ReasonInUse               = "InUse"
)

// credentialsURLKey is an optional key of the credentials Secret. Where it is
// set, the credentials are sent to this address and to no other: whoever may
// edit the LookerInstance, but not the Secret, cannot redirect them.
const credentialsURLKey = "url"

// InstanceReconciler keeps the connections to Looker instances.
type InstanceReconciler struct {
	Client   client.Client
	Reader   client.Reader // past the cache, for Secrets
	Pool     *engine.Pool
	Registry *engine.Registry
	Sweeper  *engine.Sweeper
	Clock    clock.Clock
	Events   events.EventRecorder
	// Version of the operator, for the User-Agent.
	Version string
	// ClientOptions change the clients of all instances; for tests.
	ClientOptions []lookerclient.Option

	connections connections
}

// problem is why an instance cannot be used.
type problem struct {
	reason  string
	err     error
	stalled bool
	after   time.Duration
}

func (p *problem) Error() string { return p.reason + ": " + p.err.Error() }
func (p *problem) Unwrap() error { return p.err }

// probeEvery is how often an instance that does not answer is asked again.
const probeEvery = 5 * time.Second

// Reconcile implements reconcile.Reconciler.
func (r *InstanceReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var obj v1alpha1.LookerInstance
	if err := r.Client.Get(ctx, req.NamespacedName, &obj); err != nil {
		if apierrors.IsNotFound(err) {
			r.disconnect(ctx, req.NamespacedName)
			return ctrl.Result{}, nil
		}
		return ctrl.Result{}, err
	}
	before := obj.DeepCopy()
	if !obj.DeletionTimestamp.IsZero() {
		waiting, err := r.finalize(ctx, &obj)
		if err != nil || waiting == nil {
			return ctrl.Result{}, err
		}
		return r.finish(ctx, before, &obj, waiting)
	}
	if !controllerutil.ContainsFinalizer(&obj, v1alpha1.Finalizer) {
		if err := engine.AddFinalizer(ctx, r.Client, &obj); err != nil {
			return ctrl.Result{}, engine.IgnoreStale(err)
		}
		before = obj.DeepCopy()
	}
	why := r.connect(ctx, &obj)
	if why != nil {
		inst, _, _ := r.Pool.Get(req.NamespacedName)
		r.Pool.Set(req.NamespacedName, inst, why)
	}
	return r.finish(ctx, before, &obj, why)
}

// connect makes sure that the pool has a working connection, or says why not.
func (r *InstanceReconciler) connect(ctx context.Context, obj *v1alpha1.LookerInstance) *problem {
	if obj.Spec.Suspend {
		return &problem{reason: ReasonSuspended, err: errors.New("spec.suspend is true; no call is made until it is false")}
	}
	creds, ca, why := r.credentials(ctx, obj)
	if why != nil {
		return why
	}
	if err := r.openBook(ctx, obj); err != nil {
		return &problem{reason: ReasonError, err: err, after: probeEvery}
	}
	conn, why := r.connection(obj, creds, ca)
	if why != nil {
		return why
	}
	if why := r.check(ctx, obj, conn); why != nil {
		return r.steady(client.ObjectKeyFromObject(obj), why)
	}
	inst := conn.inst
	inst.Gate.SetLimits(traffic(obj.Spec.Traffic))
	inst.SetDrift(drift(obj.Spec.DriftDetection))
	key := client.ObjectKeyFromObject(obj)
	old, known, problem := r.Pool.Get(key)
	inst.Gate.Close(known && problem == nil && old == inst) // otherwise the pool wakes everybody
	if old != nil && old != inst {
		r.Registry.Forget(old)
		r.logout(old.Client)
	}
	r.Pool.Set(key, inst, nil)
	r.requestSweep(obj)
	return nil
}

// steady is the problem that is known already, where Looker was not asked again
// because it is not yet time to.
func (r *InstanceReconciler) steady(key types.NamespacedName, why *problem) *problem {
	var before *problem
	if _, _, known := r.Pool.Get(key); engine.IsPaused(why.err) && errors.As(known, &before) && before.reason == ReasonUnreachable {
		return before
	}
	return why
}

// credentials reads the API key and the certificates.
func (r *InstanceReconciler) credentials(ctx context.Context, obj *v1alpha1.LookerInstance) (lookerclient.Credentials, string, *problem) {
	var creds lookerclient.Credentials
	secret, why := r.secret(ctx, obj.Namespace, "spec.credentialsSecretRef", obj.Spec.CredentialsSecretRef.Name,
		v1alpha1.CredentialsClientIDKey, v1alpha1.CredentialsClientSecretKey)
	if why != nil {
		return creds, "", why
	}
	if bound := strings.TrimSpace(string(secret.Data[credentialsURLKey])); bound != "" && strings.TrimRight(bound, "/") != obj.Spec.URL {
		return creds, "", &problem{reason: ReasonCredentialsBound, stalled: true, err: fmt.Errorf(
			"the key url of Secret %q says that these credentials are for another address than spec.url; nothing was sent", secret.Name)}
	}
	creds.ClientID = strings.TrimSpace(string(secret.Data[v1alpha1.CredentialsClientIDKey]))
	creds.ClientSecret = lookerclient.NewSecret(strings.TrimSpace(string(secret.Data[v1alpha1.CredentialsClientSecretKey])))
	if obj.Spec.CASecretRef == nil {
		return creds, "", nil
	}
	ref := obj.Spec.CASecretRef
	secret, why = r.secret(ctx, obj.Namespace, "spec.caSecretRef", ref.Name, ref.Key)
	if why != nil {
		return creds, "", why
	}
	return creds, string(secret.Data[ref.Key]), nil
}

func (r *InstanceReconciler) secret(ctx context.Context, namespace, field, name string, keys ...string) (*corev1.Secret, *problem) {
	var secret corev1.Secret
	if err := r.Reader.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, &secret); err != nil {
		if apierrors.IsNotFound(err) {
			err = fmt.Errorf("%s: there is no Secret %q in namespace %s; create it with the keys %s", field, name, namespace, strings.Join(keys, " and "))
			return nil, &problem{reason: ReasonCredentialsNotFound, err: err}
		}
		return nil, &problem{reason: ReasonError, err: err, after: probeEvery}
	}
	for _, key := range keys {
		if len(secret.Data[key]) == 0 {
			return nil, &problem{reason: ReasonCredentialsNotFound, err: fmt.Errorf("%s: Secret %q has no key %q", field, name, key)}
		}
	}
	return &secret, nil
}

// checkEvery is how often a connection that works is checked all the same.
const checkEvery = reportEvery / 2

// works reports whether the connection has worked lately, and nothing was heard
// to the contrary.
func (c *connection) works(now time.Time) bool {
	return !c.inst.Gate.Open() && !c.checked.IsZero() && now.Sub(c.checked) < checkEvery
}

// check logs in and reads the release, which costs no counted call, and, once
// for each API key, the user behind it.
func (r *InstanceReconciler) check(ctx context.Context, obj *v1alpha1.LookerInstance, conn *connection) *problem {
	inst, now := conn.inst, r.Clock.Now()
	if conn.works(now) && obj.Status.APIUser != nil {
		obj.Status.Release = inst.Release()
		return nil
	}
	conn.checked = time.Time{}
	if inst.Gate.Open() {
		// One request, where the calls below would each be retried.
		if err := inst.Client.Instance.Alive(ctx); lookerclient.IsUnavailable(err) || engine.IsPaused(err) {
			return callProblem("see whether Looker is back", err)
		}
	}
	if err := inst.Client.Login(ctx); err != nil {
		return loginProblem(err)
	}
	versions, err := inst.Client.Instance.Versions(ctx)
	if err != nil {
		return callProblem("read the release of Looker", err)
	}
	release := versions.LookerReleaseVersion
	inst.SetRelease(release)
	obj.Status.Release = release
	known := obj.Status.APIUser
	if known == nil || known.ClientID != conn.clientID {
		me, err := inst.Client.Instance.Me(ctx)
		if err != nil {
			return callProblem("read the operator's own user", err)
		}
		name, _ := me.DisplayName.Get()
		known = &v1alpha1.APIUser{ID: string(me.ID), Name: name, ClientID: conn.clientID}
		obj.Status.APIUser = known
	}
	if inst.Fresh == nil { // nobody else knows of the connection yet
		inst.Self = engine.Self{UserID: known.ID, CredentialID: known.ClientID}
		inst.Fresh = func(ctx context.Context) (engine.Self, error) {
			return readSelf(ctx, inst.Client, conn.clientID)
		}
	}
	conn.checked = now
	return nil
}

func loginProblem(err error) *problem {
	var login *lookerclient.LoginError
	if !errors.As(err, &login) {
		return callProblem("log in", err)
	}
	// How long the client refuses to try again changes each time; a condition
	// that said so would be written each time.
	after := max(login.RetryAfter, time.Minute)
	steady := *login
	steady.RetryAfter = 0
	err = &steady
	switch login.Reason {
	case lookerclient.LoginRejected:
		return &problem{reason: ReasonCredentialsRejected, stalled: true, after: after, err: fmt.Errorf(
			"%w; put the client id and secret of an API key of an Admin user into the Secret", err)}
	case lookerclient.LoginLocked:
		return &problem{reason: ReasonCredentialsLocked, after: max(after, 15*time.Minute), err: fmt.Errorf("%w; an Admin can clear the lockout in Looker", err)}
	case lookerclient.LoginNotLooker:
		return &problem{reason: ReasonNotLooker, after: after, err: fmt.Errorf("%w; check spec.url, and whether the instance is running", err)}
	case lookerclient.LoginUnreachable, lookerclient.LoginLimited:
		return &problem{reason: ReasonUnreachable, after: probeEvery, err: err}
	}
	return callProblem("log in", err)
}

func callProblem(doing string, err error) *problem {
	err = fmt.Errorf("%s: %w", doing, err)
	switch {
	case lookerclient.IsForbidden(err):
		return &problem{reason: ReasonForbidden, stalled: true, after: 10 * time.Minute, err: fmt.Errorf("%w; the API key must belong to an Admin user", err)}
	case lookerclient.IsRateLimited(err):
		return &problem{reason: ReasonUnreachable, after: max(lookerclient.RetryAfter(err), probeEvery), err: err}
	case lookerclient.IsUnavailable(err), engine.IsPaused(err):
		return &problem{reason: ReasonUnreachable, after: probeEvery, err: err}
	}
	return &problem{reason: ReasonError, after: probeEvery, err: err}
}

// finalize lets a LookerInstance go once nothing depends on it any more.
func (r *InstanceReconciler) finalize(ctx context.Context, obj *v1alpha1.LookerInstance) (*problem, error) {
	if !controllerutil.ContainsFinalizer(obj, v1alpha1.Finalizer) {
		return nil, nil //nolint:nilnil // nothing to wait for, nothing went wrong
	}
	key := client.ObjectKeyFromObject(obj)
	dependents, err := r.Registry.Dependents(ctx, key)
	if err != nil {
		return nil, err
	}
	if len(dependents) > 0 {
		slices.Sort(dependents)
		return &problem{reason: ReasonInUse, err: fmt.Errorf("%d objects still belong to this instance, such as %s; it goes when they are gone", len(dependents), dependents[0])}, nil
	}
	r.disconnect(ctx, key)
	return nil, engine.RemoveFinalizer(ctx, r.Client, obj)
}

// disconnect forgets an instance and logs out.
func (r *InstanceReconciler) disconnect(_ context.Context, key types.NamespacedName) {
	r.connections.remove(key)
	if inst := r.Pool.Remove(key); inst != nil {
		r.Registry.Forget(inst)
		r.logout(inst.Client)
	}
}

// logout gives a token back, in the background and as a courtesy: it ends by
// itself within the hour.
func (r *InstanceReconciler) logout(c *lookerclient.Client) {
	const patience = 10 * time.Second
	done := func(ctx context.Context, cancel context.CancelFunc) {
		defer cancel()
		if err := c.Logout(ctx); err != nil {
			ctrl.Log.WithName("instance").V(1).Info("Logging out of Looker failed; the token ends by itself", "error", err.Error())
		}
	}
	go done(context.WithTimeout(context.Background(), patience))
}

// finish says in the conditions how it went, and writes the status if it changed.
func (r *InstanceReconciler) finish(ctx context.Context, before, obj *v1alpha1.LookerInstance, why *problem) (ctrl.Result, error) {
	ready, after := readiness(why)
	r.setConditions(obj, ready, why)
	r.report(ctx, obj)
	obj.Status.ObservedGeneration = obj.Generation
	if state := r.connections.exhausted(client.ObjectKeyFromObject(obj)); state.Sweeps {
		after = min(cmp.Or(after, reportEvery), max(state.Until.Sub(r.Clock.Now()), time.Second))
	}
	if equality.Semantic.DeepEqual(before.Status, obj.Status) {
		return ctrl.Result{RequeueAfter: after}, nil
	}
	if was := meta.FindStatusCondition(before.Status.Conditions, v1alpha1.ConditionReady); why != nil && (was == nil || was.Reason != why.reason) {
		r.Events.Eventf(obj, nil, corev1.EventTypeWarning, why.reason, "Connect", "%s", ready.Message)
	}
	r.warnBudget(before, obj)
	if err := r.Client.Status().Patch(ctx, obj, client.MergeFrom(before)); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	r.connections.reportedUsage(client.ObjectKeyFromObject(obj), &obj.Status)
	return ctrl.Result{RequeueAfter: after}, nil
}

// readiness is the Ready condition, and when to look again.
func readiness(why *problem) (metav1.Condition, time.Duration) {
	ready := metav1.Condition{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: ReasonConnected}
	if why == nil {
		return ready, reportEvery
	}
	ready.Status, ready.Reason, ready.Message = metav1.ConditionFalse, why.reason, why.err.Error()
	if why.reason == ReasonSuspended {
		ready.Status = metav1.ConditionUnknown
	}
	return ready, why.after
}

func (r *InstanceReconciler) setConditions(obj *v1alpha1.LookerInstance, ready metav1.Condition, why *problem) {
	ready.ObservedGeneration = obj.Generation
	if len(ready.Message) > 1024 {
		ready.Message = ready.Message[:1024]
	}
	meta.SetStatusCondition(&obj.Status.Conditions, ready)
	abnormal := func(kind string, on bool) {
		if !on {
			meta.RemoveStatusCondition(&obj.Status.Conditions, kind)
			return
		}
		c := ready
		c.Type, c.Status = kind, metav1.ConditionTrue
		meta.SetStatusCondition(&obj.Status.Conditions, c)
	}
	abnormal(v1alpha1.ConditionStalled, why != nil && why.stalled)
	abnormal(v1alpha1.ConditionReconciling, why != nil && !why.stalled && why.reason != ReasonSuspended)
}

// connectionHash identifies what a connection was made from.
func connectionHash(url string, creds lookerclient.Credentials, ca string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{url, creds.ClientID, creds.ClientSecret.Reveal(), ca}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// tlsConfig trusts the given certificates in place of the well-known ones.
func tlsConfig(ca string) (*tls.Config, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(ca)) {
		return nil, errors.New("spec.caSecretRef: the value has no PEM certificate (-----BEGIN CERTIFICATE-----)")
	}
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
}
