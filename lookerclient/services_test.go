package lookerclient

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// exchange makes one call against a server that answers it with reply, and returns
// the request it made, without the fields parameter.
func exchange(t *testing.T, reply string, do func(context.Context, *Client) error) string {
	t.Helper()
	f := newFake(t)
	f.HandleFunc("/", answer(200, reply))
	if err := do(t.Context(), f.client(t)); err != nil {
		t.Fatal(err)
	}
	calls := f.seen()
	if len(calls) != 1 {
		t.Fatalf("calls: %q", calls)
	}
	parts := strings.SplitN(calls[0], " ", 3)
	u, err := url.Parse(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Del("fields")
	u.RawQuery = q.Encode()
	parts[1] = u.String()
	return strings.Join(parts, " ")
}

func drop[T any](_ T, err error) error { return err }

func TestRequestsHaveLookersForm(t *testing.T) {
	t.Parallel()
	yes := true
	type do = func(context.Context, *Client) error
	for name, c := range map[string]struct {
		reply, want string
		do          do
	}{
		"groups are searched by id": {`[]`, `GET /groups/search/with_hierarchy?id=5&limit=500&offset=0&sorts=id`,
			func(ctx context.Context, c *Client) error {
				for _, err := range c.Groups.SearchHierarchy(ctx, GroupSearch{ID: "5"}) {
					return err
				}
				return nil
			}},
		"roles set to [] are sent as []": {`[]`, `PUT /users/5/roles []`,
			func(ctx context.Context, c *Client) error { return drop(c.Users.SetRoles(ctx, "5", nil)) }},
		"roles are a bare array": {`[{"id":2}]`, `PUT /users/5/roles ["2","3"]`,
			func(ctx context.Context, c *Client) error { return drop(c.Users.SetRoles(ctx, "5", []ID{"2", "3"})) }},
		"groups of a role set to [] are sent as []": {`[]`, `PUT /roles/5/groups []`,
			func(ctx context.Context, c *Client) error { return drop(c.Roles.SetGroups(ctx, "5", nil)) }},
		"users of a role set to [] are sent as []": {`[]`, `PUT /roles/5/users []`,
			func(ctx context.Context, c *Client) error { return drop(c.Roles.SetUsers(ctx, "5", nil)) }},
		"group values set to [] are sent as []": {`[]`, `POST /user_attributes/5/group_values []`,
			func(ctx context.Context, c *Client) error {
				return drop(c.UserAttributes.SetGroupValues(ctx, "5", nil))
			}},
		"group values are sent although marked read-only": {`[{"id":"1"}]`, `POST /user_attributes/5/group_values [{"group_id":"7","value":"v"}]`,
			func(ctx context.Context, c *Client) error {
				return drop(c.UserAttributes.SetGroupValues(ctx, "5", []WriteUserAttributeGroupValue{{GroupID: Set(ID("7")), Value: Set(PlainValue("v"))}}))
			}},
		"an id list is not JSON-quoted": {`[]`, `GET /users/5/attribute_values?user_attribute_ids=1%2C2`,
			func(ctx context.Context, c *Client) error { return drop(c.Users.AttributeValues(ctx, "5", "1", "2")) }},
		"direct roles are asked for": {`[]`, `GET /users/5/roles?direct_association_only=true`,
			func(ctx context.Context, c *Client) error { return drop(c.Users.DirectRoles(ctx, "5")) }},
		"direct users are asked for": {`[]`, `GET /roles/5/users?direct_association_only=true`,
			func(ctx context.Context, c *Client) error { return drop(c.Roles.DirectUsers(ctx, "5")) }},
		"a user is looked up by address": {`{"id":"5"}`, `GET /users/credential/email/a+b@x.com`,
			func(ctx context.Context, c *Client) error {
				return drop(c.Users.GetByCredential(ctx, CredentialEmail, "a+b@x.com"))
			}},
		"an attribute value": {`{"user_attribute_id":"7"}`, `PATCH /users/5/attribute_values/7 {"value":"hid\"den"}`,
			func(ctx context.Context, c *Client) error {
				return drop(c.Users.SetAttributeValue(ctx, "5", "7", HiddenValue(NewSecret(`hid"den`))))
			}},
		"an invitation has no body": {`{"email":"a"}`, `POST /users/5/credentials_email/send_password_reset`,
			func(ctx context.Context, c *Client) error { return drop(c.Users.SendPasswordReset(ctx, "5")) }},
		"a membership": {`{"id":"5"}`, `POST /groups/3/users {"user_id":"5"}`,
			func(ctx context.Context, c *Client) error { return c.Groups.AddUser(ctx, "3", "5") }},
		"a nested group": {`{"id":"5"}`, `POST /groups/3/groups {"group_id":"5"}`,
			func(ctx context.Context, c *Client) error { return c.Groups.AddGroup(ctx, "3", "5") }},
		"the parent's children": {`[]`, `GET /content_metadata?parent_id=3`,
			func(ctx context.Context, c *Client) error { return drop(c.ContentMetadata.Children(ctx, "3")) }},
		"a grant is sent although marked read-only": {`{"id":"1"}`,
			`POST /content_metadata_access?send_boards_notification_email=false {"content_metadata_id":"3","permission_type":"view","group_id":"4"}`,
			func(ctx context.Context, c *Client) error {
				return drop(c.ContentMetadata.Grant(ctx, WriteContentMetaGroupUser{
					ContentMetadataID: Set(ID("3")), PermissionType: Set(PermissionView), GroupID: Set(ID("4"))}))
			}},
		"all users' plans": {`[]`, `GET /scheduled_plans?all_users=true`,
			func(ctx context.Context, c *Client) error {
				for _, err := range c.ScheduledPlans.List(ctx) {
					return err
				}
				return nil
			}},
		"the help is read here": {`{"enabled":true}`, `GET /internal_help_resources_enabled`,
			func(ctx context.Context, c *Client) error { return drop(c.Settings.InternalHelpResources(ctx)) }},
		"and written there": {`{"enabled":true}`, `PATCH /internal_help_resources {"enabled":true}`,
			func(ctx context.Context, c *Client) error {
				return drop(c.Settings.UpdateInternalHelpResources(ctx, WriteInternalHelpResources{Set(true)}))
			}},
		"tools of language models": {`{"mcp_tools":{}}`, `PATCH /setting {"mcp_tools":{"enable_all":false,"query":{"enabled":true}}}`,
			func(ctx context.Context, c *Client) error {
				return drop(c.Settings.Update(ctx, WriteSetting{McpTools: Set(McpTools{EnableAll: Set(false), Tools: map[string]bool{"query": true}})}))
			}},
		"the allowlist": {`[]`, `POST /support_access/allowlist {"emails":["a@google.com"],"reason":"r"}`,
			func(ctx context.Context, c *Client) error {
				return drop(c.Settings.AddSupportAllowlist(ctx, SupportAccessAddEntries{Emails: []string{"a@google.com"}, Reason: Set("r")}))
			}},
		"embed users": {`[]`, `GET /users/search?email=a%25&embed_user=true&limit=500&offset=0&sorts=id`,
			func(ctx context.Context, c *Client) error {
				for _, err := range c.Users.Search(ctx, UserSearch{Email: "a%", EmbedUser: &yes}) {
					return err
				}
				return nil
			}},
		"only what is set": {`{"id":"5"}`, `PATCH /users/5 {"last_name":null,"is_disabled":false}`,
			func(ctx context.Context, c *Client) error {
				return drop(c.Users.Update(ctx, "5", WriteUser{LastName: Null[string](), IsDisabled: Set(false)}))
			}},
	} {
		if got := exchange(t, c.reply, c.do); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

func TestAnIDListThatWouldBeQuotedOrSplitIsRefused(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := f.client(t)
	for _, bad := range []ID{"", "1,2", `"1"`, "1 2"} {
		if _, err := c.Users.AttributeValues(t.Context(), "5", bad); err == nil {
			t.Errorf("%q accepted", bad)
		}
		if _, err := c.ContentMetadata.Access(t.Context(), bad); err == nil {
			t.Errorf("%q accepted as a filter that would then be missing", bad)
		}
	}
	for _, err := range c.Users.ListByID(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		t.Error("no ids list somebody")
	}
	if len(f.seen()) != 0 {
		t.Errorf("%q", f.seen())
	}
}

func TestTheSecretOfANewKeyIsInTheAnswerAndRedacted(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("POST /users/{id}/credentials_api3", answer(200, `{"can":{},"client_id":"cid","client_secret":"canary","id":"56","is_disabled":false,"type":"api3"}`))
	k, err := f.client(t).Users.CreateAPIKey(t.Context(), "5")
	if err != nil || k.ID != "56" || k.ClientID != Set("cid") || k.ClientSecret.Reveal() != "canary" {
		t.Fatalf("%+v, %v", k, err)
	}
	if out := fmt.Sprintf("%+v %#v %s", k, k, toJSON(t, k)); strings.Contains(out, "canary") {
		t.Error(out)
	}
}

func TestFindByCredentialTellsNobodyFromCannotTell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		h            http.HandlerFunc
		rows, errors int
	}{
		"somebody": {answer(200, `{"id":"5"}`), 1, 0}, "nobody": {answer(404, notFound), 0, 0},
		"a proxy's page": {page(404, "x"), 0, 1}, "core": {answer(403, `{"message":"Unsupported in Looker (Google Cloud core)"}`), 0, 1},
	} {
		f := newFake(t)
		f.Handle("GET /users/credential/email/{id}", c.h)
		rows, failures := 0, 0
		for u, err := range f.client(t).Users.FindByCredential(t.Context(), CredentialEmail, "a@x.com") {
			if err != nil {
				failures++
			} else if u.ID == "5" {
				rows++
			}
		}
		if rows != c.rows || failures != c.errors {
			t.Errorf("%s: %d rows, %d errors", name, rows, failures)
		}
	}
}

// TestAReadResourceKeepsTheKeysOfItsWriteType: the comparison of wanted and live
// state is by JSON keys, and what Looker did not send must not appear.
func TestAReadResourceKeepsTheKeysOfItsWriteType(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`{"first_name":"","home_folder_id":"1","is_disabled":false,"last_name":null}`,
		`{}`,
	} {
		var u User
		var w WriteUser
		full := strings.Replace(`{"id":7,"ui_state":{"a":"b"},"new_in_some_release":1,`+doc[1:], ",}", "}", 1)
		if err := json.Unmarshal([]byte(full), &u); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(doc), &w); err != nil {
			t.Fatal(err)
		}
		var a, b map[string]any
		_ = json.Unmarshal([]byte(toJSON(t, u)), &a)
		_ = json.Unmarshal([]byte(toJSON(t, w)), &b)
		delete(a, "id")
		if !reflect.DeepEqual(a, b) {
			t.Errorf("read %v, written %v", a, b)
		}
	}
}

