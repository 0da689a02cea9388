package controllers

import (
	"fmt"
	"testing"

	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// Looker's description does not say whether a new folder inherits. The first one
// that is made shows it; until then it is taken for granted only where the
// contrary would do no harm.
func TestWhetherNewFoldersInheritIsLearntFromTheFirst(t *testing.T) {
	t.Parallel()
	for _, own := range []bool{false, true} {
		t.Run(fmt.Sprintf("own list %v", own), func(t *testing.T) {
			w := newUserWorld(t, lookertest.WithSwitches(lookertest.Switches{NewFoldersHaveOwnList: own}))
			adapter := &folderAdapter{}
			create := func(name string, access *wantedAccess) *liveFolder {
				w.looker.ResetCalls()
				live, err := adapter.Create(t.Context(), w.client, wantedFolder{
					WriteFolder: lookerclient.WriteFolder{Name: lookerclient.Set(name), ParentID: lookerclient.Set(lookerclient.ID("1"))}, Access: access,
				})
				if err != nil {
					t.Fatal(err)
				}
				return live
			}
			if live := create("nothing is said", nil); live.Access != nil {
				t.Errorf("with nothing known, assumed: %+v", live.Access)
			}
			inherits := &wantedAccess{Inherits: lookerclient.Set(true)}
			for i, calls := range []int{2, 1, 1} {
				if own {
					calls = 2 // each is asked
				}
				live := create(fmt.Sprint("shall inherit ", i), inherits)
				if known := live.Access != nil && live.Access.Inherits; known == own {
					t.Errorf("folder %d: access %+v", i, live.Access)
				}
				if n := w.looker.Calls().Total; n != calls {
					t.Errorf("folder %d took %d calls, want %d", i, n, calls)
				}
			}
			if live := create("nothing is said again", nil); (live.Access != nil) == own {
				t.Errorf("access %+v", live.Access)
			}
			live := create("shall not inherit", &wantedAccess{Inherits: lookerclient.Set(false)})
			if live.Access == nil || !live.Access.Inherits || w.looker.Calls().Total != 1 {
				t.Errorf("access %+v, %d calls", live.Access, w.looker.Calls().Total)
			}
		})
	}
}

func TestWhatOneLookerShowsIsNotTakenOfAnother(t *testing.T) {
	t.Parallel()
	adapter := &folderAdapter{}
	for range 2 {
		w := loggedIn(t)
		live, err := adapter.Create(t.Context(), w.client, wantedFolder{
			WriteFolder: lookerclient.WriteFolder{Name: lookerclient.Set("New"), ParentID: lookerclient.Set(lookerclient.ID("1"))},
			Access:      &wantedAccess{Inherits: lookerclient.Set(true)},
		})
		if err != nil || live.Access == nil || w.looker.Calls().ByOperation["GET /content_metadata/{content_metadata_id}"] != 1 {
			t.Errorf("%v; calls: %v", err, w.looker.Calls().ByOperation)
		}
	}
}

// The groups of an access list may get their ids after the folder was made.
func TestTheAccessOfAFolderJustMadeIsNotReadBeforeItIsReplaced(t *testing.T) {
	w := newUserWorld(t)
	adapter := &folderAdapter{}
	fields := lookerclient.WriteFolder{Name: lookerclient.Set("New"), ParentID: lookerclient.Set(lookerclient.ID("1"))}
	live, err := adapter.Create(t.Context(), w.client, wantedFolder{WriteFolder: fields})
	if err != nil || live.Access != nil {
		t.Fatalf("%v; assumed: %+v", err, live.Access)
	}
	for _, c := range []struct {
		inherits bool
		made     bool
		calls    int
	}{{false, true, 0}, {true, true, 1}, {false, false, 1}} {
		row := *live
		row.made = c.made
		w.looker.ResetCalls()
		want := wantedFolder{WriteFolder: fields, Access: &wantedAccess{Inherits: lookerclient.Set(c.inherits)}}
		if err := adapter.Complete(t.Context(), w.client, []engine.Item[wantedFolder, liveFolder]{{Want: want, Live: &row}}); err != nil {
			t.Fatal(err)
		}
		if row.Access == nil || !row.Access.Inherits || w.looker.Calls().Total != c.calls {
			t.Errorf("%+v: %d calls, access %+v", c, w.looker.Calls().Total, row.Access)
		}
	}
}
