package v1alpha1

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestAGrantCoversTheNamespacesAndKindsItNames(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	byLabel := &NamespaceSelector{
		MatchLabels:      map[string]string{"looker": "allowed"},
		MatchExpressions: []NamespaceRequirement{{Key: "team", Operator: metav1.LabelSelectorOpIn, Values: []string{"bi"}}},
	}
	bi := map[string]string{"looker": "allowed", "team": "bi"}
	for name, c := range map[string]struct {
		grant  AccessGrant
		labels map[string]string
		want   bool
	}{
		"all namespaces":                 {AccessGrant{Namespaces: AccessNamespaces{All: &yes}}, nil, true},
		"all that is false":              {AccessGrant{Namespaces: AccessNamespaces{All: &no}}, nil, false},
		"its name":                       {AccessGrant{Namespaces: AccessNamespaces{Names: []string{"finance"}}}, nil, true},
		"another name":                   {AccessGrant{Namespaces: AccessNamespaces{Names: []string{"finance-2"}}}, nil, false},
		"no namespaces":                  {AccessGrant{}, nil, false},
		"its labels":                     {AccessGrant{Namespaces: AccessNamespaces{Selector: byLabel}}, bi, true},
		"one label of two":               {AccessGrant{Namespaces: AccessNamespaces{Selector: byLabel}}, map[string]string{"team": "bi"}, false},
		"its kind":                       {AccessGrant{Namespaces: AccessNamespaces{All: &yes}, Kinds: []string{KindFolder, KindUser}}, nil, true},
		"another kind of all namespaces": {AccessGrant{Namespaces: AccessNamespaces{All: &yes}, Kinds: []string{KindFolder}}, nil, false},
	} {
		got, err := c.grant.Covers(KindUser, "finance", c.labels)
		if err != nil || got != c.want {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
}

func TestAGrantWithASelectorThatIsNotOneFails(t *testing.T) {
	t.Parallel()
	grant := AccessGrant{Namespaces: AccessNamespaces{Selector: &NamespaceSelector{MatchLabels: map[string]string{"a b": "c"}}}}
	if got, err := grant.Covers(KindUser, "finance", map[string]string{"a b": "c"}); err == nil || got {
		t.Errorf("%v, %v; want an error and no access", got, err)
	}
}

func TestGrantableAllowsWhatItListsAndNothingElse(t *testing.T) {
	t.Parallel()
	var unlimited *Grantable
	listed := &Grantable{Roles: []string{"Viewer"}, Folders: []string{"Shared/Finance"}}
	anything := &Grantable{Roles: []string{AnyGrantable}, Folders: []string{AnyGrantable}}
	for name, c := range map[string]struct{ got, want bool }{
		"no limit, role":          {unlimited.AllowsRole("Admin"), true},
		"no limit, folder":        {unlimited.AllowsFolder("Shared"), true},
		"listed role":             {listed.AllowsRole("Viewer"), true},
		"role in another case":    {listed.AllowsRole("viewer"), false},
		"other role":              {listed.AllowsRole("Admin"), false},
		"nothing listed, role":    {(&Grantable{}).AllowsRole("Viewer"), false},
		"nothing listed, folder":  {(&Grantable{}).AllowsFolder("Shared"), false},
		"any role":                {anything.AllowsRole("Admin"), true},
		"any folder":              {anything.AllowsFolder("Users/1"), true},
		"listed folder":           {listed.AllowsFolder("Shared/Finance"), true},
		"folder below":            {listed.AllowsFolder("Shared/Finance/Board"), true},
		"folder above":            {listed.AllowsFolder("Shared"), false},
		"folder of a longer name": {listed.AllowsFolder("Shared/Finance 2"), false},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}
