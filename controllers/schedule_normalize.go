package controllers

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Normalize implements engine.Normalizer.
func (scheduleAdapter) Normalize(want *wantedPlan, live *livePlan) {
	agree(&want.FiltersString, &live.FiltersString, sameQuery)
	agree(&want.CustomURLParams, &live.CustomURLParams, sameQuery)
	agree(&want.PDFPaperSize, &live.PDFPaperSize, strings.EqualFold)
	agree(&want.Crontab, &live.Crontab, sameCrontab)
	sortOptional(&want.TabIDs)
	sortOptional(&live.TabIDs)
	wanted, ok := want.Destinations.Get()
	if !ok {
		return
	}
	wanted, found := agreeDestinations(wanted, valueOf(live.Destinations))
	want.Destinations, live.Destinations = lookerclient.Set(wanted), lookerclient.Set(found)
}

// agree gives live the text of want where the two mean the same.
func agree(want, live *lookerclient.Optional[string], same func(a, b string) bool) {
	w, wanted := want.Get()
	l, there := live.Get()
	if wanted && there && same(w, l) {
		*live = *want
	}
}

// sortOptional sorts a list that is a set, without touching the list itself.
func sortOptional(list *lookerclient.Optional[[]string]) {
	if values, ok := list.Get(); ok {
		*list = lookerclient.Set(sortedStrings(values))
	}
}

// sortedStrings returns the values sorted, each once. It is never nil, so that it
// encodes as a list.
func sortedStrings(values []string) []string {
	sorted := append(make([]string, 0, len(values)), values...)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

// sameCrontab ignores how many spaces separate the fields, and letter case.
func sameCrontab(a, b string) bool {
	return slices.EqualFunc(strings.Fields(a), strings.Fields(b), strings.EqualFold)
}

// sameQuery compares URL queries by what they say: Looker may store them with a
// leading question mark, in another order and with other characters escaped. The
// order of several values of one name counts.
func sameQuery(a, b string) bool {
	pathA, queryA := splitQuery(a)
	pathB, queryB := splitQuery(b)
	return pathA == pathB && slices.Equal(queryPairs(queryA), queryPairs(queryB))
}

// splitQuery divides at the question mark; without one, all of it is the query.
func splitQuery(s string) (path, query string) {
	path, query, found := strings.Cut(s, "?")
	if !found {
		return "", s
	}
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	return path, query
}

type queryPair struct{ name, value string }

func queryPairs(query string) []queryPair {
	var pairs []queryPair
	for _, part := range strings.Split(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, queryPair{unescaped(name), unescaped(value)})
	}
	slices.SortStableFunc(pairs, func(a, b queryPair) int { return cmp.Compare(a.name, b.name) })
	return pairs
}

// unescaped returns s itself where it is not well escaped.
func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
