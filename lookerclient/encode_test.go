package lookerclient

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

type embeddedBase struct {
	Base    string `json:"base"`
	BaseKey Secret `json:"base_key,omitzero"`
}

type custom struct{ S Secret }

func (c custom) MarshalJSON() ([]byte, error) { return json.Marshal([]any{"custom", c.S}) }

type recursive struct {
	Name string               `json:"name"`
	Sub  []*recursive         `json:"sub,omitempty"`
	Map  map[string]recursive `json:"map,omitempty"`
	Key  Secret               `json:"key,omitzero"`
}

func TestEncodeRevealsSecretsWhereverTheyAre(t *testing.T) {
	t.Parallel()
	s := NewSecret("x\"y")
	for name, c := range map[string]struct {
		in   any
		want string
	}{
		"plain":             {s, `"x\"y"`},
		"pointer":           {&s, `"x\"y"`},
		"empty, omitzero":   {recursive{Name: "n"}, `{"name":"n"}`},
		"empty, set":        {WriteOIDCConfig{Secret: Set(NewSecret(""))}, `{"secret":""}`},
		"null":              {WriteOIDCConfig{Secret: Null[Secret]()}, `{"secret":null}`},
		"optional":          {WriteOIDCConfig{Secret: Set(s)}, `{"secret":"x\"y"}`},
		"embedded":          {struct{ embeddedBase }{embeddedBase{"b", s}}, `{"base":"b","base_key":"x\"y"}`},
		"slice":             {[]Secret{s}, `["x\"y"]`},
		"array":             {[1]Secret{s}, `["x\"y"]`},
		"map":               {map[string]any{"a": s, "b": []any{s, 1}}, `{"a":"x\"y","b":["x\"y",1]}`},
		"custom marshaller": {custom{s}, `["custom","x\"y"]`},
		"recursive type":    {recursive{Name: "n", Sub: []*recursive{{Name: "m", Key: s}}}, `{"name":"n","sub":[{"name":"m","key":"x\"y"}]}`},
		"nested optional": {WriteScheduledPlan{Destinations: Set([]WriteScheduledPlanDestination{{SecretParameters: Set(s)}})},
			`{"scheduled_plan_destination":[{"secret_parameters":"x\"y"}]}`},
		"unreadable":   {NewUnreadable(WriteSmtpSettings{Address: Set("a"), Password: Set(s)}), `{"address":"a","password":"x\"y"}`},
		"hidden value": {WriteUserAttributeValue{Value: Set(HiddenValue(s))}, `{"value":"x\"y"}`},
		"plain value":  {WriteUserAttributeValue{Value: Set(PlainValue("v"))}, `{"value":"v"}`},
		"nothing":      {nil, `null`},
	} {
		before := toJSON(t, c.in)
		got, err := Encode(c.in)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, c.want)
		}
		if after := toJSON(t, c.in); after != before {
			t.Errorf("%s: Encode changed its argument from %s to %s", name, before, after)
		}
	}
}

func TestEncodeEqualsEncodingJSONOnValuesWithoutSecrets(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	text := "<&>\u2028"
	for _, v := range []any{
		1, 1.5, "a", true, []byte("bytes"), []string(nil), []string{}, map[string]int(nil), map[int]string{2: "b", 1: "a"},
		now, &now, json.RawMessage(`{"a":1}`), json.Number("12"), struct{}{}, text, &text, [2]int{1, 2},
		struct {
			A int            `json:"a,omitempty"`
			B *string        `json:"b,omitempty"`
			C any            `json:"c"`
			D string         `json:"-"`
			E int64          `json:"e,string"`
			F time.Time      `json:"f,omitzero"`
			G map[string]any `json:"g"`
			h int
		}{C: []any{nil, 1, map[string]any{"x": &text}}, E: 5, D: "d", h: 1},
		WriteUser{FirstName: Set("a"), LastName: Null[string](), IsDisabled: Set(false)},
		WriteSetting{McpTools: Set(McpTools{EnableAll: Set(true), Tools: map[string]bool{"query": false}})},
		WriteSamlConfig{WriteSSOCommon: WriteSSOCommon{Enabled: Set(true), GroupsWithRoleIDs: Set([]SSOGroupWithRoleIDs{{RoleIDs: Set([]ID{})}})}},
		recursive{Name: "n", Map: map[string]recursive{"a": {Name: "b"}}},
	} {
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Encode(v); err != nil || string(got) != string(want) {
			t.Errorf("%T: %s, %v; want %s", v, got, err, want)
		}
	}
}

func TestEncodeRefusesAValueThatContainsItself(t *testing.T) {
	t.Parallel()
	r := &recursive{Name: "loop"}
	r.Sub = []*recursive{r}
	if _, err := Encode(r); err == nil {
		t.Error("no error")
	}
}

func TestEncodeFailsAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	for _, v := range []any{make(chan int), map[string]any{"f": func() {}}, McpTools{Tools: map[string]bool{"enable_all": true}}} {
		if got, err := Encode(v); err == nil {
			t.Errorf("%T encoded as %s", v, got)
		}
	}
}

func FuzzEncode(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x",null,{"b":true}]}`, `[]`, `"<script>"`, `{"name":"\u0000","n":1e30}`, `null`} {
		f.Add(seed, "secret")
	}
	f.Fuzz(func(t *testing.T, doc, secret string) {
		var v any
		if json.Unmarshal([]byte(doc), &v) != nil {
			return
		}
		want, err := json.Marshal(v)
		if err != nil {
			return
		}
		if got, err := Encode(v); err != nil || string(got) != string(want) {
			t.Fatalf("%s, %v; want %s", got, err, want)
		}
		body, found, err := encode(map[string]any{"doc": v, "key": NewSecret(secret)})
		plain := toJSON(t, map[string]any{"doc": v, "key": secret})
		if err != nil || string(body) != plain || len(found) != 1 || found[0] != secret {
			t.Fatalf("%s, %q, %v; want %s", body, found, err, plain)
		}
		if secret != "" && !strings.Contains(Redacted, secret) && !strings.Contains(toJSON(t, v), secret) &&
			strings.Contains(toJSON(t, []any{v, NewSecret(secret)}), secret) && !strings.ContainsAny(secret, `,[]"`) {
			t.Fatal("encoding/json shows the secret")
		}
	})
}
