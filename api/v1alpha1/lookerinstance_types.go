package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Keys of the Secret that spec.credentialsSecretRef names.
const (
	CredentialsClientIDKey     = "clientId"
	CredentialsClientSecretKey = "clientSecret"
)

// Edition is the Looker edition that was licensed. It sets the monthly
// allowance of API calls where apiBudget does not.
// +kubebuilder:validation:Enum=Standard;Enterprise;Embed;Unlimited
type Edition string

// Editions, with the calls a month that they include.
const (
	// EditionStandard: 1,000 administrative and 1,000 query calls.
	EditionStandard Edition = "Standard"
	// EditionEnterprise: 10,000 administrative and 100,000 query calls.
	EditionEnterprise Edition = "Enterprise"
	// EditionEmbed: 100,000 administrative and 500,000 query calls.
	EditionEmbed Edition = "Embed"
	// EditionUnlimited: calls are counted, never held back.
	EditionUnlimited Edition = "Unlimited"
)

// LocalSecretReference names a Secret in the object's own namespace.
type LocalSecretReference struct {
	// Name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
}

// APIBudget is how many calls of the Looker API the operator may use.
// +kubebuilder:validation:MinProperties=1
type APIBudget struct {
	// AdminCallsPerMonth is the number of administrative calls a month. Default:
	// the allowance of spec.edition.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000000
	// +optional
	AdminCallsPerMonth *int64 `json:"adminCallsPerMonth,omitempty"`
	// QueryCallsPerMonth is the number of query-based calls a month (schedules
	// use these). Default: the allowance of spec.edition.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000000
	// +optional
	QueryCallsPerMonth *int64 `json:"queryCallsPerMonth,omitempty"`
	// ReserveForChangesPercent is the share of both that drift detection leaves
	// for changes made by people, in percent. Default 30.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=90
	// +optional
	ReserveForChangesPercent *int32 `json:"reserveForChangesPercent,omitempty"`
}

// Traffic limits how fast the operator calls this instance.
// +kubebuilder:validation:MinProperties=1
type Traffic struct {
	// RequestsPerSecond is the sustained rate.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	// +optional
	RequestsPerSecond *int32 `json:"requestsPerSecond,omitempty"`
	// Burst is how many calls may be made at once after a pause.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	// +optional
	Burst *int32 `json:"burst,omitempty"`
	// MaxInFlight is how many calls may wait for an answer at the same time.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	// +optional
	MaxInFlight *int32 `json:"maxInFlight,omitempty"`
}

// DriftDetection says how often Looker is compared with the resources.
// +kubebuilder:validation:MinProperties=1
type DriftDetection struct {
	// Enabled: false never looks for changes made in Looker; changed resources
	// are still applied. Default true.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`
	// MinInterval between two comparisons of one kind, such as 15m. The budget
	// may make it longer, never shorter.
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^([0-9]+([.][0-9]+)?(h|m|s))+$') && duration(self) >= duration('1m') && duration(self) <= duration('720h')",message="minInterval is a duration from 1m to 720h in hours, minutes and seconds, such as 15m or 1h30m"
	// +optional
	MinInterval *metav1.Duration `json:"minInterval,omitempty"`
}

// LookerInstanceSpec is how to reach a Looker instance and who may use it.
type LookerInstanceSpec struct {
	// URL of the Looker API without a path, such as
	// https://acme.cloud.looker.com or https://looker.acme.example:19999.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="isURL(self) && self.matches('^https?://') && url(self).getHostname() != ''",message="url is https:// and a host, with a port where it is not 443, such as https://acme.cloud.looker.com"
	// +kubebuilder:validation:XValidation:rule="!self.startsWith('http://') || self.matches('^http://(localhost|127([.][0-9]{1,3}){3}|[[]::1[]])(:[0-9]*)?([/?#].*)?$')",message="url must be https; plain http is only possible to a loopback host (localhost, 127.x.x.x or [::1])"
	// +kubebuilder:validation:XValidation:rule="!isURL(self) || (url(self).getEscapedPath() == '' && !self.contains('?') && !self.contains('#') && !self.contains('@'))",message="url must not have a path, a trailing slash, a query, a fragment or a user name; /api/4.0 is added by the operator"
	// +kubebuilder:validation:XValidation:rule="!isURL(self) || url(self).getPort() == '' || self.matches(':([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])([/?#].*)?$')",message="url has a port that is not between 1 and 65535"
	URL string `json:"url"`
	// CredentialsSecretRef names the Secret with the API key of the operator's
	// Looker user, in this namespace: keys clientId and clientSecret.
	CredentialsSecretRef LocalSecretReference `json:"credentialsSecretRef"`
	// CASecretRef points at the certificates (PEM) that sign the instance's
	// certificate, where these are not among the well-known ones.
	// +optional
	CASecretRef *SecretKeyReference `json:"caSecretRef,omitempty"`
	// Access says which namespaces may use this instance, and for what. Absent:
	// this namespace, for everything. Where it is set, this namespace, too, has
	// only what is listed; [] lets nobody use it.
	// +kubebuilder:validation:MaxItems=50
	// +listType=atomic
	// +optional
	Access *[]AccessGrant `json:"access,omitempty"`
	// Edition that was licensed. It sets the monthly number of API calls. Default
	// Standard, the smallest.
	// +optional
	Edition Edition `json:"edition,omitempty"`
	// APIBudget overrides the number of API calls of the edition.
	// +optional
	APIBudget *APIBudget `json:"apiBudget,omitempty"`
	// Traffic limits how fast the instance is called.
	// +optional
	Traffic *Traffic `json:"traffic,omitempty"`
	// DriftDetection says how often Looker is compared with the resources.
	// +optional
	DriftDetection *DriftDetection `json:"driftDetection,omitempty"`
	// Suspend stops all calls to this instance until it is false again.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
}

