package controllers

import (
	"maps"
	"slices"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// wantedSet is what a spec asks of a set of ids: that it has some entries (true)
// and lacks others (false), or that it is exactly a list.
type wantedSet struct {
	Some map[string]bool                 `json:"some,omitempty"`
	All  lookerclient.Optional[[]string] `json:"all,omitzero"`
	kept []string                        // claims to keep, of which nothing is known now
}

// IsZero reports whether there is nothing to compare or to send.
func (w *wantedSet) IsZero() bool { return w == nil || len(w.Some) == 0 && w.All.IsZero() }

// liveSet is a set as Looker has it, as far as it is wanted.
type liveSet struct {
	Some map[string]bool                 `json:"some,omitempty"`
	All  lookerclient.Optional[[]string] `json:"all,omitzero"`
}

// idList is a list of references in a spec.
type idList struct {
	set      bool     // whether the spec has the list
	ids      []string // of those that have one
	complete bool     // whether all have one
	exact    bool
}

// userList resolves a list of users.
func userList(list *[]v1alpha1.UserReference, mode v1alpha1.MembershipMode, in engine.Inputs) idList {
	var targets []v1alpha1.Target
	if list != nil {
		for _, r := range *list {
			targets = append(targets, r.Target())
		}
	}
	return newIDList(v1alpha1.KindUser, list != nil, targets, mode, in)
}

// namedList resolves a list of what has a name.
func namedList(kind string, list *[]v1alpha1.NamedReference, mode v1alpha1.MembershipMode, in engine.Inputs) idList {
	var targets []v1alpha1.Target
	if list != nil {
		for _, r := range *list {
			targets = append(targets, r.Target())
		}
	}
	return newIDList(kind, list != nil, targets, mode, in)
}

func newIDList(kind string, set bool, targets []v1alpha1.Target, mode v1alpha1.MembershipMode, in engine.Inputs) idList {
	known, all := in.IDs(kind, targets...)
	return idList{set: set, ids: stringSet(known), complete: all, exact: mode == v1alpha1.MembershipExact}
}

// wanted returns what the list asks for; nil if nothing, as without a list. What
// this object added and no longer lists is to go. While an entry has no id, it may
// be any of those that are there, and none is taken away.
func (l idList) wanted(claims []string, prefix string) *wantedSet {
	ours := claimed(claims, prefix)
	switch {
	case !l.set:
		return nil
	case l.exact && !l.complete:
		return &wantedSet{kept: ours}
	case l.exact:
		return &wantedSet{All: lookerclient.Set(l.ids)}
	}
	want := &wantedSet{Some: map[string]bool{}}
	if l.complete {
		for _, id := range ours {
			want.Some[id] = false
		}
	} else {
		want.kept = ours
	}
	for _, id := range l.ids {
		want.Some[id] = true
	}
	return want
}

// claims returns the entries that are this object's, or may be.
func (w *wantedSet) claims() []string {
	if w == nil {
		return nil
	}
	out := slices.Concat(valueOf(w.All), w.kept)
	for id, in := range w.Some {
		if in {
			out = append(out, id)
		}
	}
	return stringSet(out)
}

// changes returns what has to be added to the entries, and what removed.
func (w *wantedSet) changes(have []string) (add, remove []string) {
	if w.IsZero() {
		return nil, nil
	}
	if all, ok := w.All.Get(); ok {
		return without(all, have), without(have, all)
	}
	for _, id := range slices.Sorted(maps.Keys(w.Some)) {
		switch in := slices.Contains(have, id); {
		case w.Some[id] && !in:
			add = append(add, id)
		case !w.Some[id] && in:
			remove = append(remove, id)
		}
	}
	return add, remove
}

// in returns what the wanted entries look like in a set that was read; nil if
// it was not.
func (w *wantedSet) in(have lookerclient.Optional[[]string]) *liveSet {
	ids, known := have.Get()
	if w.IsZero() || !known {
		return nil
	}
	if !w.All.IsZero() {
		return &liveSet{All: lookerclient.Set(stringSet(ids))}
	}
	some := make(map[string]bool, len(w.Some))
	for id := range w.Some {
		some[id] = slices.Contains(ids, id)
	}
	return &liveSet{Some: some}
}

// without returns the entries of list that others lacks.
func without(list, others []string) []string {
	known := make(map[string]bool, len(others))
	for _, id := range others {
		known[id] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return known[id] })
}

// stringSet returns the entries sorted, each once; never nil.
func stringSet(in []string) []string {
	out := slices.Clone(in)
	slices.Sort(out)
	return append([]string{}, slices.Compact(out)...)
}
