package lookerclient

import (
	"context"
	"iter"
)

// HiddenDefault is what Looker returns as default_value of an attribute whose
// values are hidden, when there is one.
const HiddenDefault = "DEFAULT_IS_SET"

// UserAttribute is a property that users have a value of.
type UserAttribute struct {
	ID ID `json:"id"`
	WriteUserAttribute
	IsSystem    Optional[bool] `json:"is_system,omitzero"`    // cannot be changed
	IsPermanent Optional[bool] `json:"is_permanent,omitzero"` // cannot be deleted
}

// WriteUserAttribute is what create_user_attribute, which needs name, label and
// type, and update_user_attribute accept.
type WriteUserAttribute struct {
	Name          Optional[string]         `json:"name,omitzero"`
	Label         Optional[string]         `json:"label,omitzero"`
	Type          Optional[string]         `json:"type,omitzero"`
	DefaultValue  Optional[AttributeValue] `json:"default_value,omitzero"`
	ValueIsHidden Optional[bool]           `json:"value_is_hidden,omitzero"` // once true, true for ever
	UserCanView   Optional[bool]           `json:"user_can_view,omitzero"`
	UserCanEdit   Optional[bool]           `json:"user_can_edit,omitzero"`
	// HiddenValueDomainWhitelist must be absent, neither null nor "", unless the values are hidden.
	HiddenValueDomainWhitelist Optional[string] `json:"hidden_value_domain_whitelist,omitzero"`
	NeededForCIRun             Optional[bool]   `json:"needed_for_ci_run,omitzero"` // from 26.8
	ValueForCIRun              Optional[string] `json:"value_for_ci_run,omitzero"`  // from 26.8
}

// UserAttributeGroupValue is the value that an attribute has for a group.
type UserAttributeGroupValue struct {
	ID ID `json:"id"`
	WriteUserAttributeGroupValue
	UserAttributeID Optional[ID]   `json:"user_attribute_id,omitzero"`
	ValueIsHidden   Optional[bool] `json:"value_is_hidden,omitzero"`
}

// WriteUserAttributeGroupValue is one entry of what set_user_attribute_group_values
// accepts. The API description calls its fields read-only; they are not.
type WriteUserAttributeGroupValue struct {
	GroupID Optional[ID]             `json:"group_id,omitzero"`
	Value   Optional[AttributeValue] `json:"value,omitzero"`
	Rank    Optional[int64]          `json:"rank,omitzero"` // from 1, the lowest wins; on all entries or none
}

var (
	userAttributeFields = fieldsOf[UserAttribute]()
	groupValueFields    = fieldsOf[UserAttributeGroupValue]()
)

// UserAttributesService calls the operations on user attributes.
type UserAttributesService struct{ c *Client }

// Get returns one attribute (operation user_attribute).
func (s *UserAttributesService) Get(ctx context.Context, id ID) (*UserAttribute, error) {
	return call[UserAttribute](ctx, s.c, opUserAttribute.at(id).fields(userAttributeFields))
}

// List yields every attribute, those of the system included (operation all_user_attributes).
func (s *UserAttributesService) List(ctx context.Context) iter.Seq2[*UserAttribute, error] {
	return all[UserAttribute](ctx, s.c, opAllUserAttributes.at().fields(userAttributeFields))
}

// Create makes an attribute; name and label must both be new (operation create_user_attribute).
func (s *UserAttributesService) Create(ctx context.Context, a WriteUserAttribute) (*UserAttribute, error) {
	return call[UserAttribute](ctx, s.c, opCreateUserAttribute.at().fields(userAttributeFields).with(a))
}

// Update changes the fields that a carries (operation update_user_attribute).
func (s *UserAttributesService) Update(ctx context.Context, id ID, a WriteUserAttribute) (*UserAttribute, error) {
	return call[UserAttribute](ctx, s.c, opUpdateUserAttribute.at(id).fields(userAttributeFields).with(a))
}

// Delete removes an attribute and every value of it (operation delete_user_attribute).
func (s *UserAttributesService) Delete(ctx context.Context, id ID) error {
	return exec(ctx, s.c, opDeleteUserAttribute.at(id))
}

// GroupValues returns the values of an attribute by group (operation all_user_attribute_group_values).
func (s *UserAttributesService) GroupValues(ctx context.Context, id ID) ([]UserAttributeGroupValue, error) {
	return list[UserAttributeGroupValue](ctx, s.c, opAllUserAttributeGroupValues.at(id).fields(groupValueFields))
}

// SetGroupValues replaces the values of an attribute for all groups; the first in
// the list wins (operation set_user_attribute_group_values).
func (s *UserAttributesService) SetGroupValues(ctx context.Context, id ID, values []WriteUserAttributeGroupValue) ([]UserAttributeGroupValue, error) {
	return list[UserAttributeGroupValue](ctx, s.c, opSetUserAttributeGroupValues.at(id).with(array(values)))
}
