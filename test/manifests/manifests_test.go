package manifests

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/controllers"
	"github.com/looker-operator/looker-operator/test/controlplane"
	"github.com/looker-operator/looker-operator/test/repository"
)

const group = "looker-operator.dev"

func TestDefaultInstallsOnARealAPIServer(t *testing.T) {
	t.Parallel()
	objects := render(t, "config/default")
	plane := controlplane.Start(t, controlplane.Options{NoCRDs: true})
	admin, err := client.New(plane.Config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range objects {
		if err := apply(t, admin, object); err != nil {
			t.Errorf("%s %s is refused: %v", object.GetKind(), object.GetName(), err)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	deployment := find[appsv1.Deployment](t, objects, "Deployment")

	t.Run("applying it again changes nothing", func(t *testing.T) {
		for _, object := range render(t, "config/default") {
			before := object.DeepCopy()
			if err := admin.Get(t.Context(), client.ObjectKeyFromObject(object), before); err != nil {
				t.Fatal(err)
			}
			if err := apply(t, admin, object); err != nil {
				t.Fatal(err)
			}
			if before.GetGeneration() != object.GetGeneration() {
				t.Errorf("%s %s: generation %d became %d", object.GetKind(), object.GetName(),
					before.GetGeneration(), object.GetGeneration())
			}
		}
	})
	t.Run("its Pod is admitted to its namespace, which enforces restricted", func(t *testing.T) {
		if err := admin.Create(t.Context(), podOf(deployment), client.DryRunAll); err != nil {
			t.Errorf("the Deployment's Pod is refused: %v", err)
		}
	})
	for name, weaken := range weakenings {
		t.Run("a Pod is refused there that "+name, func(t *testing.T) {
			pod := podOf(deployment)
			weaken(&pod.Spec)
			err := admin.Create(t.Context(), pod, client.DryRunAll)
			if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "PodSecurity") {
				t.Errorf("Pod Security did not refuse it: %v", err)
			}
		})
	}
	t.Run("its identity has the rights it needs and no others", func(t *testing.T) {
		for _, c := range rights {
			attributes := c.attributes()
			review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
				User:               "system:serviceaccount:" + Namespace + ":" + ServiceAccount,
				Groups:             []string{"system:serviceaccounts", "system:serviceaccounts:" + Namespace, "system:authenticated"},
				ResourceAttributes: &attributes,
			}}
			if err := admin.Create(t.Context(), review); err != nil {
				t.Fatal(err)
			}
			if review.Status.Allowed != c.allowed {
				t.Errorf("%s %s in namespace %q: allowed is %t, not %t", c.verb, c.resource, c.namespace, review.Status.Allowed, c.allowed)
			}
		}
	})
	t.Run("the documentation's examples are accepted", func(t *testing.T) {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "analytics"}}
		if err := admin.Create(t.Context(), namespace); err != nil {
			t.Fatal(err)
		}
		for _, example := range documentedResources(t) {
			if err := admin.Create(t.Context(), example.object, client.DryRunAll, client.FieldValidation("Strict")); err != nil {
				t.Errorf("%s: %s %s is refused: %v", example.file, example.object.GetKind(), example.object.GetName(), err)
			}
		}
	})
}

// weakenings are changes that Pod Security's restricted level must notice: with
// them the admission test is seen to be able to fail.
var weakenings = map[string]func(*corev1.PodSpec){
	"is privileged": func(s *corev1.PodSpec) {
		s.Containers[0].SecurityContext.Privileged = ptr(true)
		s.Containers[0].SecurityContext.AllowPrivilegeEscalation = nil // "false" would contradict it
	},
	"may escalate": func(s *corev1.PodSpec) { s.Containers[0].SecurityContext.AllowPrivilegeEscalation = ptr(true) },
	"may be root":  func(s *corev1.PodSpec) { s.SecurityContext.RunAsNonRoot = nil },
	"keeps capabilities": func(s *corev1.PodSpec) {
		s.Containers[0].SecurityContext.Capabilities = nil
	},
	"has no seccomp profile": func(s *corev1.PodSpec) { s.SecurityContext.SeccompProfile = nil },
	"mounts a host path": func(s *corev1.PodSpec) {
		s.Volumes = []corev1.Volume{{Name: "host", VolumeSource: corev1.VolumeSource{
			HostPath: &corev1.HostPathVolumeSource{Path: "/"},
		}}}
	},
}

