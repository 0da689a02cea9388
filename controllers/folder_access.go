package controllers

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// Complete implements engine.Completer. Whether folders inherit takes one call
// for all folders of one parent (two, where the operator has not seen the
// parent); the grants of a folder that does not inherit take one call each, for
// Looker has no list of them.
func (*folderAdapter) Complete(ctx context.Context, c *lookerclient.Client, items []engine.Item[wantedFolder, liveFolder]) error {
	items = slices.DeleteFunc(slices.Clone(items), func(item engine.Item[wantedFolder, liveFolder]) bool {
		return item.Light || item.Want.Access == nil
	})
	siblings := map[lookerclient.ID][]*liveFolder{}
	for _, item := range items {
		if item.Live.made && item.Live.Access == nil && isFalse(item.Want.Access.Inherits) { // its groups got their ids after it
			item.Live.Access = justMade()
			continue
		}
		parent := valueOf(item.Live.ParentID)
		siblings[parent] = append(siblings[parent], item.Live)
	}
	for _, folders := range siblings {
		if err := readInherits(ctx, c, folders); err != nil {
			return err
		}
	}
	// A parent may have hundreds of folders, and each takes a call: at once as many
	// as the instance may get.
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(listsAtOnce)
	for _, item := range items {
		if !item.Want.Access.Grants.IsZero() {
			group.Go(func() error { return readGrants(ctx, c, item.Live) })
		}
	}
	return group.Wait()
}

// listsAtOnce bounds the goroutines that read access lists.
const listsAtOnce = 16

// readGrants reads the grants of a folder that does not inherit.
func readGrants(ctx context.Context, c *lookerclient.Client, f *liveFolder) error {
	if f.Access.Inherits {
		return nil
	}
	metadata, err := contentMetadataID(f)
	if err != nil {
		return err
	}
	f.Access.Grants, err = ownGrants(ctx, c, metadata)
	return err
}

// ReadCalls implements engine.Rotator: one call tells whether the folders of one
// parent inherit, and one more is needed for each that has grants of its own.
func (*folderAdapter) ReadCalls(want wantedFolder) int64 {
	switch {
	case want.Access == nil:
		return 0
	case want.Access.Grants.IsZero():
		return 1
	}
	return 2
}

// Together implements engine.Rotator.
func (*folderAdapter) Together(row *liveFolder) string { return string(valueOf(row.ParentID)) }

// Retain implements engine.Rotator. A folder that was moved may have changed its
// list.
func (*folderAdapter) Retain(before, row *liveFolder) {
	if valueOf(before.ParentID) == valueOf(row.ParentID) {
		row.Access = before.Access
	}
}

// readInherits reads whether the folders of one parent inherit its access list.
func readInherits(ctx context.Context, c *lookerclient.Client, folders []*liveFolder) error {
	inherits := map[lookerclient.ID]bool{}
	siblings := func(parent lookerclient.ID) error {
		if parent == "" || len(folders) < 2 {
			return nil
		}
		rows, err := c.ContentMetadata.Children(ctx, parent)
		for _, m := range rows {
			inherits[m.ID] = isTrue(m.Inherits)
		}
		return err
	}
	if err := siblings(folders[0].siblings); err != nil {
		return err
	}
	for i, f := range folders {
		id, err := contentMetadataID(f)
		if err != nil {
			return err
		}
		value, known := inherits[id]
		if !known {
			one, err := c.ContentMetadata.Get(ctx, id)
			if err != nil {
				return err
			}
			value = isTrue(one.Inherits)
			if i == 0 && f.siblings == "" {
				if err := siblings(valueOf(one.ParentID)); err != nil {
					return err
				}
			}
		}
		f.Access = &liveAccess{Inherits: value}
	}
	return nil
}

