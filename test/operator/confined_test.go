package operator

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/test/manifests"
)

// The documentation says that an operator which watches some namespaces needs no
// rights on the Secrets of others.
func TestAnOperatorOfSomeNamespacesNeedsTheSecretsOfTheseAlone(t *testing.T) {
	t.Parallel()
	w := unstarted(t)
	w.account = "confined-" + w.namespace
	w.grantConfinedRights()
	confined, err := client.New(plane.AsServiceAccount(manifests.Namespace, w.account), client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	var elsewhere corev1.SecretList
	if err := confined.List(t.Context(), &elsewhere, client.InNamespace("default")); !apierrors.IsForbidden(err) {
		t.Fatalf("the account may read Secrets elsewhere: %v", err)
	}
	w.start()
	w.connect()
	w.create(&v1alpha1.LookerUser{
		ObjectMeta: metav1.ObjectMeta{Name: "export"},
		Spec: v1alpha1.LookerUserSpec{
			CommonSpec:     v1alpha1.CommonSpec{InstanceRef: v1alpha1.InstanceReference{Name: "looker"}},
			FirstName:      new("Nightly export"),
			APICredentials: []v1alpha1.APICredential{{Purpose: "export", WriteTo: v1alpha1.SecretTarget{SecretName: "export-key"}}},
		},
	})
	w.waitReady("LookerUser", "export")
	var key corev1.Secret
	if err := admin.Get(t.Context(), client.ObjectKey{Namespace: w.namespace, Name: "export-key"}, &key); err != nil {
		t.Error(err)
	}
	// The Secret's change is seen by a watch.
	w.looker.RotateSecret("another")
	w.looker.ExpireTokens()
	credentials := w.credentials("another")
	if err := admin.Update(t.Context(), credentials); err != nil {
		t.Fatal(err)
	}
	w.create(folder("after", ""))
	w.waitReady("LookerFolder", "after")
	if lines := w.errors.all(); len(lines) > 0 {
		t.Errorf("logged: %q", lines)
	}
}

// grantConfinedRights gives the world's account the rights of the manifests, but
// those on Secrets in its namespace only.
func (w *world) grantConfinedRights() {
	w.Helper()
	objects, err := manifests.Render("config/default")
	if err != nil {
		w.Fatal(err)
	}
	var shipped rbacv1.ClusterRole
	for _, o := range objects {
		if o.GetKind() == "ClusterRole" && o.GetName() == "looker-operator-manager" {
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &shipped); err != nil {
				w.Fatal(err)
			}
		}
	}
	ofSecrets := func(r rbacv1.PolicyRule) bool { return slices.Equal(r.Resources, []string{"secrets"}) }
	name := metav1.ObjectMeta{Name: w.account, Namespace: w.namespace}
	role := &rbacv1.Role{ObjectMeta: name}
	everywhere := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: w.account}}
	for _, rule := range shipped.Rules {
		if ofSecrets(rule) {
			role.Rules = append(role.Rules, rule)
		} else {
			everywhere.Rules = append(everywhere.Rules, rule)
		}
	}
	if len(role.Rules) != 1 || len(everywhere.Rules) == 0 {
		w.Fatalf("the shipped ClusterRole has %d rules on Secrets and %d others", len(role.Rules), len(everywhere.Rules))
	}
	subjects := []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: manifests.Namespace, Name: w.account}}
	for _, o := range []client.Object{
		role, everywhere,
		&rbacv1.RoleBinding{ObjectMeta: name, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: w.account}, Subjects: subjects},
		&rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: w.account},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: w.account}, Subjects: subjects,
		},
	} {
		if err := admin.Create(w.Context(), o); err != nil {
			w.Fatal(err)
		}
	}
}
