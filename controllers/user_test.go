package controllers

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// userWorld is a Looker with a client, for the adapter alone.
type userWorld struct {
	*testing.T
	looker *lookertest.Server
	client *lookerclient.Client
}

func newUserWorld(t *testing.T, opts ...lookertest.Option) *userWorld {
	t.Helper()
	t.Parallel()
	return loggedIn(t, opts...)
}

// loggedIn is a new Looker and a client of it.
func loggedIn(t *testing.T, opts ...lookertest.Option) *userWorld {
	t.Helper()
	looker := lookertest.Start(t, opts...)
	client, err := lookerclient.New(looker.URL(), lookerclient.Credentials{
		ClientID: looker.ClientID(), ClientSecret: lookerclient.NewSecret(looker.ClientSecret()),
	}, lookerclient.WithMaxRetries(0))
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &userWorld{t, looker, client}
}

// person puts a user with an e-mail credential into Looker.
func (w *userWorld) person(email string, fields map[string]any) string {
	return putPerson(w.looker, email, fields)
}

func putPerson(s *lookertest.Server, email string, fields map[string]any) string {
	id := s.Put("user", fields)
	s.Put("credentials_email", map[string]any{"user_id": id, "email": email})
	return id
}

func (w *userWorld) get(id string) *liveUser {
	w.Helper()
	live, err := userAdapter{}.Get(w.Context(), w.client, id)
	if err != nil {
		w.Fatal(err)
	}
	return live
}

// calls runs f and returns how often it called each operation.
func (w *userWorld) calls(f func()) map[string]int {
	w.looker.ResetCalls()
	f()
	return w.looker.Calls().ByOperation
}

func emailKey(email string) wantedUser {
	return wantedUser{CredentialsEmail: lookerclient.Set(lookerclient.WriteCredentialsEmail{Email: lookerclient.Set(email)})}
}

func namesKey(first, last string) wantedUser {
	return wantedUser{WriteUser: lookerclient.WriteUser{FirstName: lookerclient.Set(first), LastName: lookerclient.Set(last)}}
}

func wantRoles(roles ...lookerclient.ID) wantedUser {
	return wantedUser{Roles: lookerclient.Set(directRoles{idSet(roles)})}
}

func foundUsers(t *testing.T, rows func(func(*liveUser, error) bool)) []string {
	t.Helper()
	var out []string
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(row.ID))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func wantErrorText(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not contain %q", err, part)
		}
	}
}

func TestAnEmailThatIsTakenNamesItsHolderAndIsNeverDone(t *testing.T) {
	w := newUserWorld(t)
	holder := w.person("ana@example.com", nil)
	want := emailKey("Ana@Example.com")
	live, err := userAdapter{}.Create(w.Context(), w.client, want)
	if err != nil {
		t.Fatal(err)
	}
	_, err = userAdapter{}.Update(w.Context(), w.client, live, want)
	wantErrorText(t, err, "spec.email", "Ana@Example.com", "user "+holder)
	if !lookerclient.IsAlreadyExists(err) {
		t.Errorf("%v is not recognised as a conflict", err)
	}
	if w.looker.Row("user", string(live.ID)) == nil {
		t.Fatal("the new user was removed")
	}
	w.looker.Remove("user", holder)
	if _, err = (userAdapter{}).Update(w.Context(), w.client, live, want); err != nil {
		t.Fatal(err)
	}
	if cred := w.looker.Row("credentials_email", string(live.ID)); cred["email"] != "ana@example.com" {
		t.Errorf("the credential is %v", cred)
	}
}

