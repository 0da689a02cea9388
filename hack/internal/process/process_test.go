package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMain makes this binary the janitor where that of a program would be: it works
// in a process of its own, which ignores signals.
func TestMain(m *testing.M) {
	if served, err := ServeJanitor(); err != nil {
		panic(err)
	} else if served {
		return
	}
	os.Exit(m.Run())
}

// family starts a shell that prepares itself and has a child.
func family(t *testing.T, folder, prepare string) *Child {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(folder, PidFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(folder, "log")
	c, err := Start(folder, log, "family", "sh", "-c", prepare+" sleep 300 & echo up; wait")
	if err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(LastLines(log, 1), "up") {
		time.Sleep(10 * time.Millisecond)
	}
	return c
}

func wantDead(t *testing.T, group int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); alive(group); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("process group %d is still there", group)
		}
	}
}

func TestAChildIsStoppedWithAllThatItStarted(t *testing.T) {
	t.Parallel()
	c := family(t, t.TempDir(), "")
	group := c.Pid()
	if !alive(group) {
		t.Fatal("the child did not start")
	}
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	wantDead(t, group)
	if _, err := os.Stat(c.pidFile); err == nil {
		t.Error("its id is still noted: the janitor might end somebody else's process")
	}
}

func TestAChildThatIgnoresTheSignalIsKilledWithAllThatItStarted(t *testing.T) {
	t.Parallel()
	c := family(t, t.TempDir(), "trap '' TERM;")
	c.grace = 50 * time.Millisecond
	if err := c.Stop(); err == nil || !strings.Contains(err.Error(), "family did not end within 50ms and was killed") {
		t.Errorf("got %v", err)
	}
	wantDead(t, c.Pid())
}

func TestTheJanitorEndsWhatIsNotedAndRemovesTheFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "demo")
	c := family(t, folder, "")
	command, demo, err := HireJanitor(folder)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err := <-ended:
		t.Fatalf("it did not wait for the end of the demo: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	if !alive(c.Pid()) {
		t.Fatal("the child ended too early")
	}
	if err := demo.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	wantDead(t, c.Pid())
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestTheJanitorSignalsNothingThatIsNotAProcess(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "-1", "0", "1", "etcd"} {
		folder := t.TempDir()
		if err := os.MkdirAll(filepath.Join(folder, PidFolder), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, PidFolder, "etcd"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if groups, err := noted(folder); err == nil || len(groups) > 0 {
			t.Errorf("%q is taken for the process groups %v", text, groups)
		}
	}
}

func TestTheScriptNotesTheIdOfTheProgramItself(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "it's here")
	if err := os.MkdirAll(filepath.Join(folder, PidFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	script, err := RecordingPid(folder, "etcd", shell)
	if err != nil {
		t.Fatal(err)
	}
	output, err := exec.Command(script, "-c", `echo "$$ $0"`, "an argument").Output()
	if err != nil {
		t.Fatal(err)
	}
	groups, err := noted(folder)
	if err != nil || len(groups) != 1 {
		t.Fatalf("noted %v: %v", groups, err)
	}
	if want := strconv.Itoa(groups[0]) + " an argument\n"; string(output) != want {
		t.Errorf("the program says %q, want %q", output, want)
	}
}
