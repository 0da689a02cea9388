package lookertest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A row is one stored object: field name to JSON value (string, float64, bool, nil, []any, map[string]any).
type row = map[string]any

// A table holds the rows of one kind.
type table struct {
	rows map[string]row
	next int
}

// state is everything the instance holds.
type state struct {
	tables map[string]*table
	// userRoles, groupUsers, groupGroups and roleGroups are direct associations: owner id to the set of ids.
	userRoles   relation // user -> roles
	groupUsers  relation // group -> users, without the implicit All Users
	groupGroups relation // group -> child groups
	roleGroups  relation // role -> groups
	userValues  map[string]map[string]any
}

// Kinds of rows.
const (
	kindUser              = "user"
	kindCredentialsEmail  = "credentials_email"
	kindGroup             = "group"
	kindRole              = "role"
	kindPermissionSet     = "permission_set"
	kindModelSet          = "model_set"
	kindUserAttribute     = "user_attribute"
	kindGroupValue        = "group_value"
	kindFolder            = "folder"
	kindContentMetadata   = "content_metadata"
	kindContentAccess     = "content_access"
	kindScheduledPlan     = "scheduled_plan"
	kindDashboard         = "dashboard"
	kindLook              = "look"
	kindAPI3              = "api3"
	kindTOTP              = "credentials_totp"
	kindEmbedCredential   = "credentials_embed"
	kindUserSession       = "user_session"
	kindLockout           = "user_login_lockout"
	kindLegacyFeature     = "legacy_feature"
	kindSupportAllowlist  = "support_allowlist"
	kindSupportAccess     = "support_access"
	kindEmbedSecret       = "embed_secret"
	kindSetting           = "setting"
	kindPasswordConfig    = "password_config"
	kindSessionConfig     = "session_config"
	kindLDAPConfig        = "ldap_config"
	kindSamlConfig        = "saml_config"
	kindOIDCConfig        = "oidc_config"
	kindSMTPSettings      = "smtp_settings"
	kindDigestEmails      = "digest_emails"
	kindInternalHelp      = "internal_help"
	kindInternalHelpText  = "internal_help_content"
	kindCloudStorage      = "cloud_storage"
	kindPlanDelivery      = "plan_delivery"
	kindMail              = "mail"
	kindDestinationSerial = "scheduled_plan_destination"
)

// ssoCredentialKinds are the credentials that logins create, by name in paths and User.
var ssoCredentialKinds = []string{"credentials_ldap", "credentials_google", "credentials_saml", "credentials_oidc", "credentials_looker_openid"}

// keyedByUser are the kinds whose rows have their user's id as key.
var keyedByUser = append([]string{kindCredentialsEmail, kindTOTP}, ssoCredentialKinds...)

func newState() *state {
	return &state{
		tables:    map[string]*table{},
		userRoles: relation{}, groupUsers: relation{}, groupGroups: relation{}, roleGroups: relation{},
		userValues: map[string]map[string]any{},
	}
}

func (st *state) table(kind string) *table {
	t := st.tables[kind]
	if t == nil {
		t = &table{rows: map[string]row{}, next: 1}
		st.tables[kind] = t
	}
	return t
}

// get returns the stored row itself, nil when absent.
func (st *state) get(kind, id string) row { return st.table(kind).rows[id] }

// single returns the row of a settings object, made empty when there is none.
func (st *state) single(kind string) row {
	r := st.get(kind, "")
	if r == nil {
		r = row{}
		st.table(kind).rows[""] = r
	}
	return r
}

// insert stores a row under a new id, or under its own "id" when it has one.
func (st *state) insert(kind string, r row) string {
	t := st.table(kind)
	id, _ := r["id"].(string)
	if id == "" {
		id = strconv.Itoa(t.next)
		r["id"] = id
	}
	if n, err := strconv.Atoi(id); err == nil && n >= t.next {
		t.next = n + 1
	}
	t.rows[id] = r
	return id
}

// list returns the rows of a kind in the order of their ids.
func (st *state) list(kind string) []row {
	return st.where(kind, func(row) bool { return true })
}

