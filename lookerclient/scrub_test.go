package lookerclient

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEveryFormOfASecretIsRedacted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		secrets    []string
		text, want string
	}{
		"as it is":                           {[]string{"abc"}, "x abc y", "x [redacted] y"},
		"over several lines":                 {[]string{"line1\nline2\n"}, "got line1\nline2\n!", "got [redacted] !"},
		"without its control characters":     {[]string{"a\x01bc"}, "got abc", "got [redacted]"},
		"with control characters":            {[]string{"abc"}, "got a\x00b\x1bc", "got [redacted]"},
		"in JSON":                            {[]string{`a"b`}, `{"p":"a\"b"}`, `{"p":"[redacted]"}`},
		"in JSON as text within JSON":        {[]string{`a"b`}, `{"p":"{\"q\":\"a\\\"b\"}"}`, `{"p":"{\"q\":\"[redacted]\"}"}`},
		"in a form":                          {[]string{"a b&c"}, "p=a+b%26c", "p=[redacted]"},
		"in HTML":                            {[]string{"a<b"}, "a&lt;b", "[redacted]"},
		"a part of a document":               {[]string{`{"q":{"r":["hunter2"]}}`}, "bad value hunter2", "bad value [redacted]"},
		"one that begins another":            {[]string{"abc", "abcdef"}, "abcdef abc", "[redacted] [redacted]"},
		"one that is a part of the sentinel": {[]string{"e", "red"}, "e red", "[redacted] [redacted]"},
		"nothing":                            {[]string{"", " ", "\n"}, "x y", "x y"},
	} {
		if got := newScrubber(c.secrets...).text(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestATextIsCutBetweenCharactersAndAfterItsSecrets(t *testing.T) {
	t.Parallel()
	const secret = "a-rather-long-secret"
	for shift := range 40 {
		text := newScrubber(secret).text(strings.Repeat("é", (maxMessage-shift)/2) + strings.Repeat("x", shift%2) + secret)
		if len(text) > maxMessage || !utf8.ValidString(text) || strings.Contains(text, secret[:6]) {
			t.Errorf("%d bytes, ends in %q", len(text), text[len(text)-30:])
		}
	}
}
