package lookertest

import (
	"fmt"
	"maps"
	"slices"
)

// The methods here change and read rows as somebody working in Looker's pages would: no validation, no call counted.
// A kind is a name such as "user", "folder" or "password_config"; rows of users' credentials have the user's id, singletons
// the id "". Values read back are JSON values: numbers are float64, lists []any.

// knownKinds are the kinds that Put, Set and Remove accept.
var knownKinds = append([]string{kindUser, kindGroup, kindRole, kindPermissionSet, kindModelSet, kindUserAttribute, kindGroupValue, kindFolder, kindContentMetadata,
	kindContentAccess, kindScheduledPlan, kindDashboard, kindLook, kindAPI3, kindEmbedCredential, kindUserSession, kindLockout, kindLegacyFeature, kindSupportAllowlist,
	kindSupportAccess, kindEmbedSecret, kindSetting, kindPasswordConfig, kindSessionConfig, kindLDAPConfig, kindSamlConfig, kindOIDCConfig, kindSMTPSettings,
	kindDigestEmails, kindInternalHelp, kindInternalHelpText, kindCloudStorage, kindPlanDelivery, kindMail}, keyedByUser...)

var singletonKinds = []string{kindSetting, kindPasswordConfig, kindSessionConfig, kindLDAPConfig, kindSamlConfig, kindOIDCConfig, kindSMTPSettings, kindDigestEmails,
	kindInternalHelp, kindInternalHelpText, kindCloudStorage, kindSupportAccess}

func mustKnow(kind string) {
	if !slices.Contains(knownKinds, kind) {
		panic(fmt.Sprintf("lookertest: %q is not a kind; want one of %v", kind, knownKinds))
	}
}

// Put stores a new row with the defaults of its kind and returns its id; fields may hold an "id". Users get a personal
// folder, folders and content their content metadata, destinations of plans their ids. An unknown kind panics.
func (s *Server) Put(kind string, fields map[string]any) string {
	mustKnow(kind)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(kind, canonicalRow(fields))
}

func (s *Server) put(kind string, r row) string {
	switch {
	case kind == kindUser:
		return s.newUser(r)
	case kind == kindGroup:
		return s.newGroup(r)
	case kind == kindFolder:
		if r["parent_id"] == nil {
			r["parent_id"] = sharedFolderID
		}
		return s.newFolder(r)
	case kind == kindDashboard || kind == kindLook:
		return s.newContent(kind, r)
	case kind == kindContentMetadata:
		return s.newContentMetadata(r)
	case kind == kindCredentialsEmail:
		s.newEmailCredential(str(r["user_id"]), r)
		return str(r["user_id"])
	case slices.Contains(keyedByUser, kind):
		s.state.table(kind).rows[str(r["user_id"])] = r
		return str(r["user_id"])
	case slices.Contains(singletonKinds, kind):
		s.state.table(kind).rows[""] = r
		return ""
	}
	return s.putDefaults(kind, r)
}

// putDefaults stores kinds that need no more than defaults.
func (s *Server) putDefaults(kind string, r row) string {
	defaults := row{}
	switch kind {
	case kindUserAttribute:
		defaults = row{"type": "string", "label": r["name"], "default_value": nil, "is_system": false, "is_permanent": false, "value_is_hidden": false, "user_can_view": true,
			"user_can_edit": true, "hidden_value_domain_whitelist": nil}
	case kindScheduledPlan:
		defaults = row{"user_id": s.operatorUserID, "enabled": true, "include_links": true, "scheduled_plan_destination": []any{}}
	case kindPermissionSet:
		defaults = row{"permissions": []any{}, "built_in": false, "all_access": false}
	case kindModelSet:
		defaults = row{"models": []any{}, "built_in": false, "all_access": false}
	case kindRole:
		defaults = row{"permission_set_id": "1", "model_set_id": "1", "built_in": false}
	case kindAPI3:
		defaults = row{"client_id": s.newSecret("key"), "client_secret": s.newSecret("sec"), "is_disabled": false, "purpose": nil}
	}
	for k, v := range defaults {
		if _, given := r[k]; !given {
			r[k] = v
		}
	}
	id := s.state.insert(kind, r)
	for _, d := range objects(r["scheduled_plan_destination"]) {
		if d["id"] == nil {
			t := s.state.table(kindDestinationSerial)
			d["id"], d["scheduled_plan_id"] = fmt.Sprint(t.next), id
			t.next++
		}
	}
	return id
}

