package controllers

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Create implements engine.Adapter. The user it makes has no credentials, roles
// or values yet, and is in no group but All Users.
func (userAdapter) Create(ctx context.Context, c *lookerclient.Client, want wantedUser) (*liveUser, error) {
	row, err := c.Users.Create(ctx, want.WriteUser)
	if err != nil {
		return nil, err
	}
	live := userRow(row)
	live.direct = lookerclient.Set(directRoles{[]lookerclient.ID{}})
	live.bare = true
	return live, nil
}

// Update implements engine.Adapter. What can lock a user out comes first, and
// the invitation last. Roles are sent by UpdateAll.
func (userAdapter) Update(ctx context.Context, c *lookerclient.Client, live *liveUser, patch wantedUser) (*liveUser, error) {
	updated := *live
	for _, step := range []func(context.Context, *lookerclient.Client, *liveUser, wantedUser) error{
		sendFields, sendEmail, sendGroups, sendValues, sendSetup,
	} {
		if err := step(ctx, c, &updated, patch); err != nil {
			return nil, err
		}
	}
	return &updated, nil
}

// sendFields disables by a call of its own: another field that Looker refuses
// must not keep the door open.
func sendFields(ctx context.Context, c *lookerclient.Client, u *liveUser, patch wantedUser) error {
	fields := patch.WriteUser
	parts := []lookerclient.WriteUser{fields}
	if isTrue(fields.IsDisabled) {
		fields.IsDisabled = lookerclient.Optional[bool]{}
		parts = []lookerclient.WriteUser{{IsDisabled: lookerclient.Set(true)}, fields}
	}
	for _, part := range parts {
		if part == (lookerclient.WriteUser{}) {
			continue
		}
		row, err := c.Users.Update(ctx, u.ID, part)
		if err != nil {
			return err
		}
		u.User = *row
	}
	return nil
}

// sendEmail makes the e-mail credential or renames it.
func sendEmail(ctx context.Context, c *lookerclient.Client, u *liveUser, patch wantedUser) error {
	w, ok := patch.CredentialsEmail.Get()
	if !ok {
		return nil
	}
	send := c.Users.CreateEmail
	if u.hasEmailCredential() {
		send = c.Users.UpdateEmail
	}
	cred, err := send(ctx, u.ID, w)
	if lookerclient.IsAlreadyExists(err) {
		cred, err = takenEmail(ctx, c, u, w, err)
	}
	if lookerclient.IsUnsupported(err) {
		return fmt.Errorf("spec.email: this Looker takes its users from an identity provider; let the user log in once, then adopt it: %w", err)
	}
	if err != nil {
		return err
	}
	u.CredentialsEmail, u.Email = lookerclient.Set(*cred), cred.Email
	return nil
}

// takenEmail tells whose a taken address is. It is no conflict if it is this
// user's: then an earlier attempt had an effect that was not seen.
func takenEmail(ctx context.Context, c *lookerclient.Client, u *liveUser, w lookerclient.WriteCredentialsEmail, cause error) (*lookerclient.CredentialsEmail, error) {
	email := valueOf(w.Email)
	holder, err := c.Users.GetByCredential(ctx, lookerclient.CredentialEmail, lowerEmail(email))
	if err != nil {
		return nil, fmt.Errorf("spec.email: Looker says that %s is taken, and not by whom; change spec.email, or free the address in Looker: %w", email, cause)
	}
	if cred, ok := holder.CredentialsEmail.Get(); ok && holder.ID == u.ID {
		return &cred, nil
	}
	return nil, fmt.Errorf("spec.email: %s belongs to user %s; change spec.email, or that user's address in Looker. User %s is kept, and completed then: %w",
		email, holder.ID, u.ID, cause)
}

