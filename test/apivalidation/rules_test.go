package apivalidation

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// ruleCase is a spec and what the rules of its kind say to it.
type ruleCase struct {
	// name of the behaviour; unique within the kind.
	name string
	// patch is laid over the kind's base as a JSON merge patch, in YAML.
	patch string
	// want is a part of the message that refuses it; empty means accepted.
	want string
}

// updateCase is a spec that is accepted, a change to it, and what the rules say
// to the change.
type updateCase struct {
	name string
	// before and after are merge patches, of the base and of what came of it.
	before, after string
	// want is as in ruleCase.
	want string
}

// kindRules are the cases of one kind, over a spec that is accepted.
type kindRules struct {
	kind    string
	base    string
	cases   []ruleCase
	updates []updateCase
}

func allRules() []kindRules {
	return []kindRules{
		instanceRules, folderRules, userRules, scheduleRules, settingRules, authenticationRules,
		groupRules, roleRules, permissionSetRules, modelSetRules, attributeRules,
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	for _, rules := range allRules() {
		if err := tryCreate(t, object(rules.kind, "base", parse(t, rules.base))); err != nil {
			t.Fatalf("the base of %s is refused: %v", rules.kind, err)
		}
		for _, c := range rules.cases {
			t.Run(rules.kind+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				obj := object(rules.kind, "rule", merge(parse(t, rules.base), parse(t, c.patch)))
				expect(t, c.patch, tryCreate(t, obj), c.want)
			})
		}
	}
}

// expect checks what the API server said to something; want is a part of the
// message that refuses it, or empty.
func expect(t *testing.T, what string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: refused: %v", what, err)
	case want != "" && err == nil:
		t.Errorf("%s: accepted, want an error with %q", what, want)
	case want != "" && !isAbout(err, want):
		t.Errorf("%s: the error lacks %q: %v", what, want, err)
	}
}

func TestRulesAboutUpdates(t *testing.T) {
	t.Parallel()
	for _, rules := range allRules() {
		for _, c := range rules.updates {
			t.Run(rules.kind+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				obj := object(rules.kind, "", merge(parse(t, rules.base), parse(t, c.before)))
				obj.SetGenerateName("update-")
				if err := server.Create(t.Context(), obj, client.FieldValidation("Strict")); err != nil {
					t.Fatalf("%s: %v", c.before, err)
				}
				obj.Object["spec"] = merge(obj.Object["spec"].(map[string]any), parse(t, c.after))
				expect(t, c.after, server.Update(t.Context(), obj, client.FieldValidation("Strict")), c.want)
			})
		}
	}
}

// elsewhere are messages of rules that have a test of their own:
// TestInstanceRefIsImmutable and TestTheNameOfAUserAttributeFollowsTheObjectOnlyWhereItCan.
var elsewhere = regexp.MustCompile(`^instanceRef is immutable|^spec.name is needed`)

func TestEveryRuleHasACaseThatItRefuses(t *testing.T) {
	t.Parallel()
	for kind, crd := range crds(t) {
		walk(schemaOf(crd), "", func(path string, s apiextensionsv1.JSONSchemaProps) {
			for _, rule := range s.XValidations {
				if !elsewhere.MatchString(rule.Message) && !hasRefusal(kind, rule.Message) {
					t.Errorf("%s%s: no case is refused with %q", kind, path, rule.Message)
				}
			}
		})
	}
}

func hasRefusal(kind, message string) bool {
	for _, rules := range allRules() {
		for _, want := range rules.refusals() {
			if rules.kind == kind && strings.Contains(message, want) {
				return true
			}
		}
	}
	return false
}

func (r kindRules) refusals() []string {
	var wanted []string
	for _, c := range r.cases {
		wanted = append(wanted, c.want)
	}
	for _, c := range r.updates {
		wanted = append(wanted, c.want)
	}
	return slices.DeleteFunc(wanted, func(want string) bool { return want == "" })
}

func TestEveryMessageNamesTheFieldOrTheRemedy(t *testing.T) {
	t.Parallel()
	for kind, crd := range crds(t) {
		walk(schemaOf(crd), "", func(path string, s apiextensionsv1.JSONSchemaProps) {
			// The conditions' own patterns are Kubernetes' business.
			if s.Pattern != "" && strings.HasPrefix(path, ".spec") {
				t.Errorf("%s%s has a pattern, whose error does not say what is legal: use a rule with a message", kind, path)
			}
			for _, rule := range s.XValidations {
				if len(rule.Message) < 20 {
					t.Errorf("%s%s: the message %q of rule %q is too short to help", kind, path, rule.Message, rule.Rule)
				}
			}
		})
	}
}

func TestInstanceRefIsImmutable(t *testing.T) {
	t.Parallel()
	for _, rules := range allRules() {
		if rules.kind == "LookerInstance" {
			continue
		}
		t.Run(rules.kind, func(t *testing.T) {
			t.Parallel()
			obj := object(rules.kind, "", parse(t, rules.base))
			obj.SetGenerateName("immutable-")
			if err := server.Create(t.Context(), obj); err != nil {
				t.Fatal(err)
			}
			same := obj.DeepCopy()
			same.SetLabels(map[string]string{"a": "b"})
			if err := server.Update(t.Context(), same); err != nil {
				t.Errorf("an update that leaves instanceRef alone is refused: %v", err)
			}
			for name, ref := range map[string]map[string]any{
				"another name":      {"name": "other"},
				"another namespace": {"name": "main", "namespace": "elsewhere"},
			} {
				changed := same.DeepCopy()
				changed.Object["spec"].(map[string]any)["instanceRef"] = ref
				if err := server.Update(t.Context(), changed); !isAbout(err, "instanceRef is immutable") {
					t.Errorf("%s: want a refusal, got %v", name, err)
				}
			}
		})
	}
}
