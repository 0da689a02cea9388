package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// fewFinds natural keys are looked up one by one; beyond that, one list is
// cheaper.
const fewFinds = 3

// establish gives an object without an id its resource in Looker: the one that
// an interrupted create left, one that it may adopt, or a new one.
func (r *Reconciler[O, W, L]) establish(ctx context.Context, p *pass[O, W, L]) error {
	_, status := p.obj.Common()
	if id, ok := r.unstored(p.obj.GetUID()); ok {
		return r.own(ctx, p, id, v1alpha1.OriginCreated, nil)
	}
	if status.Creating != nil {
		return r.recover(ctx, p)
	}
	key := r.adapter.Key(p.want)
	found, err := r.known(ctx, p, key)
	if err != nil {
		return err
	}
	return r.adoptOrCreate(ctx, p, key, found)
}

func (r *Reconciler[O, W, L]) adoptOrCreate(ctx context.Context, p *pass[O, W, L], key W, found []*L) error {
	spec, _ := p.obj.Common()
	free, taken, err := r.split(ctx, p, found)
	switch {
	case err != nil:
		return err
	case len(free) == 0 && taken != "":
		return stalled(ReasonOwnedByAnother, 0, "%s manages this %s already; this object takes over when that one is gone", taken, looker(r.kind))
	case len(free) == 0 && spec.ManagementPolicy == v1alpha1.ManagementObserve:
		return waiting(ReasonMissing, 0, "Looker has no such %s; managementPolicy is Observe, so none is created", looker(r.kind))
	case len(free) == 0:
		return r.create(ctx, p, key)
	}
	ids := r.ids(free)
	observe := spec.ManagementPolicy == v1alpha1.ManagementObserve
	switch {
	case spec.AdoptionPolicy != v1alpha1.AdoptionAdopt && !observe:
		return stalled(ReasonAlreadyExists, 0, "Looker already has this %s with id %s; set spec.adoptionPolicy to Adopt to manage it, or change the spec", looker(r.kind), list(ids))
	case len(free) > 1:
		return stalled(ReasonAmbiguousAdoption, 0, "Looker has %d that match (ids %s); remove or rename all but one", len(free), list(ids))
	}
	if err := r.checkHeld(ctx, p, ids[0]); err != nil {
		return err
	}
	return r.own(ctx, p, ids[0], v1alpha1.OriginAdopted, free[0])
}

// recover decides about a create whose outcome was never stored.
func (r *Reconciler[O, W, L]) recover(ctx context.Context, p *pass[O, W, L]) error {
	_, status := p.obj.Common()
	var key W
	if err := json.Unmarshal([]byte(status.Creating.Key), &key); err != nil {
		return fmt.Errorf("status.creating.key: %w", err)
	}
	found, err := r.search(ctx, p, key)
	if err != nil {
		return err
	}
	free, _, err := r.split(ctx, p, found)
	if err != nil {
		return err
	}
	switch {
	case len(free) == 1:
		return r.own(ctx, p, r.adapter.ID(free[0]), v1alpha1.OriginCreated, nil)
	case len(free) > 1:
		return stalled(ReasonAmbiguousCreate, recheck,
			"a create was interrupted, and Looker now has %d that it may have made (ids %s); remove all but one in Looker", len(free), list(r.ids(free)))
	}
	if left := visibility - r.Clock.Since(status.Creating.At.Time); left > 0 {
		return waiting(ReasonProgressing, left, "a create was interrupted; making sure that it had no effect before trying again")
	}
	status.Creating = nil
	return r.adoptOrCreate(ctx, p, r.adapter.Key(p.want), nil)
}

