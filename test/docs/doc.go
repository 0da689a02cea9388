// Package docs tests that the documentation says what there is: each reason,
// each kind and each of its fields.
package docs
