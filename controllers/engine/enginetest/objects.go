package enginetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// Create applies an object as its user. Its namespace is the world's.
func (w *World) Create(o client.Object) {
	w.Helper()
	o.SetNamespace(w.Namespace)
	if x, ok := o.(v1alpha1.Object); ok {
		spec, _ := x.Common()
		spec.InstanceRef.Name = "looker"
	}
	if err := w.Admin.Create(w.Context(), o); err != nil {
		w.Fatalf("create %T %s: %v", o, o.GetName(), err)
	}
}

// Ensure makes a Secret, or leaves the one that is there.
func (w *World) Ensure(name string, data map[string]string) {
	w.Helper()
	err := w.Admin.Create(w.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: w.Namespace, Name: name}, StringData: data})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		w.Fatal(err)
	}
}

// Instance reads the world's LookerInstance.
func (w *World) Instance() *v1alpha1.LookerInstance {
	w.Helper()
	var inst v1alpha1.LookerInstance
	if err := w.Admin.Get(w.Context(), client.ObjectKey{Namespace: w.Namespace, Name: "looker"}, &inst); err != nil {
		w.Fatal(err)
	}
	return &inst
}

// EditInstance changes the world's LookerInstance as its owner.
func (w *World) EditInstance(change func(*v1alpha1.LookerInstance)) {
	w.Helper()
	inst := w.Instance()
	before := inst.DeepCopy()
	change(inst)
	if err := w.Admin.Patch(w.Context(), inst, client.MergeFrom(before)); err != nil {
		w.Fatal(err)
	}
}

// WantInstance fails unless the LookerInstance is Ready or not, for a reason.
func (w *World) WantInstance(status metav1.ConditionStatus, reason string, parts ...string) {
	w.Helper()
	ready := meta.FindStatusCondition(w.Instance().Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil || ready.Status != status || ready.Reason != reason {
		w.Fatalf("the instance is %+v, want %s %s", ready, status, reason)
	}
	for _, part := range parts {
		if !strings.Contains(ready.Message, part) {
			w.Errorf("message %q does not contain %q", ready.Message, part)
		}
	}
}

// Refresh reads an object again.
func (w *World) Refresh(o v1alpha1.Object) {
	w.Helper()
	if err := w.Admin.Get(w.Context(), client.ObjectKeyFromObject(o), o); err != nil {
		w.Fatal(err)
	}
}

// Exists reports whether an object is still there.
func (w *World) Exists(o v1alpha1.Object) bool {
	w.Helper()
	err := w.Admin.Get(w.Context(), client.ObjectKeyFromObject(o), o)
	if client.IgnoreNotFound(err) != nil {
		w.Fatal(err)
	}
	return err == nil
}

// Edit changes an object as its user.
func (w *World) Edit(o v1alpha1.Object, change func()) {
	w.Helper()
	w.Refresh(o)
	before := o.DeepCopyObject().(client.Object)
	change()
	if err := w.Admin.Patch(w.Context(), o, client.MergeFrom(before)); err != nil {
		w.Fatalf("edit %s: %v", o.GetName(), err)
	}
}

// Delete deletes an object as its user.
func (w *World) Delete(o client.Object) {
	w.Helper()
	if err := w.Admin.Delete(w.Context(), o); err != nil {
		w.Fatal(err)
	}
}

// ID is the Looker id of an object.
func (w *World) ID(o v1alpha1.Object) string {
	w.Helper()
	w.Refresh(o)
	_, status := o.Common()
	return status.ID
}

// WantReady fails unless the object is Ready, and exactly that, for its
// generation.
func (w *World) WantReady(o v1alpha1.Object) {
	w.Helper()
	w.Refresh(o)
	_, status := o.Common()
	ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	if ready == nil || ready.Status != metav1.ConditionTrue || ready.ObservedGeneration != o.GetGeneration() {
		w.Fatalf("%s %s is not Ready: %s (%v)", kindOf(o), o.GetName(), describe(status), w.Looker.Calls().ByOperation)
	}
	for _, abnormal := range []string{v1alpha1.ConditionStalled, v1alpha1.ConditionReconciling} {
		if meta.IsStatusConditionTrue(status.Conditions, abnormal) {
			w.Errorf("%s is true beside Ready", abnormal)
		}
	}
}

// WantReason fails unless Ready is not True for the given reason, and its
// message contains all the parts.
func (w *World) WantReason(o v1alpha1.Object, reason string, parts ...string) {
	w.Helper()
	w.Refresh(o)
	_, status := o.Common()
	ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	if ready == nil || ready.Status == metav1.ConditionTrue || ready.Reason != reason {
		w.Fatalf("%s %s: %s; want reason %s", kindOf(o), o.GetName(), describe(status), reason)
	}
	for _, part := range parts {
		if !strings.Contains(ready.Message, part) {
			w.Errorf("message %q does not contain %q", ready.Message, part)
		}
	}
}

// WantStalled fails unless the object is stalled (or not) as kstatus reads it.
func (w *World) WantStalled(o v1alpha1.Object, want bool) {
	w.Helper()
	w.Refresh(o)
	_, status := o.Common()
	if got := meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionStalled); got != want {
		w.Errorf("Stalled is %v: %s", got, describe(status))
	}
	if got := meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReconciling); got == want {
		w.Errorf("Reconciling is %v: %s", got, describe(status))
	}
}

// WantRow compares fields of a row in Looker.
func (w *World) WantRow(table, id string, want map[string]any) {
	w.Helper()
	row := w.Looker.Row(table, id)
	if row == nil {
		w.Fatalf("Looker has no %s %q", table, id)
	}
	for k, v := range want {
		if got := asJSON(row[k]); !reflect.DeepEqual(got, asJSON(v)) {
			w.Errorf("%s of %s %s is %v in Looker, want %v", k, table, id, got, v)
		}
	}
}

func asJSON(v any) any {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		return err.Error()
	}
	return out
}

// WantQuiet fails if f causes a counted call to Looker or a write to Kubernetes.
func (w *World) WantQuiet(what string, f func()) {
	w.Helper()
	w.mu.Lock()
	writes := w.writes
	w.mu.Unlock()
	w.Looker.ResetCalls()
	f()
	if calls := w.Looker.Calls(); calls.Total != 0 {
		w.Errorf("%s made %d calls to Looker: %v", what, calls.Total, calls.ByOperation)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.writes != writes {
		w.Errorf("%s made %d writes to Kubernetes", what, w.writes-writes)
	}
}

// LookerWrites counts the calls that change Looker.
func (w *World) LookerWrites() int {
	n := 0
	for _, call := range w.Looker.Calls().Log {
		if call.Method != http.MethodGet && call.Class != "none" {
			n++
		}
	}
	return n
}

// Events returns the notes of all events so far, as "Reason: note".
func (w *World) Events() []string { return w.events.all() }

type recorder struct {
	mu   sync.Mutex
	list []string
}

// Eventf implements events.EventRecorder.
func (r *recorder) Eventf(_, _ runtime.Object, _, reason, _, note string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, reason+": "+fmt.Sprintf(note, args...))
}

func (r *recorder) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.list...)
}

// SecretData returns the data of a Secret, empty if there is none.
func (w *World) SecretData(name string) map[string]string {
	w.Helper()
	var s corev1.Secret
	if err := w.Admin.Get(w.Context(), client.ObjectKey{Namespace: w.Namespace, Name: name}, &s); client.IgnoreNotFound(err) != nil {
		w.Fatal(err)
	}
	out := map[string]string{}
	for k, v := range s.Data {
		out[k] = string(v)
	}
	return out
}
