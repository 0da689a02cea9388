package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/hack/internal/process"
)

// What the demo touches of config/samples.
const (
	sampleNamespace = "finance"
	sampleFolder    = "finance"
	sampleSchedule  = "weekly-numbers"
)

// sample is a resource of config/samples as it is in the cluster.
type sample struct {
	*unstructured.Unstructured
	ready metav1.Condition
}

func (s sample) String() string { return s.GetKind() + " " + s.GetName() }

// applySamples applies the samples as a user would.
func (d *demo) applySamples(ctx context.Context) (string, error) {
	text, err := d.kubectl(ctx, nil, "kustomize", "config/samples")
	if err != nil {
		return "", err
	}
	if url := "http://" + sampleAddress; d.mock.URL != url {
		if !strings.Contains(text, url) {
			return "", fmt.Errorf("config/samples has no LookerInstance at %s", url)
		}
		text = strings.ReplaceAll(text, url, d.mock.URL)
	}
	if d.samples, err = lookerResources(text); err != nil {
		return "", err
	}
	if _, err := d.kubectl(ctx, strings.NewReader(text), "apply", "-f", "-"); err != nil {
		return "", err
	}
	if err := d.waitFor(ctx, d.limit, func() (bool, string, error) { return d.allReady(ctx) }); err != nil {
		return "", errors.Join(err, d.unready())
	}
	table, err := d.kubectl(ctx, nil, "get", "looker", "-n", sampleNamespace)
	if err != nil {
		return "", err
	}
	c, err := d.mock.Calls(ctx)
	return fmt.Sprintf("%d of %d are, by %d calls to Looker\n\n$ kubectl get looker -n %s\n%s", len(d.samples), len(d.samples), c.Total, sampleNamespace, table), err
}

// lookerResources are the resources of this API in a YAML text.
func lookerResources(text string) ([]sample, error) {
	var out []sample
	for decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096); ; {
		o := &unstructured.Unstructured{}
		if err := decoder.Decode(&o.Object); err != nil {
			if errors.Is(err, io.EOF) {
				return out, nil
			}
			return nil, err
		}
		if o.GroupVersionKind().GroupVersion() == v1alpha1.GroupVersion {
			out = append(out, sample{Unstructured: o})
		}
	}
}

// allReady reads all samples again.
func (d *demo) allReady(ctx context.Context) (bool, string, error) {
	ready := 0
	var waiting []string
	for i := range d.samples {
		if err := d.read(ctx, &d.samples[i]); err != nil {
			return false, "", err
		}
		if s := d.samples[i]; s.ready.Status == metav1.ConditionTrue {
			ready++
		} else {
			waiting = append(waiting, fmt.Sprintf("%s (%s)", s, s.ready.Reason))
		}
	}
	state := fmt.Sprintf("%d/%d Ready", ready, len(d.samples))
	const most = 2
	if n := len(waiting); n > most {
		waiting = append(waiting[:most], fmt.Sprintf("%d more", n-most))
	}
	if len(waiting) > 0 {
		state += ", waiting for " + strings.Join(waiting, ", ")
	}
	return ready == len(d.samples), state, nil
}

// read reads a sample and its Ready condition, as far as that speaks of the
// spec as it is now.
func (d *demo) read(ctx context.Context, s *sample) error {
	if err := d.admin.Get(ctx, client.ObjectKeyFromObject(s), s.Unstructured); err != nil {
		return err
	}
	s.ready = metav1.Condition{Status: metav1.ConditionUnknown, Reason: "not seen yet"}
	status := struct {
		Conditions []metav1.Condition `json:"conditions"`
	}{}
	content, _, err := unstructured.NestedMap(s.Object, "status")
	if err != nil {
		return err
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(content, &status); err != nil {
		return fmt.Errorf("status of %s: %w", s, err)
	}
	if c := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady); c != nil && c.ObservedGeneration == s.GetGeneration() {
		s.ready = *c
	}
	return nil
}

// unready is an error that says of each sample why it is not Ready.
func (d *demo) unready() error {
	var errs []error
	for _, s := range d.samples {
		if s.ready.Status != metav1.ConditionTrue {
			errs = append(errs, fmt.Errorf("%s: Ready=%s %s: %s", s, s.ready.Status, s.ready.Reason, s.ready.Message))
		}
	}
	return errors.Join(errs...)
}