// right is one question to the API server's authoriser. resource is
// "group/resource" or "group/resource/subresource", with an empty group for core.
type right struct {
	verb, resource, namespace string
	allowed                   bool
}

func (r right) attributes() authorizationv1.ResourceAttributes {
	parts := append(strings.Split(r.resource, "/"), "")
	return authorizationv1.ResourceAttributes{
		Verb: r.verb, Group: parts[0], Resource: parts[1], Subresource: parts[2], Namespace: r.namespace,
	}
}

var rights = []right{
	{"watch", group + "/lookerfolders", "", true},
	{"patch", group + "/lookerfolders", "team", true},
	{"patch", group + "/lookerfolders/status", "team", true},
	{"update", group + "/lookerusers/finalizers", "team", true},
	{"create", group + "/lookerfolders", "team", false},
	{"delete", group + "/lookerfolders", "team", false},
	{"get", "/secrets", "team", true},
	{"watch", "/namespaces", "", true},
	{"create", "events.k8s.io/events", "team", true},
	{"create", "coordination.k8s.io/leases", Namespace, true},
	{"create", "/events", Namespace, true},
	{"create", "authentication.k8s.io/tokenreviews", "", true},
	{"create", "authorization.k8s.io/subjectaccessreviews", "", true},

	{"create", "coordination.k8s.io/leases", "team", false},
	{"create", "/events", "team", false},
	{"deletecollection", "/secrets", "team", false},
	{"get", "/configmaps", "team", false},
	{"create", "/pods", "team", false},
	{"create", "/pods/exec", "team", false},
	{"update", "/namespaces", "team", false},
	{"create", "/serviceaccounts/token", "team", false},
	{"impersonate", "/users", "", false},
	{"get", "rbac.authorization.k8s.io/clusterroles", "", false},
	{"update", "apiextensions.k8s.io/customresourcedefinitions", "", false},
}

func TestTheDeploymentFitsWhatTheProgramDoes(t *testing.T) {
	t.Parallel()
	pod := podOf(find[appsv1.Deployment](t, render(t, "config/default"), "Deployment")).Spec
	container := pod.Containers[0]
	i := slices.IndexFunc(container.Env, func(e corev1.EnvVar) bool { return e.Name == "GOMEMLIMIT" })
	if i < 0 || container.Env[i].ValueFrom == nil || container.Env[i].ValueFrom.ResourceFieldRef == nil ||
		container.Env[i].ValueFrom.ResourceFieldRef.Resource != "limits.memory" {
		t.Errorf("GOMEMLIMIT is not the container's limit: %v", container.Env)
	}
	if container.Resources.Limits.Memory().IsZero() {
		t.Error("there is no limit of memory")
	}
	grace := time.Duration(*pod.TerminationGracePeriodSeconds) * time.Second
	if end := *controllers.ManagerOptions(runtime.NewScheme()).GracefulShutdownTimeout; end >= grace {
		t.Errorf("the program takes up to %s to end, and is killed after %s: the Lease may not be given back", end, grace)
	}
}

func TestUserRolesCoverEveryKindButNotItsStatus(t *testing.T) {
	t.Parallel()
	objects := render(t, "config/default")
	var want []string
	for _, object := range objects {
		if object.GetKind() == "CustomResourceDefinition" {
			want = append(want, convert[apiextensionsv1.CustomResourceDefinition](t, object).Spec.Names.Plural)
		}
	}
	slices.Sort(want)
	if len(want) == 0 {
		t.Fatal("config/default has no CRD")
	}
	for _, name := range []string{"looker-operator-editor", "looker-operator-viewer"} {
		i := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetName() == name })
		if i < 0 {
			t.Errorf("config/default has no ClusterRole %s", name)
			continue
		}
		var got []string
		for _, rule := range convert[rbacv1.ClusterRole](t, objects[i]).Rules {
			got = append(got, rule.Resources...)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("ClusterRole %s is about %q; the CRDs are %q", name, got, want)
		}
	}
}

func TestEveryKindIsInTheProjectFile(t *testing.T) {
	t.Parallel()
	root, err := repository.Root()
	if err != nil {
		t.Fatal(err)
	}
	project, err := os.ReadFile(filepath.Join(root, "PROJECT"))
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range render(t, "config/crd") {
		kind := convert[apiextensionsv1.CustomResourceDefinition](t, object).Spec.Names.Kind
		if !strings.Contains(string(project), "\n    kind: "+kind+"\n") {
			t.Errorf("PROJECT lacks the kind %s", kind)
		}
	}
}

