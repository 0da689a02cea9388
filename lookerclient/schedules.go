package lookerclient

import (
	"context"
	"iter"
)

// ScheduledPlan delivers a look, dashboard or query at set times.
type ScheduledPlan struct {
	ID ID `json:"id"`
	WriteScheduledPlan
	Title     Optional[string] `json:"title,omitzero"`
	CreatedAt Optional[string] `json:"created_at,omitzero"`
	UpdatedAt Optional[string] `json:"updated_at,omitzero"`
	NextRunAt Optional[string] `json:"next_run_at,omitzero"`
	LastRunAt Optional[string] `json:"last_run_at,omitzero"`
}

// WriteScheduledPlan is what create_scheduled_plan and update_scheduled_plan
// accept. Exactly one of LookID, DashboardID, LookMLDashboardID and QueryID is the
// target, and one of Crontab and Datagroup the time. dashboard_filters, an old
// name of filters_string, is left out: the two must not be sent together.
type WriteScheduledPlan struct {
	Name              Optional[string] `json:"name,omitzero"`
	UserID            Optional[ID]     `json:"user_id,omitzero"` // the owner, as whom it runs
	RunAsRecipient    Optional[bool]   `json:"run_as_recipient,omitzero"`
	Enabled           Optional[bool]   `json:"enabled,omitzero"`
	LookID            Optional[ID]     `json:"look_id,omitzero"`
	DashboardID       Optional[ID]     `json:"dashboard_id,omitzero"`
	LookMLDashboardID Optional[ID]     `json:"lookml_dashboard_id,omitzero"`
	QueryID           Optional[ID]     `json:"query_id,omitzero"`
	FiltersString     Optional[string] `json:"filters_string,omitzero"` // a URL query
	RequireResults    Optional[bool]   `json:"require_results,omitzero"`
	RequireNoResults  Optional[bool]   `json:"require_no_results,omitzero"`
	RequireChange     Optional[bool]   `json:"require_change,omitzero"`
	SendAllResults    Optional[bool]   `json:"send_all_results,omitzero"`
	Crontab           Optional[string] `json:"crontab,omitzero"`   // five fields
	Datagroup         Optional[string] `json:"datagroup,omitzero"` // model::datagroup
	Timezone          Optional[string] `json:"timezone,omitzero"`
	// Destinations replaces all destinations, which get new ids; an empty list is an
	// error. Their secrets must be sent again each time.
	Destinations            Optional[[]WriteScheduledPlanDestination] `json:"scheduled_plan_destination,omitzero"`
	RunOnce                 Optional[bool]                            `json:"run_once,omitzero"` // the plan goes after its first run
	IncludeLinks            Optional[bool]                            `json:"include_links,omitzero"`
	IncludeDashboardSummary Optional[bool]                            `json:"include_dashboard_summary,omitzero"` // from 26.12
	CustomURLBase           Optional[string]                          `json:"custom_url_base,omitzero"`
	CustomURLParams         Optional[string]                          `json:"custom_url_params,omitzero"`
	CustomURLLabel          Optional[string]                          `json:"custom_url_label,omitzero"`
	ShowCustomURL           Optional[bool]                            `json:"show_custom_url,omitzero"`
	PDFPaperSize            Optional[string]                          `json:"pdf_paper_size,omitzero"`
	PDFLandscape            Optional[bool]                            `json:"pdf_landscape,omitzero"`
	Embed                   Optional[bool]                            `json:"embed,omitzero"`
	ColorTheme              Optional[string]                          `json:"color_theme,omitzero"`
	LongTables              Optional[bool]                            `json:"long_tables,omitzero"`
	PDFPageBreaks           Optional[bool]                            `json:"pdf_page_breaks,omitzero"` // from 26.8
	TabIDs                  Optional[[]string]                        `json:"tab_ids,omitzero"`         // from 26.8
	InlineTableWidth        Optional[int64]                           `json:"inline_table_width,omitzero"`
}

// WriteScheduledPlanDestination is where a plan delivers to. It serves reading too:
// what an answer has besides, an id that changes with each write, is of no use.
type WriteScheduledPlanDestination struct {
	Format          Optional[string]             `json:"format,omitzero"`
	ApplyFormatting Optional[bool]               `json:"apply_formatting,omitzero"`
	ApplyVis        Optional[bool]               `json:"apply_vis,omitzero"`
	Address         Optional[DestinationAddress] `json:"address,omitzero"`
	// Type is email, webhook, s3, sftp or looker-integration://<hub id>::<name>.
	Type Optional[string] `json:"type,omitzero"`
	// Parameters and SecretParameters are JSON objects as text.
	Parameters       Optional[string] `json:"parameters,omitzero"`
	SecretParameters Optional[Secret] `json:"secret_parameters,omitzero" looker:"writeonly"`
	Message          Optional[string] `json:"message,omitzero"`
}

// DestinationAddress is an e-mail address, a URL or a path. The URL of a webhook may
// hold a token: give it as SecretAddress, and it is redacted wherever a Secret is.
// Looker returns it all the same.
type DestinationAddress struct{ AttributeValue }

// PlainAddress is an address that anybody may see.
func PlainAddress(address string) DestinationAddress {
	return DestinationAddress{PlainValue(address)}
}

// SecretAddress is an address that is a secret.
func SecretAddress(s Secret) DestinationAddress { return DestinationAddress{HiddenValue(s)} }

// Reveal returns the address itself.
func (a DestinationAddress) Reveal() string {
	if text, plain := a.Text(); plain {
		return text
	}
	return a.secret.Reveal()
}

var scheduledPlanFields = fieldsOf[ScheduledPlan]()

// ScheduledPlansService calls the operations on scheduled plans. All of them are
// charged as query calls.
type ScheduledPlansService struct{ c *Client }

// Get returns one plan (operation scheduled_plan).
func (s *ScheduledPlansService) Get(ctx context.Context, id ID) (*ScheduledPlan, error) {
	return call[ScheduledPlan](ctx, s.c, opScheduledPlan.at(id).fields(scheduledPlanFields))
}

// List yields the plans of all users (operation all_scheduled_plans). A disabled
// plan may be missing: Get it before taking it for deleted.
func (s *ScheduledPlansService) List(ctx context.Context) iter.Seq2[*ScheduledPlan, error] {
	return all[ScheduledPlan](ctx, s.c, opAllScheduledPlans.at().fields(scheduledPlanFields).param("all_users", "true"))
}

// Create makes a plan (operation create_scheduled_plan). Plans have no natural key.
func (s *ScheduledPlansService) Create(ctx context.Context, p WriteScheduledPlan) (*ScheduledPlan, error) {
	return call[ScheduledPlan](ctx, s.c, opCreateScheduledPlan.at().with(p))
}

// Update changes the fields that p carries (operation update_scheduled_plan).
func (s *ScheduledPlansService) Update(ctx context.Context, id ID, p WriteScheduledPlan) (*ScheduledPlan, error) {
	return call[ScheduledPlan](ctx, s.c, opUpdateScheduledPlan.at(id).with(p))
}

// Delete removes a plan (operation delete_scheduled_plan).
func (s *ScheduledPlansService) Delete(ctx context.Context, id ID) error {
	return exec(ctx, s.c, opDeleteScheduledPlan.at(id))
}
