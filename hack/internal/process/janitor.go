package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// JanitorCommand is the hidden first argument of the process that cleans up.
const JanitorCommand = "janitor"

// HireJanitor starts a process that ends what is left of the run as soon as the
// returned pipe is closed: by the run, or by its death, however sudden. The
// program must ignore signals and call Janitor where its first argument is
// JanitorCommand.
func HireJanitor(folder string) (*exec.Cmd, io.Closer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	command := exec.Command(self, JanitorCommand, folder)
	command.Stderr = os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	alive, err := command.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := command.Start(); err != nil {
		return nil, nil, fmt.Errorf("start the janitor: %w", err)
	}
	return command, alive, nil
}

// Janitor waits for the end of run, then kills the processes that are noted
// in the folder and removes it. Usually the run has done both.
func Janitor(run io.Reader, folder string) error {
	if _, err := io.Copy(io.Discard, run); err != nil {
		return err
	}
	groups, err := noted(folder)
	for _, id := range groups {
		err = errors.Join(err, killGroup(id, syscall.SIGTERM))
	}
	deadline := time.Now().Add(grace)
	for slices.ContainsFunc(groups, alive) && time.Now().Before(deadline) {
		time.Sleep(100 * time.Millisecond)
	}
	for _, id := range groups {
		err = errors.Join(err, killGroup(id, syscall.SIGKILL))
	}
	return errors.Join(err, os.RemoveAll(folder))
}

// noted are the process groups in the folder, and what is wrong with the others.
func noted(folder string) ([]int, error) {
	files, err := os.ReadDir(filepath.Join(folder, PidFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var groups []int
	for _, file := range files {
		text, readErr := os.ReadFile(filepath.Join(folder, PidFolder, file.Name()))
		id, parseErr := strconv.Atoi(strings.TrimSpace(string(text)))
		switch {
		case readErr != nil:
			err = errors.Join(err, readErr)
		case parseErr != nil || id < 2: // 0 and 1 would be everybody
			err = errors.Join(err, fmt.Errorf("%s has %q, which is not a process id", file.Name(), text))
		default:
			groups = append(groups, id)
		}
	}
	return groups, err
}

// Orphaned returns when the process that started this one is gone: "go run" dies
// of a SIGTERM without passing it on.
func Orphaned(ctx context.Context) {
	parent := os.Getppid()
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	for os.Getppid() == parent {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
