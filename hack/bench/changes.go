package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/looker-operator/looker-operator/hack/internal/mockclient"
)

// byHand is what somebody writes into a field in Looker's web pages.
const byHand = "Changed by hand"

// handField is, for each kind that is changed by hand, the mock's kind of row and
// the field. One PATCH puts it right.
var handField = map[string]struct{ row, field string }{
	"LookerUser":     {"user", "first_name"},
	"LookerGroup":    {"group", "name"},
	"LookerFolder":   {"folder", "name"},
	"LookerSchedule": {"scheduled_plan", "name"},
}

// handChange is one row that was changed by hand.
type handChange struct{ row, id, field string }

// changeByHand changes every n-th object that has a name.
func (x *run) changeByHand(ctx context.Context, n int) ([]handChange, error) {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	var changed []handChange
	for i, o := range x.plan {
		to, ok := handField[o.kind]
		if !ok || i%n != n/2 {
			continue
		}
		c := handChange{to.row, x.watch.get(o.kind, o.name).id, to.field}
		changed = append(changed, c)
		g.Go(func() error {
			// Names of groups are unique, and so are those of the folders of one parent.
			return x.looker.Set(gctx, c.row, c.id, map[string]any{c.field: byHand + " " + c.id})
		})
	}
	return changed, g.Wait()
}

