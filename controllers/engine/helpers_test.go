package engine

import (
	"context"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// inert is an adapter that nobody calls.
type inert struct{}

func (inert) Desired(*v1alpha1.LookerRole, Inputs) (struct{}, error) { return struct{}{}, nil }
func (inert) Key(struct{}) struct{}                                  { return struct{}{} }
func (inert) Match(struct{}, *struct{}) bool                         { return false }
func (inert) ID(*struct{}) string                                    { return "" }
func (inert) Delete(context.Context, *lookerclient.Client, string) error {
	return nil
}

func (inert) Get(context.Context, *lookerclient.Client, string) (*struct{}, error) {
	return &struct{}{}, nil
}

func (inert) Create(context.Context, *lookerclient.Client, struct{}) (*struct{}, error) {
	return &struct{}{}, nil
}

func (inert) Update(context.Context, *lookerclient.Client, *struct{}, struct{}) (*struct{}, error) {
	return &struct{}{}, nil
}

// roles is a reconciler of LookerRoles that finds these in its cache.
func roles(t *testing.T, objects ...client.Object) *Reconciler[*v1alpha1.LookerRole, struct{}, struct{}] {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	b := fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...)
	for _, index := range sortedKeysOf(indexers()) {
		b = b.WithIndex(&v1alpha1.LookerRole{}, index, indexers()[index])
	}
	clock := clocktesting.NewFakeClock(time.Now())
	return newReconciler(Deps{Client: b.Build(), Clock: clock}, &v1alpha1.LookerRole{}, Adapter[*v1alpha1.LookerRole, struct{}, struct{}](inert{}))
}
