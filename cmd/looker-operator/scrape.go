package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-logr/logr"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/cache"
	authenticationclient "k8s.io/client-go/kubernetes/typed/authentication/v1"
	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"k8s.io/client-go/rest"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

const (
	// trustedFor is how long whom the API server lets in is not asked about again.
	trustedFor = time.Minute
	// refusedFor is the same for those that it does not: less, so that a right just
	// given is of use soon.
	refusedFor = 10 * time.Second
	// rememberedReviews bounds the memory of both.
	rememberedReviews = 1024
	// reviewTimeout bounds what a scraper waits for the API server.
	reviewTimeout = 10 * time.Second
)

// scrapers lets in those whom the API server knows by their bearer token, and
// allows to get the path. controller-runtime has a filter that does the same by
// Kubernetes' library for API servers, which is a third of a program.
type scrapers struct {
	tokens   authenticationclient.TokenReviewInterface
	rights   authorizationclient.SubjectAccessReviewInterface
	reviewed *cache.LRUExpireCache // of status codes, by the hash of token, verb and path
}

// onlyAuthorized is a metricsserver.Options.FilterProvider.
func onlyAuthorized(config *rest.Config, http *http.Client) (metricsserver.Filter, error) {
	authentication, err := authenticationclient.NewForConfigAndClient(config, http)
	if err != nil {
		return nil, err
	}
	authorization, err := authorizationclient.NewForConfigAndClient(config, http)
	if err != nil {
		return nil, err
	}
	s := &scrapers{authentication.TokenReviews(), authorization.SubjectAccessReviews(), cache.NewLRUExpireCache(rememberedReviews)}
	return s.filter, nil
}

// filter is a metricsserver.Filter.
func (s *scrapers) filter(log logr.Logger, next http.Handler) (http.Handler, error) {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		code, err := s.review(req)
		if err != nil {
			log.Error(err, "Asking the API server who may read the metrics")
		}
		if code != http.StatusOK {
			http.Error(w, http.StatusText(code), code)
			return
		}
		next.ServeHTTP(w, req)
	}), nil
}

// review is the status code that a request gets: 200 if it is let in.
func (s *scrapers) review(req *http.Request) (int, error) {
	scheme, token, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); token == "" || !strings.EqualFold(scheme, "Bearer") {
		return http.StatusUnauthorized, nil
	}
	verb := strings.ToLower(req.Method)
	key := sha256.Sum256([]byte(token + "\x00" + verb + "\x00" + req.URL.Path))
	if code, ok := s.reviewed.Get(key); ok {
		return code.(int), nil
	}
	ctx, cancel := context.WithTimeout(req.Context(), reviewTimeout)
	defer cancel()
	code, err := s.ask(ctx, token, verb, req.URL.Path)
	switch {
	case err != nil: // nothing is known, so nothing is remembered
		return http.StatusServiceUnavailable, err
	case code == http.StatusOK:
		s.reviewed.Add(key, code, trustedFor)
	default:
		s.reviewed.Add(key, code, refusedFor)
	}
	return code, nil
}

// ask asks whose token it is, by POST tokenreviews, and what that user may do, by
// POST subjectaccessreviews.
func (s *scrapers) ask(ctx context.Context, token, verb, path string) (int, error) {
	who, err := s.tokens.Create(ctx, &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token}}, metav1.CreateOptions{})
	switch {
	case err != nil:
		return 0, fmt.Errorf("whose token it is: %w", err)
	case !who.Status.Authenticated:
		return http.StatusUnauthorized, nil
	}
	user := who.Status.User
	extra := make(map[string]authorizationv1.ExtraValue, len(user.Extra))
	for k, v := range user.Extra {
		extra[k] = authorizationv1.ExtraValue(v)
	}
	may, err := s.rights.Create(ctx, &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User: user.Username, UID: user.UID, Groups: user.Groups, Extra: extra,
		NonResourceAttributes: &authorizationv1.NonResourceAttributes{Path: path, Verb: verb},
	}}, metav1.CreateOptions{})
	switch {
	case err != nil:
		return 0, fmt.Errorf("what %s may do: %w", user.Username, err)
	case may.Status.Allowed:
		return http.StatusOK, nil
	}
	return http.StatusForbidden, nil
}