func TestAnEmailCredentialWhoseAnswerWasLostIsNoConflict(t *testing.T) {
	for name, sw := range map[string]lookertest.Switches{"422": {}, "409": {DuplicateAs409: true}, "case kept": {KeepsEmailCase: true}} {
		t.Run(name, func(t *testing.T) {
			w := newUserWorld(t, lookertest.WithSwitches(sw))
			want := emailKey("ana@example.com")
			live, err := userAdapter{}.Create(w.Context(), w.client, want)
			if err != nil {
				t.Fatal(err)
			}
			w.looker.Inject(lookertest.Fault{Operation: "POST /users/{user_id}/credentials_email", Drop: true, AfterEffect: true, Times: 1})
			if _, err := (userAdapter{}).Update(w.Context(), w.client, live, want); err == nil {
				t.Fatal("a lost answer is no error")
			}
			updated, err := userAdapter{}.Update(w.Context(), w.client, live, want)
			if err != nil || updated.address() != "ana@example.com" {
				t.Fatalf("the second try ended with %v", err)
			}
		})
	}
}

func TestUsersWithoutAnyEmailAreListedAndNamedByNobody(t *testing.T) {
	w := newUserWorld(t)
	robot := w.looker.Put("user", map[string]any{"first_name": "Nightly", "last_name": "Export"})
	ana := w.person("Ana@Example.com", nil)
	rows := map[string]*liveUser{}
	for row, err := range (userAdapter{}).List(t.Context(), w.client) {
		if err != nil {
			t.Fatal(err)
		}
		rows[string(row.ID)] = row
	}
	if rows[robot] == nil {
		t.Fatal("the user without e-mail is not listed")
	}
	index := userAdapter{}.Targets(rows)
	if got := index[v1alpha1.Target{By: v1alpha1.ByEmail, Value: "ana@example.com"}]; !slices.Equal(got, []string{ana}) {
		t.Errorf("ana@example.com leads to %v, want %s", got, ana)
	}
	if got := index[v1alpha1.Target{By: v1alpha1.ByEmail}]; got != nil {
		t.Errorf("no address leads to %v", got)
	}
}

func TestDirectRolesAreTheSameHoweverTheyAreReadAndWhateverIsInherited(t *testing.T) {
	for _, inherited := range []bool{false, true} {
		for _, users := range []int{1, 5} {
			t.Run(fmt.Sprintf("%d users, inherited ones shown: %t", users, inherited), func(t *testing.T) {
				w := newUserWorld(t, lookertest.WithSwitches(lookertest.Switches{RoleIDsIncludeInherited: inherited}))
				viaGroup := w.looker.Put("role", map[string]any{"name": "Via group"})
				direct := w.looker.Put("role", map[string]any{"name": "Direct"})
				group := w.looker.Put("group", map[string]any{"name": "Finance"})
				w.looker.SetRoleGroups(viaGroup, group)
				var items []engine.Item[wantedUser, liveUser]
				var members []string
				for range users {
					id := w.person("u"+string(rune('a'+len(items)))+"@example.com", nil)
					members = append(members, id)
					w.looker.SetUserRoles(id, direct)
				}
				w.looker.SetGroupMembers(group, members...)
				for _, id := range members {
					items = append(items, engine.Item[wantedUser, liveUser]{Want: wantRoles("2"), Live: w.get(id)})
				}
				calls := w.calls(func() {
					if err := (userAdapter{}).Complete(t.Context(), w.client, items); err != nil {
						t.Fatal(err)
					}
				})
				for _, item := range items {
					if got := valueOf(item.Live.direct).IDs; !slices.Equal(got, []lookerclient.ID{lookerclient.ID(direct)}) {
						t.Errorf("direct roles of %s are %v, want %s (%v)", item.Live.ID, got, direct, calls)
					}
				}
				byRole, byUser := calls["GET /roles/{role_id}/users"], calls["GET /users/{user_id}/roles"]
				if users == 1 && (byUser != 1 || byRole != 0) || users == 5 && (byRole > 3 || byUser != 0) {
					t.Errorf("%d users took %v", users, calls)
				}
			})
		}
	}
}

