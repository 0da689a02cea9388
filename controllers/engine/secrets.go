package engine

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// readSecrets returns the values behind references, each Secret read once. A
// missing Secret or key is named with the field that asks for it.
func readSecrets(ctx context.Context, reader client.Reader, namespace string, refs []v1alpha1.SecretReference) (map[v1alpha1.SecretKeyReference]lookerclient.Secret, error) {
	values := make(map[v1alpha1.SecretKeyReference]lookerclient.Secret, len(refs))
	read := map[string]*corev1.Secret{}
	for _, ref := range refs {
		secret := read[ref.Name]
		if secret == nil {
			secret = &corev1.Secret{}
			err := reader.Get(ctx, types.NamespacedName{Namespace: namespace, Name: ref.Name}, secret)
			if apierrors.IsNotFound(err) {
				return nil, waiting(ReasonSecretNotFound, 0, "%s: there is no Secret %q in namespace %s; create it with the key %q", ref.Field, ref.Name, namespace, ref.Key)
			}
			if err != nil {
				return nil, err
			}
			read[ref.Name] = secret
		}
		value, ok := secret.Data[ref.Key]
		if !ok {
			return nil, waiting(ReasonSecretNotFound, 0, "%s: Secret %q has no key %q", ref.Field, ref.Name, ref.Key)
		}
		values[ref.SecretKeyReference] = lookerclient.NewSecret(string(value))
	}
	return values, nil
}
