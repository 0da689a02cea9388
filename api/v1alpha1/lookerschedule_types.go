package v1alpha1

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// RemovedPolicy says what happens when Looker itself removed a schedule.
// +kubebuilder:validation:Enum=Recreate;Observe
type RemovedPolicy string

// Removed policies. Absent means Recreate.
const (
	// RemovedRecreate creates the schedule again.
	RemovedRecreate RemovedPolicy = "Recreate"
	// RemovedObserve leaves it away and says so in the Drifted condition.
	RemovedObserve RemovedPolicy = "Observe"
)

// LookerScheduleSpec is the desired state of a schedule (Looker: scheduled
// plan). Absent fields are left as they are in Looker.
// +kubebuilder:validation:XValidation:rule="(has(self.lookId)?1:0)+(has(self.dashboardId)?1:0)+(has(self.lookmlDashboardId)?1:0)+(has(self.queryId)?1:0) == 1",message="set exactly one of lookId, dashboardId, lookmlDashboardId or queryId"
// +kubebuilder:validation:XValidation:rule="has(self.crontab) != has(self.datagroup)",message="set exactly one of crontab or datagroup"
// +kubebuilder:validation:XValidation:rule="!has(self.lookId) || (has(self.requireResults) && has(self.requireNoResults) && has(self.requireChange))",message="a schedule with lookId needs requireResults, requireNoResults and requireChange, each true or false"
// +kubebuilder:validation:XValidation:rule="!(has(self.requireResults) && self.requireResults && has(self.requireNoResults) && self.requireNoResults)",message="requireResults and requireNoResults contradict each other; at most one can be true"
// +kubebuilder:validation:XValidation:rule="!(has(self.sendAllResults) && self.sendAllResults && (has(self.dashboardId) || has(self.lookmlDashboardId)))",message="sendAllResults is not possible for dashboards; remove it or schedule a Look or a query"
// +kubebuilder:validation:XValidation:rule="!(has(self.runAsRecipient) && self.runAsRecipient) || self.destinations.all(d, has(d.email))",message="runAsRecipient is only possible where every destination is email"
// +kubebuilder:validation:XValidation:rule="!has(self.deletionPolicy) || self.deletionPolicy in ['Delete','Orphan']",message="deletionPolicy of a LookerSchedule is Delete or Orphan"
type LookerScheduleSpec struct {
	CommonSpec `json:",inline"`

	// Name of the schedule in Looker. Default: the object's name.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +optional
	Name *string `json:"name,omitempty"`
	// Owner is the user whose rights the data is read with. Absent, a new schedule
	// belongs to the operator's user. Looker removes it with its owner.
	// +optional
	Owner *UserReference `json:"owner,omitempty"`
	// LookID is the id of the Look to send.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +optional
	LookID *string `json:"lookId,omitempty"`
	// DashboardID is the id of the dashboard to send.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +optional
	DashboardID *string `json:"dashboardId,omitempty"`
	// LookMLDashboardID is the LookML dashboard to send, as model::dashboard.
	// +kubebuilder:validation:MinLength=4
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="self.matches('^[^:[:space:]]+::[^[:space:]]+$')",message="lookmlDashboardId has the form model::dashboard"
	// +optional
	LookMLDashboardID *string `json:"lookmlDashboardId,omitempty"`
	// QueryID is the id of the query to send.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +optional
	QueryID *string `json:"queryId,omitempty"`

	// Enabled: false pauses the schedule.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`
	// Crontab says when to send: minute, hour, day of month, month, day of week.
	// +kubebuilder:validation:MinLength=9
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule="self.matches('^[^[:space:]]+( +[^[:space:]]+){4}$')",message="crontab has exactly five fields separated by spaces: minute, hour, day of month, month, day of week; seconds, years and @daily are not supported"
	// +kubebuilder:validation:XValidation:rule="!self.contains('?')",message="crontab must not contain '?'; write '*' instead"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[^[:space:]]+( +[^[:space:]]+){4}$') || self.contains('?') || self.matches('^([*]|[0-5]?[0-9](-[0-5]?[0-9])?)(/[1-9][0-9]?)?(,([*]|[0-5]?[0-9](-[0-5]?[0-9])?)(/[1-9][0-9]?)?)*( +[^ ]+){4}$')",message="crontab: the minute is *, or out of 0-59, as a value, a range, a list or with a step, such as */15"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[^[:space:]]+( +[^[:space:]]+){4}$') || self.contains('?') || self.matches('^([^ ]+ +){1}([*]|([01]?[0-9]|2[0-3])(-([01]?[0-9]|2[0-3]))?)(/[1-9][0-9]?)?(,([*]|([01]?[0-9]|2[0-3])(-([01]?[0-9]|2[0-3]))?)(/[1-9][0-9]?)?)*( +[^ ]+){3}$')",message="crontab: the hour is *, or out of 0-23, as a value, a range, a list or with a step, such as */2"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[^[:space:]]+( +[^[:space:]]+){4}$') || self.contains('?') || self.matches('^([^ ]+ +){2}([*]|(0?[1-9]|[12][0-9]|3[01])(-(0?[1-9]|[12][0-9]|3[01]))?)(/[1-9][0-9]?)?(,([*]|(0?[1-9]|[12][0-9]|3[01])(-(0?[1-9]|[12][0-9]|3[01]))?)(/[1-9][0-9]?)?)*( +[^ ]+){2}$')",message="crontab: the day of month is *, or out of 1-31, as a value, a range, a list or with a step, such as */2"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[^[:space:]]+( +[^[:space:]]+){4}$') || self.contains('?') || self.matches('^([^ ]+ +){3}([*]|(0?[1-9]|1[0-2]|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))(-(0?[1-9]|1[0-2]|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)))?)(/[1-9][0-9]?)?(,([*]|(0?[1-9]|1[0-2]|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))(-(0?[1-9]|1[0-2]|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)))?)(/[1-9][0-9]?)?)*( +[^ ]+){1}$')",message="crontab: the month is *, or out of 1-12 or jan-dec, as a value, a range, a list or with a step, such as */2"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[^[:space:]]+( +[^[:space:]]+){4}$') || self.contains('?') || self.matches('^([^ ]+ +){4}([*]|([0-7]|(?i:sun|mon|tue|wed|thu|fri|sat))(-([0-7]|(?i:sun|mon|tue|wed|thu|fri|sat)))?)(/[1-9][0-9]?)?(,([*]|([0-7]|(?i:sun|mon|tue|wed|thu|fri|sat))(-([0-7]|(?i:sun|mon|tue|wed|thu|fri|sat)))?)(/[1-9][0-9]?)?)*$')",message="crontab: the day of week is *, or out of 0-7 or sun-sat, as a value, a range, a list or with a step, such as mon-fri"
	// +optional
	Crontab *string `json:"crontab,omitempty"`
	// Datagroup whose trigger sends, as model::datagroup.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +optional
	Datagroup *string `json:"datagroup,omitempty"`
	// Timezone that crontab is meant in, such as Europe/Berlin. Absent, a new
	// schedule uses that of the instance.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +optional
	Timezone *string `json:"timezone,omitempty"`

	// Destinations that receive the data. The list is the whole list.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=50
	// +listType=atomic
	Destinations []ScheduleDestination `json:"destinations"`
	// RunAsRecipient: true reads the data with the rights of each recipient, who
	// must all be users of this Looker instance.
	// +optional
	RunAsRecipient *bool `json:"runAsRecipient,omitempty"`

	// FiltersString is the filters as a URL query, such as ?Region=EMEA&Year=2026.
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	FiltersString *string `json:"filtersString,omitempty"`
	// RequireResults: send only if there are results.
	// +optional
	RequireResults *bool `json:"requireResults,omitempty"`
	// RequireNoResults: send only if there are no results.
	// +optional
	RequireNoResults *bool `json:"requireNoResults,omitempty"`
	// RequireChange: send only if the data changed since the last time.
	// +optional
	RequireChange *bool `json:"requireChange,omitempty"`
	// SendAllResults: lift the row limit; not for dashboards.
	// +optional
	SendAllResults *bool `json:"sendAllResults,omitempty"`

	// IncludeLinks: put links back to Looker in the message.
	// +optional
	IncludeLinks *bool `json:"includeLinks,omitempty"`
	// IncludeDashboardSummary in e-mails (Looker 26.12 and later).
	// +optional
	IncludeDashboardSummary *bool `json:"includeDashboardSummary,omitempty"`
	// ShowCustomURL: use the link of the customUrl fields instead of Looker's own.
	// +optional
	ShowCustomURL *bool `json:"showCustomUrl,omitempty"`
	// CustomURLBase is the base of the link; the instance's embed configuration
	// must allow it. It takes effect with showCustomUrl.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	CustomURLBase *string `json:"customUrlBase,omitempty"`
	// CustomURLParams is the path and parameters of the link.
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	CustomURLParams *string `json:"customUrlParams,omitempty"`
	// CustomURLLabel is the text of the link.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	CustomURLLabel *string `json:"customUrlLabel,omitempty"`

	// PDFPaperSize: letter, legal, tabloid or a0 to a5, in upper or lower case.
	// +kubebuilder:validation:MaxLength=7
	// +kubebuilder:validation:XValidation:rule="self.matches('^(?i)(letter|legal|tabloid|a[0-5])$')",message="pdfPaperSize is letter, legal, tabloid or one of a0 to a5"
	// +optional
	PDFPaperSize *string `json:"pdfPaperSize,omitempty"`
	// PDFLandscape: true turns the page.
	// +optional
	PDFLandscape *bool `json:"pdfLandscape,omitempty"`
	// PDFPageBreaks: a new page for each tab (Looker 26.8 and later).
	// +optional
	PDFPageBreaks *bool `json:"pdfPageBreaks,omitempty"`
	// LongTables: show tables in full length.
	// +optional
	LongTables *bool `json:"longTables,omitempty"`
	// InlineTableWidth is the width of inline tables in pixels.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100000
	// +optional
	InlineTableWidth *int32 `json:"inlineTableWidth,omitempty"`
	// ColorTheme is the name of the theme.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	ColorTheme *string `json:"colorTheme,omitempty"`
	// TabIDs are the tabs of the dashboard to send: ids, or labels for a LookML
	// dashboard (Looker 26.8 and later).
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=255
	// +listType=atomic
	// +optional
	TabIDs *[]string `json:"tabIds,omitempty"`
	// Embed: whether the schedule belongs to an embedded use.
	// +optional
	Embed *bool `json:"embed,omitempty"`

	// RemovedPolicy: Recreate (the default) creates the schedule again when Looker
	// itself removed it, which it does when everybody unsubscribed; Observe
	// respects that and reports it. Without its owner or its dashboard, Look or
	// query a schedule cannot be created again.
	// +optional
	RemovedPolicy RemovedPolicy `json:"removedPolicy,omitempty"`
}

