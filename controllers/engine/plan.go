package engine

import (
	"math"
	"slices"
	"time"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Drift is how an instance is compared with its resources.
type Drift struct {
	// Enabled: false never looks for changes made in Looker.
	Enabled bool
	// MinInterval between two sweeps of one kind; the plan may make it longer.
	MinInterval time.Duration
}

// Plan is how often each kind of one instance is swept, so that the calls of the
// month suffice.
type Plan struct {
	// Intervals between two sweeps, by kind, and by the class of their calls.
	Intervals map[string]time.Duration
	ByClass   map[lookerclient.Class]time.Duration
	// Passes is the number of sweeps that read every resource once beside the
	// list, where Looker shows a part of it only one by one.
	Passes int64
	// Calls of one sweep of all kinds, and those of a month, by class.
	Calls, Monthly map[lookerclient.Class]float64
}

// intervals are the times between two sweeps that a plan chooses from. They are
// few, so that a plan does not change with every call that is made.
var intervals = []time.Duration{
	5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 6 * time.Hour, 8 * time.Hour, 12 * time.Hour,
	day, 2 * day, 4 * day, 7 * day, 14 * day, 28 * day,
}

const (
	day = 24 * time.Hour
	// hoursPerMonth is the average.
	hoursPerMonth = 365.25 * 24 / 12
)

// The share of a sweep's calls that go into lists: half, and up to nine tenths
// where all kinds would not be listed once a day otherwise. The rest is for what
// has to be read one by one.
const (
	listShare    = 0.5
	listShareMax = 0.9
)

// planInput is what a plan follows from.
type planInput struct {
	// rates are the calls an hour that sweeps may make; a class that is absent has
	// no limit.
	rates map[lookerclient.Class]float64
	// lists are the calls of one sweep of each kind.
	lists map[string]Calls
	// reads is what all resources take that are read one by one, in calls of the
	// administrative class: those who need them have no other.
	reads int64
	min   time.Duration
	fixed time.Duration // overrides all, if it is not 0
}

// makePlan chooses the intervals. It is a pure function.
func makePlan(in planInput) Plan {
	p := Plan{Intervals: map[string]time.Duration{}, Passes: 1, Calls: map[lookerclient.Class]float64{}, Monthly: map[lookerclient.Class]float64{}}
	totals := Calls{}
	for _, calls := range in.lists {
		for class, n := range calls {
			totals[class] += n
		}
	}
	byClass := map[lookerclient.Class]time.Duration{}
	p.ByClass = byClass
	for _, class := range []lookerclient.Class{lookerclient.NonQuery, lookerclient.DBQuery} {
		byClass[class] = in.interval(class, totals[class])
	}
	for kind, calls := range in.lists {
		p.Intervals[kind] = byClass[lookerclient.NonQuery]
		if calls[lookerclient.NonQuery] == 0 && calls[lookerclient.DBQuery] > 0 {
			p.Intervals[kind] = byClass[lookerclient.DBQuery]
		}
	}
	p.Passes = in.passes(byClass[lookerclient.NonQuery], totals[lookerclient.NonQuery])
	for class, n := range totals {
		calls := float64(n)
		if class == lookerclient.NonQuery {
			calls += float64(in.reads) / float64(p.Passes)
		}
		p.Calls[class] = calls
		p.Monthly[class] = calls * hoursPerMonth / byClass[class].Hours()
	}
	return p
}

func (in planInput) interval(class lookerclient.Class, lists int64) time.Duration {
	if in.fixed > 0 {
		return in.fixed
	}
	rate, limited := in.rates[class]
	if !limited {
		return max(intervals[0], in.min)
	}
	most := float64(lists) / (rate * listShareMax) // NaN and +Inf are dealt with below
	hours := most
	if in.reads > 0 && class == lookerclient.NonQuery {
		hours = max(most, min(float64(lists)/(rate*listShare), day.Hours()))
	}
	i := slices.IndexFunc(intervals, func(d time.Duration) bool { return d.Hours() >= hours })
	if i < 0 {
		i = len(intervals) - 1
	}
	return max(intervals[i], in.min)
}

// passes is a power of two, so that a resource keeps its place among them when
// their number changes.
func (in planInput) passes(interval time.Duration, lists int64) int64 {
	rate, limited := in.rates[lookerclient.NonQuery]
	if !limited || in.fixed > 0 || in.reads == 0 {
		return 1
	}
	left := max(rate*interval.Hours()-float64(lists), 1)
	passes := int64(1)
	for float64(in.reads)/float64(passes) > left && passes < math.MaxInt32 {
		passes *= 2
	}
	return passes
}

// interval returns the time between two sweeps of a kind.
func (p Plan) interval(kind string) time.Duration {
	if d := p.Intervals[kind]; d > 0 {
		return d
	}
	return intervals[len(intervals)-1]
}
