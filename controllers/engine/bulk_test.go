package engine

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestEventsOfABulkChangeAreWrittenInPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		start := time.Now()
		events := make([]func(), 400)
		for i := range events {
			events[i] = func() { at = append(at, time.Since(start)) }
		}
		inPace(t.Context(), events)
		if len(at) != len(events) {
			t.Fatalf("%d of %d were written", len(at), len(events))
		}
		for i, after := range at[:len(at)-100] {
			if at[i+100]-after < 250*time.Millisecond {
				t.Fatalf("a hundred within %s", at[i+100]-after)
			}
		}
		if took := at[len(at)-1]; took > 2*time.Second {
			t.Errorf("%d took %s", len(events), took)
		}
	})
}
