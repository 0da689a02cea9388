package controllers

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// A scheduled plan is one resource of the API, so that what is wanted and what
// Looker has are the client's own types.
type (
	wantedPlan = lookerclient.WriteScheduledPlan
	livePlan   = lookerclient.ScheduledPlan
)

// scheduleAdapter manages schedules. All its calls are charged as query calls.
type scheduleAdapter struct{}

// Desired implements engine.Adapter.
func (scheduleAdapter) Desired(s *v1alpha1.LookerSchedule, in engine.Inputs) (wantedPlan, error) {
	spec := &s.Spec
	name := s.Name
	if spec.Name != nil {
		name = *spec.Name
	}
	destinations, err := wantedDestinations(spec.Destinations, in)
	if err != nil {
		return wantedPlan{}, err
	}
	want := wantedPlan{
		Name:                    lookerclient.Set(name),
		LookID:                  optionalID(spec.LookID),
		DashboardID:             optionalID(spec.DashboardID),
		LookMLDashboardID:       optionalID(spec.LookMLDashboardID),
		QueryID:                 optionalID(spec.QueryID),
		Enabled:                 lookerclient.SetPtr(spec.Enabled),
		Crontab:                 lookerclient.SetPtr(spec.Crontab),
		Datagroup:               lookerclient.SetPtr(spec.Datagroup),
		Timezone:                lookerclient.SetPtr(spec.Timezone),
		Destinations:            lookerclient.Set(destinations),
		RunAsRecipient:          lookerclient.SetPtr(spec.RunAsRecipient),
		FiltersString:           lookerclient.SetPtr(spec.FiltersString),
		RequireResults:          lookerclient.SetPtr(spec.RequireResults),
		RequireNoResults:        lookerclient.SetPtr(spec.RequireNoResults),
		RequireChange:           lookerclient.SetPtr(spec.RequireChange),
		SendAllResults:          lookerclient.SetPtr(spec.SendAllResults),
		IncludeLinks:            lookerclient.SetPtr(spec.IncludeLinks),
		IncludeDashboardSummary: lookerclient.SetPtr(spec.IncludeDashboardSummary),
		ShowCustomURL:           lookerclient.SetPtr(spec.ShowCustomURL),
		CustomURLBase:           lookerclient.SetPtr(spec.CustomURLBase),
		CustomURLParams:         lookerclient.SetPtr(spec.CustomURLParams),
		CustomURLLabel:          lookerclient.SetPtr(spec.CustomURLLabel),
		PDFLandscape:            lookerclient.SetPtr(spec.PDFLandscape),
		PDFPageBreaks:           lookerclient.SetPtr(spec.PDFPageBreaks),
		LongTables:              lookerclient.SetPtr(spec.LongTables),
		ColorTheme:              lookerclient.SetPtr(spec.ColorTheme),
		TabIDs:                  lookerclient.SetPtr(spec.TabIDs),
		Embed:                   lookerclient.SetPtr(spec.Embed),
	}
	if spec.Owner != nil {
		want.UserID = lookerclient.Set(lookerclient.ID(in.ID(v1alpha1.KindUser, spec.Owner.Target())))
	}
	if spec.PDFPaperSize != nil {
		want.PDFPaperSize = lookerclient.Set(strings.ToLower(*spec.PDFPaperSize))
	}
	if spec.InlineTableWidth != nil {
		want.InlineTableWidth = lookerclient.Set(int64(*spec.InlineTableWidth))
	}
	return want, nil
}

// optionalID converts the id in a spec.
func optionalID(id *string) lookerclient.Optional[lookerclient.ID] {
	if id == nil {
		return lookerclient.Optional[lookerclient.ID]{}
	}
	return lookerclient.Set(lookerclient.ID(*id))
}

// Key implements engine.Adapter. Looker has no natural key for plans; name, owner
// and target are what people tell them apart by.
func (scheduleAdapter) Key(want wantedPlan) wantedPlan {
	return wantedPlan{
		Name: want.Name, UserID: want.UserID,
		LookID: want.LookID, DashboardID: want.DashboardID, LookMLDashboardID: want.LookMLDashboardID, QueryID: want.QueryID,
	}
}

// Match implements engine.Adapter. A spec without owner leaves the owner to Looker,
// so it matches the plan whoever has it: this rather asks one question too many
// than makes a second plan that mails the same people.
func (scheduleAdapter) Match(key wantedPlan, live *livePlan) bool {
	if valueOf(key.Name) != valueOf(live.Name) {
		return false
	}
	if owner, ok := key.UserID.Get(); ok && owner != valueOf(live.UserID) {
		return false
	}
	return targetOf(&key) == targetOf(&live.WriteScheduledPlan)
}

