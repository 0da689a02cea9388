package controllers

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

var shared = v1alpha1.FolderReference{ID: "1"}

func TestAConnectedInstanceShowsReleaseAndUser(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t, lookertest.WithRelease("25.4"))
	w.WantInstance(metav1.ConditionTrue, ReasonConnected)
	status := w.Instance().Status
	if !strings.HasPrefix(status.Release, "25.4") || status.APIUser == nil || status.APIUser.ID != w.Looker.OperatorUserID() {
		t.Errorf("release %q, user %+v", status.Release, status.APIUser)
	}
	w.WantQuiet("looking at the instance again", func() { w.Start(); w.Settle(); w.Force(5) })
}

// Each of these breaks the connection in another way. Children that have work to
// do say that they wait, those that have none stay Ready, and nothing is lost.
func TestEachBrokenConnectionHasItsOwnReason(t *testing.T) {
	t.Parallel()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html><title>Welcome</title></html>"))
	}))
	t.Cleanup(page.Close)
	gone := hangUp(t)
	setURL := func(url string) func(*enginetest.World) {
		return func(w *enginetest.World) {
			w.EditInstance(func(i *v1alpha1.LookerInstance) { i.Spec.URL = url })
		}
	}
	secret := func(change func(map[string][]byte)) func(*enginetest.World) {
		return func(w *enginetest.World) { editSecret(w, change) }
	}
	for name, tc := range map[string]struct {
		broken func(*enginetest.World)
		reason string
		says   string
	}{
		"wrong credentials":             {secret(func(d map[string][]byte) { d["clientSecret"] = []byte("wrong") }), ReasonCredentialsRejected, "Secret"},
		"a key is missing":              {secret(func(d map[string][]byte) { delete(d, "clientSecret") }), ReasonCredentialsNotFound, "clientSecret"},
		"the Secret is for another URL": {secret(func(d map[string][]byte) { d["url"] = []byte("https://other.example") }), ReasonCredentialsBound, "nothing was sent"},
		"nobody answers":                {setURL(gone), ReasonUnreachable, "cannot be reached"},
		"a web page answers":            {setURL(page.URL), ReasonNotLooker, "spec.url"},
		"there is no Secret": {func(w *enginetest.World) {
			w.EditInstance(func(i *v1alpha1.LookerInstance) { i.Spec.CredentialsSecretRef.Name = "absent" })
		}, ReasonCredentialsNotFound, "absent"},
		"the certificates are none": {func(w *enginetest.World) {
			w.EditInstance(func(i *v1alpha1.LookerInstance) {
				i.Spec.CASecretRef = &v1alpha1.SecretKeyReference{Name: "looker", Key: "clientId"}
			})
		}, ReasonInvalidCA, "PEM"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := suite.NewWorld(t)
			old := folder("old", shared)
			w.Create(old)
			w.Settle()
			w.WantReady(old)
			before := w.Looker.Fingerprint()

			tc.broken(w)
			w.Settle()
			w.WantInstance(metav1.ConditionFalse, tc.reason, tc.says)
			young := folder("young", shared)
			w.Create(young)
			w.Settle()
			w.WantReason(young, engine.ReasonWaitingForInstance, tc.reason)
			w.WantReady(old)
			if w.Looker.Fingerprint() != before {
				t.Error("Looker changed")
			}
			editSecret(w, func(d map[string][]byte) {
				d["clientSecret"] = []byte(w.Looker.ClientSecret())
				delete(d, "url")
			})
			w.EditInstance(func(i *v1alpha1.LookerInstance) {
				i.Spec.URL, i.Spec.CASecretRef, i.Spec.CredentialsSecretRef.Name = w.Looker.URL(), nil, "looker"
			})
			w.Clock.Step(20 * time.Minute)
			w.Settle()
			w.WantReady(young)
			w.WantReady(old)
		})
	}
}

// hangUp returns the URL of a host that ends every connection. (A closed port
// would not do: the next test's server may get it.)
func hangUp(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	return "http://" + l.Addr().String()
}

func editSecret(w *enginetest.World, change func(map[string][]byte)) {
	w.Helper()
	var s corev1.Secret
	if err := w.Admin.Get(w.Context(), types.NamespacedName{Namespace: w.Namespace, Name: "looker"}, &s); err != nil {
		w.Fatal(err)
	}
	change(s.Data)
	if err := w.Admin.Update(w.Context(), &s); err != nil {
		w.Fatal(err)
	}
}

