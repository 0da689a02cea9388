package apivalidation

import (
	"regexp"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
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

// kindRules are the cases of one kind, over a spec that is accepted.
type kindRules struct {
	kind  string
	base  string
	cases []ruleCase
}

func allRules() []kindRules {
	return []kindRules{instanceRules, folderRules, userRules, scheduleRules, settingRules, authenticationRules}
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
				err := tryCreate(t, obj)
				switch {
				case c.want == "" && err != nil:
					t.Errorf("refused: %v", err)
				case c.want != "" && err == nil:
					t.Errorf("accepted, want an error with %q", c.want)
				case c.want != "" && !isAbout(err, c.want):
					t.Errorf("the error lacks %q: %v", c.want, err)
				}
			})
		}
	}
}

// transitionOnly are messages of rules about updates; TestInstanceRefIsImmutable
// has them.
var transitionOnly = regexp.MustCompile(`^instanceRef is immutable`)

func TestEveryRuleHasACaseThatItRefuses(t *testing.T) {
	t.Parallel()
	for kind, crd := range crds(t) {
		walk(schemaOf(crd), "", func(path string, s apiextensionsv1.JSONSchemaProps) {
			for _, rule := range s.XValidations {
				if !transitionOnly.MatchString(rule.Message) && !hasRefusal(kind, rule.Message) {
					t.Errorf("%s%s: no case is refused with %q", kind, path, rule.Message)
				}
			}
		})
	}
}

func hasRefusal(kind, message string) bool {
	for _, rules := range allRules() {
		for _, c := range rules.cases {
			if rules.kind == kind && c.want != "" && strings.Contains(message, c.want) {
				return true
			}
		}
	}
	return false
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
