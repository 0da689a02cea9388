package controllers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// rankedValue is the value of one group; its place in the list is its rank.
type rankedValue = lookerclient.WriteUserAttributeGroupValue

// wantedAttribute is a user attribute with its values by group.
type wantedAttribute struct {
	lookerclient.WriteUserAttribute
	// GroupValues in the order of precedence.
	GroupValues lookerclient.Optional[[]rankedValue] `json:"group_values,omitzero"`
}

// liveAttribute is a user attribute as Looker has it. DefaultValue and
// GroupValues are set by Normalize, from what was read.
type liveAttribute struct {
	lookerclient.UserAttribute
	DefaultValue any                                     `json:"default_value"`
	GroupValues  lookerclient.Optional[[]liveGroupValue] `json:"group_values,omitzero"`

	groups lookerclient.Optional[[]lookerclient.UserAttributeGroupValue] // once read, by precedence
}

// liveGroupValue is the value of one group, as it compares: where it cannot be
// read, whether it is there.
type liveGroupValue struct {
	GroupID lookerclient.ID `json:"group_id"`
	Value   any             `json:"value"`
}

type attributeAdapter struct{}

// Desired implements engine.Adapter.
func (attributeAdapter) Desired(a *v1alpha1.LookerUserAttribute, in engine.Inputs) (wantedAttribute, error) {
	spec := &a.Spec
	want := wantedAttribute{WriteUserAttribute: lookerclient.WriteUserAttribute{
		Name:           lookerclient.Set(a.Name),
		Label:          lookerclient.SetPtr(spec.Label),
		Type:           lookerclient.Set(string(spec.Type)),
		ValueIsHidden:  lookerclient.SetPtr(spec.ValueIsHidden),
		UserCanView:    lookerclient.SetPtr(spec.UserCanView),
		UserCanEdit:    lookerclient.SetPtr(spec.UserCanEdit),
		NeededForCIRun: lookerclient.SetPtr(spec.NeededForCIRun),
		ValueForCIRun:  lookerclient.SetPtr(spec.ValueForCIRun),
	}}
	if spec.Name != nil {
		want.Name = lookerclient.Set(*spec.Name)
	}
	if isTrue(want.ValueIsHidden) { // Looker refuses any other mention of it
		want.HiddenValueDomainWhitelist = lookerclient.SetPtr(spec.HiddenValueDomainAllowlist)
	}
	if spec.DefaultValue != nil || spec.DefaultValueFrom != nil {
		value, err := attributeValue("spec.defaultValueFrom", spec.DefaultValue, spec.DefaultValueFrom, in)
		if err != nil {
			return want, err
		}
		want.DefaultValue = lookerclient.Set(value)
	}
	if spec.GroupValues == nil {
		return want, nil
	}
	values, err := wantedGroupValues(*spec.GroupValues, in)
	want.GroupValues = lookerclient.Set(values)
	return want, err
}

func wantedGroupValues(spec []v1alpha1.UserAttributeGroupValue, in engine.Inputs) ([]rankedValue, error) {
	values := make([]rankedValue, len(spec))
	at := map[string]int{}
	for i, v := range spec {
		group := in.ID(v1alpha1.KindGroup, v.Group.Target())
		if first, twice := at[group]; twice {
			return nil, engine.Invalid("spec.groupValues[%d]: group %s has a value already, in spec.groupValues[%d]; keep one entry", i, group, first)
		}
		at[group] = i
		value, err := attributeValue(fmt.Sprintf("spec.groupValues[%d].valueFrom", i), v.Value, v.ValueFrom, in)
		if err != nil {
			return nil, err
		}
		values[i] = rankedValue{GroupID: lookerclient.Set(lookerclient.ID(group)), Value: lookerclient.Set(value)}
	}
	return values, nil
}

