package fidelity

import (
	"slices"
	"testing"

	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
	"github.com/looker-operator/looker-operator/test/fidelity/contract"
)

func specOperations(t *testing.T) map[string]contract.Operation {
	t.Helper()
	out := map[string]contract.Operation{}
	for _, op := range contract.Load(t).Operations() {
		out[op.Method+" "+op.Path] = op
	}
	return out
}

func TestEveryRouteOfTheMockIsAnOperationOfTheDescription(t *testing.T) {
	t.Parallel()
	spec := specOperations(t)
	routes := lookertest.Routes()
	if len(routes) < 150 {
		t.Fatalf("the mock has %d routes only", len(routes))
	}
	for _, r := range routes {
		op, ok := spec[r.Method+" "+r.Path]
		if !ok {
			t.Errorf("%s %s is not in the description", r.Method, r.Path)
			continue
		}
		if op.ID != r.Operation || op.Class != r.Class || op.CoreDenied != r.CoreDenied {
			t.Errorf("%s %s: the mock has id %s class %s core-denied %t, the description %s %s %t", r.Method, r.Path, r.Operation, r.Class, r.CoreDenied, op.ID, op.Class, op.CoreDenied)
		}
		slices.Sort(op.Query)
		query := slices.Sorted(slices.Values(r.Query))
		if !slices.Equal(query, op.Query) {
			t.Errorf("%s %s: the mock takes %v, the description says %v", r.Method, r.Path, query, op.Query)
		}
		for _, status := range r.Statuses {
			if !slices.Contains(op.Statuses, status) {
				t.Errorf("%s %s: the mock may answer %s, the description says %v", r.Method, r.Path, status, op.Statuses)
			}
		}
	}
}

func TestEveryOperationOfTheClientIsAsTheDescriptionSaysAndKnownToTheMock(t *testing.T) {
	t.Parallel()
	spec := specOperations(t)
	mock := map[string]bool{}
	for _, r := range lookertest.Routes() {
		mock[r.Method+" "+r.Path] = true
	}
	if len(lookerclient.Operations) == 0 {
		t.Fatal("lookerclient.Operations is empty")
	}
	for _, o := range lookerclient.Operations {
		at := o.Method + " " + o.Path
		op, ok := spec[at]
		if !ok {
			t.Errorf("%s is not in the description", at)
			continue
		}
		if op.ID != o.ID || op.Class != string(o.Class) || op.CoreDenied != o.CoreDenied {
			t.Errorf("%s: the client has id %s class %s core-denied %t, the description %s %s %t", at, o.ID, o.Class, o.CoreDenied, op.ID, op.Class, op.CoreDenied)
		}
		if !mock[at] {
			t.Errorf("%s: the client calls it, the mock does not have it", at)
		}
	}
}
