package main

import "time"

// The floors are the smallest numbers of counted calls by which the work can be
// done through the Looker API 4.0, whoever does it. They follow from the API
// description alone and use nothing of the operator's code. What a floor counts
// as unavoidable for safety, it says.

// pageSize is how many users or groups one page has. Looker names no maximum;
// its paging guide advises against large offsets, not large pages, and 500 is
// what every known client stays within.
const pageSize = 500

func pages(n int) int { return max(1, (n+pageSize-1)/pageSize) }

// applyFloor is the floor of making everything in an empty Looker.
//
//   - GET /user: whose key it is, so that no resource locks the operator out.
//   - One list each of users, groups, folders, roles, permission sets, model sets,
//     user attributes and, in the query class, schedules: to create without having
//     looked makes a second object. The lists are short, for Looker is empty. Each
//     only if there are objects of the kind.
//   - POST /users takes no credential (credentials_email is read-only in it), so a
//     user is POST /users and POST /users/{id}/credentials_email.
//   - PATCH /users/{id}/attribute_values/{id} takes one value of one user; there is
//     no bulk operation for values.
//   - Roles: GET and PUT /roles/{id}/users for each role, the GET since the PUT
//     replaces all holders and must not drop anybody unseen; or PUT
//     /users/{id}/roles for each user, if those are fewer.
//   - POST /groups/{id}/users for each membership.
//   - POST /folders for each folder. One that does not inherit: PATCH
//     /content_metadata/{id}, which copies the grants of the ancestor; GET
//     /content_metadata_access for the ids of the copies; a DELETE for each copy
//     that is not wanted (Shared grants to All Users, one copy); a POST for each
//     grant.
//   - POST of each role, set, attribute, group and schedule.
//   - A section of settings: GET, so that nothing is overwritten unseen, and PATCH.
func (m mix) applyFloor() int {
	n := 1
	for _, have := range []int{m.users, m.groups, m.folders(), m.schedules} {
		if have > 0 {
			n++
		}
	}
	n += 4 // roles, permission sets, model sets, attributes
	n += 2*m.users + valuesPerUser*m.users + min(2*rolesPerUser, m.users) + m.joining
	n += m.folders() + m.own*(1+1+1+grantsPerFolder)
	n += rolesPerUser + 2 + valuesPerUser + m.groups + m.schedules
	if m.setting {
		n += 2 * sections
	}
	return n
}

// sections is how many sections the LookerSetting has.
const sections = 3

// sweepFloor is the floor of comparing everything with Looker once, where the
// attribute values of so many users and the own access lists of so many folders
// are read. Neither has a list operation: values take one GET a user, an access
// list one GET a folder.
//
//   - Users: GET /users in pages, the operator's own user among them. The rows show
//     roles and groups, too.
//   - Groups: GET /groups/search/with_hierarchy in pages, All Users among them.
//   - Roles: GET /roles, whose rows have permission set and model set in them, so
//     that sets in use need no list of their own.
//   - GET /user_attributes, GET /folders, GET /scheduled_plans?all_users=true.
//   - Whether folders inherit: GET /content_metadata?parent_id= for each parent.
//   - A GET for each section of settings.
func (m mix) sweepFloor(values, lists int) int {
	n := pages(m.users+1) + pages(m.groups+1) + 1 + 1 + 1 + m.parents() + values + lists
	if m.schedules > 0 {
		n++
	}
	if m.setting {
		n += sections
	}
	return n
}

// costly are the objects of a full sweep that take a call each.
func (m mix) costly() (values, lists int) { return m.users, m.own }

// editFloor is the floor of one changed field: the PATCH.
const editFloor = 1

// roleEditFloor is the floor of a changed member of a role: GET
// /roles/{id}/users, since the PUT that follows replaces all holders.
const roleEditFloor = 2

// wallFloor is the time of so many calls if the cap is always used up.
func wallFloor(calls int, mean time.Duration) time.Duration {
	return time.Duration(calls) * mean / inFlight
}