// attributeValue returns a value, or what the Secret at field has for it. An
// empty one could not be told from none, where Looker shows no values.
func attributeValue(field string, plain *string, from *v1alpha1.ValueSource, in engine.Inputs) (lookerclient.AttributeValue, error) {
	switch {
	case from != nil:
		secret := in.Secret(from.SecretKeyRef)
		if secret.IsEmpty() {
			return lookerclient.AttributeValue{}, engine.Invalid("%s: key %q of Secret %q is empty; put the value into it", field, from.SecretKeyRef.Key, from.SecretKeyRef.Name)
		}
		return lookerclient.HiddenValue(secret), nil
	case plain != nil:
		return lookerclient.PlainValue(*plain), nil
	}
	return lookerclient.AttributeValue{}, engine.Invalid("%s: set value or valueFrom", field)
}

// Relations implements engine.Relater. The order of precedence is decided in one
// place: where an attribute lists its groups, no group sets a value of its own.
func (attributeAdapter) Relations(a *v1alpha1.LookerUserAttribute, in engine.Inputs) []engine.Relation {
	if a.Status.ID == "" || a.Spec.GroupValues == nil {
		return nil
	}
	return []engine.Relation{{Set: "attribute/" + a.Status.ID + "/groups", Exact: true}}
}

// Key implements engine.Adapter.
func (attributeAdapter) Key(want wantedAttribute) wantedAttribute {
	return wantedAttribute{WriteUserAttribute: lookerclient.WriteUserAttribute{Name: want.Name}}
}

// Match implements engine.Adapter.
func (attributeAdapter) Match(key wantedAttribute, live *liveAttribute) bool {
	return valueOf(key.Name) == valueOf(live.Name)
}

// ID implements engine.Adapter.
func (attributeAdapter) ID(live *liveAttribute) string { return string(live.ID) }

// List implements engine.Lister.
func (attributeAdapter) List(ctx context.Context, c *lookerclient.Client) iter.Seq2[*liveAttribute, error] {
	return mapRows(c.UserAttributes.List(ctx), attributeRow)
}

// Get implements engine.Adapter.
func (attributeAdapter) Get(ctx context.Context, c *lookerclient.Client, id string) (*liveAttribute, error) {
	row, err := c.UserAttributes.Get(ctx, lookerclient.ID(id))
	if err != nil {
		return nil, err
	}
	return attributeRow(row), nil
}

func attributeRow(a *lookerclient.UserAttribute) *liveAttribute {
	return &liveAttribute{UserAttribute: *a}
}

// Targets implements engine.Namer.
func (attributeAdapter) Targets(rows map[string]*liveAttribute) map[v1alpha1.Target][]string {
	return byName(func(a *liveAttribute) string { return valueOf(a.Name) })(rows)
}

// Complete implements engine.Completer: one call for each attribute that declares
// group values, for Looker has no list of them.
func (attributeAdapter) Complete(ctx context.Context, c *lookerclient.Client, items []engine.Item[wantedAttribute, liveAttribute]) error {
	for _, item := range items {
		if item.Want.GroupValues.IsZero() || !item.Live.groups.IsZero() {
			continue
		}
		values, err := c.UserAttributes.GroupValues(ctx, item.Live.ID)
		if lookerclient.IsNotFound(err) {
			continue // the attribute is gone; what writes to it next finds that out
		}
		if err != nil {
			return err
		}
		item.Live.setGroups(values)
	}
	return nil
}

// setGroups notes the values by group, in the order of precedence.
func (l *liveAttribute) setGroups(values []lookerclient.UserAttributeGroupValue) {
	values = slices.Clone(values)
	slices.SortStableFunc(values, func(a, b lookerclient.UserAttributeGroupValue) int {
		return cmp.Compare(valueOf(a.Rank), valueOf(b.Rank))
	})
	l.groups = lookerclient.Set(values)
}

// CreateCarries implements engine.Carrier.
func (attributeAdapter) CreateCarries() []string { return []string{"default_value"} }

