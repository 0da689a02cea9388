// Command bench measures what the operator costs: calls to Looker, writes to
// Kubernetes, time, memory and processor time, at 100, 1,000 and 10,000 objects.
//
//	make bench             # everything, at most an hour on two cores
//	make bench SIZE=1000   # one size
//
// It runs a Kubernetes API server with etcd, a mock Looker whose answers take as
// long as those of recorded traffic, and the operator as a process of its own with
// the rights of its own ServiceAccount. Results go to out/bench.json.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/looker-operator/looker-operator/hack/internal/latency"
	"github.com/looker-operator/looker-operator/hack/internal/process"
	"github.com/looker-operator/looker-operator/test/repository"
)

// options are what the command line says.
type options struct {
	mixes  []mix
	out    string
	logs   string
	check  bool
	outage time.Duration
	rest   time.Duration
	only   []string
	// latency is that of the mock: the recorded one, unless scaled for a smoke test.
	latency latency.Distribution
}

func main() {
	if served, err := process.ServeJanitor(); err != nil {
		fmt.Fprintln(os.Stderr, "bench: cleaning up:", err)
		os.Exit(1)
	} else if served {
		return
	}
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		os.Exit(2) // the reason has been printed
	}
	if err := bench(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "\nbench:", err)
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var o options
	var sizes, only string
	var scale float64
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&sizes, "sizes", "100,1000,10000,peer", "numbers of objects, and peer for the mix on which a Terraform provider was measured")
	flags.StringVar(&only, "scenarios", "", "scenarios to run, separated by commas; default: all. apply is always run")
	flags.StringVar(&o.out, "out", "out/bench.json", "file, from the repository's root, for the results")
	flags.StringVar(&o.logs, "logs", "out/bench-logs", "folder, from the repository's root, for the logs of the operator and the mock")
	flags.BoolVar(&o.check, "check", false, "fail if a target at 10,000 objects is missed")
	flags.DurationVar(&o.outage, "outage", time.Minute, "how long the outage of Looker lasts")
	flags.DurationVar(&o.rest, "rest", 30*time.Second, "how long memory and CPU at rest are measured")
	flags.Float64Var(&scale, "latency-scale", 1, "times the recorded latency; another one than 1 is for smoke tests, not for figures")
	err := flags.Parse(args)
	if err != nil {
		return o, err
	}
	o.latency = latency.Recorded.Scaled(scale)
	if o.mixes, err = parseMixes(sizes); err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q; all settings are flags", flags.Arg(0))
	}
	if err == nil && scale <= 0 {
		err = fmt.Errorf("--latency-scale %g: want a number above 0", scale)
	}
	if only != "" {
		o.only = append(strings.Split(only, ","), "apply")
	}
	for _, name := range o.only {
		if !slices.ContainsFunc(scenarios, func(s scenario) bool { return s.name == name }) {
			err = errors.Join(err, fmt.Errorf("--scenarios: there is no scenario %q", name))
		}
	}
	if err != nil {
		fmt.Fprintln(flags.Output(), err)
	}
	return o, err
}

// smallest is the size below which the mix lacks some sort of object.
const smallest = 50

func parseMixes(sizes string) ([]mix, error) {
	var out []mix
	for text := range strings.SplitSeq(sizes, ",") {
		if text == "peer" {
			out = append(out, peer())
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < smallest {
			return nil, fmt.Errorf("--sizes: %q is neither a number of objects from %d on nor peer", text, smallest)
		}
		out = append(out, sized(n))
	}
	return out, nil
}

// bench runs all mixes, one after the other, each in a world of its own.
func bench(o options, out io.Writer) error {
	ctx, cancel := process.Interruptible()
	defer cancel(nil)
	log.SetLogger(zap.New(zap.WriteTo(io.Discard)))
	root, err := repository.Root()
	if err != nil {
		return err
	}
	for _, path := range []*string{&o.out, &o.logs} {
		if !filepath.IsAbs(*path) {
			*path = filepath.Join(root, *path)
		}
	}
	if err := os.Unsetenv("KUBECONFIG"); err != nil { // the operator takes its connection from a flag
		return err
	}
	started := time.Now()
	say := func(format string, args ...any) {
		fmt.Fprintf(out, "[%6.1fs] %s\n", time.Since(started).Seconds(), fmt.Sprintf(format, args...))
	}
	missed, err := benchAll(ctx, o, root, say, out)
	if err != nil {
		return err
	}
	if len(missed) > 0 {
		fmt.Fprintf(out, "\nTargets missed: %s\n", strings.Join(missed, ", "))
		if o.check {
			return fmt.Errorf("%d targets missed", len(missed))
		}
	}
	return nil
}

func benchAll(ctx context.Context, o options, root string, say func(string, ...any), out io.Writer) (missed []string, err error) {
	base, err := os.MkdirTemp("", "looker-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(base)) }()
	say("building the operator and the mock Looker")
	if err := build(ctx, root, base); err != nil {
		return nil, err
	}
	mean := o.latency.Mean()
	say("an answer of Looker takes %s on average, %s in the median; at most %d calls at a time", mean.Round(time.Millisecond/10), o.latency.Median, inFlight)
	all := figures{"latency.mean.seconds": mean.Seconds(), "inflight": inFlight}
	for _, t := range targets {
		all["target."+t.key] = t.most
	}
	for _, m := range o.mixes {
		x := &run{mix: m, options: o, mean: mean, figures: figures{}, rig: &rig{root: root, folder: filepath.Join(base, m.name), logs: filepath.Join(o.logs, m.name), say: say, latency: o.latency}}
		if err := x.isolated(ctx); err != nil {
			return nil, err
		}
		for key, value := range x.figures {
			all[key] = value
		}
		text, misses := all.table(m.name)
		fmt.Fprintf(out, "\n%s\n", text)
		if m.name == judged {
			missed = misses
		}
		if err := all.write(o.out); err != nil {
			return nil, err
		}
	}
	say("results are in %s", o.out)
	return missed, nil
}

// isolated runs one mix, and leaves nothing of it behind.
func (x *run) isolated(ctx context.Context) (err error) {
	for _, folder := range []string{x.folder, x.logs} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	janitor, alive, err := process.HireJanitor(x.folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.raze(), alive.Close(), janitor.Wait()) }()
	list := scenarios
	if x.mix.name == "peer" {
		list = peerScenarios
	}
	if x.options.only != nil {
		list = slices.DeleteFunc(slices.Clone(list), func(s scenario) bool { return !slices.Contains(x.options.only, s.name) })
	}
	return x.perform(ctx, list)
}
