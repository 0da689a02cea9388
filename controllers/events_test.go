package controllers

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// slowKube takes a while to store an Event, and counts.
type slowKube struct {
	client.Client
	scheme   *runtime.Scheme
	atOnce   atomic.Int32
	most     int32
	stored   []*eventsv1.Event
	problems int // so many are refused
}

func (k *slowKube) Scheme() *runtime.Scheme { return k.scheme }

func (k *slowKube) Create(_ context.Context, o client.Object, _ ...client.CreateOption) error {
	k.most = max(k.most, k.atOnce.Add(1))
	defer k.atOnce.Add(-1)
	time.Sleep(5 * time.Millisecond)
	if k.problems > 0 {
		k.problems--
		return errors.New("no room")
	}
	k.stored = append(k.stored, o.(*eventsv1.Event))
	return nil
}

func newSlowKube(t *testing.T) (*slowKube, *recorder) {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	k := &slowKube{scheme: scheme}
	r, err := newRecorder(k)
	if err != nil {
		t.Fatal(err)
	}
	return k, r
}

func eventOf(name string) *v1alpha1.LookerFolder {
	return &v1alpha1.LookerFolder{ObjectMeta: metav1.ObjectMeta{Namespace: "finance", Name: name, UID: "1"}}
}

func TestEventsAreWrittenOneAfterAnotherAndNoneIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k, r := newSlowKube(t)
		k.problems = 1 // which is not the end of it
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Start(ctx) }()
		const n = 6000
		for range n {
			r.Eventf(eventOf("reports"), nil, "Normal", "Created", "Create", "created %s %d", "folder", 5)
		}
		time.Sleep(time.Minute)
		if len(k.stored) != n-1 || k.most != 1 {
			t.Errorf("%d of %d were stored, %d at once", len(k.stored), n, k.most)
		}
		e := k.stored[0]
		if e.Note != "created folder 5" || e.Regarding.Kind != "LookerFolder" || e.Regarding.UID != "1" || e.Namespace != "finance" ||
			e.ReportingController == "" || e.ReportingInstance == "" || e.EventTime.IsZero() || e.Action != "Create" {
			t.Errorf("not what the API server takes: %+v", e)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestEventsThatWaitAreWrittenWhenTheOperatorEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k, r := newSlowKube(t)
		for range 10_000 {
			r.Eventf(eventOf("reports"), nil, "Normal", "Created", "Create", "made")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start := time.Now()
		if err := r.Start(ctx); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > eventPatience+time.Second {
			t.Errorf("the end took %s", took)
		}
		before := len(k.stored)
		if before < 100 {
			t.Errorf("%d were stored", before)
		}
		r.Eventf(eventOf("reports"), nil, "Normal", "Created", "Create", "made at the very end")
		if len(k.stored) != before+1 || k.stored[before].Note != "made at the very end" {
			t.Errorf("%d were stored in the end", len(k.stored))
		}
	})
}

func TestWhoMakesAnEventNeverWaits(t *testing.T) {
	t.Parallel()
	_, r := newSlowKube(t) // nobody writes
	for range pendingEvents + 7 {
		r.Eventf(eventOf("reports"), nil, "Normal", "Created", "Create", "made")
	}
	if n := r.dropped.Load(); n != 7 {
		t.Errorf("%d are left out", n)
	}
}

func TestTheNameOfAnEventHasRoomForItsSuffix(t *testing.T) {
	t.Parallel()
	if got := prefix(strings.Repeat("a", 253)); len(got) > 240 {
		t.Errorf("%d characters", len(got))
	}
	for name, want := range map[string]string{
		"reports":                               "reports-",
		strings.Repeat("a", 229) + ".of.europe": strings.Repeat("a", 229) + "-",
	} {
		if got := prefix(name); got != want {
			t.Error(got)
		}
	}
}
