package lookerclient

import (
	"cmp"
	"encoding/json"
	"errors"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxMessage     = 1 << 10 // bytes of one text in an error
	maxFieldErrors = 20
	// maxRaw bounds what is searched for secrets. It is cut far beyond maxMessage, so
	// that half a secret at the cut is never shown.
	maxRaw = 64 << 10
)

// scrubber removes the secrets of one request from texts about it: a server or a
// proxy may repeat in its answer what it was sent.
type scrubber struct{ replacer *strings.Replacer }

func newScrubber(secrets ...string) *scrubber {
	var forms []string
	for _, secret := range secrets {
		for _, form := range secretForms(secret) {
			form = strings.TrimSpace(printable(form))
			if form != "" && !slices.Contains(forms, form) {
				forms = append(forms, form)
			}
		}
	}
	// The longest first: one secret may be the beginning of another.
	slices.SortStableFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, Redacted)
	}
	return &scrubber{strings.NewReplacer(pairs...)}
}

// secretForms are the ways in which a text can repeat a secret, or a part of one
// that is itself a JSON document.
func secretForms(secret string) []string {
	var forms []string
	for _, part := range append(jsonStrings(secret), secret) {
		forms = append(forms, part, strings.TrimSpace(part),
			url.QueryEscape(part), url.PathEscape(part), html.EscapeString(part))
		inner := jsonEscape(part)
		forms = append(forms, inner, jsonEscape(inner)) // JSON, and JSON as text within JSON
	}
	return forms
}

func jsonEscape(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		return s // cannot happen: any string can be encoded
	}
	return string(quoted[1 : len(quoted)-1])
}

// jsonStrings returns the texts inside a secret that is itself a JSON document,
// such as {"password":"..."}: Looker reads it and may quote a part.
func jsonStrings(secret string) []string {
	var v any
	if json.Unmarshal([]byte(secret), &v) != nil {
		return nil
	}
	var texts []string
	var visit func(any)
	visit = func(v any) {
		switch v := v.(type) {
		case string:
			texts = append(texts, v)
		case []any:
			for _, e := range v {
				visit(e)
			}
		case map[string]any:
			for _, e := range v {
				visit(e)
			}
		}
	}
	visit(v)
	return texts
}

// printable replaces line breaks by spaces and drops what does not show.
func printable(t string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, t)
}

// text returns t without secrets and control characters, cut to maxMessage.
func (s *scrubber) text(t string) string {
	// Only then the secrets: without its control characters a text can be one.
	t = strings.TrimSpace(s.replacer.Replace(printable(t[:min(len(t), maxRaw)])))
	if len(t) <= maxMessage {
		return t
	}
	const ellipsis = "…"
	cut := maxMessage - len(ellipsis)
	for !utf8.RuneStart(t[cut]) {
		cut--
	}
	return t[:cut] + ellipsis
}

// wrap makes a TransportError of what the transport returned, without the URL that
// it puts in front: filters in a query can contain e-mail addresses.
func (s *scrubber) wrap(m *message, err error, sent bool) *TransportError {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	text := s.text(err.Error())
	if isTimeout(err) {
		text = "no answer in time: " + text
	}
	return &TransportError{Operation: m.op, Method: m.op.Method, Path: m.path, Sent: sent, Err: err, text: text}
}
