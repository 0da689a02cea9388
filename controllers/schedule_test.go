package controllers

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// startLooker returns a mock Looker and a client that is logged in lazily.
func startLooker(t *testing.T, opts ...lookertest.Option) (*lookertest.Server, *lookerclient.Client) {
	t.Helper()
	looker := lookertest.Start(t, opts...)
	c, err := lookerclient.New(looker.URL(), lookerclient.Credentials{
		ClientID: looker.ClientID(), ClientSecret: lookerclient.NewSecret(looker.ClientSecret()),
	})
	if err != nil {
		t.Fatal(err)
	}
	return looker, c
}

func ptr[T any](v T) *T { return &v }

// jsonOf is v as JSON decodes it, as the engine compares it: secrets redacted.
func jsonOf(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// contains reports whether live has all that want asks for.
func contains(want, live any) bool {
	switch w := want.(type) {
	case map[string]any:
		l, ok := live.(map[string]any)
		for k, v := range w {
			ok = ok && contains(v, l[k])
		}
		return ok
	case []any:
		l, _ := live.([]any)
		return slices.EqualFunc(w, l, contains)
	case string:
		return w == live || w == "" && live == nil || w == lookerclient.Redacted && live != false
	}
	return reflect.DeepEqual(want, live)
}

func planAgrees(t *testing.T, want wantedPlan, live *livePlan) bool {
	t.Helper()
	l := *live
	scheduleAdapter{}.Normalize(&want, &l)
	return contains(jsonOf(t, want), jsonOf(t, l))
}

func scheduleOf(spec v1alpha1.LookerScheduleSpec) *v1alpha1.LookerSchedule {
	return &v1alpha1.LookerSchedule{ObjectMeta: metav1.ObjectMeta{Name: "weekly"}, Spec: spec}
}

func mailTo(address string) v1alpha1.ScheduleDestination {
	return v1alpha1.ScheduleDestination{Email: &v1alpha1.EmailDestination{Address: address}, Format: "wysiwyg_pdf"}
}

var sftpPassword = v1alpha1.SecretKeyReference{Name: "files", Key: "password"}

const sftpSecret = "hunter2-canary"

func sftp() v1alpha1.ScheduleDestination {
	return v1alpha1.ScheduleDestination{Format: "csv_zip", SFTP: &v1alpha1.SFTPDestination{
		Address: "sftp://files.example.com/in/", Username: "looker", PasswordSecretRef: sftpPassword,
	}}
}

func scheduleInputs() engine.Inputs {
	return engine.Inputs{}.WithSecret(sftpPassword, lookerclient.NewSecret(sftpSecret))
}

func desiredPlan(t *testing.T, s *v1alpha1.LookerSchedule) wantedPlan {
	t.Helper()
	want, err := scheduleAdapter{}.Desired(s, scheduleInputs())
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// createdPlan creates the plan of a spec in a new Looker.
func createdPlan(t *testing.T, spec v1alpha1.LookerScheduleSpec, opts ...lookertest.Option) (*lookertest.Server, *lookerclient.Client, wantedPlan, *livePlan) {
	t.Helper()
	looker, c := startLooker(t, opts...)
	looker.Put("dashboard", map[string]any{"id": "77", "title": "Sales"})
	looker.Put("look", map[string]any{"id": "88", "title": "Orders"})
	want := desiredPlan(t, scheduleOf(spec))
	live, err := scheduleAdapter{}.Create(t.Context(), c, want)
	if err != nil {
		t.Fatal(err)
	}
	return looker, c, want, live
}

func weekly(destinations ...v1alpha1.ScheduleDestination) v1alpha1.LookerScheduleSpec {
	return v1alpha1.LookerScheduleSpec{DashboardID: ptr("77"), Crontab: ptr("0 6 * * 1"), Destinations: destinations}
}

func lastBody(t *testing.T, looker *lookertest.Server, method string) map[string]any {
	t.Helper()
	log := looker.Calls().Log
	for i := len(log) - 1; i >= 0; i-- {
		if log[i].Method == method && !strings.HasPrefix(log[i].Path, "/login") {
			var body map[string]any
			if err := json.Unmarshal([]byte(log[i].CallBody), &body); err != nil {
				t.Fatal(err)
			}
			return body
		}
	}
	t.Fatalf("no %s was sent", method)
	return nil
}

func TestAFullScheduleReadsBackAsItWasSentUnderEveryAssumption(t *testing.T) {
	t.Parallel()
	spec := weekly(mailTo("Ana@Example.com"), sftp(),
		v1alpha1.ScheduleDestination{Format: "inline_json", Webhook: &v1alpha1.WebhookDestination{URL: ptr("https://hooks.example.com/x")}},
		v1alpha1.ScheduleDestination{Format: "csv_zip", S3: &v1alpha1.S3Destination{BucketPath: "s3://b/p/", Region: "eu-central-1", AccessKeyID: "AKIA", SecretAccessKeySecretRef: sftpPassword}},
		v1alpha1.ScheduleDestination{Format: "wysiwyg_png", ApplyVis: ptr(false), Integration: &v1alpha1.IntegrationDestination{
			ID: "1::slack", Parameters: map[string]string{"channel": "#sales", "b": "2"},
			SecretParametersFrom: []v1alpha1.SecretParameter{{Name: "token", SecretKeyRef: sftpPassword}}}})
	spec.Owner = nil
	spec.Enabled, spec.Timezone = ptr(true), ptr("America/Los_Angeles")
	spec.FiltersString = ptr("Year=2026&Region=Asia%20Pacific,EMEA&Empty=")
	spec.IncludeLinks, spec.LongTables, spec.PDFLandscape, spec.PDFPageBreaks = ptr(false), ptr(true), ptr(true), ptr(false)
	spec.PDFPaperSize, spec.InlineTableWidth, spec.TabIDs = ptr("A4"), ptr(int32(900)), &[]string{"2", "1"}
	spec.IncludeDashboardSummary = ptr(true)
	for name, sw := range lookertest.Variants() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c, want, live := createdPlan(t, spec, lookertest.WithSwitches(sw))
			if !planAgrees(t, want, live) {
				t.Errorf("the answer differs:\nwant %v\nlive %v", jsonOf(t, want), jsonOf(t, live))
			}
			read, err := scheduleAdapter{}.Get(t.Context(), c, string(live.ID))
			if err != nil || !planAgrees(t, want, read) {
				t.Errorf("the read differs: %v, %v", jsonOf(t, read), err)
			}
		})
	}
}