func TestRolesThatTheRowShowsAsWantedTakeNoCall(t *testing.T) {
	w := newUserWorld(t)
	id := w.person("ana@example.com", nil)
	w.looker.SetUserRoles(id, "2")
	item := engine.Item[wantedUser, liveUser]{Want: wantRoles("2"), Live: w.get(id)}
	calls := w.calls(func() {
		if err := (userAdapter{}).Complete(t.Context(), w.client, []engine.Item[wantedUser, liveUser]{item}); err != nil {
			t.Fatal(err)
		}
	})
	if len(calls) != 0 {
		t.Errorf("it took %v", calls)
	}
	userAdapter{}.Normalize(&item.Want, item.Live)
	if !slices.Equal(valueOf(item.Live.Roles).IDs, []lookerclient.ID{"2"}) {
		t.Errorf("roles compare as %v", item.Live.Roles)
	}
	item.Live.direct = lookerclient.Set(directRoles{})
	userAdapter{}.Normalize(&item.Want, item.Live)
	if len(valueOf(item.Live.Roles).IDs) != 0 {
		t.Error("the row is believed where the direct roles were read")
	}
}

func TestAttributeIDsAreAskedForUnquotedAndOnlyThose(t *testing.T) {
	w := newUserWorld(t)
	id := w.person("ana@example.com", nil)
	a := w.looker.Put("user_attribute", map[string]any{"name": "region", "default_value": "emea"})
	b := w.looker.Put("user_attribute", map[string]any{"name": "team"})
	w.looker.SetUserValue(id, b, "audit")
	want := wantedUser{Values: map[string]lookerclient.AttributeValue{a: lookerclient.PlainValue("emea"), b: lookerclient.PlainValue("audit")}}
	live := w.get(id)
	w.looker.ResetCalls()
	if err := (userAdapter{}).Complete(t.Context(), w.client, []engine.Item[wantedUser, liveUser]{{Want: want, Live: live}}); err != nil {
		t.Fatal(err)
	}
	log := w.looker.Calls().Log
	if len(log) != 1 || strings.Contains(log[0].Path, "%22") || !strings.Contains(log[0].Path, "user_attribute_ids="+a) {
		t.Errorf("it asked %v", log)
	}
	userAdapter{}.Normalize(&want, live)
	if live.Values[a] != false || live.Values[b] != "audit" {
		t.Errorf("a value equal to the inherited one must count as unset: %v", live.Values)
	}
}

func TestLookerCoreIsSearchedByAddress(t *testing.T) {
	w := newUserWorld(t, lookertest.WithCore())
	for _, disabled := range []bool{false, true} {
		email := map[bool]string{false: "on@example.com", true: "off@example.com"}[disabled]
		id := w.person(email, map[string]any{"is_disabled": disabled})
		got := foundUsers(t, userAdapter{}.Find(t.Context(), w.client, emailKey(strings.ToUpper(email))))
		if !slices.Equal(got, []string{id}) {
			t.Errorf("found %v for %s, want %s", got, email, id)
		}
	}
}

func TestPeopleOfSingleSignOnAreFoundByTheirAddress(t *testing.T) {
	w := newUserWorld(t)
	id := w.looker.Put("user", map[string]any{"first_name": "Ana"})
	w.looker.Put("credentials_saml", map[string]any{"user_id": id, "email": "ana@example.com", "saml_user_id": "ana"})
	key := emailKey("ana@example.com")
	if got := foundUsers(t, userAdapter{}.Find(t.Context(), w.client, key)); !slices.Equal(got, []string{id}) {
		t.Errorf("found %v, want %s", got, id)
	}
	live := w.get(id)
	if !(userAdapter{}).Match(key, live) {
		t.Error("the user does not match")
	}
	want := emailKey("ana@example.com")
	want.FirstName = lookerclient.Set("Anna")
	userAdapter{}.Normalize(&want, live)
	if !want.FirstName.IsZero() || !want.CredentialsEmail.IsZero() {
		t.Errorf("the identity provider is fought: %v", asJSONText(t, want))
	}
}

