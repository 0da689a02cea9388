package apivalidation

import "testing"

const (
	attributeName  = "name of a user attribute consists of lower-case letters"
	attributeNamed = "spec.name is needed: it would be the object's name"
	hiddenDomains  = "hiddenValueDomainAllowlist is needed with valueIsHidden: true"
	hiddenSecret   = "values that are hidden come from Secrets"
	hiddenForEver  = "valueIsHidden stays true once it is"
	twiceAGroup    = "groupValues names a group twice"
)

var attributeRules = kindRules{
	kind: "LookerUserAttribute",
	base: `{instanceRef: {name: main}, name: region, type: string}`,
	cases: []ruleCase{
		{"label", `label: Sales region (2026)`, ""},
		{"name with a hyphen", `name: sales-region`, attributeName},
		{"name in upper case", `name: Region`, attributeName},
		{"name with a digit and '_'", `name: region_2`, ""},
		{"default", `defaultValue: emea`, ""},
		{"default that is empty", `defaultValue: ""`, ""},
		{"default from a Secret", `defaultValueFrom: {secretKeyRef: {name: a, key: b}}`, ""},
		{"two defaults", `{defaultValue: emea, defaultValueFrom: {secretKeyRef: {name: a, key: b}}}`, "set only one of defaultValue or defaultValueFrom"},
		{"visible", `valueIsHidden: false`, ""},
		{"hidden", `{valueIsHidden: true, hiddenValueDomainAllowlist: api.example.com/*}`, ""},
		{"hidden without domains", `valueIsHidden: true`, hiddenDomains},
		{"visible with domains", `{valueIsHidden: false, hiddenValueDomainAllowlist: api.example.com/*}`, hiddenDomains},
		{"domains alone", `hiddenValueDomainAllowlist: api.example.com/*`, hiddenDomains},
		{"hidden values from Secrets", `{valueIsHidden: true, hiddenValueDomainAllowlist: a/*, defaultValueFrom: {secretKeyRef: {name: a, key: b}}, groupValues: [{group: {ref: a}, valueFrom: {secretKeyRef: {name: a, key: c}}}]}`, ""},
		{"hidden default in the open", `{valueIsHidden: true, hiddenValueDomainAllowlist: a/*, defaultValue: s3cret}`, hiddenSecret},
		{"hidden value of a group in the open", `{valueIsHidden: true, hiddenValueDomainAllowlist: a/*, groupValues: [{group: {ref: a}, value: s3cret}]}`, hiddenSecret},
		{"no group values", `groupValues: []`, ""},
		{"group values", `groupValues: [{group: {ref: a}, value: ""}, {group: {name: a}, value: "1"}, {group: {id: a}, value: "2"}]`, ""},
		{"group without value", `groupValues: [{group: {ref: a}}]`, groupValueUnion},
		{"group with two values", `groupValues: [{group: {ref: a}, value: "1", valueFrom: {secretKeyRef: {name: a, key: b}}}]`, groupValueUnion},
		{"group that names nothing", `groupValues: [{group: {}, value: "1"}]`, namedUnion},
		{"group twice by ref", `groupValues: [{group: {ref: a}, value: "1"}, {group: {ref: a}, value: "1"}]`, twiceAGroup},
		{"group twice by name", `groupValues: [{group: {name: a}, value: "1"}, {group: {name: b}, value: "1"}, {group: {name: a}, value: "2"}]`, twiceAGroup},
		{"group twice by id", `groupValues: [{group: {id: "1"}, value: "1"}, {group: {id: "1"}, value: "2"}]`, twiceAGroup},
		{"continuous integration", `{neededForCiRun: true, valueForCiRun: emea}`, ""},
		{"deletion Delete", `deletionPolicy: Delete`, ""},
		{"deletion Orphan", `deletionPolicy: Orphan`, ""},
		{"deletion Disable", `deletionPolicy: Disable`, "deletionPolicy of a LookerUserAttribute is Delete or Orphan"},
	},
	updates: []updateCase{
		{"label and name", `label: A`, `{label: B, name: sales_region}`, ""},
		{"another type, which Looker may refuse", `type: number`, `type: string`, ""},
		{"visible becomes hidden", `valueIsHidden: false`, `{valueIsHidden: true, hiddenValueDomainAllowlist: a/*}`, ""},
		{"unset becomes hidden", `{}`, `{valueIsHidden: true, hiddenValueDomainAllowlist: a/*}`, ""},
		{"hidden stays hidden", `{valueIsHidden: true, hiddenValueDomainAllowlist: a/*}`, `label: B`, ""},
		{"hidden becomes visible", `{valueIsHidden: true, hiddenValueDomainAllowlist: a/*}`, `{valueIsHidden: false, hiddenValueDomainAllowlist: null}`, hiddenForEver},
		{"hidden becomes unset", `{valueIsHidden: true, hiddenValueDomainAllowlist: a/*}`, `{valueIsHidden: null, hiddenValueDomainAllowlist: null}`, hiddenForEver},
		{"visible becomes unset", `valueIsHidden: false`, `valueIsHidden: null`, ""},
		{"other domains", `{valueIsHidden: true, hiddenValueDomainAllowlist: a/*}`, `hiddenValueDomainAllowlist: b/*`, "hiddenValueDomainAllowlist is immutable"},
	},
}

func TestTheNameOfAUserAttributeFollowsTheObjectOnlyWhereItCan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ object, patch, want string }{
		{"region", `name: null`, ""},
		{"region2", `name: null`, ""},
		{"sales-region", `name: sales_region`, ""},
		{"sales-region", `name: null`, attributeNamed},
		{"sales.region", `name: null`, attributeNamed},
	} {
		obj := object(attributeRules.kind, c.object, merge(parse(t, attributeRules.base), parse(t, c.patch)))
		expect(t, c.object+" with "+c.patch, tryCreate(t, obj), c.want)
	}
}