// sendGroups leaves groups before it joins any.
func sendGroups(ctx context.Context, c *lookerclient.Client, u *liveUser, patch wantedUser) error {
	for _, join := range []bool{false, true} {
		for _, group := range slices.Sorted(maps.Keys(patch.Groups)) {
			if patch.Groups[group] != join {
				continue
			}
			change := leaveGroup
			if join {
				change = joinGroup
			}
			if err := change(ctx, c, u, lookerclient.ID(group)); err != nil {
				return groupError(group, err)
			}
		}
	}
	return nil
}

func groupError(group string, err error) error {
	if lookerclient.IsForbidden(err) || lookerclient.IsNotModifiable(err) {
		return fmt.Errorf("spec.groups: Looker does not let anybody change who is in group %s; if an identity provider manages it, change the membership there and take it out of the spec: %w", group, err)
	}
	return fmt.Errorf("spec.groups: group %s: %w", group, err)
}

func joinGroup(ctx context.Context, c *lookerclient.Client, u *liveUser, group lookerclient.ID) error {
	err := c.Groups.AddUser(ctx, group, u.ID)
	if err != nil && !lookerclient.IsAlreadyExists(err) {
		return err
	}
	u.GroupIDs = lookerclient.Set(idSet(append(slices.Clone(valueOf(u.GroupIDs)), group)))
	return nil
}

// leaveGroup believes a 404 only if the user is not in the group: Looker says
// the same of what the operator may not see.
func leaveGroup(ctx context.Context, c *lookerclient.Client, u *liveUser, group lookerclient.ID) error {
	err := c.Groups.RemoveUser(ctx, group, u.ID)
	if lookerclient.IsNotFound(err) {
		row, readErr := c.Users.Get(ctx, u.ID)
		switch {
		case readErr != nil:
			return readErr
		case slices.Contains(valueOf(row.GroupIDs), group):
			return err
		}
		u.User = *row
		return nil
	}
	if err != nil {
		return err
	}
	u.GroupIDs = lookerclient.Set(slices.DeleteFunc(slices.Clone(valueOf(u.GroupIDs)), func(id lookerclient.ID) bool { return id == group }))
	return nil
}

// sendValues sets the values that differ, and those that cannot be compared.
func sendValues(ctx context.Context, c *lookerclient.Client, u *liveUser, patch wantedUser) error {
	values := map[string]lookerclient.AttributeValue{}
	for _, h := range valueOf(patch.Hidden) {
		if u.own[h.Attribute].hidden {
			values[h.Attribute] = lookerclient.PlainValue(h.Value)
		}
	}
	maps.Copy(values, patch.Values)
	own := maps.Clone(u.own)
	if own == nil {
		own = map[string]ownValue{}
	}
	for _, attribute := range slices.Sorted(maps.Keys(values)) {
		row, err := c.Users.SetAttributeValue(ctx, u.ID, lookerclient.ID(attribute), values[attribute])
		if err != nil {
			return fmt.Errorf("spec.attributeValues: attribute %s: %w", attribute, err)
		}
		own[attribute] = asOwnValue(*row)
	}
	u.own = own
	return nil
}

// sendSetup mails the invitation. If its answer is lost, it may come twice.
func sendSetup(ctx context.Context, c *lookerclient.Client, u *liveUser, patch wantedUser) error {
	if !isTrue(patch.SetupEmail) {
		return nil
	}
	cred, err := c.Users.SendPasswordReset(ctx, u.ID)
	if err != nil {
		return fmt.Errorf("spec.sendSetupEmail: Looker could not send the invitation, for which it needs working SMTP settings: %w", err)
	}
	u.CredentialsEmail, u.setupSent = lookerclient.Set(*cred), true
	return nil
}

// Disable implements engine.Disabler.
func (userAdapter) Disable(ctx context.Context, c *lookerclient.Client, id string) error {
	_, err := c.Users.Update(ctx, lookerclient.ID(id), lookerclient.WriteUser{IsDisabled: lookerclient.Set(true)})
	return err
}

// Delete implements engine.Adapter. It takes the user's schedules and personal
// content along.
func (userAdapter) Delete(ctx context.Context, c *lookerclient.Client, id string) error {
	return c.Users.Delete(ctx, lookerclient.ID(id))
}
