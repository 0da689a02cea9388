package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// visibility is how long Looker may take to show on all its nodes what one of
// them has created. Until then, absence proves nothing.
const visibility = time.Minute

// Reconciler reconciles one kind.
type Reconciler[O v1alpha1.Object, W, L any] struct {
	Deps
	*collection[L]
	adapter   Adapter[O, W, L]
	abilities abilities[O, W, L]
	newObject func() O

	queue   wakeQueue
	writes  writes
	notes   wakeNotes
	batches *batches[W, L]
	mu      sync.Mutex
	memos   map[types.UID]*memo[W]            // what each object wants, as of its last good reconcile
	retries map[types.UID]attempts            // writes that Looker took and did not keep
	refused map[types.NamespacedName]refusals // what Looker refused or failed, and how often
	looking map[types.NamespacedName]bool     // who looked for a name and did not find it
	created map[string]time.Time              // instance/id of what this process created lately
	pending map[types.UID]string              // ids that could not be stored yet
	owners  map[string]types.UID              // instance/id -> the object that has it
	claimed map[types.UID]string              // the fields that each settings object had
}

// abilities are the optional interfaces of an adapter; nil where it lacks one.
type abilities[O v1alpha1.Object, W, L any] struct {
	finder    Finder[W, L]
	recoverer Recoverer[W, L]
	completer Completer[W, L]
	rotator   Rotator[W, L]
	normal    Normalizer[W, L]
	recorder  Recorder[O, W, L]
	claimer   Claimer[W]
	guard     Guard[W, L]
	singleton Singleton[O]
	disabler  Disabler
	container Container
	remaker   Remaker[O]
	versioned Versioned
	minter    Minter[O]
	carrier   Carrier
	rewriter  Rewriter
	bulker    Bulker[W, L]
	selfAware SelfAware
	relater   Relater[O]
}

type memo[W any] struct {
	instance types.NamespacedName
	key      types.NamespacedName
	id       string
	want     W
}

type attempts struct {
	hash string
	n    int
}

// pass is one reconcile of one object.
type pass[O v1alpha1.Object, W, L any] struct {
	obj     O
	before  O // as it was read
	inst    *Instance
	in      Inputs
	want    W
	tree    tree              // want as JSON, secrets redacted
	hashes  map[string]string // of the secrets in want
	hash    string            // of want, secrets included
	lookups map[string]string
	drifted []string
	// incomplete says which soft reference has no id yet; nil if all have one.
	incomplete error
	// limits are the grantable roles and folders; nil where there is no limit.
	limits *v1alpha1.Grantable
	rank   rank
}

func newReconciler[O v1alpha1.Object, W, L any](deps Deps, prototype O, adapter Adapter[O, W, L]) *Reconciler[O, W, L] {
	r := &Reconciler[O, W, L]{
		Deps: deps, adapter: adapter, batches: newBatches[W, L](),
		memos: map[types.UID]*memo[W]{}, retries: map[types.UID]attempts{}, refused: map[types.NamespacedName]refusals{},
		looking: map[types.NamespacedName]bool{}, created: map[string]time.Time{},
		pending: map[types.UID]string{}, owners: map[string]types.UID{}, claimed: map[types.UID]string{},
	}
	r.newObject = func() O { return reflect.New(reflect.TypeOf(prototype).Elem()).Interface().(O) }
	r.collection = newCollection(kindOf(prototype), adapter.ID, nil, nil, deps.Clock)
	if l, ok := adapter.(Lister[L]); ok {
		r.list = l.List
	}
	if n, ok := adapter.(Namer[L]); ok {
		r.targets = n.Targets
	}
	a := &r.abilities
	a.finder, _ = adapter.(Finder[W, L])
	a.recoverer, _ = adapter.(Recoverer[W, L])
	a.completer, _ = adapter.(Completer[W, L])
	a.rotator, _ = adapter.(Rotator[W, L])
	a.normal, _ = adapter.(Normalizer[W, L])
	a.recorder, _ = adapter.(Recorder[O, W, L])
	a.claimer, _ = adapter.(Claimer[W])
	a.guard, _ = adapter.(Guard[W, L])
	a.singleton, _ = adapter.(Singleton[O])
	a.disabler, _ = adapter.(Disabler)
	a.container, _ = adapter.(Container)
	a.remaker, _ = adapter.(Remaker[O])
	a.versioned, _ = adapter.(Versioned)
	a.minter, _ = adapter.(Minter[O])
	a.carrier, _ = adapter.(Carrier)
	a.rewriter, _ = adapter.(Rewriter)
	a.bulker, _ = adapter.(Bulker[W, L])
	a.selfAware, _ = adapter.(SelfAware)
	a.relater, _ = adapter.(Relater[O])
	if a.rotator != nil {
		r.retain = func(pass Pass, before, row *L) {
			if !pass.includes(a.rotator.Together(row)) {
				a.rotator.Retain(before, row)
			}
		}
	}
	return r
}

