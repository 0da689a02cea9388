package engine

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Sweeper lists each kind of each instance once per interval, and queues the
// objects whose live state differs from what they want. When a sweep is due
// follows from the clock and the plan, so that a restart neither repeats nor
// brings forward one.
type Sweeper struct {
	Registry *Registry
	Pool     *Pool
	Clock    clock.WithTicker
	// Tick is how often the Sweeper looks whether something is due.
	Tick time.Duration
	// Interval overrides the plan of every instance, if it is not 0.
	Interval time.Duration
	// OnSweep, if set, is told of each finished sweep.
	OnSweep func(Sweep)
	// OnRequest, if set, is told when all sweeps of a request are done.
	OnRequest func(instance types.NamespacedName, request string)

	started time.Time
	mu      sync.Mutex
	last    map[sweepKey]lastSweep
	running map[sweepKey]bool
	plans   map[*Instance]plannedAt
	asked   map[types.NamespacedName]string
}

// Sweep is one finished comparison of one kind.
type Sweep struct {
	Instance types.NamespacedName
	Kind     string
	Cost     SweepCost
	Err      error
}

type sweepKey struct {
	inst *Instance
	kind string
}

// lastSweep is when a kind was swept last, or, if it was not, from when on a
// beginning interval counts.
type lastSweep struct {
	at    time.Time
	swept bool
}

type plannedAt struct {
	Plan
	at time.Time
}

const (
	// planAge is how long a plan is used.
	planAge = 5 * time.Minute
	// recordAge is the interval from which on the times of sweeps in the status,
	// which are brought up to date once an hour, say whether one was left out.
	recordAge = 4 * time.Hour
)

// NewSweeper returns a Sweeper that has not started.
func NewSweeper(registry *Registry, pool *Pool, c clock.WithTicker) *Sweeper {
	return &Sweeper{
		Registry: registry, Pool: pool, Clock: c, Tick: time.Second, last: map[sweepKey]lastSweep{}, running: map[sweepKey]bool{},
		plans: map[*Instance]plannedAt{}, asked: map[types.NamespacedName]string{},
	}
}

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (s *Sweeper) NeedLeaderElection() bool { return true }

// Start implements manager.Runnable.
func (s *Sweeper) Start(ctx context.Context) error {
	s.started = s.Clock.Now()
	timer := s.Clock.NewTicker(s.Tick)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C():
			s.runDue(ctx)
		}
	}
}

// Request asks for one sweep of every kind of an instance, now.
func (s *Sweeper) Request(instance types.NamespacedName, request string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[instance] = request
}

// runDue sweeps what is due. A slow instance must not hold up the others, so
// each sweep has its own goroutine.
func (s *Sweeper) runDue(ctx context.Context) {
	instances := s.Pool.Instances()
	s.forget(instances)
	for _, inst := range instances {
		if inst.Gate.Open() {
			continue
		}
		if request, ok := s.takeRequest(inst.Key); ok {
			go s.runRequest(ctx, inst, request)
		}
		if !inst.Drift().Enabled && s.Interval == 0 {
			continue
		}
		plan := s.plan(ctx, inst)
		for _, kind := range s.Registry.KindNames() {
			if s.takeDue(inst, kind, plan.interval(kind)) {
				go s.run(ctx, inst, kind, plan)
			}
		}
	}
}

func (s *Sweeper) takeRequest(key types.NamespacedName) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	request, ok := s.asked[key]
	delete(s.asked, key)
	return request, ok
}

func (s *Sweeper) runRequest(ctx context.Context, inst *Instance, request string) {
	plan := s.plan(ctx, inst)
	var all sync.WaitGroup
	for _, kind := range s.Registry.KindNames() {
		all.Go(func() { s.run(ctx, inst, kind, plan) })
	}
	all.Wait()
	if s.OnRequest != nil && ctx.Err() == nil {
		s.OnRequest(inst.Key, request)
	}
}

// forget drops what is known of connections that are no longer used.
func (s *Sweeper) forget(instances []*Instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for inst := range s.plans {
		if !slices.Contains(instances, inst) {
			delete(s.plans, inst)
		}
	}
	for key := range s.last {
		if !slices.Contains(instances, key.inst) && !s.running[key] {
			delete(s.last, key)
		}
	}
}

// takeDue reports whether a sweep of a kind is due, and notes that it is made.
// That is so once the beginning of an interval has passed since the last one.
func (s *Sweeper) takeDue(inst *Instance, kind string, interval time.Duration) bool {
	now, key := s.Clock.Now(), sweepKey{inst, kind}
	s.mu.Lock()
	defer s.mu.Unlock()
	last, seen := s.last[key]
	if !seen {
		last = s.first(inst, kind, interval, now)
		s.last[key] = last
	}
	begin := intervalBegin(inst.Key, kind, interval, now)
	tooSoon := last.swept && now.Sub(last.at) < interval/2 // the plan has changed
	if s.running[key] || !last.at.Before(begin) || tooSoon {
		return false
	}
	s.last[key] = lastSweep{now, true}
	return true
}

