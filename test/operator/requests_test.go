package operator

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"k8s.io/client-go/transport"
)

// request is one that an operator made to the API server.
type request struct {
	method, path, query, accept string
	body                        string // of a request that writes
}

func (r request) String() string { return r.method + " " + r.path + " " + r.body }

// list reports whether it lists or watches, and does not get one object.
func (r request) list(resource string) bool {
	return r.method == http.MethodGet && strings.HasSuffix(r.path, "/"+resource)
}

// metadataOnly reports whether it asks for metadata before anything else, which
// the API server always has.
func (r request) metadataOnly() bool {
	first, _, _ := strings.Cut(r.accept, ",")
	return strings.Contains(first, "as=PartialObjectMetadata")
}

// requests records what an operator asks of the API server.
type requests struct {
	mu  sync.Mutex
	all []request
}

func (r *requests) wrap(next http.RoundTripper) http.RoundTripper {
	return recorder{r, next}
}

type recorder struct {
	to   *requests
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (r recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	q := request{method: req.Method, path: req.URL.Path, query: req.URL.RawQuery, accept: req.Header.Get("Accept")}
	if req.GetBody != nil && req.Method != http.MethodGet {
		if body, err := req.GetBody(); err == nil {
			text, _ := io.ReadAll(body) // from memory
			q.body = string(text)
		}
	}
	r.to.mu.Lock()
	r.to.all = append(r.to.all, q)
	r.to.mu.Unlock()
	return r.next.RoundTrip(req)
}

// WrappedRoundTripper lets client-go find what it cancels and closes.
func (r recorder) WrappedRoundTripper() http.RoundTripper { return r.next }

var _ transport.WrapperFunc = (&requests{}).wrap

func (r *requests) matching(keep func(request) bool) []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []request
	for _, q := range r.all {
		if keep(q) {
			out = append(out, q)
		}
	}
	return out
}

// writes are all requests that change something; events are not among them, for
// they are written in the background.
func (r *requests) writes() []request {
	return r.matching(func(q request) bool { return q.method != http.MethodGet && !strings.HasSuffix(q.path, "/events") })
}

// writesTo are the writes to one object.
func (r *requests) writesTo(resource, name string) []request {
	return slices.DeleteFunc(r.writes(), func(q request) bool {
		return !strings.HasSuffix(strings.TrimSuffix(q.path, "/status"), "/"+resource+"/"+name)
	})
}

func (r *requests) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = nil
}
