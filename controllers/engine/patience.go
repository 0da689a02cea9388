package engine

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// refusals counts how often Looker gave the same answer to the same spec.
type refusals struct {
	hash   string
	reason string
	n      int
}

// lookAgain says when to come back to an object that Looker refuses or fails.
// Each time costs calls, so it comes less and less often, and in the end as
// often as the kind is compared: a month with few calls must not be used up by
// what somebody has to repair first.
func (r *Reconciler[O, W, L]) lookAgain(p *pass[O, W, L], o outcome) outcome {
	key := keyOf(p.obj)
	failed := o.retry != nil && isFromLooker(o.retry)
	if p.inst == nil || !failed && (!o.stalled || o.after != recheck) {
		if !o.silent && p.inst != nil {
			r.mu.Lock()
			delete(r.refused, key)
			r.mu.Unlock()
		}
		return o
	}
	first := recheck
	if failed {
		first = time.Second
		o.retry = nil
	}
	o.after = min(first<<r.countRefusal(p, o.reason), p.inst.patience())
	if failed { // those that failed together do not come back together
		o.after = o.after/2 + rand.N(o.after/2+1)
	}
	return o
}

// countRefusal returns how often the answer came before.
func (r *Reconciler[O, W, L]) countRefusal(p *pass[O, W, L], reason string) int {
	const most = 16 // a second is then 18 hours
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.refused[keyOf(p.obj)]
	now := refusals{hash: p.hash, reason: reason}
	if was.hash == now.hash && was.reason == now.reason {
		now.n = min(was.n+1, most)
	}
	r.refused[keyOf(p.obj)] = now
	return now.n
}

func isFromLooker(err error) bool {
	var answer *lookerclient.Error
	var transport *lookerclient.TransportError
	return errors.As(err, &answer) || errors.As(err, &transport) || isLogin(err)
}

// patience is the longest time between two tries of what Looker refuses.
func (i *Instance) patience() time.Duration {
	if d := time.Duration(i.interval.Load()); d > 0 {
		return max(d, recheck)
	}
	return day
}
