// Package operator tests what only the whole operator shows: the real manager
// with its watches, as the identity that the manifests ship, against a real API
// server and the mock Looker. What one reconcile does is tested elsewhere, with
// a clock that obeys.
package operator
