package apivalidation

const (
	urlShape = "url is https:// and a host"
	urlPlain = "url must be https; plain http is only possible to a loopback host"
	urlPath  = "url must not have a path, a trailing slash, a query, a fragment or a user name"
	urlPort  = "url has a port that is not between 1 and 65535"
	interval = "minInterval is a duration from 1m to 720h"
)

var instanceRules = kindRules{
	kind: "LookerInstance",
	base: `{url: "https://acme.cloud.looker.com", credentialsSecretRef: {name: looker-api}}`,
	cases: []ruleCase{
		{"https with port", `url: "https://looker.acme.example:19999"`, ""},
		{"https to an IPv6 address", `url: "https://[2001:db8::1]:443"`, ""},
		{"http to localhost", `url: "http://localhost"`, ""},
		{"http to localhost with port", `url: "http://localhost:9999"`, ""},
		{"http to 127.0.0.1", `url: "http://127.0.0.1:9999"`, ""},
		{"http to another loopback address", `url: "http://127.1.2.3"`, ""},
		{"http to the IPv6 loopback address", `url: "http://[::1]:9999"`, ""},
		{"not a URL", `url: "acme.cloud.looker.com"`, urlShape},
		{"https without host", `url: "https://"`, urlShape},
		{"https without host but with port", `url: "https://:443"`, urlShape},
		{"another scheme", `url: "ftp://acme.cloud.looker.com"`, urlShape},
		{"upper-case scheme", `url: "HTTPS://acme.cloud.looker.com"`, urlShape},
		{"upper-case http", `url: "HTTP://acme.cloud.looker.com"`, urlShape},
		{"http to a real host", `url: "http://acme.cloud.looker.com"`, urlPlain},
		{"http to a host that begins like loopback", `url: "http://127.0.0.1.evil.example"`, urlPlain},
		{"http to a host that begins with localhost", `url: "http://localhost.evil.example"`, urlPlain},
		{"http with loopback as the user name", `url: "http://localhost@evil.example"`, urlPlain},
		{"http with loopback as the credentials", `url: "http://localhost:80@evil.example"`, urlPlain},
		{"a path", `url: "https://acme.cloud.looker.com/api/4.0"`, urlPath},
		{"a trailing slash", `url: "https://acme.cloud.looker.com/"`, urlPath},
		{"a query", `url: "https://acme.cloud.looker.com?a=b"`, urlPath},
		{"an empty query", `url: "https://acme.cloud.looker.com?"`, urlPath},
		{"a fragment", `url: "https://acme.cloud.looker.com#a"`, urlShape},
		{"a user name", `url: "https://me:secret@acme.cloud.looker.com"`, urlPath},
		{"the largest port", `url: "https://acme.cloud.looker.com:65535"`, ""},
		{"a port that is too large", `url: "https://acme.cloud.looker.com:65536"`, urlPort},
		{"port 0", `url: "https://acme.cloud.looker.com:0"`, urlPort},

		{"the shortest interval", `driftDetection: {minInterval: 1m}`, ""},
		{"the longest interval", `driftDetection: {minInterval: 720h}`, ""},
		{"interval in seconds", `driftDetection: {minInterval: 90.5s}`, ""},
		{"interval below a minute", `driftDetection: {minInterval: 59s}`, interval},
		{"interval above 30 days", `driftDetection: {minInterval: 721h}`, interval},
		{"interval in days", `driftDetection: {minInterval: 1d}`, interval},
		{"interval without unit", `driftDetection: {minInterval: "60"}`, interval},
		{"negative interval", `driftDetection: {minInterval: -5m}`, interval},

		{"namespaces by name", `access: [{namespaces: {names: [finance]}}]`, ""},
		{"namespaces by label", `access: [{namespaces: {selector: {matchLabels: {a: b}}}}]`, ""},
		{"all namespaces", `access: [{namespaces: {all: true}}]`, ""},
		{"nobody", `access: []`, ""},
		{"no namespaces", `access: [{namespaces: {}}]`, "set exactly one of names, selector or all"},
		{"names and all", `access: [{namespaces: {names: [a], all: true}}]`, "set exactly one of names, selector or all"},
		{"all that is false", `access: [{namespaces: {all: false}}]`, "all can only be true"},
		{"empty selector", `access: [{namespaces: {selector: {}}}]`, "selector must not be empty"},
		{"selector without labels", `access: [{namespaces: {selector: {matchLabels: {}}}}]`, "selector must not be empty"},
		{"label that exists", `access: [{namespaces: {selector: {matchExpressions: [{key: a, operator: Exists}]}}}]`, ""},
		{"label that exists with values", `access: [{namespaces: {selector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}}}]`, "values are needed for the operators In and NotIn"},
		{"label out of no values", `access: [{namespaces: {selector: {matchExpressions: [{key: a, operator: In}]}}}]`, "values are needed for the operators In and NotIn"},
		{"any folder", `access: [{namespaces: {all: true}, grantable: {folders: ["*"]}}]`, ""},
		{"folder path that begins with a slash", `access: [{namespaces: {all: true}, grantable: {folders: [/Shared]}}]`, "folders are paths such as Shared/Finance"},
		{"folder path that ends with a slash", `access: [{namespaces: {all: true}, grantable: {folders: [Shared/]}}]`, "folders are paths such as Shared/Finance"},
	},
}
