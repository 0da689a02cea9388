package lookertest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// docsHost is the host and path prefix of documentation_url in error bodies.
const docsHost = "https://cloud.google.com/looker/docs"

// A detail is one entry of a validation error's list.
type detail struct{ field, code, message string }

func (d detail) Error() string { return d.message }

// An apiError is an answer other than success.
type apiError struct {
	status  int
	message string
	details []detail
	docURL  string // overrides the computed documentation_url
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.status, e.message) }

// body renders Error or ValidationError.
func (e *apiError) body(method, template string) map[string]any {
	url := e.docURL
	if url == "" {
		url = documentationURL(e.status, method, template)
	}
	out := map[string]any{"message": e.message, "documentation_url": url}
	if e.details != nil {
		list := make([]any, 0, len(e.details))
		for _, d := range e.details {
			list = append(list, map[string]any{"field": d.field, "code": d.code, "message": d.message, "documentation_url": url})
		}
		out["errors"] = list
	}
	return out
}

// documentationURL turns /users/{user_id} into .../err/4.0/404/get/users/:user_id.
func documentationURL(status int, method, template string) string {
	path := strings.NewReplacer("{", ":", "}", "").Replace(template)
	return fmt.Sprintf("%s/r/err/4.0/%d/%s%s", docsHost, status, strings.ToLower(method), path)
}

func asAPIError(err error) *apiError {
	var e *apiError
	if errors.As(err, &e) {
		return e
	}
	var d detail
	if errors.As(err, &d) {
		return &apiError{status: http.StatusUnprocessableEntity, message: "Validation Failed", details: []detail{d}}
	}
	return &apiError{status: http.StatusInternalServerError, message: "An error has occurred.", docURL: "https://docs.looker.com/"}
}

func errNotFound() error { return &apiError{status: http.StatusNotFound, message: "Not found"} }

func errForbidden(message string) error {
	return &apiError{status: http.StatusForbidden, message: message}
}

func errUnauthenticated() error {
	return &apiError{status: http.StatusUnauthorized, message: "Requires authentication.", docURL: "http://docs.looker.com/"}
}

func errNotModifiable() error {
	return &apiError{status: http.StatusMethodNotAllowed, message: "Resource Can't Be Modified"}
}

func errBadRequest(format string, args ...any) error {
	return &apiError{status: http.StatusBadRequest, message: fmt.Sprintf(format, args...)}
}

// invalid is 422 Validation Failed with the given entries.
func (c *call) invalid(details ...detail) error {
	return &apiError{status: http.StatusUnprocessableEntity, message: "Validation Failed", details: details}
}

func (c *call) invalidField(field, format string, args ...any) error {
	return c.invalid(detail{field, "invalid", fmt.Sprintf(format, args...)})
}

func (c *call) missingField(field string) error {
	return c.invalid(detail{field, "missing_field", fmt.Sprintf("'%s' is required.", field)})
}

// duplicate is the answer to a natural key that is taken: 422 already_exists, or 409 under DuplicateAs409.
func (c *call) duplicate(field, message string) error {
	if c.s.switches.DuplicateAs409 {
		return c.conflict()
	}
	return c.invalid(detail{field, "already_exists", message})
}

func (c *call) conflict() error {
	return &apiError{status: http.StatusConflict, message: "The resource already exists."}
}

// refused is a refusal of an operation that is understood but not allowed: 403, or 404 where the operation
// is described without a 403, because Looker then hides what the caller may not touch.
func (c *call) refused() error {
	if strings.Contains(c.route.errors, "403") {
		return errForbidden("You do not have permission to access this resource.")
	}
	return errNotFound()
}
