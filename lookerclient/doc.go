// Package lookerclient is a client for the part of Looker's REST API 4.0 that
// configures an instance: users, groups, roles, folders, content access,
// schedules and instance-wide settings.
//
//	c, err := lookerclient.New("https://example.cloud.looker.com", lookerclient.Credentials{
//		ClientID:     "client-id",
//		ClientSecret: lookerclient.NewSecret(os.Getenv("LOOKER_CLIENT_SECRET")),
//	})
//	if err != nil {
//		return err
//	}
//	for user, err := range c.Users.List(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(user.ID)
//	}
//
// # Types
//
// Every resource X has a type WriteX with the fields that Looker accepts, each
// an [Optional]: a field that is not set is not sent, so Looker keeps what it
// has. X itself is the id, WriteX and the fields that only Looker sets. A field
// that an answer does not contain stays absent, so "false" and "not told" are
// different things.
//
// # Errors
//
// Errors are told apart by predicates such as [IsNotFound] and [IsUnavailable],
// which look through wrapping. Each answer belongs to one class: a 404 page of a
// proxy is IsUnavailable and never IsNotFound. [OutcomeUnknown] says whether a
// failed write may have taken effect nevertheless.
//
// # Retries
//
// GET, PUT, PATCH and DELETE are repeated after a broken connection and after
// 502, 503 and 504. POST is repeated only when no connection could be made. A 429
// is returned at once with [RetryAfter]: whoever paces the instance decides.
package lookerclient
