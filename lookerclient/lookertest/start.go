package lookertest

import (
	"net/http/httptest"
	"testing"
)

// Start is New on a loopback listener that is closed when the test ends.
func Start(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	s := New(opts...)
	srv := httptest.NewServer(s)
	tb.Cleanup(srv.Close)
	s.SetURL(srv.URL)
	return s
}