func TestEveryFieldOfAResourceIsOptionalAndOmitted(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		User{}, Group{}, GroupHierarchy{}, Role{}, PermissionSet{}, ModelSet{}, UserAttribute{}, UserAttributeGroupValue{}, Folder{}, ContentMeta{},
		ContentMetaGroupUser{}, ScheduledPlan{}, LegacyFeature{}, CredentialsApi3{}, SupportAccessAllowlistEntry{}, CredentialsEmbed{},
	} {
		if got := toJSON(t, v); got != `{"id":""}` {
			t.Errorf("%T: %s", v, got)
		}
	}
	for _, v := range []any{
		Setting{}, PasswordConfig{}, SessionConfig{}, LDAPConfig{}, SamlConfig{}, OIDCConfig{}, DigestEmails{}, InternalHelpResources{},
		InternalHelpResourcesContent{}, BackupConfiguration{}, CredentialsEmail{}, SmtpStatus{}, WriteSmtpSettings{}, WriteScheduledPlanDestination{},
		Session{}, EmbedConfig{}, PrivatelabelConfiguration{}, CustomWelcomeEmail{}, MarketplaceAutomation{}, McpTools{}, SSOGroupWithRoleIDs{}, SSOUserAttributeWithIDs{},
	} {
		if got := toJSON(t, v); got != `{}` {
			t.Errorf("%T: %s", v, got)
		}
	}
}

func TestMcpToolsReadWhatLookerSends(t *testing.T) {
	t.Parallel()
	var m McpTools
	if err := json.Unmarshal([]byte(`{"enable_all":true,"query":{"enabled":false,"description":"d","access_level":"read"},"later":{"enabled":true},"note":"x","odd":{}}`), &m); err != nil {
		t.Fatal(err)
	}
	if got := toJSON(t, m); got != `{"enable_all":true,"later":{"enabled":true},"query":{"enabled":false}}` {
		t.Error(got)
	}
}
