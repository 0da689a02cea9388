package enginetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

func failing(operation string, status int, body string) lookertest.Fault {
	return lookertest.Fault{Operation: operation, Status: status, Body: body}
}

// refusals: each class of error has its reason, no hot loop, and an end when
// Looker changes its mind.
func refusals(w *World, c Case) {
	op := c.CreateOp
	if c.Singleton {
		op = c.UpdateOp
	}
	type refusal struct {
		fault   lookertest.Fault
		reason  string
		message string
		stalled bool
	}
	table := []refusal{
		{failing(op, 422, `{"message":"Validation Failed","errors":[{"field":"somefield","code":"invalid","message":"is not to Looker's liking"}]}`), engine.ReasonRejected, "is not to Looker's liking", true},
		{failing(op, 400, `{"message":"Bad request, says Looker"}`), engine.ReasonRejected, "says Looker", true},
		{failing(op, 403, `{"message":"Forbidden, says Looker"}`), engine.ReasonForbidden, "says Looker", true},
		{failing(op, 403, `{"message":"Unsupported in Looker (Google Cloud core)"}`), engine.ReasonUnsupported, "Google Cloud core", true},
		{failing(op, 405, `{"message":"Resource Can't Be Modified"}`), engine.ReasonNotModifiable, "Can't Be Modified", true},
		{lookertest.Fault{Operation: op, Status: 429, RetryAfter: "7"}, engine.ReasonRateLimited, "", false},
		{lookertest.Fault{Operation: op, Status: 503}, engine.ReasonLookerUnavailable, "", false},
		{lookertest.Fault{Operation: op, Status: 502, HTML: true}, engine.ReasonLookerUnavailable, "", false},
	}
	if !c.Singleton {
		table = append(table, refusal{failing(op, 404, `{"message":"Not found"}`), engine.ReasonLookerError, "may not make", false})
	}
	c.seed(w)
	o := c.Full(w)
	for i, row := range table {
		clear := w.Looker.Inject(row.fault)
		if i == 0 {
			w.Create(o)
		} else {
			w.Clock.Step(2 * time.Hour)
		}
		w.Looker.ResetCalls()
		w.Round()
		w.WantReason(o, row.reason, row.message)
		w.WantStalled(o, row.stalled)
		if n := w.LookerWrites(); n > 3 {
			w.Errorf("%d writes in one pass at status %d", n, row.fault.Status)
		}
		clear()
	}
	w.Clock.Step(2 * time.Hour)
	w.Settle()
	w.WantReady(o)
	w.WantRow(c.Table, c.rowID(w, o), c.Row(w))
}

// failedRead: one 503 while reading wipes nothing; neither does an answer that
// breaks off, nor a web page in its place.
func failedRead(w *World, c Case) {
	o := c.apply(w, c.Full)
	before := w.Looker.Fingerprint()
	for _, fault := range []lookertest.Fault{{Status: 503}, {Truncate: true}, {HTML: true}, {Status: 404, Body: "<html>not here</html>"}} {
		fault.Match = func(r *http.Request) bool { return r.Method == http.MethodGet }
		clear := w.Looker.Inject(fault)
		if errs := w.TrySweep(); len(errs) == 0 {
			w.Errorf("%+v: the sweep did not notice", fault)
		}
		w.Settle()
		clear()
		if w.Looker.Fingerprint() != before {
			w.Fatalf("%+v: Looker was changed after a failed read", fault)
		}
		w.Clock.Step(20 * time.Second)
		w.Force(1) // the instance asks again, and the breaker closes
	}
	w.Looker.ResetCalls()
	w.Sweep()
	w.WantReady(o)
	if n := w.LookerWrites(); n != 0 {
		w.Errorf("%d writes although nothing differs", n)
	}
}

// maxEffects bounds the crash check: no kind needs so many.
const maxEffects = 60

// crashes: the process is stopped after its first effect, after its second, and
// so on; a new one always ends in the same state.
func crashes(w *World, c Case) {
	c.seed(w)
	rows := len(w.Looker.Rows(c.Table))
	for n := 1; n <= maxEffects; n++ {
		o := c.Full(w)
		w.CrashAfter(n)
		w.Create(o)
		w.Settle()
		crashed := w.Crashed()
		w.Start()
		w.patiently()
		w.WantReady(o)
		w.WantRow(c.Table, c.rowID(w, o), c.Row(w))
		want := rows + 1
		if c.Singleton {
			want = rows
		}
		if got := len(w.Looker.Rows(c.Table)); got != want {
			w.Fatalf("stopped after effect %d: Looker has %d rows of %s, want %d", n, got, c.Table, want)
		}
		w.reset(c, o)
		if !crashed {
			w.Logf("%d effects", n-1)
			return
		}
	}
	w.Fatalf("more than %d effects", maxEffects)
}