// Reconcile implements reconcile.Reconciler.
func (r *Reconciler[O, W, L]) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	note := r.notes.take(req.NamespacedName)
	if note.giveBack != nil {
		defer note.giveBack() // where the pass does not get as far as the gate
	}
	obj, err := r.read(ctx, req.NamespacedName)
	switch {
	case apierrors.IsNotFound(err):
		r.forgetKey(req.NamespacedName)
		return ctrl.Result{}, nil
	case errors.Is(err, errStale):
		return again(errStale.after), nil
	case err != nil:
		return ctrl.Result{}, err
	}
	p := &pass[O, W, L]{obj: obj, before: obj.DeepCopyObject().(O), rank: rankOf(obj, note.rank)}
	if obj.GetDeletionTimestamp().IsZero() {
		err = r.sync(ctx, p)
	} else {
		if err = r.delete(ctx, p); err == nil {
			return ctrl.Result{}, nil // the object is gone: it has no status any more
		}
	}
	return r.finish(ctx, p, err)
}

// sync brings Looker to the state that the spec asks for.
func (r *Reconciler[O, W, L]) sync(ctx context.Context, p *pass[O, W, L]) (err error) {
	spec, status := p.obj.Common()
	if spec.Suspend {
		return waiting(ReasonSuspended, 0, "spec.suspend is true; nothing is read or changed until it is false")
	}
	if err := r.connect(ctx, p); err != nil {
		return err
	}
	ctx, turn := r.enter(ctx, p)
	defer func() { p.inst.Gate.leave(turn, err) }()
	if err := r.prepare(ctx, p); err != nil {
		return err
	}
	if r.abilities.singleton != nil {
		return r.syncSingleton(ctx, p)
	}
	if status.ID == "" {
		err = r.establish(ctx, p)
	} else if err = r.checkOwner(ctx, p, status.ID); err == nil {
		err = r.correct(ctx, p)
	}
	if err == nil && r.abilities.minter != nil {
		err = r.mint(ctx, p)
	}
	return cmp.Or(err, p.incomplete)
}

// enter begins the object's turn at the gate of its instance.
func (r *Reconciler[O, W, L]) enter(ctx context.Context, p *pass[O, W, L]) (context.Context, *turn) {
	// Not p itself: thousands of turns may be parked, and would keep all that their
	// passes hold.
	key, rank := keyOf(p.obj), p.rank
	return p.inst.Gate.enter(ctx, turnKey{r.kind, key.Namespace, key.Name}, rank, func(giveBack func()) {
		r.wakeFor(key, rank, giveBack)
	})
}

// prepare finds out what the object wants.
func (r *Reconciler[O, W, L]) prepare(ctx context.Context, p *pass[O, W, L]) error {
	if err := r.checkGrantable(ctx, p); err != nil {
		return err
	}
	if err := r.resolve(ctx, p); err != nil {
		return err
	}
	if err := r.secrets(ctx, p); err != nil {
		return err
	}
	p.in.Release = p.inst.Release()
	var err error
	if p.want, err = r.adapter.Desired(p.obj, p.in); err != nil {
		return err
	}
	if p.tree, err = toTree(p.want); err != nil {
		return err
	}
	if p.hashes, err = r.hasher.writeOnly(string(p.obj.GetUID()), p.want, p.tree); err != nil {
		return err
	}
	if p.hash, err = fingerprint(p.tree, p.hashes); err != nil {
		return err
	}
	if err := r.checkRelease(p); err != nil {
		return err
	}
	return r.checkRelations(p)
}

// checkRelease refuses fields that this Looker is too old for: it would ignore
// them, or reject the whole request without saying why.
func (r *Reconciler[O, W, L]) checkRelease(p *pass[O, W, L]) error {
	if r.abilities.versioned == nil || p.inst.Release() == "" {
		return nil
	}
	for _, path := range sortedKeysOf(r.abilities.versioned.Since()) {
		since := r.abilities.versioned.Since()[path]
		if at(p.tree, path) != nil && olderThan(p.inst.Release(), since) {
			return Unsupported("%s needs Looker %s; this instance runs %s", path, since, p.inst.Release())
		}
	}
	return nil
}

