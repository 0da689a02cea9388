package controllers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

const (
	makeAttribute    = "POST /user_attributes"
	changeAttribute  = "PATCH /user_attributes/{user_attribute_id}"
	sendRankedValues = "POST /user_attributes/{user_attribute_id}/group_values"
	readRankedValues = "GET /user_attributes/{user_attribute_id}/group_values"
)

type attributeSpec = v1alpha1.LookerUserAttributeSpec

func newAttribute(name string, change ...func(*attributeSpec)) *v1alpha1.LookerUserAttribute {
	a := attribute(name)
	a.Name = strings.ReplaceAll(name, "_", "-")
	for _, f := range change {
		f(&a.Spec)
	}
	return a
}

func valueFor(group, value string) v1alpha1.UserAttributeGroupValue {
	return v1alpha1.UserAttributeGroupValue{Group: v1alpha1.NamedReference{ID: group}, Value: &value}
}

func hiddenFrom(allowed string) func(*attributeSpec) {
	return func(s *attributeSpec) { s.ValueIsHidden, s.HiddenValueDomainAllowlist = ptr(true), &allowed }
}

// applyAttribute creates an object, lets the operator work and wants it Ready.
func applyAttribute(w *enginetest.World, a *v1alpha1.LookerUserAttribute) string {
	w.Helper()
	w.Create(a)
	w.Settle()
	w.WantReady(a)
	return w.ID(a)
}

// sentBodies returns the bodies of all calls of an operation.
func sentBodies(s *lookertest.Server, operation string) []string {
	var out []string
	for _, c := range s.Calls().Log {
		if c.Operation == operation {
			out = append(out, c.CallBody)
		}
	}
	return out
}

func TestTheSpecOfAnAttributeDecidesWhatIsWanted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*attributeSpec)
		want   string
	}{
		{"nothing optional", func(*attributeSpec) {}, `{"name":"region","type":"string"}`},
		{"the object's name", func(s *attributeSpec) { s.Name = nil }, `{"name":"attribute","type":"string"}`},
		{"flags that are false", func(s *attributeSpec) { s.UserCanEdit, s.ValueIsHidden = ptr(false), ptr(false) },
			`{"name":"region","type":"string","value_is_hidden":false,"user_can_edit":false}`},
		{"an empty default", func(s *attributeSpec) { s.DefaultValue = ptr("") }, `{"name":"region","type":"string","default_value":""}`},
		{"hidden values", func(s *attributeSpec) { hiddenFrom("x/*")(s); s.DefaultValueFrom = fromSecret("k") },
			`{"name":"region","type":"string","default_value":"[redacted]","value_is_hidden":true,"hidden_value_domain_whitelist":"x/*"}`},
		{"domains that are not needed", func(s *attributeSpec) { s.HiddenValueDomainAllowlist = ptr("x/*") }, `{"name":"region","type":"string"}`},
		{"no group values", func(s *attributeSpec) { s.GroupValues = &[]v1alpha1.UserAttributeGroupValue{} },
			`{"name":"region","type":"string","group_values":[]}`},
		{"group values in their order", func(s *attributeSpec) {
			s.GroupValues = &[]v1alpha1.UserAttributeGroupValue{valueFor("9", "b"), valueFor("8", "a")}
		}, `{"name":"region","type":"string","group_values":[{"group_id":"9","value":"b"},{"group_id":"8","value":"a"}]}`},
	} {
		a := attribute("region")
		c.change(&a.Spec)
		want, err := attributeAdapter{}.Desired(a, attributeInputs(a, "hush"))
		if got := asJSONText(t, want); err != nil || got != c.want {
			t.Errorf("%s: %s, want %s (%v)", c.name, got, c.want, err)
		}
	}
}

func attributeInputs(a *v1alpha1.LookerUserAttribute, secret string) engine.Inputs {
	in := engine.Inputs{}
	for _, ref := range a.References() {
		id := ref.Target.Value
		if ref.Target.By == v1alpha1.ByName {
			id = "9"
		}
		in = in.WithID(ref.Kind, ref.Target, id)
	}
	for _, ref := range a.SecretReferences() {
		in = in.WithSecret(ref.SecretKeyReference, lookerclient.NewSecret(secret))
	}
	return in
}

