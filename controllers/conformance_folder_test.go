package controllers

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

func folder(name string, parent v1alpha1.FolderReference) *v1alpha1.LookerFolder {
	return &v1alpha1.LookerFolder{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       v1alpha1.LookerFolderSpec{Name: &name, Parent: parent},
	}
}

func TestLookerFolderConforms(t *testing.T) {
	t.Parallel()
	title := "Finance"
	inherits := false
	enginetest.Run(t, suite, enginetest.Case{
		Table: "folder",
		Minimal: func(*enginetest.World) v1alpha1.Object {
			return folder("finance", v1alpha1.FolderReference{ID: "1"})
		},
		Full: func(*enginetest.World) v1alpha1.Object {
			f := folder("finance", v1alpha1.FolderReference{Path: "Shared"})
			f.Spec.Name = &title
			f.Spec.Access = &v1alpha1.FolderAccess{Inherits: &inherits, Grants: []v1alpha1.FolderGrant{
				{Group: &v1alpha1.NamedReference{Name: "All Users"}, Permission: v1alpha1.FolderView},
				{User: &v1alpha1.UserReference{ID: "1"}, Permission: v1alpha1.FolderEdit},
			}}
			return f
		},
		Row: func(*enginetest.World) map[string]any {
			return map[string]any{"name": "Finance", "parent_id": "1"}
		},
		Verify: func(w *enginetest.World, id string) {
			metadata := w.Looker.Row("folder", id)["content_metadata_id"]
			grants := map[string]string{}
			for _, a := range w.Looker.Rows("content_access") {
				if a["content_metadata_id"] == metadata {
					who := "group"
					if a["user_id"] != nil {
						who = "user"
					}
					grants[who], _ = a["permission_type"].(string)
				}
			}
			if len(grants) != 2 || grants["group"] != "view" || grants["user"] != "edit" {
				w.Errorf("the access list is %v", grants)
			}
		},
		Edit:      func(o v1alpha1.Object) { name := "Finance EMEA"; o.(*v1alpha1.LookerFolder).Spec.Name = &name },
		Edited:    map[string]any{"name": "Finance EMEA"},
		Drift:     map[string]any{"name": "Finanzen"},
		Unmanaged: map[string]any{"creator_id": "1"},
		Release:   nil,
		Twin: func(w *enginetest.World) string {
			return w.Looker.Put("folder", map[string]any{"name": "finance", "parent_id": "1"})
		},
		Switches: []lookertest.Switches{{NewFoldersHaveOwnList: true}, {InheritingKeepsGrants: true}},
		CreateOp: "POST /folders", UpdateOp: "PATCH /folders/{folder_id}",
		NoTwins: true,
	})
}
