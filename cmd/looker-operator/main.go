// Command looker-operator reconciles the custom resources of
// looker-operator.dev against Looker.
package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers"
)

// Set by the linker.
var version, commit = "dev", "unknown"

type options struct {
	leaderElect       bool
	leaderNamespace   string
	probeAddress      string
	metricsAddress    string
	metricsSecure     bool
	namespaces        string
	sweepInterval     time.Duration
	zap               zap.Options
	showVersionAndEnd bool
}

// parse reads the command line, and says on out what is wrong with it.
func parse(args []string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("looker-operator", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.BoolVar(&o.leaderElect, "leader-elect", false, "let one of several replicas work, and the others stand by")
	flags.StringVar(&o.leaderNamespace, "leader-election-namespace", "", "namespace of the leader's Lease; default: the one it runs in")
	flags.StringVar(&o.probeAddress, "health-probe-bind-address", ":8081", "address of /healthz and /readyz; 0 for none")
	flags.StringVar(&o.metricsAddress, "metrics-bind-address", "0", "address of /metrics, such as :8443; 0 for none")
	flags.BoolVar(&o.metricsSecure, "metrics-secure", true, "serve metrics over TLS to those whom the API server authorises")
	flags.StringVar(&o.namespaces, "watch-namespaces", "", "namespaces to work in, separated by commas; default: all")
	flags.DurationVar(&o.sweepInterval, "sweep-interval", 0, "compare every kind with Looker this often, whatever the LookerInstance says; for demonstrations and tests")
	flags.BoolVar(&o.showVersionAndEnd, "version", false, "print the version and end")
	o.zap.BindFlags(flags)
	ctrl.RegisterFlags(flags)
	if err := flags.Parse(args); err != nil {
		return o, err // flags has said why
	}
	err := o.check(flags.Args())
	if err != nil {
		fmt.Fprintln(out, err)
	}
	return o, err
}

func (o options) check(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("unexpected argument %q; see --help", rest[0])
	}
	if o.namespaces != "" && len(o.namespaceNames()) == 0 {
		return fmt.Errorf("--watch-namespaces=%q names no namespace; leave it out to work in all", o.namespaces)
	}
	return nil
}

func main() {
	o, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		os.Exit(2) // parse has said why
	}
	if o.showVersionAndEnd {
		fmt.Println("looker-operator", version, commit)
		return
	}
	ctrl.SetLogger(zap.New(zap.UseFlagOptions(&o.zap)))
	if err := run(o); err != nil {
		ctrl.Log.Error(err, "looker-operator ended")
		os.Exit(1)
	}
}

func run(o options) error {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return err
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return err
	}
	// It sets no limit on requests to the API server, which has its own (API
	// priority and fairness): Looker is always the slower of the two.
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("kubeconfig: %w", err)
	}
	config.UserAgent = "looker-operator/" + version
	mgr, err := ctrl.NewManager(config, managerOptions(scheme, o))
	if err != nil {
		return err
	}
	if err := mgr.AddHealthzCheck("healthz", healthz.Ping); err != nil {
		return err
	}
	if err := mgr.Add(newReleaser()); err != nil {
		return err
	}
	ready := func(req *http.Request) error { return controllers.Ready(req.Context(), mgr.GetCache()) }
	if err := mgr.AddReadyzCheck("caches", ready); err != nil {
		return err
	}
	_, err = controllers.Setup(mgr, controllers.Options{Clock: clock.RealClock{}, SweepInterval: o.sweepInterval, Version: version})
	if err != nil {
		return err
	}
	ctrl.Log.Info("Starting", "version", version, "commit", commit, "memoryLimit", tuneMemory())
	return mgr.Start(ctrl.SetupSignalHandler())
}

func managerOptions(scheme *runtime.Scheme, o options) ctrl.Options {
	m := controllers.ManagerOptions(scheme, o.namespaceNames()...)
	m.Metrics = metricsOptions(o)
	m.HealthProbeBindAddress = o.probeAddress
	m.LeaderElection = o.leaderElect
	m.LeaderElectionNamespace = o.leaderNamespace
	return m
}

// namespaceNames are the namespaces of --watch-namespaces, none for all.
func (o options) namespaceNames() []string {
	var names []string
	for name := range strings.SplitSeq(o.namespaces, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func metricsOptions(o options) metricsserver.Options {
	options := metricsserver.Options{BindAddress: o.metricsAddress, SecureServing: o.metricsSecure}
	if o.metricsSecure {
		options.FilterProvider = onlyAuthorized
		// HTTP/2 adds nothing for a scraper, and has had its denials of service.
		options.TLSOpts = []func(*tls.Config){func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} }}
	}
	return options
}
