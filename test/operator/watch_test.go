package operator

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

func TestARefWaitsForItsTargetByWatchAndNotByPolling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect()
	w.create(folder("child", "parent"))
	w.waitReason("LookerFolder", "child", "WaitingForReference")
	w.waitQuiet()
	w.looker.ResetCalls()
	w.requests.reset()
	w.pause(3 * time.Second)
	if calls := w.looker.Calls(); len(calls.Log) > 0 {
		t.Errorf("waiting made %d calls to Looker: %v", len(calls.Log), calls.ByOperation)
	}
	// Watches end and are renewed; anything else would be polling.
	polls := w.requests.matching(func(q request) bool {
		return !strings.Contains(q.query, "watch=true") && !strings.HasSuffix(q.path, "/events")
	})
	if len(polls) > 0 {
		t.Errorf("waiting made requests to the API server: %v", polls)
	}
	w.create(folder("parent", ""))
	w.waitReadyWithin(5*time.Second, "LookerFolder", "parent", "child")
	if got, want := w.looker.Row("folder", w.folder("child").Status.ID)["parent_id"], w.folder("parent").Status.ID; got != want {
		t.Errorf("the child is in folder %v, not in %s", got, want)
	}
}

func TestAnInstanceCreatedAfterItsObjectsWakesThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create(folder("early", ""))
	w.waitReason("LookerFolder", "early", "WaitingForInstance")
	w.create(w.instance("looker", w.looker))
	w.waitReason("LookerInstance", "looker", "CredentialsNotFound")
	w.create(w.credentials(w.looker.ClientSecret()))
	w.waitReadyWithin(5*time.Second, "LookerInstance", "looker")
	w.waitReadyWithin(5*time.Second, "LookerFolder", "early")
}

func TestWrongCredentialsAreNamedAndHealWithTheSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create(w.credentials("wrong"))
	w.create(w.instance("looker", w.looker))
	w.create(folder("patient", ""))
	w.waitReason("LookerInstance", "looker", "CredentialsRejected")
	w.waitReason("LookerFolder", "patient", "WaitingForInstance")
	if message := ready(w.get("LookerFolder", "patient")).Message; !strings.Contains(message, "CredentialsRejected") {
		t.Errorf("the folder does not say what is wrong with its instance: %s", message)
	}
	w.waitQuiet()
	if n := w.looker.Calls().ByOperation["POST /login"]; n != 1 {
		t.Errorf("the rejected API key was tried %d times, which may lock it", n)
	}
	secret := w.credentials("")
	if err := admin.Get(t.Context(), client.ObjectKeyFromObject(secret), secret); err != nil {
		t.Fatal(err)
	}
	w.edit(secret, func() { secret.Data["clientSecret"] = []byte(w.looker.ClientSecret()) })
	w.waitReadyWithin(5*time.Second, "LookerInstance", "looker")
	w.waitReadyWithin(5*time.Second, "LookerFolder", "patient")
}

func TestSecretRotationIsNoticedThoughNoSecretIsCached(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect()
	w.create(folder("before", ""))
	w.waitReady("LookerFolder", "before")
	w.waitQuiet()

	w.looker.RotateSecret("rotated")
	w.looker.ExpireTokens()
	w.looker.ResetCalls()
	secret := w.credentials("")
	if err := admin.Get(t.Context(), client.ObjectKeyFromObject(secret), secret); err != nil {
		t.Fatal(err)
	}
	w.edit(secret, func() { secret.Data["clientSecret"] = []byte("rotated") })
	w.within(5*time.Second, "the new secret is used", func() (bool, string) {
		log := w.looker.Calls().Log
		return slices.ContainsFunc(log, func(c lookerCall) bool {
			return c.Operation == "POST /login" && c.Status == http.StatusOK && strings.Contains(c.CallBody, "rotated")
		}), "calls so far: " + operations(log)
	})
	w.create(folder("after", ""))
	w.waitReady("LookerFolder", "after")

	lists := w.requests.matching(func(q request) bool { return q.list("secrets") })
	if len(lists) == 0 {
		t.Error("Secrets are not watched")
	}
	for _, q := range lists {
		if !q.metadataOnly() {
			t.Errorf("Secrets are listed with their data: %s, accepting %q", q, q.accept)
		}
	}
}

func TestEachChangeIsOneEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect()
	w.create(folder("report", ""))
	w.waitReady("LookerFolder", "report")
	f := w.folder("report")
	w.edit(f, func() { f.Spec.Name = new("Reports") })
	w.waitReady("LookerFolder", "report")
	w.edit(f, func() { f.Labels = map[string]string{"no": "change"} })
	w.delete(f)
	w.waitGone(soon, "LookerFolder", "report")

	want := map[string]int{"Created": 1, "Updated": 1, "Deleted": 1}
	var got map[string]int
	w.within(soon, "the events are written", func() (bool, string) {
		got = w.events("report")
		return got["Deleted"] > 0, ""
	})
	w.pause(500 * time.Millisecond) // for one too many
	got = w.events("report")
	for reason, n := range want {
		if got[reason] != n {
			t.Errorf("%d events %s, want %d", got[reason], reason, n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the events are %v", got)
	}
}

// events counts the events about an object by their reason.
func (w *world) events(name string) map[string]int {
	w.Helper()
	var list eventsv1.EventList
	if err := admin.List(w.Context(), &list, client.InNamespace(w.namespace)); err != nil {
		w.Fatal(err)
	}
	out := map[string]int{}
	for _, e := range list.Items {
		if e.Regarding.Name != name {
			continue
		}
		if e.ReportingController != "looker-operator" {
			w.Errorf("event %s is reported by %q", e.Reason, e.ReportingController)
		}
		n := 1
		if e.Series != nil {
			n = int(e.Series.Count)
		}
		out[e.Reason] += n
	}
	return out
}

func TestARequestedReconcileReadsLookerAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect()
	w.create(folder("report", ""))
	w.waitReady("LookerFolder", "report")
	w.waitQuiet()
	f := w.folder("report")
	w.looker.Set("folder", f.Status.ID, map[string]any{"name": "by hand"})
	const request = "2026-11-23T12:00:00Z"
	w.edit(f, func() { f.Annotations = map[string]string{v1alpha1.AnnotationReconcileRequest: request} })
	w.within(2*time.Second, "the name is put back and the request is noted", func() (bool, string) {
		f = w.folder("report")
		name := w.looker.Row("folder", f.Status.ID)["name"]
		return name == "report" && f.Status.HandledReconcileRequest == request && ready(f).Status == metav1.ConditionTrue, describe(f)
	})
}
