package controllers

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// wantedFolder is a folder with its access list.
type wantedFolder struct {
	lookerclient.WriteFolder
	Access *wantedAccess `json:"access,omitzero"`
}

type wantedAccess struct {
	Inherits lookerclient.Optional[bool]    `json:"inherits,omitzero"`
	Grants   lookerclient.Optional[[]grant] `json:"grants,omitzero"`
}

// liveFolder is a folder as Looker has it; Access is nil until it was read.
type liveFolder struct {
	lookerclient.Folder
	Access *liveAccess `json:"access,omitzero"`

	// siblings is the parent's content metadata, under which Looker lists the
	// folder among its siblings; empty where the parent was not seen.
	siblings lookerclient.ID
	// made: this process has just made the folder, and changed nothing of its access.
	made bool
}

type liveAccess struct {
	Inherits bool    `json:"inherits"`
	Grants   []grant `json:"grants"` // the folder's own; none while it inherits
}

// grant is one entry of an access list, in a form that can be sorted.
type grant struct {
	Principal  string `json:"principal"` // group/5 or user/7
	Permission string `json:"permission"`
	id         lookerclient.ID
}

// folderAdapter adapts folders. It must not be copied.
type folderAdapter struct {
	// inheriting has the address of each Looker whose new folders inherit.
	inheriting sync.Map
}

// Desired implements engine.Adapter.
func (*folderAdapter) Desired(f *v1alpha1.LookerFolder, in engine.Inputs) (wantedFolder, error) {
	name := f.Name
	if f.Spec.Name != nil {
		name = *f.Spec.Name
	}
	want := wantedFolder{WriteFolder: lookerclient.WriteFolder{
		Name:     lookerclient.Set(name),
		ParentID: lookerclient.Set(lookerclient.ID(in.ID(v1alpha1.KindFolder, f.Spec.Parent.Target()))),
	}}
	access := f.Spec.Access
	if access == nil {
		return want, nil
	}
	want.Access = &wantedAccess{Inherits: lookerclient.SetPtr(access.Inherits)}
	if access.Grants == nil {
		return want, nil
	}
	grants, complete, err := wantedGrants(access.Grants, in)
	if !complete {
		want.Access = nil // who is missing must not be locked out, nor others let in
		return want, err
	}
	want.Access.Inherits, want.Access.Grants = lookerclient.Set(false), lookerclient.Set(grants)
	return want, err
}

// wantedGrants returns the access list, and whether all that it names have an id.
func wantedGrants(spec []v1alpha1.FolderGrant, in engine.Inputs) (grants []grant, complete bool, err error) {
	grants, complete = make([]grant, 0, len(spec)), true
	for i, g := range spec {
		one := grant{Permission: strings.ToLower(string(g.Permission))}
		switch {
		case g.Group != nil:
			id := in.ID(v1alpha1.KindGroup, g.Group.Target())
			one.Principal, complete = "group/"+id, complete && id != ""
		case g.User != nil:
			id := in.ID(v1alpha1.KindUser, g.User.Target())
			one.Principal, complete = "user/"+id, complete && id != ""
		}
		if !complete {
			continue
		}
		if slices.ContainsFunc(grants, func(x grant) bool { return x.Principal == one.Principal }) {
			return nil, false, engine.Invalid("spec.access.grants[%d]: %s is listed twice; keep one entry", i, one.Principal)
		}
		grants = append(grants, one)
	}
	sortGrants(grants)
	return grants, complete, nil
}

func sortGrants(grants []grant) {
	slices.SortFunc(grants, func(a, b grant) int { return cmp.Compare(a.Principal, b.Principal) })
}

// Key implements engine.Adapter: a name is unique within its parent.
func (*folderAdapter) Key(want wantedFolder) wantedFolder {
	return wantedFolder{WriteFolder: want.WriteFolder}
}

// Match implements engine.Adapter.
func (*folderAdapter) Match(key wantedFolder, live *liveFolder) bool {
	return valueOf(key.Name) == valueOf(live.Name) && valueOf(key.ParentID) == valueOf(live.ParentID)
}

// ID implements engine.Adapter.
func (*folderAdapter) ID(live *liveFolder) string { return string(live.ID) }

// List implements engine.Lister.
func (*folderAdapter) List(ctx context.Context, c *lookerclient.Client) iter.Seq2[*liveFolder, error] {
	return func(yield func(*liveFolder, error) bool) {
		var rows []*liveFolder
		metadata := map[lookerclient.ID]lookerclient.ID{}
		for f, err := range c.Folders.List(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			rows = append(rows, &liveFolder{Folder: *f})
			metadata[f.ID] = valueOf(f.ContentMetadataID)
		}
		for _, row := range rows {
			row.siblings = metadata[valueOf(row.ParentID)]
			if !yield(row, nil) {
				return
			}
		}
	}
}

// Get implements engine.Adapter.
func (*folderAdapter) Get(ctx context.Context, c *lookerclient.Client, id string) (*liveFolder, error) {
	return asFolder(c.Folders.Get(ctx, lookerclient.ID(id)))
}

// Create implements engine.Adapter.
func (a *folderAdapter) Create(ctx context.Context, c *lookerclient.Client, want wantedFolder) (*liveFolder, error) {
	live, err := asFolder(c.Folders.Create(ctx, want.WriteFolder))
	if lookerclient.IsNotFound(err) {
		return nil, fmt.Errorf("%w: the parent folder does not exist, or the operator's user may not edit it", err)
	}
	if err == nil {
		live.made, live.Access = true, a.newAccess(ctx, c, live, want)
	}
	return live, err
}

