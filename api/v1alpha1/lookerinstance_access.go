package v1alpha1

import (
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// AnyGrantable stands for every role or every folder in a Grantable.
const AnyGrantable = "*"

// NamespaceRequirement is one condition on the labels of a namespace.
// +kubebuilder:validation:XValidation:rule="self.operator in ['In','NotIn'] ? has(self.values) && size(self.values) > 0 : !has(self.values)",message="values are needed for the operators In and NotIn, and must be left out for Exists and DoesNotExist"
type NamespaceRequirement struct {
	// Key of the label.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	Key string `json:"key"`
	// Operator: In, NotIn, Exists or DoesNotExist.
	// +kubebuilder:validation:Enum=In;NotIn;Exists;DoesNotExist
	Operator metav1.LabelSelectorOperator `json:"operator"`
	// Values of the label, for In and NotIn.
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MaxLength=63
	// +listType=atomic
	// +optional
	Values []string `json:"values,omitempty"`
}

// NamespaceSelector selects namespaces by their labels; every condition must hold.
// +kubebuilder:validation:XValidation:rule="(has(self.matchLabels) && size(self.matchLabels) > 0) || (has(self.matchExpressions) && size(self.matchExpressions) > 0)",message="selector must not be empty; set matchLabels or matchExpressions, or use all: true instead of selector"
type NamespaceSelector struct {
	// MatchLabels are labels that the namespace has.
	// +kubebuilder:validation:MaxProperties=20
	// +mapType=atomic
	// +optional
	MatchLabels map[string]string `json:"matchLabels,omitempty"`
	// MatchExpressions are conditions on labels of the namespace.
	// +kubebuilder:validation:MaxItems=20
	// +listType=atomic
	// +optional
	MatchExpressions []NamespaceRequirement `json:"matchExpressions,omitempty"`
}

// Selector of the namespaces. It fails on a label key or value that is not one.
func (s NamespaceSelector) Selector() (labels.Selector, error) {
	selector := metav1.LabelSelector{MatchLabels: s.MatchLabels}
	for _, e := range s.MatchExpressions {
		selector.MatchExpressions = append(selector.MatchExpressions,
			metav1.LabelSelectorRequirement{Key: e.Key, Operator: e.Operator, Values: e.Values})
	}
	return metav1.LabelSelectorAsSelector(&selector)
}

// AccessNamespaces says which namespaces a grant is for.
// +kubebuilder:validation:XValidation:rule="(has(self.names)?1:0)+(has(self.selector)?1:0)+(has(self.all)?1:0) == 1",message="set exactly one of names, selector or all"
type AccessNamespaces struct {
	// Names of the namespaces.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=200
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=63
	// +listType=atomic
	// +optional
	Names []string `json:"names,omitempty"`
	// Selector of the namespaces by their labels.
	// +optional
	Selector *NamespaceSelector `json:"selector,omitempty"`
	// All namespaces of the cluster.
	// +kubebuilder:validation:XValidation:rule="self == true",message="all can only be true; for fewer namespaces use names or selector instead"
	// +optional
	All *bool `json:"all,omitempty"`
}

// Grantable limits what objects of the granted namespaces may point at.
// +kubebuilder:validation:MinProperties=1
type Grantable struct {
	// Roles that may be granted, by Looker's own name; "*" means any. Absent or
	// empty: none.
	// +kubebuilder:validation:MaxItems=200
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=255
	// +listType=atomic
	// +optional
	Roles []string `json:"roles,omitempty"`
	// Folders that may be used, with all folders below them, by path such as
	// Shared/Finance; "*" means any. Absent or empty: none.
	// +kubebuilder:validation:MaxItems=200
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.all(f, f == '*' || (!f.startsWith('/') && !f.endsWith('/')))",message="folders are paths such as Shared/Finance without a slash at either end, or *"
	// +listType=atomic
	// +optional
	Folders []string `json:"folders,omitempty"`
}

// AllowsRole reports whether the role of this name may be granted. A nil
// Grantable sets no limit.
func (g *Grantable) AllowsRole(name string) bool {
	if g == nil {
		return true
	}
	return slices.Contains(g.Roles, AnyGrantable) || slices.Contains(g.Roles, name)
}

// AllowsFolder reports whether the folder of this path may be used. A nil
// Grantable sets no limit.
func (g *Grantable) AllowsFolder(path string) bool {
	if g == nil {
		return true
	}
	return slices.ContainsFunc(g.Folders, func(granted string) bool {
		return granted == AnyGrantable || path == granted || strings.HasPrefix(path, granted+"/")
	})
}

// AccessGrant lets some namespaces use an instance.
type AccessGrant struct {
	// Namespaces that may use the instance.
	Namespaces AccessNamespaces `json:"namespaces"`
	// Kinds of objects that they may create for it. Absent: all.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:Enum=LookerFolder;LookerGroup;LookerModelSet;LookerPermissionSet;LookerRole;LookerSchedule;LookerSetting;LookerUser;LookerUserAttribute
	// +listType=atomic
	// +optional
	Kinds []string `json:"kinds,omitempty"`
	// Grantable limits the roles and folders that their objects may point at.
	// Absent: no limit.
	// +optional
	Grantable *Grantable `json:"grantable,omitempty"`
}

// Covers reports whether the grant is for objects of this kind in a namespace of
// this name and with these labels. It fails on a selector that is not valid.
func (g AccessGrant) Covers(kind, namespace string, namespaceLabels map[string]string) (bool, error) {
	if len(g.Kinds) > 0 && !slices.Contains(g.Kinds, kind) {
		return false, nil
	}
	switch n := g.Namespaces; {
	case n.All != nil:
		return *n.All, nil
	case n.Selector != nil:
		selector, err := n.Selector.Selector()
		if err != nil {
			return false, err
		}
		return selector.Matches(labels.Set(namespaceLabels)), nil
	default:
		return slices.Contains(n.Names, namespace), nil
	}
}
