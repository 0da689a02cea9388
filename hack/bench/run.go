package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// run is the run of one mix.
type run struct {
	*rig
	mix     mix
	plan    []object
	options options
	mean    time.Duration // latency of the mock
	figures figures
	sweeps  int
}

// scenario is one measurement. They build on each other, in this order.
type scenario struct {
	name string
	run  func(*run, context.Context) error
}

var scenarios = []scenario{
	{"apply", (*run).apply},
	{"rest", (*run).rest},
	{"sweep", (*run).sweep},
	{"drift", (*run).drift},
	{"edit", (*run).edit},
	{"role", (*run).role},
	{"outage", (*run).outage},
	{"restart", (*run).restart},
}

// peerScenarios are those for which the peer has figures.
var peerScenarios = []scenario{{"apply", (*run).apply}, {"sweep", (*run).sweep}}

func (x *run) key(scenario string) string { return x.mix.name + "." + scenario }

// perform makes the objects and runs the scenarios.
func (x *run) perform(ctx context.Context, scenarios []scenario) error {
	x.say("%s: %d objects; starting the control plane, the mock Looker and the operator", x.mix.name, x.mix.objects())
	if err := x.raise(ctx); err != nil {
		return err
	}
	if err := x.startOperator(ctx); err != nil {
		return err
	}
	x.plan = x.mix.plan()
	if err := x.create(ctx); err != nil {
		return err
	}
	for _, s := range scenarios {
		started := time.Now()
		if err := s.run(x, ctx); err != nil {
			return fmt.Errorf("%s: %w", x.key(s.name), err)
		}
		x.say("%s: done in %.1f s", x.key(s.name), time.Since(started).Seconds())
	}
	x.figures[x.key("rss.peak.mb")] = x.peak
	return nil
}

