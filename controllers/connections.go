package controllers

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// connection is one client with what is counted on it.
type connection struct {
	hash     string
	clientID string
	checked  time.Time // when it last worked; for the one reconcile of the instance only
	inst     *engine.Instance
}

// connections holds one connection for each LookerInstance, and its book, which
// outlives a change of credentials.
type connections struct {
	mu    sync.Mutex
	byKey map[types.NamespacedName]*connection
	books map[types.NamespacedName]*book
	queue instanceQueue
}

// connection returns the connection of an instance, a new one if anything that
// it was made from has changed.
func (r *InstanceReconciler) connection(obj *v1alpha1.LookerInstance, creds lookerclient.Credentials, ca string) (*connection, *problem) {
	key := client.ObjectKeyFromObject(obj)
	hash := connectionHash(obj.Spec.URL, creds, ca)
	c := &r.connections
	c.mu.Lock()
	defer c.mu.Unlock()
	if have := c.byKey[key]; have != nil && have.hash == hash {
		return have, nil
	}
	conn := &connection{hash: hash, clientID: creds.ClientID}
	gate := engine.NewGate(r.Clock, traffic(obj.Spec.Traffic), func() { r.wake(key) })
	ledger := c.bookOf(key, r).ledger
	opts := []lookerclient.Option{
		lookerclient.WithUserAgent("looker-operator/" + r.Version),
		lookerclient.WithBeforeCall(func(ctx context.Context, op lookerclient.Operation) error {
			if err := ledger.Spend(ctx, op); err != nil {
				return err
			}
			err := gate.BeforeCall(ctx, op)
			if err != nil {
				ledger.Refund(ctx, op)
			}
			return err
		}),
		lookerclient.WithBeforeToken(gate.BeforeToken),
		lookerclient.WithObserver(func(ctx context.Context, call lookerclient.Call) {
			gate.AfterCall(ctx, call)
			observeCall(key, call)
		}),
	}
	if ca != "" {
		config, err := tlsConfig(ca)
		if err != nil {
			return nil, &problem{reason: ReasonInvalidCA, stalled: true, err: err}
		}
		transport := lookerclient.NewTransport()
		transport.TLSClientConfig = config
		opts = append(opts, lookerclient.WithTransport(transport))
	}
	looker, err := lookerclient.New(obj.Spec.URL, creds, append(opts, r.ClientOptions...)...)
	if err != nil {
		return nil, &problem{reason: ReasonInvalidURL, stalled: true, err: err}
	}
	conn.inst = &engine.Instance{Key: key, Client: looker, Gate: gate, Ledger: ledger}
	if c.byKey == nil {
		c.byKey = map[types.NamespacedName]*connection{}
	}
	c.byKey[key] = conn
	return conn, nil
}

func (c *connections) remove(key types.NamespacedName) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.byKey, key)
	delete(c.books, key)
}

func traffic(t *v1alpha1.Traffic) engine.Traffic {
	var out engine.Traffic
	if t == nil {
		return out
	}
	if t.RequestsPerSecond != nil {
		out.PerSecond = float64(*t.RequestsPerSecond)
	}
	if t.Burst != nil {
		out.Burst = int(*t.Burst)
	}
	if t.MaxInFlight != nil {
		out.MaxInFlight = int(*t.MaxInFlight)
	}
	return out
}
