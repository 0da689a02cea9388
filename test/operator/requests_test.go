package operator

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"k8s.io/client-go/transport"
)

// request is one that an operator made to the API server.
type request struct {
	method, path, query, accept string
}

func (r request) String() string { return r.method + " " + r.path }

// list reports whether it lists or watches, and does not get one object.
func (r request) list(resource string) bool {
	return r.method == http.MethodGet && strings.HasSuffix(r.path, "/"+resource)
}

// metadataOnly reports whether the answer cannot have had more than metadata.
func (r request) metadataOnly() bool {
	for part := range strings.SplitSeq(r.accept, ",") {
		if part = strings.TrimSpace(part); !strings.Contains(part, "as=PartialObjectMetadata") {
			return false
		}
	}
	return r.accept != ""
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
	r.to.mu.Lock()
	r.to.all = append(r.to.all, request{req.Method, req.URL.Path, req.URL.RawQuery, req.Header.Get("Accept")})
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
func (r *requests) writesTo(resource, name string) int {
	return len(slices.DeleteFunc(r.writes(), func(q request) bool {
		return !strings.HasSuffix(strings.TrimSuffix(q.path, "/status"), "/"+resource+"/"+name)
	}))
}

func (r *requests) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = nil
}
