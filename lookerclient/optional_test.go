package lookerclient

import (
	"encoding/json"
	"fmt"
	"testing"
)

type optionalHolder struct {
	Name Optional[string] `json:"name,omitzero"`
	IDs  Optional[[]ID]   `json:"ids,omitzero"`
}

func TestOptional(t *testing.T) {
	t.Parallel()
	empty := ""
	for want, v := range map[string]optionalHolder{
		`{}`:                      {},
		`{"name":null}`:           {Name: Null[string]()},
		`{"name":""}`:             {Name: SetPtr(&empty)},
		`{"name":"x"}`:            {Name: Set("x")},
		`{"ids":[]}`:              {IDs: Set([]ID{})},
		`{"ids":["1","2"]}`:       {IDs: Set([]ID{"1", "2"})},
		`{"name":"<","ids":null}`: {Name: Set("<"), IDs: Null[[]ID]()},
	} {
		got := toJSON(t, v)
		var a, b any
		if json.Unmarshal([]byte(got), &a) != nil || json.Unmarshal([]byte(want), &b) != nil || toJSON(t, a) != toJSON(t, b) {
			t.Errorf("got %s; want %s", got, want)
		}
		var back optionalHolder
		if err := json.Unmarshal([]byte(want), &back); err != nil || toJSON(t, back) != got {
			t.Errorf("%s comes back as %s, %v", want, toJSON(t, back), err)
		}
	}
}

func TestOptionalKnowsItsState(t *testing.T) {
	t.Parallel()
	if o := SetPtr[string](nil); !o.IsZero() || o.IsNull() || o.Ptr() != nil {
		t.Error("a nil pointer must be absent")
	}
	if o := Null[string](); o.IsZero() || !o.IsNull() || o.Ptr() != nil {
		t.Error("null must be null and not absent")
	}
	if v, ok := Set(7).Get(); !ok || v != 7 || *Set(7).Ptr() != 7 {
		t.Error("a value must be a value")
	}
	if _, ok := Null[int]().Get(); ok {
		t.Error("null has no value")
	}
}

func TestOptionalPrintsItsValue(t *testing.T) {
	t.Parallel()
	got := fmt.Sprintf("%v %+v %q %03d %s %v", Set("a"), Set([]ID{"1"}), Set("b"), Set(7), Null[string](), Optional[int]{})
	if want := `a [1] "b" 007 <null> <absent>`; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

func TestASecretIsNeverDecodedFromAnAnswer(t *testing.T) {
	t.Parallel()
	var c LDAPConfig
	if err := json.Unmarshal([]byte(`{"auth_password":"echoed","auth_username":"u"}`), &c); err != nil {
		t.Fatal(err)
	}
	if !c.AuthPassword.IsZero() || c.AuthUsername != Set("u") {
		t.Errorf("%+v", c)
	}
}

func TestIDDecodesStringsAndNumbers(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]ID{
		`"7"`: "7", `7`: "7", `-1`: "-1", `"model::name"`: "model::name", `"a\"b"`: `a"b`, `9007199254740993`: "9007199254740993", `null`: "",
	} {
		var id ID
		if err := json.Unmarshal([]byte(in), &id); err != nil || id != want {
			t.Errorf("%s: %q, %v", in, id, err)
		}
	}
	for _, in := range []string{`true`, `1.5`, `1e3`, `{}`, `[]`} {
		var id ID
		if err := json.Unmarshal([]byte(in), &id); err == nil {
			t.Errorf("%s accepted as %q", in, id)
		}
	}
	if got := toJSON(t, ID("7")); got != `"7"` {
		t.Errorf("encoded as %s", got)
	}
}
