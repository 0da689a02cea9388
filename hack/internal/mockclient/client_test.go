package mockclient

import "testing"

func TestCallsSinceAreTheDifference(t *testing.T) {
	t.Parallel()
	earlier := Calls{Total: 3, ByClass: map[string]int{"non_query": 3}, ByOperation: map[string]int{"GET /folders": 1, "GET /users": 2}}
	later := Calls{Total: 6, ByClass: map[string]int{"non_query": 5, "db_query": 1}, ByOperation: map[string]int{"GET /folders": 2, "GET /users": 2, "PATCH /folders/{folder_id}": 2}}
	since := later.Since(earlier)
	if got := since.List(func(string) bool { return true }); since.Total != 3 || since.ByClass["non_query"] != 2 || since.ByClass["db_query"] != 1 || got != "1 x GET /folders, 2 x PATCH /folders/{folder_id}" {
		t.Errorf("%d calls: %s", since.Total, got)
	}
}
