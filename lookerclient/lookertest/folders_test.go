package lookertest

import "testing"

func TestLookersOwnFoldersStayAsTheyAre(t *testing.T) {
	t.Parallel()
	c := start(t)
	personal := c.s.Row("user", "1")["personal_folder_id"].(string)
	for _, id := range []string{"1", "2", "lookml", personal} {
		c.fails(422, "cannot be changed", "PATCH", "/folders/"+id, `{"name":"x"}`)
		c.fails(422, "cannot be changed", "DELETE", "/folders/"+id, "")
	}
	c.fails(404, "", "POST", "/folders", `{"name":"x","parent_id":"lookml"}`)
	c.fails(404, "", "POST", "/folders", `{"name":"x","parent_id":"2"}`)
	c.ok("POST", "/folders", `{"name":"x","parent_id":"`+personal+`"}`)
	c.fails(422, `"field":"parent_id"`, "POST", "/folders", `{"name":"x"}`)
	for _, f := range c.ok("GET", "/folders", "").list() {
		if _, has := f.(map[string]any)["dashboards"]; has {
			t.Error("GET /folders answers content")
		}
	}
}

func TestFoldersMoveButNotIntoThemselves(t *testing.T) {
	t.Parallel()
	c := start(t)
	a := c.s.Put("folder", row{"name": "a"})
	b := c.s.Put("folder", row{"name": "b", "parent_id": a})
	c.fails(422, "into itself", "PATCH", "/folders/"+a, `{"parent_id":"`+b+`"}`)
	c.fails(422, `"already_exists"`, "POST", "/folders", `{"name":"a","parent_id":"1"}`)
	c.s.Put("folder", row{"name": "b"})
	c.fails(422, `"already_exists"`, "PATCH", "/folders/"+b, `{"parent_id":"1"}`)
	moved := c.ok("PATCH", "/folders/"+b, `{"parent_id":"1","name":"c"}`)
	c.equal("parent", moved.field("parent_id"), "1")
	c.equal("metadata follows", c.ok("GET", "/content_metadata/"+moved.field("content_metadata_id").(string), "").field("parent_id"), "1")
	c.equal("children", c.ok("GET", "/folders/1/children?fields=name&sorts=name", "").column("name"), "a,b,c")
	c.equal("child_count", c.ok("GET", "/folders/1?fields=child_count", "").field("child_count"), 3)
	c.equal("ancestors", c.ok("GET", "/folders/"+b+"/ancestors?fields=id", "").column("id"), "1")
}

func TestDeletingAFolderDestroysEverythingBelow(t *testing.T) {
	t.Parallel()
	c := start(t)
	before := c.s.Fingerprint()
	a := c.s.Put("folder", row{"id": "50", "name": "a"})
	b := c.s.Put("folder", row{"id": "51", "name": "b", "parent_id": a})
	d := c.s.Put("dashboard", row{"title": "D", "folder_id": b})
	c.s.Put("look", row{"title": "L", "folder_id": b})
	c.s.Put("scheduled_plan", row{"name": "p", "dashboard_id": d, "crontab": "0 6 * * *"})
	c.equal("contents", c.ok("GET", "/folders/"+b+"?fields=dashboards(title),looks(title)", "").text, `{"dashboards":[{"title":"D"}],"looks":[{"title":"L"}]}`)
	c.ok("DELETE", "/folders/"+a, "")
	c.fails(404, "", "GET", "/folders/"+b, "")
	if after := c.s.Fingerprint(); after != before {
		t.Errorf("something is left: %v", c.s.State())
	}
}

func TestGrantsAreInheritedUntilAFolderHasItsOwn(t *testing.T) {
	t.Parallel()
	c := start(t)
	f := c.ok("POST", "/folders", `{"name":"a","parent_id":"1"}`)
	meta := f.field("content_metadata_id").(string)
	shared := c.ok("GET", "/content_metadata_access?content_metadata_id="+meta, "")
	c.equal("inherited entries are the ancestor's", shared.column("content_metadata_id"), "1")
	c.equal("inheriting_id", c.ok("GET", "/content_metadata/"+meta, "").field("inheriting_id"), "1")
	c.fails(422, "set inherits to false first", "POST", "/content_metadata_access", `{"content_metadata_id":"`+meta+`","permission_type":"view","group_id":"1"}`)
	c.ok("PATCH", "/content_metadata/"+meta, `{"inherits":false}`)
	own := c.ok("GET", "/content_metadata_access?content_metadata_id="+meta, "")
	c.equal("copied", []string{own.column("group_id"), own.column("permission_type"), own.column("content_metadata_id")}, []string{"1", "edit", meta})
	c.ok("PUT", "/content_metadata_access/"+own.field("0.id").(string), `{"permission_type":"view"}`)
	c.equal("the ancestor keeps its own", c.ok("GET", "/content_metadata_access?content_metadata_id=1", "").column("permission_type"), "edit")
	c.fails(422, `"already_exists"`, "POST", "/content_metadata_access", `{"content_metadata_id":"`+meta+`","permission_type":"edit","group_id":"1"}`)
	c.fails(422, "exactly one of", "POST", "/content_metadata_access", `{"content_metadata_id":"`+meta+`","permission_type":"edit","group_id":"1","user_id":"1"}`)
	c.s.Put("group", row{"id": "50", "name": "g", "can_add_to_content_metadata": false})
	c.fails(422, "can_add_to_content_metadata", "POST", "/content_metadata_access", `{"content_metadata_id":"`+meta+`","permission_type":"edit","group_id":"50"}`)
	c.fails(422, "must be of type", "POST", "/content_metadata_access", `{"content_metadata_id":"`+meta+`","permission_type":"own","group_id":"1"}`)
	c.ok("PATCH", "/content_metadata/"+meta, `{"inherits":true}`)
	c.equal("own grants are gone", len(c.s.Rows("content_access")), c.seededGrants())
	c.equal("children", c.ok("GET", "/content_metadata?parent_id=1", "").column("folder_id"), f.field("id"))
	c.fails(422, "nothing to inherit", "PATCH", "/content_metadata/1", `{"inherits":true}`)
	c.fails(400, "not an id", "GET", "/content_metadata_access?content_metadata_id=x", "")
	c.fails(400, "'content_metadata_id' is required", "GET", "/content_metadata_access", "")
}

func TestTrashedContentKeepsItsSlugButNotItsTitle(t *testing.T) {
	t.Parallel()
	c := start(t)
	d := c.s.Put("dashboard", row{"title": "Sales", "slug": "sales"})
	c.ok("PATCH", "/dashboards/"+d, `{"deleted":true}`)
	c.equal("listed", len(c.ok("GET", "/dashboards", "").list()), 0)
	c.equal("searched", len(c.ok("GET", "/dashboards/search", "").list()), 0)
	c.equal("searched in the trash", len(c.ok("GET", "/dashboards/search?deleted=true", "").list()), 1)
	other := c.ok("POST", "/dashboards", `{"title":"Sales","folder_id":"1"}`).field("id").(string)
	c.fails(409, "already exists", "PATCH", "/dashboards/"+other, `{"slug":"sales"}`)
	c.fails(422, `[:title, :space_id]`, "PATCH", "/dashboards/"+d, `{"deleted":false}`)
	c.ok("DELETE", "/dashboards/"+d, "")
	c.fails(404, "", "GET", "/dashboards/"+d, "")
}
