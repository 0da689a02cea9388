package main

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// mix is how many objects of which sort a run has. Names are made of the sort
// and a number, so that everything about a run follows from these numbers.
type mix struct {
	name      string // first part of the keys of its figures
	users     int    // each with an e-mail credential, 3 roles and 2 attribute values
	byRole    int    // of them, the first so many get their roles from the roles' own lists
	joining   int    // of them, so many name a group that they are in
	groups    int
	top       int // folders right below Shared
	middle    int // folders below those
	leaves    int // folders below the middle ones or, without these, below Shared
	own       int // of the leaves, the first so many have an access list of their own
	schedules int
	setting   bool
}

// Each of these is the same in every mix.
const (
	rolesPerUser    = 3
	valuesPerUser   = 2
	grantsPerFolder = 3
	// membersOfRole is how many users the lists of the roles have.
	membersOfRole = 500
)

// sized is the mix of n objects: 60 % users, 5 % groups, 15 % folders in a tree
// three deep, the rest schedules, one setting, and what the users refer to.
func sized(n int) mix {
	folders := n * 15 / 100
	m := mix{
		name: fmt.Sprint(n), users: n * 60 / 100, groups: n * 5 / 100,
		top: max(1, folders/10), middle: max(1, folders*3/10), own: folders / 3, setting: true,
	}
	m.leaves = folders - m.top - m.middle
	m.byRole = min(membersOfRole, m.users*5/6)
	m.joining = m.users / 10
	m.schedules = n - m.objects()
	return m
}

// peer is the mix on which a Terraform provider was measured.
func peer() mix {
	return mix{name: "peer", users: 1000, groups: 200, leaves: 500, own: 500}
}

func (m mix) folders() int { return m.top + m.middle + m.leaves }

// objects is how many resources there are, the LookerInstance left out.
func (m mix) objects() int {
	n := m.users + m.groups + m.folders() + m.schedules + rolesPerUser + valuesPerUser + 2 // sets
	if m.setting {
		n++
	}
	return n
}

// object is one resource before it is created.
type object struct {
	kind, name string
	spec       map[string]any
}

type list = []any
type fields = map[string]any

func ref(name string) fields { return fields{"ref": name} }

func named(sort string, i int) string { return fmt.Sprintf("%s-%05d", sort, i) }

// plan is every resource, what others refer to first.
func (m mix) plan() []object {
	out := []object{
		{"LookerPermissionSet", "viewer", fields{"name": "Bench Viewer", "permissions": list{"access_data", "see_looks", "see_lookml_dashboards", "see_user_dashboards"}}},
		{"LookerModelSet", "all", fields{"name": "Bench Models", "models": list{"bench"}}},
	}
	for i := range valuesPerUser {
		out = append(out, object{"LookerUserAttribute", named("attribute", i), fields{"name": fmt.Sprintf("bench_%d", i), "label": fmt.Sprintf("Bench %d", i), "type": "string", "userCanView": true, "userCanEdit": false}})
	}
	for i := range rolesPerUser {
		out = append(out, m.role(i, m.byRole))
	}
	for i := range m.groups {
		out = append(out, object{"LookerGroup", named("group", i), fields{"name": fmt.Sprintf("Bench Group %d", i)}})
	}
	for i := range m.users {
		out = append(out, m.user(i))
	}
	for i := range m.folders() {
		out = append(out, m.folder(i))
	}
	for i := range m.schedules {
		out = append(out, schedule(i))
	}
	if m.setting {
		out = append(out, object{"LookerSetting", "instance", fields{
			"general": fields{"timezone": "Europe/Berlin"}, "password": fields{"minLength": int64(12)}, "session": fields{"sessionMinutes": int64(480)},
		}})
	}
	return out
}

// role is a role with the first members of the users.
func (m mix) role(i, members int) object {
	spec := fields{"name": fmt.Sprintf("Bench Role %d", i), "permissionSet": ref("viewer"), "modelSet": ref("all")}
	if members > 0 {
		spec["users"] = roleMembers(members)
	}
	return object{"LookerRole", named("role", i), spec}
}

