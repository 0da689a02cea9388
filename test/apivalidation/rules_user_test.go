package apivalidation

const (
	userKey       = "set email; only a user for API keys alone may do without"
	emailShape    = "email is one address such as ana@example.com"
	localeShape   = "locale is a language with or without a region"
	twiceAnValue  = "attributeValues names an attribute twice"
	valueUnion    = "set exactly one of value or valueFrom"
	purposeShape  = "purpose consists of lower-case letters"
	secretShape   = "secretName is the name of a Secret"
	namedUnion    = "set exactly one of ref (an object in this namespace), name"
	folderUnion   = "set exactly one of ref (a LookerFolder in this namespace), path"
	deletionUsers = "deletionPolicy of a LookerUser is Disable, Delete or Orphan"
)

var userRules = kindRules{
	kind: "LookerUser",
	base: `{instanceRef: {name: main}, email: ana@example.com}`,
	cases: []ruleCase{
		{"API keys instead of e-mail", `{email: null, lastName: Export, apiCredentials: [{purpose: a, writeTo: {secretName: a}}]}`, ""},
		{"neither e-mail nor API keys", `{email: null, firstName: Ana}`, userKey},
		{"API keys without a name", `{email: null, apiCredentials: [{purpose: a, writeTo: {secretName: a}}]}`, userKey},
		{"no API keys", `{email: null, firstName: Ana, apiCredentials: []}`, userKey},
		{"address with a tag", `email: ana+bi@mail.example.com`, ""},
		{"e-mail without @", `email: ana.example.com`, emailShape},
		{"e-mail with two @", `email: ana@bo@example.com`, emailShape},
		{"e-mail with a name", `email: Ana <ana@example.com>`, emailShape},
		{"invitation", `sendSetupEmail: true`, ""},
		{"no invitation without e-mail", `{email: null, sendSetupEmail: false, lastName: Export, apiCredentials: [{purpose: a, writeTo: {secretName: a}}]}`, ""},
		{"invitation without e-mail", `{email: null, sendSetupEmail: true, lastName: Export, apiCredentials: [{purpose: a, writeTo: {secretName: a}}]}`, "sendSetupEmail needs email"},
		{"language", `locale: de`, ""},
		{"language and region", `locale: pt-BR`, ""},
		{"language name", `locale: German`, localeShape},
		{"upper-case language", `locale: DE`, localeShape},
		{"home folder by path", `homeFolder: {path: Shared}`, ""},
		{"home folder by path and id", `homeFolder: {path: Shared, id: "1"}`, folderUnion},
		{"no roles", `roles: []`, ""},
		{"role by name", `roles: [{name: Viewer}]`, ""},
		{"role that names nothing", `roles: [{}]`, namedUnion},
		{"role by name and id", `roles: [{name: Viewer, id: "5"}]`, namedUnion},
		{"no groups", `groups: []`, ""},
		{"group by ref and id", `groups: [{ref: a, id: "5"}]`, namedUnion},
		{"attribute value", `attributeValues: [{name: a, value: "1"}, {name: b, value: "1"}, {id: a, value: "1"}, {ref: a, value: "1"}]`, ""},
		{"attribute value from a Secret", `attributeValues: [{id: "9", valueFrom: {secretKeyRef: {name: a, key: b}}}]`, ""},
		{"attribute without value", `attributeValues: [{name: a}]`, valueUnion},
		{"attribute with two values", `attributeValues: [{name: a, value: "1", valueFrom: {secretKeyRef: {name: a, key: b}}}]`, valueUnion},
		{"attribute that names nothing", `attributeValues: [{value: "1"}]`, namedUnion},
		{"attribute twice by name", `attributeValues: [{name: a, value: "1"}, {name: a, value: "2"}]`, twiceAnValue},
		{"attribute twice by id", `attributeValues: [{id: a, value: "1"}, {id: a, value: "2"}]`, twiceAnValue},
		{"attribute twice by ref", `attributeValues: [{ref: a, value: "1"}, {ref: a, value: "2"}]`, twiceAnValue},
		{"two API keys", `apiCredentials: [{purpose: a, writeTo: {secretName: a}}, {purpose: b, writeTo: {secretName: b.c}}]`, ""},
		{"one purpose twice", `apiCredentials: [{purpose: a, writeTo: {secretName: a}}, {purpose: a, writeTo: {secretName: b}}]`, "Duplicate value"},
		{"one Secret for two keys", `apiCredentials: [{purpose: a, writeTo: {secretName: a}}, {purpose: b, writeTo: {secretName: a}}]`, "apiCredentials has two keys with the same writeTo.secretName"},
		{"purpose with a space", `apiCredentials: [{purpose: nightly export, writeTo: {secretName: a}}]`, purposeShape},
		{"purpose that ends with a hyphen", `apiCredentials: [{purpose: a-, writeTo: {secretName: a}}]`, purposeShape},
		{"Secret name in upper case", `apiCredentials: [{purpose: a, writeTo: {secretName: Ana}}]`, secretShape},
		{"deletion Disable", `deletionPolicy: Disable`, ""},
		{"deletion Delete", `deletionPolicy: Delete`, ""},
		{"deletion Orphan", `deletionPolicy: Orphan`, ""},
		{"deletion DeleteWithContents", `deletionPolicy: DeleteWithContents`, deletionUsers},
	},
}
