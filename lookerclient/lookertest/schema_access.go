package lookertest

// Access control: the fields of the objects named, in the notation of parseSchemas.
const accessSchemas = `
Group:
	-can:map can_add_to_content_metadata:bool -contains_current_user:bool -external_group_id:string? -externally_managed:bool -id
	-include_by_default:bool name:string? -user_count:int?
GroupSearch:
	-can:map can_add_to_content_metadata:bool -contains_current_user:bool -external_group_id:string? -externally_managed:bool -id
	-include_by_default:bool name:string? -user_count:int? -roles:[Role]?
GroupHierarchy:
	-can:map can_add_to_content_metadata:bool -contains_current_user:bool -external_group_id:string? -externally_managed:bool -id
	-include_by_default:bool name:string? -user_count:int? -parent_group_ids:[string]? -role_ids:[string]?
GroupIdForGroupInclusion:
	group_id:string?
GroupIdForGroupUserInclusion:
	user_id:string?
Role:
	-can:map -id name:string? -permission_set:PermissionSet +permission_set_id:string? -model_set:ModelSet +model_set_id:string? -internal:bool@26.0
	-url:string? -users_url:string?
RoleSearch:
	-can:map -id name:string? -permission_set:PermissionSet +permission_set_id:string? -model_set:ModelSet +model_set_id:string? -internal:bool@26.0
	-user_count:int? -url:string? -users_url:string?
PermissionSet:
	-can:map -all_access:bool -built_in:bool -id name:string? permissions:[string]? -url:string?
ModelSet:
	-can:map -all_access:bool -built_in:bool -id models:[string]? name:string? -url:string?
Permission:
	-can:map -permission:string? -parent:string? -description:string?
UserAttribute:
	-can:map -id name!:string? label!:string? type!:string? default_value:string? -is_system:bool -is_permanent:bool value_is_hidden:bool
	user_can_view:bool user_can_edit:bool hidden_value_domain_whitelist:string? needed_for_ci_run:bool@26.8 value_for_ci_run:string?@26.8
UserAttributeWithValue:
	-can:map -name:string? -label:string? -rank:int? value:string? -user_id:string? -user_can_edit:bool -value_is_hidden:bool -user_attribute_id:string?
	-source:string? -hidden_value_domain_whitelist:string?
UserAttributeGroupValue:
	-can:map -id group_id:string? user_attribute_id:string? -value_is_hidden:bool rank:int? value:string?
`