// LookerScheduleStatus is the observed state of a schedule.
type LookerScheduleStatus struct {
	CommonStatus `json:",inline"`
}

// LookerSchedule is a schedule that sends a dashboard, a Look or a query.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=looker,shortName=lkschedule
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Instance",type=string,JSONPath=`.spec.instanceRef.name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Crontab",type=string,priority=1,JSONPath=`.spec.crontab`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
type LookerSchedule struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              LookerScheduleSpec   `json:"spec"`
	Status            LookerScheduleStatus `json:"status,omitempty"`
}

// Common implements Object.
func (s *LookerSchedule) Common() (*CommonSpec, *CommonStatus) {
	return &s.Spec.CommonSpec, &s.Status.CommonStatus
}

// References implements Object.
func (s *LookerSchedule) References() []Reference {
	if s.Spec.Owner == nil {
		return nil
	}
	return []Reference{{Field: "spec.owner", Kind: KindUser, Target: s.Spec.Owner.Target()}}
}

// SecretReferences implements Object.
func (s *LookerSchedule) SecretReferences() []SecretReference {
	var refs []SecretReference
	for i, d := range s.Spec.Destinations {
		refs = append(refs, d.secretReferences(fmt.Sprintf("spec.destinations[%d]", i))...)
	}
	return refs
}

// LookerScheduleList is a list of schedules.
// +kubebuilder:object:root=true
type LookerScheduleList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []LookerSchedule `json:"items"`
}

func init() { register(&LookerSchedule{}, &LookerScheduleList{}) }
