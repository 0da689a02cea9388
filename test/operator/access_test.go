package operator

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

const (
	accessSets   = 5 // of permissions, and of models
	accessRoles  = 10
	accessTops   = 5 // groups: each top has two below it, each of those three or four
	accessGroups = 50
	accessUsers  = 1000
	accessValues = 2 // user attributes, each with a value on every user
)

// accessStory is who may see what in a company of a thousand people.
func accessStory() []client.Object {
	common := v1alpha1.CommonSpec{InstanceRef: v1alpha1.InstanceReference{Name: "looker"}, DeletionPolicy: v1alpha1.DeletionDelete}
	ref := func(format string, args ...any) v1alpha1.NamedReference {
		return v1alpha1.NamedReference{Ref: fmt.Sprintf(format, args...)}
	}
	meta := func(format string, args ...any) metav1.ObjectMeta {
		return metav1.ObjectMeta{Name: fmt.Sprintf(format, args...)}
	}
	var out []client.Object
	for i := range accessSets {
		out = append(out,
			&v1alpha1.LookerPermissionSet{ObjectMeta: meta("permissions-%d", i), Spec: v1alpha1.LookerPermissionSetSpec{
				CommonSpec: common, Permissions: &[]string{"access_data", "see_looks"}}},
			&v1alpha1.LookerModelSet{ObjectMeta: meta("models-%d", i), Spec: v1alpha1.LookerModelSetSpec{
				CommonSpec: common, Models: &[]string{fmt.Sprintf("model_%d", i)}}})
	}
	for i := range accessRoles {
		out = append(out, &v1alpha1.LookerRole{ObjectMeta: meta("role-%d", i), Spec: v1alpha1.LookerRoleSpec{
			CommonSpec: common, PermissionSet: ref("permissions-%d", i%accessSets), ModelSet: ref("models-%d", i%accessSets)}})
	}
	for i := range accessValues {
		out = append(out, &v1alpha1.LookerUserAttribute{ObjectMeta: meta("attribute-%d", i), Spec: v1alpha1.LookerUserAttributeSpec{
			CommonSpec: common, Name: new(fmt.Sprintf("attribute_%d", i)), Type: "string"}})
	}
	below := accessTree()
	for i := range accessGroups {
		g := &v1alpha1.LookerGroup{ObjectMeta: meta("group-%02d", i), Spec: v1alpha1.LookerGroupSpec{CommonSpec: common}}
		if len(below[i]) > 0 {
			children := []v1alpha1.NamedReference{}
			for _, child := range below[i] {
				children = append(children, ref("group-%02d", child))
			}
			g.Spec.Groups = &children
		}
		out = append(out, g)
	}
	for i := range accessUsers {
		out = append(out, &v1alpha1.LookerUser{ObjectMeta: meta("user-%04d", i), Spec: v1alpha1.LookerUserSpec{
			CommonSpec: common, Email: new(fmt.Sprintf("user-%04d@example.com", i)), FirstName: new("User"), LastName: new(fmt.Sprint(i)),
			Roles:  &[]v1alpha1.NamedReference{ref("role-%d", i%accessRoles)},
			Groups: &[]v1alpha1.NamedReference{ref("group-%02d", i%accessGroups)},
			AttributeValues: []v1alpha1.UserAttributeValue{
				{NamedReference: ref("attribute-0"), Value: new(fmt.Sprint("a", i))}, {NamedReference: ref("attribute-1"), Value: new(fmt.Sprint("b", i))},
			},
		}})
	}
	return out
}

// accessTree nests the groups three deep: the first five are at the top.
func accessTree() map[int][]int {
	tree := map[int][]int{}
	for i := accessTops; i < accessGroups; i++ {
		parent := i % accessTops
		if i >= 3*accessTops { // the rest hangs below the second level
			parent = accessTops + i%(2*accessTops)
		}
		tree[parent] = append(tree[parent], i)
	}
	return tree
}

// accessFloor is the smallest number of calls that can make all of it: one for
// each object that Looker only makes singly, with all that the creating call
// takes; one for each e-mail credential, membership, nesting and value, for
// which Looker has no bulk call; one for each role's users, which has one.
func accessFloor() int {
	objects := 2*accessSets + accessRoles + accessValues + accessGroups + accessUsers
	nestings := accessGroups - accessTops
	return objects + nestings + accessUsers /* credentials */ + accessUsers /* memberships */ + accessUsers*accessValues + accessRoles
}

func TestTheWholeAccessStoryConvergesInAnyOrderAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect()
	seeded := w.looker.Fingerprint()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	shuffle := rand.New(rand.NewPCG(seed, seed))

	objects := accessStory()
	shuffle.Shuffle(len(objects), func(i, j int) { objects[i], objects[j] = objects[j], objects[i] })
	for _, o := range objects {
		w.create(o)
	}
	w.waitAllReadyWithin(len(objects), 6*time.Minute)
	applied := w.looker.Calls()
	t.Logf("%d objects took %d calls; the smallest possible number is %d: %v", len(objects), applied.Total, accessFloor(), applied.ByOperation)
	// How many users share a call depends on how fast the machine makes them. It
	// is never more than a call a user, and all other calls are the floor's.
	shared := applied.ByOperation["GET /roles/{role_id}/users"] + applied.ByOperation["PUT /roles/{role_id}/users"] + applied.ByOperation["PUT /users/{user_id}/roles"]
	if shared > accessUsers {
		t.Errorf("%d calls for roles, more than one for each user", shared)
	}
	if most := (accessFloor() - accessRoles) * 101 / 100; applied.Total-shared > most {
		t.Errorf("%d calls beside those for roles, want at most %d", applied.Total-shared, most)
	}

	calls := w.sweep()
	values := calls["GET /users/{user_id}/attribute_values"]
	delete(calls, "GET /users/{user_id}/attribute_values")
	total := 0
	for n := range maps.Values(calls) {
		total += n
	}
	t.Logf("one sweep took %d calls and %d attribute-value reads: %v", total, values, calls)
	if total > 15 {
		t.Errorf("a sweep took %d calls beside the attribute values, want at most 15: %v", total, calls)
	}

	shuffle.Shuffle(len(objects), func(i, j int) { objects[i], objects[j] = objects[j], objects[i] })
	for _, o := range objects {
		if err := admin.Delete(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	w.within(6*time.Minute, "everything is gone", func() (bool, string) {
		left := w.all()
		if len(left) == 0 {
			return true, ""
		}
		return false, fmt.Sprintf("%d are left, such as %s", len(left), describe(left[0]))
	})
	if got := w.looker.Fingerprint(); got != seeded {
		t.Error("Looker is not as it was seeded")
	}
	if errors := w.errors.all(); len(errors) > 0 {
		t.Errorf("%d errors were logged, the first: %s", len(errors), errors[0])
	}
}
