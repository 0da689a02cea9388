package controllers

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// reportEvery is how often the numbers in the status of a LookerInstance are
// brought up to date while nothing else changes. They are, too, whenever a
// thousandth of the month's calls was made since: at most 1,000 times a month for
// each class.
const reportEvery = time.Hour

// book is what one LookerInstance has used of its calls.
type book struct {
	ledger   *engine.Ledger
	loaded   bool
	reported time.Time
	handled  string // the last request for a comparison that is done
	asked    string // the last one that was passed on
}

// bookOf returns the book of an instance. The caller holds the lock.
func (c *connections) bookOf(key types.NamespacedName, r *InstanceReconciler) *book {
	if c.books == nil {
		c.books = map[types.NamespacedName]*book{}
	}
	if c.books[key] == nil {
		c.books[key] = &book{ledger: engine.NewLedger(r.Clock, func() { r.wake(key) })}
	}
	return c.books[key]
}

// openBook makes sure that the book holds what earlier processes counted: no
// call is made before that is known. It reads past the cache, which may be older
// than the last words of the replica that led before.
func (r *InstanceReconciler) openBook(ctx context.Context, obj *v1alpha1.LookerInstance) error {
	key := client.ObjectKeyFromObject(obj)
	c := &r.connections
	c.mu.Lock()
	b := c.bookOf(key, r)
	loaded := b.loaded
	c.mu.Unlock()
	if !loaded {
		var now v1alpha1.LookerInstance
		if err := r.Reader.Get(ctx, key, &now); err != nil {
			return fmt.Errorf("read the calls counted so far: %w", err)
		}
		c.mu.Lock()
		b.loaded, b.reported = true, r.Clock.Now()
		b.handled, b.asked = now.Status.HandledReconcileRequest, now.Status.HandledReconcileRequest
		c.mu.Unlock()
		restore(b.ledger, &now.Status)
	}
	if b.ledger.SetLimits(limits(&obj.Spec)) {
		return r.Registry.WakeInstance(ctx, key) // what waited for the next month may go on
	}
	return nil
}

func restore(l *engine.Ledger, status *v1alpha1.LookerInstanceStatus) {
	month, used := "", engine.Calls{}
	if u := status.Usage; u != nil {
		month = u.Month
		used = engine.Calls{lookerclient.NonQuery: u.AdminCalls, lookerclient.DBQuery: u.QueryCalls}
	}
	costs := map[string]engine.SweepCost{}
	for _, s := range status.Sweeps {
		costs[s.Kind] = engine.SweepCost{
			At: s.LastTime.Time,
			List: engine.Calls{
				lookerclient.NonQuery: int64(s.Calls - s.QueryCalls - s.ReadCalls), lookerclient.DBQuery: int64(s.QueryCalls),
			},
			Read: engine.Calls{lookerclient.NonQuery: int64(s.ReadCalls)},
		}
	}
	l.Restore(month, used, costs)
}

// allowances are the calls a month that each edition includes.
var allowances = map[v1alpha1.Edition]engine.Calls{
	v1alpha1.EditionStandard:   {lookerclient.NonQuery: 1_000, lookerclient.DBQuery: 1_000},
	v1alpha1.EditionEnterprise: {lookerclient.NonQuery: 10_000, lookerclient.DBQuery: 100_000},
	v1alpha1.EditionEmbed:      {lookerclient.NonQuery: 100_000, lookerclient.DBQuery: 500_000},
	v1alpha1.EditionUnlimited:  {},
}

// defaultReserve is the share that is left for changes, in percent.
const defaultReserve = 30

func limits(spec *v1alpha1.LookerInstanceSpec) engine.Limits {
	out := engine.Limits{Calls: engine.Calls{}, ReservePercent: defaultReserve}
	for class, n := range allowances[cmp.Or(spec.Edition, v1alpha1.EditionStandard)] {
		out.Calls[class] = n
	}
	b := spec.APIBudget
	if b == nil {
		return out
	}
	if b.AdminCallsPerMonth != nil {
		out.Calls[lookerclient.NonQuery] = *b.AdminCallsPerMonth
	}
	if b.QueryCallsPerMonth != nil {
		out.Calls[lookerclient.DBQuery] = *b.QueryCallsPerMonth
	}
	if b.ReserveForChangesPercent != nil {
		out.ReservePercent = int64(*b.ReserveForChangesPercent)
	}
	return out
}