func TestWhatAScheduleLeavesOutIsNotCompared(t *testing.T) {
	t.Parallel()
	for name, sw := range lookertest.Variants() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			looker, c, want, live := createdPlan(t, weekly(mailTo("ana@example.com")), lookertest.WithSwitches(sw))
			looker.Set("scheduled_plan", string(live.ID), map[string]any{"timezone": "UTC", "enabled": false, "include_links": false, "filters_string": "?a=b", "require_results": true})
			read, err := scheduleAdapter{}.Get(t.Context(), c, string(live.ID))
			if err != nil || !planAgrees(t, want, read) {
				t.Errorf("Looker's defaults count as drift: %v, %v", jsonOf(t, read), err)
			}
		})
	}
}

func TestAChangedDestinationTakesTheWholeListWithItsSecretsAlong(t *testing.T) {
	t.Parallel()
	for _, keeps := range []bool{false, true} {
		looker, c, want, live := createdPlan(t, weekly(mailTo("ana@example.com"), sftp()),
			lookertest.WithSwitches(lookertest.Switches{PatchTouchingDestinationsKeepsSecrets: keeps}))
		looker.Set("scheduled_plan", string(live.ID), map[string]any{"scheduled_plan_destination": []any{map[string]any{"id": "9", "type": "email", "address": "eve@example.com", "format": "wysiwyg_pdf"}}})
		live, err := scheduleAdapter{}.Get(t.Context(), c, string(live.ID))
		if err != nil || planAgrees(t, want, live) {
			t.Fatalf("the drift was not seen: %v", err)
		}
		live, err = scheduleAdapter{}.Update(t.Context(), c, live, wantedPlan{Destinations: want.Destinations})
		if err != nil || !planAgrees(t, want, live) {
			t.Fatalf("still different: %v", err)
		}
		list := looker.Row("scheduled_plan", string(live.ID))["scheduled_plan_destination"].([]any)
		secrets := 0
		for _, d := range list {
			if d.(map[string]any)["secret_parameters"] == `{"password":"`+sftpSecret+`"}` {
				secrets++
			}
		}
		if len(list) != 2 || secrets != 1 {
			t.Errorf("keeps %v: Looker has %v", keeps, list)
		}
	}
}

