package controlplane

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func TestAServiceAccountHasOnlyItsOwnRights(t *testing.T) {
	t.Parallel()
	plane := Start(t, Options{NoCRDs: true})
	admin := newClient(t, plane)
	if err := admin.List(t.Context(), &corev1.SecretList{}); err != nil {
		t.Errorf("the administrator may not list Secrets: %v", err)
	}
	account, err := client.New(plane.AsServiceAccount("default", "nobody"), client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := account.List(t.Context(), &corev1.SecretList{}); !apierrors.IsForbidden(err) {
		t.Errorf("a ServiceAccount without roles may list Secrets: %v", err)
	}
}

func TestTheControllerManagerFinalisesNamespaces(t *testing.T) {
	t.Parallel()
	plane := Start(t, Options{NoCRDs: true, ControllerManager: true})
	admin := newClient(t, plane)
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "gone"}}
	if err := admin.Create(t.Context(), namespace); err != nil {
		t.Fatal(err)
	}
	if err := admin.Delete(t.Context(), namespace); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		err := admin.Get(t.Context(), client.ObjectKeyFromObject(namespace), namespace)
		if apierrors.IsNotFound(err) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatal("the namespace is still there after a minute")
		}
	}
}

func TestKubectlWorksWithTheKubeconfig(t *testing.T) {
	t.Parallel()
	plane := Start(t, Options{NoCRDs: true})
	output, err := exec.CommandContext(t.Context(), plane.Kubectl(), "--kubeconfig", plane.Kubeconfig(),
		"auth", "can-i", "*", "*", "--all-namespaces").CombinedOutput()
	if err != nil || strings.TrimSpace(string(output)) != "yes" {
		t.Errorf("kubectl: %v\n%s", err, output)
	}
}

func TestUnusableAssetsAreNamedWithTheRemedy(t *testing.T) {
	incomplete := t.TempDir()
	if err := os.WriteFile(filepath.Join(incomplete, "etcd"), nil, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ assets, want string }{
		{"", "make test"},
		{incomplete, "kube-apiserver"},
	} {
		t.Setenv(AssetsVariable, c.assets)
		if _, err := Launch(Options{NoCRDs: true}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s=%q: the error does not name %q: %v", AssetsVariable, c.assets, c.want, err)
		}
	}
}

func TestAMissingControllerManagerIsNamedWithTheRemedy(t *testing.T) {
	t.Setenv(ControllerManagerVariable, filepath.Join(t.TempDir(), "absent"))
	_, err := Launch(Options{NoCRDs: true, ControllerManager: true})
	if err == nil || !strings.Contains(err.Error(), "ensure.sh kube-controller-manager") {
		t.Errorf("the error does not say what to do: %v", err)
	}
}

func TestAProcessThatEndedByItselfIsAnErrorWithItsOutput(t *testing.T) {
	t.Parallel()
	p, err := startProcess(exec.Command("sh", "-c", "echo reason >&2; exit 3"))
	if err != nil {
		t.Fatal(err)
	}
	<-p.ended
	if err := p.stop(time.Second); err == nil || !strings.Contains(err.Error(), "reason") {
		t.Errorf("the error does not carry the output: %v", err)
	}
}

func TestAProcessThatIgnoresTheSignalIsKilledAndReported(t *testing.T) {
	t.Parallel()
	// The output says when the trap is set; the builtin loop leaves no child behind.
	p, err := startProcess(exec.Command("sh", "-c", "trap '' TERM; echo ready; while :; do read -r _ <&-; done 2>/dev/null"))
	if err != nil {
		t.Fatal(err)
	}
	for p.output.String() == "" {
		time.Sleep(time.Millisecond)
	}
	if err := p.stop(10 * time.Millisecond); err == nil {
		t.Error("no error")
	}
	<-p.ended
}

func newClient(t *testing.T, plane *ControlPlane) client.Client {
	t.Helper()
	c, err := client.New(plane.Config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
