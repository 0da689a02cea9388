package engine

import (
	"iter"
	"slices"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// Relation is what one object claims of a set that several may write: the
// members of a group are claimed by the group and by its members.
type Relation struct {
	// Set names it within the instance: "group/5/users".
	Set string
	// Members that the object wants in the set.
	Members []string
	// Exact: nothing else may be in it.
	Exact bool
}

// relations knows all claims of all objects that were reconciled. Thousands of
// users each claim a place in a few roles and groups, so what claims have in
// common is kept once.
type relations struct {
	mu    sync.Mutex
	bySet map[string]*claimSet // by instance/set
	byUID map[types.UID]*claimant
}

// claimant is an object with all that it claims.
type claimant struct {
	uid     types.UID
	name    string // as messages call it
	created metav1.Time
	wake    func()
	claims  []claim
}

// claim is a Relation of a claimant.
type claim struct {
	set     *claimSet
	by      *claimant
	members []string // sorted
	exact   bool
}

// claimSet is who claims what of one set. Exact claims are apart: only they can
// contradict others.
type claimSet struct {
	key         string // instance/set
	name        string // set
	exact, more []*claim
}

func newRelations() *relations {
	return &relations{bySet: map[string]*claimSet{}, byUID: map[types.UID]*claimant{}}
}

// newClaimant takes over what an object of an instance claims.
func newClaimant(instance string, c claimant, relations []Relation) *claimant {
	c.claims = make([]claim, 0, len(relations))
	for _, rel := range relations {
		key := instance + "/" + rel.Set
		c.claims = append(c.claims, claim{
			set: &claimSet{key: key, name: key[len(instance)+1:]}, by: &c, members: sortedSet(rel.Members), exact: rel.Exact,
		})
	}
	return &c
}

// put replaces the claims of an object.
func (r *relations) put(c *claimant) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.byUID[c.uid]
	if before.sameAs(c) {
		return
	}
	if before != nil {
		for i := range before.claims { // who had to wait for one of these may go on now
			for theirs := range before.claims[i].against() {
				theirs.by.wake()
			}
		}
		r.drop(before)
	}
	if len(c.claims) == 0 {
		return
	}
	r.byUID[c.uid] = c
	for i := range c.claims {
		mine := &c.claims[i]
		if known := r.bySet[mine.set.key]; known != nil {
			mine.set = known
		} else {
			r.bySet[mine.set.key] = mine.set
		}
		mine.set.add(mine)
	}
}

func (c *claimant) sameAs(other *claimant) bool {
	if c == nil {
		return len(other.claims) == 0
	}
	return slices.EqualFunc(c.claims, other.claims, func(a, b claim) bool {
		return a.set.key == b.set.key && a.exact == b.exact && slices.Equal(a.members, b.members)
	})
}

func (r *relations) forget(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.byUID[uid]; c != nil {
		r.drop(c)
	}
}

func (r *relations) drop(c *claimant) {
	for i := range c.claims {
		set := c.claims[i].set
		set.remove(&c.claims[i])
		if len(set.exact)+len(set.more) == 0 {
			delete(r.bySet, set.key)
		}
	}
	delete(r.byUID, c.uid)
}

func (s *claimSet) add(c *claim) {
	if c.exact {
		s.exact = append(s.exact, c)
	} else {
		s.more = append(s.more, c)
	}
}

func (s *claimSet) remove(c *claim) {
	same := func(x *claim) bool { return x == c }
	s.exact, s.more = slices.DeleteFunc(s.exact, same), slices.DeleteFunc(s.more, same)
}

// against are the claims of other objects that contradict this one.
func (c *claim) against() iter.Seq[*claim] {
	return func(yield func(*claim) bool) {
		candidates := [][]*claim{c.set.exact}
		if c.exact {
			candidates = append(candidates, c.set.more)
		}
		for _, list := range candidates {
			for _, theirs := range list {
				if theirs.by.uid != c.by.uid && contradict(c, theirs) && !yield(theirs) {
					return
				}
			}
		}
	}
}

// conflict returns the older claim that contradicts one of an object's, and
// wakes the owners of younger ones, who have to give way.
func (r *relations) conflict(uid types.UID) (older *claim, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.byUID[uid]
	if c == nil {
		return nil, false
	}
	for i := range c.claims {
		for theirs := range c.claims[i].against() {
			if theirs.by.before(c) {
				return theirs, true
			}
			theirs.by.wake()
		}
	}
	return nil, false
}

// contradict: an exact set leaves no room for what another object adds.
func contradict(a, b *claim) bool {
	extra := func(exact, other *claim) bool {
		return exact.exact && slices.ContainsFunc(other.members, func(m string) bool {
			_, found := slices.BinarySearch(exact.members, m)
			return !found
		})
	}
	return extra(a, b) || extra(b, a)
}

func (c *claimant) before(other *claimant) bool {
	if !c.created.Equal(&other.created) {
		return c.created.Before(&other.created)
	}
	return c.uid < other.uid
}

// checkRelations notes what the object claims of shared sets, and fails if an
// older object claims the contrary.
func (r *Reconciler[O, W, L]) checkRelations(p *pass[O, W, L]) error {
	if r.abilities.relater == nil {
		return nil
	}
	var claims []Relation
	if spec, _ := p.obj.Common(); spec.ManagementPolicy != v1alpha1.ManagementObserve {
		claims = r.abilities.relater.Relations(p.obj, p.in)
	}
	key := keyOf(p.obj) // not the object itself: the function is kept
	r.registry.relations.put(newClaimant(instanceIndex(p.inst.Key), claimant{
		uid: p.obj.GetUID(), name: r.describe(p.obj), created: p.obj.GetCreationTimestamp(), wake: func() { r.wake(key, rankDependency) },
	}, claims))
	if older, found := r.registry.relations.conflict(p.obj.GetUID()); found {
		return stalled(ReasonOwnedByAnother, 0, "%s decides what is in %s, and the two contradict each other; make them agree, or let one of them not set it", older.by.name, older.set.name)
	}
	return nil
}