func TestSecretsOfDestinationsAreRedactedInTheDesiredState(t *testing.T) {
	t.Parallel()
	hook := v1alpha1.SecretKeyReference{Name: "hook", Key: "url"}
	s := scheduleOf(weekly(sftp(), v1alpha1.ScheduleDestination{Format: "inline_json", Webhook: &v1alpha1.WebhookDestination{URLFrom: &v1alpha1.ValueSource{SecretKeyRef: hook}}}))
	want, err := scheduleAdapter{}.Desired(s, scheduleInputs().WithSecret(hook, lookerclient.NewSecret("https://hooks.example.com/canary")))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(want)
	if err != nil || strings.Contains(string(text), "canary") || strings.Count(string(text), lookerclient.Redacted) != 2 {
		t.Errorf("%s, %v", text, err)
	}
	if carries := (scheduleAdapter{}).CreateCarries(); !reflect.DeepEqual(carries, []string{"scheduled_plan_destination"}) {
		t.Errorf("carries %v", carries)
	}
}

func TestAWebhookFromASecretIsStillComparedWithLooker(t *testing.T) {
	t.Parallel()
	looker, c := startLooker(t)
	looker.Put("dashboard", map[string]any{"id": "77", "title": "Sales"})
	hook := v1alpha1.SecretKeyReference{Name: "hook", Key: "url"}
	s := scheduleOf(weekly(v1alpha1.ScheduleDestination{Format: "inline_json", Webhook: &v1alpha1.WebhookDestination{URLFrom: &v1alpha1.ValueSource{SecretKeyRef: hook}}}))
	want, err := scheduleAdapter{}.Desired(s, engine.Inputs{}.WithSecret(hook, lookerclient.NewSecret("https://hooks.example.com/canary")))
	if err != nil {
		t.Fatal(err)
	}
	live, err := scheduleAdapter{}.Create(t.Context(), c, want)
	if err != nil || !planAgrees(t, want, live) {
		t.Fatalf("differs at once: %v", err)
	}
	live.Destinations = lookerclient.Set([]destination{{Type: lookerclient.Set("webhook"), Format: lookerclient.Set("inline_json"), Address: lookerclient.Set(lookerclient.PlainAddress("https://evil.example.com"))}})
	if planAgrees(t, want, live) {
		t.Error("another URL was not noticed")
	}
}

func TestDestinationsAreComparedAsAMultisetOfWhatTheSpecSays(t *testing.T) {
	t.Parallel()
	mail := func(address, message string) destination {
		return destination{Type: lookerclient.Set("email"), Format: lookerclient.Set("csv"), Address: lookerclient.Set(lookerclient.PlainAddress(address)), Message: lookerclient.Set(message)}
	}
	anyMail := mail("a@x.com", "")
	anyMail.Message = lookerclient.Optional[string]{}
	params := func(text string) destination {
		d := mail("a@x.com", "")
		d.Parameters = lookerclient.Set(text)
		return d
	}
	for name, c := range map[string]struct {
		want, live []destination
		equal      bool
	}{
		"another order":                  {[]destination{mail("a@x.com", ""), mail("b@x.com", "")}, []destination{mail("b@x.com", ""), mail("a@x.com", "")}, true},
		"one more in Looker":             {[]destination{mail("a@x.com", "")}, []destination{mail("a@x.com", ""), mail("b@x.com", "")}, false},
		"one less in Looker":             {[]destination{mail("a@x.com", ""), mail("b@x.com", "")}, []destination{mail("b@x.com", "")}, false},
		"the same twice, once in Looker": {[]destination{mail("a@x.com", ""), mail("a@x.com", "")}, []destination{mail("a@x.com", ""), mail("b@x.com", "")}, false},
		"another message":                {[]destination{mail("a@x.com", "x")}, []destination{mail("a@x.com", "y")}, false},
		"upper and lower case":           {[]destination{mail("A@X.com", "")}, []destination{mail("a@x.com", "")}, true},
		"an entry that fits two others":  {[]destination{anyMail, mail("a@x.com", "x")}, []destination{mail("a@x.com", "x"), mail("a@x.com", "y")}, true},
		"spaces in parameters":           {[]destination{params(`{"a":"1","b":"2"}`)}, []destination{params(`{ "b": "2", "a": 1, "own": true }`)}, true},
		"a changed parameter":            {[]destination{params(`{"a":"1"}`)}, []destination{params(`{"a":"2"}`)}, false},
		"a lost parameter":               {[]destination{params(`{"a":"1"}`)}, []destination{params(`{}`)}, false},
		"parameters that are not JSON":   {[]destination{params(`{"a":"1"}`)}, []destination{params(`a=1`)}, false},
		"parameters by hand":             {[]destination{anyMail}, []destination{params(`{"a":"1"}`)}, true},
	} {
		want := wantedPlan{Destinations: lookerclient.Set(c.want)}
		live := &livePlan{WriteScheduledPlan: wantedPlan{Destinations: lookerclient.Set(c.live)}}
		if got := planAgrees(t, want, live); got != c.equal {
			t.Errorf("%s: equal is %v, want %v", name, got, c.equal)
		}
	}
}

