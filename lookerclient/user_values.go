package lookerclient

import "context"

// SourceUserSetting is the source of a value that was set on the user itself.
// All other sources are values the user has from elsewhere.
const SourceUserSetting = "User Setting"

// UserAttributeWithValue is the value that a user has of an attribute, and where
// it comes from.
type UserAttributeWithValue struct {
	WriteUserAttributeValue
	UserAttributeID            ID               `json:"user_attribute_id"`
	UserID                     Optional[ID]     `json:"user_id,omitzero"`
	Name                       Optional[string] `json:"name,omitzero"`
	Label                      Optional[string] `json:"label,omitzero"`
	Rank                       Optional[int64]  `json:"rank,omitzero"` // -1 for SourceUserSetting
	Source                     Optional[string] `json:"source,omitzero"`
	ValueIsHidden              Optional[bool]   `json:"value_is_hidden,omitzero"`
	UserCanEdit                Optional[bool]   `json:"user_can_edit,omitzero"`
	HiddenValueDomainWhitelist Optional[string] `json:"hidden_value_domain_whitelist,omitzero"`
}

// WriteUserAttributeValue is what set_user_attribute_user_value and
// update_user_attribute_group_value accept.
type WriteUserAttributeValue struct {
	Value Optional[AttributeValue] `json:"value,omitzero"` // reads null when hidden
}

var userValueFields = fieldsOf[UserAttributeWithValue]()

// AttributeValues returns the values that a user has of the attributes given, or
// of all (operation user_attribute_user_values). Only those with
// SourceUserSetting are set on the user.
func (s *UsersService) AttributeValues(ctx context.Context, userID ID, attributeIDs ...ID) ([]UserAttributeWithValue, error) {
	return list[UserAttributeWithValue](ctx, s.c, opUserAttributeUserValues.at(userID).
		fields(userValueFields).csv("user_attribute_ids", attributeIDs))
}

// SetAttributeValue sets a value on a user (operation set_user_attribute_user_value).
func (s *UsersService) SetAttributeValue(ctx context.Context, userID, attributeID ID, v AttributeValue) (*UserAttributeWithValue, error) {
	return call[UserAttributeWithValue](ctx, s.c, opSetUserAttributeUserValue.at(userID, attributeID).
		with(WriteUserAttributeValue{Value: Set(v)}))
}

// DeleteAttributeValue removes a value from a user, who then has the group's or
// the default one (operation delete_user_attribute_user_value).
func (s *UsersService) DeleteAttributeValue(ctx context.Context, userID, attributeID ID) error {
	return exec(ctx, s.c, opDeleteUserAttributeUserValue.at(userID, attributeID))
}
