package controllers

import (
	"fmt"
	"testing"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Looker's description does not say whether a new folder inherits. That it does is
// taken for granted only where the contrary would do no harm.
func TestWhetherANewFolderInheritsIsReadIfItShallInherit(t *testing.T) {
	t.Parallel()
	for _, inherits := range []bool{true, false} {
		t.Run(fmt.Sprint(inherits), func(t *testing.T) {
			w := newUserWorld(t)
			live, err := folderAdapter{}.Create(t.Context(), w.client, wantedFolder{
				WriteFolder: lookerclient.WriteFolder{Name: lookerclient.Set("New"), ParentID: lookerclient.Set(lookerclient.ID("1"))},
				Access:      &wantedAccess{Inherits: lookerclient.Set(inherits)},
			})
			if err != nil {
				t.Fatal(err)
			}
			if unread := live.Access == nil; unread != inherits {
				t.Errorf("left to be read: %v", unread)
			}
		})
	}
}
