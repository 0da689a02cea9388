package controllers

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// Normalize implements engine.Normalizer.
func (attributeAdapter) Normalize(want *wantedAttribute, live *liveAttribute) {
	hidden := isTrue(live.ValueIsHidden)
	text := valueOf(live.UserAttribute.DefaultValue).Reveal() // of a hidden one, only whether it is there
	live.DefaultValue = comparableValue(want.DefaultValue, text, hidden, text != "")
	live.GroupValues = lookerclient.Optional[[]liveGroupValue]{}
	rows, read := live.groups.Get()
	if want.GroupValues.IsZero() || !read {
		return
	}
	wanted := valueOf(want.GroupValues)
	held := make([]liveGroupValue, len(rows))
	for i, row := range rows {
		var w lookerclient.Optional[lookerclient.AttributeValue]
		if i < len(wanted) {
			w = wanted[i].Value
		}
		value := comparableValue(w, valueOf(row.Value).Reveal(), hidden || isTrue(row.ValueIsHidden), true)
		held[i] = liveGroupValue{valueOf(row.GroupID), value}
	}
	live.GroupValues = lookerclient.Set(held)
}

// comparableValue is a value as it compares with the wanted one: its text, or,
// for one from a Secret, whether Looker has it, as far as it shows that. False
// stands for a value that has to be sent.
func comparableValue(want lookerclient.Optional[lookerclient.AttributeValue], text string, hidden, set bool) any {
	w, ok := want.Get()
	_, plain := w.Text()
	switch {
	case !ok || plain:
		return text
	case hidden:
		return set
	}
	return text == w.Reveal()
}

// Guard implements engine.Guard: what is part of Looker itself, and what can
// never be taken back.
func (attributeAdapter) Guard(_ engine.Self, live *liveAttribute, patch *wantedAttribute) error {
	if patch == nil {
		if isTrue(live.IsSystem) || isTrue(live.IsPermanent) {
			return engine.Refuse("user attribute %s (id %s) is part of Looker itself and is never deleted", valueOf(live.Name), live.ID)
		}
		return nil
	}
	if fields := definitionOf(patch); isTrue(live.IsSystem) && fields != "" {
		return engine.Refuse("user attribute %s (id %s) is part of Looker itself, which does not let anybody change %s; set what Looker shows, or leave it out; groupValues may be set",
			valueOf(live.Name), live.ID, fields)
	}
	if isTrue(live.ValueIsHidden) {
		return guardHidden(live, patch)
	}
	return nil
}

// definitionOf names the fields of the attribute itself that a patch has.
func definitionOf(patch *wantedAttribute) string {
	data, err := json.Marshal(patch.WriteUserAttribute)
	var fields map[string]any
	if err != nil || json.Unmarshal(data, &fields) != nil {
		return "its definition"
	}
	return strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
}

// guardHidden: that values are hidden is for ever, and where they may go as well.
// What is hidden in Looker must not be in the clear in a spec.
func guardHidden(live *liveAttribute, patch *wantedAttribute) error {
	allowed := valueOf(live.HiddenValueDomainWhitelist)
	switch {
	case isFalse(patch.ValueIsHidden):
		return engine.Refuse("spec.valueIsHidden: user attribute %s hides its values, and Looker never shows them again; set it to true, or make another attribute", live.ID)
	case allowed != "" && !patch.HiddenValueDomainWhitelist.IsZero():
		return engine.Refuse("spec.hiddenValueDomainAllowlist: that of user attribute %s is %q and can never be changed; set it to that, or make another attribute", live.ID, allowed)
	case inTheClear(patch.DefaultValue):
		return engine.Refuse("spec.defaultValue: user attribute %s hides its values; put the value into a Secret and use defaultValueFrom", live.ID)
	}
	for i, v := range valueOf(patch.GroupValues) {
		if inTheClear(v.Value) {
			return engine.Refuse("spec.groupValues[%d].value: user attribute %s hides its values; put the value into a Secret and use valueFrom", i, live.ID)
		}
	}
	return nil
}

func inTheClear(v lookerclient.Optional[lookerclient.AttributeValue]) bool {
	value, ok := v.Get()
	text, plain := value.Text()
	return ok && plain && text != ""
}