// known returns what has the natural key, as far as the operator knows: from
// the snapshot, or from a look-up where there is none.
func (r *Reconciler[O, W, L]) known(ctx context.Context, p *pass[O, W, L], key W) ([]*L, error) {
	if r.abilities.finder != nil && !r.listed(p.inst) && (r.list == nil || r.of(p.inst).countFind() <= fewFinds) {
		return r.collect(r.abilities.finder.Find(ctx, p.inst.Client, key), key)
	}
	if r.list == nil {
		return nil, fmt.Errorf("kind %s can neither be listed nor searched", r.kind)
	}
	if err := r.ensure(ctx, p.inst, anyAge); err != nil {
		return nil, err
	}
	return r.matching(p.inst, key), nil
}

// search asks Looker now for what has the natural key, or may have been left by
// an interrupted create.
func (r *Reconciler[O, W, L]) search(ctx context.Context, p *pass[O, W, L], key W) ([]*L, error) {
	var found []*L
	var err error
	if r.abilities.finder != nil {
		found, err = r.collect(r.abilities.finder.Find(ctx, p.inst.Client, key), key)
	} else if err = r.refresh(ctx, p.inst); err == nil {
		found = r.matching(p.inst, key)
	}
	if err != nil || r.abilities.recoverer == nil {
		return found, err
	}
	for live, err := range r.abilities.recoverer.Interrupted(ctx, p.inst.Client, key) {
		if err != nil {
			return nil, err
		}
		if id := r.adapter.ID(live); !slices.Contains(r.ids(found), id) {
			found = append(found, live)
		}
	}
	return found, nil
}

func (r *Reconciler[O, W, L]) collect(rows iter.Seq2[*L, error], key W) ([]*L, error) {
	var out []*L
	for live, err := range rows {
		if err != nil {
			return nil, err
		}
		if r.adapter.Match(key, live) {
			out = append(out, live)
		}
	}
	return out, nil
}

func (r *Reconciler[O, W, L]) matching(inst *Instance, key W) []*L {
	return r.of(inst).where(func(live *L) bool { return r.adapter.Match(key, live) })
}

// split separates what no other object manages from what one does, which it
// names.
func (r *Reconciler[O, W, L]) split(ctx context.Context, p *pass[O, W, L], found []*L) (free []*L, taken string, err error) {
	for _, live := range found {
		owner, err := r.owner(ctx, p.inst, r.adapter.ID(live), p.obj)
		if err != nil {
			return nil, "", err
		}
		if owner == "" {
			free = append(free, live)
		} else {
			taken = owner
		}
	}
	return free, taken, nil
}

func (r *Reconciler[O, W, L]) ids(rows []*L) []string {
	out := make([]string, len(rows))
	for i, live := range rows {
		out[i] = r.adapter.ID(live)
	}
	slices.Sort(out)
	return out
}

// create makes the resource. The intent is stored first, on exactly the version
// of the object that this decision was made for: a stale copy cannot create.
func (r *Reconciler[O, W, L]) create(ctx context.Context, p *pass[O, W, L], key W) error {
	_, status := p.obj.Common()
	if err := r.checkGuard(ctx, p, new(L), &p.want); err != nil {
		return err
	}
	if err := r.beforeWrite(ctx, p); err != nil {
		return err
	}
	keyJSON, err := json.Marshal(key)
	if err != nil {
		return fmt.Errorf("encode natural key: %w", err)
	}
	status.Creating = &v1alpha1.CreateIntent{Key: string(keyJSON), At: metav1.NewTime(r.Clock.Now())}
	if err := r.patchStatus(ctx, p, true); err != nil {
		return fmt.Errorf("store the intent to create: %w", err)
	}
	live, err := r.adapter.Create(ctx, p.inst.Client, p.want)
	if err != nil {
		return r.createFailed(ctx, p, key, err)
	}
	id := r.adapter.ID(live)
	r.noteCreated(p, id)
	r.event(p.obj, "Created", "Create", "created %s %s in Looker", looker(r.kind), id)
	if r.abilities.carrier != nil {
		status.WriteOnlyHashes = carried(p.hashes, r.abilities.carrier.CreateCarries())
	}
	return r.own(ctx, p, id, v1alpha1.OriginCreated, live)
}

