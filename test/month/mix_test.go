package month

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

const namespace = "analytics"

// What 500 objects are: users with a credential, three roles and two attribute
// values each, groups, folders of which a third have an access list of their
// own, schedules, and one setting.
const (
	users     = 300
	groups    = 25
	folders   = 75
	schedules = 99
)

func named(format string, args ...any) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: fmt.Sprintf(format, args...)}
}

func byName(name string) v1alpha1.NamedReference { return v1alpha1.NamedReference{Name: name} }

// seed puts into Looker what the objects refer to by name or id, and returns the
// id of the dashboard.
func seed(looker *lookertest.Server) (dashboard string) {
	for i := range 3 {
		looker.Put("role", map[string]any{"name": fmt.Sprint("Role ", i)})
	}
	for i := range 2 {
		looker.Put("user_attribute", map[string]any{"name": fmt.Sprint("attribute_", i)})
	}
	return looker.Put("dashboard", map[string]any{"title": "Numbers", "folder_id": "1"})
}

func instance(looker *lookertest.Server) (*corev1.Secret, *v1alpha1.LookerInstance) {
	secret := &corev1.Secret{ObjectMeta: named("looker"), Data: map[string][]byte{
		"clientId": []byte(looker.ClientID()), "clientSecret": []byte(looker.ClientSecret()),
	}}
	return secret, &v1alpha1.LookerInstance{ObjectMeta: named("looker"), Spec: v1alpha1.LookerInstanceSpec{
		URL: "http://127.0.0.1:9", CredentialsSecretRef: v1alpha1.LocalSecretReference{Name: "looker"},
	}}
}

func mix(dashboard string) []client.Object {
	common := v1alpha1.CommonSpec{InstanceRef: v1alpha1.InstanceReference{Name: "looker"}}
	var out []client.Object
	for i := range users {
		out = append(out, &v1alpha1.LookerUser{ObjectMeta: named("user-%03d", i), Spec: v1alpha1.LookerUserSpec{
			CommonSpec: common, Email: new(fmt.Sprintf("user-%03d@example.com", i)), FirstName: new("User"), LastName: new(fmt.Sprint(i)),
			Roles: &[]v1alpha1.NamedReference{byName("Role 0"), byName("Role 1"), byName("Role 2")},
			AttributeValues: []v1alpha1.UserAttributeValue{
				{NamedReference: byName("attribute_0"), Value: new(fmt.Sprint("a", i))}, {NamedReference: byName("attribute_1"), Value: new(fmt.Sprint("b", i))},
			},
		}})
	}
	for i := range groups {
		out = append(out, &v1alpha1.LookerGroup{ObjectMeta: named("group-%02d", i), Spec: v1alpha1.LookerGroupSpec{CommonSpec: common}})
	}
	for i := range folders {
		out = append(out, folder(common, i))
	}
	for i := range schedules {
		out = append(out, &v1alpha1.LookerSchedule{ObjectMeta: named("schedule-%02d", i), Spec: v1alpha1.LookerScheduleSpec{
			CommonSpec: common, DashboardID: &dashboard, Crontab: new("0 6 * * 1"),
			Destinations: []v1alpha1.ScheduleDestination{{Format: "wysiwyg_pdf", Email: &v1alpha1.EmailDestination{Address: "team@example.com"}}},
		}})
	}
	return append(out, &v1alpha1.LookerSetting{ObjectMeta: named("setting"), Spec: v1alpha1.LookerSettingSpec{
		CommonSpec: common, Password: &v1alpha1.PasswordSettings{MinLength: new(int32(14))},
	}})
}

// folder is one of a tree three deep: the first five are below Shared.
func folder(common v1alpha1.CommonSpec, i int) *v1alpha1.LookerFolder {
	f := &v1alpha1.LookerFolder{ObjectMeta: named("folder-%02d", i), Spec: v1alpha1.LookerFolderSpec{CommonSpec: common}}
	switch {
	case i < 5:
		f.Spec.Parent = v1alpha1.FolderReference{Path: "Shared"}
	case i < 20:
		f.Spec.Parent = v1alpha1.FolderReference{Ref: fmt.Sprintf("folder-%02d", i%5)}
	default:
		f.Spec.Parent = v1alpha1.FolderReference{Ref: fmt.Sprintf("folder-%02d", 5+i%15)}
	}
	if i%3 == 0 {
		f.Spec.Access = &v1alpha1.FolderAccess{Grants: []v1alpha1.FolderGrant{
			{Group: &v1alpha1.NamedReference{Ref: fmt.Sprintf("group-%02d", i%groups)}, Permission: "View"},
			{Group: &v1alpha1.NamedReference{Ref: fmt.Sprintf("group-%02d", (i+1)%groups)}, Permission: "Edit"},
			{User: &v1alpha1.UserReference{Ref: fmt.Sprintf("user-%03d", i)}, Permission: "View"},
		}}
	}
	return f
}
