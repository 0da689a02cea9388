// Package controlplane starts a real Kubernetes control plane for tests: etcd and
// kube-apiserver, with the operator's CRDs installed, and on request
// kube-controller-manager beside them. There are no nodes and no scheduler.
//
// The binaries come from the folder named by KUBEBUILDER_ASSETS, which "make
// test" sets after making sure that they are there.
//
// Without kube-controller-manager nothing finalises a namespace, collects owned
// objects or creates default ServiceAccounts. A client that still has a watch
// open when the control plane stops delays it until the stop timeout: cancel
// managers and informers first.
package controlplane

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/looker-operator/looker-operator/test/repository"
)

const (
	// AssetsVariable names the folder of etcd, kube-apiserver and kubectl.
	AssetsVariable = "KUBEBUILDER_ASSETS"
	// ControllerManagerVariable names the kube-controller-manager binary; unset,
	// it is looked for in the assets folder.
	ControllerManagerVariable = "TEST_ASSET_KUBE_CONTROLLER_MANAGER"

	// A start takes 3 to 5 seconds, but 14 have been seen where the binaries
	// were not in the page cache; envtest's own 20 seconds leave little room.
	startTimeout = 60 * time.Second
	stopTimeout  = 30 * time.Second
)

// Options says what to start. The zero value is an API server with the
// operator's CRDs.
type Options struct {
	// ControllerManager also starts kube-controller-manager, with the namespace,
	// garbage collection and ServiceAccount controllers.
	ControllerManager bool
	// NoCRDs leaves the operator's CRDs out.
	NoCRDs bool
	// CRDs are installed beside the operator's own.
	CRDs []*apiextensionsv1.CustomResourceDefinition
	// Configure changes the environment before it starts, for instance a flag of
	// the API server.
	Configure func(*envtest.Environment)
}

// ControlPlane is a running control plane.
type ControlPlane struct {
	// Env is the environment, for its users and its API server's flags.
	Env *envtest.Environment
	// Config is the connection of a cluster administrator (system:masters).
	Config *rest.Config

	folder  string
	manager *process
}

// Start starts a control plane and stops it when the test and its subtests end.
func Start(tb testing.TB, options Options) *ControlPlane {
	tb.Helper()
	plane, err := Launch(options)
	if err != nil {
		tb.Fatalf("control plane: %v", err)
	}
	tb.Cleanup(func() {
		if err := plane.Stop(); err != nil {
			tb.Errorf("stopping the control plane: %v", err)
		}
	})
	return plane
}

// Launch starts a control plane for a caller without a test, such as TestMain or
// a command. The caller stops it.
func Launch(options Options) (*ControlPlane, error) {
	assets, err := assetsFolder()
	if err != nil {
		return nil, err
	}
	env := &envtest.Environment{
		BinaryAssetsDirectory:    assets,
		CRDs:                     options.CRDs,
		ErrorIfCRDPathMissing:    true,
		ControlPlaneStartTimeout: startTimeout,
		ControlPlaneStopTimeout:  stopTimeout,
	}
	if !options.NoCRDs {
		root, err := repository.Root()
		if err != nil {
			return nil, err
		}
		env.CRDDirectoryPaths = []string{filepath.Join(root, "config", "crd", "bases")}
	}
	if options.Configure != nil {
		options.Configure(env)
	}
	plane := &ControlPlane{Env: env}
	if err := plane.launch(assets, options); err != nil {
		return nil, errors.Join(err, plane.Stop())
	}
	return plane, nil
}

func (p *ControlPlane) launch(assets string, options Options) error {
	var err error
	if p.folder, err = os.MkdirTemp("", "controlplane-"); err != nil {
		return err
	}
	if p.Config, err = p.Env.Start(); err != nil {
		return fmt.Errorf("starting etcd and kube-apiserver from %s: %w", assets, err)
	}
	if err := os.WriteFile(p.Kubeconfig(), p.Env.KubeConfig, 0o600); err != nil {
		return fmt.Errorf("writing the kubeconfig: %w", err)
	}
	if options.ControllerManager {
		return p.startControllerManager(assets)
	}
	return nil
}

// Stop ends every process that was started. It fails where one had to be killed.
func (p *ControlPlane) Stop() error {
	var errs []error
	// First: its watches would hold the API server back.
	if p.manager != nil {
		errs = append(errs, p.manager.stop(stopTimeout))
	}
	errs = append(errs, p.Env.Stop())
	if p.folder != "" {
		errs = append(errs, os.RemoveAll(p.folder))
	}
	return errors.Join(errs...)
}

// Kubeconfig is the path of the administrator's kubeconfig. Stop removes it.
func (p *ControlPlane) Kubeconfig() string {
	return filepath.Join(p.folder, "kubeconfig")
}

// Kubectl is the path of kubectl.
func (p *ControlPlane) Kubectl() string {
	return p.Env.ControlPlane.KubectlPath
}

// AsServiceAccount is a connection that has the rights of a ServiceAccount and no
// others, by impersonation. The ServiceAccount need not exist.
func (p *ControlPlane) AsServiceAccount(namespace, name string) *rest.Config {
	config := rest.CopyConfig(p.Config)
	config.Impersonate = rest.ImpersonationConfig{
		UserName: "system:serviceaccount:" + namespace + ":" + name,
		Groups:   []string{"system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated"},
	}
	return config
}

// assetsFolder is the folder of the control plane's binaries, checked.
func assetsFolder() (string, error) {
	folder := os.Getenv(AssetsVariable)
	if folder == "" {
		return "", fmt.Errorf("%s is not set: run \"make test\", which builds the control plane and sets it, "+
			"or export %s=\"$(hack/controlplane/ensure.sh)\"", AssetsVariable, AssetsVariable)
	}
	for _, name := range []string{"etcd", "kube-apiserver", "kubectl"} {
		if err := executable(filepath.Join(folder, name)); err != nil {
			return "", fmt.Errorf("%s=%s is not usable: %w", AssetsVariable, folder, err)
		}
	}
	return folder, nil
}

func executable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.IsDir() || info.Mode()&0o111 == 0 {
		return fmt.Errorf("%s is not an executable file", path)
	}
	return nil
}

// RepositoryRoot is repository.Root, for suites that need nothing else of it.
func RepositoryRoot() (string, error) { return repository.Root() }