func TestMatchingIsExact(t *testing.T) {
	w := newUserWorld(t)
	mail := w.get(w.person("a_a@example.com", map[string]any{"first_name": "A", "last_name": "B"}))
	robot := w.get(w.looker.Put("user", map[string]any{"first_name": "A", "last_name": "B"}))
	service := w.get(w.looker.Put("user", map[string]any{"first_name": "A", "last_name": "B", "is_service_account": true}))
	embed := w.looker.Put("user", map[string]any{"first_name": "A", "last_name": "B"})
	w.looker.Put("credentials_embed", map[string]any{"user_id": embed, "external_user_id": "x"})
	for _, c := range []struct {
		name string
		key  wantedUser
		live *liveUser
		want bool
	}{
		{"an address, whatever its case", emailKey("A_A@Example.com"), mail, true},
		{"an address as a pattern", emailKey("a%a@example.com"), mail, false},
		{"an address and a user without", emailKey("a_a@example.com"), robot, false},
		{"names of a user with an address", namesKey("A", "B"), mail, false},
		{"names of a user without", namesKey("A", "B"), robot, true},
		{"names in another case", namesKey("a", "B"), robot, false},
		{"names of a service account", namesKey("A", "B"), service, false},
		{"names of an embed user", namesKey("A", "B"), w.get(embed), false},
	} {
		if got := (userAdapter{}).Match(c.key, c.live); got != c.want {
			t.Errorf("%s: %t, want %t", c.name, got, c.want)
		}
	}
}

func TestAnInterruptedCreateIsFoundOnlyWhileNothingElseWasDone(t *testing.T) {
	w := newUserWorld(t)
	key := emailKey("ana@example.com")
	key.WriteUser = namesKey("Ana", "Lima").WriteUser
	names := func() map[string]any { return map[string]any{"first_name": "Ana", "last_name": "Lima"} }
	left := w.looker.Put("user", names())
	off := w.looker.Put("user", map[string]any{"first_name": "Ana", "last_name": "Lima", "is_disabled": true})
	w.person("other@example.com", names())
	w.looker.Put("user", map[string]any{"first_name": "ANA", "last_name": "Lima"})
	w.looker.SetUserRoles(w.looker.Put("user", names()), "2")
	w.looker.SetGroupMembers(w.looker.Put("group", map[string]any{"name": "G"}), w.looker.Put("user", names()))
	w.looker.Put("api3", map[string]any{"user_id": w.looker.Put("user", names())})
	w.looker.Put("credentials_saml", map[string]any{"user_id": w.looker.Put("user", names()), "email": "x@example.com"})
	if got := foundUsers(t, userAdapter{}.Interrupted(t.Context(), w.client, key)); !slices.Equal(got, []string{left, off}) {
		t.Errorf("found %v, want %s and %s", got, left, off)
	}
	data, err := json.Marshal(userAdapter{}.Key(key))
	if err != nil {
		t.Fatal(err)
	}
	var stored wantedUser
	if err := json.Unmarshal(data, &stored); err != nil || stored.email() != "ana@example.com" || !sameNames(stored, w.get(left)) {
		t.Errorf("the key %s comes back as %v (%v)", data, asJSONText(t, stored), err)
	}
}

func asJSONText(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var _ interface {
	engine.Adapter[*v1alpha1.LookerUser, wantedUser, liveUser]
	engine.Lister[liveUser]
	engine.Finder[wantedUser, liveUser]
	engine.Recoverer[wantedUser, liveUser]
	engine.Rewriter
	engine.Namer[liveUser]
	engine.Completer[wantedUser, liveUser]
	engine.Normalizer[wantedUser, liveUser]
	engine.Recorder[*v1alpha1.LookerUser, wantedUser, liveUser]
	engine.Claimer[wantedUser]
	engine.Guard[wantedUser, liveUser]
	engine.Disabler
	engine.Versioned
	engine.Minter[*v1alpha1.LookerUser]
} = userAdapter{}