func drift(d *v1alpha1.DriftDetection) engine.Drift {
	out := engine.Drift{Enabled: true}
	if d == nil {
		return out
	}
	if d.Enabled != nil {
		out.Enabled = *d.Enabled
	}
	if d.MinInterval != nil {
		out.MinInterval = d.MinInterval.Duration
	}
	return out
}

// requestSweep passes on a request for a comparison, once.
func (r *InstanceReconciler) requestSweep(obj *v1alpha1.LookerInstance) {
	key := client.ObjectKeyFromObject(obj)
	request := obj.Annotations[v1alpha1.AnnotationReconcileRequest]
	c := &r.connections
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.bookOf(key, r)
	if request == "" || request == b.asked {
		return
	}
	b.asked = request
	r.Sweeper.Request(key, request)
}

// Requested notes that a requested comparison is done.
func (r *InstanceReconciler) Requested(key types.NamespacedName, request string) {
	c := &r.connections
	c.mu.Lock()
	if b := c.books[key]; b != nil {
		b.handled = request
	}
	c.mu.Unlock()
	r.wake(key)
}

// report puts the numbers into a status, if they are due.
func (r *InstanceReconciler) report(ctx context.Context, obj *v1alpha1.LookerInstance) {
	key, now := client.ObjectKeyFromObject(obj), r.Clock.Now()
	c := &r.connections
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.bookOf(key, r)
	if !b.loaded {
		return // then there is nothing that the status does not have
	}
	obj.Status.HandledReconcileRequest = b.handled
	budgetCondition(obj, b.ledger.State())
	edited := obj.Status.ObservedGeneration != obj.Generation
	if !edited && obj.Status.DriftDetection != nil && now.Sub(b.reported) < reportEvery && !b.ledger.Due() {
		return
	}
	b.reported = now
	month, used := b.ledger.Usage()
	obj.Status.Usage = &v1alpha1.APIUsage{Month: month, AdminCalls: used[lookerclient.NonQuery], QueryCalls: used[lookerclient.DBQuery]}
	obj.Status.Sweeps = kindSweeps(b.ledger.Costs())
	obj.Status.DriftDetection = nil
	if inst, _, problem := r.Pool.Get(key); inst != nil && problem == nil && inst.Drift().Enabled {
		if edited {
			r.Sweeper.Replan(inst)
		}
		obj.Status.DriftDetection = r.planStatus(ctx, inst)
	}
}

func (r *InstanceReconciler) planStatus(ctx context.Context, inst *engine.Instance) *v1alpha1.DriftDetectionStatus {
	plan := r.Sweeper.PlanOf(ctx, inst)
	admin, query := plan.ByClass[lookerclient.NonQuery], plan.ByClass[lookerclient.DBQuery]
	out := &v1alpha1.DriftDetectionStatus{
		Interval:                   &metav1.Duration{Duration: admin},
		CallsPerSweep:              int32(math.Ceil(plan.Calls[lookerclient.NonQuery] + plan.Calls[lookerclient.DBQuery])),
		ProjectedMonthlyCalls:      int64(math.Ceil(plan.Monthly[lookerclient.NonQuery])),
		ProjectedMonthlyQueryCalls: int64(math.Ceil(plan.Monthly[lookerclient.DBQuery])),
	}
	if query != admin && plan.Calls[lookerclient.DBQuery] > 0 {
		out.QueryInterval = &metav1.Duration{Duration: query}
	}
	if plan.Passes > 1 {
		out.FullRotation = &metav1.Duration{Duration: time.Duration(plan.Passes) * admin}
	}
	if state := inst.Ledger.State(); state.Sweeps {
		out.NextSweep = &metav1.Time{Time: state.Until}
	} else if admin > reportEvery {
		out.NextSweep = &metav1.Time{Time: r.Sweeper.Next(inst, plan).Truncate(time.Second)}
	}
	return out
}

func kindSweeps(costs map[string]engine.SweepCost) []v1alpha1.KindSweep {
	var out []v1alpha1.KindSweep
	for kind, c := range costs {
		if c.Total() > 0 {
			out = append(out, v1alpha1.KindSweep{
				Kind: kind, LastTime: metav1.NewTime(c.At.Truncate(time.Second)), Calls: int32(c.Total()),
				QueryCalls: int32(c.List[lookerclient.DBQuery]), ReadCalls: int32(c.Read[lookerclient.NonQuery]),
			})
		}
	}
	slices.SortFunc(out, func(a, b v1alpha1.KindSweep) int { return strings.Compare(a.Kind, b.Kind) })
	return out
}