// newAccess is what is known of the access of a folder just made; nil: nothing.
// That it inherits is not in Looker's description, so the first one that shall is
// asked.
func (a *folderAdapter) newAccess(ctx context.Context, c *lookerclient.Client, live *liveFolder, want wantedFolder) *liveAccess {
	_, inherits := a.inheriting.Load(c.Address())
	switch {
	case inherits:
		return &liveAccess{Inherits: true}
	case want.Access == nil:
		return nil
	case isFalse(want.Access.Inherits):
		return justMade()
	}
	metadata, err := c.ContentMetadata.Get(ctx, valueOf(live.ContentMetadataID))
	if err != nil {
		return nil // it is read again with the rest, where an error can be told
	}
	if isTrue(metadata.Inherits) {
		a.inheriting.Store(c.Address(), true)
		return &liveAccess{Inherits: true}
	}
	return nil
}

// justMade is taken for the access of a folder just made that shall not inherit.
// If it does not anyway, to say so once more is harmless, and what it has of its
// own is read afterwards.
func justMade() *liveAccess { return &liveAccess{Inherits: true} }

// Update implements engine.Adapter.
func (*folderAdapter) Update(ctx context.Context, c *lookerclient.Client, live *liveFolder, patch wantedFolder) (*liveFolder, error) {
	updated := *live
	if patch.WriteFolder != (lookerclient.WriteFolder{}) {
		folder, err := c.Folders.Update(ctx, live.ID, patch.WriteFolder)
		if err != nil {
			return nil, err
		}
		updated.Folder = *folder
	}
	if patch.Access == nil {
		return &updated, nil
	}
	metadata, err := contentMetadataID(live)
	if err != nil {
		return nil, err
	}
	access := liveAccess{}
	if live.Access != nil {
		access = *live.Access
	}
	if inherits, ok := patch.Access.Inherits.Get(); ok {
		if access, err = setInherits(ctx, c, metadata, inherits); err != nil {
			return nil, err
		}
	}
	if grants, ok := patch.Access.Grants.Get(); ok {
		if access.Grants, err = setGrants(ctx, c, metadata, access.Grants, grants); err != nil {
			return nil, err
		}
	}
	updated.Access = &access
	return &updated, nil
}

// Delete implements engine.Adapter. It deletes what is in the folder, too.
func (*folderAdapter) Delete(ctx context.Context, c *lookerclient.Client, id string) error {
	return c.Folders.Delete(ctx, lookerclient.ID(id))
}

// Contents implements engine.Container.
func (*folderAdapter) Contents(ctx context.Context, c *lookerclient.Client, id string) ([]string, error) {
	in, err := c.Folders.Contents(ctx, lookerclient.ID(id))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, held := range []struct {
		n    int
		what string
	}{
		{int(valueOf(in.ChildCount)), "folder"}, {len(valueOf(in.Dashboards)), "dashboard"}, {len(valueOf(in.Looks)), "look"},
	} {
		switch {
		case held.n == 1:
			out = append(out, "1 "+held.what)
		case held.n > 1:
			out = append(out, fmt.Sprintf("%d %ss", held.n, held.what))
		}
	}
	return out, nil
}

// Record implements engine.Recorder.
func (*folderAdapter) Record(f *v1alpha1.LookerFolder, _ wantedFolder, live *liveFolder) {
	f.Status.ContentMetadataID = string(valueOf(live.ContentMetadataID))
}

// Guard implements engine.Guard: roots and personal folders belong to Looker.
func (*folderAdapter) Guard(_ engine.Self, live *liveFolder, patch *wantedFolder) error {
	builtIn := ""
	switch {
	case live.ID == lookerclient.LookMLFolderID:
		builtIn = "the folder of LookML dashboards"
	case isTrue(live.IsSharedRoot), isTrue(live.IsUsersRoot), isTrue(live.IsEmbedSharedRoot), isTrue(live.IsEmbedUsersRoot):
		builtIn = "one of Looker's root folders"
	case isTrue(live.IsPersonal):
		builtIn = "a user's personal folder"
	}
	if builtIn != "" && (patch == nil || patch.WriteFolder != (lookerclient.WriteFolder{})) {
		return engine.Refuse("folder %s is %s, which the operator never renames, moves or deletes", live.ID, builtIn)
	}
	return nil
}

// Targets implements engine.Namer: the names from the root, joined by slashes.
func (*folderAdapter) Targets(rows map[string]*liveFolder) map[v1alpha1.Target][]string {
	index := make(map[v1alpha1.Target][]string, len(rows))
	for id := range rows {
		if path, ok := folderPath(rows, id); ok {
			t := v1alpha1.Target{By: v1alpha1.ByPath, Value: path}
			index[t] = append(index[t], id)
		}
	}
	return index
}

// maxDepth of folders ends the walk should Looker ever answer with a cycle.
const maxDepth = 100

func folderPath(rows map[string]*liveFolder, id string) (string, bool) {
	var names []string
	for range maxDepth {
		row := rows[id]
		if row == nil {
			return "", false
		}
		names = append(names, valueOf(row.Name))
		parent := valueOf(row.ParentID)
		if parent == "" {
			slices.Reverse(names)
			return strings.Join(names, "/"), true
		}
		id = string(parent)
	}
	return "", false
}

func asFolder(f *lookerclient.Folder, err error) (*liveFolder, error) {
	if err != nil {
		return nil, err
	}
	return &liveFolder{Folder: *f}, nil
}

// mapRows converts what a list yields.
func mapRows[A, B any](rows iter.Seq2[*A, error], convert func(*A) *B) iter.Seq2[*B, error] {
	return func(yield func(*B, error) bool) {
		for row, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(convert(row), nil) {
				return
			}
		}
	}
}
