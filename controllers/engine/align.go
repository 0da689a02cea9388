package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// maxAttempts is how often a difference that Looker accepts and does not keep
// is written.
const maxAttempts = 3

// align sends what differs between the desired state and live.
func (r *Reconciler[O, W, L]) align(ctx context.Context, p *pass[O, W, L], live *L) error {
	live, changes, err := r.compare(ctx, p, live)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		return r.settle(ctx, p, live)
	}
	if spec, _ := p.obj.Common(); spec.ManagementPolicy == v1alpha1.ManagementObserve {
		r.remember(p)
		p.drifted = paths(changes)
		return waiting(ReasonDrifted, 0, "Looker differs in %s; managementPolicy is Observe, so nothing is changed", list(p.drifted))
	}
	if r.tried(p) >= maxAttempts {
		r.remember(p)
		return r.notConverging(changes)
	}
	patch := prune(p.want, paths(changes))
	if err := r.checkGuard(ctx, p, live, &patch); err != nil {
		return err
	}
	if err := r.beforeWrite(ctx, p); err != nil {
		return err
	}
	single, bulk := r.splitBulk(paths(changes))
	if len(single) > 0 {
		updated, err := r.send(ctx, p, live, single)
		if lookerclient.IsNotFound(err) {
			return r.goneOnWrite(ctx, p, err)
		}
		if err != nil {
			return err
		}
		live = updated
	}
	if len(bulk) > 0 {
		return r.gather(ctx, p, live, changes, bulk)
	}
	return r.verify(ctx, p, live)
}

// send updates the fields on the given paths.
func (r *Reconciler[O, W, L]) send(ctx context.Context, p *pass[O, W, L], live *L, fields []string) (*L, error) {
	_, status := p.obj.Common()
	updated, err := r.adapter.Update(ctx, p.inst.Client, live, prune(p.want, fields))
	if err != nil {
		r.of(p.inst).forget(status.ID) // how far it got is not certain
		return nil, err
	}
	r.of(p.inst).put(status.ID, updated)
	r.event(p.obj, "Updated", "Update", "changed %s of %s %s in Looker", list(fields), looker(r.kind), status.ID)
	status.WriteOnlyHashes = p.hashes
	return updated, nil
}

// checkGuard asks the adapter whether a write is harmless. A nil patch stands
// for the end of the whole resource.
func (r *Reconciler[O, W, L]) checkGuard(ctx context.Context, p *pass[O, W, L], live *L, patch *W) error {
	if r.abilities.guard == nil {
		return nil
	}
	self := p.inst.Self
	if r.abilities.selfAware != nil {
		// Others wait for the answer too, and who waits must have his turn.
		err := p.inst.Gate.Ask(ctx)
		if err != nil {
			return err
		}
		if self, err = p.inst.currentSelf(ctx); err != nil {
			return err
		}
	}
	return r.abilities.guard.Guard(self, live, patch)
}

// compare returns the changes that live needs, reading more of it if needed.
func (r *Reconciler[O, W, L]) compare(ctx context.Context, p *pass[O, W, L], live *L) (*L, []Change, error) {
	changes, err := r.difference(p, live)
	if err != nil || r.abilities.completer == nil || !slices.ContainsFunc(changes, func(c Change) bool { return c.Unread }) {
		return live, certain(changes), err
	}
	if r.abilities.rotator != nil && r.settled(p) && !requested(p.obj) {
		return live, onlyRead(changes), nil // Looker agreed when it was last asked; one of the next sweeps asks again
	}
	whole := *live
	if err := r.abilities.completer.Complete(ctx, p.inst.Client, []Item[W, L]{{Want: p.want, Live: &whole}}); err != nil {
		return live, nil, err
	}
	_, status := p.obj.Common()
	r.of(p.inst).put(status.ID, &whole)
	changes, err = r.difference(p, &whole)
	return &whole, certain(changes), err
}

// difference compares without calling Looker.
func (r *Reconciler[O, W, L]) difference(p *pass[O, W, L], live *L) ([]Change, error) {
	_, status := p.obj.Common()
	changes, err := r.fields(p.want, live, status.StoredAs)
	if err != nil {
		return nil, err
	}
	return mergeChanges(changes, changedSecrets(p.hashes, status.WriteOnlyHashes)), nil
}

// fields compares the readable fields of want and live.
func (r *Reconciler[O, W, L]) fields(want W, live *L, storedAs map[string]string) ([]Change, error) {
	l := *live
	if r.abilities.normal != nil {
		r.abilities.normal.Normalize(&want, &l)
	}
	wantTree, err := toTree(want)
	if err != nil {
		return nil, err
	}
	liveTree, err := toTree(l)
	if err != nil {
		return nil, err
	}
	changes := compareTrees(wantTree, liveTree)
	if r.abilities.rewriter == nil || len(storedAs) == 0 {
		return changes, nil
	}
	return slices.DeleteFunc(changes, func(c Change) bool {
		pair, ok := storedAs[c.Path]
		return ok && pair == storedPair(at(wantTree, c.Path), at(liveTree, c.Path))
	}), nil
}