// where returns the rows of a kind that fit, in the order of their ids.
func (st *state) where(kind string, fits func(row) bool) []row {
	t := st.table(kind)
	found := []idRow{}
	for id, r := range t.rows {
		if fits(r) {
			found = append(found, idRow{parseID(id), r})
		}
	}
	slices.SortFunc(found, func(a, b idRow) int { return a.id.compare(b.id) })
	out := make([]row, len(found))
	for i, f := range found {
		out[i] = f.row
	}
	return out
}

// find returns the first row whose field has the value.
func (st *state) find(kind, field string, value any) row {
	var first row
	var at parsedID
	for id, r := range st.table(kind).rows {
		if r[field] != value {
			continue
		}
		if p := parseID(id); first == nil || p.compare(at) < 0 {
			first, at = r, p
		}
	}
	return first
}

// A parsedID is an id that is compared often: tables have thousands of rows.
type parsedID struct {
	text    string
	number  int
	numeric bool
}

type idRow struct {
	id  parsedID
	row row
}

func parseID(id string) parsedID {
	n, err := strconv.Atoi(id)
	return parsedID{id, n, err == nil}
}

// compare orders numbers before names.
func (a parsedID) compare(b parsedID) int {
	switch {
	case a.numeric && b.numeric:
		return cmp.Compare(a.number, b.number)
	case a.numeric:
		return -1
	case b.numeric:
		return 1
	}
	return strings.Compare(a.text, b.text)
}

// compareIDs orders numbers before names.
func compareIDs(a, b string) int { return parseID(a).compare(parseID(b)) }

// A relation is a directed many-to-many association.
type relation map[string]map[string]bool

func (r relation) add(from, to string) {
	if r[from] == nil {
		r[from] = map[string]bool{}
	}
	r[from][to] = true
}

func (r relation) remove(from, to string) {
	delete(r[from], to)
	if len(r[from]) == 0 {
		delete(r, from)
	}
}

func (r relation) set(from string, to []string) {
	delete(r, from)
	for _, id := range to {
		r.add(from, id)
	}
}

func (r relation) has(from, to string) bool { return r[from][to] }

// of lists the targets in the order of their ids.
func (r relation) of(from string) []string {
	out := slices.Collect(maps.Keys(r[from]))
	slices.SortFunc(out, compareIDs)
	return out
}

// to lists the sources that have the target, in the order of their ids.
func (r relation) to(target string) []string {
	var out []string
	for from, targets := range r {
		if targets[target] {
			out = append(out, from)
		}
	}
	slices.SortFunc(out, compareIDs)
	return out
}

// drop removes an id wherever it occurs.
func (r relation) drop(id string) {
	delete(r, id)
	r.dropTarget(id)
}

func (r relation) dropTarget(id string) {
	for from := range r {
		r.remove(from, id)
	}
}

func (r relation) export() map[string]any {
	out := map[string]any{}
	for from := range r {
		out[from] = anyList(r.of(from))
	}
	return out
}

// canonical brings any Go value into the form rows are stored in.
func canonical(v any) any {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("lookertest: %T is not JSON: %v", v, err))
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		panic("lookertest: " + err.Error())
	}
	return out
}

func canonicalRow(fields map[string]any) row {
	out, _ := canonical(fields).(map[string]any)
	if out == nil {
		out = row{}
	}
	return out
}

// clone copies a row deeply.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = clone(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = clone(e)
		}
		return out
	}
	return v
}

func cloneRow(r row) row {
	if r == nil {
		return nil
	}
	return clone(r).(map[string]any)
}

// idOf gives an id as string, whether it came as a string or a number.
func idOf(v any) any {
	if n, ok := v.(float64); ok && n == float64(int64(n)) {
		return strconv.FormatInt(int64(n), 10)
	}
	return v
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

func truth(v any) bool {
	b, _ := v.(bool)
	return b
}

func anyList(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

func stringList(v any) []string {
	list, _ := v.([]any)
	out := make([]string, 0, len(list))
	for _, e := range list {
		out = append(out, str(e))
	}
	return out
}

// orNil is nil for the empty string.
func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000-07:00") }
