package controllers

import (
	"cmp"
	"maps"
	"slices"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Normalize implements engine.Normalizer.
func (userAdapter) Normalize(want *wantedUser, live *liveUser) {
	normalizeLogin(want, live)
	normalizeRoles(want, live)
	normalizeGroups(want, live)
	normalizeValues(want, live)
	normalizeSetup(want, live)
}

// normalizeLogin compares addresses without regard to case. Of people whom an
// identity provider logs in, the names and, unless they have an e-mail
// credential as well, the address are the provider's: each login would undo
// what the operator writes.
func normalizeLogin(want *wantedUser, live *liveUser) {
	if live.isSSO() {
		want.FirstName, want.LastName = lookerclient.Optional[string]{}, lookerclient.Optional[string]{}
		if !live.hasEmailCredential() && want.email() == live.address() {
			want.CredentialsEmail = lookerclient.Optional[lookerclient.WriteCredentialsEmail]{}
		}
	}
	if email := want.email(); email != "" {
		want.CredentialsEmail = lookerclient.Set(lookerclient.WriteCredentialsEmail{Email: lookerclient.Set(email)})
	}
	if cred, ok := live.CredentialsEmail.Get(); ok {
		cred.Email = lookerclient.Set(lowerEmail(valueOf(cred.Email)))
		live.CredentialsEmail = lookerclient.Set(cred)
	} else {
		live.CredentialsEmail = lookerclient.Null[lookerclient.CredentialsEmail]()
	}
}

// normalizeRoles takes the row's roles for the direct ones where they are what
// is wanted: they may contain roles held through groups, and are never fewer.
func normalizeRoles(want *wantedUser, live *liveUser) {
	live.Roles = live.direct
	wanted, ok := want.Roles.Get()
	if ok && live.direct.IsZero() && rowHasRoles(live, wanted.IDs) {
		live.Roles = lookerclient.Set(wanted)
	}
}

func rowHasRoles(live *liveUser, wanted []lookerclient.ID) bool {
	return !live.RoleIDs.IsZero() && slices.Equal(idSet(valueOf(live.RoleIDs)), wanted)
}

func normalizeGroups(want *wantedUser, live *liveUser) {
	live.Groups = nil
	if live.GroupIDs.IsZero() || len(want.Groups) == 0 {
		return
	}
	live.Groups = map[string]bool{}
	for id := range want.Groups {
		live.Groups[id] = slices.Contains(valueOf(live.GroupIDs), lookerclient.ID(id))
	}
}

// hiddenText stands for a value that is there and cannot be read.
const hiddenText = "[hidden]"

// normalizeValues sorts the wanted values into those that can be compared and
// those that Looker hides. False stands for a value that has to be sent: the
// user has none of its own, whatever it may inherit, or has another.
func normalizeValues(want *wantedUser, live *liveUser) {
	live.Values, live.Hidden = nil, lookerclient.Optional[[]hiddenValue]{}
	want.Hidden = lookerclient.Optional[[]hiddenValue]{}
	if len(want.Values) == 0 || !live.hasRead(want.Values) {
		return
	}
	visible := maps.Clone(want.Values)
	live.Values = map[string]any{}
	var wanted, held []hiddenValue
	for id, w := range want.Values {
		text, plain := w.Text()
		have := live.own[id]
		switch {
		case !have.set:
			live.Values[id] = false
		case !plain:
			live.Values[id] = have.hidden || have.text == w.Reveal()
		case have.hidden:
			delete(visible, id)
			wanted = append(wanted, hiddenValue{id, text})
			held = append(held, hiddenValue{id, hiddenText})
		default:
			live.Values[id] = have.text
		}
	}
	want.Values = visible
	if wanted != nil {
		want.Hidden, live.Hidden = lookerclient.Set(sortHidden(wanted)), lookerclient.Set(sortHidden(held))
	}
}

// hasRead reports whether it is known of each attribute if the user has a value.
func (l *liveUser) hasRead(values map[string]lookerclient.AttributeValue) bool {
	for id := range values {
		if _, ok := l.own[id]; !ok && !l.bare {
			return false
		}
	}
	return true
}

func sortHidden(list []hiddenValue) []hiddenValue {
	slices.SortFunc(list, func(a, b hiddenValue) int { return cmp.Compare(a.Attribute, b.Attribute) })
	return list
}

// normalizeSetup decides whether the invitation is due: once, only for a user that
// the operator made and that logs in with the e-mail credential, and only when the
// roles are there. They come from another call, and while they cannot be given
// there is nothing to be invited to.
func normalizeSetup(want *wantedUser, live *liveUser) {
	if want.SetupEmail.IsZero() {
		return
	}
	ours := want.setup.ours || want.setup.new && live.bare
	due := ours && !want.setup.sent && !live.setupSent && !want.CredentialsEmail.IsZero() && hasWantedRoles(want, live)
	live.SetupEmail = lookerclient.Set(!due)
}

// Rewrites implements engine.Rewriter: of a hidden value that Looker accepted,
// it is only known that there is one.
func (userAdapter) Rewrites() []string { return []string{"hidden_values"} }

// hasWantedRoles compares the roles, once normalized.
func hasWantedRoles(want *wantedUser, live *liveUser) bool {
	wanted, ok := want.Roles.Get()
	held, read := live.Roles.Get()
	return !ok || read && slices.Equal(idSet(held.IDs), idSet(wanted.IDs))
}
