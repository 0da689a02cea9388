package controllers

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

type destination = lookerclient.WriteScheduledPlanDestination

// Types of destinations. That of an integration is its id behind the prefix.
const (
	destinationEmail   = "email"
	destinationWebhook = "webhook"
	destinationS3      = "s3"
	destinationSFTP    = "sftp"
	integrationPrefix  = "looker-integration://"
)

// wantedDestinations translates the list, in an order that does not depend on the
// order in the spec.
func wantedDestinations(spec []v1alpha1.ScheduleDestination, in engine.Inputs) ([]destination, error) {
	list := make([]destination, 0, len(spec))
	for i, d := range spec {
		one, ok := wantedDestination(d, in)
		if !ok {
			return nil, engine.Invalid("spec.destinations[%d]: set exactly one of email, webhook, s3, sftp or integration", i)
		}
		one.Format = lookerclient.Set(d.Format)
		one.ApplyFormatting = lookerclient.SetPtr(d.ApplyFormatting)
		one.ApplyVis = lookerclient.SetPtr(d.ApplyVis)
		one.Message = lookerclient.SetPtr(d.Message)
		list = append(list, one)
	}
	slices.SortStableFunc(list, compareDestinations)
	return list, nil
}

func wantedDestination(d v1alpha1.ScheduleDestination, in engine.Inputs) (destination, bool) {
	var out destination
	to := func(kind, address string) {
		out.Type = lookerclient.Set(kind)
		out.Address = lookerclient.Set(lookerclient.PlainAddress(address))
	}
	switch {
	case d.Email != nil:
		to(destinationEmail, d.Email.Address)
	case d.Webhook != nil && d.Webhook.URLFrom != nil:
		out.Type = lookerclient.Set(destinationWebhook)
		out.Address = lookerclient.Set(lookerclient.SecretAddress(in.Secret(d.Webhook.URLFrom.SecretKeyRef)))
	case d.Webhook != nil && d.Webhook.URL != nil:
		to(destinationWebhook, *d.Webhook.URL)
	case d.S3 != nil:
		to(destinationS3, d.S3.BucketPath)
		out.Parameters = parameters(map[string]string{"access_key_id": d.S3.AccessKeyID, "region": d.S3.Region})
		out.SecretParameters = secretParameters(map[string]lookerclient.Secret{"secret_access_key": in.Secret(d.S3.SecretAccessKeySecretRef)})
	case d.SFTP != nil:
		to(destinationSFTP, d.SFTP.Address)
		out.Parameters = parameters(map[string]string{"username": d.SFTP.Username})
		out.SecretParameters = secretParameters(map[string]lookerclient.Secret{"password": in.Secret(d.SFTP.PasswordSecretRef)})
	case d.Integration != nil:
		out = wantedIntegration(d.Integration, in)
	default:
		return out, false
	}
	return out, true
}

func wantedIntegration(d *v1alpha1.IntegrationDestination, in engine.Inputs) destination {
	out := destination{Type: lookerclient.Set(integrationPrefix + d.ID)}
	if d.Address != nil {
		out.Address = lookerclient.Set(lookerclient.PlainAddress(*d.Address))
	}
	if len(d.Parameters) > 0 {
		out.Parameters = parameters(d.Parameters)
	}
	if len(d.SecretParametersFrom) > 0 {
		secrets := make(map[string]lookerclient.Secret, len(d.SecretParametersFrom))
		for _, p := range d.SecretParametersFrom {
			secrets[p.Name] = in.Secret(p.SecretKeyRef)
		}
		out.SecretParameters = secretParameters(secrets)
	}
	return out
}

// parameters encodes a JSON object as text, keys in order, so that equal ones are
// equal texts.
func parameters(values map[string]string) lookerclient.Optional[string] {
	return lookerclient.Set(objectText(values))
}

func secretParameters(values map[string]lookerclient.Secret) lookerclient.Optional[lookerclient.Secret] {
	plain := make(map[string]string, len(values))
	for name, s := range values {
		plain[name] = s.Reveal()
	}
	return lookerclient.Set(lookerclient.NewSecret(objectText(plain)))
}

func objectText(values map[string]string) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // a map of strings always encodes
	}
	return string(text)
}

