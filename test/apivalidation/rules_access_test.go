package apivalidation

const (
	modeOfMembers   = "membershipMode only goes with members or groups"
	modeOfRoles     = "rolesMode only goes with roles"
	groupValueUnion = "set exactly one of value or valueFrom; to give up the group's value"
	memberUnion     = "set exactly one of ref (a LookerUser in this namespace), email"
	permissionShape = "permissions has names such as access_data"
	modelShape      = "models has one model name an entry"
	adminIsAdditive = "usersMode and groupsMode of the role Admin are Additive"
)

var groupRules = kindRules{
	kind: "LookerGroup",
	base: `{instanceRef: {name: main}}`,
	cases: []ruleCase{
		{"name", `name: Finance EMEA`, ""},
		{"no members and no groups", `{members: [], groups: []}`, ""},
		{"members", `members: [{ref: ana}, {email: bo@example.com}, {id: "7"}]`, ""},
		{"member that names nobody", `members: [{}]`, memberUnion},
		{"member by ref and e-mail", `members: [{ref: ana, email: ana@example.com}]`, memberUnion},
		{"nested groups", `groups: [{ref: emea}, {name: APAC}]`, ""},
		{"nested group by name and id", `groups: [{name: APAC, id: "7"}]`, namedUnion},
		{"exact members", `{members: [{ref: ana}], membershipMode: Exact}`, ""},
		{"exact and empty", `{groups: [], membershipMode: Exact}`, ""},
		{"additive groups", `{groups: [{ref: emea}], membershipMode: Additive}`, ""},
		{"membership mode alone", `membershipMode: Exact`, modeOfMembers},
		{"membership mode with roles", `{roles: [{ref: viewer}], membershipMode: Exact}`, modeOfMembers},
		{"roles", `roles: [{ref: viewer}, {name: Viewer}, {id: "5"}]`, ""},
		{"no roles", `{roles: [], rolesMode: Exact}`, ""},
		{"role that names nothing", `roles: [{}]`, namedUnion},
		{"mode of roles alone", `rolesMode: Additive`, modeOfRoles},
		{"mode of roles with members", `{members: [], rolesMode: Exact}`, modeOfRoles},
		{"attribute values", `attributeValues: [{name: a, value: ""}, {ref: a, value: "1"}, {id: a, valueFrom: {secretKeyRef: {name: a, key: b}}}]`, ""},
		{"attribute without value", `attributeValues: [{name: a}]`, groupValueUnion},
		{"attribute with two values", `attributeValues: [{name: a, value: "1", valueFrom: {secretKeyRef: {name: a, key: b}}}]`, groupValueUnion},
		{"attribute that names nothing", `attributeValues: [{value: "1"}]`, namedUnion},
		{"attribute twice by name", `attributeValues: [{name: a, value: "1"}, {name: a, value: "2"}]`, twiceAnValue},
		{"attribute twice by id", `attributeValues: [{id: a, value: "1"}, {id: a, value: "2"}]`, twiceAnValue},
		{"attribute twice by ref", `attributeValues: [{ref: a, value: "1"}, {ref: a, value: "2"}]`, twiceAnValue},
		{"deletion Delete", `deletionPolicy: Delete`, ""},
		{"deletion Orphan", `deletionPolicy: Orphan`, ""},
		{"deletion Disable", `deletionPolicy: Disable`, "deletionPolicy of a LookerGroup is Delete or Orphan"},
		{"external id", `externalGroupId: a`, `unknown field "spec.externalGroupId"`},
	},
}

var roleRules = kindRules{
	kind: "LookerRole",
	base: `{instanceRef: {name: main}, permissionSet: {ref: viewer}, modelSet: {ref: finance}}`,
	cases: []ruleCase{
		{"sets by name and id", `{permissionSet: {ref: null, name: Viewer}, modelSet: {ref: null, id: "2"}}`, ""},
		{"permission set that names nothing", `permissionSet: {ref: null}`, namedUnion},
		{"permission set by ref and name", `permissionSet: {name: Viewer}`, namedUnion},
		{"model set by ref and id", `modelSet: {id: "1"}`, namedUnion},
		{"nobody", `{users: [], usersMode: Exact, groups: [], groupsMode: Exact}`, ""},
		{"users and groups", `{users: [{ref: ana}, {email: bo@example.com}], groups: [{name: Finance}]}`, ""},
		{"exact groups beside additive users", `{users: [{ref: ana}], groups: [{ref: finance}], groupsMode: Exact}`, ""},
		{"user that names nobody", `users: [{}]`, memberUnion},
		{"group by ref and name", `groups: [{ref: a, name: A}]`, namedUnion},
		{"mode of users alone", `usersMode: Additive`, "usersMode only goes with users"},
		{"mode of users with groups", `{groups: [], usersMode: Exact}`, "usersMode only goes with users"},
		{"mode of groups alone", `groupsMode: Exact`, "groupsMode only goes with groups"},
		{"another administrator", `{name: Admin, users: [{ref: ana}], groups: [{ref: it}], groupsMode: Additive}`, ""},
		{"these administrators only", `{name: Admin, users: [{ref: ana}], usersMode: Exact}`, adminIsAdditive},
		{"these groups of administrators only", `{name: Admin, groups: [{ref: it}], groupsMode: Exact}`, adminIsAdditive},
		{"a role that is named nearly so", `{name: Administrators, users: [{ref: ana}], usersMode: Exact}`, ""},
		{"deletion Delete", `deletionPolicy: Delete`, ""},
		{"deletion Orphan", `deletionPolicy: Orphan`, ""},
		{"deletion DeleteWithContents", `deletionPolicy: DeleteWithContents`, "deletionPolicy of a LookerRole is Delete or Orphan"},
	},
}

var permissionSetRules = kindRules{
	kind: "LookerPermissionSet",
	base: `{instanceRef: {name: main}}`,
	cases: []ruleCase{
		{"permissions", `permissions: [see_looks, access_data, send_to_s3]`, ""},
		{"no permissions", `permissions: []`, ""},
		{"permission twice", `permissions: [access_data, access_data]`, "Duplicate value"},
		{"permission in camel case", `permissions: [accessData]`, permissionShape},
		{"permissions in one entry", `permissions: ["access_data,see_looks"]`, permissionShape},
		{"permission after a legal one", `permissions: [access_data, see looks]`, permissionShape},
		{"deletion Delete", `deletionPolicy: Delete`, ""},
		{"deletion Orphan", `deletionPolicy: Orphan`, ""},
		{"deletion Disable", `deletionPolicy: Disable`, "deletionPolicy of a LookerPermissionSet is Delete or Orphan"},
	},
}

var modelSetRules = kindRules{
	kind: "LookerModelSet",
	base: `{instanceRef: {name: main}}`,
	cases: []ruleCase{
		{"models", `models: [thelook, system__activity, "block::model", Sales-2]`, ""},
		{"no models", `models: []`, ""},
		{"model twice", `models: [thelook, thelook]`, "Duplicate value"},
		{"models in one entry", `models: ["thelook,finance"]`, modelShape},
		{"model with a space", `models: [thelook, the look]`, modelShape},
		{"explore instead of a model", `models: [thelook/orders]`, modelShape},
		{"deletion Delete", `deletionPolicy: Delete`, ""},
		{"deletion Orphan", `deletionPolicy: Orphan`, ""},
		{"deletion Disable", `deletionPolicy: Disable`, "deletionPolicy of a LookerModelSet is Delete or Orphan"},
	},
}
