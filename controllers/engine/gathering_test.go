package engine

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// bulkRecorder is an adapter's bulk ability that makes one call for each batch.
type bulkRecorder struct {
	gate *Gate
	each time.Duration

	mu      sync.Mutex
	flying  int
	most    int
	batches []int
	at      []time.Time
}

func (*bulkRecorder) BulkKeys() []string { return nil }

func (b *bulkRecorder) UpdateAll(ctx context.Context, _ *lookerclient.Client, items []BulkItem[row, row]) []BulkResult[row] {
	err := b.gate.BeforeCall(ctx, counted)
	b.mu.Lock()
	b.batches, b.at = append(b.batches, len(items)), append(b.at, time.Now())
	b.flying++
	b.most = max(b.most, b.flying)
	b.mu.Unlock()
	time.Sleep(b.each)
	b.mu.Lock()
	b.flying--
	b.mu.Unlock()
	b.gate.AfterCall(ctx, good)
	out := make([]BulkResult[row], len(items))
	for i := range out {
		out[i].Live, out[i].Err = &row{}, err
	}
	return out
}

// gatherer is as much of a Reconciler as gathers.
func gatherer(g *Gate, each time.Duration) (*Reconciler[*v1alpha1.LookerUser, row, row], *bulkRecorder, *Instance) {
	recorder := &bulkRecorder{gate: g, each: each}
	r := &Reconciler[*v1alpha1.LookerUser, row, row]{
		Deps:       Deps{Clock: clock.RealClock{}},
		collection: newCollection("LookerUser", func(*row) string { return "" }, nil, nil, clock.RealClock{}),
		batches:    newBatches[row, row](),
	}
	r.abilities.bulker = recorder
	return r, recorder, &Instance{Gate: g}
}

func change(r *Reconciler[*v1alpha1.LookerUser, row, row], inst *Instance, i int, woken func()) {
	r.batches.add(inst, types.UID(fmt.Sprint(i)), &bulkEntry[row, row]{id: fmt.Sprint(i), rank: rankEdit, wake: woken, done: func() {}})
	if r.batches.begin(inst) {
		go r.flushLater(context.Background(), inst)
	}
}

func TestAChangeThatComesAloneIsSentAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, recorder, inst := gatherer(NewGate(clock.RealClock{}, Traffic{}, nil), 0)
		for i := range 5 {
			start := time.Now()
			woken := make(chan struct{})
			change(r, inst, i, func() { close(woken) })
			<-woken
			if waited := time.Since(start); waited > 2*gatherQuiet {
				t.Errorf("change %d was sent after %s", i, waited)
			}
			time.Sleep(5 * time.Second)
		}
		if len(recorder.batches) != 5 {
			t.Errorf("%d bulk changes", len(recorder.batches))
		}
	})
}

func TestChangesThatKeepComingTakeFewBulkChanges(t *testing.T) {
	t.Parallel()
	for _, every := range []time.Duration{20 * time.Millisecond, 200 * time.Millisecond, 600 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			r, recorder, inst := gatherer(NewGate(clock.RealClock{}, Traffic{}, nil), 100*time.Millisecond)
			var mu sync.Mutex
			woken, last := 0, time.Time{}
			n := int(20 * time.Minute / every)
			for i := range n {
				change(r, inst, i, func() {
					mu.Lock()
					defer mu.Unlock()
					woken, last = woken+1, time.Now()
				})
				time.Sleep(every)
			}
			end := time.Now()
			time.Sleep(gatherLongest)
			if woken != n {
				t.Errorf("%d of %d changes were sent", woken, n)
			}
			if len(recorder.batches) > 12 {
				t.Errorf("one change every %s for 20 minutes took %d bulk changes: %v", every, len(recorder.batches), recorder.batches)
			}
			if late := last.Sub(end); late > 20*time.Second {
				t.Errorf("the last change was sent %s after it came", late)
			}
			start := time.Now()
			again := make(chan struct{})
			change(r, inst, n, func() { close(again) })
			<-again
			if waited := time.Since(start); waited > time.Second {
				t.Errorf("a change after a quiet time waited %s", waited)
			}
		})
	}
}

func TestABatchGrowsUntilItMaySendItsFirstCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{PerSecond: 1, Burst: 1, MaxInFlight: 4}, nil)
		g.AfterCall(t.Context(), lookerclient.Call{Operation: free, Status: 429, Err: &lookerclient.Error{StatusCode: 429, RetryAfter: time.Minute}})
		r, recorder, inst := gatherer(g, time.Second)
		for i := range 30 {
			change(r, inst, i, func() {})
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		if len(recorder.batches) != 1 || recorder.batches[0] != 30 {
			t.Errorf("batches of %v objects; want one of 30", recorder.batches)
		}
		if g.slots.calls.all != 0 {
			t.Errorf("%d slots were left taken", g.slots.calls.all)
		}
	})
}

func TestOneBulkChangeOfAnInstanceAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, recorder, inst := gatherer(NewGate(clock.RealClock{}, Traffic{}, nil), 5*time.Second)
		for i := range 40 {
			change(r, inst, i, func() {})
			if i%10 == 9 {
				go r.flush(t.Context(), inst)
			}
			time.Sleep(time.Second)
		}
		time.Sleep(gatherLongest)
		if recorder.most != 1 {
			t.Errorf("%d bulk changes at the same time", recorder.most)
		}
		sum := 0
		for _, n := range recorder.batches {
			sum += n
		}
		if sum != 40 {
			t.Errorf("%d changes of 40 were sent: %v", sum, recorder.batches)
		}
	})
}

func TestABatchThatMayNotBeSentFailsForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(clock.RealClock{}, Traffic{}, nil)
		for range failuresToOpen {
			g.answer(down)
		}
		r, recorder, inst := gatherer(g, 0)
		woken := make(chan struct{})
		change(r, inst, 1, func() { close(woken) })
		<-woken
		if err := r.batches.takeFailure("1", ""); !IsPaused(err) || len(recorder.batches) != 0 {
			t.Errorf("a change during an outage: %v, %d bulk changes", err, len(recorder.batches))
		}
	})
}
