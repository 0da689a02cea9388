package enginetest

import (
	"net/http"
	"strings"
	"time"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
)

func minimal(w *World, c Case) { c.apply(w, c.Minimal) }

func full(w *World, c Case) {
	o := c.apply(w, c.Full)
	w.WantRow(c.Table, c.rowID(w, o), c.Row(w))
	if c.Verify != nil {
		c.Verify(w, c.rowID(w, o))
	}
}

// silent: twenty forced reconciles cost nothing on either side.
func silent(w *World, c Case) {
	c.apply(w, c.Full)
	w.WantQuiet("20 forced reconciles", func() { w.Force(20) })
}

// restart: a new process knows nothing, and need not ask.
func restart(w *World, c Case) {
	o := c.apply(w, c.Full)
	w.WantQuiet("a restart", func() {
		w.Start()
		w.Settle()
		w.Force(3)
	})
	w.WantReady(o)
}

func edits(w *World, c Case) {
	o := c.apply(w, c.Full)
	row := c.rowID(w, o)
	w.Looker.ResetCalls()
	w.Edit(o, func() { c.Edit(o) })
	w.Settle()
	w.WantReady(o)
	w.WantRow(c.Table, row, c.Edited)
	if n := w.LookerWrites(); n != 1 {
		w.Errorf("one edit took %d writes: %v", n, w.Looker.Calls().ByOperation)
	}
	again := c.Full(w)
	w.Edit(o, func() { setSpec(o, again) })
	w.Settle()
	w.WantReady(o)
	w.WantRow(c.Table, row, c.Row(w))
}

func drift(w *World, c Case) {
	o := c.apply(w, c.Full)
	row := c.rowID(w, o)
	w.Sweep()
	w.Looker.Set(c.Table, row, c.Unmanaged)
	before := len(w.Events())
	w.Looker.ResetCalls()
	w.Sweep()
	if n := w.LookerWrites(); n != 0 {
		w.Errorf("a change of an unmanaged field caused %d writes: %v", n, w.Looker.Calls().ByOperation)
	}
	w.Looker.Set(c.Table, row, c.Drift)
	w.Sweep()
	w.WantReady(o)
	w.WantRow(c.Table, row, c.Row(w))
	w.WantRow(c.Table, row, c.Unmanaged)
	if n := len(w.Events()) - before; n != 1 {
		w.Errorf("one correction made %d events: %v", n, w.Events())
	}
	writes := w.LookerWrites()
	w.Sweep()
	if w.LookerWrites() != writes {
		w.Error("a second sweep wrote again")
	}
}

func releases(w *World, c Case) {
	if c.Release == nil {
		w.Log("no field of the kind can be left out once it was set")
		return
	}
	o := c.apply(w, c.Full)
	row := c.rowID(w, o)
	w.Edit(o, func() { c.Release(o) })
	w.Settle()
	w.WantReady(o)
	w.Looker.Set(c.Table, row, c.Drift)
	w.Sweep()
	w.WantReady(o)
	w.WantRow(c.Table, row, c.Drift)
}

func observes(w *World, c Case) {
	o := c.apply(w, c.Full)
	row := c.rowID(w, o)
	w.Edit(o, func() {
		spec, _ := o.Common()
		spec.ManagementPolicy = v1alpha1.ManagementObserve
	})
	w.Settle()
	w.WantReady(o)
	w.Looker.Set(c.Table, row, c.Drift)
	w.Looker.ResetCalls()
	w.Sweep()
	if n := w.LookerWrites(); n != 0 {
		w.Errorf("%d writes in spite of managementPolicy Observe", n)
	}
	w.WantReason(o, engine.ReasonDrifted)
	w.WantRow(c.Table, row, c.Drift)
	w.Edit(o, func() {
		spec, _ := o.Common()
		spec.ManagementPolicy = v1alpha1.ManagementManage
	})
	w.Settle()
	w.WantReady(o)
	w.WantRow(c.Table, row, c.Row(w))
}

func suspends(w *World, c Case) {
	c.seed(w)
	o := c.Full(w)
	spec, _ := o.Common()
	spec.Suspend = true
	w.Looker.ResetCalls()
	w.Create(o)
	w.Settle()
	w.WantReason(o, engine.ReasonSuspended)
	if n := w.Looker.Calls().Total; n != 0 {
		w.Errorf("%d calls while suspended", n)
	}
	w.Edit(o, func() {
		spec, _ := o.Common()
		spec.Suspend = false
	})
	w.Settle()
	w.WantReady(o)
}

func waitsForInstance(w *World, c Case) {
	c.seed(w)
	w.Looker.RotateSecret("another")
	w.Looker.ExpireTokens()
	w.Start()
	o := c.Full(w)
	w.Create(o)
	w.Settle()
	w.WantReason(o, engine.ReasonWaitingForInstance, "CredentialsRejected")
	w.WantQuiet("waiting", func() { w.Force(5) })
	w.SetCredentials("another")
	w.Settle()
	w.WantReady(o)
}

func expiry(w *World, c Case) {
	c.seed(w)
	w.Looker.ExpireTokens()
	o := c.Full(w)
	w.Create(o)
	for range 6 {
		w.Round()
		w.Looker.ExpireTokens()
	}
	w.Settle()
	w.WantReady(o)
	w.WantRow(c.Table, c.rowID(w, o), c.Row(w))
}

func requests(w *World, c Case) {
	o := c.apply(w, c.Full)
	w.Looker.Set(c.Table, c.rowID(w, o), c.Drift)
	w.Edit(o, func() { o.SetAnnotations(map[string]string{v1alpha1.AnnotationReconcileRequest: "now"}) })
	w.Settle()
	w.WantRow(c.Table, c.rowID(w, o), c.Row(w))
	w.Refresh(o)
	if _, status := o.Common(); status.HandledReconcileRequest != "now" {
		w.Errorf("the request was not acknowledged: %q", status.HandledReconcileRequest)
	}
	w.WantQuiet("the same request again", func() { w.Force(3) })
}

// canary: a secret in the spec is in Looker, and nowhere that people read.
func canary(w *World, c Case) {
	if c.Canary == "" {
		w.Log("the kind has no secrets")
		return
	}
	echo := failing(c.CanaryOp, 422, `{"message":"Validation Failed: `+c.Canary+`"}`)
	echo.Match = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, c.CanaryPath) }
	clear := w.Looker.Inject(echo)
	c.seed(w)
	o := c.Full(w)
	w.Create(o)
	w.Round()
	w.WantReason(o, engine.ReasonRejected)
	w.noCanary(c.Canary)
	clear()
	w.Clock.Step(time.Hour)
	w.Settle()
	w.WantReady(o)
	w.noCanary(c.Canary)
}

func (w *World) noCanary(secret string) {
	w.Helper()
	for _, o := range w.objects() {
		if text := dump(o); strings.Contains(text, secret) {
			w.Errorf("%s %s shows the secret: %s", kindOf(o), o.GetName(), text)
		}
	}
	for _, e := range w.Events() {
		if strings.Contains(e, secret) {
			w.Errorf("an event shows the secret: %s", e)
		}
	}
	for _, line := range w.logged {
		if strings.Contains(line, secret) {
			w.Errorf("the log shows the secret: %s", line)
		}
	}
}
