package main

import (
	"fmt"
	"strings"
)

// row is a line of a table: a figure, and how it is written.
type row struct {
	what, key, format string
}

var costs = []struct {
	title string
	rows  []row
}{
	{"First apply", []row{
		{"calls", "apply.calls", "%.0f"}, {"floor", "apply.calls.floor", "%.0f"}, {"calls / floor", "apply.calls.ratio", "%.3f"},
		{"seconds", "apply.seconds", "%.1f"}, {"floor, seconds", "apply.wall.floor", "%.1f"}, {"seconds / floor", "apply.wall.ratio", "%.2f"},
		{"writes to Kubernetes", "apply.kube.writes", "%.0f"}, {"CPU seconds", "apply.cpu.seconds", "%.1f"},
	}},
	{"Sweep in which nothing changed", []row{
		{"calls", "sweep.calls", "%.0f"}, {"floor", "sweep.calls.floor", "%.0f"}, {"calls / floor", "sweep.calls.ratio", "%.3f"},
		{"seconds", "sweep.seconds", "%.1f"}, {"writes to Kubernetes", "sweep.kube.writes", "%.0f"}, {"reconciles", "sweep.reconciles", "%.0f"},
		{"CPU seconds", "sweep.cpu.seconds", "%.2f"},
	}},
	{"1 % changed by hand", []row{
		{"changed", "drift.changes", "%.0f"}, {"calls", "drift.calls", "%.0f"}, {"floor", "drift.calls.floor", "%.0f"},
		{"seconds", "drift.seconds", "%.1f"}, {"writes to Kubernetes", "drift.kube.writes", "%.0f"}, {"reconciles", "drift.reconciles", "%.0f"},
	}},
	{"Single edits while everything is being put right", []row{
		{"corrections due", "edit.due", "%.0f"}, {"median wait, seconds", "edit.p50", "%.3f"}, {"99th percentile, seconds", "edit.p99", "%.3f"},
	}},
	{"One member off a role", []row{
		{"members", "role.members", "%.0f"}, {"calls", "role.calls", "%.0f"}, {"floor", "role.calls.floor", "%.0f"}, {"seconds", "role.seconds", "%.1f"},
	}},
	{"Outage of Looker", []row{
		{"seconds", "outage.down.seconds", "%.0f"}, {"counted calls meanwhile", "outage.down.calls", "%.0f"}, {"probes per 5 s", "outage.probes.per5s", "%.2f"},
		{"most writes to one object", "outage.kube.writes.most", "%.0f"}, {"seconds until all were Ready", "outage.recovery.seconds", "%.1f"},
	}},
	{"Restart", []row{
		{"counted calls", "restart.calls", "%.0f"}, {"writes to Kubernetes", "restart.kube.writes", "%.0f"},
		{"seconds until every object was looked at", "restart.seconds", "%.1f"}, {"CPU seconds", "restart.cpu.seconds", "%.1f"},
	}},
	{"Memory and CPU", []row{
		{"memory at rest, MB", "rss.rest.mb", "%.0f"}, {"memory, peak, MB", "rss.peak.mb", "%.0f"}, {"CPU at rest, % of a core", "cpu.rest.percent", "%.2f"},
	}},
}

// tables is all figures as Markdown.
func (f figures) tables(sizes []int) string {
	var b strings.Builder
	for _, c := range costs {
		fmt.Fprintf(&b, "\n### %s\n\n| objects |", c.title)
		for _, n := range sizes {
			fmt.Fprintf(&b, " %d |", n)
		}
		b.WriteString("\n|---|" + strings.Repeat("---:|", len(sizes)) + "\n")
		for _, r := range c.rows {
			what := r.what
			if target, ok := f["target."+r.key]; ok {
				what += fmt.Sprintf(" (target at 10,000: at most %g)", target)
			}
			fmt.Fprintf(&b, "| %s |", what)
			for _, n := range sizes {
				fmt.Fprintf(&b, " %s |", f.cell(fmt.Sprint(n), r))
			}
			b.WriteString("\n")
		}
	}
	if _, ok := f["peer.apply.calls"]; ok {
		fmt.Fprintf(&b, "\n### Beside a Terraform provider\n\n| | Terraform | looker-operator | floor |\n|---|---:|---:|---:|\n")
		for _, r := range []struct {
			what, key string
			theirs    int
		}{{"first apply, calls", "apply", 14415}, {"pass in which nothing changed, calls", "sweep", 6708}} {
			fmt.Fprintf(&b, "| %s | %d | %s | %s |\n", r.what, r.theirs, f.cell("peer", row{key: r.key + ".calls", format: "%.0f"}), f.cell("peer", row{key: r.key + ".calls.floor", format: "%.0f"}))
		}
	}
	b.WriteString("\n")
	return b.String()
}

// cell is one figure, or a dash if it was not measured.
func (f figures) cell(mix string, r row) string {
	value, ok := f[mix+"."+r.key]
	if !ok {
		return "–"
	}
	return fmt.Sprintf(r.format, value)
}
