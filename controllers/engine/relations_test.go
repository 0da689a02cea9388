package engine

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// claims is relations that note who was woken.
type claims struct {
	*relations
	woken []string
}

// put claims for an object that was created so many seconds after the others.
func (c *claims) put(name string, age int, of ...Relation) (older string) {
	uid := types.UID(name)
	c.relations.put(newClaimant("ns/looker", claimant{
		uid: uid, name: name, created: metav1.NewTime(time.Unix(int64(age), 0)), wake: func() { c.woken = append(c.woken, name) },
	}, of))
	if claim, found := c.conflict(uid); found {
		return claim.by.name + " of " + claim.set.name
	}
	return ""
}

// since is who was woken since it was last asked.
func (c *claims) since() string {
	out := fmt.Sprint(c.woken)
	c.woken = nil
	return out
}

func TestOnlyAnExactClaimContradictsAndTheOlderOneWins(t *testing.T) {
	t.Parallel()
	c := &claims{relations: newRelations()}
	const set = "role/2/users"
	one, two := Relation{Set: set, Members: []string{"8"}}, Relation{Set: set, Members: []string{"9"}}
	both := Relation{Set: set, Members: []string{"9", "8"}, Exact: true}
	if got := c.put("ann", 1, one) + c.put("ben", 3, two) + c.put("role", 2, both); got != "" || c.since() != "[]" {
		t.Errorf("the three agree, but %s", got)
	}
	only := Relation{Set: set, Members: []string{"8"}, Exact: true}
	if got := c.put("role", 2, only); got != "" || c.since() != "[ben]" {
		t.Errorf("the role is older than ben, but gives way to %q", got)
	}
	if got := c.put("ben", 3, two); got != "role of role/2/users" {
		t.Errorf("ben gives way to %q", got)
	}
	none := Relation{Set: set, Exact: true}
	if got := c.put("role", 2, none); got != "ann of role/2/users" {
		t.Errorf("ann is older than the role, which gives way to %q", got)
	}
	c.since()
	if got := c.put("role", 2, both); got != "" {
		t.Errorf("the role agrees again, but gives way to %q", got)
	}
	if got := c.since(); got != "[ann ben]" {
		t.Errorf("who had to wait is woken: %s", got)
	}
	if got := c.put("other", 9, Relation{Set: "role/3/users", Exact: true}); got != "" {
		t.Errorf("another set has nothing to do with it: %s", got)
	}
}

func TestClaimsOfWhatIsGoneAreForgotten(t *testing.T) {
	t.Parallel()
	c := &claims{relations: newRelations()}
	sets := []Relation{{Set: "role/1/users", Members: []string{"7"}}, {Set: "user/7/roles", Members: []string{"1"}, Exact: true}}
	c.put("ann", 1, sets...)
	c.put("ann", 1, sets...)
	if set := c.bySet["ns/looker/role/1/users"]; len(set.more) != 1 || len(c.bySet) != 2 || set.name != "role/1/users" {
		t.Errorf("claimed twice is claimed once: %+v", c.bySet)
	}
	c.put("ann", 1, sets[1])
	if got := slices.Sorted(maps.Keys(c.bySet)); !slices.Equal(got, []string{"ns/looker/user/7/roles"}) {
		t.Errorf("claimed: %v", got)
	}
	c.forget("ann")
	c.forget("nobody")
	if len(c.bySet)+len(c.byUID) != 0 {
		t.Errorf("left: %v %v", c.bySet, c.byUID)
	}
	c.put("ben", 1)
	if len(c.byUID) != 0 {
		t.Error("who claims nothing is not kept")
	}
}
