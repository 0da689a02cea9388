package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/test/manifests"
)

// The address and the API key that config/samples use.
const (
	sampleAddress = "127.0.0.1:9999"
	sampleKey     = "demo"
)

// startMock starts the mock Looker at the address of the samples or, where that
// is taken, at another.
func (d *demo) startMock(ctx context.Context) (string, error) {
	address := sampleAddress
	if listener, err := net.Listen("tcp", address); err != nil {
		address = "127.0.0.1:0"
	} else if err := listener.Close(); err != nil {
		return "", err
	}
	c, err := d.start("mocklooker", filepath.Join(d.folder, "bin", "mocklooker"), "--listen", address,
		"--client-id", sampleKey, "--client-secret", sampleKey, "--latency", d.latency.String())
	if err != nil {
		return "", err
	}
	err = d.waitFor(ctx, 20*time.Second, func() (bool, string, error) {
		text, err := os.ReadFile(c.log)
		if err != nil {
			return false, "", err
		}
		first, _, whole := strings.Cut(string(text), "\n")
		_, url, found := strings.Cut(first, "http://")
		d.mock.url = "http://" + url
		return whole && found, "", nil
	})
	if err != nil {
		return "", err
	}
	// A new Looker has no content; the samples schedule a dashboard.
	if err := d.mock.set(ctx, "dashboard", "1", map[string]any{"title": "Finance numbers", "folder_id": "1"}); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s; an answer takes %s", d.mock.url, d.latency), nil
}

// startOperator gives the operator the rights that the manifests ship, no more,
// and starts it with them.
func (d *demo) startOperator(ctx context.Context) (string, error) {
	if err := d.applyRights(ctx); err != nil {
		return "", err
	}
	kubeconfig := filepath.Join(d.folder, "operator.kubeconfig")
	if err := d.writeKubeconfig(ctx, kubeconfig); err != nil {
		return "", err
	}
	probes, err := freeAddress()
	if err != nil {
		return "", err
	}
	d.operator, err = d.start("operator", filepath.Join(d.folder, "bin", "looker-operator"), "--kubeconfig", kubeconfig,
		"--metrics-bind-address=0", "--health-probe-bind-address="+probes, "--sweep-interval=5s")
	if err != nil {
		return "", err
	}
	err = d.waitFor(ctx, 30*time.Second, func() (bool, string, error) { return answersOK("http://" + probes + "/readyz"), "", nil })
	return fmt.Sprintf("system:serviceaccount:%s:%s, process %d", manifests.Namespace, manifests.ServiceAccount, d.operator.command.Process.Pid), err
}

// applyRights applies what config/default has on namespaces, accounts and roles.
func (d *demo) applyRights(ctx context.Context) error {
	objects, err := manifests.Render("config/default")
	if err != nil {
		return err
	}
	kinds := []string{"Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}
	for _, o := range objects {
		if !slices.Contains(kinds, o.GetKind()) {
			continue
		}
		if err := d.admin.Apply(ctx, client.ApplyConfigurationFromUnstructured(o), client.FieldOwner("demo")); err != nil {
			return fmt.Errorf("%s %s: %w", o.GetKind(), o.GetName(), err)
		}
	}
	return nil
}

// writeKubeconfig writes a kubeconfig with a token of the ServiceAccount.
func (d *demo) writeKubeconfig(ctx context.Context, file string) error {
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: manifests.Namespace, Name: manifests.ServiceAccount}}
	day := int64(24 * 60 * 60)
	token := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &day}}
	if err := d.admin.SubResource("token").Create(ctx, account, token); err != nil {
		return fmt.Errorf("token of ServiceAccount %s: %w", account.Name, err)
	}
	const name = "demo"
	config := clientcmdapi.NewConfig()
	config.Clusters[name] = &clientcmdapi.Cluster{Server: d.plane.Config.Host, CertificateAuthorityData: d.plane.Config.CAData}
	config.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: token.Status.Token}
	config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	config.CurrentContext = name
	return clientcmd.WriteToFile(*config, file) // with mode 0600
}

// kubectl runs kubectl as the administrator.
func (d *demo) kubectl(ctx context.Context, stdin io.Reader, args ...string) (string, error) {
	var output, problems bytes.Buffer
	command := exec.CommandContext(ctx, d.plane.Kubectl(), append([]string{"--kubeconfig", d.plane.Kubeconfig()}, args...)...)
	command.Dir, command.Stdin, command.Stdout, command.Stderr = d.root, stdin, &output, &problems
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, bufferedLine(&problems))
	}
	return output.String(), nil
}

// bufferedLine is what a command complained about, in one line.
func bufferedLine(b *bytes.Buffer) string {
	var lines []string
	for scanner := bufio.NewScanner(b); scanner.Scan(); {
		lines = append(lines, scanner.Text())
	}
	return strings.Join(lines, "; ")
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

func answersOK(url string) bool {
	resp, err := http.Get(url)
	if err != nil {
		return false
	}
	return errors.Join(resp.Body.Close()) == nil && resp.StatusCode == http.StatusOK
}
