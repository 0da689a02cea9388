package controllers

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
)

// A watch may show a write of the operator later than something else wakes the
// object that was written.
func TestACopyFromBeforeTheOperatorsOwnWriteIsNotActedOn(t *testing.T) {
	t.Parallel()
	var lags atomic.Bool
	var first atomic.Pointer[v1alpha1.LookerFolder] // before anything was written
	w := suite.With(func(c client.Client, reader client.Reader, recorder events.EventRecorder, clk clock.WithTicker) (*enginetest.Operator, error) {
		lagging := interceptor.NewClient(c.(client.WithWatch), interceptor.Funcs{
			Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
				f, ok := o.(*v1alpha1.LookerFolder)
				if ok && lags.Load() {
					first.Load().DeepCopyInto(f)
					return nil
				}
				err := c.Get(ctx, key, o, opts...)
				if ok && err == nil {
					first.CompareAndSwap(nil, f.DeepCopy())
				}
				return err
			},
		})
		return newTestOperator(lagging, reader, recorder, clk)
	}).NewWorld(t)
	f := folder("finance", shared)
	w.Create(f)
	w.Round()
	made := w.Looker.Calls().ByOperation["POST /folders"]
	if made != 1 || first.Load() == nil || first.Load().Status.ID != "" {
		t.Fatalf("%d folders were made; the first copy is %+v", made, first.Load())
	}
	lags.Store(true)
	w.Force(1)
	w.WantReady(f) // and not taken for somebody else's
	w.Clock.Step(time.Minute)
	w.Force(1)
	w.WantReady(f) // nor when the watch is slower than anybody waits for
	w.Edit(f, func() { f.Spec.Name = new("Finance EMEA") })
	w.Clock.Step(time.Minute)
	w.Force(1)
	w.WantRow("folder", w.ID(f), map[string]any{"name": "Finance EMEA"})
	lags.Store(false)
	w.Settle()
	w.WantReady(f)
	if n := w.Looker.Calls().ByOperation["POST /folders"]; n != 1 {
		t.Errorf("%d folders were made", n)
	}
}
