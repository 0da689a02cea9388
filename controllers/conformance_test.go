package controllers

import (
	"context"
	"os"
	"testing"
	"time"

	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// suite is one control plane for all tests of the package.
var suite *enginetest.Suite

func TestMain(m *testing.M) {
	os.Exit(enginetest.Main(m, newTestOperator, func(s *enginetest.Suite) { suite = s }))
}

func newTestOperator(c client.Client, reader client.Reader, recorder events.EventRecorder, clk clock.WithTicker) (*enginetest.Operator, error) {
	noWait := lookerclient.WithClock(clk.Now, func(ctx context.Context, _ time.Duration) error { return ctx.Err() })
	op, err := New(c, reader, recorder, Options{Clock: clk, Version: "test", Client: []lookerclient.Option{noWait}})
	if err != nil {
		return nil, err
	}
	return &enginetest.Operator{Registry: op.Registry, Instances: op.Instances, Pool: op.Pool}, nil
}
