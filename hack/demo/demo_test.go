package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestOffATerminalEachThingIsALine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out)
	p.steps = 2
	p.step("Boil water")
	p.status("20 degrees")
	p.status("20 degrees")
	p.status("90 degrees")
	p.done("100 degrees")
	p.step("Make tea")
	p.failed()
	var got []string
	for line := range strings.Lines(out.String()) {
		_, text, found := strings.Cut(strings.TrimRight(line, "\n"), "] ")
		if !found {
			t.Errorf("no time in the line %q", line)
		}
		got = append(got, text)
	}
	want := "1/2 Boil water|1/2   20 degrees|1/2   90 degrees|1/2   done: 100 degrees|2/2 Make tea|2/2   FAILED"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
	if strings.ContainsAny(out.String(), "\r\x1b") {
		t.Errorf("the output has control characters: %q", out.String())
	}
}

func TestOnATerminalAStepIsOneLineInTheEnd(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out)
	p.width = func() int { return 30 }
	p.steps = 1
	p.step("Boil water")
	p.status("%s", strings.Repeat("long ", 20))
	time.Sleep(250 * time.Millisecond) // let it be painted
	p.done("100 degrees")
	if n := strings.Count(out.String(), "\n"); n != 1 {
		t.Errorf("%d lines: %q", n, out.String())
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(out.String(), "\n"), "\x1b[K") {
		if n := len([]rune(strings.TrimRight(part, "\r"))); n > 29 && !strings.HasSuffix(part, "100 degrees") {
			t.Errorf("%d columns would wrap: %q", n, part)
		}
	}
	if !strings.HasSuffix(out.String(), "1/1 Boil water: 100 degrees\n") {
		t.Errorf("the last line is not the result: %q", out.String())
	}
}

func TestLookerResourcesAreThoseOfThisAPI(t *testing.T) {
	t.Parallel()
	got, err := lookerResources("apiVersion: v1\nkind: Secret\n---\napiVersion: looker-operator.dev/v1alpha1\nkind: LookerUser\nmetadata: {name: cfo}\n---\n")
	if err != nil || len(got) != 1 || got[0].String() != "LookerUser cfo" {
		t.Errorf("got %v: %v", got, err)
	}
}
