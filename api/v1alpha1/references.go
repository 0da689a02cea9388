package v1alpha1

// Looker kinds that references point at. They are the names of this API's
// kinds; a reference by name, path, e-mail or id works without such an object.
const (
	KindFolder        = "LookerFolder"
	KindUser          = "LookerUser"
	KindGroup         = "LookerGroup"
	KindRole          = "LookerRole"
	KindPermissionSet = "LookerPermissionSet"
	KindModelSet      = "LookerModelSet"
	KindUserAttribute = "LookerUserAttribute"
)

// TargetBy says how a reference names its target.
type TargetBy string

// The ways to name a target.
const (
	ByRef   TargetBy = "ref"   // an object of this API in the same namespace
	ByName  TargetBy = "name"  // Looker's own name
	ByID    TargetBy = "id"    // Looker's id
	ByPath  TargetBy = "path"  // folder names from the root, joined by /
	ByEmail TargetBy = "email" // the e-mail credential of a user
)

// Target is a reference of any shape: how it names something, and the name.
// The zero value names nothing.
// +kubebuilder:object:generate=false
type Target struct {
	By    TargetBy
	Value string
}

// IsZero reports whether the reference names nothing.
func (t Target) IsZero() bool { return t.Value == "" }

// Reference is one pointer from a spec to something in Looker.
// +kubebuilder:object:generate=false
type Reference struct {
	// Field is the path in the object, for messages: "spec.roles[0]".
	Field string
	// Kind of the target: one of the Kind constants.
	Kind   string
	Target Target
	// Soft: the object can be created before its target has an id, and is
	// completed then. Of two kinds that may point at each other, one does so
	// softly, or neither could ever be created.
	Soft bool
}

// SecretReference is one pointer from a spec to a key of a Secret.
// +kubebuilder:object:generate=false
type SecretReference struct {
	// Field is the path in the object, for messages.
	Field string
	SecretKeyReference
}

// NamedReference points at a group, a role, a set or a user attribute.
// +kubebuilder:validation:XValidation:rule="(has(self.ref)?1:0)+(has(self.name)?1:0)+(has(self.id)?1:0) == 1",message="set exactly one of ref (an object in this namespace), name (Looker's own name) or id (Looker's id)"
type NamedReference struct {
	// Ref names an object of this API in the same namespace.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Ref string `json:"ref,omitempty"`
	// Name is Looker's own name.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +optional
	Name string `json:"name,omitempty"`
	// ID is Looker's id.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +optional
	ID string `json:"id,omitempty"`
}

// Target of the reference.
func (r NamedReference) Target() Target {
	return firstTarget(Target{ByRef, r.Ref}, Target{ByName, r.Name}, Target{ByID, r.ID})
}

// FolderReference points at a folder.
// +kubebuilder:validation:XValidation:rule="(has(self.ref)?1:0)+(has(self.path)?1:0)+(has(self.id)?1:0) == 1",message="set exactly one of ref (a LookerFolder in this namespace), path (such as Shared/Finance) or id (Looker's id)"
type FolderReference struct {
	// Ref names a LookerFolder in the same namespace.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Ref string `json:"ref,omitempty"`
	// Path is the names of the folders from the root, such as Shared/Finance.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Path string `json:"path,omitempty"`
	// ID is Looker's id.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +optional
	ID string `json:"id,omitempty"`
}

// Target of the reference.
func (r FolderReference) Target() Target {
	return firstTarget(Target{ByRef, r.Ref}, Target{ByPath, r.Path}, Target{ByID, r.ID})
}

// UserReference points at a user.
// +kubebuilder:validation:XValidation:rule="(has(self.ref)?1:0)+(has(self.email)?1:0)+(has(self.id)?1:0) == 1",message="set exactly one of ref (a LookerUser in this namespace), email or id (Looker's id)"
type UserReference struct {
	// Ref names a LookerUser in the same namespace.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Ref string `json:"ref,omitempty"`
	// Email is the user's e-mail credential; upper and lower case do not matter.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=320
	// +optional
	Email string `json:"email,omitempty"`
	// ID is Looker's id.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +optional
	ID string `json:"id,omitempty"`
}

// Target of the reference.
func (r UserReference) Target() Target {
	return firstTarget(Target{ByRef, r.Ref}, Target{ByEmail, r.Email}, Target{ByID, r.ID})
}

func firstTarget(targets ...Target) Target {
	for _, t := range targets {
		if !t.IsZero() {
			return t
		}
	}
	return Target{}
}
