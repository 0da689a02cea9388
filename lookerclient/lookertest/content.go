package lookertest

import "fmt"

var contentRoutes = []route{
	{open: true, at: "GET /dashboards", op: "all_dashboards", query: "fields", errors: "400 404 429", do: (*call).allDashboards},
	{at: "POST /dashboards", op: "create_dashboard", body: "Dashboard!", errors: "400 404 409 422 429", do: (*call).createDashboard},
	{open: true, at: "GET /dashboards/search", op: "search_dashboards", query: "id slug title description content_favorite_id folder_id deleted user_id view_count content_metadata_id curate last_viewed_at fields page per_page limit offset sorts filter_or not_owned_by", errors: "400 404 429", do: (*call).searchDashboards},
	{at: "DELETE /dashboards/{dashboard_id}", op: "delete_dashboard", errors: "400 404 405 429", do: (*call).deleteDashboard},
	{at: "PATCH /dashboards/{dashboard_id}", op: "update_dashboard", body: "Dashboard!", errors: "400 404 405 422 429", do: (*call).updateDashboard},
	{open: true, at: "GET /dashboards/{dashboard_id}", op: "dashboard", query: "fields", errors: "400 404 429", do: (*call).dashboard},
	{open: true, at: "GET /looks", op: "all_looks", query: "fields", errors: "400 404 429", do: (*call).allLooks},
	{at: "POST /looks", op: "create_look", query: "fields", body: "LookWithQuery!", errors: "400 404 409 422 429", do: (*call).createLook},
	{open: true, at: "GET /looks/search", op: "search_looks", query: "id title description content_favorite_id folder_id user_id view_count deleted query_id curate last_viewed_at fields page per_page limit offset sorts filter_or", errors: "400 404 429", do: (*call).searchLooks},
	{open: true, at: "GET /looks/{look_id}", op: "look", query: "fields", errors: "400 404 429", do: (*call).look},
	{at: "PATCH /looks/{look_id}", op: "update_look", query: "fields", body: "LookWithQuery!", errors: "400 404 422 429", do: (*call).updateLook},
	{at: "DELETE /looks/{look_id}", op: "delete_look", errors: "400 404 429", do: (*call).deleteLook},
}

// newContent stores a dashboard or look and its content metadata.
func (s *Server) newContent(kind string, fields row) string {
	r := row{"title": "", "description": nil, "folder_id": sharedFolderID, "deleted": false, "user_id": s.operatorUserID, "created_at": timestamp(s.clock())}
	for k, v := range fields {
		r[k] = v
	}
	id := s.state.insert(kind, r)
	if kind == kindDashboard && r["slug"] == nil {
		r["slug"] = s.newSecret("slug")
	}
	r["content_metadata_id"] = s.newContentMetadata(row{"name": r["title"], "parent_id": s.metadataOf(str(r["folder_id"])), kind + "_id": id, "content_type": kind})
	return id
}

// dropContent removes a dashboard or look with the schedules that deliver it.
func (s *Server) dropContent(kind, id string) {
	for _, p := range s.state.list(kindScheduledPlan) {
		if p[kind+"_id"] == id {
			delete(s.state.table(kindScheduledPlan).rows, str(p["id"]))
		}
	}
	s.dropMetadata(str(s.state.get(kind, id)["content_metadata_id"]))
	delete(s.state.table(kind).rows, id)
}

// contentOf lists what is in a folder and not in the trash.
func (c *call) contentOf(kind, folderID string) []row {
	return c.s.state.where(kind, func(r row) bool { return r["folder_id"] == folderID && !truth(r["deleted"]) })
}

func (c *call) contentFields(r row) map[string]any {
	v := cloneRow(r)
	v["can"] = map[string]any{"show": true, "index": true, "update": true, "destroy": true}
	if f := c.s.state.get(kindFolder, str(r["folder_id"])); f != nil {
		v["folder"] = c.folderBaseView(f)
	}
	if u := c.s.state.get(kindUser, str(r["user_id"])); u != nil {
		v["user_name"] = displayName(u)
		v["is_owner_disabled"] = truth(u["is_disabled"])
	}
	return v
}

func (c *call) dashboardBaseView(r row) map[string]any {
	return c.s.view("DashboardBase", c.contentFields(r))
}

func (c *call) dashboardView(r row) map[string]any {
	v := c.contentFields(r)
	v["url"] = internalURL + "/dashboards/" + str(r["id"])
	return c.s.view("Dashboard", v)
}

func (c *call) lookFields(r row) map[string]any {
	v := c.contentFields(r)
	v["url"] = internalURL + "/looks/" + str(r["id"])
	v["short_url"] = "/looks/" + str(r["id"])
	return v
}

// lookListView is what lists of looks hold: no query.
func (c *call) lookListView(r row) map[string]any { return c.s.view("Look", c.lookFields(r)) }

func (c *call) lookView(r row) map[string]any { return c.s.view("LookWithQuery", c.lookFields(r)) }

