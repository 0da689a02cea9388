package main

import (
	"math"
	"runtime/debug"
)

// leaveHeadroom lowers the limit that GOMEMLIMIT gave the Go runtime by a tenth,
// and returns it in bytes; 0 where there is none. The Deployment sets GOMEMLIMIT
// to the container's limit, beyond which the kernel kills; but the kernel also
// counts what the runtime does not, such as the program itself.
func leaveHeadroom() int64 {
	limit := debug.SetMemoryLimit(-1) // only asks
	if limit == math.MaxInt64 {
		return 0
	}
	limit -= limit / 10
	debug.SetMemoryLimit(limit)
	return limit
}
