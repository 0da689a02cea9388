package lookerclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestASecretShowsItselfNowhere(t *testing.T) {
	t.Parallel()
	const canary = "canary-value"
	type holder struct {
		Secret Secret
		Ptr    *Secret
		Opt    Optional[Secret]
		Smtp   SmtpSettings
		Value  AttributeValue
	}
	s := NewSecret(canary)
	h := holder{s, &s, Set(s), NewUnreadable(WriteSmtpSettings{Address: Set(canary), Password: Set(s)}), HiddenValue(s)}
	var outputs []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T|%v"} {
		for _, v := range []any{
			s, &s, []Secret{s}, map[string]Secret{"k": s}, h.Smtp, &h.Smtp, h, &h, Set(s), Set([]Secret{s}), Set(h.Smtp), h.Value,
			WriteOIDCConfig{Secret: Set(s)}, Set(WriteLDAPConfig{AuthPassword: Set(s)}), WriteUserAttributeValue{Value: Set(HiddenValue(s))},
			Credentials{ClientID: "id", ClientSecret: s}, struct{ unexported Secret }{s}, struct{ unexported Optional[Secret] }{Set(s)},
			struct{ unexported AttributeValue }{HiddenValue(s)}, flight{token: s},
		} {
			outputs = append(outputs, fmt.Sprintf(verb, v))
		}
	}
	outputs = append(outputs, toJSON(t, h), toJSON(t, map[Secret]int{s: 1}), fmt.Sprint(h.Value), s.String(), fmt.Errorf("x: %v", s).Error())
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "secret", s, "smtp", h.Smtp, "holder", h, "opt", Set(s), "write", WriteOIDCConfig{Secret: Set(s)})
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "secret", s, "smtp", h.Smtp, "holder", h, "opt", Set(s))
	outputs = append(outputs, log.String())
	for _, o := range outputs {
		if strings.Contains(o, canary) || strings.Contains(o, fmt.Sprintf("%x", canary)) {
			t.Errorf("leaks: %s", o)
		}
	}
	if NewSecret(canary) != s || NewSecret("") != (Secret{}) || NewSecret("other") == s {
		t.Error("secrets must be equal when their texts are")
	}
	if s.Reveal() != canary || s.IsEmpty() || !NewSecret("").IsEmpty() {
		t.Error("Reveal and IsEmpty must tell the truth")
	}
	if err := json.Unmarshal([]byte(`"x"`), &s); err == nil { //nolint:staticcheck // SA9005: that it cannot be decoded is the point
		t.Error("a secret was decoded")
	}
}

func TestAnUnreadableObjectComparesAsASentinel(t *testing.T) {
	t.Parallel()
	want := `{"smtp":"` + Redacted + `"}`
	got := toJSON(t, struct {
		Smtp SmtpSettings `json:"smtp"`
	}{NewUnreadable(WriteSmtpSettings{Address: Set("mail")})})
	if got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}
