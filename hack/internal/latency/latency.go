// Package latency has the distribution of the times that the mock Looker takes
// for its answers.
package latency

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Quantiles of the standard normal distribution.
const (
	z90 = 1.2815515655446004
	z99 = 2.3263478740408408
)

// Distribution is a distribution of times through up to three quantiles. Between
// median and 90th percentile, and below the median, it is log-normal; beyond the
// 90th percentile it is log-normal with a spread of its own, so that it meets the
// 99th. A quantile that is 0 is left out: without P99 the first spread goes on,
// without P90 every time is the median.
type Distribution struct {
	Median, P90, P99 time.Duration
}

// Recorded is the latency of recorded traffic with a Looker instance.
var Recorded = Distribution{Median: 182 * time.Millisecond, P90: 246 * time.Millisecond, P99: 414 * time.Millisecond}

// Scaled is the distribution with every time multiplied.
func (d Distribution) Scaled(by float64) Distribution {
	times := func(t time.Duration) time.Duration { return time.Duration(by * float64(t)) }
	return Distribution{times(d.Median), times(d.P90), times(d.P99)}
}

// Check says what is wrong with the quantiles. The names are those of flags.
func (d Distribution) Check() error {
	switch {
	case d.Median < 0 || d.P90 != 0 && d.P90 < d.Median || d.P99 != 0 && d.P99 < d.P90:
		return fmt.Errorf("--latency %s, --latency-p90 %s, --latency-p99 %s: times must not be negative, the 90th percentile not below the median, the 99th not below the 90th",
			d.Median, d.P90, d.P99)
	case d.P90 > 0 && d.Median == 0:
		return fmt.Errorf("--latency-p90 needs --latency, the median")
	case d.P99 > 0 && d.P90 == 0:
		return fmt.Errorf("--latency-p99 needs --latency-p90")
	}
	return nil
}

// at is the time at a number of standard deviations from the median.
func (d Distribution) at(z float64) time.Duration {
	if d.P90 <= d.Median {
		return d.Median
	}
	body := math.Log(float64(d.P90)/float64(d.Median)) / z90
	exponent := body * z
	if z > z90 && d.P99 > 0 {
		tail := math.Log(float64(d.P99)/float64(d.P90)) / (z99 - z90)
		exponent = body*z90 + tail*(z-z90)
	}
	return time.Duration(float64(d.Median) * math.Exp(exponent))
}

// Sample draws a time.
func (d Distribution) Sample() time.Duration { return d.at(rand.NormFloat64()) }

// Mean is the mean of the distribution, to a microsecond.
func (d Distribution) Mean() time.Duration {
	const step, reach = 1e-3, 8
	sum, weight := 0.0, 0.0
	for i := range int(2 * reach / step) {
		z := -reach + (float64(i)+0.5)*step
		w := math.Exp(-z * z / 2)
		sum += w * float64(d.at(z))
		weight += w
	}
	return time.Duration(sum / weight).Round(time.Microsecond)
}
