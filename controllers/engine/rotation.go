package engine

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Pass is one of the sweeps that together read every resource once.
type Pass struct {
	Number int64 // of the sweep, counted from the beginning of time
	Of     int64 // how many make a whole round
}

// whole is a pass that reads everything.
var whole = Pass{Of: 1}

// includes reports whether what goes under a key is read in this pass. Which it
// is follows from the clock alone, so that a restart leaves nothing out. The
// zero Pass reads nothing.
func (p Pass) includes(key string) bool {
	switch {
	case p.Of <= 0:
		return false
	case p.Of == 1:
		return true
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(key)) // never fails
	return int64(h.Sum64()%uint64(p.Of)) == p.Number%p.Of
}

// sweepRun is one sweep under way, in its context.
type sweepRun struct {
	Pass
	list, read meter
}

type sweepRunKey struct{}

func sweepRunOf(ctx context.Context) *sweepRun {
	run, _ := ctx.Value(sweepRunKey{}).(*sweepRun)
	if run == nil {
		return &sweepRun{}
	}
	return run
}

// withSweep returns a context whose calls are those of a sweep.
func withSweep(ctx context.Context, pass Pass) (context.Context, *sweepRun) {
	run := &sweepRun{Pass: pass, list: meter{calls: Calls{}}, read: meter{calls: Calls{}}}
	ctx = context.WithValue(forSweep(ctx), sweepRunKey{}, run)
	return context.WithValue(ctx, meterKey{}, &run.list), run
}

// reading returns a context whose calls count as reads of single resources.
func (run *sweepRun) reading(ctx context.Context) context.Context {
	return context.WithValue(ctx, meterKey{}, &run.read)
}

// What rotates is read in chunks of about chunkSize resources, so that an error
// loses little, and chunksAtOnce at a time; the gate decides how many calls that
// makes at once.
const (
	chunkSize    = 20
	chunksAtOnce = 16
)

// missing is an object whose row lacks something managed.
type missing[W, L any] struct {
	id   string
	item Item[W, L] // its Live is a copy of the row
}

// complete reads what the list does not show, for all objects at once; what
// rotates, only for those whose turn it is.
func (r *Reconciler[O, W, L]) complete(ctx context.Context, inst *Instance) error {
	rows, err := r.unread(inst)
	if err != nil || len(rows) == 0 {
		return err
	}
	if err := r.completeSome(ctx, inst, rows); err != nil || r.abilities.rotator == nil {
		return err
	}
	run := sweepRunOf(ctx)
	rows = slices.DeleteFunc(rows, func(m missing[W, L]) bool { return !run.includes(r.abilities.rotator.Together(m.item.Live)) })
	group, ctx := errgroup.WithContext(run.reading(ctx))
	group.SetLimit(chunksAtOnce)
	for _, chunk := range r.chunks(rows) {
		group.Go(func() error { return r.completeSome(ctx, inst, chunk) })
	}
	return group.Wait()
}

// completeSome reads what rows lack, and stores them.
func (r *Reconciler[O, W, L]) completeSome(ctx context.Context, inst *Instance, rows []missing[W, L]) error {
	items := make([]Item[W, L], len(rows))
	for i, m := range rows {
		items[i] = m.item
	}
	if err := r.abilities.completer.Complete(ctx, inst.Client, items); err != nil {
		return err
	}
	for _, m := range rows {
		r.of(inst).put(m.id, m.item.Live)
	}
	return nil
}

// chunks divides rows without separating what is best read together, and makes
// them ready to be read whole.
func (r *Reconciler[O, W, L]) chunks(rows []missing[W, L]) [][]missing[W, L] {
	together := func(m missing[W, L]) string { return r.abilities.rotator.Together(m.item.Live) }
	slices.SortStableFunc(rows, func(a, b missing[W, L]) int { return cmp.Compare(together(a), together(b)) })
	var out [][]missing[W, L]
	for i, m := range rows {
		live := *m.item.Live // what is stored is never changed in place
		m.item.Light, m.item.Live = false, &live
		if i == 0 || len(out[len(out)-1]) >= chunkSize && together(rows[i-1]) != together(m) {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], m)
	}
	return out
}

// unread returns copies of the rows that lack something managed.
func (r *Reconciler[O, W, L]) unread(inst *Instance) ([]missing[W, L], error) {
	snap := r.of(inst)
	copies := map[string]*L{}
	var out []missing[W, L]
	for _, m := range r.memosOf(inst) {
		row, ok := snap.get(m.id)
		if !ok {
			continue
		}
		changes, err := r.fields(m.want, row, nil)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(changes, func(c Change) bool { return c.Unread }) {
			continue
		}
		if copies[m.id] == nil {
			one := *row
			copies[m.id] = &one
		}
		out = append(out, missing[W, L]{m.id, Item[W, L]{Want: m.want, Live: copies[m.id], Light: r.abilities.rotator != nil}})
	}
	return out, nil
}