// ownGrants returns the grants of one folder without those of its ancestors,
// which Looker lists as well.
func ownGrants(ctx context.Context, c *lookerclient.Client, metadata lookerclient.ID) ([]grant, error) {
	all, err := c.ContentMetadata.Access(ctx, metadata)
	if err != nil {
		return nil, err
	}
	grants := []grant{}
	for _, a := range all {
		if valueOf(a.ContentMetadataID) == metadata {
			grants = append(grants, asGrant(a))
		}
	}
	sortGrants(grants)
	return grants, nil
}

func asGrant(a lookerclient.ContentMetaGroupUser) grant {
	g := grant{id: a.ID, Permission: valueOf(a.PermissionType)}
	if group := valueOf(a.GroupID); group != "" {
		g.Principal = "group/" + string(group)
	} else {
		g.Principal = "user/" + string(valueOf(a.UserID))
	}
	return g
}

// setInherits switches between the parent's access list and an own one, which
// starts as a copy of the parent's.
func setInherits(ctx context.Context, c *lookerclient.Client, metadata lookerclient.ID, inherits bool) (liveAccess, error) {
	_, err := c.ContentMetadata.Update(ctx, metadata, lookerclient.WriteContentMeta{Inherits: lookerclient.Set(inherits)})
	if err != nil || inherits {
		return liveAccess{Inherits: inherits}, err
	}
	grants, err := ownGrants(ctx, c, metadata)
	return liveAccess{Grants: grants}, err
}

// setGrants makes the access list what want says. It adds before it revokes, so
// that nobody loses access in between who is to have it afterwards.
func setGrants(ctx context.Context, c *lookerclient.Client, metadata lookerclient.ID, have, want []grant) ([]grant, error) {
	index := func(list []grant, g grant) int {
		return slices.IndexFunc(list, func(x grant) bool { return x.Principal == g.Principal })
	}
	now := slices.Clone(have)
	for _, w := range want {
		i := index(now, w)
		switch {
		case i < 0:
			body, err := grantBody(metadata, w)
			if err != nil {
				return nil, err
			}
			made, err := c.ContentMetadata.Grant(ctx, body)
			if err != nil {
				return nil, fmt.Errorf("grant %s to %s: %w", w.Permission, w.Principal, err)
			}
			now = append(now, asGrant(*made))
		case now[i].Permission != w.Permission:
			body := lookerclient.WriteContentMetaGroupUser{PermissionType: lookerclient.Set(w.Permission)}
			changed, err := c.ContentMetadata.UpdateGrant(ctx, now[i].id, body)
			if err != nil {
				return nil, fmt.Errorf("grant %s to %s: %w", w.Permission, w.Principal, err)
			}
			now[i] = asGrant(*changed)
		}
	}
	var kept []grant
	for _, g := range now {
		if index(want, g) >= 0 {
			kept = append(kept, g)
			continue
		}
		if err := c.ContentMetadata.Revoke(ctx, g.id); err != nil && !lookerclient.IsNotFound(err) {
			return nil, fmt.Errorf("revoke the grant of %s: %w", g.Principal, err)
		}
	}
	sortGrants(kept)
	return kept, nil
}

func grantBody(metadata lookerclient.ID, g grant) (lookerclient.WriteContentMetaGroupUser, error) {
	body := lookerclient.WriteContentMetaGroupUser{
		ContentMetadataID: lookerclient.Set(metadata), PermissionType: lookerclient.Set(g.Permission),
	}
	var id string
	if n, err := fmt.Sscanf(g.Principal, "group/%s", &id); n == 1 && err == nil {
		body.GroupID = lookerclient.Set(lookerclient.ID(id))
		return body, nil
	}
	if n, err := fmt.Sscanf(g.Principal, "user/%s", &id); n == 1 && err == nil {
		body.UserID = lookerclient.Set(lookerclient.ID(id))
		return body, nil
	}
	return body, fmt.Errorf("%q is neither a group nor a user", g.Principal)
}

func contentMetadataID(f *liveFolder) (lookerclient.ID, error) {
	id := valueOf(f.ContentMetadataID)
	if id == "" {
		return "", fmt.Errorf("folder %s: Looker answered without content_metadata_id, which its access list hangs on", f.ID)
	}
	return id, nil
}
