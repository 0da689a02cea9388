package lookerclient

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestASecretAddressIsSentAndNeverShown(t *testing.T) {
	t.Parallel()
	const hook = "https://hooks.example.com/T0/secret-token"
	d := WriteScheduledPlanDestination{Address: Set(SecretAddress(NewSecret(hook)))}
	if shown := toJSON(t, d) + fmt.Sprintf("%v %+v %#v %s", d.Address, d, d, d); strings.Contains(shown, "secret-token") {
		t.Errorf("shown: %s", shown)
	}
	body, err := Encode(WriteScheduledPlan{Destinations: Set([]WriteScheduledPlanDestination{d})})
	if want := `{"scheduled_plan_destination":[{"address":"` + hook + `"}]}`; err != nil || string(body) != want {
		t.Errorf("sent %s, %v; want %s", body, err, want)
	}
}

func TestAnAddressIsReadAsItIs(t *testing.T) {
	t.Parallel()
	var d WriteScheduledPlanDestination
	if err := json.Unmarshal([]byte(`{"address":"ana@example.com"}`), &d); err != nil {
		t.Fatal(err)
	}
	if a, ok := d.Address.Get(); !ok || a.Reveal() != "ana@example.com" {
		t.Errorf("read %q, %v", a.Reveal(), ok)
	}
	if fields := fieldsOf[ScheduledPlan](); !strings.Contains(fields, "scheduled_plan_destination(format,apply_formatting,apply_vis,address,type,parameters,message)") {
		t.Errorf("the list asks for %s", fields)
	}
}