func roleMembers(n int) list {
	out := make(list, n)
	for i := range out {
		out[i] = ref(named("user", i))
	}
	return out
}

func (m mix) user(i int) object {
	values := make(list, valuesPerUser)
	for v := range values {
		values[v] = fields{"ref": named("attribute", v), "value": fmt.Sprintf("value-%d-%d", v, i)}
	}
	spec := fields{"email": fmt.Sprintf("user-%d@example.com", i), "firstName": "Bench", "lastName": fmt.Sprintf("User %d", i), "attributeValues": values}
	if i >= m.byRole {
		roles := make(list, rolesPerUser)
		for r := range roles {
			roles[r] = ref(named("role", r))
		}
		spec["roles"] = roles
	}
	if i >= m.users-m.joining {
		spec["groups"] = list{ref(named("group", i%m.groups))}
	}
	return object{"LookerUser", named("user", i), spec}
}

// folder numbers the folders from the top down.
func (m mix) folder(i int) object {
	spec := fields{"name": fmt.Sprintf("Bench Folder %d", i), "access": fields{"inherits": true}}
	switch leaf := i - m.top - m.middle; {
	case leaf >= 0 && leaf < m.own:
		grants := make(list, grantsPerFolder)
		for g := range grants {
			permission := "View"
			if g == 0 {
				permission = "Edit"
			}
			grants[g] = fields{"group": ref(named("group", (i+g)%m.groups)), "permission": permission}
		}
		spec["access"] = fields{"inherits": false, "grants": grants}
	}
	if parent := m.parent(i); parent < 0 {
		spec["parent"] = fields{"path": "Shared"}
	} else {
		spec["parent"] = ref(named("folder", parent))
	}
	return object{"LookerFolder", named("folder", i), spec}
}

// parent is the number of a folder's parent, -1 for Shared.
func (m mix) parent(i int) int {
	switch {
	case i < m.top:
		return -1
	case i < m.top+m.middle:
		return (i - m.top) % m.top
	case m.middle > 0:
		return m.top + (i-m.top-m.middle)%m.middle
	}
	return -1
}

// parents is how many folders the folders are in, Shared included.
func (m mix) parents() int {
	seen := map[int]bool{}
	for i := range m.folders() {
		seen[m.parent(i)] = true
	}
	return len(seen)
}

func schedule(i int) object {
	return object{"LookerSchedule", named("schedule", i), fields{
		"name": fmt.Sprintf("Bench Schedule %d", i), "dashboardId": "1", "crontab": "0 7 * * *", "timezone": "UTC",
		"destinations": list{fields{"email": fields{"address": fmt.Sprintf("reader-%d@example.com", i)}, "format": "wysiwyg_pdf"}},
	}}
}

// resource is the object as it is sent to the API server.
func (o object) resource(namespace string) *unstructured.Unstructured {
	o.spec["instanceRef"] = fields{"name": instanceName}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": v1alpha1.GroupVersion.String(), "kind": o.kind,
		"metadata": fields{"name": o.name, "namespace": namespace}, "spec": o.spec,
	}}
}

const (
	instanceName = "looker"
	// inFlight is the cap on calls under way, in every scenario.
	inFlight = 8
)

// instance is the LookerInstance. Its rate is no limit; the cap is.
func instance(namespace, url string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": v1alpha1.GroupVersion.String(), "kind": "LookerInstance",
		"metadata": fields{"name": instanceName, "namespace": namespace},
		"spec": fields{
			"url": url, "credentialsSecretRef": fields{"name": "looker-api"}, "edition": "Unlimited",
			"traffic":        fields{"requestsPerSecond": int64(1000), "burst": int64(1000), "maxInFlight": int64(inFlight)},
			"driftDetection": fields{"minInterval": "24h"},
		},
	}}
}
