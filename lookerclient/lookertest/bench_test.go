package lookertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// big is a server with as many rows as 10,000 resources make, and a token for it.
func big(b *testing.B) (s *Server, token string) {
	b.Helper()
	s = New()
	group, attribute := "", s.Put("user_attribute", row{"name": "region"})
	for i := range 500 {
		group = s.Put("group", row{"name": fmt.Sprint("g", i)})
	}
	role := s.Put("role", row{"name": "R"})
	for i := range 6000 {
		id := s.Put("user", row{"first_name": "U", "last_name": fmt.Sprint(i)})
		s.Put("credentials_email", row{"user_id": id, "email": fmt.Sprintf("u%d@example.com", i)})
		s.state.userRoles.add(id, role)
		s.state.groupUsers.add(group, id)
		s.state.userValues[id] = map[string]any{attribute: "emea"}
	}
	for i := range 1500 {
		folder := s.Put("folder", row{"name": fmt.Sprint("f", i)})
		for range 3 {
			s.Put("content_access", row{"content_metadata_id": s.metadataOf(folder), "permission_type": "view", "group_id": group, "user_id": nil})
		}
	}
	board := s.Put("dashboard", row{"title": "D"})
	for i := range 2000 {
		s.Put("scheduled_plan", row{"name": fmt.Sprint(i), "dashboard_id": board, "scheduled_plan_destination": []any{row{"type": "email", "address": "x@example.com"}}})
	}
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/api/4.0/login?client_id="+s.ClientID()+"&client_secret="+s.ClientSecret(), nil))
	for t := range s.sessions {
		token = t
	}
	return s, token
}

// BenchmarkBigInstance is what the mock itself costs when it stands for a big
// instance. "make bench" is true only while that is little beside a call's latency.
func BenchmarkBigInstance(b *testing.B) {
	s, token := big(b)
	members := strings.Repeat(`"7",`, 499) + `"8"`
	n := 0
	for _, call := range [][2]string{
		{"GET /users?limit=500&sorts=id", ""}, {"GET /users?limit=500&offset=5500&sorts=id", ""}, {"GET /folders", ""}, {"GET /scheduled_plans?all_users=true", ""},
		{"GET /groups/search/with_hierarchy?limit=500", ""}, {"GET /users/2/attribute_values", ""}, {"GET /content_metadata?parent_id=1", ""},
		{"GET /content_metadata_access?content_metadata_id=9", ""}, {"GET /roles", ""},
		{"GET /roles/3/users?fields=id", ""}, {"PUT /roles/3/users", "[" + members + "]"}, {"PUT /users/7/roles", `["3"]`},
		{"POST /users", `{"first_name":"N"}`}, {"POST /users/$/credentials_email", `{"email":"n$@example.com"}`}, {"PATCH /users/7", `{"last_name":"M"}`},
		{"PATCH /users/7/attribute_values/14", `{"value":"x"}`}, {"POST /groups/3/users", `{"user_id":"9"}`}, {"POST /groups", `{"name":"n$"}`},
		{"POST /folders", `{"name":"n$","parent_id":"1"}`}, {"PATCH /content_metadata/9", `{"inherits":false}`},
		{"POST /content_metadata_access", `{"content_metadata_id":"9","permission_type":"view","group_id":"$"}`},
		{"PATCH /scheduled_plans/9", `{"name":"m"}`},
	} {
		b.Run(call[0], func(b *testing.B) {
			method, path, _ := strings.Cut(call[0], " ")
			for b.Loop() {
				n++
				id := fmt.Sprint(n)
				if strings.HasPrefix(path, "/users/$/") {
					id = s.Put("user", row{"first_name": "N"})
				}
				if strings.HasSuffix(path, "_access") && method == http.MethodPost {
					id = s.Put("group", row{"name": fmt.Sprint("bench", n)})
				}
				r := httptest.NewRequest(method, "/api/4.0"+strings.ReplaceAll(path, "$", id), strings.NewReader(strings.ReplaceAll(call[1], "$", id)))
				r.Header.Set("Authorization", "Bearer "+token)
				r.Header.Set("Content-Type", "application/json")
				rec := httptest.NewRecorder()
				s.ServeHTTP(rec, r)
				if rec.Code != http.StatusOK {
					b.Fatal(rec.Code, rec.Body)
				}
			}
		})
	}
}