func TestCredentialsAreNeverSentToAnotherAddressThanTheSecretNames(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	asked := 0
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	t.Cleanup(thief.Close)
	editSecret(w, func(d map[string][]byte) { d["url"] = []byte(w.Looker.URL()) })
	w.Settle()
	w.WantInstance(metav1.ConditionTrue, ReasonConnected)
	w.EditInstance(func(i *v1alpha1.LookerInstance) { i.Spec.URL = thief.URL })
	w.Settle()
	w.WantInstance(metav1.ConditionFalse, ReasonCredentialsBound)
	if asked != 0 {
		t.Errorf("the other address was asked %d times", asked)
	}
}

func TestARotatedSecretIsUsedAndTheOldTokenGivenBack(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	w.Looker.RotateSecret("rotated")
	w.Looker.ExpireTokens()
	editSecret(w, func(d map[string][]byte) { d["clientSecret"] = []byte("rotated") })
	f := folder("finance", shared)
	w.Create(f)
	w.Settle()
	w.WantReady(f)
}

func TestAnotherNamespaceUsesAnInstanceOnlyIfItsOwnerSaysSo(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	all := true
	for name, tc := range map[string]struct {
		access *[]v1alpha1.AccessGrant
		ok     bool
	}{
		"no grant":          {nil, false},
		"an empty list":     {&[]v1alpha1.AccessGrant{}, false},
		"another name":      {&[]v1alpha1.AccessGrant{{Namespaces: v1alpha1.AccessNamespaces{Names: []string{"other"}}}}, false},
		"all":               {&[]v1alpha1.AccessGrant{{Namespaces: v1alpha1.AccessNamespaces{All: &all}}}, true},
		"by label":          {&[]v1alpha1.AccessGrant{{Namespaces: v1alpha1.AccessNamespaces{Selector: &v1alpha1.NamespaceSelector{MatchLabels: map[string]string{"team": "bi"}}}}}, true},
		"another kind only": {&[]v1alpha1.AccessGrant{{Namespaces: v1alpha1.AccessNamespaces{All: &all}, Kinds: []string{"LookerUser"}}}, false},
	} {
		t.Log(name)
		ns := suite.Namespace(t, map[string]string{"team": "bi"})
		w.EditInstance(func(i *v1alpha1.LookerInstance) { i.Spec.Access = tc.access })
		w.Settle()
		f := folder("f-"+ns, shared)
		f.Namespace = ns
		f.Spec.InstanceRef = v1alpha1.InstanceReference{Name: "looker", Namespace: w.Namespace}
		if err := w.Admin.Create(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		w.Looker.ResetCalls()
		w.Reconcile("LookerFolder", client.ObjectKeyFromObject(f))
		if tc.ok {
			w.WantReady(f)
			continue
		}
		w.WantReason(f, engine.ReasonNotAllowed, "owner")
		w.WantStalled(f, true)
		if n := w.Looker.Calls().Total; n != 0 {
			t.Errorf("%s: %d calls for an object that is not allowed", name, n)
		}
	}
}

func TestAnInstanceInUseWaitsForItsDependents(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	f := folder("finance", shared)
	w.Create(f)
	w.Settle()
	id := w.ID(f)
	w.Delete(w.Instance())
	w.Settle()
	w.WantInstance(metav1.ConditionFalse, ReasonInUse, "LookerFolder", "finance")
	w.WantReady(f)
	w.Delete(f)
	w.Settle()
	if w.Exists(f) || w.Looker.Row("folder", id) != nil {
		t.Error("the folder could not be deleted while its instance waited")
	}
	w.Settle()
	var i v1alpha1.LookerInstance
	if err := w.Admin.Get(t.Context(), types.NamespacedName{Namespace: w.Namespace, Name: "looker"}, &i); client.IgnoreNotFound(err) != nil || err == nil {
		t.Errorf("the instance is still there: %v", err)
	}
}

func TestAnObjectWithoutInstanceSaysSoAndDeletesWithoutOne(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	f := folder("finance", shared)
	f.Namespace = w.Namespace
	f.Spec.InstanceRef.Name = "absent"
	if err := w.Admin.Create(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	w.WantReason(f, engine.ReasonWaitingForInstance, "absent", "create it")
	w.Delete(f)
	w.Settle()
	if w.Exists(f) {
		t.Error("an object that owns nothing cannot be deleted")
	}
}