func TestTwoValuesForOneGroupAndEmptySecretsAreInvalid(t *testing.T) {
	t.Parallel()
	twice := newAttribute("region", func(s *attributeSpec) {
		s.GroupValues = &[]v1alpha1.UserAttributeGroupValue{valueFor("9", "a"), valueFor("8", "b"), valueFor("", "c")}
		(*s.GroupValues)[2].Group = v1alpha1.NamedReference{Name: "Finance"}
	})
	_, err := attributeAdapter{}.Desired(twice, attributeInputs(twice, ""))
	wantErrorText(t, err, "spec.groupValues[2]", "group 9", "spec.groupValues[0]")
	empty := newAttribute("region", func(s *attributeSpec) { s.DefaultValueFrom = fromSecret("k") })
	_, err = attributeAdapter{}.Desired(empty, attributeInputs(empty, ""))
	wantErrorText(t, err, "spec.defaultValueFrom", `key "k"`, `Secret "values"`, "empty")
}

func TestTheOrderOfGroupValuesIsTheirPrecedence(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	seedForAttributes(w)
	a := newAttribute("region", func(s *attributeSpec) {
		s.GroupValues = &[]v1alpha1.UserAttributeGroupValue{valueFor(everyoneGroup, "global"), valueFor(analystsGroup, "emea")}
	})
	id := applyAttribute(w, a)
	want := func(what, values string, writes int) {
		t.Helper()
		w.WantReady(a)
		if got := fmt.Sprint(valuesByRank(w.Looker, id)); got != values {
			t.Errorf("%s the values are %s, want %s", what, got, values)
		}
		if got := sentToLooker(w, sendRankedValues); got != writes {
			t.Errorf("%s: %d writes, want %d: %v", what, got, writes, sentBodies(w.Looker, sendRankedValues))
		}
		w.Looker.ResetCalls()
	}
	want("at first", "[75=global 74=emea]", 1)
	for _, v := range w.Looker.Rows("group_value") {
		w.Looker.Set("group_value", v["id"].(string), map[string]any{"rank": map[any]float64{everyoneGroup: 2, analystsGroup: 1}[v["group_id"]]})
	}
	w.Sweep()
	want("after a change of the order by hand", "[75=global 74=emea]", 1)
	w.Sweep()
	want("when nothing changed", "[75=global 74=emea]", 0)
	w.Edit(a, func() {
		*a.Spec.GroupValues = []v1alpha1.UserAttributeGroupValue{valueFor(analystsGroup, "emea"), valueFor(everyoneGroup, "global")}
	})
	w.Settle()
	want("after a change of the order in the spec", "[74=emea 75=global]", 1)
	w.Looker.Put("group_value", map[string]any{"user_attribute_id": id, "group_id": "1", "rank": 3.0, "value": "more"})
	w.Sweep()
	want("after one more by hand", "[74=emea 75=global]", 1)
	w.Edit(a, func() { *a.Spec.GroupValues = []v1alpha1.UserAttributeGroupValue{} })
	w.Settle()
	want("when the list is empty", "[]", 1)
}

func TestGroupValuesAreOnlyReadAndRemovedWhereTheSpecHasThem(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	seedForAttributes(w)
	a := newAttribute("region")
	id := applyAttribute(w, a)
	w.Looker.Put("group_value", map[string]any{"user_attribute_id": id, "group_id": "1", "rank": 1.0, "value": "by hand"})
	w.Looker.ResetCalls()
	w.Sweep()
	w.Edit(a, func() { a.Spec.Label = ptr("Region") })
	w.Settle()
	w.WantReady(a)
	if n := sentToLooker(w, readRankedValues) + sentToLooker(w, sendRankedValues); n != 0 {
		t.Errorf("%d calls for values that the spec does not have", n)
	}
	if got := valuesByRank(w.Looker, id); len(got) != 1 {
		t.Errorf("the values are %v", got)
	}
}