// Row is a copy of one row, nil when there is none.
func (s *Server) Row(kind, id string) map[string]any {
	mustKnow(kind)
	s.mu.Lock()
	defer s.mu.Unlock()
	return cloneRow(s.state.get(kind, id))
}

// Rows are copies of all rows of a kind in the order of their ids.
func (s *Server) Rows(kind string) []map[string]any {
	mustKnow(kind)
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []map[string]any{}
	for _, r := range s.state.list(kind) {
		out = append(out, cloneRow(r))
	}
	return out
}

// Set changes fields of a row. A row that does not exist panics: the test believes in something that is not there.
func (s *Server) Set(kind, id string, fields map[string]any) {
	mustKnow(kind)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.state.get(kind, id)
	if r == nil {
		panic(fmt.Sprintf("lookertest: there is no %s %q to change", kind, id))
	}
	maps.Copy(r, canonicalRow(fields))
	s.follow(kind, r)
}

// follow keeps content metadata in step with the place and name of its folder or content.
func (s *Server) follow(kind string, r row) {
	meta := s.state.get(kindContentMetadata, str(r["content_metadata_id"]))
	if meta == nil {
		return
	}
	switch kind {
	case kindFolder:
		meta["name"], meta["parent_id"] = r["name"], s.metadataOf(str(r["parent_id"]))
	case kindDashboard, kindLook:
		meta["name"], meta["parent_id"] = r["title"], s.metadataOf(str(r["folder_id"]))
	}
}

// Remove deletes a row and what hangs on it. Removing what is not there does nothing.
func (s *Server) Remove(kind, id string) {
	mustKnow(kind)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.get(kind, id) == nil {
		return
	}
	switch kind {
	case kindUser:
		s.dropUser(id)
	case kindGroup:
		s.dropGroup(id)
	case kindRole:
		s.dropRole(id)
	case kindUserAttribute:
		s.dropAttribute(id)
	case kindFolder:
		s.dropFolder(id, false)
	case kindDashboard, kindLook:
		s.dropContent(kind, id)
	case kindContentMetadata:
		s.dropMetadata(id)
	default:
		delete(s.state.table(kind).rows, id)
	}
}

// UserRoles are the roles a user holds directly.
func (s *Server) UserRoles(userID string) []string { return s.related(s.state.userRoles, userID) }

// SetUserRoles replaces the roles a user holds directly.
func (s *Server) SetUserRoles(userID string, roleIDs ...string) {
	s.relate(s.state.userRoles, userID, roleIDs)
}

// GroupMembers are the users in a group directly, without the implicit members of All Users.
func (s *Server) GroupMembers(groupID string) []string { return s.related(s.state.groupUsers, groupID) }

// SetGroupMembers replaces the direct members of a group.
func (s *Server) SetGroupMembers(groupID string, userIDs ...string) {
	s.relate(s.state.groupUsers, groupID, userIDs)
}

// GroupGroups are the groups nested in a group.
func (s *Server) GroupGroups(groupID string) []string { return s.related(s.state.groupGroups, groupID) }

// SetGroupGroups replaces the groups nested in a group.
func (s *Server) SetGroupGroups(groupID string, childIDs ...string) {
	s.relate(s.state.groupGroups, groupID, childIDs)
}

// RoleGroups are the groups that hold a role.
func (s *Server) RoleGroups(roleID string) []string { return s.related(s.state.roleGroups, roleID) }

// SetRoleGroups replaces the groups that hold a role.
func (s *Server) SetRoleGroups(roleID string, groupIDs ...string) {
	s.relate(s.state.roleGroups, roleID, groupIDs)
}

func (s *Server) related(r relation, id string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.of(id)
}

func (s *Server) relate(r relation, id string, to []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.set(id, to)
}

// UserValues are the attribute values set for a user, by attribute id.
func (s *Server) UserValues(userID string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.state.userValues[userID])
}

// SetUserValue sets an attribute value of a user; nil removes it.
func (s *Server) SetUserValue(userID, attributeID string, value any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if value == nil {
		delete(s.state.userValues[userID], attributeID)
		return
	}
	s.setUserValue(userID, attributeID, canonical(value))
}
