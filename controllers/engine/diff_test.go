package engine

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/looker-operator/looker-operator/lookerclient"
)

type wantedThing struct {
	wantedName
	Roles   lookerclient.Optional[[]string]                                   `json:"roles,omitzero"`
	Values  map[string]wantedValue                                            `json:"values,omitzero"`
	Section *wantedSection                                                    `json:"section,omitzero"`
	Whole   lookerclient.Optional[map[string]any]                             `json:"whole,omitzero"`
	Hidden  lookerclient.Optional[lookerclient.Unreadable[map[string]string]] `json:"hidden,omitzero"`
}

type wantedName struct {
	Name lookerclient.Optional[string] `json:"name,omitzero"`
}

type wantedValue struct {
	Value  lookerclient.Optional[string] `json:"value,omitzero"`
	Secret lookerclient.Secret           `json:"secret,omitzero"`
}

type wantedSection struct {
	On   lookerclient.Optional[bool]  `json:"on,omitzero"`
	Size lookerclient.Optional[int64] `json:"size,omitzero"`
}

func parse(t *testing.T, s string) tree {
	t.Helper()
	out, err := decodeTree([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOnlyWhatTheSpecSetsIsCompared(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, want, live string
		changes          []string
	}{
		{"nothing wanted", `{}`, `{"a":1}`, nil},
		{"equal", `{"a":"x","b":true,"c":[1,2]}`, `{"a":"x","b":true,"c":[1,2],"d":0}`, nil},
		{"false is not absent", `{"a":false}`, `{"a":null}`, []string{"a"}},
		{"an empty text is null", `{"a":""}`, `{"a":null}`, nil},
		{"null is an empty text", `{"a":null}`, `{"a":""}`, nil},
		{"an empty list is null", `{"a":[]}`, `{"a":null}`, nil},
		{"an empty list revokes", `{"a":[]}`, `{"a":["1"]}`, []string{"a"}},
		{"a longer list differs", `{"a":["1"]}`, `{"a":["1","2"]}`, []string{"a"}},
		{"elements are compared on their wanted keys", `{"a":[{"x":1}]}`, `{"a":[{"x":1,"id":"7"}]}`, nil},
		{"objects are compared below", `{"s":{"a":1,"b":2}}`, `{"s":{"a":1,"b":3,"c":4}}`, []string{"s.b"}},
		{"numbers are numbers", `{"a":1}`, `{"a":1.0}`, nil},
		{"numbers are not texts", `{"a":1}`, `{"a":"1"}`, []string{"a"}},
		{"a secret cannot be compared", `{"a":"[redacted]"}`, `{}`, nil},
		{"a secret that Looker lost differs", `{"a":"[redacted]"}`, `{"a":false}`, []string{"a"}},
		{"a map entry that is to go", `{"g":{"5":false}}`, `{"g":{"5":true}}`, []string{"g.5"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := paths(certain(compareTrees(parse(t, tc.want), parse(t, tc.live))))
			if !slices.Equal(got, tc.changes) {
				t.Errorf("changes %v, want %v", got, tc.changes)
			}
		})
	}
}

func TestAMissingKeyIsUnreadAndAMissingEntryIsNot(t *testing.T) {
	t.Parallel()
	changes := compareTrees(parse(t, `{"roles":["1"],"none":[],"values":{"5":"x"}}`), parse(t, `{"values":{}}`))
	want := []Change{{Path: "none", Unread: true, Perhaps: true}, {Path: "roles", Unread: true}, {Path: "values.5"}}
	if !slices.Equal(changes, want) {
		t.Errorf("changes %v, want %v", changes, want)
	}
}

func TestPruneKeepsExactlyThePathsAndTheSecretsOnThem(t *testing.T) {
	t.Parallel()
	want := wantedThing{
		wantedName: wantedName{lookerclient.Set("n")},
		Roles:      lookerclient.Set([]string{"1"}),
		Values: map[string]wantedValue{
			"5": {Value: lookerclient.Set("five")},
			"6": {Secret: lookerclient.NewSecret("s6")},
		},
		Section: &wantedSection{On: lookerclient.Set(false), Size: lookerclient.Set[int64](3)},
		Whole:   lookerclient.Set(map[string]any{"a": 1, "b": 2}),
		Hidden:  lookerclient.Set(lookerclient.NewUnreadable(map[string]string{"p": "w"})),
	}
	for _, tc := range []struct {
		keep []string
		want string
	}{
		{nil, `{}`},
		{[]string{"name"}, `{"name":"n"}`},
		{[]string{"section.on"}, `{"section":{"on":false}}`},
		{[]string{"section"}, `{"section":{"on":false,"size":3}}`},
		{[]string{"values.6.secret"}, `{"values":{"6":{"secret":"s6"}}}`},
		{[]string{"whole.b"}, `{"whole":{"a":1,"b":2}}`},
		{[]string{"hidden"}, `{"hidden":{"p":"w"}}`},
		{[]string{"roles", "values.5"}, `{"roles":["1"],"values":{"5":{"value":"five"}}}`},
	} {
		pruned := prune(want, tc.keep)
		got, err := revealedTree(pruned)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(parse(t, tc.want))
		// A pruned map stays there, empty; only what it holds matters.
		if string(a) != string(b) && string(a) != `{"hidden":{},"values":{}}` {
			t.Errorf("%v: got %s, want %s", tc.keep, a, b)
		}
	}
	if len(want.Values) != 2 || want.Section.Size.IsZero() {
		t.Error("prune changed its argument")
	}
}

func TestASecretIsHashedAndNeverShown(t *testing.T) {
	t.Parallel()
	h := newHasher()
	want := wantedThing{Values: map[string]wantedValue{"6": {Secret: lookerclient.NewSecret("geheim")}}}
	redacted, err := toTree(want)
	if err != nil {
		t.Fatal(err)
	}
	a, err := h.writeOnly("uid-1", want, redacted)
	if err != nil {
		t.Fatal(err)
	}
	if len(a) != 1 || a["values.6.secret"] == "" || a["values.6.secret"] == "geheim" {
		t.Fatalf("hashes %v", a)
	}
	if b, _ := h.writeOnly("uid-2", want, redacted); b["values.6.secret"] == a["values.6.secret"] {
		t.Error("two objects with the same secret have the same hash")
	}
	if len(changedSecrets(a, a)) != 0 || len(changedSecrets(a, nil)) != 1 {
		t.Error("a changed hash is a change, an equal one is not")
	}
	text, _ := json.Marshal(redacted)
	if string(text) != `{"hidden":"[redacted]","values":{"6":{"secret":"[redacted]"}}}` && string(text) != `{"values":{"6":{"secret":"[redacted]"}}}` {
		t.Errorf("redacted: %s", text)
	}
}

func TestReleasesAreComparedByTheirNumbers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		release, than string
		older         bool
	}{
		{"25.4", "25.14", true}, {"25.14.1", "25.14", false}, {"26.0", "25.20", false}, {"9.9", "23.2", true}, {"26.12.3", "26.12", false},
	} {
		if got := olderThan(tc.release, tc.than); got != tc.older {
			t.Errorf("%s older than %s: %v", tc.release, tc.than, got)
		}
	}
}
