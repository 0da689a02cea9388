package engine

import (
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

// relations knows all claims of all objects that were reconciled.
type relations struct {
	mu     sync.Mutex
	bySet  map[string]map[types.UID]*claim // instance/set -> object -> claim; most sets have one
	byUID  map[types.UID][]string
	wakeup map[types.UID]func()
}

type claim struct {
	Relation
	name    string
	created metav1.Time
	uid     types.UID
}

func newRelations() *relations {
	return &relations{bySet: map[string]map[types.UID]*claim{}, byUID: map[types.UID][]string{}, wakeup: map[types.UID]func(){}}
}

// put replaces the claims of an object.
func (r *relations) put(uid types.UID, claims map[string]claim, wake func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.same(uid, claims) {
		return
	}
	for _, set := range r.byUID[uid] { // who had to wait for one of these may go on now
		mine := r.bySet[set][uid]
		for other, theirs := range r.bySet[set] {
			if wake := r.wakeup[other]; wake != nil && other != uid && contradict(mine.Relation, theirs.Relation) {
				wake()
			}
		}
	}
	r.drop(uid)
	for set, c := range claims {
		if r.bySet[set] == nil {
			r.bySet[set] = map[types.UID]*claim{}
		}
		r.bySet[set][uid] = &c
		r.byUID[uid] = append(r.byUID[uid], set)
	}
	if len(claims) > 0 {
		r.wakeup[uid] = wake
	}
}

func (r *relations) same(uid types.UID, claims map[string]claim) bool {
	if len(r.byUID[uid]) != len(claims) {
		return false
	}
	for set, c := range claims {
		had, ok := r.bySet[set][uid]
		if !ok || had.Exact != c.Exact || !slices.Equal(had.Members, c.Members) {
			return false
		}
	}
	return true
}

func (r *relations) forget(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop(uid)
}

func (r *relations) drop(uid types.UID) {
	for _, set := range r.byUID[uid] {
		delete(r.bySet[set], uid)
		if len(r.bySet[set]) == 0 {
			delete(r.bySet, set)
		}
	}
	delete(r.byUID, uid)
	delete(r.wakeup, uid)
}

// conflict returns the older claim that contradicts one of an object's, and
// wakes the owners of younger ones, who have to give way.
func (r *relations) conflict(claims map[string]claim) (older claim, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, set := range sortedKeysOf(claims) {
		mine := claims[set]
		for uid, theirs := range r.bySet[set] {
			if uid == mine.uid || !contradict(mine.Relation, theirs.Relation) {
				continue
			}
			if theirs.before(mine) {
				return *theirs, true
			}
			if wake := r.wakeup[uid]; wake != nil {
				wake()
			}
		}
	}
	return claim{}, false
}

// contradict: an exact set leaves no room for what another object adds.
func contradict(a, b Relation) bool {
	extra := func(exact, other Relation) bool {
		return exact.Exact && slices.ContainsFunc(other.Members, func(m string) bool { return !slices.Contains(exact.Members, m) })
	}
	return extra(a, b) || extra(b, a)
}

func (c claim) before(other claim) bool {
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
	spec, _ := p.obj.Common()
	claims := map[string]claim{}
	if spec.ManagementPolicy != v1alpha1.ManagementObserve {
		for _, rel := range r.abilities.relater.Relations(p.obj, p.in) {
			rel.Members = sortedSet(rel.Members)
			claims[instanceIndex(p.inst.Key)+"/"+rel.Set] = claim{
				Relation: rel, name: r.describe(p.obj), created: p.obj.GetCreationTimestamp(), uid: p.obj.GetUID(),
			}
		}
	}
	key, uid := keyOf(p.obj), p.obj.GetUID() // not the object itself: the function is kept
	r.registry.relations.put(uid, claims, func() { r.wake(key, rankDependency) })
	if older, found := r.registry.relations.conflict(claims); found {
		return stalled(ReasonOwnedByAnother, 0, "%s decides what is in %s, and the two contradict each other; make them agree, or let one of them not set it", older.name, older.Set)
	}
	return nil
}