// verify checks that Looker kept what it was sent.
func (r *Reconciler[O, W, L]) verify(ctx context.Context, p *pass[O, W, L], updated *L) error {
	updated, changes, err := r.compare(ctx, p, updated)
	if err != nil {
		return err
	}
	changes, err = r.acceptRewritten(p, updated, changes)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		return r.settle(ctx, p, updated)
	}
	n := r.countTry(p)
	if n >= maxAttempts {
		r.remember(p)
		return r.notConverging(changes)
	}
	return waiting(ReasonProgressing, time.Duration(n)*2*time.Second, "Looker accepted %s and did not keep it; trying again", list(paths(changes)))
}

func (r *Reconciler[O, W, L]) notConverging(changes []Change) error {
	return stalled(ReasonNonConverging, 0,
		"Looker accepted %s %d times and keeps another value; set what Looker shows, or leave the field out", list(paths(changes)), maxAttempts)
}

// acceptRewritten notes what Looker made of texts that it rewrites.
func (r *Reconciler[O, W, L]) acceptRewritten(p *pass[O, W, L], live *L, changes []Change) ([]Change, error) {
	if r.abilities.rewriter == nil || len(changes) == 0 {
		return changes, nil
	}
	l, want := *live, p.want
	if r.abilities.normal != nil {
		r.abilities.normal.Normalize(&want, &l)
	}
	wantTree, err := toTree(want)
	if err != nil {
		return nil, err
	}
	liveTree, err := toTree(l)
	if err != nil {
		return nil, err
	}
	_, status := p.obj.Common()
	rewritten := r.abilities.rewriter.Rewrites()
	return slices.DeleteFunc(changes, func(c Change) bool {
		if !slices.Contains(rewritten, c.Path) || at(liveTree, c.Path) == nil {
			return false
		}
		if status.StoredAs == nil {
			status.StoredAs = map[string]string{}
		}
		status.StoredAs[c.Path] = storedPair(at(wantTree, c.Path), at(liveTree, c.Path))
		return true
	}), nil
}

// settle notes that Looker agrees.
func (r *Reconciler[O, W, L]) settle(ctx context.Context, p *pass[O, W, L], live *L) error {
	_, status := p.obj.Common()
	status.AppliedHash, status.WriteOnlyHashes = p.hash, p.hashes
	if r.abilities.claimer != nil {
		status.Claims = sortedSet(r.abilities.claimer.Claims(p.want))
	}
	if r.abilities.recorder != nil {
		r.abilities.recorder.Record(p.obj, p.want, live)
	}
	r.mu.Lock()
	delete(r.retries, p.obj.GetUID())
	r.mu.Unlock()
	r.batches.settled(p.obj.GetUID())
	r.remember(p)
	return r.wakeHeirs(ctx, p)
}

// wakeHeirs queues those who wait for a field that this object may have given up.
func (r *Reconciler[O, W, L]) wakeHeirs(ctx context.Context, p *pass[O, W, L]) error {
	if r.abilities.singleton == nil {
		return nil
	}
	claimed := shortHash(r.abilities.singleton.Fields(p.obj))
	r.mu.Lock()
	changed := r.claimed[p.obj.GetUID()] != claimed
	r.claimed[p.obj.GetUID()] = claimed
	r.mu.Unlock()
	if !changed {
		return nil
	}
	return r.wakeRivals(ctx, p.inst.Key)
}

// beforeWrite stores what must be known after a crash: the finalizer, and the
// entries of shared lists that are about to be added.
func (r *Reconciler[O, W, L]) beforeWrite(ctx context.Context, p *pass[O, W, L]) error {
	// The turn comes first: an intent that is stored and then has to wait would
	// look like one whose outcome is in doubt.
	if err := p.inst.Ledger.Ask(); err != nil {
		return err
	}
	if err := p.inst.Gate.Ask(ctx); err != nil {
		return err
	}
	if r.abilities.singleton == nil {
		if err := r.addFinalizer(ctx, p); err != nil {
			return err
		}
	}
	if r.abilities.claimer == nil {
		return nil
	}
	_, status := p.obj.Common()
	union := sortedSet(append(slices.Clone(status.Claims), r.abilities.claimer.Claims(p.want)...))
	if slices.Equal(union, status.Claims) {
		return nil
	}
	status.Claims = union
	return r.patchStatus(ctx, p, false)
}

// goneOnWrite decides what a 404 on a write means: the resource itself, or
// something that the write refers to.
func (r *Reconciler[O, W, L]) goneOnWrite(ctx context.Context, p *pass[O, W, L], cause error) error {
	if r.abilities.singleton != nil {
		return cause
	}
	_, status := p.obj.Common()
	live, err := r.adapter.Get(ctx, p.inst.Client, status.ID)
	if lookerclient.IsNotFound(err) {
		return r.vanished(ctx, p)
	}
	if err != nil {
		return err
	}
	r.of(p.inst).put(status.ID, live)
	return stalled(ReasonRejected, recheck, "%w; the %s itself is there, so something that the spec refers to is not, or the operator's user may not see it", cause, looker(r.kind))
}

func (r *Reconciler[O, W, L]) tried(p *pass[O, W, L]) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.retries[p.obj.GetUID()]; a.hash == p.hash {
		return a.n
	}
	return 0
}

func (r *Reconciler[O, W, L]) countTry(p *pass[O, W, L]) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.retries[p.obj.GetUID()]
	if a.hash != p.hash {
		a = attempts{hash: p.hash}
	}
	a.n++
	r.retries[p.obj.GetUID()] = a
	return a.n
}

// list joins names for a message, a few of them.
func list(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " and more"
	}
	return strings.Join(names, ", ")
}
