// Package demo runs the demonstration, hack/demo, as its users do.
package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/looker-operator/looker-operator/test/controlplane"
	"github.com/looker-operator/looker-operator/test/repository"
)

// program is the built demonstration.
var program string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "demo-test-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	program = filepath.Join(folder, "demo")
	// Also what the demos build themselves: with a cold cache that takes minutes,
	// which are none of theirs.
	const module = "github.com/looker-operator/looker-operator/"
	build := exec.Command("go", "build", "-o", folder+"/", module+"hack/demo", module+"cmd/looker-operator", module+"hack/mocklooker")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return 1
	}
	return m.Run()
}

// demo is a run of the demonstration with a folder of its own for temporary files.
type demo struct {
	*testing.T
	command *exec.Cmd
	folder  string
	output  *output
}

// output is what a run shows, on both streams.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// start starts the demonstration. What it shows is also written to watch.
func start(t *testing.T, watch io.Writer, environment []string, args ...string) *demo {
	t.Helper()
	root, err := repository.Root()
	if err != nil {
		t.Fatal(err)
	}
	d := &demo{T: t, folder: t.TempDir(), output: &output{}}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	d.command = exec.CommandContext(ctx, program, append(args, "--logs="+t.TempDir())...)
	d.command.Dir = root
	d.command.Env = append(append(os.Environ(), "TMPDIR="+d.folder), environment...)
	d.command.Cancel = func() error { return d.command.Process.Signal(syscall.SIGTERM) }
	d.command.Stdout, d.command.Stderr = io.MultiWriter(d.output, watch), d.output
	if err := d.command.Start(); err != nil {
		t.Fatal(err)
	}
	return d
}

// exitCode waits for the end.
func (d *demo) exitCode() int {
	d.Helper()
	err := d.command.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		d.Fatal(err)
	}
	return d.command.ProcessState.ExitCode()
}

// wantNothingLeft fails if a file or a process of the run is left.
func (d *demo) wantNothingLeft(limit time.Duration) {
	d.Helper()
	for deadline := time.Now().Add(limit); ; time.Sleep(100 * time.Millisecond) {
		files, err := os.ReadDir(d.folder)
		if err != nil {
			d.Fatal(err)
		}
		processes := d.processes()
		if len(files) == 0 && len(processes) == 0 {
			return
		}
		if time.Now().After(deadline) {
			d.Fatalf("left behind: files %v, processes %q", files, processes)
		}
	}
}

// processes are the command lines that name the run's folder, where the system
// shows them as files.
func (d *demo) processes() []string {
	var out []string
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		d.Fatal(err)
	}
	for _, file := range lines {
		line, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended meanwhile
		}
		if strings.Contains(string(line), d.folder) {
			out = append(out, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return out
}

// until returns a writer and a channel that is closed once text was written.
func until(text string) (io.Writer, <-chan struct{}) {
	reader, writer := io.Pipe()
	seen := make(chan struct{})
	go func() {
		var all strings.Builder
		found := false
		buffer := make([]byte, 4096)
		for {
			n, err := reader.Read(buffer)
			all.Write(buffer[:n])
			if !found && strings.Contains(all.String(), text) {
				found = true
				close(seen)
			}
			if err != nil {
				return
			}
		}
	}()
	return writer, seen
}

func TestTheDemoWorksAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	d := start(t, io.Discard, nil, "--once")
	if code := d.exitCode(); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, d.output)
	}
	shown := d.output.String()
	for _, want := range []string{
		"system:serviceaccount:looker-operator-system:looker-operator-manager",
		"$ kubectl get looker -n finance",
		"lookerfolder.looker-operator.dev/finance ", "lookerinstance.looker-operator.dev/main ",
		"lookerschedule.looker-operator.dev/weekly-numbers ", "lookersetting.looker-operator.dev/instance ", "lookeruser.looker-operator.dev/cfo ",
		`became "Renamed by hand" and is "Finance" again`, "1 x PATCH /folders/{folder_id}",
		"schedule 1 is gone from Looker",
		"Calls that Looker counts: ",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("the output does not contain %q", want)
		}
	}
	if n := regexp.MustCompile(`([0-9]+) of ([0-9]+) are`).FindStringSubmatch(shown); n == nil || n[1] != n[2] || n[1] == "0" {
		t.Errorf("not every sample is Ready: %q", n)
	}
	if t.Failed() {
		t.Log(shown)
	}
	d.wantNothingLeft(5 * time.Second)
}

func TestTheDemoEndsWellWhenItIsToldTo(t *testing.T) {
	t.Parallel()
	watch, up := until("export KUBECONFIG=")
	d := start(t, watch, nil)
	select {
	case <-up:
	case <-time.After(2 * time.Minute):
		t.Errorf("the demo is not up after two minutes")
	}
	if err := d.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := d.exitCode(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, d.output)
	}
	d.wantNothingLeft(5 * time.Second)
}

func TestNothingIsLeftOfADemoThatIsKilled(t *testing.T) {
	t.Parallel()
	watch, up := until("Apply config/samples")
	d := start(t, watch, nil)
	select {
	case <-up:
	case <-time.After(2 * time.Minute):
		t.Errorf("the demo has not come to the samples after two minutes")
	}
	if err := d.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if code := d.exitCode(); code == 0 {
		t.Error("exit code 0")
	}
	d.wantNothingLeft(30 * time.Second)
}

func TestAFailureIsAnExitCodeAndAReason(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		environment []string
		args        []string
		want        string
	}{
		"without a control plane":                       {[]string{controlplane.AssetsVariable + "="}, []string{"--once"}, controlplane.AssetsVariable},
		"with samples that do not become Ready in time": {nil, []string{"--once", "--timeout=100ms"}, "LookerFolder finance: Ready="},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t, io.Discard, c.environment, c.args...)
			if code := d.exitCode(); code != 1 || !strings.Contains(d.output.String(), c.want) {
				t.Errorf("exit code %d, and the output should contain %q:\n%s", code, c.want, d.output)
			}
			d.wantNothingLeft(5 * time.Second)
		})
	}
}
