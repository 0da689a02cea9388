package controllers

import (
	"maps"
	"slices"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Normalize implements engine.Normalizer.
func (groupAdapter) Normalize(want *wantedGroup, live *liveGroup) {
	live.Members = want.Members.in(live.members)
	live.Groups = want.Groups.in(live.children)
	live.Roles = want.Roles.in(live.rolesFor(want.Roles))
	normalizeGroupValues(want, live)
}

// rolesFor returns the roles that the group holds itself, absent while that is
// not known of one that matters.
func (l *liveGroup) rolesFor(want *wantedSet) lookerclient.Optional[[]string] {
	if want.IsZero() || len(l.undecided(want)) > 0 {
		return lookerclient.Optional[[]string]{}
	}
	return l.direct
}

// undecided returns the doubtful roles that matter: all where the list is to be
// exact, or else those that it speaks of.
func (l *liveGroup) undecided(want *wantedSet) []string {
	if !want.All.IsZero() {
		return l.doubtful
	}
	return slices.DeleteFunc(slices.Clone(l.doubtful), func(role string) bool {
		_, spoken := want.Some[role]
		return !spoken
	})
}

// normalizeGroupValues sorts the wanted values into those that can be compared
// and those that Looker hides, as normalizeValues does for users.
func normalizeGroupValues(want *wantedGroup, live *liveGroup) {
	live.Values, live.Hidden = nil, lookerclient.Optional[[]hiddenValue]{}
	want.Hidden = lookerclient.Optional[[]hiddenValue]{}
	if len(want.Values) == 0 || !live.knows(want) {
		return
	}
	visible := maps.Clone(want.Values)
	live.Values = map[string]any{}
	var wanted, held []hiddenValue
	for id, value := range want.Values {
		have := live.own[id]
		text, plain := valueOf(value).Text()
		switch {
		case value.IsNull() && !have.set:
			delete(visible, id) // it is gone already
		case !value.IsNull() && plain && have.set && have.hidden:
			delete(visible, id)
			wanted = append(wanted, hiddenValue{id, text})
			held = append(held, hiddenValue{id, hiddenText})
		default:
			live.Values[id] = have.against(value)
		}
	}
	want.Values = visible
	if wanted != nil {
		want.Hidden, live.Hidden = lookerclient.Set(sortHidden(wanted)), lookerclient.Set(sortHidden(held))
	}
}

// against returns what to compare a wanted value with. False stands for one that
// has to be sent.
func (o ownValue) against(value lookerclient.Optional[lookerclient.AttributeValue]) any {
	w, stays := value.Get()
	_, plain := w.Text()
	switch {
	case !stays:
		return hiddenText // whatever it is, it is to go
	case !o.set:
		return false
	case !plain:
		return o.hidden || o.text == w.Reveal()
	}
	return o.text
}

// knows reports whether it is known of each attribute if the group has a value.
func (l *liveGroup) knows(want *wantedGroup) bool {
	return l.bare || len(l.unread(want)) == 0
}

// unread returns the wanted attributes whose value was not read.
func (l *liveGroup) unread(want *wantedGroup) []string {
	if l.bare {
		return nil
	}
	var out []string
	for _, id := range slices.Sorted(maps.Keys(want.Values)) {
		if _, ok := l.own[id]; !ok {
			out = append(out, id)
		}
	}
	return out
}

// Rewrites implements engine.Rewriter: of a hidden value that Looker accepted,
// it is only known that there is one.
func (groupAdapter) Rewrites() []string { return []string{"hidden_values"} }
