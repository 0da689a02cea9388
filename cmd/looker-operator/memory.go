package main

import (
	"math"
	"os"
	"runtime/debug"
)

// gcPercent replaces the runtime's default of 100: garbage is collected when the
// heap has grown by a quarter. What it costs in time is little beside waiting for
// Looker. What it saves is more than garbage: a burst leaves what is kept spread
// over all the memory that it used.
const gcPercent = 25

// tuneMemory sets how the runtime collects garbage, and returns the limit in
// bytes that it keeps to; 0 where there is none.
//
// GOMEMLIMIT is lowered by a tenth: the Deployment sets it to the container's
// limit, beyond which the kernel kills, and the kernel also counts what the
// runtime does not, such as the program itself. GOGC, if set, stays as it is.
func tuneMemory() int64 {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	limit := debug.SetMemoryLimit(-1) // only asks
	if limit == math.MaxInt64 {
		return 0
	}
	limit -= limit / 10
	debug.SetMemoryLimit(limit)
	return limit
}
