// Command looker-operator reconciles the custom resources of
// looker-operator.dev against Looker.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
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

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("looker-operator", flag.ContinueOnError)
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
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q; see --help", flags.Arg(0))
	}
	return o, nil
}

func main() {
	o, err := parse(os.Args[1:])
	if err != nil {
		os.Exit(2) // the flag package has said why
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
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("kubeconfig: %w", err)
	}
	config.UserAgent = "looker-operator/" + version
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                        scheme,
		Cache:                         cacheOptions(o),
		Metrics:                       metricsOptions(o),
		HealthProbeBindAddress:        o.probeAddress,
		LeaderElection:                o.leaderElect,
		LeaderElectionID:              "looker-operator.looker-operator.dev",
		LeaderElectionNamespace:       o.leaderNamespace,
		LeaderElectionReleaseOnCancel: true, // main ends right after the manager does
	})
	if err != nil {
		return err
	}
	if err := mgr.AddHealthzCheck("healthz", healthz.Ping); err != nil {
		return err
	}
	if err := mgr.AddReadyzCheck("readyz", healthz.Ping); err != nil {
		return err
	}
	_, err = controllers.Setup(mgr, controllers.Options{Clock: clock.RealClock{}, SweepInterval: o.sweepInterval, Version: version})
	if err != nil {
		return err
	}
	ctrl.Log.Info("Starting", "version", version, "commit", commit)
	return mgr.Start(ctrl.SetupSignalHandler())
}

// cacheOptions keep out of memory what the operator never reads.
func cacheOptions(o options) cache.Options {
	options := cache.Options{DefaultTransform: cache.TransformStripManagedFields()}
	if o.namespaces == "" {
		return options
	}
	options.DefaultNamespaces = map[string]cache.Config{}
	for name := range strings.SplitSeq(o.namespaces, ",") {
		if name = strings.TrimSpace(name); name != "" {
			options.DefaultNamespaces[name] = cache.Config{}
		}
	}
	return options
}

func metricsOptions(o options) metricsserver.Options {
	options := metricsserver.Options{BindAddress: o.metricsAddress, SecureServing: o.metricsSecure}
	if o.metricsSecure {
		options.FilterProvider = filters.WithAuthenticationAndAuthorization
		// HTTP/2 adds nothing for a scraper, and has had its denials of service.
		options.TLSOpts = []func(*tls.Config){func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} }}
	}
	return options
}
