package lookertest

// Folders, content and schedules: the fields of the objects named, in the notation of parseSchemas.
const contentSchemas = `
Folder:
	name parent_id:string? -id -content_metadata_id:string? -created_at:string? -creator_id:string? -child_count:int? -external_id:string? -is_embed:bool
	-is_embed_shared_root:bool -is_embed_users_root:bool -is_personal:bool -is_personal_descendant:bool -is_shared_root:bool -is_users_root:bool -can:map
	-dashboards:[DashboardBase]? -looks:[LookWithDashboards]?
FolderBase:
	name parent_id:string? -id -content_metadata_id:string? -created_at:string? -creator_id:string? -child_count:int? -external_id:string? -is_embed:bool
	-is_embed_shared_root:bool -is_embed_users_root:bool -is_personal:bool -is_personal_descendant:bool -is_shared_root:bool -is_users_root:bool -can:map
CreateFolder:
	name! parent_id!
UpdateFolder:
	name parent_id
ContentMeta:
	-can:map -id -name:string? -parent_id:string? -dashboard_id:string? -look_id:string? -folder_id:string? -homepage_id:string? -agent_id:string?@26.4
	-content_type:string? inherits:bool -inheriting_id:string? -slug:string?
ContentMetaGroupUser:
	-can:map -id content_metadata_id:string? permission_type:enum(view,edit)? group_id:string? user_id:string?
DashboardBase:
	-can:map -content_favorite_id:string? -content_metadata_id:string? -description:string? -hidden:bool -id -model:LookModel -query_timezone:string?
	-readonly:bool -refresh_interval:string? -refresh_interval_to_i:int? -folder:FolderBase -title:string? -user_id:string? -slug:string?
	-preferred_viewer:string? -certification_metadata:Certification@25.20
Dashboard:
	-can:map -content_favorite_id:string? -content_metadata_id:string? description:string? hidden:bool -id -model:LookModel query_timezone:string?
	-readonly:bool refresh_interval:string? -refresh_interval_to_i:int? -folder:FolderBase title:string? user_id:string? slug:string?
	preferred_viewer:string? -certification_metadata:Certification@25.20 alert_sync_with_dashboard_filter_enabled:bool chat_enabled:bool
	background_color:string? -created_at:string? crossfilter_enabled:bool -dashboard_elements:[DashboardElement]? -dashboard_filters:[DashboardFilter]?
	-dashboard_layouts:[DashboardLayout]? deleted:bool -deleted_at:string? -deleter_id:string? -edit_uri:string? enable_viz_full_screen:bool
	-favorite_count:int? filters_bar_collapsed:bool filters_location_top:bool -last_accessed_at:string? -last_viewed_at:string? -updated_at:string?
	-last_updater_id:string? -last_updater_name:string? -user_name:string? load_configuration:string? lookml_link_id:string? show_filters_bar:bool?
	show_title:bool? folder_id:string? text_tile_text_color:string? tile_background_color:string? tile_text_color:string? title_color:string?
	-view_count:int? appearance:DashboardAppearance -usage_count:int? -is_owner_disabled:bool -url:string? preserve_desktop_layout:bool
	download_settings:DashboardDownloadSettings
LookWithQuery:
	-can:map -content_metadata_id:string? -id title:string? user_id:string? -certification_metadata:Certification@25.20 -content_favorite_id:string?
	-created_at:string? deleted:bool -deleted_at:string? -deleter_id:string? description:string? -embed_url:string? -excel_file_url:string?
	-favorite_count:int? -google_spreadsheet_formula:string? -image_embed_url:string? is_run_on_load:bool -last_accessed_at:string?
	-last_updater_id:string? -last_viewed_at:string? -model:LookModel public:bool -public_slug:string? -public_url:string? query_id:string?
	-short_url:string? -folder:FolderBase folder_id:string? -updated_at:string? -user_name:string? -view_count:int? -usage_count:int?
	-is_owner_disabled:bool -query:Query -url:string?
Look:
	-can:map -content_metadata_id:string? -id title:string? user_id:string? -certification_metadata:Certification@25.20 -content_favorite_id:string?
	-created_at:string? deleted:bool -deleted_at:string? -deleter_id:string? description:string? -embed_url:string? -excel_file_url:string?
	-favorite_count:int? -google_spreadsheet_formula:string? -image_embed_url:string? is_run_on_load:bool -last_accessed_at:string?
	-last_updater_id:string? -last_viewed_at:string? -model:LookModel public:bool -public_slug:string? -public_url:string? query_id:string?
	-short_url:string? -folder:FolderBase folder_id:string? -updated_at:string? -user_name:string? -view_count:int? -usage_count:int?
	-is_owner_disabled:bool
LookWithDashboards:
	-can:map -content_metadata_id:string? -id title:string? user_id:string? -certification_metadata:Certification@25.20 -content_favorite_id:string?
	-created_at:string? deleted:bool -deleted_at:string? -deleter_id:string? description:string? -embed_url:string? -excel_file_url:string?
	-favorite_count:int? -google_spreadsheet_formula:string? -image_embed_url:string? is_run_on_load:bool -last_accessed_at:string?
	-last_updater_id:string? -last_viewed_at:string? -model:LookModel public:bool -public_slug:string? -public_url:string? query_id:string?
	-short_url:string? -folder:FolderBase folder_id:string? -updated_at:string? -user_name:string? -view_count:int? -usage_count:int?
	-is_owner_disabled:bool -dashboards:[DashboardBase]?
ScheduledPlan:
	name:string? user_id:string? run_as_recipient:bool enabled:bool look_id:string? dashboard_id:string? lookml_dashboard_id:string?
	filters_string:string? dashboard_filters:string? require_results:bool require_no_results:bool require_change:bool send_all_results:bool
	crontab:string? datagroup:string? timezone:string? scheduled_plan_destination:[ScheduledPlanDestination]? run_once:bool include_links:bool
	include_dashboard_summary:bool@26.12 custom_url_base:string? custom_url_params:string? custom_url_label:string? show_custom_url:bool
	pdf_paper_size:string? pdf_landscape:bool embed:bool color_theme:string? long_tables:bool pdf_page_breaks:bool@26.8 tab_ids:[string]?@26.8
	inline_table_width:int? query_id:string? -id -created_at:string? -updated_at:string? -title:string? -user:UserPublic -next_run_at:string?
	-last_run_at:string? -can:map
ScheduledPlanDestination:
	-id scheduled_plan_id:string? format:string? apply_formatting:bool apply_vis:bool address:string? -looker_recipient:bool type:string?
	parameters:string? +secret_parameters:string? message:string?
`
