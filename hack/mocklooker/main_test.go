package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// start runs the command until the test ends and returns its URL.
func start(t *testing.T, args ...string) (base string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"--listen", "127.0.0.1:0"}, args...), w)
		_ = w.CloseWithError(io.EOF)
		done <- err
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("no URL was printed: %v, %v", err, <-done)
	}
	t.Cleanup(cancel)
	return strings.TrimSpace(strings.TrimPrefix(line, "mock Looker on ")), func() error { cancel(); return <-done }
}

func TestTheCommandServesTheApiAndStopsWhenTold(t *testing.T) {
	t.Parallel()
	base, stop := start(t, "--client-id", "one", "--client-secret", "two", "--release", "25.4")
	res, err := http.PostForm(base+"/api/4.0/login", url.Values{"client_id": {"one"}, "client_secret": {"two"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("login answers %d", res.StatusCode)
	}
	res, err = http.Get(base + "/_mock/calls")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if want := `{"byClass":{"db_query":0,"non_query":0,"none":1},"byOperation":{"POST /login":1},"total":0}`; err != nil || string(body) != want {
		t.Errorf("/_mock/calls answers %s, %v; want %s", body, err, want)
	}
	http.DefaultClient.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Errorf("stopping: %v", err)
	}
	if _, err := http.Get(base + "/alive"); err == nil {
		t.Error("still served after the stop")
	}
}

func TestBadFlagsAreRefusedWithTheRemedy(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"--listen 0.0.0.0:9999":                   "--allow-remote",
		"--listen :9999":                          "--allow-remote",
		"--listen 9999":                           "host:port",
		"--release later":                         "for example 25.4",
		"--latency-p90 1s":                        "needs --latency",
		"--latency 2s --latency-p90 1s":           "not below the median",
		"--latency 1s --latency-p99 2s":           "needs --latency-p90",
		"--client-secret= --client-id x":          "must not be empty",
		"serve":                                   "all settings are flags",
		"--listen 192.0.2.1:80 --release nothing": "--allow-remote",
	} {
		if _, err := parse(strings.Fields(args)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a word on %s", args, err, want)
		}
	}
	if _, err := parse([]string{"--listen", "0.0.0.0:1", "--allow-remote"}); err != nil {
		t.Errorf("--allow-remote: %v", err)
	}
}