// compareDestinations orders by type, address and format, and by the rest where
// those agree. Secrets count by what they reveal, so that the order is the same
// at each pass.
func compareDestinations(a, b destination) int {
	return cmp.Or(
		cmp.Compare(valueOf(a.Type), valueOf(b.Type)),
		cmp.Compare(valueOf(a.Address).Reveal(), valueOf(b.Address).Reveal()),
		cmp.Compare(valueOf(a.Format), valueOf(b.Format)),
		cmp.Compare(valueOf(a.Parameters), valueOf(b.Parameters)),
		cmp.Compare(valueOf(a.Message), valueOf(b.Message)),
		cmp.Compare(valueOf(a.SecretParameters).Reveal(), valueOf(b.SecretParameters).Reveal()),
	)
}

// agreeDestinations brings live into the order of want, and makes equal to it
// each destination of live that does what one of want asks for.
func agreeDestinations(want, live []destination) (agreedWant, agreedLive []destination) {
	agreedWant = make([]destination, len(want))
	for i, d := range want {
		agreedWant[i] = plainDestination(d)
	}
	rest := make([]destination, len(live))
	for i, d := range live {
		rest[i] = plainDestination(d)
	}
	slices.SortStableFunc(rest, compareDestinations)
	partner := assign(len(want), len(live), func(w, l int) bool { return satisfies(agreedWant[w], rest[l]) })
	taken := make([]bool, len(rest))
	for w, l := range partner {
		if l >= 0 {
			taken[l] = true
			agreedLive = append(agreedLive, agreedWant[w])
		}
	}
	for l, d := range rest {
		if !taken[l] {
			agreedLive = append(agreedLive, d)
		}
	}
	return agreedWant, agreedLive
}

// plainDestination is a destination in the form in which it is compared. Looker
// returns addresses, also those that came from a Secret, so that they can be.
func plainDestination(d destination) destination {
	if address, ok := d.Address.Get(); ok {
		text := address.Reveal()
		if valueOf(d.Type) == destinationEmail {
			text = strings.ToLower(text)
		}
		d.Address = lookerclient.Set(lookerclient.PlainAddress(text))
	}
	return d
}

// satisfies reports whether live does what want asks for; what want leaves out
// does not matter.
func satisfies(want, live destination) bool {
	address := want.Address.IsZero() || valueOf(want.Address).Reveal() == valueOf(live.Address).Reveal()
	return address && asked(want.Type, live.Type) && asked(want.Format, live.Format) && asked(want.Message, live.Message) &&
		asked(want.ApplyFormatting, live.ApplyFormatting) && asked(want.ApplyVis, live.ApplyVis) && sameParameters(want.Parameters, live.Parameters)
}

// asked reports whether live has what want asks for; null and the zero value are
// the same.
func asked[T comparable](want, live lookerclient.Optional[T]) bool {
	return want.IsZero() || valueOf(want) == valueOf(live)
}

// sameParameters compares JSON objects in text on the keys of want: an integration
// adds parameters of its own.
func sameParameters(want, live lookerclient.Optional[string]) bool {
	if want.IsZero() || valueOf(want) == valueOf(live) {
		return true
	}
	var w map[string]string
	var l map[string]json.RawMessage
	if json.Unmarshal([]byte(valueOf(want)), &w) != nil || json.Unmarshal([]byte(valueOf(live)), &l) != nil {
		return false
	}
	for name, value := range w {
		if raw, ok := l[name]; !ok || value != parameterText(raw) {
			return false
		}
	}
	return true
}

// parameterText returns a value as text: 5 and "5" are the same parameter.
func parameterText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// assign pairs as many of n with one each of m as it can, by augmenting paths.
// It returns the partner of each of n, -1 for none.
func assign(n, m int, fits func(i, j int) bool) []int {
	partner, of := make([]int, n), make([]int, m)
	for i := range partner {
		partner[i] = -1
	}
	for j := range of {
		of[j] = -1
	}
	var seen []bool
	var place func(i int) bool
	place = func(i int) bool {
		for j := range m {
			if seen[j] || !fits(i, j) {
				continue
			}
			seen[j] = true
			if of[j] < 0 || place(of[j]) {
				partner[i], of[j] = j, i
				return true
			}
		}
		return false
	}
	for i := range n {
		seen = make([]bool, m)
		place(i)
	}
	return partner
}