// create creates every object but the LookerInstance, and waits until the
// operator has seen them all: they wait for the instance then.
func (x *run) create(ctx context.Context) error {
	started := time.Now()
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(32)
	for _, o := range x.plan {
		g.Go(func() error {
			_, err := x.resources.Resource(resourceOf(o.kind)).Namespace(namespace).Create(gctx, o.resource(namespace), metav1.CreateOptions{})
			if err != nil {
				return fmt.Errorf("create %s %s: %w", o.kind, o.name, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	var err error
	if x.watch, err = startWatch(ctx, x.resources, x.kinds()); err != nil {
		return err
	}
	if err := x.settle(ctx, 10*time.Minute); err != nil {
		return fmt.Errorf("after the objects were created: %w", err)
	}
	x.say("%s: %d objects created in %.1f s", x.mix.name, len(x.plan), time.Since(started).Seconds())
	return nil
}

func (x *run) kinds() []string {
	var out []string
	for _, o := range x.plan {
		if !slices.Contains(out, o.kind) {
			out = append(out, o.kind)
		}
	}
	return out
}

// settle waits until every object has been reconciled and nothing more happens.
func (x *run) settle(ctx context.Context, limit time.Duration) error {
	before, still := -1.0, time.Now()
	return x.until(ctx, limit, func() (bool, error) {
		g, err := x.gauges(ctx)
		if err != nil {
			return false, err
		}
		if g.reconciles != before || g.waiting > 0 || g.reconciles < float64(len(x.plan)) {
			before, still = g.reconciles, time.Now()
		}
		return time.Since(still) > time.Second, nil
	})
}

// allReady waits until every object is Ready, and tells how far that is.
func (x *run) allReady(ctx context.Context, what string, limit time.Duration) error {
	var example string
	told := time.Now()
	err := x.until(ctx, limit, func() (bool, error) {
		var ready int
		ready, example = x.watch.readiness()
		if time.Since(told) > 15*time.Second {
			told = time.Now()
			x.say("%s: %d of %d Ready", what, ready, len(x.plan))
		}
		return ready == len(x.plan), nil
	})
	if err != nil && example != "" {
		return fmt.Errorf("%w; %s", err, example)
	}
	return err
}

// patch changes a resource by a merge patch.
func (x *run) patch(ctx context.Context, kind, name, body string) error {
	_, err := x.resources.Resource(resourceOf(kind)).Namespace(namespace).Patch(ctx, name, types.MergePatchType, []byte(body), metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("change %s %s: %w", kind, name, err)
	}
	return nil
}

// apply measures from the creation of the LookerInstance until all are Ready.
func (x *run) apply(ctx context.Context) error {
	before, err := x.mark(ctx)
	if err != nil {
		return err
	}
	before.at = time.Now()
	_, err = x.resources.Resource(resourceOf("LookerInstance")).Namespace(namespace).Create(ctx, instance(namespace, x.looker.URL), metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	if err := x.allReady(ctx, x.key("apply"), 30*time.Minute); err != nil {
		return err
	}
	end := time.Now()
	if err := x.settle(ctx, time.Minute); err != nil {
		return err
	}
	c, err := x.since(ctx, before, end)
	if err != nil {
		return err
	}
	x.figures.put(x.key("apply"), c)
	x.figures.floor(x.key("apply"), x.mix.applyFloor(), x.mean)
	x.tell("apply", c)
	return nil
}

// rest measures memory and processor time while nothing happens.
func (x *run) rest(ctx context.Context) error {
	if err := x.wait(ctx, 5*time.Second); err != nil {
		return err
	}
	before, err := x.mark(ctx)
	if err != nil {
		return err
	}
	if err := x.wait(ctx, x.options.rest); err != nil {
		return err
	}
	c, err := x.since(ctx, before, time.Now())
	if err != nil {
		return err
	}
	x.figures[x.key("rss.rest.mb")] = c.usage.rssMB
	x.figures[x.key("cpu.rest.percent")] = 100 * c.cpu.Seconds() / c.took.Seconds()
	x.figures[x.key("rest.calls")] = float64(c.calls.Total)
	x.figures[x.key("rest.kube.writes")] = float64(c.writes.objects)
	return nil
}

// sweep measures one comparison of everything, in which nothing has changed.
func (x *run) sweep(ctx context.Context) error {
	before, err := x.mark(ctx)
	if err != nil {
		return err
	}
	end, err := x.compare(ctx)
	if err != nil {
		return err
	}
	c, err := x.since(ctx, before, end)
	if err != nil {
		return err
	}
	x.putSweep("sweep", c, 0)
	return nil
}

// putSweep stores the cost of a sweep beside its floor. Costly reads that were
// spread over several sweeps are in the floor as far as they were made.
func (x *run) putSweep(name string, c cost, changes int) {
	allValues, allLists := x.mix.costly()
	values := min(c.calls.ByOperation["GET /users/{user_id}/attribute_values"], allValues)
	lists := min(c.calls.ByOperation["GET /content_metadata_access"], allLists)
	x.figures.put(x.key(name), c)
	x.figures.floor(x.key(name), x.mix.sweepFloor(values, lists)+changes*editFloor, x.mean)
	if all := allValues + allLists; all > 0 {
		x.figures[x.key(name+".coverage")] = float64(values+lists) / float64(all)
	}
	x.tell(name, c)
}

// compare asks for one sweep of everything, and waits for its end.
func (x *run) compare(ctx context.Context) (time.Time, error) {
	if err := x.requestSweep(ctx); err != nil {
		return time.Time{}, err
	}
	err := x.until(ctx, 30*time.Minute, func() (bool, error) { return x.sweepDone(ctx) })
	return time.Now(), err
}

// requestSweep asks for one sweep of everything.
func (x *run) requestSweep(ctx context.Context) error {
	x.sweeps++
	return x.patch(ctx, "LookerInstance", instanceName, fmt.Sprintf(`{"metadata":{"annotations":{%q:"%d"}}}`, v1alpha1.AnnotationReconcileRequest, x.sweeps))
}

// sweepDone reports whether the sweep that was asked for last is finished.
func (x *run) sweepDone(ctx context.Context) (bool, error) {
	u, err := x.resources.Resource(resourceOf("LookerInstance")).Namespace(namespace).Get(ctx, instanceName, metav1.GetOptions{})
	if err != nil {
		return false, err
	}
	handled, _, err := unstructured.NestedString(u.Object, "status", "handledReconcileRequest")
	return handled == fmt.Sprint(x.sweeps), err
}

// tell prints the calls of a scenario.
func (x *run) tell(name string, c cost) {
	f := func(what string) float64 { return x.figures[x.key(name+"."+what)] }
	x.say("%s: %d calls (floor %.0f), %.1f s (floor %.1f s), %.1f calls in flight, %.1f CPU s, %d writes to Kubernetes, %.0f reconciles; %s", x.key(name),
		c.calls.Total, f("calls.floor"), f("seconds"), f("wall.floor"), f("inflight.mean"), c.cpu.Seconds(), c.writes.objects, c.reconciles, c.calls.List(func(string) bool { return true }))
}
