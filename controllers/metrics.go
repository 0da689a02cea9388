package controllers

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// The metrics have no label per object: their number does not grow with the
// number of objects.
var (
	callsTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "looker_operator_api_calls_total",
		Help: "Calls to the Looker API by quota class, operation and status; code 0 means that no answer came.",
	}, []string{"instance", "class", "operation", "code"})
	callSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "looker_operator_api_call_duration_seconds",
		Help:    "Duration of calls to the Looker API.",
		Buckets: []float64{.05, .1, .15, .2, .3, .5, 1, 2.5, 5, 10, 30, 120},
	}, []string{"instance", "class"})
)

func init() { metrics.Registry.MustRegister(callsTotal, callSeconds) }

func observeCall(instance types.NamespacedName, call lookerclient.Call) {
	class := string(call.Operation.Class)
	callsTotal.WithLabelValues(instance.String(), class, call.Operation.ID, strconv.Itoa(call.Status)).Inc()
	callSeconds.WithLabelValues(instance.String(), class).Observe(call.Duration.Round(time.Microsecond).Seconds())
}
