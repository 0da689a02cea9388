package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// figures are the results by key, such as 10000.apply.calls.
type figures map[string]float64

// put stores a cost under <mix>.<scenario>.
func (f figures) put(prefix string, c cost) {
	f[prefix+".seconds"] = c.took.Seconds()
	f[prefix+".inflight.mean"] = c.waited.Seconds() / c.took.Seconds() // of a cap of 8
	f[prefix+".calls"] = float64(c.calls.Total)
	f[prefix+".calls.non_query"] = float64(c.calls.ByClass["non_query"])
	f[prefix+".calls.db_query"] = float64(c.calls.ByClass["db_query"])
	f[prefix+".calls.none"] = float64(c.calls.ByClass["none"])
	f[prefix+".kube.writes"] = float64(c.writes.objects)
	f[prefix+".kube.events"] = float64(c.writes.events)
	f[prefix+".kube.other"] = float64(c.writes.other)
	f[prefix+".reconciles"] = c.reconciles
	f[prefix+".cpu.seconds"] = c.cpu.Seconds()
	f[prefix+".rss.mb"] = c.usage.rssMB
	f[prefix+".rss.peak.mb"] = c.usage.peakMB
}

// floor stores a floor of calls beside the cost under the same prefix, and what
// follows from it.
func (f figures) floor(prefix string, calls int, mean time.Duration) {
	wall := wallFloor(calls, mean)
	f[prefix+".calls.floor"] = float64(calls)
	f[prefix+".wall.floor"] = wall.Seconds()
	if calls > 0 {
		f[prefix+".calls.ratio"] = f[prefix+".calls"] / float64(calls)
		f[prefix+".wall.ratio"] = f[prefix+".seconds"] / wall.Seconds()
	}
}

// write writes the figures to a file, beside those of other mixes that an earlier
// run left there.
func (f figures) write(file string) error {
	all := figures{}
	old, err := os.ReadFile(file)
	switch {
	case err == nil:
		if err := json.Unmarshal(old, &all); err != nil {
			return err
		}
	case !os.IsNotExist(err):
		return err
	}
	for key, value := range f {
		all[key] = value
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
