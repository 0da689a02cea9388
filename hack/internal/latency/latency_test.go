package latency

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestTheQuantilesComeOut(t *testing.T) {
	t.Parallel()
	const n = 200000
	for name, c := range map[string]struct {
		d      Distribution
		shares map[time.Duration]float64 // of the times that are below
	}{
		"recorded traffic": {Recorded, map[time.Duration]float64{Recorded.Median: 0.5, Recorded.P90: 0.9, Recorded.P99: 0.99}},
		"median and p90":   {Distribution{Median: 100, P90: 300}, map[time.Duration]float64{100: 0.5, 300: 0.9}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			below := map[time.Duration]int{}
			sum := 0.0
			for range n {
				d := c.d.Sample()
				sum += float64(d)
				for q := range c.shares {
					if d < q {
						below[q]++
					}
				}
			}
			for q, want := range c.shares {
				if got := float64(below[q]) / n; math.Abs(got-want) > 0.01*want+0.002 {
					t.Errorf("%.4f of the times are below %s, want %.2f", got, q, want)
				}
			}
			if mean := float64(c.d.Mean()); c.d.Median > time.Microsecond && math.Abs(sum/n-mean) > 0.01*mean {
				t.Errorf("the mean is %s, and %s is promised", time.Duration(sum/n), c.d.Mean())
			}
		})
	}
}

func TestAConstantHasNoSpread(t *testing.T) {
	t.Parallel()
	d := Distribution{Median: 180 * time.Millisecond}
	if d.Sample() != d.Median || d.Mean() != d.Median {
		t.Errorf("%s, mean %s", d.Sample(), d.Mean())
	}
}

func TestQuantilesOutOfOrderAreRefused(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]Distribution{
		"not be negative":      {Median: -1},
		"not below the median": {Median: 2, P90: 1},
		"the 99th not below":   {Median: 1, P90: 3, P99: 2},
		"needs --latency,":     {P90: 1},
		"needs --latency-p90":  {Median: 1, P99: 2},
	} {
		if err := d.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want a word on %s", d, err, want)
		}
	}
	if err := Recorded.Check(); err != nil {
		t.Error(err)
	}
}
