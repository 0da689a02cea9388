package apivalidation

const (
	smtpNeeds   = "smtp needs address, port and from"
	smtpBuiltIn = "smtp with defaultSmtp: true uses Looker's own mail server"
	fromShape   = "from is an address such as looker@example.com"
	domainShape = "emailDomainAllowlist has domains such as example.com"
	hostShape   = "hostUrl starts with https:// or http:// and a host"
	storageS3   = "cloudStorage of type looker-s3 has no bucket of your own"
	storageOwn  = "cloudStorage of type custom-s3 needs customS3Bucket and customS3BucketRegion"
)

var settingRules = kindRules{
	kind: "LookerSetting",
	base: `{instanceRef: {name: main}, session: {sessionMinutes: 60}}`,
	cases: []ruleCase{
		{"no section", `session: null`, "set at least one section"},
		{"section general alone", `{session: null, general: {timezone: UTC}}`, ""},
		{"section password alone", `{session: null, password: {minLength: 9}}`, ""},
		{"section ldap alone", `{session: null, ldap: {enabled: false}}`, ""},
		{"section saml alone", `{session: null, saml: {enabled: false}}`, ""},
		{"section oidc alone", `{session: null, oidc: {enabled: false}}`, ""},
		{"section smtp alone", `{session: null, smtp: {defaultSmtp: true}}`, ""},
		{"section digestEmails alone", `{session: null, digestEmails: {enabled: true}}`, ""},
		{"section internalHelp alone", `{session: null, internalHelp: {enabled: true}}`, ""},
		{"section legacyFeatures alone", `{session: null, legacyFeatures: {"12": true}}`, ""},
		{"section supportAccess alone", `{session: null, supportAccess: {allowlist: []}}`, ""},
		{"section cloudStorage alone", `{session: null, cloudStorage: {type: looker-s3}}`, ""},
		{"adoption Adopt", `adoptionPolicy: Adopt`, "adoptionPolicy does not apply to a LookerSetting"},
		{"adoption Never", `adoptionPolicy: Never`, "adoptionPolicy does not apply to a LookerSetting"},
		{"deletion Orphan", `deletionPolicy: Orphan`, ""},
		{"deletion Delete", `deletionPolicy: Delete`, "deletionPolicy of a LookerSetting is Orphan, or absent"},

		{"terms accepted", `general: {marketplaceTermsAccepted: true}`, ""},
		{"terms declined", `general: {marketplaceTermsAccepted: false}`, "marketplaceTermsAccepted can only be true"},
		{"host URL in spite of warnings", `general: {hostUrl: "https://a.example", overrideWarnings: true}`, ""},
		{"override without host URL", `general: {overrideWarnings: true}`, "overrideWarnings only goes with hostUrl"},
		{"host URL without scheme", `general: {hostUrl: a.example}`, hostShape},
		{"domains", `general: {emailDomainAllowlist: [example.com, "*.example.org"]}`, ""},
		{"an address instead of a domain", `general: {emailDomainAllowlist: [ana@example.com]}`, domainShape},
		{"a domain with a leading @", `general: {emailDomainAllowlist: ["@example.com"]}`, domainShape},
		{"tools", `general: {mcpTools: {tools: {get_models: true}}}`, ""},
		{"tools in camel case", `general: {mcpTools: {tools: {getModels: true}}}`, "tools has names such as get_models"},

		{"own mail server", `smtp: {address: mail.example.com, port: 587, from: looker@example.com}`, ""},
		{"sender with a name", `smtp: {address: mail.example.com, port: 587, from: Acme BI <looker@example.com>}`, ""},
		{"mail server without port", `smtp: {address: mail.example.com, from: looker@example.com}`, smtpNeeds},
		{"mail server without address", `smtp: {defaultSmtp: false, port: 25, from: looker@example.com}`, smtpNeeds},
		{"sender that is not an address", `smtp: {address: mail.example.com, port: 587, from: looker}`, fromShape},
		{"sender with two addresses", `smtp: {address: mail.example.com, port: 587, from: "a@b.c,d@e.f"}`, fromShape},
		{"two mail servers", `smtp: {defaultSmtp: true, address: mail.example.com}`, smtpBuiltIn},
		{"built-in mail server with a password", `smtp: {defaultSmtp: true, passwordSecretRef: {name: a, key: b}}`, smtpBuiltIn},
		{"token endpoint without scheme", `smtp: {address: a, port: 25, from: a@b.c, tokenEndpoint: a.example}`, "tokenEndpoint starts with https://"},

		{"support list", `supportAccess: {allowlist: [{email: a@b.c, reason: x}, {email: d@b.c, reason: x}]}`, ""},
		{"support twice", `supportAccess: {allowlist: [{email: a@b.c, reason: x}, {email: a@b.c, reason: z}]}`, "allowlist has an email twice"},
		{"support without address", `supportAccess: {allowlist: [{email: sue, reason: x}]}`, "email is one address such as ana@example.com"},

		{"own bucket", `cloudStorage: {type: custom-s3, customS3Bucket: b, customS3BucketRegion: r}`, ""},
		{"own bucket without region", `cloudStorage: {type: custom-s3, customS3Bucket: b}`, storageOwn},
		{"bucket without type", `cloudStorage: {customS3Bucket: b}`, ""},
		{"Looker's bucket and an own one", `cloudStorage: {type: looker-s3, customS3Bucket: b}`, storageS3},
	},
}

var authenticationRules = kindRules{
	kind: "LookerSetting",
	base: `{instanceRef: {name: main}, ldap: {enabled: false}, saml: {enabled: false}, oidc: {enabled: false}}`,
	cases: []ruleCase{
		{"no default roles", `ldap: {defaultNewUserRoles: []}`, ""},
		{"default role by name and id", `ldap: {defaultNewUserRoles: [{name: a, id: "1"}]}`, namedUnion},
		{"two mapped groups", `saml: {groupsWithRoles: [{name: a, roles: [{name: b}]}, {name: c, roles: []}]}`, ""},
		{"a mapped group twice", `saml: {groupsWithRoles: [{name: a}, {name: a}]}`, "groupsWithRoles has a name twice"},
		{"mapped role that names nothing", `saml: {groupsWithRoles: [{name: a, roles: [{}]}]}`, namedUnion},
		{"two mapped attributes", `oidc: {userAttributesWithIds: [{name: a, userAttributes: [{name: b}]}, {name: c}]}`, ""},
		{"a mapped attribute twice", `oidc: {userAttributesWithIds: [{name: a}, {name: a}]}`, "userAttributesWithIds has a name twice"},
		{"identity provider without scheme", `saml: {idpUrl: idp.example.com}`, "idpUrl starts with https://"},
		{"authorization endpoint without scheme", `oidc: {authorizationEndpoint: idp.example.com}`, "authorizationEndpoint starts with https://"},
		{"token endpoint without scheme", `oidc: {tokenEndpoint: idp.example.com}`, "tokenEndpoint starts with https://"},
		{"userinfo endpoint without scheme", `oidc: {userinfoEndpoint: idp.example.com}`, "userinfoEndpoint starts with https://"},
		{"endpoints", `oidc: {authorizationEndpoint: "https://i/a", tokenEndpoint: "https://i/t", userinfoEndpoint: "https://i/u"}`, ""},
	},
}
