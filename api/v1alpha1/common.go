package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// ManagementPolicy says whether the operator may change Looker for an object.
// +kubebuilder:validation:Enum=Manage;Observe
type ManagementPolicy string

// Management policies. Absent means Manage.
const (
	// ManagementManage keeps Looker as the spec says.
	ManagementManage ManagementPolicy = "Manage"
	// ManagementObserve only reports: what differs is in the Drifted condition.
	ManagementObserve ManagementPolicy = "Observe"
)

// AdoptionPolicy says what happens when Looker already has the resource.
// +kubebuilder:validation:Enum=Never;Adopt
type AdoptionPolicy string

// Adoption policies. Absent means Never.
const (
	// AdoptionNever leaves a resource alone that the operator did not create.
	AdoptionNever AdoptionPolicy = "Never"
	// AdoptionAdopt takes over the one resource with the same natural key.
	AdoptionAdopt AdoptionPolicy = "Adopt"
)

// DeletionPolicy says what happens in Looker when the object is deleted. Which
// values are legal depends on the kind. Absent means: what the operator created
// is deleted (a user is disabled), what it adopted stays.
type DeletionPolicy string

// Deletion policies.
const (
	// DeletionDelete deletes the resource in Looker.
	DeletionDelete DeletionPolicy = "Delete"
	// DeletionOrphan leaves the resource in Looker as it is.
	DeletionOrphan DeletionPolicy = "Orphan"
	// DeletionDisable disables the resource instead of deleting it (LookerUser).
	DeletionDisable DeletionPolicy = "Disable"
	// DeletionDeleteWithContents also deletes what the resource contains (LookerFolder).
	DeletionDeleteWithContents DeletionPolicy = "DeleteWithContents"
)

// InstanceReference names the LookerInstance that an object belongs to.
type InstanceReference struct {
	// Name of the LookerInstance.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
	// Namespace of the LookerInstance; absent means the object's own. Another
	// namespace must be granted by the instance's spec.access.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +optional
	Namespace string `json:"namespace,omitempty"`
}

// CommonSpec is inlined in the spec of every kind but LookerInstance.
type CommonSpec struct {
	// InstanceRef names the LookerInstance that this object belongs to. It
	// cannot be changed.
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="instanceRef is immutable; delete this object with deletionPolicy Orphan and create it anew for the other instance"
	InstanceRef InstanceReference `json:"instanceRef"`
	// ManagementPolicy: Manage keeps Looker as the spec says; Observe changes
	// nothing and reports differences. Default Manage.
	// +optional
	ManagementPolicy ManagementPolicy `json:"managementPolicy,omitempty"`
	// AdoptionPolicy: what to do when Looker already has this resource and the
	// operator did not create it. Default Never.
	// +optional
	AdoptionPolicy AdoptionPolicy `json:"adoptionPolicy,omitempty"`
	// DeletionPolicy: what happens in Looker when this object is deleted. It
	// may be changed while the object is being deleted.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`
	// Suspend stops all work on this object until it is false again.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
}

// Origin says how the operator came to manage a resource in Looker.
type Origin string

// Origins.
const (
	// OriginCreated: the operator created it.
	OriginCreated Origin = "Created"
	// OriginAdopted: it was there before.
	OriginAdopted Origin = "Adopted"
)

// CreateIntent is written before a resource is created in Looker, and removed
// when its id is known. Where it is found again, a create was interrupted.
type CreateIntent struct {
	// Key is the natural key, as JSON, that the resource is searched by.
	Key string `json:"key"`
	// At is when the create was started.
	At metav1.Time `json:"at"`
}

// CommonStatus is inlined in the status of every kind but LookerInstance. Only
// the engine writes it, and only when something changed.
type CommonStatus struct {
	// ID of the resource in Looker.
	// +optional
	ID string `json:"id,omitempty"`
	// Origin says whether the operator created or adopted the resource.
	// +optional
	Origin Origin `json:"origin,omitempty"`
	// ObservedGeneration is the generation that the conditions speak of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Conditions: Ready, Reconciling, Stalled and Drifted.
	// +listType=map
	// +listMapKey=type
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// Creating is set while a create is under way.
	// +optional
	Creating *CreateIntent `json:"creating,omitempty"`
	// AppliedHash identifies the desired state that Looker last agreed with.
	// +optional
	AppliedHash string `json:"appliedHash,omitempty"`
	// WriteOnlyHashes holds a salted hash for each field that Looker never
	// returns, so that it is sent again only when it changes.
	// +optional
	WriteOnlyHashes map[string]string `json:"writeOnlyHashes,omitempty"`
	// StoredAs remembers, for text that Looker rewrites when it stores it, the
	// hash of what was sent and the hash of what came of it.
	// +optional
	StoredAs map[string]string `json:"storedAs,omitempty"`
	// Lookups holds the Looker ids behind the references by name, path or
	// e-mail, as they were last resolved.
	// +optional
	Lookups map[string]string `json:"lookups,omitempty"`
	// Claims lists the entries of shared lists (such as group memberships)
	// that this object added and will take back.
	// +listType=set
	// +optional
	Claims []string `json:"claims,omitempty"`
	// HandledReconcileRequest is the last value of the annotation
	// looker-operator.dev/reconcile-requested-at that was acted on.
	// +optional
	HandledReconcileRequest string `json:"handledReconcileRequest,omitempty"`
}

// MintedCredential records a credential that Looker issued and the operator
// wrote to a Secret.
type MintedCredential struct {
	// Purpose that the credential was asked for with.
	Purpose string `json:"purpose"`
	// SecretName is the Secret that holds it.
	SecretName string `json:"secretName"`
	// ID of the credential in Looker; absent while it is being issued.
	// +optional
	ID string `json:"id,omitempty"`
}

// SecretKeyReference points at one key of a Secret in the object's own namespace.
type SecretKeyReference struct {
	// Name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
	// Key within the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Key string `json:"key"`
}

// ValueSource takes a value from elsewhere.
type ValueSource struct {
	// SecretKeyRef takes it from a Secret in the object's own namespace.
	SecretKeyRef SecretKeyReference `json:"secretKeyRef"`
}

// Object is what every kind of this API but LookerInstance has in common.
// +kubebuilder:object:generate=false
type Object interface {
	metav1.Object
	runtime.Object
	// Common returns the inlined parts of spec and status.
	Common() (*CommonSpec, *CommonStatus)
	// References lists everything in Looker that the spec points at.
	References() []Reference
	// SecretReferences lists every Secret value that the spec points at.
	SecretReferences() []SecretReference
}

// Annotations that users set.
const (
	// AnnotationReconcileRequest makes the operator read the resource from
	// Looker at once, whenever its value changes.
	AnnotationReconcileRequest = "looker-operator.dev/reconcile-requested-at"
)

// Finalizer is on every object that may own something in Looker.
const Finalizer = "looker-operator.dev/finalizer"

// Condition types. Ready, Reconciling and Stalled mean what kstatus says.
const (
	ConditionReady       = "Ready"
	ConditionReconciling = "Reconciling"
	ConditionStalled     = "Stalled"
	ConditionDrifted     = "Drifted"
	// ConditionBudgetExhausted is of a LookerInstance: True while the calls of the
	// month do not suffice for comparing, or for changes either.
	ConditionBudgetExhausted = "BudgetExhausted"
)