func TestHiddenValuesAreSentAgainWhenTheyChangeOrAreLostAndNeverOtherwise(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	seedForAttributes(w)
	a := fullAttribute(w).(*v1alpha1.LookerUserAttribute)
	id := applyAttribute(w, a)
	want := func(what string, attributes, groups int, def, values string) {
		t.Helper()
		w.WantReady(a)
		if n, m := sentToLooker(w, changeAttribute), sentToLooker(w, sendRankedValues); n != attributes || m != groups {
			t.Errorf("%s: %d and %d writes, want %d and %d", what, n, m, attributes, groups)
		}
		w.WantRow("user_attribute", id, map[string]any{"default_value": def})
		if got := fmt.Sprint(valuesByRank(w.Looker, id)); got != values {
			t.Errorf("%s: values are %s, want %s", what, got, values)
		}
		w.Looker.ResetCalls()
	}
	const first = "[74=canary-of-analysts 75=canary-default]"
	want("at first", 0, 1, "canary-default", first)
	w.Sweep()
	w.Sweep()
	want("when nothing changed", 0, 0, "canary-default", first)
	w.Looker.Set("user_attribute", id, map[string]any{"default_value": nil})
	w.Sweep()
	want("after the loss of the default", 1, 0, "canary-default", first)
	for _, v := range w.Looker.Rows("group_value") {
		if v["group_id"] == everyoneGroup {
			w.Looker.Remove("group_value", v["id"].(string))
		}
	}
	w.Sweep()
	want("after the loss of a group's value", 0, 1, "canary-default", first)
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: w.Namespace, Name: "values"},
		StringData: map[string]string{"default": "canary-default", "analysts": "canary-new"}}
	if err := w.Admin.Update(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	want("after a change of one Secret", 0, 1, "canary-default", "[74=canary-new 75=canary-default]")
	if text := asJSONText(t, a.Status); strings.Contains(text, "canary") {
		t.Errorf("the status shows a value: %s", text)
	}
}

func TestAValueFromASecretIsComparedWhereLookerShowsIt(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	seedForAttributes(w)
	a := newAttribute("region", func(s *attributeSpec) {
		s.DefaultValueFrom = fromSecret("default")
		s.GroupValues = &[]v1alpha1.UserAttributeGroupValue{{Group: v1alpha1.NamedReference{ID: analystsGroup}, ValueFrom: fromSecret("analysts")}}
	})
	id := applyAttribute(w, a)
	w.Looker.Set("user_attribute", id, map[string]any{"default_value": "by hand"})
	w.Looker.Set("group_value", w.Looker.Rows("group_value")[0]["id"].(string), map[string]any{"value": "by hand"})
	w.Looker.ResetCalls()
	w.Sweep()
	w.WantReady(a)
	w.WantRow("user_attribute", id, map[string]any{"default_value": "canary-default"})
	if got := fmt.Sprint(valuesByRank(w.Looker, id)); got != "[74=canary-of-analysts]" || w.LookerWrites() != 2 {
		t.Errorf("after %d writes the values are %s", w.LookerWrites(), got)
	}
}

func TestValuesAreHiddenBeforeTheSecretOnesAreSent(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	seedForAttributes(w)
	a := newAttribute("db_key", func(s *attributeSpec) { s.DefaultValue = ptr("none") })
	id := applyAttribute(w, a)
	w.Looker.ResetCalls()
	w.Edit(a, func() {
		hiddenFrom("https://db.example.com/*")(&a.Spec)
		a.Spec.DefaultValue, a.Spec.DefaultValueFrom = nil, fromSecret("default")
		a.Spec.GroupValues = &[]v1alpha1.UserAttributeGroupValue{{Group: v1alpha1.NamedReference{ID: analystsGroup}, ValueFrom: fromSecret("analysts")}}
	})
	w.Settle()
	w.WantReady(a)
	var writes []string
	for _, c := range w.Looker.Calls().Log {
		if c.Method != http.MethodGet {
			writes = append(writes, c.Operation)
		}
	}
	if !slices.Equal(writes, []string{changeAttribute, sendRankedValues}) {
		t.Errorf("the writes are %v", writes)
	}
	w.WantRow("user_attribute", id, map[string]any{"value_is_hidden": true, "hidden_value_domain_whitelist": "https://db.example.com/*", "default_value": "canary-default"})
}

func TestTheDomainListIsNotMentionedForVisibleAttributes(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	a := newAttribute("region", func(s *attributeSpec) { s.ValueIsHidden = ptr(false) })
	applyAttribute(w, a)
	w.Edit(a, func() { a.Spec.Label = ptr("Region") })
	w.Settle()
	w.WantReady(a)
	bodies := append(sentBodies(w.Looker, makeAttribute), sentBodies(w.Looker, changeAttribute)...)
	if len(bodies) != 2 || strings.Contains(strings.Join(bodies, ""), "hidden_value_domain_whitelist") {
		t.Errorf("it sent %v", bodies)
	}
}