func TestComparingLeavesTheRowsAsTheyAre(t *testing.T) {
	t.Parallel()
	list := []destination{
		{Type: lookerclient.Set("email"), Address: lookerclient.Set(lookerclient.PlainAddress("B@x.com"))},
		{Type: lookerclient.Set("email"), Address: lookerclient.Set(lookerclient.PlainAddress("A@x.com"))},
	}
	tabs := []string{"2", "1"}
	plan := wantedPlan{Destinations: lookerclient.Set(list), TabIDs: lookerclient.Set(tabs)}
	want, live := plan, &livePlan{WriteScheduledPlan: plan}
	before := jsonOf(t, list)
	scheduleAdapter{}.Normalize(&want, live)
	if !reflect.DeepEqual(before, jsonOf(t, list)) || tabs[0] != "2" {
		t.Errorf("changed to %v, %v", jsonOf(t, list), tabs)
	}
}

func TestTheOrderInTheSpecDoesNotMatterForDestinations(t *testing.T) {
	t.Parallel()
	a := desiredPlan(t, scheduleOf(weekly(sftp(), mailTo("b@x.com"), mailTo("a@x.com"))))
	b := desiredPlan(t, scheduleOf(weekly(mailTo("a@x.com"), mailTo("b@x.com"), sftp())))
	if !reflect.DeepEqual(jsonOf(t, a), jsonOf(t, b)) {
		t.Errorf("%v\n%v", jsonOf(t, a), jsonOf(t, b))
	}
}

func TestTextsThatSayTheSameAreNoDrift(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"?a=b&c=d", "a=b&c=d", true},
		{"a=b&c=d", "?c=d&a=b", true},
		{"a=1%2C2&b=x%20y", "?b=x+y&a=1,2", true},
		{"a=", "a", true},
		{"", "?", true},
		{"a=1&a=2", "a=2&a=1", false},
		{"a=1", "a=2", false},
		{"a=%zz", "a=%zz", true},
		{"/deep link?a=1", "/deep%20link?a=1", true},
		{"/x?a=1", "/y?a=1", false},
	} {
		if got := sameQuery(c.a, c.b); got != c.same {
			t.Errorf("%q and %q: same is %v", c.a, c.b, got)
		}
	}
	want := wantedPlan{PDFPaperSize: lookerclient.Set("a4"), Crontab: lookerclient.Set("0  6 * * MON")}
	if !planAgrees(t, want, &livePlan{WriteScheduledPlan: wantedPlan{PDFPaperSize: lookerclient.Set("A4"), Crontab: lookerclient.Set("0 6 * * mon")}}) {
		t.Error("paper size or crontab differ by letter case or spaces")
	}
	if planAgrees(t, want, &livePlan{WriteScheduledPlan: wantedPlan{PDFPaperSize: lookerclient.Set("a3"), Crontab: lookerclient.Set("0 6 * * mon")}}) {
		t.Error("another paper size was not noticed")
	}
}

