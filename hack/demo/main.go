// Command demo shows the operator at work, on this machine alone: etcd and a
// Kubernetes API server, a mock Looker, and the operator as a process of its own
// with the rights of its own ServiceAccount.
//
//	make demo          # stays up until Ctrl-C
//	make demo ONCE=1   # ends by itself; exit code 0 if everything worked
//
// Whatever ends it, no process and no temporary file is left behind.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/looker-operator/looker-operator/hack/internal/process"
)

// options are what the command line says.
type options struct {
	once    bool
	latency time.Duration
	limit   time.Duration
	logs    string
}

func main() {
	if served, err := process.ServeJanitor(); err != nil {
		fmt.Fprintln(os.Stderr, "demo: cleaning up:", err)
		os.Exit(1)
	} else if served {
		return
	}
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		os.Exit(2) // the flag package has said why
	}
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.BoolVar(&o.once, "once", false, "end after the last step instead of staying up")
	flags.DurationVar(&o.latency, "latency", 180*time.Millisecond, "time that the mock Looker takes for an answer")
	flags.DurationVar(&o.limit, "timeout", 2*time.Minute, "how long the samples may take to become Ready")
	flags.StringVar(&o.logs, "logs", "out", "folder, from the repository's root, where the logs are kept of a demo that fails")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("unexpected argument %q; all settings are flags", flags.Arg(0))
		fmt.Fprintln(flags.Output(), err)
		return o, err
	}
	return o, nil
}

// run runs the whole demo and cleans up behind it.
func run(o options, out io.Writer) error {
	ctx, cancel := process.Interruptible()
	defer cancel(nil)
	log.SetLogger(zap.New(zap.WriteTo(io.Discard))) // its own; the operator's is in a file
	d, err := newDemo(o, newProgress(out))
	if err != nil {
		return err
	}
	err = d.perform(ctx, cancel)
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w (%w)", cause, err)
	}
	if err != nil {
		d.progress.failed()
		d.explain()
	}
	return errors.Join(err, d.close(err == nil))
}