// Create implements engine.Adapter. Looker wants a label: without one in the spec
// it is the name. The new attribute has no values by group.
func (attributeAdapter) Create(ctx context.Context, c *lookerclient.Client, want wantedAttribute) (*liveAttribute, error) {
	body := want.WriteUserAttribute
	if body.Label.IsZero() {
		body.Label = body.Name
	}
	row, err := c.UserAttributes.Create(ctx, body)
	if err != nil {
		return nil, taken(ctx, c, "", body, err)
	}
	live := attributeRow(row)
	live.setGroups(nil)
	return live, nil
}

// Update implements engine.Adapter. The definition comes first: what is to be
// hidden must not be visible for a moment.
func (attributeAdapter) Update(ctx context.Context, c *lookerclient.Client, live *liveAttribute, patch wantedAttribute) (*liveAttribute, error) {
	updated := *live
	if patch.WriteUserAttribute != (lookerclient.WriteUserAttribute{}) {
		row, err := c.UserAttributes.Update(ctx, live.ID, patch.WriteUserAttribute)
		if err != nil {
			err = taken(ctx, c, live.ID, patch.WriteUserAttribute, err)
			return nil, typeRefused(live, patch, err)
		}
		updated.UserAttribute = *row
	}
	if values, ok := patch.GroupValues.Get(); ok {
		held, err := c.UserAttributes.SetGroupValues(ctx, live.ID, values)
		if err != nil {
			return nil, fmt.Errorf("spec.groupValues: %w", err)
		}
		updated.setGroups(held)
	}
	return &updated, nil
}

// taken tells which attribute has the name or the label already. The name is the
// natural key, and the engine deals with a taken one; a taken label must not be
// mistaken for that.
func taken(ctx context.Context, c *lookerclient.Client, id lookerclient.ID, sent lookerclient.WriteUserAttribute, cause error) error {
	var answer *lookerclient.Error
	if !lookerclient.IsAlreadyExists(cause) || !errors.As(cause, &answer) {
		return cause
	}
	name, label := valueOf(sent.Name), valueOf(sent.Label)
	var holder *lookerclient.UserAttribute
	for row, err := range c.UserAttributes.List(ctx) {
		switch {
		case err != nil:
			return fmt.Errorf("%w; and which attribute that is cannot be read: %w", cause, err)
		case row.ID == id:
		case name != "" && name == valueOf(row.Name):
			return fmt.Errorf("spec.name: %s is the name of user attribute %s already; set another one, or rename that attribute: %w", name, row.ID, cause)
		case label != "" && strings.EqualFold(label, valueOf(row.Label)):
			holder = row
		}
	}
	if holder == nil {
		return cause
	}
	refusal := *answer
	refusal.StatusCode, refusal.Fields = statusInvalid, nil
	return fmt.Errorf("spec.label: %q is the label of user attribute %s (id %s) already; set another one (without any, it is the name), or change that attribute's: %w",
		label, valueOf(holder.Name), holder.ID, &refusal)
}

// statusInvalid is Looker's status for a request that it understands and refuses.
const statusInvalid = 422

// typeRefused adds what to do about a type that Looker does not change.
func typeRefused(live *liveAttribute, patch wantedAttribute, err error) error {
	if patch.Type.IsZero() || !lookerclient.IsInvalid(err) {
		return err
	}
	return fmt.Errorf("spec.type: attribute %s is of type %s in Looker, and Looker refused the change to %s; set spec.type to %[2]s, or remove the attribute with its values in Looker, and the operator makes it anew: %[4]w",
		live.ID, valueOf(live.Type), valueOf(patch.Type), err)
}

// Delete implements engine.Adapter. It takes all values of the attribute along.
func (attributeAdapter) Delete(ctx context.Context, c *lookerclient.Client, id string) error {
	return c.UserAttributes.Delete(ctx, lookerclient.ID(id))
}

// Since implements engine.Versioned.
func (attributeAdapter) Since() map[string]string {
	return map[string]string{"needed_for_ci_run": "26.8", "value_for_ci_run": "26.8"}
}
