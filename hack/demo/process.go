package main

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

// pidFolder holds, below the demo's folder, a file for each running process with
// its id, which is also that of its process group.
const pidFolder = "pids"

// child is a process that the demo started, in a process group of its own: a
// Ctrl-C at the terminal is for the demo, which ends them in order.
type child struct {
	name    string
	log     string
	pidFile string
	command *exec.Cmd
	grace   time.Duration
	ended   chan struct{}
	err     error // of its end; read after ended is closed
}

// startChild starts a program with its output in a file.
func startChild(folder, log, name, program string, args ...string) (*child, error) {
	output, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer output.Close() // the child has its own
	c := &child{name: name, log: log, pidFile: filepath.Join(folder, pidFolder, name), grace: grace, ended: make(chan struct{})}
	c.command = exec.Command(program, args...)
	c.command.Stdout, c.command.Stderr = output, output
	c.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	pid := c.command.Process.Pid
	if err := os.WriteFile(c.pidFile, []byte(strconv.Itoa(pid)), 0o600); err != nil {
		return nil, errors.Join(err, killGroup(pid, syscall.SIGKILL), c.command.Wait())
	}
	go func() {
		c.err = c.command.Wait()
		close(c.ended)
	}()
	return c, nil
}

// stop ends the child and everything that it started.
func (c *child) stop() error {
	defer os.Remove(c.pidFile) // with the folder at the latest
	pid := c.command.Process.Pid
	if err := killGroup(pid, syscall.SIGTERM); err != nil {
		return fmt.Errorf("end %s: %w", c.name, err)
	}
	select {
	case <-c.ended:
		return killGroup(pid, syscall.SIGKILL) // what it left behind
	case <-time.After(c.grace):
	}
	err := killGroup(pid, syscall.SIGKILL)
	<-c.ended
	return errors.Join(fmt.Errorf("%s did not end within %s and was killed", c.name, c.grace), err)
}

// died is why the child ended without being asked to.
func (c *child) died() error {
	if c.err == nil {
		return fmt.Errorf("the %s ended by itself", c.name)
	}
	return fmt.Errorf("the %s ended by itself: %w", c.name, c.err)
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

// lastLines are the last n lines of a log, without those that every start has.
func lastLines(file string, n int) string {
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

// recordingPid writes a script that notes its process id in the demo's folder
// and then becomes the program: envtest does not tell the ids of what it starts.
func recordingPid(folder, name, program string) (string, error) {
	script := fmt.Sprintf("#!/bin/sh\necho $$ > %s\nexec %s \"$@\"\n",
		quoted(filepath.Join(folder, pidFolder, name)), quoted(program))
	path := filepath.Join(folder, name)
	// A process forked meanwhile would have the file open for writing until it is
	// the program it shall be, and Linux executes no such file.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return path, os.WriteFile(path, []byte(script), 0o700)
}

// quoted makes a text one word for the shell.
func quoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
