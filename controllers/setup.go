package controllers

import (
	"context"
	"fmt"
	"time"

	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// Options of the whole operator.
type Options struct {
	Clock clock.WithTicker
	// SweepInterval overrides the drift interval of every instance, if it is not 0.
	SweepInterval time.Duration
	Version       string
	// Client changes the clients of all instances; for tests.
	Client []lookerclient.Option
}

// Operator is everything that Setup adds to a manager.
type Operator struct {
	Pool      *engine.Pool
	Registry  *engine.Registry
	Instances *InstanceReconciler
	Sweeper   *engine.Sweeper
}

// New builds the operator without a manager.
func New(c client.Client, reader client.Reader, recorder events.EventRecorder, o Options) (*Operator, error) {
	pool := engine.NewPool()
	registry, err := engine.NewRegistry(engine.Deps{Client: c, Reader: reader, Pool: pool, Clock: o.Clock, Events: recorder}, Kinds(), nil)
	if err != nil {
		return nil, err
	}
	sweeper := engine.NewSweeper(registry, pool, o.Clock)
	sweeper.Interval = o.SweepInterval
	instances := &InstanceReconciler{
		Client: c, Reader: reader, Pool: pool, Registry: registry, Sweeper: sweeper, Clock: o.Clock, Events: recorder, Version: o.Version, ClientOptions: o.Client,
	}
	sweeper.OnRequest = instances.Requested
	return &Operator{Pool: pool, Registry: registry, Instances: instances, Sweeper: sweeper}, nil
}

// Setup adds all controllers and the sweeper to a manager.
func Setup(mgr ctrl.Manager, o Options) (*Operator, error) {
	c := client.WithFieldOwner(mgr.GetClient(), "looker-operator")
	rec, err := newRecorder(c)
	if err != nil {
		return nil, err
	}
	op, err := New(c, mgr.GetAPIReader(), rec, o)
	if err != nil {
		return nil, err
	}
	if err := watchEarly(context.Background(), mgr.GetCache()); err != nil {
		return nil, fmt.Errorf("watch Secrets and namespaces: %w", err)
	}
	if err := op.Instances.SetupWithManager(mgr); err != nil {
		return nil, fmt.Errorf("set up LookerInstance: %w", err)
	}
	if err := op.Registry.Setup(mgr); err != nil {
		return nil, err
	}
	for _, runnable := range []manager.Runnable{rec, keeper{op.Instances}, op.Sweeper} {
		if err := mgr.Add(runnable); err != nil {
			return nil, err
		}
	}
	return op, nil
}
