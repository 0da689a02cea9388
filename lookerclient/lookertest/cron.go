package lookertest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A cronSpec is a crontab of five fields; each holds the values it allows.
type cronSpec struct {
	minute, hour, day, month, weekday map[int]bool
	anyDay, anyWeekday                bool
}

var (
	monthNames   = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
	weekdayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
)

// parseCron reads a crontab of vixie style: five fields, no "?", no seconds.
func parseCron(s string) (*cronSpec, error) {
	f := strings.Fields(s)
	if len(f) != 5 {
		return nil, fmt.Errorf("crontab %q must have five fields", s)
	}
	spec := &cronSpec{anyDay: strings.HasPrefix(f[2], "*"), anyWeekday: strings.HasPrefix(f[4], "*")}
	parts := []struct {
		into     *map[int]bool
		text     string
		min, max int
		names    []string
	}{
		{&spec.minute, f[0], 0, 59, nil}, {&spec.hour, f[1], 0, 23, nil}, {&spec.day, f[2], 1, 31, nil},
		{&spec.month, f[3], 1, 12, monthNames}, {&spec.weekday, f[4], 0, 7, weekdayNames},
	}
	for _, p := range parts {
		values, err := cronField(p.text, p.min, p.max, p.names)
		if err != nil {
			return nil, fmt.Errorf("crontab %q: %w", s, err)
		}
		*p.into = values
	}
	if spec.weekday[7] {
		spec.weekday[0] = true
	}
	return spec, nil
}

func cronField(text string, lo, hi int, names []string) (map[int]bool, error) {
	out := map[int]bool{}
	for _, part := range strings.Split(text, ",") {
		span, stepText, stepped := strings.Cut(part, "/")
		step := 1
		if stepped {
			n, err := strconv.Atoi(stepText)
			if err != nil || n < 1 {
				return nil, fmt.Errorf("%q is not a step", stepText)
			}
			step = n
		}
		from, to, err := cronSpan(span, lo, hi, names)
		if err != nil {
			return nil, err
		}
		for v := from; v <= to; v += step {
			out[v] = true
		}
	}
	return out, nil
}

func cronSpan(span string, lo, hi int, names []string) (from, to int, err error) {
	if span == "*" {
		return lo, hi, nil
	}
	first, last, ranged := strings.Cut(span, "-")
	if from, err = cronValue(first, lo, hi, names); err != nil {
		return 0, 0, err
	}
	if !ranged {
		return from, from, nil
	}
	if to, err = cronValue(last, lo, hi, names); err != nil {
		return 0, 0, err
	}
	if to < from {
		return 0, 0, fmt.Errorf("%q runs backwards", span)
	}
	return from, to, nil
}

func cronValue(s string, lo, hi int, names []string) (int, error) {
	for i, name := range names {
		if strings.EqualFold(s, name) {
			return lo + i, nil // months count from 1, weekdays from 0
		}
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < lo || n > hi {
		return 0, fmt.Errorf("%q is not between %d and %d", s, lo, hi)
	}
	return n, nil
}

// dayFits follows vixie cron: when both day fields are restricted, either suffices.
func (s *cronSpec) dayFits(t time.Time) bool {
	if !s.month[int(t.Month())] {
		return false
	}
	day, weekday := s.day[t.Day()], s.weekday[int(t.Weekday())]
	if s.anyDay || s.anyWeekday {
		return day && weekday
	}
	return day || weekday
}

// next is the first minute after t that fits, in the named zone (UTC where this machine does not know it).
func (s *cronSpec) next(t time.Time, zone string) (time.Time, bool) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	t = t.In(loc)
	const years = 5 // 29 February
	for offset := range 366 * years {
		day := time.Date(t.Year(), t.Month(), t.Day()+offset, 0, 0, 0, 0, loc)
		if !s.dayFits(day) {
			continue
		}
		if at, ok := s.nextOn(day, t); ok {
			return at, true
		}
	}
	return time.Time{}, false
}

// nextOn is the first minute of a day that fits and is after t.
func (s *cronSpec) nextOn(day, t time.Time) (time.Time, bool) {
	for h := range 24 {
		for m := range 60 {
			if !s.hour[h] || !s.minute[m] {
				continue
			}
			if at := time.Date(day.Year(), day.Month(), day.Day(), h, m, 0, 0, day.Location()); at.After(t) {
				return at, true
			}
		}
	}
	return time.Time{}, false
}
