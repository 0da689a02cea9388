// Package manifests renders the repository's kustomizations and tests what they
// install on a real API server.
package manifests

import (
	"fmt"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/looker-operator/looker-operator/test/repository"
)

// Names of what config/default installs.
const (
	// Namespace is the operator's own.
	Namespace = "looker-operator-system"
	// ServiceAccount is the operator's identity in Namespace.
	ServiceAccount = "looker-operator-manager"
)

// Render is the objects of a kustomization, in the order in which they can be
// applied. folder is relative to the repository's root, such as "config/default".
func Render(folder string) ([]*unstructured.Unstructured, error) {
	root, err := repository.Root()
	if err != nil {
		return nil, err
	}
	return renderAt(filepath.Join(root, folder))
}

func renderAt(folder string) ([]*unstructured.Unstructured, error) {
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionLegacy // namespaces and CRDs first
	rendered, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, fmt.Errorf("rendering %s: %w", folder, err)
	}
	objects := make([]*unstructured.Unstructured, 0, rendered.Size())
	for _, resource := range rendered.Resources() {
		// By way of JSON: kustomize's own map has ints, which the types of
		// apimachinery do not allow.
		content, err := resource.MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("rendering %s: %s: %w", folder, resource.CurId(), err)
		}
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(content); err != nil {
			return nil, fmt.Errorf("rendering %s: %s: %w", folder, resource.CurId(), err)
		}
		objects = append(objects, object)
	}
	return objects, nil
}
