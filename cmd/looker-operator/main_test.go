package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
)

func TestABadCommandLineIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ argument, want string }{
		{"--sweep-interval=soon", "sweep-interval"},
		{"--nonesuch", "nonesuch"},
		{"serve", `"serve"`},
		{"--watch-namespaces= , ", "--watch-namespaces"},
	} {
		var out bytes.Buffer
		if _, err := parse([]string{c.argument}, &out); err == nil {
			t.Errorf("%s is accepted", c.argument)
		}
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: what is printed does not name %s:\n%s", c.argument, c.want, out.String())
		}
	}
	if _, err := parse([]string{"--help"}, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("--help: %v", err)
	}
}

func TestFlagsReachTheManager(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{
		"--leader-elect", "--leader-election-namespace=ops", "--watch-namespaces=b, a,",
		"--health-probe-bind-address=:1", "--metrics-bind-address=:2",
	}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	m := managerOptions(runtime.NewScheme(), o)
	if !m.LeaderElection || m.LeaderElectionNamespace != "ops" || m.HealthProbeBindAddress != ":1" || m.Metrics.BindAddress != ":2" {
		t.Errorf("the manager's options are %+v", m)
	}
	if !m.Metrics.SecureServing || m.Metrics.FilterProvider == nil {
		t.Error("the metrics are open to everybody")
	}
	var names []string
	for name := range m.Cache.DefaultNamespaces {
		names = append(names, name)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("it works in the namespaces %q", names)
	}
}

func TestATenthOfTheMemoryIsLeftToTheKernel(t *testing.T) { // not parallel: the settings are the process's
	t.Setenv("GOGC", "")
	percent, before := debug.SetGCPercent(100), debug.SetMemoryLimit(2_000_000_000)
	defer debug.SetMemoryLimit(before)
	defer debug.SetGCPercent(percent)
	if got := tuneMemory(); got != 1_800_000_000 {
		t.Errorf("of 2 GB, %d bytes are used", got)
	}
	if got := debug.SetMemoryLimit(-1); got != 1_800_000_000 {
		t.Errorf("the runtime's limit is %d", got)
	}
	if got := debug.SetGCPercent(100); got != gcPercent {
		t.Errorf("garbage is collected at %d %%", got)
	}
	debug.SetMemoryLimit(math.MaxInt64)
	t.Setenv("GOGC", "200")
	if got := tuneMemory(); got != 0 || debug.SetMemoryLimit(-1) != math.MaxInt64 {
		t.Errorf("without a limit, there is one of %d bytes", got)
	}
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("GOGC is overruled with %d %%", got)
	}
}
