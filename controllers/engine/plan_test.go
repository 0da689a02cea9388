package engine

import (
	"testing"
	"time"

	"github.com/looker-operator/looker-operator/lookerclient"
)

const admin, query = lookerclient.NonQuery, lookerclient.DBQuery

func TestAPlanStaysWithinItsRateAndListsOnceADay(t *testing.T) {
	t.Parallel()
	month := 744.0
	for name, c := range map[string]struct {
		in       planInput
		interval time.Duration
		passes   int64
	}{
		"no limit":             {planInput{lists: lists(9, 1), reads: 6000}, 5 * time.Minute, 1},
		"no limit, own floor":  {planInput{lists: lists(9, 1), min: 90 * time.Minute}, 90 * time.Minute, 1},
		"standard":             {planInput{rates: rates(700/month, 700/month), lists: lists(9, 1), reads: 500}, day, 64},
		"standard, no reads":   {planInput{rates: rates(700/month, 700/month), lists: lists(9, 1)}, 12 * time.Hour, 1},
		"standard, much":       {planInput{rates: rates(700/month, 700/month), lists: lists(40, 1), reads: 500}, 2 * day, 128},
		"enterprise":           {planInput{rates: rates(7000/month, 70000/month), lists: lists(12, 1), reads: 1000}, 3 * time.Hour, 64},
		"embed":                {planInput{rates: rates(70000/month, 350000/month), lists: lists(30, 1), reads: 6000}, time.Hour, 128},
		"nothing left":         {planInput{rates: rates(0, 0), lists: lists(9, 1), reads: 10}, 28 * day, 16},
		"nothing to compare":   {planInput{rates: rates(1, 1), lists: lists(0, 0)}, 5 * time.Minute, 1},
		"for a demonstration":  {planInput{rates: rates(1, 1), lists: lists(9, 1), reads: 100, fixed: 5 * time.Second}, 5 * time.Second, 1},
		"nothing left or used": {planInput{rates: rates(0, 0), lists: lists(0, 0)}, 28 * day, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := makePlan(c.in)
			if got := p.interval("LookerUser"); got != c.interval {
				t.Errorf("interval %s, want %s", got, c.interval)
			}
			if p.Passes != c.passes {
				t.Errorf("%d passes, want %d", p.Passes, c.passes)
			}
			rate, limited := c.in.rates[admin]
			if allowed := rate * hoursPerMonth; limited && rate > 0 && c.in.fixed == 0 && p.Monthly[admin] > allowed {
				t.Errorf("takes %.0f calls a month of %.0f", p.Monthly[admin], allowed)
			}
		})
	}
}

func TestSchedulesAreComparedAsTheirOwnCallsAllow(t *testing.T) {
	t.Parallel()
	p := makePlan(planInput{rates: rates(1, 1), lists: map[string]Calls{"LookerUser": {admin: 20}, "LookerSchedule": {query: 1}}})
	if user, plans := p.interval("LookerUser"), p.interval("LookerSchedule"); user != day || plans != 2*time.Hour {
		t.Errorf("users every %s, schedules every %s", user, plans)
	}
}

func lists(adminCalls, queryCalls int64) map[string]Calls {
	return map[string]Calls{"LookerUser": {admin: adminCalls}, "LookerSchedule": {query: queryCalls}}
}

func rates(adminCalls, queryCalls float64) map[lookerclient.Class]float64 {
	return map[lookerclient.Class]float64{admin: adminCalls, query: queryCalls}
}

func TestAPassReadsItsShareAndARoundReadsAll(t *testing.T) {
	t.Parallel()
	const n = 1000
	for _, of := range []int64{1, 2, 16, 64} {
		seen := map[string]int{}
		for pass := range of {
			share := 0
			for i := range n {
				if key := string(rune('a'+i%26)) + time.Duration(i).String(); (Pass{Number: 1000 + pass, Of: of}).includes(key) {
					seen[key]++
					share++
				}
			}
			if even := n / int(of); of > 1 && share > 2*even+10 {
				t.Errorf("pass %d of %d reads %d of %d", pass, of, share, n)
			}
		}
		for key, times := range seen {
			if times != 1 {
				t.Errorf("%s is read %d times in a round of %d", key, times, of)
			}
		}
		if len(seen) != n {
			t.Errorf("a round of %d reads %d of %d", of, len(seen), n)
		}
	}
	if (Pass{}).includes("x") {
		t.Error("without a sweep nothing is read")
	}
}

func TestAnObjectKeepsItsPlaceWhenThereAreTwiceAsManyPasses(t *testing.T) {
	t.Parallel()
	for number := range int64(64) {
		for _, key := range []string{"1", "2", "77", "folder"} {
			if (Pass{number, 64}).includes(key) && !(Pass{number, 32}).includes(key) {
				t.Errorf("pass %d reads %s among 64 and not among 32", number, key)
			}
		}
	}
}
