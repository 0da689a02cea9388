package controllers

import (
	"encoding/json"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

func TestTheGuardRefuses(t *testing.T) {
	t.Parallel()
	self := engine.Self{UserID: "1"}
	row := func(change func(*lookerclient.User)) *liveUser {
		u := lookerclient.User{ID: "7", GroupIDs: lookerclient.Set([]lookerclient.ID{"1", "5"}), RoleIDs: lookerclient.Set([]lookerclient.ID{"2", "3"})}
		change(&u)
		return userRow(&u)
	}
	own := func(u *lookerclient.User) { u.ID = "1" }
	roles, all := wantRoles("2"), wantRoles("2", "3", "4")
	disabled := wantedUser{WriteUser: lookerclient.WriteUser{IsDisabled: lookerclient.Set(true)}}
	join, leave := wantedUser{Groups: map[string]bool{"5": true}}, wantedUser{Groups: map[string]bool{"5": false}}
	email := emailKey("new@example.com")
	for _, c := range []struct {
		name  string
		live  *liveUser
		patch *wantedUser
		part  string
	}{
		{"deleting itself", row(own), nil, "operator's own"},
		{"disabling itself", row(own), &disabled, "operator's own"},
		{"taking a role from itself", row(own), &roles, "takes a role from itself"},
		{"taking itself out of a group", row(own), &leave, "itself out of a group"},
		{"embed users", row(func(u *lookerclient.User) {
			u.CredentialsEmbed = lookerclient.Set([]lookerclient.CredentialsEmbed{{ID: "1"}})
		}), &join, "embedding"},
		{"roles that are managed elsewhere", row(func(u *lookerclient.User) { u.RolesExternallyManaged = lookerclient.Set(true) }), &roles, "spec.roles"},
		{"roles where direct ones are off", row(func(u *lookerclient.User) { u.AllowDirectRoles = lookerclient.Set(false) }), &roles, "spec.roles"},
		{"groups where normal ones are off", row(func(u *lookerclient.User) { u.AllowNormalGroupMembership = lookerclient.Set(false) }), &join, "spec.groups"},
		{"the address of single sign-on", row(func(u *lookerclient.User) { u.Email = lookerclient.Set("sso@example.com") }), &email, "sso@example.com"},
		{"", row(own), &all, ""},
		{"", row(own), &join, ""},
		{"", row(func(*lookerclient.User) {}), nil, ""},
		{"", row(func(*lookerclient.User) {}), &disabled, ""},
		{"", row(func(*lookerclient.User) {}), &roles, ""},
		{"", new(liveUser), &disabled, ""},
	} {
		err := userAdapter{}.Guard(self, c.live, c.patch)
		if c.part != "" {
			wantErrorText(t, err, c.part)
		} else if err != nil {
			t.Errorf("what harms nobody is refused: %v", err)
		}
	}
	if err := (userAdapter{}).Guard(engine.Self{}, new(liveUser), &disabled); err != nil {
		t.Errorf("an unknown operator is taken for a new user: %v", err)
	}
}

func TestTheSpecDecidesWhatIsWanted(t *testing.T) {
	t.Parallel()
	none := []v1alpha1.NamedReference{}
	group := func(ids ...string) *[]v1alpha1.NamedReference {
		var refs []v1alpha1.NamedReference
		for _, id := range ids {
			refs = append(refs, v1alpha1.NamedReference{ID: id})
		}
		return &refs
	}
	value := "emea"
	for _, c := range []struct {
		name   string
		change func(*v1alpha1.LookerUser)
		want   string
	}{
		{"nothing set", func(*v1alpha1.LookerUser) {}, `{}`},
		{"no roles", func(u *v1alpha1.LookerUser) { u.Spec.Roles = &none }, `{"roles":{"direct":[]}}`},
		{"roles are a set", func(u *v1alpha1.LookerUser) { u.Spec.Roles = group("3", "2", "3") }, `{"roles":{"direct":["2","3"]}}`},
		{"groups are added", func(u *v1alpha1.LookerUser) { u.Spec.Groups = group("5", "1") }, `{"groups":{"5":true}}`},
		{"claimed groups are left", func(u *v1alpha1.LookerUser) {
			u.Spec.Groups, u.Status.Claims = group("5"), []string{"groups/5", "groups/6"}
		}, `{"groups":{"5":true,"6":false}}`},
		{"groups are released with their list", func(u *v1alpha1.LookerUser) { u.Status.Claims = []string{"groups/6"} }, `{}`},
		{"values", func(u *v1alpha1.LookerUser) {
			u.Spec.AttributeValues = []v1alpha1.UserAttributeValue{{NamedReference: v1alpha1.NamedReference{ID: "20"}, Value: &value}}
		}, `{"attribute_values":{"20":"emea"},"hidden_values":[{"attribute":"20","value":"emea"}]}`},
		{"a secret value", func(u *v1alpha1.LookerUser) {
			u.Spec.AttributeValues = []v1alpha1.UserAttributeValue{{NamedReference: v1alpha1.NamedReference{ID: "20"},
				ValueFrom: &v1alpha1.ValueSource{SecretKeyRef: v1alpha1.SecretKeyReference{Name: "s", Key: "k"}}}}
		}, `{"attribute_values":{"20":"[redacted]"}}`},
	} {
		u := &v1alpha1.LookerUser{ObjectMeta: metav1.ObjectMeta{Name: "ana"}}
		c.change(u)
		in := engine.Inputs{}.WithSecret(v1alpha1.SecretKeyReference{Name: "s", Key: "k"}, lookerclient.NewSecret("hush"))
		for _, ref := range u.References() {
			in = in.WithID(ref.Kind, ref.Target, ref.Target.Value)
		}
		want, err := userAdapter{}.Desired(u, in)
		data, encErr := json.Marshal(want)
		if err != nil || encErr != nil || string(data) != c.want {
			t.Errorf("%s: %s, want %s (%v, %v)", c.name, data, c.want, err, encErr)
		}
	}
}

func TestAnAttributeWithTwoValuesIsInvalid(t *testing.T) {
	t.Parallel()
	value := "x"
	byID := v1alpha1.UserAttributeValue{NamedReference: v1alpha1.NamedReference{ID: "20"}, Value: &value}
	byName := v1alpha1.UserAttributeValue{NamedReference: v1alpha1.NamedReference{Name: "region"}, Value: &value}
	u := &v1alpha1.LookerUser{Spec: v1alpha1.LookerUserSpec{AttributeValues: []v1alpha1.UserAttributeValue{byID, byName}}}
	in := engine.Inputs{}.WithID(v1alpha1.KindUserAttribute, byID.Target(), "20").WithID(v1alpha1.KindUserAttribute, byName.Target(), "20")
	_, err := userAdapter{}.Desired(u, in)
	wantErrorText(t, err, "spec.attributeValues[1]", "attribute 20")
}