// APIUser is the Looker user whose API key the operator uses.
type APIUser struct {
	// ID of the user in Looker.
	ID string `json:"id"`
	// Name shown in Looker.
	// +optional
	Name string `json:"name,omitempty"`
	// ClientID of the API key.
	// +optional
	ClientID string `json:"clientId,omitempty"`
}

// APIUsage is how many API calls the operator has made in a month.
type APIUsage struct {
	// Month that is counted, in UTC, such as 2026-11.
	Month string `json:"month"`
	// AdminCalls is the number of administrative calls.
	AdminCalls int64 `json:"adminCalls"`
	// QueryCalls is the number of query-based calls.
	QueryCalls int64 `json:"queryCalls"`
}

// KindSweep is the last comparison of one kind with Looker.
type KindSweep struct {
	// Kind that was compared.
	Kind string `json:"kind"`
	// LastTime it was finished.
	LastTime metav1.Time `json:"lastTime"`
	// Calls that it took.
	Calls int32 `json:"calls"`
	// QueryCalls among them: those that count as query-based.
	// +optional
	QueryCalls int32 `json:"queryCalls,omitempty"`
	// ReadCalls among them: for what Looker shows of one object at a time only,
	// such as attribute values and access lists. Each comparison reads a share.
	// +optional
	ReadCalls int32 `json:"readCalls,omitempty"`
}

// DriftDetectionStatus is the plan that follows from the budget, as of the last
// write of this status, about once an hour.
type DriftDetectionStatus struct {
	// Interval between two comparisons of one kind.
	// +optional
	Interval *metav1.Duration `json:"interval,omitempty"`
	// QueryInterval between two comparisons of a kind that takes query-based
	// calls (schedules), where it is another one.
	// +optional
	QueryInterval *metav1.Duration `json:"queryInterval,omitempty"`
	// FullRotation is the time within which the parts of all objects were read that
	// Looker shows of one object at a time only.
	// +optional
	FullRotation *metav1.Duration `json:"fullRotation,omitempty"`
	// NextSweep is when the next comparison starts. Absent where the interval is
	// shorter than the time between two writes of this status.
	// +optional
	NextSweep *metav1.Time `json:"nextSweep,omitempty"`
	// CallsPerSweep is what comparing every kind once takes.
	// +optional
	CallsPerSweep int32 `json:"callsPerSweep,omitempty"`
	// ProjectedMonthlyCalls is what comparing takes in a whole month, in
	// administrative calls.
	// +optional
	ProjectedMonthlyCalls int64 `json:"projectedMonthlyCalls,omitempty"`
	// ProjectedMonthlyQueryCalls is the same in query-based calls.
	// +optional
	ProjectedMonthlyQueryCalls int64 `json:"projectedMonthlyQueryCalls,omitempty"`
}

// LookerInstanceStatus is the observed state of the connection.
type LookerInstanceStatus struct {
	// ObservedGeneration is the generation that the conditions speak of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Conditions: Ready, Reconciling, Stalled and BudgetExhausted.
	// +listType=map
	// +listMapKey=type
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// Release of Looker that the instance runs.
	// +optional
	Release string `json:"release,omitempty"`
	// APIUser is the Looker user that the operator works as.
	// +optional
	APIUser *APIUser `json:"apiUser,omitempty"`
	// Usage is the number of API calls in the current month.
	// +optional
	Usage *APIUsage `json:"usage,omitempty"`
	// Sweeps lists the last comparison of each kind.
	// +listType=map
	// +listMapKey=kind
	// +optional
	Sweeps []KindSweep `json:"sweeps,omitempty"`
	// DriftDetection is the plan that follows from the budget.
	// +optional
	DriftDetection *DriftDetectionStatus `json:"driftDetection,omitempty"`
	// HandledReconcileRequest is the value of the annotation
	// looker-operator.dev/reconcile-requested-at that was last acted on: every kind
	// was compared with Looker.
	// +optional
	HandledReconcileRequest string `json:"handledReconcileRequest,omitempty"`
}

// LookerInstance is a connection to a Looker instance.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=looker,shortName=lkinstance
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="URL",type=string,JSONPath=`.spec.url`
// +kubebuilder:printcolumn:name="Release",type=string,JSONPath=`.status.release`
// +kubebuilder:printcolumn:name="Calls",type=integer,JSONPath=`.status.usage.adminCalls`
// +kubebuilder:printcolumn:name="Sweeps",type=string,JSONPath=`.status.driftDetection.interval`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
type LookerInstance struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              LookerInstanceSpec   `json:"spec"`
	Status            LookerInstanceStatus `json:"status,omitempty"`
}

// LookerInstanceList is a list of connections.
// +kubebuilder:object:root=true
type LookerInstanceList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []LookerInstance `json:"items"`
}

func init() { register(&LookerInstance{}, &LookerInstanceList{}) }