func TestAScheduleIsMatchedByNameOwnerAndTargetExactly(t *testing.T) {
	t.Parallel()
	id := func(s string) lookerclient.Optional[lookerclient.ID] {
		return lookerclient.Set(lookerclient.ID(s))
	}
	live := &livePlan{WriteScheduledPlan: wantedPlan{
		Name: lookerclient.Set("Weekly"), UserID: id("7"), DashboardID: id("77"), LookID: lookerclient.Null[lookerclient.ID](), Crontab: lookerclient.Set("0 6 * * 1"),
	}}
	for name, c := range map[string]struct {
		key   wantedPlan
		match bool
	}{
		"all":              {wantedPlan{Name: lookerclient.Set("Weekly"), UserID: id("7"), DashboardID: id("77")}, true},
		"no owner":         {wantedPlan{Name: lookerclient.Set("Weekly"), DashboardID: id("77")}, true},
		"another owner":    {wantedPlan{Name: lookerclient.Set("Weekly"), UserID: id("8"), DashboardID: id("77")}, false},
		"another case":     {wantedPlan{Name: lookerclient.Set("weekly"), UserID: id("7"), DashboardID: id("77")}, false},
		"a LIKE pattern":   {wantedPlan{Name: lookerclient.Set("Week_y"), UserID: id("7"), DashboardID: id("77")}, false},
		"another target":   {wantedPlan{Name: lookerclient.Set("Weekly"), UserID: id("7"), DashboardID: id("78")}, false},
		"a Look of the id": {wantedPlan{Name: lookerclient.Set("Weekly"), UserID: id("7"), LookID: id("77")}, false},
	} {
		data, err := json.Marshal(scheduleAdapter{}.Key(c.key)) // as it is stored before a create
		if err != nil {
			t.Fatal(err)
		}
		var key wantedPlan
		if err := json.Unmarshal(data, &key); err != nil {
			t.Fatal(err)
		}
		if got := (scheduleAdapter{}).Match(key, live); got != c.match {
			t.Errorf("%s: match is %v", name, got)
		}
	}
}

func TestTheOwnerOfAScheduleIsTheReferencedUser(t *testing.T) {
	t.Parallel()
	s := scheduleOf(weekly(mailTo("a@x.com")))
	s.Spec.Owner = &v1alpha1.UserReference{Email: "cfo@example.com"}
	want, err := scheduleAdapter{}.Desired(s, engine.Inputs{}.WithID(v1alpha1.KindUser, s.Spec.Owner.Target(), "7"))
	if err != nil || valueOf(want.UserID) != "7" {
		t.Errorf("owner %q, %v", valueOf(want.UserID), err)
	}
}

func TestALookIsScheduledWithAllThreeConditionsForSending(t *testing.T) {
	t.Parallel()
	spec := weekly(v1alpha1.ScheduleDestination{Email: &v1alpha1.EmailDestination{Address: "a@x.com"}, Format: "csv"})
	spec.DashboardID, spec.LookID, spec.RequireChange = nil, ptr("88"), ptr(true)
	looker, c, want, live := createdPlan(t, spec)
	body := lastBody(t, looker, http.MethodPost)
	if body["require_results"] != false || body["require_no_results"] != false || body["require_change"] != true {
		t.Errorf("sent %v", body)
	}
	if _, managed := jsonOf(t, want).(map[string]any)["require_results"]; managed {
		t.Error("what the spec leaves out is managed")
	}
	looker.Set("scheduled_plan", string(live.ID), map[string]any{"require_results": true, "require_change": false})
	live, err := scheduleAdapter{}.Get(t.Context(), c, string(live.ID))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = (scheduleAdapter{}).Update(t.Context(), c, live, wantedPlan{RequireChange: lookerclient.Set(true)}); err != nil {
		t.Fatal(err)
	}
	if row := looker.Row("scheduled_plan", string(live.ID)); row["require_results"] != true || row["require_change"] != true {
		t.Errorf("Looker has %v", row)
	}
}

func TestANewTargetOrTimeReplacesTheOldOne(t *testing.T) {
	t.Parallel()
	looker, c, _, live := createdPlan(t, weekly(v1alpha1.ScheduleDestination{Email: &v1alpha1.EmailDestination{Address: "a@x.com"}, Format: "csv"}))
	live, err := scheduleAdapter{}.Update(t.Context(), c, live, wantedPlan{LookID: lookerclient.Set(lookerclient.ID("88")), Datagroup: lookerclient.Set("m::nightly")})
	if err != nil {
		t.Fatal(err)
	}
	row := looker.Row("scheduled_plan", string(live.ID))
	if row["look_id"] != "88" || row["dashboard_id"] != nil || row["datagroup"] != "m::nightly" || row["crontab"] != nil {
		t.Errorf("Looker has %v", row)
	}
	if _, err = (scheduleAdapter{}).Update(t.Context(), c, live, wantedPlan{Crontab: lookerclient.Set("0 6 * * 1")}); err != nil {
		t.Fatal(err)
	}
	body := lastBody(t, looker, http.MethodPatch)
	if want := map[string]any{"crontab": "0 6 * * 1", "datagroup": nil}; !reflect.DeepEqual(body, want) {
		t.Errorf("sent %v, want %v", body, want)
	}
}

