package enginetest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/yaml"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/test/controlplane"
	"github.com/looker-operator/looker-operator/test/repository"
)

// Operator is what a Suite runs.
type Operator struct {
	Registry  *engine.Registry
	Instances reconcile.Reconciler
	Pool      *engine.Pool
}

// NewOperator builds an operator, as a start of the process does.
type NewOperator func(c client.Client, reader client.Reader, recorder events.EventRecorder, c2 clock.WithTicker) (*Operator, error)

// Suite is one control plane for all checks of a package.
type Suite struct {
	plane  *controlplane.ControlPlane
	scheme *runtime.Scheme
	admin  client.Client // a user who may do everything
	config *rest.Config  // the operator's own rights
	build  NewOperator
}

// The identity that the shipped manifests give the operator.
const (
	operatorNamespace = "looker-operator-system"
	operatorAccount   = "looker-operator"
)

// Main runs the tests of a package with a Suite.
func Main(m *testing.M, build NewOperator, use func(*Suite)) int {
	ctrllog.SetLogger(logr.Discard())
	// The checks wait for the API server more than they compute. A -parallel on
	// the command line still wins: it is parsed later.
	if err := flag.Set("test.parallel", "8"); err != nil {
		fmt.Fprintln(os.Stderr, "test.parallel:", err)
		return 1
	}
	plane, err := controlplane.Launch(controlplane.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, "control plane:", err)
		return 1
	}
	suite, err := newSuite(plane, build)
	if err != nil {
		fmt.Fprintln(os.Stderr, "suite:", err)
		return 1
	}
	use(suite)
	code := m.Run()
	if err := plane.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stopping the control plane:", err)
		return 1
	}
	return code
}

func newSuite(plane *controlplane.ControlPlane, build NewOperator) (*Suite, error) {
	s := &Suite{plane: plane, scheme: runtime.NewScheme(), build: build}
	if err := clientgoscheme.AddToScheme(s.scheme); err != nil {
		return nil, err
	}
	if err := v1alpha1.AddToScheme(s.scheme); err != nil {
		return nil, err
	}
	var err error
	if s.admin, err = client.New(unthrottled(plane.Config), client.Options{Scheme: s.scheme}); err != nil {
		return nil, err
	}
	s.config = unthrottled(plane.AsServiceAccount(operatorNamespace, operatorAccount))
	return s, s.grantShippedRights()
}

// With returns the suite with another operator.
func (s *Suite) With(build NewOperator) *Suite {
	other := *s
	other.build = build
	return &other
}

func unthrottled(c *rest.Config) *rest.Config {
	c = rest.CopyConfig(c)
	c.QPS = -1
	return c
}

// grantShippedRights applies the ClusterRole that the manifests ship, and binds
// it to the operator's account: no check runs with more.
func (s *Suite) grantShippedRights() error {
	root, err := repository.Root()
	if err != nil {
		return err
	}
	data, err := os.ReadFile(filepath.Join(root, "config", "rbac", "role.yaml"))
	if err != nil {
		return err
	}
	var role rbacv1.ClusterRole
	if err := yaml.Unmarshal(data, &role); err != nil {
		return err
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: role.Name},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: operatorNamespace, Name: operatorAccount}},
	}
	for _, o := range []client.Object{&role, binding} {
		if err := s.admin.Create(context.Background(), o); err != nil {
			return err
		}
	}
	return nil
}

// Namespace makes a namespace with labels.
func (s *Suite) Namespace(t *testing.T, labels map[string]string) string {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "t-", Labels: labels}}
	if err := s.admin.Create(t.Context(), ns); err != nil {
		t.Fatal(err)
	}
	return ns.Name
}