// idOf is the id in Looker of a sample.
func (d *demo) idOf(kind, name string) (string, error) {
	for _, s := range d.samples {
		if s.GetKind() != kind || s.GetName() != name {
			continue
		}
		id, _, err := unstructured.NestedString(s.Object, "status", "id")
		if err == nil && id == "" {
			err = fmt.Errorf("%s is Ready and has no status.id", s)
		}
		return id, err
	}
	return "", fmt.Errorf("config/samples has no %s %s", kind, name)
}

// showDrift changes a folder behind the operator's back.
func (d *demo) showDrift(ctx context.Context) (string, error) {
	id, err := d.idOf("LookerFolder", sampleFolder)
	if err != nil {
		return "", err
	}
	before, err := d.mock.Row(ctx, "folder", id)
	if err != nil {
		return "", err
	}
	counted, err := d.mock.Calls(ctx)
	if err != nil {
		return "", err
	}
	const byHand = "Renamed by hand"
	if err := d.mock.Set(ctx, "folder", id, map[string]any{"name": byHand}); err != nil {
		return "", err
	}
	changed := time.Now()
	err = d.waitFor(ctx, 30*time.Second, func() (bool, string, error) {
		row, err := d.mock.Row(ctx, "folder", id)
		return row["name"] == before["name"], fmt.Sprintf("folder %s is now called %q", id, row["name"]), err
	})
	if err != nil {
		return "", err
	}
	took := time.Since(changed)
	after, err := d.mock.Calls(ctx)
	if err != nil {
		return "", err
	}
	folders := after.Since(counted).List(func(op string) bool { return strings.Contains(op, "/folders") })
	return fmt.Sprintf("%q became %q and is %q again after %.1f s; calls about folders: %s", before["name"], byHand, before["name"], took.Seconds(), folders), nil
}

// showDeletion deletes a resource with kubectl.
func (d *demo) showDeletion(ctx context.Context) (string, error) {
	id, err := d.idOf("LookerSchedule", sampleSchedule)
	if err != nil {
		return "", err
	}
	row, err := d.mock.Row(ctx, "scheduled_plan", id)
	if err != nil {
		return "", err
	}
	if row == nil {
		return "", fmt.Errorf("LookerSchedule %s is Ready, but Looker has no schedule %s", sampleSchedule, id)
	}
	if _, err := d.kubectl(ctx, nil, "delete", "lookerschedule", sampleSchedule, "-n", sampleNamespace, "--timeout=60s"); err != nil {
		return "", err
	}
	if row, err = d.mock.Row(ctx, "scheduled_plan", id); err != nil {
		return "", err
	}
	if row != nil {
		return "", fmt.Errorf("LookerSchedule %s is gone, but Looker still has schedule %s", sampleSchedule, id)
	}
	return fmt.Sprintf("schedule %s is gone from Looker", id), nil
}

// summary tells what all this cost.
func (d *demo) summary(ctx context.Context) error {
	c, err := d.mock.Calls(ctx)
	if err != nil {
		return err
	}
	d.progress.print(fmt.Sprintf("\nCalls that Looker counts: %d (%d administrative, %d query-based), sweeps every 5 s included; not counted: %d.",
		c.Total, c.ByClass["non_query"], c.ByClass["db_query"], c.ByClass["none"]))
	return nil
}

// invitation says what to do with the demo while it stays up.
func (d *demo) invitation() string {
	kubectl := ""
	if _, err := exec.LookPath("kubectl"); err != nil {
		kubectl = "\n  alias kubectl=" + process.Quoted(d.plane.Kubectl())
	}
	return fmt.Sprintf(`
Everything stays up until Ctrl-C. In another terminal:

  export KUBECONFIG=%[1]s%[2]s
  kubectl get looker -n %[3]s -o wide
  kubectl patch lookerfolder finance-board -n %[3]s --type merge -p '{"spec":{"name":"Supervisory Board"}}'
  kubectl get events -n %[3]s
  curl -s %[4]s/_mock/state     # all that the mock Looker holds
  curl -s %[4]s/_mock/calls     # the calls that it has received
  tail -f %[5]s`, d.plane.Kubeconfig(), kubectl, sampleNamespace, d.mock.URL, d.operator.Log)
}