func TestEveryCRDIsSmallEnoughForClientSideApply(t *testing.T) {
	t.Parallel()
	const limit = 100 << 10 // The annotation of "kubectl apply" must stay below 256 KiB.
	root, err := repository.Root()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "config/crd/bases/*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no CRD in config/crd/bases (%v)", err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > limit {
			t.Errorf("%s has %d bytes, more than %d: lower crd:maxDescLen in the Makefile or shorten the descriptions",
				filepath.Base(file), info.Size(), limit)
		}
	}
}

func TestOptionalComponentsSelectTheOperator(t *testing.T) {
	t.Parallel()
	root, err := repository.Root()
	if err != nil {
		t.Fatal(err)
	}
	// An overlay must be inside the repository: kustomize takes relative paths only.
	if err := os.MkdirAll(filepath.Join(root, "out"), 0o755); err != nil {
		t.Fatal(err)
	}
	overlay, err := os.MkdirTemp(filepath.Join(root, "out"), "overlay-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(overlay); err != nil {
			t.Error(err)
		}
	})
	const kustomization = "resources: [../../config/default]\n" +
		"components: [../../config/prometheus, ../../config/network-policy]\n"
	if err := os.WriteFile(filepath.Join(overlay, "kustomization.yaml"), []byte(kustomization), 0o600); err != nil {
		t.Fatal(err)
	}
	objects, err := renderAt(overlay)
	if err != nil {
		t.Fatal(err)
	}
	pod := podOf(find[appsv1.Deployment](t, objects, "Deployment"))
	service := find[corev1.Service](t, objects, "Service")
	for kind, subject := range map[string]struct {
		labels map[string]string
		path   []string
	}{
		"NetworkPolicy":       {pod.Labels, []string{"spec", "podSelector", "matchLabels"}},
		"PodDisruptionBudget": {pod.Labels, []string{"spec", "selector", "matchLabels"}},
		"Service":             {pod.Labels, []string{"spec", "selector"}},
		"ServiceMonitor":      {service.Labels, []string{"spec", "selector", "matchLabels"}},
	} {
		object := findAny(t, objects, kind)
		if object.GetNamespace() != Namespace {
			t.Errorf("%s is in namespace %q, not in %q", kind, object.GetNamespace(), Namespace)
		}
		selector, _, err := unstructured.NestedStringMap(object.Object, subject.path...)
		if err != nil || len(selector) == 0 {
			t.Errorf("%s has no selector (%v)", kind, err)
		}
		for key, value := range selector {
			if subject.labels[key] != value {
				t.Errorf("%s selects %s=%s; the label is %q", kind, key, value, subject.labels[key])
			}
		}
	}
}

func TestRenderNamesTheFolderThatIsNotThere(t *testing.T) {
	t.Parallel()
	if _, err := Render("config/nonesuch"); err == nil || !strings.Contains(err.Error(), "config/nonesuch") {
		t.Errorf("the error does not name the folder: %v", err)
	}
}

func apply(t *testing.T, admin client.Client, object *unstructured.Unstructured) error {
	t.Helper()
	configuration := client.ApplyConfigurationFromUnstructured(object)
	return admin.Apply(t.Context(), configuration, client.FieldOwner("manifests-test"), client.ForceOwnership)
}

func podOf(deployment *appsv1.Deployment) *corev1.Pod {
	template := deployment.Spec.Template.DeepCopy()
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "probe", Namespace: Namespace, Labels: template.Labels},
		Spec:       template.Spec,
	}
}

func render(t *testing.T, folder string) []*unstructured.Unstructured {
	t.Helper()
	objects, err := Render(folder)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func find[T any](t *testing.T, objects []*unstructured.Unstructured, kind string) *T {
	t.Helper()
	return convert[T](t, findAny(t, objects, kind))
}

func findAny(t *testing.T, objects []*unstructured.Unstructured, kind string) *unstructured.Unstructured {
	t.Helper()
	i := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == kind })
	if i < 0 {
		t.Fatalf("there is no %s", kind)
	}
	return objects[i]
}

// convert is strict: a field that the type does not know is a mistake in the manifest.
func convert[T any](t *testing.T, object *unstructured.Unstructured) *T {
	t.Helper()
	typed := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, typed, true); err != nil {
		t.Fatal(fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err))
	}
	return typed
}

func ptr[T any](v T) *T { return &v }
