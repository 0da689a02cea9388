package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/looker-operator/looker-operator/hack/internal/cluster"
	"github.com/looker-operator/looker-operator/hack/internal/latency"
	"github.com/looker-operator/looker-operator/hack/internal/mockclient"
	"github.com/looker-operator/looker-operator/hack/internal/process"
	"github.com/looker-operator/looker-operator/test/controlplane"
)

const namespace = "bench"

// rig is what a run of one mix works on: a control plane, a mock Looker and the
// operator, each a process of its own.
type rig struct {
	root, folder, logs string
	say                func(format string, args ...any)
	latency            latency.Distribution

	plane     *controlplane.ControlPlane
	admin     client.Client
	resources dynamic.Interface
	looker    mockclient.Client
	mock      *process.Child
	operator  *process.Child
	starts    int     // of the operator
	metrics   string  // address of the operator's metrics
	probes    string  // address of the operator's probes
	peak      float64 // most memory that any operator process had, in MB
	audited   int64   // how far the audit log has been read
	watch     *watch
}

func (r *rig) file(name string) string { return filepath.Join(r.folder, name) }

// raise starts the control plane and the mock, and prepares the namespace.
func (r *rig) raise(ctx context.Context) error {
	for _, name := range []string{process.PidFolder, "tmp"} {
		if err := os.MkdirAll(r.file(name), 0o700); err != nil {
			return err
		}
	}
	if err := os.WriteFile(r.file("audit-policy.yaml"), []byte(auditPolicy()), 0o600); err != nil {
		return err
	}
	var err error
	if r.plane, err = cluster.Launch(r.folder, r.configure); err != nil {
		return err
	}
	config := rest.CopyConfig(r.plane.Config)
	config.QPS = -1 // the bench must not be the bottleneck
	if r.admin, err = client.New(config, client.Options{Scheme: scheme.Scheme}); err != nil {
		return err
	}
	if r.resources, err = dynamic.NewForConfig(config); err != nil {
		return err
	}
	if err := cluster.ApplyRights(ctx, r.admin, "bench"); err != nil {
		return err
	}
	if err := cluster.WriteKubeconfig(ctx, r.plane, r.admin, r.file("operator.kubeconfig")); err != nil {
		return err
	}
	if err := r.startMock(ctx); err != nil {
		return err
	}
	if err := r.admin.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}); err != nil {
		return err
	}
	return r.admin.Create(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "looker-api"},
		StringData: map[string]string{"clientId": "bench", "clientSecret": "bench"}})
}

// configure lets the API server write down what the operator writes.
func (r *rig) configure(env *envtest.Environment) {
	env.ControlPlane.GetAPIServer().Configure().
		Append("audit-policy-file", r.file("audit-policy.yaml")).
		Append("audit-log-path", r.file("audit.log")).
		Append("audit-log-maxsize", "100000") // megabytes: it is read while it grows, and must not be rotated
}

func (r *rig) startMock(ctx context.Context) error {
	d := r.latency
	var err error
	r.mock, err = process.Start(r.folder, filepath.Join(r.logs, "mocklooker.log"), "mocklooker", r.file("../mocklooker"), "--listen", "127.0.0.1:0",
		"--client-id", "bench", "--client-secret", "bench", "--latency", d.Median.String(), "--latency-p90", d.P90.String(), "--latency-p99", d.P99.String())
	if err != nil {
		return err
	}
	err = r.until(ctx, 20*time.Second, func() (bool, error) {
		r.looker.URL, err = cluster.AddressInLog(r.mock.Log)
		return r.looker.URL != "", err
	})
	if err != nil {
		return fmt.Errorf("the mock Looker says no address: %w", err)
	}
	return r.looker.Set(ctx, "dashboard", "1", map[string]any{"title": "Numbers", "folder_id": "1"}) // what the schedules send
}

// startOperator starts the operator with the rights that its manifests ship.
func (r *rig) startOperator(ctx context.Context) error {
	var err error
	if r.metrics, err = cluster.FreeAddress(); err != nil {
		return err
	}
	if r.probes, err = cluster.FreeAddress(); err != nil {
		return err
	}
	r.starts++
	r.operator, err = process.Start(r.folder, filepath.Join(r.logs, fmt.Sprintf("operator-%d.log", r.starts)), "operator", r.file("../looker-operator"),
		"--kubeconfig", r.file("operator.kubeconfig"), "--metrics-bind-address="+r.metrics, "--metrics-secure=false", "--health-probe-bind-address="+r.probes)
	if err != nil {
		return err
	}
	return r.until(ctx, time.Minute, func() (bool, error) { return cluster.AnswersOK("http://" + r.probes + "/readyz"), nil })
}

// stopOperator ends the operator, and remembers its peak of memory.
func (r *rig) stopOperator() error {
	if r.operator == nil {
		return nil
	}
	u, err := usageOf(r.operator.Pid())
	if err == nil {
		r.peak = max(r.peak, u.peakMB)
	}
	err = errors.Join(err, r.operator.Stop())
	r.operator = nil
	return err
}

// raze ends everything.
func (r *rig) raze() error {
	var errs []error
	if r.watch != nil {
		r.watch.stop()
	}
	errs = append(errs, r.stopOperator())
	if r.mock != nil {
		errs = append(errs, r.mock.Stop())
	}
	if r.plane != nil {
		errs = append(errs, r.plane.Stop())
	}
	return errors.Join(append(errs, os.RemoveAll(r.folder))...)
}

// until asks again and again until done reports true, the limit is reached or a
// process is gone.
func (r *rig) until(ctx context.Context, limit time.Duration, done func() (bool, error)) error {
	deadline := time.Now().Add(limit)
	for {
		ok, err := done()
		if err != nil || ok {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not within %s", limit)
		}
		if err := r.wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

// wait waits, unless the run or one of its processes ends.
func (r *rig) wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-ended(r.mock):
		return r.mock.Died()
	case <-ended(r.operator):
		return fmt.Errorf("%w; its last lines:\n%s", r.operator.Died(), process.LastLines(r.operator.Log, 20))
	case <-timer.C:
		return nil
	}
}

// ended is closed when the child is gone; a child that was never started is not.
func ended(c *process.Child) <-chan struct{} {
	if c == nil {
		return nil
	}
	return c.Ended
}

// build builds the operator and the mock into a folder.
func build(ctx context.Context, root, folder string) error {
	command := exec.CommandContext(ctx, "go", "build", "-o", folder+"/", "./cmd/looker-operator", "./hack/mocklooker")
	command.Dir = root
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, output)
	}
	return nil
}
