package apivalidation

var folderRules = kindRules{
	kind: "LookerFolder",
	base: `{instanceRef: {name: main}, parent: {path: Shared}}`,
	cases: []ruleCase{
		{"parent by id", `parent: {path: null, id: "1"}`, ""},
		{"parent with path and id", `parent: {id: "1"}`, "set exactly one of ref (a LookerFolder in this namespace), path"},
		{"parent that names nothing", `parent: {path: null}`, "set exactly one of ref (a LookerFolder in this namespace), path"},
		{"own access list", `access: {inherits: false, grants: [{group: {name: All Users}, permission: View}]}`, ""},
		{"access list that is empty", `access: {inherits: false, grants: []}`, ""},
		{"inherited access list", `access: {inherits: true}`, ""},
		{"grants without inherits", `access: {grants: [{user: {id: "1"}, permission: Edit}]}`, ""},
		{"access that says nothing", `access: {}`, "set inherits, grants or both"},
		{"grants in spite of inherits", `access: {inherits: true, grants: []}`, "grants are only possible where inherits is false"},
		{"grant for group and user", `access: {grants: [{group: {id: "1"}, user: {id: "1"}, permission: View}]}`, "set exactly one of group or user"},
		{"grant for nobody", `access: {grants: [{permission: View}]}`, "set exactly one of group or user"},
		{"group by name and id", `access: {grants: [{group: {name: a, id: "1"}, permission: View}]}`, "set exactly one of ref (an object in this namespace), name"},
		{"user by e-mail and ref", `access: {grants: [{user: {email: a@b.c, ref: a}, permission: View}]}`, "set exactly one of ref (a LookerUser in this namespace), email"},
		{"deletion Delete", `deletionPolicy: Delete`, ""},
		{"deletion Orphan", `deletionPolicy: Orphan`, ""},
		{"deletion DeleteWithContents", `deletionPolicy: DeleteWithContents`, ""},
		{"deletion Disable", `deletionPolicy: Disable`, "deletionPolicy of a LookerFolder is Delete, Orphan or DeleteWithContents"},
	},
}
