package lookerclient

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheHoldersOfARoleAreLockedByOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(&config{}, &session{})
		inside, most := 0, 0
		for _, id := range []ID{"5", "5", "5"} {
			go func() {
				unlock, err := c.As("7").Roles.LockHolders(t.Context(), id)
				if err != nil {
					t.Error(err)
					return
				}
				defer unlock()
				inside++
				most = max(most, inside)
				time.Sleep(time.Second)
				inside--
				unlock() // a second one does nothing
			}()
		}
		unlock, err := c.Roles.LockHolders(t.Context(), "6")
		if err != nil {
			t.Fatal(err)
		}
		unlock()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if most != 1 {
			t.Errorf("%d at a time", most)
		}
		if len(c.roleLocks.locks) != 0 {
			t.Errorf("%d locks are left", len(c.roleLocks.locks))
		}
	})
}

func TestWaitingForALockEndsWithItsContext(t *testing.T) {
	t.Parallel()
	c := newClient(&config{}, &session{})
	unlock, err := c.Roles.LockHolders(t.Context(), "5")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Roles.LockHolders(ctx, "5"); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting ended with %v", err)
	}
	unlock()
	if unlock, err = c.Roles.LockHolders(t.Context(), "5"); err != nil {
		t.Fatal(err)
	}
	unlock()
}
