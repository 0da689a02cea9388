package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/looker-operator/looker-operator/hack/internal/cluster"
	"github.com/looker-operator/looker-operator/hack/internal/mockclient"
)

// usage is what a process has used.
type usage struct {
	cpu           time.Duration // since its start
	rssMB, peakMB float64       // resident memory, in units of 2^20 bytes
}

// usageOf reads /proc, so it works on Linux only.
func usageOf(pid int) (usage, error) {
	var u usage
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return u, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes float64
		switch name, value, _ := strings.Cut(line, ":"); name {
		case "VmRSS", "VmHWM":
			if _, err := fmt.Sscanf(strings.TrimSpace(value), "%f kB", &kilobytes); err != nil {
				return u, fmt.Errorf("memory of process %d: %q: %w", pid, line, err)
			}
			if name == "VmRSS" {
				u.rssMB = kilobytes / 1024
			} else {
				u.peakMB = kilobytes / 1024
			}
		}
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u, err
	}
	u.cpu, err = cpuTime(string(stat))
	return u, err
}

// cpuTime is user and system time of a line of /proc/<pid>/stat. The kernel
// counts in hundredths of a second for every program.
func cpuTime(stat string) (time.Duration, error) {
	columns := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:]) // the name may have blanks and brackets
	if len(columns) < 13 {
		return 0, fmt.Errorf("not a line of /proc/<pid>/stat: %q", stat)
	}
	user, err := strconv.Atoi(columns[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(columns[12])
	return time.Duration(user+system) * 10 * time.Millisecond, err
}

func auditPolicy() string {
	return `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    verbs: [get, list, watch]
  - level: Metadata
    users: ["` + cluster.OperatorUser() + `"]
  - level: None
`
}

// writes are the operator's writes to Kubernetes.
type writes struct {
	objects int            // to resources of this API, their status included
	events  int            // Events
	other   int            // Leases and whatever else
	each    map[string]int // by resource and name, of objects
}

// writesSince reads the audit log from an offset on, and returns the next offset.
func (r *rig) writesSince(offset int64) (writes, int64, error) {
	w := writes{each: map[string]int{}}
	log, err := os.Open(r.file("audit.log"))
	if errors.Is(err, os.ErrNotExist) && offset == 0 {
		return w, 0, nil // nothing has been written
	}
	if err != nil {
		return w, offset, err
	}
	defer log.Close()
	if _, err := log.Seek(offset, io.SeekStart); err != nil {
		return w, offset, err
	}
	for reader := bufio.NewReaderSize(log, 1<<20); ; {
		line, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return w, offset, nil // what is left is not a whole line
		}
		if err != nil {
			return w, offset, err
		}
		offset += int64(len(line))
		if err := w.add(line); err != nil {
			return w, offset, err
		}
	}
}

func (w *writes) add(line []byte) error {
	var event struct {
		ObjectRef struct{ Resource, Name, APIGroup string }
	}
	if err := json.Unmarshal(line, &event); err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	switch o := event.ObjectRef; {
	case o.APIGroup == "looker-operator.dev" && o.Resource != "lookerinstances":
		w.objects++
		w.each[o.Resource+"/"+o.Name]++
	case o.Resource == "events":
		w.events++
	default:
		w.other++
	}
	return nil
}

// most is the largest number of writes to one object.
func (w writes) most() int {
	most := 0
	for _, n := range w.each {
		most = max(most, n)
	}
	return most
}

// gauges are sums over the operator's metrics.
type gauges struct {
	reconciles float64 // of all kinds but LookerInstance
	waiting    float64 // items in work queues
}

func (r *rig) gauges(ctx context.Context) (gauges, error) {
	var g gauges
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.metrics+"/metrics", nil)
	if err != nil {
		return g, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return g, fmt.Errorf("the operator's metrics: %w", err)
	}
	defer resp.Body.Close()
	for scanner := bufio.NewScanner(resp.Body); scanner.Scan(); {
		line := scanner.Text()
		into := &g.reconciles
		switch {
		case strings.Contains(line, `controller="LookerInstance"`):
			continue
		case strings.HasPrefix(line, "controller_runtime_reconcile_total{"):
		case strings.HasPrefix(line, "workqueue_depth{"):
			into = &g.waiting
		default:
			continue
		}
		value, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
		if err != nil {
			return g, fmt.Errorf("the operator's metrics: %q: %w", line, err)
		}
		*into += value
	}
	return g, nil
}

// mark is where everything that is counted stood at a moment.
type mark struct {
	at         time.Time
	calls      mockclient.Calls
	logged     int // calls of every class
	audit      int64
	reconciles float64
	cpu        time.Duration
	starts     int
}

func (r *rig) mark(ctx context.Context) (mark, error) {
	m := mark{starts: r.starts}
	var err error
	if m.calls, err = r.looker.Calls(ctx); err != nil {
		return m, err
	}
	if _, m.logged, err = r.looker.Log(ctx, math.MaxInt32); err != nil {
		return m, err
	}
	if _, m.audit, err = r.writesSince(r.audited); err != nil {
		return m, err
	}
	r.audited = m.audit
	if r.operator != nil {
		g, err := r.gauges(ctx)
		if err != nil {
			return m, err
		}
		u, err := usageOf(r.operator.Pid())
		if err != nil {
			return m, err
		}
		m.reconciles, m.cpu = g.reconciles, u.cpu
	}
	m.at = time.Now()
	return m, nil
}

// cost is what happened after a mark.
type cost struct {
	took       time.Duration
	calls      mockclient.Calls
	writes     writes
	reconciles float64
	cpu        time.Duration
	usage      usage
	waited     time.Duration // that all calls took together
}

// since is the cost since a mark up to an end. An operator that was started in
// between counts from zero.
func (r *rig) since(ctx context.Context, m mark, end time.Time) (cost, error) {
	c := cost{took: end.Sub(m.at)}
	now, err := r.looker.Calls(ctx)
	if err != nil {
		return c, err
	}
	c.calls = now.Since(m.calls)
	log, _, err := r.looker.Log(ctx, m.logged)
	if err != nil {
		return c, err
	}
	for _, call := range log {
		c.waited += time.Duration(call.Delay)
	}
	if c.writes, _, err = r.writesSince(m.audit); err != nil {
		return c, err
	}
	g, err := r.gauges(ctx)
	if err != nil {
		return c, err
	}
	if c.usage, err = usageOf(r.operator.Pid()); err != nil {
		return c, err
	}
	r.peak = max(r.peak, c.usage.peakMB)
	c.reconciles, c.cpu = g.reconciles, c.usage.cpu
	if m.starts == r.starts {
		c.reconciles -= m.reconciles
		c.cpu -= m.cpu
	}
	return c, nil
}
