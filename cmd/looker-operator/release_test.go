package main

import "testing"

func TestMemoryIsGivenBackOnceWhenABurstIsOver(t *testing.T) {
	t.Parallel()
	var now memory
	released := 0
	r := &releaser{read: func() memory { return now }, release: func() { released++; now.free = 0 }}
	step := func(allocated, free uint64) {
		now.allocated += allocated
		now.free = free
		r.look()
	}
	const burst, rest = 500 << 20, 1 << 20
	step(burst, 200<<20)
	if released != 0 {
		t.Fatal("given back in the middle of a burst")
	}
	step(rest, 200<<20)
	if released != 1 {
		t.Fatal("not given back after the burst")
	}
	step(rest, 200<<20)
	if released != 1 {
		t.Error("given back again without another burst: that costs time at rest")
	}
	step(burst, 200<<20)
	step(rest, 1<<20)
	if released != 1 {
		t.Error("given back for a megabyte")
	}
	step(rest, 100<<20)
	if released != 2 {
		t.Error("not given back after the second burst")
	}
}

func TestTheRuntimeHasTheMetricsThatAreRead(t *testing.T) {
	t.Parallel()
	if m := readMemory(); m.allocated == 0 { // a metric of another kind would panic
		t.Errorf("nothing was allocated: %+v", m)
	}
}
