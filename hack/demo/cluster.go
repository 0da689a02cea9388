package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/looker-operator/looker-operator/hack/internal/cluster"
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
		var err error
		d.mock.URL, err = cluster.AddressInLog(c.Log)
		return d.mock.URL != "", "", err
	})
	if err != nil {
		return "", err
	}
	// A new Looker has no content; the samples schedule a dashboard.
	if err := d.mock.Set(ctx, "dashboard", "1", map[string]any{"title": "Finance numbers", "folder_id": "1"}); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s; an answer takes %s", d.mock.URL, d.latency), nil
}

// startOperator gives the operator the rights that the manifests ship, no more,
// and starts it with them.
func (d *demo) startOperator(ctx context.Context) (string, error) {
	if err := cluster.ApplyRights(ctx, d.admin, "demo"); err != nil {
		return "", err
	}
	kubeconfig := filepath.Join(d.folder, "operator.kubeconfig")
	if err := cluster.WriteKubeconfig(ctx, d.plane, d.admin, kubeconfig); err != nil {
		return "", err
	}
	probes, err := cluster.FreeAddress()
	if err != nil {
		return "", err
	}
	d.operator, err = d.start("operator", filepath.Join(d.folder, "bin", "looker-operator"), "--kubeconfig", kubeconfig,
		"--metrics-bind-address=0", "--health-probe-bind-address="+probes, "--sweep-interval=5s")
	if err != nil {
		return "", err
	}
	err = d.waitFor(ctx, 30*time.Second, func() (bool, string, error) { return cluster.AnswersOK("http://" + probes + "/readyz"), "", nil })
	return fmt.Sprintf("%s, process %d", cluster.OperatorUser(), d.operator.Pid()), err
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
