package lookertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkLists is what the mock itself costs when it stands for a big instance.
func BenchmarkLists(b *testing.B) {
	s := New()
	for i := range 2000 {
		id := s.Put("user", row{"first_name": "U", "last_name": fmt.Sprint(i)})
		s.Put("credentials_email", row{"user_id": id, "email": fmt.Sprintf("u%d@example.com", i)})
		s.Put("folder", row{"name": fmt.Sprint("f", i)})
	}
	board := s.Put("dashboard", row{"title": "D"})
	for i := range 500 {
		s.Put("scheduled_plan", row{"name": fmt.Sprint(i), "dashboard_id": board, "scheduled_plan_destination": []any{row{"type": "email", "address": "x@example.com"}}})
		s.Put("group", row{"name": fmt.Sprint("g", i)})
	}
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/api/4.0/login?client_id="+s.ClientID()+"&client_secret="+s.ClientSecret(), nil))
	var token string
	for t := range s.sessions {
		token = t
	}
	for _, path := range []string{"/users?limit=500&sorts=id", "/folders", "/scheduled_plans?all_users=true", "/groups/search/with_hierarchy?limit=500", "/users/2/attribute_values"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, "/api/4.0"+path, nil)
				r.Header.Set("Authorization", "Bearer "+token)
				rec := httptest.NewRecorder()
				s.ServeHTTP(rec, r)
				if rec.Code != http.StatusOK {
					b.Fatal(rec.Code, rec.Body)
				}
			}
		})
	}
}
