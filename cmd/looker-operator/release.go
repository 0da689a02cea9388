package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// A burst of work, such as a first apply, leaves the heap larger than what is
// kept of it. The runtime gives that back over many minutes, and not all of it.
const (
	// lookEvery is how often it is looked whether a burst is over.
	lookEvery = 10 * time.Second
	// quietRate is the allocation, in bytes a second, below which it is.
	quietRate = 1 << 20
	// worthwhile is how much must be free, in bytes, to give it back.
	worthwhile = 16 << 20
)

// memory is what the runtime says of the heap, in bytes.
type memory struct {
	allocated uint64 // since the start
	free      uint64 // held, and neither used nor given back
}

func readMemory() memory {
	samples := []metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"}, {Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"},
	}
	metrics.Read(samples)
	garbage := samples[3].Value.Uint64() - min(samples[4].Value.Uint64(), samples[3].Value.Uint64())
	return memory{allocated: samples[0].Value.Uint64(), free: samples[1].Value.Uint64() + samples[2].Value.Uint64() + garbage}
}

// releaser gives memory back to the system when a burst is over: once, until
// there is another.
type releaser struct {
	read    func() memory
	release func()
	last    memory
	done    bool
}

// look is called every lookEvery.
func (r *releaser) look() {
	now := r.read()
	quiet := now.allocated-r.last.allocated < uint64(quietRate*lookEvery.Seconds())
	switch r.last = now; {
	case !quiet:
		r.done = false
	case !r.done && now.free > worthwhile:
		r.release()
		r.done = true
		r.last = r.read()
	}
}

// NeedLeaderElection implements manager.LeaderElectionRunnable: a standby has
// filled its caches, too.
func (*releaser) NeedLeaderElection() bool { return false }

// Start implements manager.Runnable.
func (r *releaser) Start(ctx context.Context) error {
	r.last = r.read()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			r.look()
		}
	}
}

func newReleaser() *releaser { return &releaser{read: readMemory, release: debug.FreeOSMemory} }