func TestLookersOwnWordsAboutAFormatAreKept(t *testing.T) {
	t.Parallel()
	looker, c := startLooker(t)
	looker.Put("look", map[string]any{"id": "88", "title": "Orders"})
	spec := weekly(v1alpha1.ScheduleDestination{Email: &v1alpha1.EmailDestination{Address: "a@x.com"}, Format: "assembled_pdf"})
	spec.DashboardID, spec.LookID = nil, ptr("88")
	_, err := scheduleAdapter{}.Create(t.Context(), c, desiredPlan(t, scheduleOf(spec)))
	if !lookerclient.IsInvalid(err) || !strings.Contains(err.Error(), "format assembled_pdf invalid -- valid formats for Look sent as 'email' are") {
		t.Errorf("got %v", err)
	}
}

func TestADisabledScheduleIsReadByItsIDWhereListsLeaveItOut(t *testing.T) {
	t.Parallel()
	for _, omit := range []bool{false, true} {
		spec := weekly(mailTo("a@x.com"))
		spec.Enabled = ptr(false)
		_, c, want, live := createdPlan(t, spec, lookertest.WithSwitches(lookertest.Switches{ListsOmitDisabledPlans: omit}))
		listed := 0
		for _, err := range (scheduleAdapter{}).List(t.Context(), c) {
			if err != nil {
				t.Fatal(err)
			}
			listed++
		}
		if listed == 0 != omit {
			t.Fatalf("%d plans listed", listed)
		}
		if read, err := (scheduleAdapter{}).Get(t.Context(), c, string(live.ID)); err != nil || !planAgrees(t, want, read) {
			t.Errorf("the read differs: %v", err)
		}
	}
}

func TestSchedulesOfEverybodyAreListedInOneCall(t *testing.T) {
	t.Parallel()
	looker, c, _, _ := createdPlan(t, weekly(mailTo("a@x.com")))
	other := looker.Put("user", map[string]any{"first_name": "Cy"})
	looker.Put("scheduled_plan", map[string]any{"name": "theirs", "user_id": other, "dashboard_id": "77", "crontab": "0 6 * * 1"})
	looker.ResetCalls()
	names := map[string]bool{}
	for live, err := range (scheduleAdapter{}).List(t.Context(), c) {
		if err != nil {
			t.Fatal(err)
		}
		names[valueOf(live.Name)] = true
	}
	if !names["weekly"] || !names["theirs"] || looker.Calls().Total != 1 {
		t.Errorf("%v in %d calls", names, looker.Calls().Total)
	}
}

func TestAScheduleThatLookerRemovedIsMadeAgainUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	for policy, again := range map[v1alpha1.RemovedPolicy]bool{"": true, v1alpha1.RemovedRecreate: true, v1alpha1.RemovedObserve: false} {
		if got := (scheduleAdapter{}).MakeAgain(scheduleOf(v1alpha1.LookerScheduleSpec{RemovedPolicy: policy})); got != again {
			t.Errorf("policy %q: %v", policy, got)
		}
	}
}

func TestADestinationWithoutATypeIsNamed(t *testing.T) {
	t.Parallel()
	_, err := scheduleAdapter{}.Desired(scheduleOf(weekly(mailTo("a@x.com"), v1alpha1.ScheduleDestination{Format: "csv"})), scheduleInputs())
	if err == nil || !strings.Contains(err.Error(), "spec.destinations[1]") {
		t.Errorf("got %v", err)
	}
}

func TestNewFieldsOfSchedulesAreRefusedByReleasesBeforeThem(t *testing.T) {
	t.Parallel()
	all := weekly(mailTo("a@x.com"))
	all.IncludeDashboardSummary, all.PDFPageBreaks, all.TabIDs = ptr(true), ptr(true), &[]string{"1"}
	want := jsonOf(t, desiredPlan(t, scheduleOf(all))).(map[string]any)
	for field, since := range (scheduleAdapter{}).Since() {
		if want[field] == nil {
			t.Errorf("%s is no field of the desired state", field)
		}
		for _, release := range []string{since, "26.6"} {
			looker, c := startLooker(t, lookertest.WithRelease(release))
			looker.Put("dashboard", map[string]any{"id": "77", "title": "Sales"})
			body := desiredPlan(t, scheduleOf(weekly(mailTo("a@x.com"))))
			patch := map[string]any{field: want[field]}
			data, err := json.Marshal(patch)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(data, &body); err != nil {
				t.Fatal(err)
			}
			if _, err = (scheduleAdapter{}).Create(t.Context(), c, body); (err == nil) != (release == since) {
				t.Errorf("%s at release %s: %v", field, release, err)
			}
		}
	}
}