// reset removes an object and its resource, for the next round of a check.
func (w *World) reset(c Case, o v1alpha1.Object) {
	w.Helper()
	id := w.ID(o)
	w.setDeletion(o, v1alpha1.DeletionOrphan)
	w.Delete(o)
	w.Settle()
	if w.Exists(o) {
		w.Fatalf("%s is still there", o.GetName())
	}
	for _, s := range w.collectGarbage() {
		if metav1.IsControlledBy(&s, o) {
			w.Errorf("Secret %s still belongs to an object that was orphaned", s.Name)
		}
	}
	if c.Singleton {
		w.Looker.ResetState()
		c.seed(w)
		w.Start()
	} else {
		w.Looker.Remove(c.Table, id)
		w.Sweep()
	}
	w.Settle()
}

// collectGarbage deletes the Secrets that the operator wrote for objects, as the
// cluster's garbage collector does when these are gone, and returns them.
func (w *World) collectGarbage() []corev1.Secret {
	w.Helper()
	var secrets corev1.SecretList
	written := client.MatchingLabels{"app.kubernetes.io/managed-by": "looker-operator"}
	if err := w.Admin.List(w.Context(), &secrets, client.InNamespace(w.Namespace), written); err != nil {
		w.Fatal(err)
	}
	for i := range secrets.Items {
		w.Delete(&secrets.Items[i])
	}
	return secrets.Items
}

// patiently settles, letting the times pass that the operator waits for.
func (w *World) patiently() {
	w.Helper()
	for range 4 {
		w.Settle()
		w.Clock.Step(time.Minute + time.Second)
	}
	w.Settle()
}

func lostAnswer(w *World, c Case) {
	for _, fault := range []lookertest.Fault{
		{Operation: c.CreateOp, Drop: true, AfterEffect: true, Times: 1},
		{Operation: c.CreateOp, Status: 500, AfterEffect: true, Times: 1},
		{Operation: c.CreateOp, Status: 504, AfterEffect: true, Times: 1, HTML: true},
		{Operation: c.CreateOp, Drop: true, Times: 1},
		{Operation: c.CreateOp, Truncate: true, Times: 1},
	} {
		c.seed(w)
		rows := len(w.Looker.Rows(c.Table))
		clear := w.Looker.Inject(fault)
		o := c.Full(w)
		w.Create(o)
		w.patiently()
		w.WantReady(o)
		if got := len(w.Looker.Rows(c.Table)); got != rows+1 {
			w.Fatalf("%+v: %d resources, want 1", fault, got-rows)
		}
		clear()
		w.reset(c, o)
	}
}

func readAfterWrite(w *World, c Case) {
	w.Looker.SetReadAfterWrite404(3)
	c.seed(w)
	rows := len(w.Looker.Rows(c.Table))
	o := c.Full(w)
	w.Create(o)
	w.patiently()
	w.WantReady(o)
	if got := len(w.Looker.Rows(c.Table)); got != rows+1 {
		w.Errorf("%d resources, want 1", got-rows)
	}
}

func dump(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%+v", v)
	}
	return string(data)
}

// setSpec copies the spec of one object to another of its kind.
func setSpec(to, from v1alpha1.Object) {
	spec, _ := to.Common()
	ref := spec.InstanceRef
	reflect.ValueOf(to).Elem().FieldByName("Spec").Set(reflect.ValueOf(from).Elem().FieldByName("Spec"))
	spec, _ = to.Common()
	spec.InstanceRef = ref
}

// SetCredentials changes the client secret that the operator uses.
func (w *World) SetCredentials(secret string) {
	w.Helper()
	var s corev1.Secret
	if err := w.Admin.Get(w.Context(), types.NamespacedName{Namespace: w.Namespace, Name: "looker"}, &s); err != nil {
		w.Fatal(err)
	}
	s.Data["clientSecret"] = []byte(secret)
	if err := w.Admin.Update(w.Context(), &s); err != nil {
		w.Fatal(err)
	}
}
