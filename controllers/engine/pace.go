package engine

import "time"

// pace is a token bucket with two levels. Every call takes from tokens, those of
// edits and deletions from advance as well. Who is not urgent needs a token, and
// so waits until every debt is paid. Who is urgent needs only one of advance,
// which the calls of others do not lower. Either is filled at the same rate, so
// that neither exceeds it for longer than a burst.
type pace struct {
	rate    float64 // tokens a second
	burst   float64
	tokens  float64
	advance float64
	filled  time.Time
}

func (p *pace) fill(now time.Time) {
	more := max(now.Sub(p.filled), 0).Seconds() * p.rate
	p.tokens = min(p.burst, p.tokens+more)
	p.advance = min(p.burst, p.advance+more)
	p.filled = now
}

// take pays for one call.
func (p *pace) take(urgent bool) {
	p.tokens--
	if urgent {
		p.advance--
	}
}

// wait is how long it takes until there is a token beyond those promised.
func (p *pace) wait(urgent bool, promised int) time.Duration {
	have := p.tokens
	if urgent {
		have = p.advance
	}
	const rounding = 1e-9 // of sums of fractions
	missing := 1 + float64(promised) - have
	if missing <= rounding {
		return 0
	}
	return max(time.Duration(missing/p.rate*float64(time.Second)), time.Millisecond)
}
