package apivalidation

const (
	targetUnion  = "set exactly one of lookId, dashboardId, lookmlDashboardId or queryId"
	triggerUnion = "set exactly one of crontab or datagroup"
	fiveFields   = "crontab has exactly five fields separated by spaces"
	lookNeeds    = "a schedule with lookId needs requireResults, requireNoResults and requireChange"
	destUnion    = "set exactly one of email, webhook, s3, sftp or integration"
	hookUnion    = "set exactly one of url or urlFrom"
	oneAddress   = "address is one e-mail address"
	paperSize    = "pdfPaperSize is letter, legal, tabloid or one of a0 to a5"
	sftpShape    = "address starts with sftp:// and a host, without a user name"
	hubShape     = "id has the form <hub id>::<integration name>"
	allEmail     = "runAsRecipient is only possible where every destination is email"
)

var scheduleRules = kindRules{
	kind: "LookerSchedule",
	base: `{instanceRef: {name: main}, dashboardId: "1", crontab: 0 6 * * 1, destinations: [{email: {address: a@b.c}, format: wysiwyg_pdf}]}`,
	cases: []ruleCase{
		{"LookML dashboard", `{dashboardId: null, lookmlDashboardId: "finance::overview"}`, ""},
		{"LookML dashboard without model", `{dashboardId: null, lookmlDashboardId: overview}`, "lookmlDashboardId has the form model::dashboard"},
		{"nothing to send", `dashboardId: null`, targetUnion},
		{"two things to send", `queryId: "4"`, targetUnion},
		{"Look with all three conditions", `{dashboardId: null, lookId: "1", requireResults: false, requireNoResults: false, requireChange: false}`, ""},
		{"Look with two of three conditions", `{dashboardId: null, lookId: "1", requireResults: false, requireNoResults: false}`, lookNeeds},
		{"Look without conditions", `{dashboardId: null, lookId: "1"}`, lookNeeds},
		{"results or none", `{requireResults: true, requireNoResults: false}`, ""},
		{"results and none", `{requireResults: true, requireNoResults: true}`, "requireResults and requireNoResults contradict each other"},
		{"all results of a query", `{dashboardId: null, queryId: "1", sendAllResults: true}`, ""},
		{"all results of a dashboard", `sendAllResults: true`, "sendAllResults is not possible for dashboards"},
		{"all results of a LookML dashboard", `{dashboardId: null, lookmlDashboardId: "a::bc", sendAllResults: true}`, "sendAllResults is not possible for dashboards"},
		{"not all results of a dashboard", `sendAllResults: false`, ""},
		{"owner by e-mail", `owner: {email: a@b.c}`, ""},
		{"owner by e-mail and id", `owner: {email: a@b.c, id: "4"}`, "set exactly one of ref (a LookerUser in this namespace), email"},
		{"as recipient by e-mail", `runAsRecipient: true`, ""},
		{"as recipient by webhook", `{runAsRecipient: true, destinations: [{webhook: {url: "https://a"}, format: json}]}`, allEmail},
		{"webhook not as recipient", `{runAsRecipient: false, destinations: [{webhook: {url: "https://a"}, format: json}]}`, ""},
		{"deletion Delete", `deletionPolicy: Delete`, ""},
		{"deletion Orphan", `deletionPolicy: Orphan`, ""},
		{"deletion Disable", `deletionPolicy: Disable`, "deletionPolicy of a LookerSchedule is Delete or Orphan"},
		{"paper in upper case", `pdfPaperSize: A4`, ""},
		{"paper in lower case", `pdfPaperSize: letter`, ""},
		{"paper of another size", `pdfPaperSize: a6`, paperSize},

		{"datagroup", `{crontab: null, datagroup: "finance::nightly"}`, ""},
		{"crontab and datagroup", `datagroup: "finance::nightly"`, triggerUnion},
		{"neither crontab nor datagroup", `crontab: null`, triggerUnion},
		{"every quarter of an hour", `crontab: "*/15 * * * *"`, ""},
		{"lists, ranges, steps and names", `crontab: "0,30 8-18/2 1,15 JAN-mar,12 Mon-fri"`, ""},
		{"the last values", `crontab: "59 23 31 12 7"`, ""},
		{"leading zeros and two spaces", `crontab: "05  06 * * 1"`, ""},
		{"four fields", `crontab: "0 0 * * "`, fiveFields},
		{"seconds", `crontab: "0 0 6 * * 1"`, fiveFields},
		{"a year", `crontab: "0 6 * * 1 2026"`, fiveFields},
		{"a macro", `crontab: "@midnight"`, fiveFields},
		{"tabs", `crontab: "0\t6\t*\t*\t1"`, fiveFields},
		{"a leading space", `crontab: " 0 6 * * 1"`, fiveFields},
		{"a question mark", `crontab: "0 6 ? * 1"`, "crontab must not contain '?'; write '*' instead"},
		{"minute 60", `crontab: "60 * * * *"`, "crontab: the minute is"},
		{"minute by name", `crontab: "jan * * * *"`, "crontab: the minute is"},
		{"step 0", `crontab: "*/0 * * * *"`, "crontab: the minute is"},
		{"hour 24", `crontab: "0 24 * * *"`, "crontab: the hour is"},
		{"day 0", `crontab: "0 0 0 * *"`, "crontab: the day of month is"},
		{"day 32", `crontab: "0 0 32 * *"`, "crontab: the day of month is"},
		{"last day of the month", `crontab: "0 0 L * *"`, "crontab: the day of month is"},
		{"month 13", `crontab: "0 0 1 13 *"`, "crontab: the month is"},
		{"month by a whole name", `crontab: "0 0 1 january *"`, "crontab: the month is"},
		{"weekday 8", `crontab: "0 0 * * 8"`, "crontab: the day of week is"},
		{"third Friday", `crontab: "0 0 * * 5#3"`, "crontab: the day of week is"},

		{"destination of no kind", `destinations: [{format: csv}]`, destUnion},
		{"destination of two kinds", `destinations: [{email: {address: a@b.c}, webhook: {url: "https://a"}, format: csv}]`, destUnion},
		{"two addresses in one", `destinations: [{email: {address: "a@b.c,d@e.f"}, format: csv}]`, oneAddress},
		{"address without @", `destinations: [{email: {address: finance}, format: csv}]`, oneAddress},
		{"webhook by Secret", `destinations: [{webhook: {urlFrom: {secretKeyRef: {name: a, key: b}}}, format: json}]`, ""},
		{"webhook without URL", `destinations: [{webhook: {}, format: json}]`, hookUnion},
		{"webhook with two URLs", `destinations: [{webhook: {url: "https://a", urlFrom: {secretKeyRef: {name: a, key: b}}}, format: json}]`, hookUnion},
		{"webhook that is not a URL", `destinations: [{webhook: {url: hooks.example.com}, format: json}]`, "url starts with https:// or http:// and a host"},
		{"S3", `destinations: [{s3: {bucketPath: "s3://b", region: r, accessKeyId: k, secretAccessKeySecretRef: {name: a, key: b}}, format: csv}]`, ""},
		{"S3 by https", `destinations: [{s3: {bucketPath: "https://b", region: r, accessKeyId: k, secretAccessKeySecretRef: {name: a, key: b}}, format: csv}]`, "bucketPath starts with s3:// and a bucket"},
		{"SFTP", `destinations: [{sftp: {address: "sftp://h:22/p", username: u, passwordSecretRef: {name: a, key: b}}, format: csv}]`, ""},
		{"SFTP with a user in the address", `destinations: [{sftp: {address: "sftp://u@h/p", username: u, passwordSecretRef: {name: a, key: b}}, format: csv}]`, sftpShape},
		{"SFTP by FTP", `destinations: [{sftp: {address: "ftp://h/p", username: u, passwordSecretRef: {name: a, key: b}}, format: csv}]`, sftpShape},
		{"integration", `destinations: [{integration: {id: "1::slack", parameters: {a: b}, secretParametersFrom: [{name: c, secretKeyRef: {name: a, key: b}}]}, format: csv}]`, ""},
		{"integration by its type", `destinations: [{integration: {id: "looker-integration://1::slack"}, format: csv}]`, hubShape},
		{"integration without hub", `destinations: [{integration: {id: slack}, format: csv}]`, hubShape},
		{"parameter that is open and secret", `destinations: [{integration: {id: "1::slack", parameters: {c: b}, secretParametersFrom: [{name: c, secretKeyRef: {name: a, key: b}}]}, format: csv}]`, "a parameter is either in parameters or in secretParametersFrom"},
		{"secret parameter twice", `destinations: [{integration: {id: "1::slack", secretParametersFrom: [{name: c, secretKeyRef: {name: a, key: b}}, {name: c, secretKeyRef: {name: a, key: b}}]}, format: csv}]`, "Duplicate value"},
	},
}
