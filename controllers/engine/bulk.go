package engine

import (
	"context"
	"maps"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// BulkItem is one object's part of a bulk change.
type BulkItem[W, L any] struct {
	Live  *L
	Patch W
}

// BulkResult is what Looker holds for one object after a bulk change, or why the
// change failed for it.
type BulkResult[L any] struct {
	Live *L
	Err  error
}

// batches gathers bulk changes, one batch for each instance.
type batches[W, L any] struct {
	mu     sync.Mutex
	open   map[*Instance]map[types.UID]*bulkEntry[W, L]
	gather map[*Instance]*gathering
	flying map[types.UID]bool   // being sent now
	sent   map[types.UID]string // the desired state that was sent last, and taken
	failed map[types.UID]bulkFailure
}

// bulkFailure is why a change failed, and the desired state that it was for.
type bulkFailure struct {
	hash string
	err  error
}

type bulkEntry[W, L any] struct {
	id   string
	hash string
	rank rank
	item BulkItem[W, L]
	wake func()
	done func() // writes the event
}

func newBatches[W, L any]() *batches[W, L] {
	return &batches[W, L]{open: map[*Instance]map[types.UID]*bulkEntry[W, L]{}, gather: map[*Instance]*gathering{}, flying: map[types.UID]bool{}, sent: map[types.UID]string{}, failed: map[types.UID]bulkFailure{}}
}

func (b *batches[W, L]) instances() []*Instance {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.open))
}

// add puts an object's change into the batch of its instance.
func (b *batches[W, L]) add(inst *Instance, uid types.UID, e *bulkEntry[W, L]) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.flying[uid] {
		return // it is woken when that is done, and compares again
	}
	if b.open[inst] == nil {
		b.open[inst] = map[types.UID]*bulkEntry[W, L]{}
	}
	b.open[inst][uid] = e
}

// rank is the best of those in the batch of an instance.
func (b *batches[W, L]) rank(inst *Instance) rank {
	b.mu.Lock()
	defer b.mu.Unlock()
	best := rankSweep
	for _, e := range b.open[inst] {
		best = min(best, e.rank)
	}
	return best
}

func (b *batches[W, L]) size(inst *Instance) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.open[inst])
}

func (b *batches[W, L]) take(inst *Instance) map[types.UID]*bulkEntry[W, L] {
	b.mu.Lock()
	defer b.mu.Unlock()
	batch := b.open[inst]
	delete(b.open, inst)
	for uid := range batch {
		b.flying[uid] = true
	}
	return batch
}

func (b *batches[W, L]) landed(uid types.UID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.flying, uid)
}

func (b *batches[W, L]) fail(uid types.UID, hash string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failed[uid] = bulkFailure{hash, err}
}

// takeFailure returns once why an object's last bulk change failed, unless its
// desired state is another one by now.
func (b *batches[W, L]) takeFailure(uid types.UID, hash string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.failed[uid]
	delete(b.failed, uid)
	if f.hash != hash {
		return nil
	}
	return f.err
}

func (b *batches[W, L]) note(uid types.UID, hash string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent[uid] = hash
}

// settled forgets the last bulk change of an object that Looker agrees with.
func (b *batches[W, L]) settled(uid types.UID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.sent, uid)
	delete(b.failed, uid)
}

// sentBulk reports, once, whether exactly this desired state was sent in bulk
// and taken: if it still differs, Looker did not keep it.
func (r *Reconciler[O, W, L]) sentBulk(p *pass[O, W, L]) bool {
	b := r.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	hash, ok := b.sent[p.obj.GetUID()]
	delete(b.sent, p.obj.GetUID())
	return ok && hash == p.hash
}

// splitBulk separates the paths that go in bulk from those that do not.
func (r *Reconciler[O, W, L]) splitBulk(all []string) (single, bulk []string) {
	if r.abilities.bulker == nil {
		return all, nil
	}
	keys := r.abilities.bulker.BulkKeys()
	for _, path := range all {
		if len(belowAny(path, keys)) > 0 {
			bulk = append(bulk, path)
		} else {
			single = append(single, path)
		}
	}
	return single, bulk
}