func TestATakenLabelNamesWhoHasIt(t *testing.T) {
	for _, as409 := range []bool{false, true} {
		t.Run(fmt.Sprintf("409: %t", as409), func(t *testing.T) {
			t.Parallel()
			w := suite.NewWorld(t, lookertest.WithSwitches(lookertest.Switches{DuplicateAs409: as409}))
			zone := w.Looker.Put("user_attribute", map[string]any{"name": "zone", "label": "Region"})
			a := newAttribute("region", func(s *attributeSpec) { s.Label = ptr("Region") })
			w.Create(a)
			w.Settle()
			w.WantReason(a, engine.ReasonRejected, "spec.label", "zone", "id "+zone)
			w.WantStalled(a, true)
			w.Looker.Set("user_attribute", zone, map[string]any{"label": "Zone"})
			w.Clock.Step(time.Hour)
			w.Settle()
			w.WantReady(a)
			w.Looker.Set("user_attribute", zone, map[string]any{"label": "Area"})
			w.Edit(a, func() { a.Spec.Label = ptr("Area") })
			w.Settle()
			w.WantReason(a, engine.ReasonRejected, "spec.label", "zone", "id "+zone)
			w.Edit(a, func() { a.Spec.Label, a.Spec.Name = nil, ptr("zone") })
			w.Settle()
			w.WantReason(a, engine.ReasonRejected, "spec.name", "user attribute "+zone)
		})
	}
}

func TestWithoutALabelTheNameIsOne(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	a := newAttribute("region")
	id := applyAttribute(w, a)
	w.WantRow("user_attribute", id, map[string]any{"label": "region"})
	w.Looker.Set("user_attribute", id, map[string]any{"label": "By hand"})
	w.Sweep()
	w.WantRow("user_attribute", id, map[string]any{"label": "By hand"})
}

func TestLookerDecidesWhetherATypeCanChange(t *testing.T) {
	for _, refuses := range []bool{false, true} {
		t.Run(fmt.Sprintf("refused: %t", refuses), func(t *testing.T) {
			t.Parallel()
			w := suite.NewWorld(t, lookertest.WithSwitches(lookertest.Switches{RefusesAttributeTypeChange: refuses}))
			id := w.Looker.Put("user_attribute", map[string]any{"name": "region", "type": "number"})
			a := newAttribute("region", func(s *attributeSpec) { s.AdoptionPolicy = v1alpha1.AdoptionAdopt })
			w.Create(a)
			w.Settle()
			if !refuses {
				w.WantReady(a)
				w.WantRow("user_attribute", id, map[string]any{"type": "string"})
				return
			}
			w.WantReason(a, engine.ReasonRejected, "spec.type", "number", "string", "set spec.type to number")
			w.WantStalled(a, true)
			w.WantRow("user_attribute", id, map[string]any{"type": "number"})
		})
	}
}

func TestTheGuardOfAttributesRefuses(t *testing.T) {
	t.Parallel()
	row := func(change func(*lookerclient.UserAttribute)) *liveAttribute {
		a := lookerclient.UserAttribute{ID: "20"}
		a.Name = lookerclient.Set("locale")
		change(&a)
		return attributeRow(&a)
	}
	system := row(func(a *lookerclient.UserAttribute) { a.IsSystem = lookerclient.Set(true) })
	permanent := row(func(a *lookerclient.UserAttribute) { a.IsPermanent = lookerclient.Set(true) })
	plain := row(func(*lookerclient.UserAttribute) {})
	hidden := row(func(a *lookerclient.UserAttribute) {
		a.ValueIsHidden, a.HiddenValueDomainWhitelist = lookerclient.Set(true), lookerclient.Set("x/*")
	})
	set := func(change func(*wantedAttribute)) *wantedAttribute {
		var p wantedAttribute
		change(&p)
		return &p
	}
	label := set(func(p *wantedAttribute) { p.Label, p.UserCanEdit = lookerclient.Set("L"), lookerclient.Set(true) })
	groups := func(v lookerclient.AttributeValue) *wantedAttribute {
		return set(func(p *wantedAttribute) {
			p.GroupValues = lookerclient.Set([]rankedValue{{GroupID: lookerclient.Set(lookerclient.ID("5")), Value: lookerclient.Set(v)}})
		})
	}
	secret := lookerclient.HiddenValue(lookerclient.NewSecret("hush"))
	for _, c := range []struct {
		name  string
		live  *liveAttribute
		patch *wantedAttribute
		part  string
	}{
		{"deleting a system attribute", system, nil, "never deleted"},
		{"deleting a permanent attribute", permanent, nil, "never deleted"},
		{"defining a system attribute", system, label, "label, user_can_edit"},
		{"showing hidden values", hidden, set(func(p *wantedAttribute) { p.ValueIsHidden = lookerclient.Set(false) }), "spec.valueIsHidden"},
		{"other domains", hidden, set(func(p *wantedAttribute) { p.HiddenValueDomainWhitelist = lookerclient.Set("y/*") }), `"x/*"`},
		{"a default in the clear", hidden, set(func(p *wantedAttribute) { p.DefaultValue = lookerclient.Set(lookerclient.PlainValue("v")) }), "defaultValueFrom"},
		{"a value in the clear", hidden, groups(lookerclient.PlainValue("v")), "spec.groupValues[0].value"},
		{"", system, groups(lookerclient.PlainValue("v")), ""},
		{"", permanent, label, ""},
		{"", plain, nil, ""},
		{"", plain, groups(lookerclient.PlainValue("v")), ""},
		{"", hidden, groups(secret), ""},
		{"", hidden, set(func(p *wantedAttribute) { p.DefaultValue = lookerclient.Set(lookerclient.PlainValue("")) }), ""},
		{"", hidden, label, ""},
		{"", new(liveAttribute), label, ""},
	} {
		err := attributeAdapter{}.Guard(engine.Self{}, c.live, c.patch)
		if c.part != "" {
			wantErrorText(t, err, c.part)
		} else if err != nil {
			t.Errorf("what harms nobody is refused: %v", err)
		}
	}
}

