package engine

import (
	"context"
	"time"
)

// A change that Looker takes in bulk waits for others like it: until none has
// come for gatherQuiet, and at most for gatherMost. A single edit is a quarter of
// a second slower; a thousand that come together cost a few calls. While they
// keep coming, both times double from one bulk change to the next, so that the
// number of bulk changes grows with the logarithm of the time that it takes.
const (
	gatherQuiet   = 250 * time.Millisecond
	gatherMost    = 10 * time.Second
	gatherLongest = 5 * time.Minute
)

// window is how long a batch gathers.
type window struct {
	most  time.Duration
	ended time.Time // when the last bulk change was done
}

// quiet is the time without a newcomer that ends the gathering.
func (w *window) quiet() time.Duration {
	return gatherQuiet * (w.most / time.Millisecond) / (gatherMost / time.Millisecond)
}

// begin sets the window of a batch whose first change has come. It is longer
// than the last one if the changes did not stop coming.
func (w *window) begin(now time.Time) {
	if !w.ended.IsZero() && now.Sub(w.ended) < 4*w.quiet() {
		w.most = min(2*w.most, gatherLongest)
	} else {
		w.most = gatherMost
	}
}

// gathering is the state of the batches of one instance.
type gathering struct {
	window  window
	running bool          // a goroutine gathers
	flush   chan struct{} // holds something while a bulk change is made
}

func (b *batches[W, L]) of(inst *Instance) *gathering {
	if b.gather[inst] == nil {
		b.gather[inst] = &gathering{window: window{most: gatherMost}, flush: make(chan struct{}, 1)}
	}
	return b.gather[inst]
}

// begin reports whether the caller must gather: there is a batch, and nobody does.
func (b *batches[W, L]) begin(inst *Instance) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.of(inst)
	if g.running || len(b.open[inst]) == 0 {
		return false
	}
	g.running = true
	return true
}

// end notes that a bulk change is done, and reports whether the gathering ends,
// because nothing has come meanwhile.
func (b *batches[W, L]) end(inst *Instance, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.of(inst)
	g.window.ended = now
	g.running = len(b.open[inst]) > 0
	return !g.running
}

// alone waits for the end of another bulk change of the instance. It returns
// what ends this one.
func (b *batches[W, L]) alone(inst *Instance) func() {
	b.mu.Lock()
	g := b.of(inst)
	b.mu.Unlock()
	g.flush <- struct{}{}
	return func() { <-g.flush }
}

// drop forgets an instance that is no longer used.
func (r *Reconciler[O, W, L]) drop(inst *Instance) {
	r.collection.drop(inst)
	b := r.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	if g := b.gather[inst]; g != nil && !g.running {
		delete(b.gather, inst)
	}
}

// windowFor is the window of the batch that begins now.
func (b *batches[W, L]) windowFor(inst *Instance, now time.Time) window {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.of(inst)
	g.window.begin(now)
	return g.window
}

// flushLater sends the batches of an instance as long as there are any, in the
// background: no worker waits for it.
func (r *Reconciler[O, W, L]) flushLater(ctx context.Context, inst *Instance) {
	for ended := false; !ended; ended = r.batches.end(inst, r.Clock.Now()) {
		w := r.batches.windowFor(inst, r.Clock.Now())
		size := 0
		for waited := time.Duration(0); waited < w.most; waited += w.quiet() {
			<-r.Clock.After(w.quiet())
			now := r.batches.size(inst)
			if now == size {
				break
			}
			size = now
		}
		r.flush(ctx, inst)
	}
}