// live are the rows of a kind that are not in the trash.
func (c *call) live(kind string) []row {
	return c.s.state.where(kind, func(r row) bool { return !truth(r["deleted"]) })
}

func (c *call) allDashboards() (any, error) {
	return listing{c.live(kindDashboard), c.dashboardBaseView}, nil
}
func (c *call) allLooks() (any, error) { return listing{c.live(kindLook), c.lookListView}, nil }

// searchContent finds trashed content only with deleted=true.
func (c *call) searchContent(kind string, view func(row) map[string]any) (any, error) {
	rows := c.s.state.list(kind)
	if c.params["deleted"] == "" {
		rows = c.live(kind)
	}
	rows, err := c.filter(rows, field("id", idMatch), field("slug", likeMatch), field("title", likeMatch), field("description", likeMatch), field("folder_id", idMatch),
		field("user_id", idMatch), field("query_id", idMatch), field("content_metadata_id", idMatch), field("deleted", boolMatch))
	return listing{rows, view}, err
}

func (c *call) searchDashboards() (any, error) {
	return c.searchContent(kindDashboard, c.dashboardView)
}
func (c *call) searchLooks() (any, error) { return c.searchContent(kindLook, c.lookListView) }

func (c *call) dashboard() (any, error) {
	r, err := c.need(kindDashboard, "dashboard_id")
	if err != nil {
		return nil, err
	}
	return c.dashboardView(r), nil
}

func (c *call) look() (any, error) {
	r, err := c.need(kindLook, "look_id")
	if err != nil {
		return nil, err
	}
	return c.lookView(r), nil
}

// contentBody validates title, folder and slug: titles are unique in a folder, slugs everywhere, the trash included.
func (c *call) contentBody(kind string, old row) (map[string]any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	merged := cloneRow(old)
	if merged == nil {
		merged = row{"deleted": false}
	}
	for k, v := range body {
		merged[k] = v
	}
	if str(merged["title"]) == "" {
		return nil, c.missingField("title")
	}
	if f := str(merged["folder_id"]); f == "" || c.s.state.get(kindFolder, f) == nil {
		return nil, c.invalidField("folder_id", "folder %s does not exist.", f)
	}
	return body, c.uniqueContent(kind, str(old["id"]), merged)
}

// uniqueContent refuses a slug or a title in the folder that another dashboard or look has.
func (c *call) uniqueContent(kind, id string, merged row) error {
	for _, other := range c.s.state.table(kind).rows {
		if other["id"] == id {
			continue
		}
		if slug := str(merged["slug"]); slug != "" && other["slug"] == slug {
			return c.conflict()
		}
		if other["title"] == merged["title"] && other["folder_id"] == merged["folder_id"] && !truth(other["deleted"]) && !truth(merged["deleted"]) {
			return c.duplicate("[:title, :space_id]", fmt.Sprintf("%s already exists in this folder.", str(merged["title"])))
		}
	}
	return nil
}

func (c *call) createContent(kind string, view func(row) map[string]any) (any, error) {
	body, err := c.contentBody(kind, nil)
	if err != nil {
		return nil, err
	}
	if kind == kindLook && str(body["query_id"]) == "" {
		return nil, c.missingField("query_id")
	}
	body["user_id"], body["created_at"] = c.session.userID, c.timestamp()
	id := c.s.newContent(kind, body)
	c.s.fresh.note(kind, id, c.now)
	return view(c.s.state.get(kind, id)), nil
}

func (c *call) createDashboard() (any, error) { return c.createContent(kindDashboard, c.dashboardView) }
func (c *call) createLook() (any, error)      { return c.createContent(kindLook, c.lookView) }

func (c *call) updateContent(kind, arg string, view func(row) map[string]any) (any, error) {
	r, err := c.need(kind, arg)
	if err != nil {
		return nil, err
	}
	if truth(r["readonly"]) {
		return nil, errNotModifiable()
	}
	body, err := c.contentBody(kind, r)
	if err != nil {
		return nil, err
	}
	for k, v := range body {
		r[k] = v
	}
	r["updated_at"] = c.timestamp()
	if m := c.s.state.get(kindContentMetadata, str(r["content_metadata_id"])); m != nil {
		m["name"], m["parent_id"] = r["title"], c.s.metadataOf(str(r["folder_id"]))
	}
	return view(r), nil
}

func (c *call) updateDashboard() (any, error) {
	return c.updateContent(kindDashboard, "dashboard_id", c.dashboardView)
}
func (c *call) updateLook() (any, error) { return c.updateContent(kindLook, "look_id", c.lookView) }

func (c *call) deleteContent(kind, arg string) (any, error) {
	r, err := c.need(kind, arg)
	if err != nil {
		return nil, err
	}
	c.s.dropContent(kind, str(r["id"]))
	return noContent{}, nil
}

func (c *call) deleteDashboard() (any, error) { return c.deleteContent(kindDashboard, "dashboard_id") }
func (c *call) deleteLook() (any, error)      { return c.deleteContent(kindLook, "look_id") }