func TestSystemAttributesTakeValuesAndNothingElse(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	seedForAttributes(w)
	a := newAttribute("locale", func(s *attributeSpec) {
		s.AdoptionPolicy, s.DeletionPolicy = v1alpha1.AdoptionAdopt, v1alpha1.DeletionDelete
		s.GroupValues = &[]v1alpha1.UserAttributeGroupValue{valueFor(analystsGroup, "de")}
	})
	id := applyAttribute(w, a)
	if got := fmt.Sprint(valuesByRank(w.Looker, id)); got != "[74=de]" {
		t.Errorf("the values are %s", got)
	}
	w.Looker.ResetCalls()
	w.Edit(a, func() { a.Spec.Label = ptr("Language") })
	w.Settle()
	w.WantReason(a, engine.ReasonRefused, "locale", "label")
	w.Delete(a)
	w.Settle()
	w.WantReason(a, engine.ReasonRefused, "never deleted")
	if n := w.LookerWrites(); n != 0 || w.Looker.Row("user_attribute", id) == nil {
		t.Errorf("%d writes: %v", n, w.Looker.Calls().ByOperation)
	}
}

func TestFieldsForContinuousIntegrationNeedANewerLooker(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t, lookertest.WithRelease("26.6"))
	a := newAttribute("region", func(s *attributeSpec) { s.ValueForCIRun = ptr("ci") })
	w.Create(a)
	w.Settle()
	w.WantReason(a, engine.ReasonUnsupported, "value_for_ci_run", "26.8", "26.6")
	w.Edit(a, func() { a.Spec.ValueForCIRun = nil })
	w.Settle()
	w.WantReady(a)
}

func TestAnAttributeThatListsItsGroupsLeavesNoRoomForOthers(t *testing.T) {
	t.Parallel()
	a := newAttribute("region", func(s *attributeSpec) { s.GroupValues = &[]v1alpha1.UserAttributeGroupValue{valueFor("5", "v")} })
	if got := (attributeAdapter{}).Relations(a, engine.Inputs{}); got != nil {
		t.Errorf("an attribute without id claims %v", got)
	}
	a.Status.ID = "20"
	if got := fmt.Sprint(attributeAdapter{}.Relations(a, engine.Inputs{})); got != "[{attribute/20/groups [] true}]" {
		t.Errorf("it claims %s", got)
	}
	a.Spec.GroupValues = nil
	if got := (attributeAdapter{}).Relations(a, engine.Inputs{}); got != nil {
		t.Errorf("where it lists none it claims %v", got)
	}
}

var _ interface {
	engine.Adapter[*v1alpha1.LookerUserAttribute, wantedAttribute, liveAttribute]
	engine.Lister[liveAttribute]
	engine.Namer[liveAttribute]
	engine.Carrier
	engine.Completer[wantedAttribute, liveAttribute]
	engine.Normalizer[wantedAttribute, liveAttribute]
	engine.Guard[wantedAttribute, liveAttribute]
	engine.Relater[*v1alpha1.LookerUserAttribute]
	engine.Versioned
} = attributeAdapter{}