// allPutRight waits until nothing is left of the changes by hand, and returns the
// time of the last call.
func (x *run) allPutRight(ctx context.Context, left []handChange, from int, limit time.Duration) (time.Time, error) {
	err := x.until(ctx, limit, func() (bool, error) {
		for len(left) > 0 {
			row, err := x.looker.Row(ctx, left[0].row, left[0].id)
			if text, ok := row[left[0].field].(string); err != nil || ok && strings.HasPrefix(text, byHand) {
				return false, err
			}
			left = left[1:]
		}
		return true, nil
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("%d changes by hand may be left, such as %+v: %w", len(left), left, err)
	}
	calls, _, err := x.looker.Log(ctx, from)
	if err != nil || len(calls) == 0 {
		return time.Now(), err
	}
	return time.Unix(0, calls[len(calls)-1].At), nil
}

// drift changes 1 % of the rows by hand, and measures until a sweep has put them
// right.
func (x *run) drift(ctx context.Context) error {
	changed, err := x.changeByHand(ctx, 100)
	if err != nil {
		return err
	}
	before, err := x.mark(ctx)
	if err != nil {
		return err
	}
	if _, err := x.compare(ctx); err != nil {
		return err
	}
	end, err := x.allPutRight(ctx, changed, before.logged, 10*time.Minute)
	if err != nil {
		return err
	}
	c, err := x.since(ctx, before, end)
	if err != nil {
		return err
	}
	x.putSweep("drift", c, len(changed))
	x.figures[x.key("drift.changes")] = float64(len(changed))
	return nil
}

// edits is how many single edits are measured.
const edits = 30

// edit changes everything by hand, and while that is put right, edits single
// objects in Kubernetes. What counts is the time until Looker has the new value,
// without the calls of that object.
func (x *run) edit(ctx context.Context) error {
	changed, err := x.changeByHand(ctx, 1)
	if err != nil {
		return err
	}
	before, err := x.mark(ctx)
	if err != nil {
		return err
	}
	if err := x.requestSweep(ctx); err != nil {
		return err
	}
	if err := x.correcting(ctx, before.logged); err != nil {
		return err
	}
	var waits []time.Duration
	for i := range edits {
		wait, err := x.editOne(ctx, i)
		if err != nil {
			return err
		}
		waits = append(waits, wait)
	}
	amid, err := x.since(ctx, before, time.Now())
	if err != nil {
		return err
	}
	left := max(0, len(changed)+edits-corrections(amid.calls))
	end, err := x.allPutRight(ctx, changed, before.logged, 30*time.Minute)
	if err != nil {
		return err
	}
	if err := x.until(ctx, 30*time.Minute, func() (bool, error) { return x.sweepDone(ctx) }); err != nil {
		return err
	}
	c, err := x.since(ctx, before, end)
	if err != nil {
		return err
	}
	x.putSweep("edit", c, len(changed)+edits)
	slices.Sort(waits)
	median, slowest := waits[len(waits)/2], waits[len(waits)-1]
	x.figures[x.key("edit.p50")] = median.Seconds()
	x.figures[x.key("edit.p99")] = slowest.Seconds() // of 30
	x.figures[x.key("edit.due")] = float64(len(changed))
	x.figures[x.key("edit.left")] = float64(left) // corrections that were still due after the last edit
	x.say("%s: %d edits beside %d corrections (%d left at the end): median %s, slowest %s beyond the own calls", x.key("edit"), edits, len(changed), left,
		median.Round(time.Millisecond), slowest.Round(time.Millisecond))
	return nil
}

// corrections is how many calls changed a field of a row.
func corrections(c mockclient.Calls) int {
	n := 0
	for operation, calls := range c.ByOperation {
		if strings.HasPrefix(operation, "PATCH /") {
			n += calls
		}
	}
	return n
}

// correcting waits until the sweep has found the changes and corrections are
// under way.
func (x *run) correcting(ctx context.Context, from int) error {
	return x.until(ctx, 30*time.Minute, func() (bool, error) {
		calls, _, err := x.looker.Log(ctx, from)
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(calls, func(c mockclient.Call) bool { return c.Operation == "PATCH /users/{user_id}" }) {
			return false, x.wait(ctx, 100*time.Millisecond)
		}
		return true, nil
	})
}

// editOne edits the last name of some user, and returns how long that waited.
func (x *run) editOne(ctx context.Context, i int) (time.Duration, error) {
	name := named("user", rand.IntN(x.mix.users))
	id := x.watch.get("LookerUser", name).id
	value := fmt.Sprintf("Edited %d", i)
	_, from, err := x.looker.Log(ctx, math.MaxInt32)
	if err != nil {
		return 0, err
	}
	edited := time.Now()
	if err := x.patch(ctx, "LookerUser", name, fmt.Sprintf(`{"spec":{"lastName":%q}}`, value)); err != nil {
		return 0, err
	}
	err = x.until(ctx, 10*time.Minute, func() (bool, error) {
		row, err := x.looker.Row(ctx, "user", id)
		return row["last_name"] == value, err
	})
	if err != nil {
		return 0, fmt.Errorf("LookerUser %s: the edit did not reach Looker: %w", name, err)
	}
	calls, _, err := x.looker.Log(ctx, from)
	if err != nil {
		return 0, err
	}
	return waited(calls, id, edited.UnixNano()), nil
}

// waited is the time from an edit to the last call about a user, without the time
// that the calls about it took meanwhile.
func waited(calls []mockclient.Call, id string, edited int64) time.Duration {
	last, own := edited, int64(0)
	for _, c := range calls {
		path, _, _ := strings.Cut(c.Path, "?")
		if path != "/users/"+id && !strings.HasPrefix(path, "/users/"+id+"/") || c.At < edited {
			continue
		}
		last = max(last, c.At)
		own += min(c.Delay, c.At-edited) // of one that was under way, what was left of it
	}
	return time.Duration(last - edited - own)
}

// role takes one member off the list of a role.
func (x *run) role(ctx context.Context) error {
	o := x.mix.role(0, x.mix.byRole)
	members := roleMembers(x.mix.byRole)[1:]
	body, err := json.Marshal(map[string]any{"spec": map[string]any{"users": members}})
	if err != nil {
		return err
	}
	before, err := x.mark(ctx)
	if err != nil {
		return err
	}
	if err := x.patch(ctx, o.kind, o.name, string(body)); err != nil {
		return err
	}
	id, user := x.watch.get(o.kind, o.name).id, x.watch.get("LookerUser", named("user", 0)).id
	err = x.until(ctx, 10*time.Minute, func() (bool, error) {
		held, err := x.looker.Holds(ctx, user, id)
		return !held && x.watch.get(o.kind, o.name).ready, err
	})
	if err != nil {
		return err
	}
	end := time.Now()
	if err := x.allReady(ctx, x.key("role"), time.Minute); err != nil {
		return err
	}
	c, err := x.since(ctx, before, end)
	if err != nil {
		return err
	}
	x.figures.put(x.key("role"), c)
	x.figures.floor(x.key("role"), roleEditFloor, x.mean)
	x.figures[x.key("role.members")] = float64(x.mix.byRole)
	x.tell("role", c)
	return nil
}
