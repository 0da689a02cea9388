package controllers

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

const salesDashboard = "77"

func seedForSchedules(w *enginetest.World) {
	if w.Looker.Row("dashboard", salesDashboard) == nil {
		w.Looker.Put("dashboard", map[string]any{"id": salesDashboard, "title": "Sales", "folder_id": "1"})
	}
	w.Ensure("sftp", map[string]string{"password": "canary-of-sftp"})
}

func schedule() *v1alpha1.LookerSchedule {
	return &v1alpha1.LookerSchedule{
		ObjectMeta: metav1.ObjectMeta{Name: "weekly"},
		Spec: v1alpha1.LookerScheduleSpec{
			Name:        ptr("weekly"),
			DashboardID: ptr(salesDashboard),
			Crontab:     ptr("0 6 * * 1"),
			Destinations: []v1alpha1.ScheduleDestination{
				{Email: &v1alpha1.EmailDestination{Address: "cfo@example.com"}, Format: "wysiwyg_pdf"},
			},
		},
	}
}

func fullSchedule(*enginetest.World) v1alpha1.Object {
	s := schedule()
	s.Spec.Name, s.Spec.Owner = ptr("Weekly sales"), &v1alpha1.UserReference{Email: "operator@example.com"}
	s.Spec.Enabled, s.Spec.Timezone = ptr(true), ptr("Europe/Berlin")
	s.Spec.FiltersString = ptr("?Region=EMEA&Year=2026")
	s.Spec.PDFPaperSize, s.Spec.PDFLandscape = ptr("A4"), ptr(true)
	s.Spec.IncludeLinks, s.Spec.LongTables = ptr(false), ptr(false)
	s.Spec.Destinations = append(s.Spec.Destinations, v1alpha1.ScheduleDestination{
		SFTP: &v1alpha1.SFTPDestination{Address: "sftp://files.example.com/in/", Username: "looker",
			PasswordSecretRef: v1alpha1.SecretKeyReference{Name: "sftp", Key: "password"}},
		Format: "csv_zip", ApplyFormatting: ptr(true),
	})
	return s
}

func TestLookerScheduleConforms(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, suite, enginetest.Case{
		Table:   "scheduled_plan",
		Seed:    seedForSchedules,
		Minimal: func(*enginetest.World) v1alpha1.Object { return schedule() },
		Full:    fullSchedule,
		Row: func(*enginetest.World) map[string]any {
			return map[string]any{"name": "Weekly sales", "crontab": "0 6 * * 1", "enabled": true, "timezone": "Europe/Berlin", "dashboard_id": salesDashboard}
		},
		Verify: func(w *enginetest.World, id string) {
			destinations, _ := w.Looker.Row("scheduled_plan", id)["scheduled_plan_destination"].([]any)
			if len(destinations) != 2 {
				w.Errorf("the destinations are %v", destinations)
			}
		},
		Edit:      func(o v1alpha1.Object) { o.(*v1alpha1.LookerSchedule).Spec.Crontab = ptr("0 7 * * 1") },
		Edited:    map[string]any{"crontab": "0 7 * * 1", "timezone": "Europe/Berlin"},
		Drift:     map[string]any{"timezone": "UTC"},
		Unmanaged: map[string]any{"color_theme": "dark"},
		Release:   func(o v1alpha1.Object) { o.(*v1alpha1.LookerSchedule).Spec.Timezone = nil },
		Twin: func(w *enginetest.World) string {
			return w.Looker.Put("scheduled_plan", map[string]any{
				"name": "weekly", "dashboard_id": salesDashboard, "crontab": "0 6 * * 1", "user_id": w.Looker.OperatorUserID(),
				"scheduled_plan_destination": []any{map[string]any{"type": "email", "address": "cfo@example.com", "format": "wysiwyg_pdf"}},
			})
		},
		CreateOp: "POST /scheduled_plans", UpdateOp: "PATCH /scheduled_plans/{scheduled_plan_id}",
		Canary: "canary-of-sftp", CanaryOp: "POST /scheduled_plans",
		Switches: []lookertest.Switches{{ListsOmitDisabledPlans: true}, {NormalizesFiltersString: true}, {PatchTouchingDestinationsKeepsSecrets: true}, {PlansStartDisabled: true}},
	})
}