// gather hands a change to the next bulk call. The object's turn ends; it is
// woken when the call is done.
func (r *Reconciler[O, W, L]) gather(ctx context.Context, p *pass[O, W, L], live *L, changes []Change, bulk []string) error {
	inst, obj := p.inst, p.obj
	// A failure that says nothing about the object is no reason to leave it: nobody
	// would wake it.
	if err := r.batches.takeFailure(obj.GetUID(), p.hash); err != nil && !classify(err).silent {
		if lookerclient.IsNotFound(err) {
			return r.goneOnWrite(ctx, p, err)
		}
		return err
	}
	if r.sentBulk(p) && r.countTry(p) >= maxAttempts {
		r.remember(p)
		return r.notConverging(changes)
	}
	if err := r.patchStatus(ctx, p, false); err != nil { // what was sent singly is not sent again
		return err
	}
	_, status := obj.Common()
	// Neither p nor the object itself: a batch may gather thousands for minutes, and
	// would keep all that their passes hold.
	id, rank, bare := status.ID, p.rank, r.bare(obj)
	r.batches.add(inst, obj.GetUID(), &bulkEntry[W, L]{
		id:   id,
		hash: p.hash,
		rank: rank,
		item: BulkItem[W, L]{Live: live, Patch: prune(p.want, bulk)},
		wake: func() { r.wake(keyOf(bare), rank) },
		done: func() {
			r.event(bare, "Updated", "Update", "changed %s of %s %s in Looker", list(bulk), looker(r.kind), id)
		},
	})
	if r.batches.begin(inst) {
		go r.flushLater(context.WithoutCancel(ctx), inst)
	}
	return errParked
}

// bare is an object of which only the name is known, which is enough for Events.
func (r *Reconciler[O, W, L]) bare(obj O) O {
	out := r.newObject()
	out.SetNamespace(obj.GetNamespace())
	out.SetName(obj.GetName())
	out.SetUID(obj.GetUID())
	out.SetResourceVersion(obj.GetResourceVersion())
	return out
}

// flushAll implements manager.
func (r *Reconciler[O, W, L]) flushAll(ctx context.Context) int {
	n := 0
	for _, inst := range r.batches.instances() {
		n += r.flush(ctx, inst)
	}
	return n
}

// flush sends the batch of an instance, and returns how many objects were in it.
// The batch grows until its first call may be sent. One flush of an instance is
// made at a time.
func (r *Reconciler[O, W, L]) flush(ctx context.Context, inst *Instance) int {
	defer r.batches.alone(inst)()
	if r.batches.size(inst) == 0 {
		return 0
	}
	ctx, work := atRank(ctx, r.batches.rank(inst))
	refused := inst.Gate.reserve(ctx, work)
	defer inst.Gate.release(work)
	batch := r.batches.take(inst)
	if len(batch) == 0 {
		return 0
	}
	uids := slices.Sorted(maps.Keys(batch))
	results := make([]BulkResult[L], len(uids))
	if refused == nil {
		items := make([]BulkItem[W, L], len(uids))
		for i, uid := range uids {
			items[i] = batch[uid].item
		}
		results = r.abilities.bulker.UpdateAll(ctx, inst.Client, items)
	} else {
		for i := range results {
			results[i].Err = refused
		}
	}
	for i, uid := range uids {
		e := batch[uid]
		switch {
		case i >= len(results):
			r.of(inst).forget(e.id)
		case results[i].Err != nil:
			r.of(inst).forget(e.id) // how far it got is not certain
			r.batches.fail(uid, e.hash, results[i].Err)
		default:
			r.of(inst).put(e.id, results[i].Live)
			r.batches.note(uid, e.hash)
			e.done()
		}
		r.batches.landed(uid)
		e.wake()
	}
	ctrl.LoggerFrom(ctx).V(1).Info("Sent a bulk change", "kind", r.kind, "objects", len(uids))
	return len(uids)
}
