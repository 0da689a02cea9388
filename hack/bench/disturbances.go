package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/looker-operator/looker-operator/hack/internal/mockclient"
)

// outage lets Looker answer 503 to everything, logging in and the free probe
// included, while some objects are edited.
func (x *run) outage(ctx context.Context) error {
	before, err := x.mark(ctx)
	if err != nil {
		return err
	}
	if err := x.editsWhileDown(ctx); err != nil {
		return err
	}
	during, err := x.since(ctx, before, time.Now())
	if err != nil {
		return err
	}
	if err := x.looker.SetFaults(ctx); err != nil {
		return err
	}
	over := time.Now()
	if err := x.allReady(ctx, x.key("outage"), 10*time.Minute); err != nil {
		return err
	}
	end := time.Now()
	if err := x.reached(ctx); err != nil {
		return err
	}
	all, err := x.since(ctx, before, end)
	if err != nil {
		return err
	}
	x.putOutage(during, all, end.Sub(over))
	return nil
}

// editsWhileDown takes Looker down, and returns when the outage is to end.
func (x *run) editsWhileDown(ctx context.Context) error {
	down := func(operation string) mockclient.Fault {
		return mockclient.Fault{Operation: operation, Status: http.StatusServiceUnavailable}
	}
	if err := x.looker.SetFaults(ctx, down(""), down("GET /versions"), down("POST /login")); err != nil {
		return err
	}
	began := time.Now()
	for i := 0; i < edits || time.Since(began) < x.options.outage; i++ {
		if i < edits {
			body := fmt.Sprintf(`{"spec":{"lastName":"Edited in the outage %d"}}`, i)
			if err := x.patch(ctx, "LookerUser", named("user", i), body); err != nil {
				return err
			}
		}
		if err := x.wait(ctx, x.options.outage/(edits+1)); err != nil {
			return err
		}
	}
	return nil
}

// putOutage stores what happened while Looker was down, what happened altogether,
// and how long the recovery took.
func (x *run) putOutage(during, all cost, recovery time.Duration) {
	key := x.key("outage")
	x.figures.put(key, all)
	x.figures.floor(key, edits*editFloor, x.mean)
	x.figures[key+".down.seconds"] = during.took.Seconds()
	x.figures[key+".down.calls"] = float64(during.calls.Total)
	x.figures[key+".down.probes"] = float64(during.calls.ByClass["none"])
	x.figures[key+".probes.per5s"] = float64(during.calls.ByClass["none"]) / (during.took.Seconds() / 5)
	x.figures[key+".kube.writes.most"] = float64(during.writes.most())
	x.figures[key+".recovery.seconds"] = recovery.Seconds()
	x.say("%s: down %.0f s with %d calls and %d probes, at most %d writes to one object; all Ready %.1f s after; %s", key, during.took.Seconds(),
		during.calls.Total, during.calls.ByClass["none"], during.writes.most(), recovery.Seconds(), during.calls.List(func(string) bool { return true }))
}

// reached fails if an edit of the outage is not in Looker.
func (x *run) reached(ctx context.Context) error {
	for i := range edits {
		name := named("user", i)
		row, err := x.looker.Row(ctx, "user", x.watch.get("LookerUser", name).id)
		if err != nil {
			return err
		}
		if want := fmt.Sprintf("Edited in the outage %d", i); row["last_name"] != want {
			return fmt.Errorf("LookerUser %s is Ready, and Looker has the last name %q instead of %q", name, row["last_name"], want)
		}
	}
	return nil
}

// restart ends the operator and starts it again, with nothing changed. It is back
// when every object has been looked at.
func (x *run) restart(ctx context.Context) error {
	if err := x.stopOperator(); err != nil {
		return err
	}
	before, err := x.mark(ctx)
	if err != nil {
		return err
	}
	if err := x.startOperator(ctx); err != nil {
		return err
	}
	answering := time.Now()
	end := answering
	err = x.until(ctx, 10*time.Minute, func() (bool, error) {
		g, err := x.gauges(ctx)
		end = time.Now()
		return g.reconciles >= float64(len(x.plan)) && g.waiting == 0, err
	})
	if err != nil {
		return err
	}
	if err := x.settle(ctx, 10*time.Minute); err != nil {
		return err
	}
	c, err := x.since(ctx, before, end)
	if err != nil {
		return err
	}
	key := x.key("restart")
	x.figures.put(key, c)
	x.figures.floor(key, 0, x.mean)
	x.figures[key+".answering.seconds"] = answering.Sub(before.at).Seconds()
	x.tell("restart", c)
	return nil
}
