package controlplane

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// startControllerManager starts kube-controller-manager with the controllers
// that a test of deletions needs. Its first effect is visible within about a
// second; a deleted namespace is gone after about five.
func (p *ControlPlane) startControllerManager(assets string) error {
	path := os.Getenv(ControllerManagerVariable)
	if path == "" {
		path = filepath.Join(assets, "kube-controller-manager")
	}
	if err := executable(path); err != nil {
		return fmt.Errorf("kube-controller-manager is needed beside the API server, and setup-envtest does not bring it: "+
			"set %s=\"$(hack/controlplane/ensure.sh kube-controller-manager)\": %w", ControllerManagerVariable, err)
	}
	manager, err := startProcess(exec.Command(path,
		"--kubeconfig="+p.Kubeconfig(),
		"--leader-elect=false",
		"--bind-address=127.0.0.1",
		"--secure-port=0",
		"--authentication-skip-lookup=true",
		"--controllers=garbage-collector-controller,namespace-controller,"+
			"serviceaccount-controller,serviceaccount-token-controller",
		"--service-account-private-key-file="+
			filepath.Join(p.Env.ControlPlane.GetAPIServer().CertDir, "sa-signer.key"),
	))
	if err != nil {
		return fmt.Errorf("starting kube-controller-manager: %w", err)
	}
	p.manager = manager
	return nil
}

// process is a running child. Its output is kept for the error of a child that
// ended by itself.
type process struct {
	command *exec.Cmd
	output  tail
	ended   chan struct{}
	err     error // of the child's end; read after ended is closed
}

func startProcess(command *exec.Cmd) (*process, error) {
	p := &process{command: command, ended: make(chan struct{})}
	command.Stdout, command.Stderr = &p.output, &p.output
	if err := command.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = command.Wait()
		close(p.ended)
	}()
	return p, nil
}

// stop ends the child with SIGTERM, or SIGKILL and an error after the limit. A
// child that had ended before is an error as well.
func (p *process) stop(limit time.Duration) error {
	name := filepath.Base(p.command.Path)
	select {
	case <-p.ended:
		return fmt.Errorf("%s ended by itself: %w\n%s", name, p.err, p.output.String())
	default:
	}
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("ending %s: %w", name, err)
	}
	select {
	case <-p.ended:
		return nil // The signal is the cause of whatever Wait returned.
	case <-time.After(limit):
		return errors.Join(fmt.Errorf("%s did not end within %s", name, limit), p.command.Process.Kill())
	}
}

// tail keeps the last bytes written to it.
type tail struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

const tailBytes = 8 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.buffer.Write(b)
	if excess := t.buffer.Len() - tailBytes; excess > 0 {
		t.buffer.Next(excess)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.buffer.String()
}
