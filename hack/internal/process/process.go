// Package process starts the programs that a local run of the operator needs,
// and ends them, whatever ends the run itself.
package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// grace is how long a process may take to end by itself.
const grace = 10 * time.Second

// PidFolder holds, below the run's folder, a file for each running process with
// its id, which is also that of its process group.
const PidFolder = "pids"

// Child is a process in a process group of its own: a Ctrl-C at the terminal is
// for the program that started it, which ends its children in order.
type Child struct {
	Name    string
	Log     string        // file with its output
	Ended   chan struct{} // closed at its end
	pidFile string
	command *exec.Cmd
	grace   time.Duration
	err     error // of its end; read after Ended is closed
}

// Start starts a program with its output in a file. The run's folder must have a
// PidFolder.
func Start(folder, log, name, program string, args ...string) (*Child, error) {
	output, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer output.Close() // the child has its own
	c := &Child{Name: name, Log: log, pidFile: filepath.Join(folder, PidFolder, name), grace: grace, Ended: make(chan struct{})}
	c.command = exec.Command(program, args...)
	c.command.Stdout, c.command.Stderr = output, output
	c.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := os.WriteFile(c.pidFile, []byte(strconv.Itoa(c.Pid())), 0o600); err != nil {
		return nil, errors.Join(err, killGroup(c.Pid(), syscall.SIGKILL), c.command.Wait())
	}
	go func() {
		c.err = c.command.Wait()
		close(c.Ended)
	}()
	return c, nil
}

// Pid is the id of the process and of its group.
func (c *Child) Pid() int { return c.command.Process.Pid }

// Stop ends the child and everything that it started.
func (c *Child) Stop() error {
	defer os.Remove(c.pidFile) // with the folder at the latest
	if err := killGroup(c.Pid(), syscall.SIGTERM); err != nil {
		return fmt.Errorf("end %s: %w", c.Name, err)
	}
	select {
	case <-c.Ended:
		return killGroup(c.Pid(), syscall.SIGKILL) // what it left behind
	case <-time.After(c.grace):
	}
	err := killGroup(c.Pid(), syscall.SIGKILL)
	<-c.Ended
	return errors.Join(fmt.Errorf("%s did not end within %s and was killed", c.Name, c.grace), err)
}

// Died is why the child ended without being asked to.
func (c *Child) Died() error {
	if c.err == nil {
		return fmt.Errorf("the %s ended by itself", c.Name)
	}
	return fmt.Errorf("the %s ended by itself: %w", c.Name, c.err)
}

// killGroup signals a process group. That there is none any more is fine.
func killGroup(id int, signal syscall.Signal) error {
	if err := syscall.Kill(-id, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal process group %d: %w", id, err)
	}
	return nil
}

// alive says whether a process group has a member that has not ended. One that has,
// and whose parent does not ask for its exit code, remains until somebody does: in
// a container, perhaps for ever.
func alive(group int) bool {
	if syscall.Kill(-group, 0) != nil {
		return false
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return true // no Linux
	}
	return slices.ContainsFunc(stats, func(stat string) bool {
		text, err := os.ReadFile(stat)
		// The fields after the name, which may contain anything, are state, parent and group.
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		return err == nil && len(fields) > 2 && fields[0] != "Z" && fields[2] == strconv.Itoa(group)
	})
}

// LastLines are the last n lines of a log, without those that every start of the
// operator has.
func LastLines(file string, n int) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := slices.DeleteFunc(strings.Split(strings.TrimRight(string(text), "\n"), "\n"), func(line string) bool {
		return strings.Contains(line, `"msg":"Starting EventSource"`) || strings.Contains(line, `"msg":"Starting workers"`) ||
			strings.Contains(line, `"msg":"Starting Controller"`)
	})
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// RecordingPid writes a script that notes its process id in the run's folder and
// then becomes the program: envtest does not tell the ids of what it starts.
func RecordingPid(folder, name, program string) (string, error) {
	script := fmt.Sprintf("#!/bin/sh\necho $$ > %s\nexec %s \"$@\"\n",
		Quoted(filepath.Join(folder, PidFolder, name)), Quoted(program))
	path := filepath.Join(folder, name)
	// A process forked meanwhile would have the file open for writing until it is
	// the program it shall be, and Linux executes no such file.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return path, os.WriteFile(path, []byte(script), 0o700)
}

// Quoted makes a text one word for the shell.
func Quoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
