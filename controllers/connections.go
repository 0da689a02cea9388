package controllers

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// reportEvery is how often the numbers in the status of a LookerInstance are
// brought up to date while nothing else changes: at most 24 writes a day.
const reportEvery = time.Hour

// connection is one client with what is counted on it.
type connection struct {
	hash     string
	clientID string
	inst     *engine.Instance
}

// connections holds one connection for each LookerInstance, and its counters,
// which outlive a change of credentials.
type connections struct {
	mu       sync.Mutex
	byKey    map[types.NamespacedName]*connection
	counters map[types.NamespacedName]*counters
	queue    instanceQueue
}

type counters struct {
	loaded   bool
	usage    v1alpha1.APIUsage
	sweeps   map[string]v1alpha1.KindSweep
	reported time.Time
}

// connection returns the connection of an instance, a new one if anything that
// it was made from has changed.
func (r *InstanceReconciler) connection(obj *v1alpha1.LookerInstance, creds lookerclient.Credentials, ca string) (*connection, *problem) {
	key := client.ObjectKeyFromObject(obj)
	hash := connectionHash(obj.Spec.URL, creds, ca)
	c := &r.connections
	c.mu.Lock()
	defer c.mu.Unlock()
	if have := c.byKey[key]; have != nil && have.hash == hash {
		have.inst.DriftInterval = driftInterval(obj)
		return have, nil
	}
	conn := &connection{hash: hash, clientID: creds.ClientID}
	gate := engine.NewGate(r.Clock, traffic(obj.Spec.Traffic), func() { r.wake(key) })
	opts := []lookerclient.Option{
		lookerclient.WithUserAgent("looker-operator/" + r.Version),
		lookerclient.WithBeforeCall(gate.BeforeCall),
		lookerclient.WithBeforeToken(gate.BeforeToken),
		lookerclient.WithObserver(func(ctx context.Context, call lookerclient.Call) {
			gate.AfterCall(ctx, call)
			c.count(key, call, r.Clock.Now())
			observeCall(key, call)
		}),
	}
	if r.Sleep != nil {
		opts = append(opts, lookerclient.WithClock(r.Clock.Now, r.Sleep))
	}
	if ca != "" {
		config, err := tlsConfig(ca)
		if err != nil {
			return nil, &problem{reason: ReasonInvalidCA, stalled: true, err: err}
		}
		transport := lookerclient.NewTransport()
		transport.TLSClientConfig = config
		opts = append(opts, lookerclient.WithTransport(transport))
	}
	looker, err := lookerclient.New(obj.Spec.URL, creds, opts...)
	if err != nil {
		return nil, &problem{reason: ReasonInvalidURL, stalled: true, err: err}
	}
	conn.inst = &engine.Instance{Key: key, Client: looker, Gate: gate, DriftInterval: driftInterval(obj)}
	if c.byKey == nil {
		c.byKey = map[types.NamespacedName]*connection{}
	}
	c.byKey[key] = conn
	return conn, nil
}

func (c *connections) remove(key types.NamespacedName) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.byKey, key)
	delete(c.counters, key)
}

func (c *connections) counter(key types.NamespacedName) *counters {
	if c.counters == nil {
		c.counters = map[types.NamespacedName]*counters{}
	}
	if c.counters[key] == nil {
		c.counters[key] = &counters{sweeps: map[string]v1alpha1.KindSweep{}}
	}
	return c.counters[key]
}

// count adds one call to the month's numbers.
func (c *connections) count(key types.NamespacedName, call lookerclient.Call, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.counter(key)
	n.turn(now)
	switch call.Operation.Class {
	case lookerclient.NonQuery:
		n.usage.AdminCalls++
	case lookerclient.DBQuery:
		n.usage.QueryCalls++
	case lookerclient.None:
	}
}

// turn starts a new month.
func (n *counters) turn(now time.Time) {
	if month := now.UTC().Format("2006-01"); n.usage.Month != month {
		n.usage = v1alpha1.APIUsage{Month: month}
	}
}

// swept notes a finished sweep.
func (c *connections) swept(s engine.Sweep) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counter(s.Instance).sweeps[s.Kind] = v1alpha1.KindSweep{Kind: s.Kind, LastTime: metav1.NewTime(s.At.Truncate(time.Second)), Calls: s.Calls}
}

// report puts the numbers into a status. After a start it first takes over what
// the status holds. It changes nothing if it did so less than an hour ago.
func (c *connections) report(key types.NamespacedName, status *v1alpha1.LookerInstanceStatus, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.counter(key)
	n.turn(now)
	if !n.loaded {
		n.load(status)
		n.loaded, n.reported = true, now
		return
	}
	if now.Sub(n.reported) < reportEvery {
		return
	}
	n.reported = now
	usage := n.usage
	status.Usage = &usage
	status.Sweeps = status.Sweeps[:0]
	for _, s := range n.sweeps {
		status.Sweeps = append(status.Sweeps, s)
	}
	slices.SortFunc(status.Sweeps, func(a, b v1alpha1.KindSweep) int { return strings.Compare(a.Kind, b.Kind) })
}

func (n *counters) load(status *v1alpha1.LookerInstanceStatus) {
	if status.Usage != nil && status.Usage.Month == n.usage.Month {
		n.usage.AdminCalls += status.Usage.AdminCalls
		n.usage.QueryCalls += status.Usage.QueryCalls
	}
	for _, s := range status.Sweeps {
		if _, newer := n.sweeps[s.Kind]; !newer {
			n.sweeps[s.Kind] = s
		}
	}
}

func traffic(t *v1alpha1.Traffic) engine.Traffic {
	var out engine.Traffic
	if t == nil {
		return out
	}
	if t.RequestsPerSecond != nil {
		out.PerSecond = float64(*t.RequestsPerSecond)
	}
	if t.Burst != nil {
		out.Burst = int(*t.Burst)
	}
	if t.MaxInFlight != nil {
		out.MaxInFlight = int(*t.MaxInFlight)
	}
	return out
}

// driftIntervals keeps a sweep of a dozen calls within half of what each
// edition includes.
var driftIntervals = map[v1alpha1.Edition]time.Duration{
	v1alpha1.EditionStandard:   24 * time.Hour,
	v1alpha1.EditionEnterprise: 2 * time.Hour,
	v1alpha1.EditionEmbed:      15 * time.Minute,
	v1alpha1.EditionUnlimited:  5 * time.Minute,
}

func driftInterval(obj *v1alpha1.LookerInstance) time.Duration {
	interval := driftIntervals[v1alpha1.EditionStandard]
	if obj.Spec.Edition != "" {
		interval = driftIntervals[obj.Spec.Edition]
	}
	d := obj.Spec.DriftDetection
	if d == nil {
		return interval
	}
	if d.Enabled != nil && !*d.Enabled {
		return 0
	}
	if d.MinInterval != nil {
		interval = max(interval, d.MinInterval.Duration)
	}
	return interval
}