// Reasons of the BudgetExhausted condition of a LookerInstance.
const (
	ReasonSweepsPaused   = "SweepsPaused"
	ReasonChangesWaiting = "ChangesWaiting"
)

// budgetCondition says what the month has no room for. It is there only while
// something has to wait.
func budgetCondition(obj *v1alpha1.LookerInstance, e engine.Exhausted) {
	if !e.Sweeps && !e.Changes {
		meta.RemoveStatusCondition(&obj.Status.Conditions, v1alpha1.ConditionBudgetExhausted)
		return
	}
	c := metav1.Condition{
		Type: v1alpha1.ConditionBudgetExhausted, Status: metav1.ConditionTrue, Reason: ReasonSweepsPaused, ObservedGeneration: obj.Generation,
		Message: fmt.Sprintf("of the %d %s calls of this month only those are left that are reserved for changes; Looker is not compared until %s. Changes still go through. To go on, raise spec.apiBudget or lower its reserveForChangesPercent",
			e.Limit, engine.ClassName(e.Class), e.Until.Format(time.RFC3339)),
	}
	if e.Changes {
		c.Reason = ReasonChangesWaiting
		c.Message = fmt.Sprintf("the %d %s calls of this month are used up; changes wait until %s, and Looker is not compared. To go on, raise spec.apiBudget",
			e.Limit, engine.ClassName(e.Class), e.Until.Format(time.RFC3339))
	}
	meta.SetStatusCondition(&obj.Status.Conditions, c)
}

// warnBudget emits an Event when something has to wait that did not before.
func (r *InstanceReconciler) warnBudget(before, obj *v1alpha1.LookerInstance) {
	is := meta.FindStatusCondition(obj.Status.Conditions, v1alpha1.ConditionBudgetExhausted)
	was := meta.FindStatusCondition(before.Status.Conditions, v1alpha1.ConditionBudgetExhausted)
	if is != nil && (was == nil || was.Reason != is.Reason) {
		r.Events.Eventf(obj, nil, corev1.EventTypeWarning, v1alpha1.ConditionBudgetExhausted, "Budget", "%s", is.Message)
	}
}

// exhausted is what an instance has no calls left for.
func (c *connections) exhausted(key types.NamespacedName) engine.Exhausted {
	c.mu.Lock()
	b := c.books[key]
	c.mu.Unlock()
	if b == nil {
		return engine.Exhausted{}
	}
	return b.ledger.State()
}

// reportedUsage notes what a written status holds.
func (c *connections) reportedUsage(key types.NamespacedName, status *v1alpha1.LookerInstanceStatus) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b := c.books[key]; b != nil && status.Usage != nil {
		b.ledger.Reported(engine.Calls{lookerclient.NonQuery: status.Usage.AdminCalls, lookerclient.DBQuery: status.Usage.QueryCalls})
	}
}

// keeper writes the counts a last time when the operator stops.
type keeper struct{ r *InstanceReconciler }

// NeedLeaderElection implements manager.LeaderElectionRunnable: others have
// counted nothing.
func (keeper) NeedLeaderElection() bool { return true }

// Start implements manager.Runnable.
func (k keeper) Start(ctx context.Context) error {
	<-ctx.Done()
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for key, l := range k.r.connections.unreported() {
		if err := k.r.writeUsage(ctx, key, l); err != nil && !apierrors.IsNotFound(err) {
			ctrl.Log.WithName("instance").Error(err, "The last calls were not noted; the next process counts a few too little", "instance", key)
		}
	}
	return nil
}

func (c *connections) unreported() map[types.NamespacedName]*engine.Ledger {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[types.NamespacedName]*engine.Ledger{}
	for key, b := range c.books {
		if b.loaded && b.ledger.Unreported() > 0 {
			out[key] = b.ledger
		}
	}
	return out
}

func (r *InstanceReconciler) writeUsage(ctx context.Context, key types.NamespacedName, l *engine.Ledger) error {
	var obj v1alpha1.LookerInstance
	if err := r.Reader.Get(ctx, key, &obj); err != nil {
		return err
	}
	before := obj.DeepCopy()
	month, used := l.Usage()
	obj.Status.Usage = &v1alpha1.APIUsage{Month: month, AdminCalls: used[lookerclient.NonQuery], QueryCalls: used[lookerclient.DBQuery]}
	obj.Status.Sweeps = kindSweeps(l.Costs())
	return r.Client.Status().Patch(ctx, &obj, client.MergeFrom(before))
}