// createFailed takes the intent back where Looker certainly created nothing.
func (r *Reconciler[O, W, L]) createFailed(ctx context.Context, p *pass[O, W, L], key W, cause error) error {
	_, status := p.obj.Common()
	if lookerclient.OutcomeUnknown(cause) {
		return cause
	}
	status.Creating = nil
	switch {
	case lookerclient.IsNotFound(cause) && !lookerclient.IsUnsupported(cause):
		return fmt.Errorf("%w; something that the spec refers to is not there, or the operator's user may not make a %s in it", cause, looker(r.kind))
	case !lookerclient.IsAlreadyExists(cause):
		return cause
	}
	// The snapshot did not know of it. Ask, then adopt it or say which it is.
	found, err := r.search(ctx, p, key)
	if err != nil {
		return errors.Join(cause, err)
	}
	if len(found) == 0 {
		return stalled(ReasonRejected, recheck, "%w; Looker says that it exists, and does not show it: it may be in the trash or hidden from the operator's user", cause)
	}
	return r.adoptOrCreate(ctx, p, key, found)
}

// own stores the id before anything else can fail, then sends the rest.
func (r *Reconciler[O, W, L]) own(ctx context.Context, p *pass[O, W, L], id string, origin v1alpha1.Origin, live *L) error {
	_, status := p.obj.Common()
	if !r.take(p.inst, id, p.obj.GetUID()) {
		return stalled(ReasonOwnedByAnother, recheck, "another object has just taken the %s with id %s", looker(r.kind), id)
	}
	if spec, _ := p.obj.Common(); spec.ManagementPolicy != v1alpha1.ManagementObserve {
		if err := r.addFinalizer(ctx, p); err != nil {
			return err
		}
	}
	status.ID, status.Origin, status.Creating = id, origin, nil
	storeLookups(status, p.lookups)
	if err := r.patchStatus(ctx, p, false); err != nil {
		return fmt.Errorf("store id %s: %w", id, err)
	}
	r.mu.Lock()
	delete(r.pending, p.obj.GetUID())
	r.mu.Unlock()
	// What is in the sets of the resource can be claimed only now that it has an id.
	if err := r.checkRelations(p); err != nil {
		return err
	}
	if spec, _ := p.obj.Common(); origin == v1alpha1.OriginAdopted && spec.ManagementPolicy != v1alpha1.ManagementObserve {
		r.event(p.obj, "Adopted", "Adopt", "manages the existing %s %s in Looker", looker(r.kind), id)
	}
	if live == nil {
		return r.correct(ctx, p)
	}
	r.of(p.inst).put(id, live)
	if err := r.registry.wakeLookups(ctx, p.inst, r.kind); err != nil {
		return err
	}
	return r.align(ctx, p, live)
}

// noteCreated remembers an id in case it cannot be stored, and when it was made.
func (r *Reconciler[O, W, L]) noteCreated(p *pass[O, W, L], id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending[p.obj.GetUID()] = id
	now := r.Clock.Now()
	for k, at := range r.created {
		if now.Sub(at) > visibility {
			delete(r.created, k)
		}
	}
	r.created[instanceIndex(p.inst.Key)+"/"+id] = now
}

func (r *Reconciler[O, W, L]) unstored(uid types.UID) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id, ok := r.pending[uid]
	return id, ok
}

// carried keeps the hashes of those secrets that are below one of the keys.
func carried(hashes map[string]string, keys []string) map[string]string {
	out := map[string]string{}
	for path, sum := range hashes {
		if len(belowAny(path, keys)) > 0 {
			out[path] = sum
		}
	}
	return out
}

func belowAny(path string, keys []string) []string {
	var out []string
	for _, k := range keys {
		out = append(out, below([]string{path}, k)...)
	}
	return out
}
