package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/hack/internal/cluster"
	"github.com/looker-operator/looker-operator/hack/internal/mockclient"
	"github.com/looker-operator/looker-operator/hack/internal/process"
	"github.com/looker-operator/looker-operator/test/controlplane"
	"github.com/looker-operator/looker-operator/test/repository"
)

// demo is one run.
type demo struct {
	options
	progress *progress
	cancel   context.CancelCauseFunc
	root     string // the repository
	folder   string // for everything temporary; the janitor removes it if the demo cannot
	janitor  *exec.Cmd
	alive    io.Closer // tells the janitor that the demo lives

	plane    *controlplane.ControlPlane
	admin    client.Client
	children []*process.Child
	operator *process.Child
	mock     mockclient.Client
	samples  []sample
}

func newDemo(o options, p *progress) (*demo, error) {
	root, err := repository.Root()
	if err != nil {
		return nil, err
	}
	if !filepath.IsAbs(o.logs) {
		o.logs = filepath.Join(root, o.logs)
	}
	if err := os.MkdirAll(o.logs, 0o755); err != nil {
		return nil, err
	}
	d := &demo{options: o, progress: p, root: root}
	if d.folder, err = os.MkdirTemp("", "looker-demo-"); err != nil {
		return nil, err
	}
	if d.janitor, d.alive, err = process.HireJanitor(d.folder); err != nil {
		return nil, errors.Join(err, os.RemoveAll(d.folder))
	}
	if err := d.furnish(); err != nil {
		return nil, errors.Join(err, d.close(false))
	}
	return d, nil
}

// furnish makes the folders. What the control plane and the Go command put aside
// goes into the demo's as well.
func (d *demo) furnish() error {
	for _, name := range []string{process.PidFolder, "tmp", "bin"} {
		if err := os.Mkdir(filepath.Join(d.folder, name), 0o700); err != nil {
			return err
		}
	}
	if err := os.Setenv("TMPDIR", filepath.Join(d.folder, "tmp")); err != nil {
		return err
	}
	// The operator takes its connection from a flag and from nowhere else.
	if err := os.Unsetenv("KUBECONFIG"); err != nil {
		return err
	}
	var err error
	d.logs, err = os.MkdirTemp(d.logs, "demo-")
	return err
}

// perform runs the steps, and stays up after them unless told otherwise. A
// process that ends by itself ends the demo.
func (d *demo) perform(ctx context.Context, cancel context.CancelCauseFunc) error {
	d.cancel = cancel
	steps := []struct {
		title string
		run   func(context.Context) (string, error)
	}{
		{"Start etcd and kube-apiserver, and build the operator and the mock Looker", d.startControlPlane},
		{"Start the mock Looker", d.startMock},
		{"Start the operator under its own ServiceAccount", d.startOperator},
		{"Apply config/samples and wait until every resource is Ready", d.applySamples},
		{"Rename a folder by hand in Looker, and see the operator put it back", d.showDrift},
		{"Delete a resource, and see its object gone from Looker", d.showDeletion},
	}
	d.progress.steps = len(steps)
	for _, s := range steps {
		d.progress.step(s.title)
		result, err := s.run(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", strings.ToLower(s.title[:1])+s.title[1:], err)
		}
		d.progress.done("%s", result)
	}
	if err := d.summary(ctx); err != nil {
		return err
	}
	if d.once {
		return nil
	}
	d.progress.print(d.invitation())
	<-ctx.Done()
	if cause := context.Cause(ctx); !errors.Is(cause, process.ErrInterrupted) {
		return cause
	}
	d.progress.print("\nEnding everything ...")
	return nil
}

// start starts a child and lets its unexpected end end the demo.
func (d *demo) start(name, program string, args ...string) (*process.Child, error) {
	c, err := process.Start(d.folder, filepath.Join(d.logs, name+".log"), name, program, args...)
	if err != nil {
		return nil, err
	}
	d.children = append(d.children, c)
	go func() {
		<-c.Ended
		d.cancel(c.Died())
	}()
	return c, nil
}

// startControlPlane builds what is needed while the control plane starts.
func (d *demo) startControlPlane(ctx context.Context) (string, error) {
	built := make(chan error, 1)
	go func() { built <- d.build(ctx) }()
	plane, err := cluster.Launch(d.folder, nil)
	d.plane = plane
	if err := errors.Join(err, <-built, context.Cause(ctx)); err != nil {
		return "", err
	}
	config := rest.CopyConfig(plane.Config)
	config.QPS = -1
	d.admin, err = client.New(config, client.Options{Scheme: scheme.Scheme})
	return fmt.Sprintf("API server at %s", plane.Config.Host), err
}

func (d *demo) build(ctx context.Context) error {
	command := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(d.folder, "bin")+"/", "./cmd/looker-operator", "./hack/mocklooker")
	command.Dir = d.root
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, output)
	}
	return nil
}

// explain shows what the operator said last, after a failure.
func (d *demo) explain() {
	if d.operator == nil {
		return
	}
	d.progress.print(fmt.Sprintf("\nThe operator's last lines (all of them are in %s):\n%s", d.operator.Log, process.LastLines(d.operator.Log, 30)))
}

// close ends everything that was started, the last first.
func (d *demo) close(worked bool) error {
	var errs []error
	for i := len(d.children) - 1; i >= 0; i-- {
		errs = append(errs, d.children[i].Stop())
	}
	if d.plane != nil {
		errs = append(errs, d.plane.Stop())
	}
	if worked { // the logs have nothing to tell
		errs = append(errs, os.RemoveAll(d.logs))
	}
	if errors.Join(errs...) == nil { // otherwise the janitor has to look after it
		errs = append(errs, os.RemoveAll(d.folder))
	}
	return errors.Join(append(errs, d.alive.Close(), d.janitor.Wait())...)
}

// waitFor asks again and again until done reports true. What it says in the
// meantime is shown.
func (d *demo) waitFor(ctx context.Context, limit time.Duration, done func() (bool, string, error)) error {
	deadline := time.Now().Add(limit)
	for {
		ok, state, err := done()
		if err != nil || ok {
			return err
		}
		if state != "" {
			d.progress.status("%s", state)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not within %s: %s", limit, state)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
