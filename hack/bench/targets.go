package main

import (
	"fmt"
	"strings"
)

// target is the most that a figure may be.
type target struct {
	key  string // behind the mix
	most float64
	what string
}

// targets hold at 10,000 objects. They are shown beside every mix.
var targets = []target{
	{"apply.calls.ratio", 1.05, "first apply: calls / floor"},
	{"apply.wall.ratio", 1.25, "first apply: time / floor"},
	{"sweep.calls.ratio", 1.1, "no-change sweep: calls / floor"},
	{"sweep.kube.writes", 0, "no-change sweep: writes to Kubernetes"},
	{"sweep.reconciles", 0, "no-change sweep: reconciles of unchanged objects"},
	{"restart.calls", 0, "restart, nothing changed: calls"},
	{"restart.seconds", 10, "restart: seconds until every object was looked at"},
	{"edit.p99", 1, "single edit under load: seconds beyond its own calls"},
	{"rss.rest.mb", 150, "memory at rest (MB)"},
	{"rss.peak.mb", 300, "memory, peak (MB)"},
	{"cpu.rest.percent", 0.5, "CPU at rest (% of one core)"},
	{"outage.probes.per5s", 1, "outage: probes per 5 s"},
	{"outage.kube.writes.most", 1, "outage: writes to Kubernetes per object"},
	{"outage.recovery.seconds", 30, "outage: seconds until all are Ready after it"},
}

// peerFigures are the calls of the best Terraform provider on the mix "peer".
var peerFigures = []target{
	{"apply.calls", 14415, "first apply: calls (Terraform: 14,415)"},
	{"sweep.calls", 6708, "pass in which nothing changed: calls (Terraform: 6,708)"},
}

// judged is the mix at which a missed target is a failure.
const judged = "10000"

// table shows the figures of a mix beside the targets, and returns the targets
// that were missed.
func (f figures) table(mix string) (text string, missed []string) {
	list := targets
	if mix == "peer" {
		list = peerFigures
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-58s %12s %10s\n", mix+": figure", "measured", "at most")
	for _, t := range list {
		value, ok := f[mix+"."+t.key]
		if !ok {
			fmt.Fprintf(&b, "%-58s %12s %10g\n", t.what, "-", t.most)
			missed = append(missed, mix+"."+t.key)
			continue
		}
		verdict := "reached"
		if value > t.most {
			verdict = "MISSED"
			missed = append(missed, mix+"."+t.key)
		}
		fmt.Fprintf(&b, "%-58s %12.3f %10g  %s\n", t.what, value, t.most, verdict)
	}
	return b.String(), missed
}
