// Command mocklooker serves a mock Looker instance for demonstrations and for trying the operator out.
//
//	go run ./hack/mocklooker --listen 127.0.0.1:9999 --latency 180ms --client-id demo --client-secret demo
//
// Besides /api/4.0 it serves, on loopback only, GET /_mock/calls, GET /_mock/log[?after=n], GET /_mock/state[/{kind}], POST /_mock/reset[?state=true],
// PUT /_mock/faults (a JSON list that replaces all faults), GET /_mock/rows/{kind}/{id}, and PUT or DELETE of it: a change by hand.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"

	"github.com/looker-operator/looker-operator/hack/internal/latency"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(0)
	case err != nil:
		fmt.Fprintln(os.Stderr, "mocklooker:", err)
		os.Exit(1)
	}
}

// config is what the command line says.
type config struct {
	listen      string
	allowRemote bool
	latency     latency.Distribution
	id, secret  string
	release     string
	core        bool
	lenient     bool
}

var releaseForm = regexp.MustCompile(`^[0-9]{2}\.[0-9]{1,2}$`)

func parse(args []string) (config, error) {
	var c config
	f := flag.NewFlagSet("mocklooker", flag.ContinueOnError)
	f.StringVar(&c.listen, "listen", "127.0.0.1:9999", "address to serve on; port 0 picks one")
	f.BoolVar(&c.allowRemote, "allow-remote", false, "serve on an address other than loopback")
	f.DurationVar(&c.latency.Median, "latency", 0, "median time an answer takes")
	f.DurationVar(&c.latency.P90, "latency-p90", 0, "time within which 9 of 10 answers come; with --latency, times follow a log-normal distribution")
	f.DurationVar(&c.latency.P99, "latency-p99", 0, "time within which 99 of 100 answers come; the slowest tenth gets a spread of its own")
	f.StringVar(&c.id, "client-id", "demo", "client id of the operator's API key")
	f.StringVar(&c.secret, "client-secret", "demo", "client secret of the operator's API key")
	f.StringVar(&c.release, "release", "", "Looker release to be, such as 25.4; newer endpoints and fields are absent (default: the newest known)")
	f.BoolVar(&c.core, "core", false, "be a Looker (Google Cloud core): 403 where its documentation says so")
	f.BoolVar(&c.lenient, "lenient", false, "ignore unknown body fields and query parameters instead of refusing them")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	if f.NArg() > 0 {
		return c, fmt.Errorf("unexpected argument %q; all settings are flags", f.Arg(0))
	}
	return c, c.check()
}

func (c config) check() error {
	host, _, err := net.SplitHostPort(c.listen)
	if err != nil {
		return fmt.Errorf("--listen %q: want host:port, for example 127.0.0.1:9999", c.listen)
	}
	if ip := net.ParseIP(host); !c.allowRemote && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("--listen %q is not a loopback address; the mock speaks plain HTTP with well-known credentials, so other machines may only reach it with --allow-remote", c.listen)
	}
	if c.release != "" && !releaseForm.MatchString(c.release) {
		return fmt.Errorf("--release %q: want <year>.<number>, for example 25.4", c.release)
	}
	if c.id == "" || c.secret == "" {
		return errors.New("--client-id and --client-secret must not be empty")
	}
	return c.latency.Check()
}

func (c config) options() []lookertest.Option {
	opts := []lookertest.Option{lookertest.WithCredentials(c.id, c.secret), lookertest.WithLatency(c.latency.Sample), lookertest.WithStrict(!c.lenient)}
	if c.release != "" {
		opts = append(opts, lookertest.WithRelease(c.release))
	}
	if c.core {
		opts = append(opts, lookertest.WithCore())
	}
	return opts
}

// run serves until the context ends, then lets the answers under way finish.
func run(ctx context.Context, args []string, out io.Writer) error {
	c, err := parse(args)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.listen)
	if err != nil {
		return err
	}
	looker := lookertest.New(c.options()...)
	looker.SetURL("http://" + listener.Addr().String())
	server := &http.Server{Handler: looker, ReadHeaderTimeout: 10 * time.Second}
	if _, err := fmt.Fprintf(out, "mock Looker on %s\n", looker.URL()); err != nil {
		return errors.Join(err, listener.Close())
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return server.Shutdown(grace)
}
