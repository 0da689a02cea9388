package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/looker-operator/looker-operator/test/controlplane"
)

// counting counts what is asked of the API server.
type counting struct {
	http.RoundTripper
	n    atomic.Int32
	down atomic.Bool
}

func (c *counting) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.Contains(req.URL.Path, "review") {
		c.n.Add(1)
	}
	if c.down.Load() {
		return nil, errors.New("the API server is down")
	}
	return c.RoundTripper.RoundTrip(req)
}

// scrape is what a scraper gets of the metrics that are served at an address.
func scrape(ctx context.Context, t *testing.T, address, token string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	c := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // self-signed
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// serveMetrics serves them as the operator does, and returns their address.
func serveMetrics(t *testing.T, config *rest.Config, transport http.RoundTripper) string {
	t.Helper()
	o, err := parse([]string{"--metrics-bind-address=127.0.0.1:0"}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	server, err := metricsserver.NewServer(metricsOptions(o), config, &http.Client{Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Start(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	bound := server.(interface{ GetBindAddr() string })
	for deadline := time.Now().Add(10 * time.Second); bound.GetBindAddr() == ""; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the metrics are not served")
		}
	}
	return bound.GetBindAddr()
}

// serviceAccount makes one that may read metrics or not, and returns its token.
func serviceAccount(t *testing.T, admin client.Client, name string, reads bool) string {
	t.Helper()
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}}
	objects := []client.Object{account}
	if reads {
		objects = append(objects, &rbacv1.ClusterRole{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Rules:      []rbacv1.PolicyRule{{NonResourceURLs: []string{"/metrics"}, Verbs: []string{"get"}}},
		}, &rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
			Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: "default", Name: name}},
		})
	}
	for _, o := range objects {
		if err := admin.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	request := &authenticationv1.TokenRequest{}
	if err := admin.SubResource("token").Create(t.Context(), account, request); err != nil {
		t.Fatal(err)
	}
	return request.Status.Token
}

func TestTheAPIServerDecidesWhoReadsTheMetrics(t *testing.T) {
	t.Parallel()
	plane, err := controlplane.Launch(controlplane.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plane.Stop(); err != nil {
			t.Error(err)
		}
	})
	admin, err := client.New(plane.Config, client.Options{Scheme: scheme.Scheme})
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(plane.Config)
	if err != nil {
		t.Fatal(err)
	}
	asked := &counting{RoundTripper: transport}
	address := serveMetrics(t, plane.Config, asked)
	reader, other := serviceAccount(t, admin, "reader", true), serviceAccount(t, admin, "other", false)
	for _, c := range []struct {
		what, token string
		want        int
	}{{"none", "", 401}, {"nobody's", "x.y.z", 401}, {"of one without the right", other, 403}, {"of one with the right", reader, 200}} {
		if got := scrape(t.Context(), t, address, c.token); got != c.want {
			t.Errorf("token %s: %d, want %d", c.what, got, c.want)
		}
	}
	before := asked.n.Load()
	for range 5 {
		if got := scrape(t.Context(), t, address, reader); got != http.StatusOK {
			t.Errorf("then %d", got)
		}
	}
	if n := asked.n.Load() - before; n != 0 {
		t.Errorf("the API server was asked %d times more", n)
	}
	asked.down.Store(true)
	if got := scrape(t.Context(), t, address, reader+"x"); got != http.StatusServiceUnavailable {
		t.Errorf("without an API server: %d", got)
	}
}

// fakeReviews is the filter's handler before an API server whose verdict on every
// token can be changed.
func fakeReviews(t *testing.T, allowed *atomic.Bool) http.Handler {
	t.Helper()
	transport := roundTripper(func(req *http.Request) (*http.Response, error) {
		answer := `{"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1","status":{"authenticated":true,"user":{"username":"prometheus"}}}`
		if strings.HasSuffix(req.URL.Path, "/subjectaccessreviews") {
			answer = fmt.Sprintf(`{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","status":{"allowed":%v}}`, allowed.Load())
		}
		recorder := httptest.NewRecorder()
		recorder.Header().Set("Content-Type", "application/json")
		_, err := recorder.WriteString(answer)
		return recorder.Result(), err
	})
	config := &rest.Config{Host: "http://kubernetes", ContentConfig: rest.ContentConfig{ContentType: "application/json"}}
	filter, err := onlyAuthorized(config, &http.Client{Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := filter(logr.Discard(), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestARightIsOfUseSoonAndIsTakenAwayWithinAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var allowed atomic.Bool
		handler := fakeReviews(t, &allowed)
		get := func(path string) int {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			req.Header.Set("Authorization", "bearer token")
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, req)
			return w.Code
		}
		if got := get("/metrics"); got != http.StatusForbidden {
			t.Errorf("without the right: %d", got)
		}
		allowed.Store(true)
		if got := get("/metrics"); got != http.StatusForbidden {
			t.Errorf("at once the API server is not asked again, but it is %d", got)
		}
		if got := get("/other"); got != http.StatusOK {
			t.Errorf("another path is another question, but it is %d", got)
		}
		time.Sleep(refusedFor + time.Second)
		if got := get("/metrics"); got != http.StatusOK {
			t.Errorf("with the right: %d", got)
		}
		allowed.Store(false)
		time.Sleep(trustedFor + time.Second)
		if got := get("/metrics"); got != http.StatusForbidden {
			t.Errorf("after the right was taken away: %d", got)
		}
	})
}
