package engine

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"k8s.io/utils/clock"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// anyAge accepts a list however old.
const anyAge = time.Duration(1<<63 - 1)

// Collection is a kind that Looker can list whole, as references see it. It is
// there for kinds that have a custom resource and for those that have none.
type Collection interface {
	Kind() string
	// lookup returns the ids that a target leads to, listing the kind where the
	// last list is older than maxAge.
	lookup(ctx context.Context, inst *Instance, target v1alpha1.Target, maxAge time.Duration) ([]string, error)
	// nameOf returns the name or path of a row, empty if there is none.
	nameOf(ctx context.Context, inst *Instance, id string, by v1alpha1.TargetBy) (string, error)
	// listed reports whether the kind was listed since the connection was made.
	listed(inst *Instance) bool
	// refresh lists the kind.
	refresh(ctx context.Context, inst *Instance) error
	// drop forgets an instance.
	drop(inst *Instance)
}

// collection holds the snapshots of one kind, one for each instance.
type collection[L any] struct {
	kind    string
	id      func(*L) string
	list    func(context.Context, *lookerclient.Client) iter.Seq2[*L, error] // nil where Looker has no list
	targets func(map[string]*L) map[v1alpha1.Target][]string                 // nil where there are no references by name
	clock   clock.PassiveClock
	// retain keeps in a new row what was read beside the list before; may be nil.
	retain func(pass Pass, before, row *L)

	mu    sync.Mutex
	snaps map[*Instance]*entry[L]
}

type entry[L any] struct {
	*snapshot[L]
	flight flight
	finds  atomic.Int32
}

// countFind counts the single look-ups made while there is no list.
func (e *entry[L]) countFind() int { return int(e.finds.Add(1)) }

// NewVocabulary returns a kind that specs refer to by name and that has no
// custom resource of its own.
func NewVocabulary[L any](kind string, id func(*L) string,
	list func(context.Context, *lookerclient.Client) iter.Seq2[*L, error],
	targets func(map[string]*L) map[v1alpha1.Target][]string,
) Collection {
	return newCollection(kind, id, list, targets, clock.RealClock{})
}

func newCollection[L any](kind string, id func(*L) string,
	list func(context.Context, *lookerclient.Client) iter.Seq2[*L, error],
	targets func(map[string]*L) map[v1alpha1.Target][]string, now clock.PassiveClock,
) *collection[L] {
	return &collection[L]{kind: kind, id: id, list: list, targets: targets, clock: now, snaps: map[*Instance]*entry[L]{}}
}

func (c *collection[L]) Kind() string { return c.kind }

func (c *collection[L]) of(inst *Instance) *entry[L] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.snaps[inst] == nil {
		c.snaps[inst] = &entry[L]{snapshot: newSnapshot[L]()}
	}
	return c.snaps[inst]
}

func (c *collection[L]) listed(inst *Instance) bool {
	_, ok := c.of(inst).age(c.clock.Now())
	return ok
}

func (c *collection[L]) drop(inst *Instance) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.snaps, inst)
}

// ensure lists the kind unless the last list is younger than maxAge.
func (c *collection[L]) ensure(ctx context.Context, inst *Instance, maxAge time.Duration) error {
	e := c.of(inst)
	fresh := func() bool {
		age, ok := e.age(c.clock.Now())
		return ok && age <= maxAge
	}
	if fresh() {
		return nil
	}
	if err := e.flight.enter(ctx, inst.Gate); err != nil {
		return err
	}
	defer e.flight.leave()
	if fresh() {
		return nil
	}
	return c.relist(ctx, inst, e)
}

func (c *collection[L]) refresh(ctx context.Context, inst *Instance) error {
	e := c.of(inst)
	if err := e.flight.enter(ctx, inst.Gate); err != nil {
		return err
	}
	defer e.flight.leave()
	return c.relist(ctx, inst, e)
}

func (c *collection[L]) relist(ctx context.Context, inst *Instance, e *entry[L]) error {
	if c.list == nil {
		return nil
	}
	started, pass := c.clock.Now(), sweepRunOf(ctx).Pass
	e.begin()
	rows := map[string]*L{}
	for row, err := range c.list(ctx, inst.Client) {
		if err != nil {
			e.replace(started, nil)
			return fmt.Errorf("list %s: %w", c.kind, err)
		}
		rows[c.id(row)] = row
	}
	if c.retain != nil {
		for id, row := range rows {
			if before, ok := e.get(id); ok {
				c.retain(pass, before, row)
			}
		}
	}
	e.replace(started, rows)
	return nil
}

func (c *collection[L]) lookup(ctx context.Context, inst *Instance, target v1alpha1.Target, maxAge time.Duration) ([]string, error) {
	if c.targets == nil || c.list == nil {
		return nil, fmt.Errorf("%s cannot be referred to by %s; use id", c.kind, target.By)
	}
	if err := c.ensure(ctx, inst, maxAge); err != nil {
		return nil, err
	}
	return c.of(inst).lookup(target, c.targets), nil
}

func (c *collection[L]) nameOf(ctx context.Context, inst *Instance, id string, by v1alpha1.TargetBy) (string, error) {
	if c.targets == nil || c.list == nil {
		return "", nil
	}
	if err := c.ensure(ctx, inst, anyAge); err != nil {
		return "", err
	}
	if name := c.of(inst).name(id, by, c.targets); name != "" {
		return name, nil
	}
	if err := c.ensure(ctx, inst, lookupAge); err != nil {
		return "", err
	}
	return c.of(inst).name(id, by, c.targets), nil
}
