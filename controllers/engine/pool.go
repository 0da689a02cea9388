package engine

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Instance is a live connection to one Looker instance. A change of its
// credentials or address makes a new Instance, which knows nothing yet.
type Instance struct {
	Key    types.NamespacedName
	Client *lookerclient.Client
	Gate   *Gate
	Self   Self
	// Fresh tells who the operator is now, roles and groups included. It costs a
	// call; currentSelf remembers the answer for some minutes.
	Fresh func(ctx context.Context) (Self, error)
	self  selfCache
	// Ledger counts the calls of the instance.
	Ledger *Ledger

	release  atomic.Pointer[string]
	drift    atomic.Pointer[Drift]
	interval atomic.Int64 // of its sweeps, as planned
}

// Release of Looker, "26.12.3"; empty until it is known.
func (i *Instance) Release() string {
	if r := i.release.Load(); r != nil {
		return *r
	}
	return ""
}

// SetRelease notes which release the instance runs.
func (i *Instance) SetRelease(release string) { i.release.Store(&release) }

// Drift says how the instance is compared with its resources.
func (i *Instance) Drift() Drift {
	if d := i.drift.Load(); d != nil {
		return *d
	}
	return Drift{}
}

// SetDrift changes how the instance is compared with its resources.
func (i *Instance) SetDrift(d Drift) { i.drift.Store(&d) }

// selfAge is how long the operator's own roles and groups are taken for granted.
const selfAge = 5 * time.Minute

type selfCache struct {
	flight flight
	mu     sync.Mutex
	self   Self
	at     time.Time
}

func (c *selfCache) get(now time.Time) (Self, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.self, !c.at.IsZero() && now.Sub(c.at) <= selfAge
}

// currentSelf returns the operator's identity with its roles and groups. While
// one reconcile asks for it, others are parked.
func (i *Instance) currentSelf(ctx context.Context) (Self, error) {
	c := &i.self
	if self, ok := c.get(i.Gate.clock.Now()); ok {
		return self, nil
	}
	if err := c.flight.enter(ctx, i.Gate); err != nil {
		return Self{}, err
	}
	defer c.flight.leave()
	if self, ok := c.get(i.Gate.clock.Now()); ok {
		return self, nil
	}
	self, err := i.Fresh(ctx)
	if err != nil {
		return Self{}, fmt.Errorf("read the operator's own user: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.self, c.at = self, i.Gate.clock.Now()
	return self, nil
}

// Pool holds the connections of all LookerInstances. The LookerInstance
// reconciler fills it; everybody else only reads.
type Pool struct {
	mu       sync.RWMutex
	entries  map[types.NamespacedName]poolEntry
	onChange []func(types.NamespacedName)
}

type poolEntry struct {
	inst    *Instance // nil where there never was a usable connection
	problem error     // why the instance cannot be used now; nil if it can
}

// NewPool returns an empty pool.
func NewPool() *Pool { return &Pool{entries: map[types.NamespacedName]poolEntry{}} }

// OnChange registers a function that is told when an instance becomes usable,
// or is replaced. It is not safe for use once the pool is.
func (p *Pool) OnChange(f func(types.NamespacedName)) { p.onChange = append(p.onChange, f) }

// Set stores the connection of an instance and why it cannot be used, if so.
func (p *Pool) Set(key types.NamespacedName, inst *Instance, problem error) {
	p.mu.Lock()
	before, known := p.entries[key]
	p.entries[key] = poolEntry{inst, problem}
	p.mu.Unlock()
	if !known || before.inst != inst || (before.problem == nil) != (problem == nil) {
		p.tell(key)
	}
}

// Remove forgets an instance and returns its connection, nil if it had none.
func (p *Pool) Remove(key types.NamespacedName) *Instance {
	p.mu.Lock()
	e := p.entries[key]
	delete(p.entries, key)
	p.mu.Unlock()
	p.tell(key)
	return e.inst
}

func (p *Pool) tell(key types.NamespacedName) {
	for _, f := range p.onChange {
		f(key)
	}
}

// Get returns the last connection of an instance, even if it cannot be used
// now, whether the instance was looked at since the start, and why it cannot be
// used, if so.
func (p *Pool) Get(key types.NamespacedName) (inst *Instance, known bool, problem error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	e, known := p.entries[key]
	return e.inst, known, e.problem
}

// Instances returns all usable connections.
func (p *Pool) Instances() []*Instance {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var out []*Instance
	for _, e := range p.entries {
		if e.inst != nil && e.problem == nil {
			out = append(out, e.inst)
		}
	}
	return out
}