// planTarget is what a plan sends; one of them is set.
type planTarget struct{ look, dashboard, lookmlDashboard, query lookerclient.ID }

func targetOf(p *wantedPlan) planTarget {
	return planTarget{valueOf(p.LookID), valueOf(p.DashboardID), valueOf(p.LookMLDashboardID), valueOf(p.QueryID)}
}

// ID implements engine.Adapter.
func (scheduleAdapter) ID(live *livePlan) string { return string(live.ID) }

// List implements engine.Lister.
func (scheduleAdapter) List(ctx context.Context, c *lookerclient.Client) iter.Seq2[*livePlan, error] {
	return c.ScheduledPlans.List(ctx)
}

// Get implements engine.Adapter.
func (scheduleAdapter) Get(ctx context.Context, c *lookerclient.Client, id string) (*livePlan, error) {
	return c.ScheduledPlans.Get(ctx, lookerclient.ID(id))
}

// Create implements engine.Adapter.
func (scheduleAdapter) Create(ctx context.Context, c *lookerclient.Client, want wantedPlan) (*livePlan, error) {
	if targetOf(&want).look != "" {
		requireAll(&want, &wantedPlan{})
	}
	live, err := c.ScheduledPlans.Create(ctx, want)
	if lookerclient.IsNotFound(err) {
		return nil, fmt.Errorf("%w: the owner, or what is to be sent, does not exist, or the operator's user may not see it", err)
	}
	return live, err
}

// CreateCarries implements engine.Carrier.
func (scheduleAdapter) CreateCarries() []string { return []string{"scheduled_plan_destination"} }

// Update implements engine.Adapter. The list of destinations replaces the one in
// Looker and recreates them all, so it goes whole and with all its secrets, which
// the engine sees to: it never divides a list.
func (scheduleAdapter) Update(ctx context.Context, c *lookerclient.Client, live *livePlan, patch wantedPlan) (*livePlan, error) {
	old := &live.WriteScheduledPlan
	if targetOf(&patch) != (planTarget{}) {
		replaceID(&patch.LookID, old.LookID)
		replaceID(&patch.DashboardID, old.DashboardID)
		replaceID(&patch.LookMLDashboardID, old.LookMLDashboardID)
		replaceID(&patch.QueryID, old.QueryID)
	}
	switch {
	case !patch.Crontab.IsZero() && valueOf(old.Datagroup) != "":
		patch.Datagroup = lookerclient.Null[string]()
	case !patch.Datagroup.IsZero() && valueOf(old.Crontab) != "":
		patch.Crontab = lookerclient.Null[string]()
	}
	if touchesRequire(&patch) || targetOf(&patch).look != "" {
		requireAll(&patch, old)
	}
	return c.ScheduledPlans.Update(ctx, live.ID, patch)
}

// replaceID clears the target that a plan had, for it can have only one.
func replaceID(now *lookerclient.Optional[lookerclient.ID], old lookerclient.Optional[lookerclient.ID]) {
	if now.IsZero() && valueOf(old) != "" {
		*now = lookerclient.Null[lookerclient.ID]()
	}
}

func touchesRequire(p *wantedPlan) bool {
	return !p.RequireResults.IsZero() || !p.RequireNoResults.IsZero() || !p.RequireChange.IsZero()
}

// requireAll completes the three conditions for sending, which Looker takes
// together or not at all where a Look is sent.
func requireAll(p, old *wantedPlan) {
	if p.RequireResults.IsZero() {
		p.RequireResults = lookerclient.Set(isTrue(old.RequireResults))
	}
	if p.RequireNoResults.IsZero() {
		p.RequireNoResults = lookerclient.Set(isTrue(old.RequireNoResults))
	}
	if p.RequireChange.IsZero() {
		p.RequireChange = lookerclient.Set(isTrue(old.RequireChange))
	}
}

// Delete implements engine.Adapter.
func (scheduleAdapter) Delete(ctx context.Context, c *lookerclient.Client, id string) error {
	return c.ScheduledPlans.Delete(ctx, lookerclient.ID(id))
}

// MakeAgain implements engine.Remaker: Looker removes a plan when everybody has
// unsubscribed, and whether that counts is for the spec to say.
func (scheduleAdapter) MakeAgain(s *v1alpha1.LookerSchedule) bool {
	return s.Spec.RemovedPolicy != v1alpha1.RemovedObserve
}

// Since implements engine.Versioned.
func (scheduleAdapter) Since() map[string]string {
	return map[string]string{
		"include_dashboard_summary": "26.12",
		"pdf_page_breaks":           "26.8",
		"tab_ids":                   "26.8",
	}
}
