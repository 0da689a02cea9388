package lookertest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// secretFields are shown as "set" by State.
var secretFields = []string{"client_secret", "secret", "password", "auth_password", "secret_parameters", "custom_s3_key", "custom_s3_secret", "logo_file", "favicon_file",
	"test_ldap_password", "reset_token"}

func redact(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if s, ok := e.(string); ok && s != "" && slices.Contains(secretFields, k) {
				v[k] = "set"
			} else {
				v[k] = redact(e)
			}
		}
	case []any:
		for i := range v {
			v[i] = redact(v[i])
		}
	}
	return v
}

// State is everything the server holds, by kind and id, with secrets shown as "set"; relations are under
// user_roles, group_users, group_groups, role_groups and user_values.
func (s *Server) State() map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]any{}
	for kind, t := range s.state.tables {
		if len(t.rows) > 0 {
			out[kind] = s.statePart(kind)
		}
	}
	for _, name := range stateRelations {
		out[name] = s.statePart(name)
	}
	return out
}

var stateRelations = []string{"user_values", "user_roles", "group_users", "group_groups", "role_groups"}

// statePart is what State has under one name, nil for an unknown one. The caller holds the lock.
func (s *Server) statePart(name string) map[string]any {
	switch name {
	case "user_roles":
		return s.state.userRoles.export()
	case "group_users":
		return s.state.groupUsers.export()
	case "group_groups":
		return s.state.groupGroups.export()
	case "role_groups":
		return s.state.roleGroups.export()
	case "user_values":
		values := map[string]any{}
		for user, v := range s.state.userValues {
			if len(v) > 0 {
				values[user] = clone(v)
			}
		}
		return values
	}
	t := s.state.tables[name]
	if t == nil {
		return nil
	}
	rows := map[string]any{}
	for id, r := range t.rows {
		rows[id] = redact(clone(r))
	}
	return rows
}

// volatileFields change by looking at or touching objects and do not count for Fingerprint.
var volatileFields = []string{"updated_at", "modified_at", "modified_by", "logged_in_at"}

func strip(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, f := range volatileFields {
			delete(v, f)
		}
		for _, e := range v {
			strip(e)
		}
	case []any:
		for _, e := range v {
			strip(e)
		}
	}
}

// Fingerprint is a hash of State without times of modification: equal fingerprints, equal configuration.
func (s *Server) Fingerprint() string {
	st := s.State()
	delete(st, kindPlanDelivery)
	delete(st, kindMail)
	delete(st, kindLockout)
	strip(st)
	data, err := json.Marshal(st)
	if err != nil {
		panic("lookertest: " + err.Error())
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
