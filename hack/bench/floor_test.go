package main

import (
	"testing"
	"time"
)

func TestTheMixesHaveTheObjectsTheyPromise(t *testing.T) {
	t.Parallel()
	for _, n := range []int{100, 1000, 10000} {
		m := sized(n)
		if got := len(m.plan()); got != n || m.objects() != n {
			t.Errorf("the mix of %d plans %d and counts %d", n, got, m.objects())
		}
	}
	if p := peer(); len(p.plan()) != p.objects() || p.users != 1000 || p.groups != 200 || p.folders() != 500 {
		t.Errorf("the peer's mix is %+v", p)
	}
}

// TestTheFloorsOfASmallMixAreThoseCountedByHand counts the calls for 7 users, 2
// groups, 4 folders, 1 schedule and the settings, one at a time.
func TestTheFloorsOfASmallMixAreThoseCountedByHand(t *testing.T) {
	t.Parallel()
	m := mix{users: 7, joining: 1, groups: 2, top: 1, middle: 1, leaves: 2, own: 1, schedules: 1, setting: true}
	apply := 1 + // GET /user
		8 + // lists of users, groups, folders, schedules, roles, two sorts of sets, attributes
		7 + 7 + // users, credentials
		14 + // values
		6 + // holders of three roles, read and written
		1 + // membership
		4 + // folders
		6 + // PATCH inherits, GET copies, DELETE one, POST three
		3 + 2 + 2 + 2 + 1 + // roles, sets, attributes, groups, schedule
		6 // three sections, read and written
	if got := m.applyFloor(); got != apply {
		t.Errorf("the apply's floor is %d, and %d by hand", got, apply)
	}
	sweep := 1 + 1 + 1 + 1 + 1 + 1 + // users, groups, roles, attributes, folders, schedules
		3 + // content_metadata below Shared, the top and the middle folder
		3 + // sections
		7 + 1 // values, one access list
	if got := m.sweepFloor(m.costly()); got != sweep {
		t.Errorf("the sweep's floor is %d, and %d by hand", got, sweep)
	}
	if got := m.sweepFloor(0, 0); got != sweep-8 {
		t.Errorf("the sweep's floor without the costly reads is %d, want %d", got, sweep-8)
	}
}

func TestAFullPageNeedsNoSecond(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{0: 1, 1: 1, 500: 1, 501: 2, 6001: 13} {
		if got := pages(n); got != want {
			t.Errorf("%d rows are %d pages, want %d", n, got, want)
		}
	}
}

func TestTheWallFloorUsesTheCap(t *testing.T) {
	t.Parallel()
	if got := wallFloor(80, 200*time.Millisecond); got != 2*time.Second {
		t.Errorf("80 calls of 200 ms, 8 at a time, take %s", got)
	}
}
