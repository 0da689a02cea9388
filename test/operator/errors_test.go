package operator

import (
	"fmt"
	"sync"

	"github.com/go-logr/logr"
)

// errorLog keeps what the operator logs as an error.
type errorLog struct {
	mu    sync.Mutex
	lines []string
}

func (l *errorLog) Init(logr.RuntimeInfo)          {}
func (l *errorLog) Enabled(int) bool               { return false }
func (l *errorLog) Info(int, string, ...any)       {}
func (l *errorLog) WithValues(...any) logr.LogSink { return l }
func (l *errorLog) WithName(string) logr.LogSink   { return l }
func (l *errorLog) Error(err error, msg string, kv ...any) {
	l.add(fmt.Sprint(msg, ": ", err, " ", kv))
}

func (l *errorLog) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

func (l *errorLog) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.lines...)
}
