package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// janitorCommand is the hidden first argument of the process that cleans up.
const janitorCommand = "janitor"

// ServeJanitor does the janitor's work and reports true, if this process was
// started for that. A program that hires a janitor calls it before all else.
func ServeJanitor() (served bool, err error) {
	if len(os.Args) != 3 || os.Args[1] != janitorCommand {
		return false, nil
	}
	// Only here: what a process ignores, whatever it starts ignores, too.
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	return true, janitor(os.Stdin, os.Args[2])
}

// HireJanitor starts a process that ends what is left of the run as soon as the
// returned pipe is closed: by the run, or by its death, however sudden. The
// program must call ServeJanitor.
func HireJanitor(folder string) (*exec.Cmd, io.Closer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	command := exec.Command(self, janitorCommand, folder)
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

// janitor waits for the end of run, then kills the processes that are noted
// in the folder and removes it. Usually the run has done both.
func janitor(run io.Reader, folder string) error {
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

// ErrInterrupted ends a run that was told to end before it was done.
var ErrInterrupted = errors.New("interrupted")

// Interruptible returns a context that ends with ErrInterrupted when the process
// is told to end, or the one that started it is gone. cancel must be called.
func Interruptible() (ctx context.Context, cancel context.CancelCauseFunc) {
	ctx, cancel = context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-signals
		cancel(ErrInterrupted)
		// Who asks twice does not want to wait; the janitor does the rest.
		signal.Stop(signals)
	}()
	go func() {
		orphaned(ctx)
		cancel(ErrInterrupted)
	}()
	return ctx, cancel
}

// orphaned returns when the process that started this one is gone: "go run" dies
// of a SIGTERM without passing it on.
func orphaned(ctx context.Context) {
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