// syncSingleton compares a settings object, which always exists.
func (r *Reconciler[O, W, L]) syncSingleton(ctx context.Context, p *pass[O, W, L]) error {
	if err := r.checkFields(ctx, p); err != nil {
		return err
	}
	_, status := p.obj.Common()
	status.ID = r.abilities.singleton.SingletonID()
	return r.correct(ctx, p)
}

// correct compares the live resource with the desired state, and sends what
// differs.
func (r *Reconciler[O, W, L]) correct(ctx context.Context, p *pass[O, W, L]) error {
	_, status := p.obj.Common()
	live, known := r.of(p.inst).get(status.ID)
	if requested(p.obj) {
		known = false
	}
	if !known {
		if !requested(p.obj) && !r.listed(p.inst) && r.settled(p) {
			r.remember(p)
			return nil // Looker agreed when it was last asked; the next sweep asks again
		}
		var err error
		live, err = r.adapter.Get(ctx, p.inst.Client, status.ID)
		if lookerclient.IsNotFound(err) {
			return r.vanished(ctx, p)
		}
		if err != nil {
			return err
		}
		r.of(p.inst).put(status.ID, live)
	}
	return r.align(ctx, p, live)
}

// settled reports whether the status says that Looker agreed with exactly this
// desired state. After a restart that is all there is to know.
func (r *Reconciler[O, W, L]) settled(p *pass[O, W, L]) bool {
	_, status := p.obj.Common()
	return status.AppliedHash == p.hash && isReady(p.obj)
}

// vanished handles a resource with a known id that Looker does not find.
func (r *Reconciler[O, W, L]) vanished(ctx context.Context, p *pass[O, W, L]) error {
	spec, status := p.obj.Common()
	r.of(p.inst).forget(status.ID)
	if left := r.tooFresh(p.inst, status.ID); left > 0 {
		return waiting(ReasonProgressing, left, "Looker does not show the new %s %s on all its nodes yet", looker(r.kind), status.ID)
	}
	if spec.ManagementPolicy == v1alpha1.ManagementObserve {
		return waiting(ReasonMissing, 0, "Looker no longer has the %s with id %s", looker(r.kind), status.ID)
	}
	if r.abilities.remaker != nil && !r.abilities.remaker.MakeAgain(p.obj) {
		return stalled(ReasonRemoved, 0, "the %s with id %s was removed in Looker, and the spec says not to make it again", looker(r.kind), status.ID)
	}
	ctrl.LoggerFrom(ctx).Info("The resource is gone from Looker; making it again", "id", status.ID)
	r.release(p.inst, status.ID, p.obj.GetUID())
	status.ID, status.Origin, status.AppliedHash, status.WriteOnlyHashes = "", "", "", nil
	return r.establish(ctx, p)
}

// tooFresh returns how long absence still proves nothing for a resource that
// this process created.
func (r *Reconciler[O, W, L]) tooFresh(inst *Instance, id string) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.created[instanceIndex(inst.Key)+"/"+id]
	if !ok {
		return 0
	}
	left := visibility - r.Clock.Since(at)
	if left <= 0 {
		delete(r.created, instanceIndex(inst.Key)+"/"+id)
	}
	return left
}

func (r *Reconciler[O, W, L]) addFinalizer(ctx context.Context, p *pass[O, W, L]) error {
	if controllerutil.ContainsFinalizer(p.obj, v1alpha1.Finalizer) {
		return nil
	}
	if err := patchFinalizer(ctx, r.Client, p.obj, true); err != nil {
		return fmt.Errorf("add finalizer: %w", err)
	}
	r.writes.note(p.obj, r.Clock.Now())
	return nil
}

// remember keeps what the object wants, for the sweeps to compare with.
func (r *Reconciler[O, W, L]) remember(p *pass[O, W, L]) {
	_, status := p.obj.Common()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.memos[p.obj.GetUID()] = &memo[W]{instance: p.inst.Key, key: keyOf(p.obj), id: status.ID, want: p.want}
}

// forgetKey drops all that is remembered of an object that is gone.
func (r *Reconciler[O, W, L]) forgetKey(key types.NamespacedName) {
	r.writes.forget(key)
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.refused, key)
	delete(r.looking, key)
	for uid, m := range r.memos {
		if m.key == key {
			delete(r.memos, uid)
			delete(r.retries, uid)
			delete(r.pending, uid)
			delete(r.claimed, uid)
			r.registry.relations.forget(uid)
			for id, owner := range r.owners {
				if owner == uid {
					delete(r.owners, id)
				}
			}
		}
	}
}
