package lookerclient

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// users serves total rows of all_users; headers says what it tells of paging.
func users(total int, headers func(h http.Header, offset, limit, total int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		offset, _ := strconv.Atoi(r.FormValue("offset"))
		limit, _ := strconv.Atoi(r.FormValue("limit"))
		headers(w.Header(), offset, limit, total)
		rows := []map[string]string{}
		for i := offset; i < min(offset+limit, total); i++ {
			rows = append(rows, map[string]string{"id": strconv.Itoa(i)})
		}
		_ = json.NewEncoder(w).Encode(rows)
	}
}

func noHeaders(http.Header, int, int, int) {}

func linkHeader(h http.Header, offset, limit, total int) {
	links := []string{`<https://x/api/4.0/users?limit=500&offset=0>; rel="first"`}
	if offset+limit < total {
		links = append(links, fmt.Sprintf(`<https://x/api/4.0/users?limit=500&offset=%d>; rel="next"`, offset+limit))
	}
	h.Set("Link", strings.Join(links, ","))
}

func totalHeader(h http.Header, _, _, total int) { h.Set("X-Total-Count", strconv.Itoa(total)) }

func TestPagesEndWhereTheListEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		total   int
		headers func(http.Header, int, int, int)
		calls   int
	}{
		"nothing":                            {0, noHeaders, 1},
		"a short page":                       {7, noHeaders, 1},
		"three pages":                        {1201, noHeaders, 3},
		"exactly 500 rows cost one call":     {500, linkHeader, 1},
		"500 rows and a total cost one call": {500, totalHeader, 1},
		"500 rows and no header cost two":    {500, noHeaders, 2},
		"1000 rows and links":                {1000, linkHeader, 2},
		"1001 rows and a total":              {1001, totalHeader, 3},
	} {
		f := newFake(t)
		f.Handle("GET /users", users(c.total, c.headers))
		seen := map[ID]bool{}
		for u, err := range f.client(t).Users.List(t.Context()) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			seen[u.ID] = true
		}
		if len(seen) != c.total || len(f.seen()) != c.calls {
			t.Errorf("%s: %d rows in %d calls, want %d in %d", name, len(seen), len(f.seen()), c.total, c.calls)
		}
		if !strings.Contains(f.seen()[0], "sorts=id") {
			t.Errorf("%s: pages are not sorted: %s", name, f.seen()[0])
		}
	}
}

func TestBreakStopsFetching(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("GET /users", users(1201, noHeaders))
	for _, err := range f.client(t).Users.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if len(f.seen()) != 1 {
		t.Errorf("%d calls", len(f.seen()))
	}
}

func TestAnErrorIsYieldedOnceAndLast(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Handle("GET /users", inTurn(users(1201, noHeaders), answer(500, `{"message":"An error has occurred."}`)))
	rows, failures := 0, 0
	for u, err := range f.client(t).Users.List(t.Context()) {
		switch {
		case err != nil && u == nil && IsServerError(err):
			failures++
		case err == nil && failures == 0:
			rows++
		default:
			t.Fatalf("after the error: %v, %v", u, err)
		}
	}
	if rows != 500 || failures != 1 {
		t.Errorf("%d rows, %d errors", rows, failures)
	}
}

func TestAPageThatRepeatsIsAnErrorAndNotTheEnd(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	same := users(500, noHeaders)
	f.HandleFunc("GET /users", func(w http.ResponseWriter, r *http.Request) {
		r.URL.RawQuery = "limit=500&offset=0"
		same(w, r)
	})
	rows, last := 0, error(nil)
	for _, err := range f.client(t).Users.List(t.Context()) {
		if last = err; err == nil {
			rows++
		}
	}
	if rows != 500 || last == nil || len(f.seen()) != 2 {
		t.Errorf("%d rows, %d calls, %v", rows, len(f.seen()), last)
	}
}

func TestARowThatMovesToTheNextPageIsYieldedOnce(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	all := users(700, noHeaders)
	f.HandleFunc("GET /users", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("offset") == "500" {
			r.Form.Set("offset", "499")
		}
		all(w, r)
	})
	seen := map[ID]int{}
	for u, err := range f.client(t).Users.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		seen[u.ID]++
	}
	if len(seen) != 700 || seen["499"] != 1 {
		t.Errorf("%d rows, row 499 %d times", len(seen), seen["499"])
	}
}

func TestAListThatCannotBePagedIsReadInOneCall(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.HandleFunc("GET /folders", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("limit") || !strings.HasPrefix(r.FormValue("fields"), "id,name,parent_id,") {
			t.Errorf("query %s", r.URL.RawQuery)
		}
		fmt.Fprint(w, `[{"id":1,"name":"Shared","parent_id":null},{"id":"lookml","name":"LookML"}]`)
	})
	var got []string
	for fo, err := range f.client(t).Folders.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, toJSON(t, fo))
	}
	if strings.Join(got, " ") != `{"id":"1","name":"Shared","parent_id":null} {"id":"lookml","name":"LookML"}` {
		t.Error(got)
	}
}

func TestAServerThatCapsItsPagesLosesNoRows(t *testing.T) {
	t.Parallel()
	const total, most = 250, 100
	f := newFake(t)
	calls := 0
	f.HandleFunc("GET /users", func(w http.ResponseWriter, r *http.Request) {
		calls++
		q := r.URL.Query()
		q.Set("limit", strconv.Itoa(most))
		r.URL.RawQuery = q.Encode()
		users(total, totalHeader)(w, r)
	})
	n := 0
	for _, err := range f.client(t).Users.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != total || calls != 3 {
		t.Errorf("%d rows in %d calls, want %d in 3", n, calls, total)
	}
}