// first is what counts as the last sweep of a kind before the first one of this
// process: the one that the status tells of, or else the start.
func (s *Sweeper) first(inst *Instance, kind string, interval time.Duration, now time.Time) lastSweep {
	from := now
	if !s.started.IsZero() {
		from = s.started
	}
	if at := inst.Ledger.Costs()[kind].At; interval >= recordAge && !at.IsZero() && at.Before(from) {
		return lastSweep{at, true}
	}
	return lastSweep{at: from}
}

// intervalBegin is when the interval that now is in began. Each kind of each
// instance has its own phase, so that they do not all come at once.
func intervalBegin(inst types.NamespacedName, kind string, interval time.Duration, now time.Time) time.Time {
	return now.Add(-time.Duration((now.UnixNano() + phase(inst, kind, interval)) % int64(interval)))
}

func phase(inst types.NamespacedName, kind string, interval time.Duration) int64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s/%s", inst, kind)
	return int64(h.Sum64() % uint64(interval))
}

// Next is when the next sweep of an instance is due.
func (s *Sweeper) Next(inst *Instance, plan Plan) time.Time {
	var next time.Time
	for kind, interval := range plan.Intervals {
		begin := intervalBegin(inst.Key, kind, interval, s.Clock.Now()).Add(interval)
		if next.IsZero() || begin.Before(next) {
			next = begin
		}
	}
	return next
}

// PlanOf returns the plan of an instance.
func (s *Sweeper) PlanOf(ctx context.Context, inst *Instance) Plan { return s.plan(ctx, inst) }

func (s *Sweeper) plan(ctx context.Context, inst *Instance) Plan {
	now := s.Clock.Now()
	s.mu.Lock()
	have, ok := s.plans[inst]
	s.mu.Unlock()
	if ok && now.Sub(have.at) < planAge {
		return have.Plan
	}
	in := planInput{rates: map[lookerclient.Class]float64{}, lists: map[string]Calls{}, min: inst.Drift().MinInterval, fixed: s.Interval}
	for _, class := range []lookerclient.Class{lookerclient.NonQuery, lookerclient.DBQuery} {
		if rate, limited := inst.Ledger.rate(class); limited {
			in.rates[class] = rate
		}
	}
	costs := inst.Ledger.Costs()
	for _, kind := range s.Registry.KindNames() {
		if cost, known := costs[kind]; known {
			in.lists[kind] = cost.List
		} else if s.Registry.uses(ctx, inst, kind) {
			in.lists[kind] = Calls{lookerclient.NonQuery: 1} // at least; the first sweep tells
		} else {
			in.lists[kind] = Calls{}
		}
		if m := s.Registry.byName[kind]; m != nil {
			in.reads += m.rotating(inst)
		}
	}
	plan := plannedAt{makePlan(in), now}
	inst.interval.Store(int64(plan.ByClass[lookerclient.NonQuery]))
	s.mu.Lock()
	s.plans[inst] = plan
	s.mu.Unlock()
	return plan.Plan
}

// Replan makes the next look at an instance use a new plan.
func (s *Sweeper) Replan(inst *Instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.plans, inst)
}

func (s *Sweeper) run(ctx context.Context, inst *Instance, kind string, plan Plan) {
	key := sweepKey{inst, kind}
	s.mu.Lock()
	busy := s.running[key]
	s.running[key] = true
	s.mu.Unlock()
	if busy {
		return
	}
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.running, key)
	}()
	now := s.Clock.Now()
	interval := plan.interval(kind)
	number := intervalBegin(inst.Key, kind, interval, now).UnixNano() / int64(interval)
	ctx, _ = inBackground(ctx)
	ctx, run := withSweep(ctx, Pass{Number: number, Of: plan.Passes})
	did, err := s.Registry.sweep(ctx, inst, kind)
	var exhausted *exhaustedError
	if err != nil && ctx.Err() == nil && !errors.As(err, &exhausted) { // the instance's status says that
		ctrl.LoggerFrom(ctx).WithName("sweeper").Info("Sweep failed; the next one will tell", "instance", inst.Key, "kind", kind, "error", err.Error())
	}
	cost := SweepCost{At: s.Clock.Now(), List: run.list.take(), Read: run.read.take()}
	if err != nil || !did && len(cost.List) > 0 {
		return
	}
	inst.Ledger.noteSweep(kind, cost)
	if did && s.OnSweep != nil {
		s.OnSweep(Sweep{Instance: inst.Key, Kind: kind, Cost: cost})
	}
}
