package controllers

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/reference"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	// reporter is what Events name as their source.
	reporter = "looker-operator"
	// pendingEvents may wait to be written: more than one bulk change brings.
	pendingEvents = 1 << 14
	// eventPatience is how long Events are still written when the operator ends, and
	// how long each of what ends after that may take.
	eventPatience = 2 * time.Second
)

// recorder writes Events one after another. The recorder of client-go starts a
// goroutine and a request for each at once, and keeps each for minutes, to count
// repetitions: of thousands that come together that is most of the memory. Here
// there is one Event for each change in Looker, and nothing to be counted.
type recorder struct {
	client   client.Client
	instance string
	queue    chan *eventsv1.Event
	dropped  atomic.Int64
	mu       sync.RWMutex
	ended    bool // nobody reads the queue any more
}

func newRecorder(c client.Client) (*recorder, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("the name of this host, for Events: %w", err)
	}
	return &recorder{client: c, instance: reporter + "-" + host, queue: make(chan *eventsv1.Event, pendingEvents)}, nil
}

// Eventf implements events.EventRecorder. It does not wait, unless the operator
// ends: what reconciles end with then is written at once.
func (r *recorder) Eventf(regarding, _ runtime.Object, kind, reason, action, note string, args ...any) {
	about, err := reference.GetReference(r.client.Scheme(), regarding)
	if err != nil {
		ctrl.Log.WithName("events").Error(err, "An Event about an unknown object is left out", "reason", reason)
		return
	}
	event := &eventsv1.Event{
		ObjectMeta:          metav1.ObjectMeta{Namespace: about.Namespace, GenerateName: prefix(about.Name)},
		EventTime:           metav1.NowMicro(),
		ReportingController: reporter, ReportingInstance: r.instance,
		Type: kind, Reason: reason, Action: action, Note: fmt.Sprintf(note, args...), Regarding: *about,
	}
	if event.Namespace == "" {
		event.Namespace = corev1.NamespaceDefault
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.ended {
		ctx, cancel := context.WithTimeout(context.Background(), eventPatience)
		defer cancel()
		r.write(ctx, event)
		return
	}
	select {
	case r.queue <- event:
	default:
		r.dropped.Add(1)
	}
}

// prefix is the beginning of an Event's name: it has room for what makes it
// unique, and ends in "-", which the API server wants of a generateName.
func prefix(name string) string {
	const most = 230
	return strings.TrimRight(name[:min(len(name), most)], "-.") + "-"
}

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (r *recorder) NeedLeaderElection() bool { return true }

// Start implements manager.Runnable.
func (r *recorder) Start(ctx context.Context) error {
	for {
		select {
		case event := <-r.queue:
			r.write(ctx, event)
		case <-ctx.Done():
			r.mu.Lock()
			r.ended = true
			r.mu.Unlock()
			r.drain(context.WithoutCancel(ctx))
			return nil
		}
	}
}

// drain writes what is left when the operator ends.
func (r *recorder) drain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, eventPatience)
	defer cancel()
	for ctx.Err() == nil {
		select {
		case event := <-r.queue:
			r.write(ctx, event)
		default:
			return
		}
	}
}

// write stores one Event. That it cannot be is said in the log, and holds up
// nothing: Events tell what happened, and decide nothing.
func (r *recorder) write(ctx context.Context, event *eventsv1.Event) {
	log := ctrl.Log.WithName("events")
	if n := r.dropped.Swap(0); n > 0 {
		log.Info("More Events came than could be written; some are left out", "left out", n)
	}
	err := r.client.Create(ctx, event)
	switch {
	case err == nil:
	case apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause), apierrors.IsNotFound(err):
		log.V(1).Info("An Event is left out, for its namespace is going", "namespace", event.Namespace)
	default:
		log.Error(err, "An Event could not be written", "about", event.Regarding.Kind+"/"+event.Regarding.Name, "reason", event.Reason)
	}
}
