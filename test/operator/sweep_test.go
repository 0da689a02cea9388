package operator

import (
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// sweep compares every kind with Looker once, and returns the calls by operation.
func (w *world) sweep() map[string]int {
	w.Helper()
	inst, _, problem := w.operator.Pool.Get(types.NamespacedName{Namespace: w.namespace, Name: "looker"})
	if inst == nil || problem != nil {
		w.Fatalf("no connection: %v", problem)
	}
	w.looker.ResetCalls()
	for _, kind := range w.operator.Registry.KindNames() {
		if _, err := w.operator.Registry.Sweep(w.Context(), inst, kind); err != nil {
			w.Fatalf("sweep of %s: %v", kind, err)
		}
	}
	time.Sleep(time.Second) // whatever the sweep woke has had its turn
	return w.looker.Calls().ByOperation
}

// manyObjects are 500 users in 3 roles, 200 folders, 100 schedules and a setting.
func (w *world) manyObjects() int {
	w.Helper()
	common := v1alpha1.CommonSpec{InstanceRef: v1alpha1.InstanceReference{Name: "looker"}}
	roles := []string{"Viewer", "Explorer", "Developer"}
	for _, role := range roles {
		w.looker.Put("role", map[string]any{"name": role})
	}
	dashboard := w.looker.Put("dashboard", map[string]any{"title": "Sales", "folder_id": "1"})
	n := 0
	for i := range 500 {
		w.create(&v1alpha1.LookerUser{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("user-%03d", i)},
			Spec: v1alpha1.LookerUserSpec{
				CommonSpec: common,
				Email:      new(fmt.Sprintf("user-%03d@example.com", i)), FirstName: new("User"), LastName: new(fmt.Sprint(i)),
				Roles: &[]v1alpha1.NamedReference{{Name: roles[i%3]}},
			},
		})
		n++
	}
	for i := range 200 {
		w.create(folder(fmt.Sprintf("folder-%03d", i), ""))
		n++
	}
	for i := range 100 {
		w.create(&v1alpha1.LookerSchedule{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("schedule-%03d", i)},
			Spec: v1alpha1.LookerScheduleSpec{
				CommonSpec: common, DashboardID: &dashboard, Crontab: new("0 6 * * 1"),
				Destinations: []v1alpha1.ScheduleDestination{{Email: &v1alpha1.EmailDestination{Address: "cfo@example.com"}, Format: "wysiwyg_pdf"}},
			},
		})
		n++
	}
	w.create(&v1alpha1.LookerSetting{
		ObjectMeta: metav1.ObjectMeta{Name: "setting"},
		Spec: v1alpha1.LookerSettingSpec{
			CommonSpec: common,
			General:    &v1alpha1.GeneralSettings{Timezone: new("Europe/Berlin")},
			Password:   &v1alpha1.PasswordSettings{MinLength: new(int32(12))},
			Session:    &v1alpha1.SessionSettings{SessionMinutes: new(int32(720))},
		},
	})
	return n + 1
}

// 801 objects cost at most twelve calls to compare, and none to restart.
func TestAWholeSweepOfEightHundredObjectsTakesAtMostTwelveCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect()
	n := w.manyObjects()
	w.waitAllReadyWithin(n, 4*time.Minute)
	t.Logf("first apply: %d calls: %v", w.looker.Calls().Total, w.looker.Calls().ByOperation)

	w.requests.reset()
	calls := w.sweep()
	total := 0
	for _, c := range calls {
		total += c
	}
	t.Logf("one sweep of %d objects: %d calls: %v", n, total, calls)
	if total > 12 {
		t.Errorf("%d calls, want at most 12: %v", total, calls)
	}
	if writes := w.requests.writes(); len(writes) != 0 {
		t.Errorf("%d writes to Kubernetes, the first: %v", len(writes), writes[0])
	}

	w.stop()
	w.looker.ResetCalls()
	w.requests.reset()
	w.start()
	w.waitReady("LookerInstance", "looker")
	time.Sleep(5 * time.Second)
	if c := w.looker.Calls(); c.Total != 0 {
		t.Errorf("a restart made %d counted calls: %v", c.Total, c.ByOperation)
	}
	if writes := w.requests.writes(); len(writes) != 0 {
		t.Errorf("a restart made %d writes to Kubernetes, the first: %v", len(writes), writes[0])
	}
	t.Logf("after a restart a sweep takes: %v", w.sweep())
}
