package operator

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/test/controlplane"
	"github.com/looker-operator/looker-operator/test/manifests"
)

// What all tests share. Each has a namespace, a mock Looker and a manager of its own.
var (
	plane  *controlplane.ControlPlane
	scheme = runtime.NewScheme()
	admin  client.Client // a user who may do everything
)

// TestMain adds kube-controller-manager to the control plane: a namespace is
// deleted by it.
func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	logs, err := os.CreateTemp("", "operator-*.log")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.Remove(logs.Name())
	ctrl.SetLogger(zap.New(errorsOnly(), zap.WriteTo(logs)))
	if plane, err = controlplane.Launch(controlplane.Options{ControllerManager: true}); err != nil {
		fmt.Fprintln(os.Stderr, "control plane:", err)
		return 1
	}
	if err = prepare(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "prepare:", err)
		return 1
	}
	code := m.Run()
	if err := plane.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stopping the control plane:", err)
		code = 1
	}
	if code != 0 {
		printTail(logs.Name())
	}
	return code
}

// errorsOnly is the level of the log, set as the command's flag sets it.
func errorsOnly() zap.Opts {
	var options zap.Options
	flags := flag.NewFlagSet("", flag.PanicOnError)
	options.BindFlags(flags)
	for name, value := range map[string]string{"zap-log-level": "error", "zap-stacktrace-level": "panic"} {
		if err := flags.Set(name, value); err != nil {
			panic(err) // no such flag
		}
	}
	return zap.UseFlagOptions(&options)
}

// printTail shows the end of the operators' log.
func printTail(file string) {
	const most = 20_000
	log, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Fprintf(os.Stderr, "the end of the operators' log:\n%s\n", log[max(0, len(log)-most):])
}

func prepare(ctx context.Context) error {
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return err
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return err
	}
	var err error
	if admin, err = client.New(unthrottled(plane.Config), client.Options{Scheme: scheme}); err != nil {
		return err
	}
	return grantShippedRights(ctx)
}

// grantShippedRights applies the ClusterRole of the manifests, as rendered, and
// binds it to the ServiceAccount that they name. No test runs with more.
func grantShippedRights(ctx context.Context) error {
	objects, err := manifests.Render("config/default")
	if err != nil {
		return err
	}
	applied := 0
	for _, o := range objects {
		kind, name := o.GetKind(), o.GetName()
		if (kind != "ClusterRole" && kind != "ClusterRoleBinding") || name != "looker-operator-manager" {
			continue
		}
		if err := admin.Apply(ctx, client.ApplyConfigurationFromUnstructured(o), client.FieldOwner("test")); err != nil {
			return err
		}
		applied++
	}
	if applied != 2 {
		return fmt.Errorf("config/default has %d of the manager's ClusterRole and its %s", applied, rbacv1.SchemeGroupVersion.WithKind("ClusterRoleBinding"))
	}
	return nil
}

func unthrottled(c *rest.Config) *rest.Config {
	c = rest.CopyConfig(c)
	c.QPS = -1
	return c
}
