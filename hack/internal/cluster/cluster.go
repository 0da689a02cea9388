// Package cluster prepares a local control plane for the operator: the rights
// that its manifests ship, and a connection that has no others.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/looker-operator/looker-operator/hack/internal/process"
	"github.com/looker-operator/looker-operator/test/controlplane"
	"github.com/looker-operator/looker-operator/test/manifests"
)

// Launch starts a control plane by way of scripts that note the process ids in
// the run's folder. configure, if not nil, changes the environment before that.
func Launch(folder string, configure func(*envtest.Environment)) (*controlplane.ControlPlane, error) {
	assets := os.Getenv(controlplane.AssetsVariable)
	etcd, err := process.RecordingPid(folder, "etcd", filepath.Join(assets, "etcd"))
	if err != nil {
		return nil, err
	}
	apiServer, err := process.RecordingPid(folder, "kube-apiserver", filepath.Join(assets, "kube-apiserver"))
	if err != nil {
		return nil, err
	}
	return controlplane.Launch(controlplane.Options{Configure: func(env *envtest.Environment) {
		env.ControlPlane.Etcd = &envtest.Etcd{Path: etcd}
		env.ControlPlane.GetAPIServer().Path = apiServer
		if configure != nil {
			configure(env)
		}
	}})
}

// OperatorUser is the name under which the API server knows the operator.
func OperatorUser() string {
	return "system:serviceaccount:" + manifests.Namespace + ":" + manifests.ServiceAccount
}

// ApplyRights applies what config/default has on namespaces, accounts and roles.
func ApplyRights(ctx context.Context, admin client.Client, owner string) error {
	objects, err := manifests.Render("config/default")
	if err != nil {
		return err
	}
	kinds := []string{"Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}
	for _, o := range objects {
		if !slices.Contains(kinds, o.GetKind()) {
			continue
		}
		if err := admin.Apply(ctx, client.ApplyConfigurationFromUnstructured(o), client.FieldOwner(owner)); err != nil {
			return fmt.Errorf("%s %s: %w", o.GetKind(), o.GetName(), err)
		}
	}
	return nil
}

// WriteKubeconfig writes a kubeconfig with a token of the operator's
// ServiceAccount that is good for a day.
func WriteKubeconfig(ctx context.Context, plane *controlplane.ControlPlane, admin client.Client, file string) error {
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: manifests.Namespace, Name: manifests.ServiceAccount}}
	day := int64(24 * 60 * 60)
	token := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &day}}
	if err := admin.SubResource("token").Create(ctx, account, token); err != nil {
		return fmt.Errorf("token of ServiceAccount %s: %w", account.Name, err)
	}
	const name = "local"
	config := clientcmdapi.NewConfig()
	config.Clusters[name] = &clientcmdapi.Cluster{Server: plane.Config.Host, CertificateAuthorityData: plane.Config.CAData}
	config.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: token.Status.Token}
	config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	config.CurrentContext = name
	return clientcmd.WriteToFile(*config, file) // with mode 0600
}

// FreeAddress is a loopback address that nobody listens on.
func FreeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// AnswersOK reports whether a GET of the address answers 200.
func AnswersOK(url string) bool {
	resp, err := http.Get(url)
	if err != nil {
		return false
	}
	return errors.Join(resp.Body.Close()) == nil && resp.StatusCode == http.StatusOK
}

// AddressInLog is the http address that a server wrote into the first line of its
// log, or nothing as long as that line is not whole.
func AddressInLog(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	first, _, whole := strings.Cut(string(text), "\n")
	_, url, found := strings.Cut(first, "http://")
	if !whole || !found {
		return "", nil
	}
	return "http://" + url, nil
}
