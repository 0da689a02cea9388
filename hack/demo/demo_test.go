package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestOffATerminalEachThingIsALine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out)
	p.steps = 2
	p.step("Boil water")
	p.status("20 degrees")
	p.status("20 degrees")
	p.status("90 degrees")
	p.done("100 degrees")
	p.step("Make tea")
	p.failed()
	var got []string
	for line := range strings.Lines(out.String()) {
		_, text, found := strings.Cut(strings.TrimRight(line, "\n"), "] ")
		if !found {
			t.Errorf("no time in the line %q", line)
		}
		got = append(got, text)
	}
	want := "1/2 Boil water|1/2   20 degrees|1/2   90 degrees|1/2   done: 100 degrees|2/2 Make tea|2/2   FAILED"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
	if strings.ContainsAny(out.String(), "\r\x1b") {
		t.Errorf("the output has control characters: %q", out.String())
	}
}

func TestOnATerminalAStepIsOneLineInTheEnd(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out)
	p.width = func() int { return 30 }
	p.steps = 1
	p.step("Boil water")
	p.status("%s", strings.Repeat("long ", 20))
	time.Sleep(250 * time.Millisecond) // let it be painted
	p.done("100 degrees")
	if n := strings.Count(out.String(), "\n"); n != 1 {
		t.Errorf("%d lines: %q", n, out.String())
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(out.String(), "\n"), "\x1b[K") {
		if n := len([]rune(strings.TrimRight(part, "\r"))); n > 29 && !strings.HasSuffix(part, "100 degrees") {
			t.Errorf("%d columns would wrap: %q", n, part)
		}
	}
	if !strings.HasSuffix(out.String(), "1/1 Boil water: 100 degrees\n") {
		t.Errorf("the last line is not the result: %q", out.String())
	}
}

// TestMain makes this binary the janitor where the demo's own would be: it works
// in a process of its own, which ignores signals.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == janitorCommand {
		main()
		return
	}
	os.Exit(m.Run())
}

// family starts a shell that prepares itself and has a child.
func family(t *testing.T, folder, prepare string) *child {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(folder, pidFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(folder, "log")
	c, err := startChild(folder, log, "family", "sh", "-c", prepare+" sleep 300 & echo up; wait")
	if err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(lastLines(log, 1), "up") {
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
	group := c.command.Process.Pid
	if !alive(group) {
		t.Fatal("the child did not start")
	}
	if err := c.stop(); err != nil {
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
	if err := c.stop(); err == nil || !strings.Contains(err.Error(), "family did not end within 50ms and was killed") {
		t.Errorf("got %v", err)
	}
	wantDead(t, c.command.Process.Pid)
}

func TestTheJanitorEndsWhatIsNotedAndRemovesTheFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "demo")
	c := family(t, folder, "")
	command, demo, err := hireJanitor(folder)
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
	if !alive(c.command.Process.Pid) {
		t.Fatal("the child ended too early")
	}
	if err := demo.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	wantDead(t, c.command.Process.Pid)
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestTheJanitorSignalsNothingThatIsNotAProcess(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "-1", "0", "1", "etcd"} {
		folder := t.TempDir()
		if err := os.MkdirAll(filepath.Join(folder, pidFolder), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, pidFolder, "etcd"), []byte(text), 0o600); err != nil {
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
	if err := os.MkdirAll(filepath.Join(folder, pidFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	script, err := recordingPid(folder, "etcd", shell)
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

func TestLookerResourcesAreThoseOfThisAPI(t *testing.T) {
	t.Parallel()
	got, err := lookerResources("apiVersion: v1\nkind: Secret\n---\napiVersion: looker-operator.dev/v1alpha1\nkind: LookerUser\nmetadata: {name: cfo}\n---\n")
	if err != nil || len(got) != 1 || got[0].String() != "LookerUser cfo" {
		t.Errorf("got %v: %v", got, err)
	}
}

func TestCallsSinceAreTheDifference(t *testing.T) {
	t.Parallel()
	earlier := calls{Total: 3, ByOperation: map[string]int{"GET /folders": 1, "GET /users": 2}}
	later := calls{Total: 6, ByOperation: map[string]int{"GET /folders": 2, "GET /users": 2, "PATCH /folders/{folder_id}": 2}}
	since := later.since(earlier)
	if got := since.list(func(string) bool { return true }); since.Total != 3 || got != "1 x GET /folders, 2 x PATCH /folders/{folder_id}" {
		t.Errorf("%d calls: %s", since.Total, got)
	}
}
