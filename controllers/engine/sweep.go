package engine

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// Sweeper lists each kind of each instance once per drift interval, and queues
// the objects whose live state differs from what they want. Its times follow
// from the clock alone, so that a restart neither repeats nor skips a sweep.
type Sweeper struct {
	Registry *Registry
	Pool     *Pool
	Clock    clock.WithTicker
	// Interval overrides the drift interval of every instance, if it is not 0.
	Interval time.Duration
	// OnSweep, if set, is told of each finished sweep.
	OnSweep func(Sweep)

	last map[sweepKey]int64
}

// Sweep is one finished comparison of one kind.
type Sweep struct {
	Instance types.NamespacedName
	Kind     string
	At       time.Time
	Calls    int32
	Err      error
}

type sweepKey struct {
	inst *Instance
	kind string
}

// tick is how often the Sweeper looks whether something is due.
const tick = time.Second

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (s *Sweeper) NeedLeaderElection() bool { return true }

// Start implements manager.Runnable.
func (s *Sweeper) Start(ctx context.Context) error {
	s.last = map[sweepKey]int64{}
	timer := s.Clock.NewTicker(tick)
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

// runDue sweeps what is due. A slow instance must not hold up the others, so
// each has its own goroutine and its own pace.
func (s *Sweeper) runDue(ctx context.Context) {
	now := s.Clock.Now()
	for _, inst := range s.Pool.Instances() {
		interval := inst.DriftInterval
		if s.Interval > 0 {
			interval = s.Interval
		}
		if interval <= 0 || inst.Gate.Open() {
			continue
		}
		for _, kind := range s.Registry.KindNames() {
			key := sweepKey{inst, kind}
			slot := sweepSlot(inst.Key, kind, interval, now)
			before, seen := s.last[key]
			s.last[key] = slot
			if seen && before != slot {
				go s.sweep(ctx, inst, kind)
			}
		}
	}
}

// sweepSlot numbers the intervals of one kind of one instance; each has its own
// phase, so that they do not all come at once.
func sweepSlot(inst types.NamespacedName, kind string, interval time.Duration, now time.Time) int64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s/%s", inst, kind)
	phase := time.Duration(h.Sum64() % uint64(interval))
	return (now.UnixNano() + int64(phase)) / int64(interval)
}

func (s *Sweeper) sweep(ctx context.Context, inst *Instance, kind string) {
	ctx, calls := inBackground(ctx)
	did, err := s.Registry.Sweep(ctx, inst, kind)
	if err != nil && ctx.Err() == nil {
		ctrl.LoggerFrom(ctx).WithName("sweeper").Info("Sweep failed; the next one will tell", "instance", inst.Key, "kind", kind, "error", err.Error())
	}
	if did && s.OnSweep != nil {
		s.OnSweep(Sweep{Instance: inst.Key, Kind: kind, At: s.Clock.Now(), Calls: calls.Load(), Err: err})
	}
}

// Sweep compares all objects of one kind with Looker, or, for a kind without
// custom resources, refreshes the names that others refer to. It reports
// whether there was anything to compare.
func (r *Registry) Sweep(ctx context.Context, inst *Instance, kind string) (bool, error) {
	needed := false
	for _, m := range r.managers {
		lookups, err := m.looksUp(ctx, inst)
		if err != nil {
			return false, err
		}
		needed = needed || lookups[kind]
	}
	if m := r.byName[kind]; m != nil {
		did, err := m.sweep(ctx, inst)
		if err != nil {
			return did, err
		}
		if did {
			return true, r.wakeLookups(ctx, inst, kind)
		}
	}
	if !needed {
		return false, nil
	}
	if err := r.collections[kind].refresh(ctx, inst); err != nil {
		return true, err
	}
	return true, r.wakeLookups(ctx, inst, kind)
}

// sweep implements manager.
func (r *Reconciler[O, W, L]) sweep(ctx context.Context, inst *Instance) (bool, error) {
	objects, err := r.listByIndex(ctx, indexInstance, instanceIndex(inst.Key))
	if err != nil {
		return false, err
	}
	if len(objects) == 0 {
		r.drop(inst) // nobody keeps it up to date any more
		return false, nil
	}
	if err := r.relook(ctx, inst); err != nil {
		return true, err
	}
	for _, obj := range objects {
		_, status := obj.Common()
		if status.ID == "" {
			if waitsForLooker(obj) {
				r.wake(keyOf(obj), rankSweep)
			}
			continue
		}
		different, err := r.differs(inst, obj)
		if err != nil {
			return true, err
		}
		if different {
			r.wake(keyOf(obj), rankSweep)
		}
	}
	return true, nil
}

// waitsForLooker reports whether an object without a resource may get one when
// somebody changes Looker by hand. To look again costs no call after a list.
func waitsForLooker(obj v1alpha1.Object) bool {
	switch readyReason(obj) {
	case ReasonAlreadyExists, ReasonAmbiguousAdoption, ReasonMissing:
		return true
	}
	return false
}

// relook reads the whole kind again, with those parts of it that are managed.
func (r *Reconciler[O, W, L]) relook(ctx context.Context, inst *Instance) error {
	if r.list != nil {
		if err := r.refresh(ctx, inst); err != nil {
			return err
		}
	} else if r.abilities.singleton != nil {
		r.of(inst).put(r.abilities.singleton.SingletonID(), new(L))
	}
	if r.abilities.completer == nil {
		return nil
	}
	return r.complete(ctx, inst)
}

// complete reads what the list does not show, for all objects at once.
func (r *Reconciler[O, W, L]) complete(ctx context.Context, inst *Instance) error {
	snap := r.of(inst)
	copies := map[string]*L{}
	var items []Item[W, L]
	for _, m := range r.memosOf(inst) {
		row, ok := snap.get(m.id)
		if !ok {
			continue
		}
		changes, err := r.fields(m.want, row, nil)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(changes, func(c Change) bool { return c.Unread }) {
			continue
		}
		if copies[m.id] == nil {
			whole := *row
			copies[m.id] = &whole
		}
		items = append(items, Item[W, L]{m.want, copies[m.id]})
	}
	if len(items) == 0 {
		return nil
	}
	if err := r.abilities.completer.Complete(ctx, inst.Client, items); err != nil {
		return err
	}
	for id, row := range copies {
		snap.put(id, row)
	}
	return nil
}

func (r *Reconciler[O, W, L]) memosOf(inst *Instance) []*memo[W] {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*memo[W]
	for _, m := range r.memos {
		if m.instance == inst.Key {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b *memo[W]) int { return cmpKeys(a.key, b.key) })
	return out
}

// differs reports whether an object must be reconciled after a new list.
func (r *Reconciler[O, W, L]) differs(inst *Instance, obj O) (bool, error) {
	_, status := obj.Common()
	r.mu.Lock()
	m := r.memos[obj.GetUID()]
	r.mu.Unlock()
	row, ok := r.of(inst).get(status.ID)
	if m == nil || !ok || readyReason(obj) == ReasonDrifted {
		return true, nil
	}
	changes, err := r.fields(m.want, row, status.StoredAs)
	if err != nil {
		return false, err
	}
	return (len(certain(changes)) > 0) == isReady(obj), nil
}
