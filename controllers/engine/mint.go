package engine

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// annotationMinted is on a Secret that holds a minted credential; its value is
// the credential's id in Looker. It ties the two together across a crash.
const annotationMinted = "looker-operator.dev/credential-id"

// mint issues the credentials that the spec asks for and revokes those that it
// no longer does. Looker shows a secret once; whatever is lost between Looker's
// answer and the Secret is revoked and issued anew, never kept twice.
func (r *Reconciler[O, W, L]) mint(ctx context.Context, p *pass[O, W, L]) error {
	spec, status := p.obj.Common()
	if spec.ManagementPolicy == v1alpha1.ManagementObserve {
		return nil
	}
	wanted := r.abilities.minter.Mints(p.obj)
	records := r.abilities.minter.Minted(p.obj)
	for _, rec := range slices.Clone(*records) {
		if !slices.ContainsFunc(wanted, func(m Mint) bool { return m.Purpose == rec.Purpose && m.SecretName == rec.SecretName }) {
			if err := r.unmint(ctx, p, rec); err != nil {
				return err
			}
		}
	}
	for _, m := range wanted {
		if err := r.mintOne(ctx, p, m); err != nil {
			return fmt.Errorf("credential %q of %s %s: %w", m.Purpose, looker(r.kind), status.ID, err)
		}
	}
	return nil
}

// mintOne makes sure that one credential exists and its Secret holds it.
func (r *Reconciler[O, W, L]) mintOne(ctx context.Context, p *pass[O, W, L], m Mint) error {
	rec := r.mintRecord(p, m)
	secret, err := r.mintedSecret(ctx, p, m)
	if err != nil {
		return err
	}
	inSecret := ""
	if secret != nil {
		inSecret = secret.Annotations[annotationMinted]
	}
	if rec != nil && rec.ID != "" && rec.ID == inSecret {
		return nil
	}
	if rec != nil && rec.ID == "" && inSecret != "" {
		rec.ID = inSecret // the crash was between the Secret and the status
		return r.patchStatus(ctx, p, false)
	}
	return r.issue(ctx, p, m, rec)
}

// issue revokes what an earlier attempt may have left, then issues anew.
func (r *Reconciler[O, W, L]) issue(ctx context.Context, p *pass[O, W, L], m Mint, rec *v1alpha1.MintedCredential) error {
	_, status := p.obj.Common()
	if err := p.inst.Gate.Ask(ctx); err != nil { // parked later, it would look like an interrupted one
		return err
	}
	if rec != nil {
		if err := r.revokeLost(ctx, p, *rec); err != nil {
			return err
		}
		rec.ID = ""
	} else {
		records := r.abilities.minter.Minted(p.obj)
		*records = append(*records, v1alpha1.MintedCredential{Purpose: m.Purpose, SecretName: m.SecretName})
	}
	if err := r.patchStatus(ctx, p, true); err != nil {
		return fmt.Errorf("store the intent to issue: %w", err)
	}
	id, data, err := r.abilities.minter.Mint(ctx, p.inst.Client, status.ID, m.Purpose)
	if err != nil {
		return err
	}
	r.event(p.obj, "CredentialIssued", "Issue", "issued credential %s (%s), which Secret %s holds", id, m.Purpose, m.SecretName)
	if err := r.writeSecret(ctx, p, m, id, data); err != nil {
		return err
	}
	r.mintRecord(p, m).ID = id
	return r.patchStatus(ctx, p, false)
}

// revokeLost revokes the credential of a record and, where its id was never
// stored, those with its purpose that no Secret holds.
func (r *Reconciler[O, W, L]) revokeLost(ctx context.Context, p *pass[O, W, L], rec v1alpha1.MintedCredential) error {
	_, status := p.obj.Common()
	if rec.ID != "" {
		return ignoreNotFound(r.abilities.minter.Revoke(ctx, p.inst.Client, status.ID, rec.ID))
	}
	all, err := r.abilities.minter.ListMinted(ctx, p.inst.Client, status.ID)
	if err != nil {
		return err
	}
	for _, id := range sortedKeysOf(all) {
		if all[id] != rec.Purpose {
			continue
		}
		if err := ignoreNotFound(r.abilities.minter.Revoke(ctx, p.inst.Client, status.ID, id)); err != nil {
			return err
		}
		r.event(p.obj, "CredentialRevoked", "Revoke", "revoked credential %s (%s): its secret was lost before it could be stored", id, rec.Purpose)
	}
	return nil
}

// unmint revokes a credential that the spec no longer asks for, with its Secret.
func (r *Reconciler[O, W, L]) unmint(ctx context.Context, p *pass[O, W, L], rec v1alpha1.MintedCredential) error {
	if err := r.revokeLost(ctx, p, rec); err != nil {
		return err
	}
	if rec.ID != "" {
		r.event(p.obj, "CredentialRevoked", "Revoke", "revoked credential %s (%s): the spec no longer asks for it", rec.ID, rec.Purpose)
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: p.obj.GetNamespace(), Name: rec.SecretName}}
	held, err := r.mintedSecret(ctx, p, Mint{rec.Purpose, rec.SecretName})
	if err == nil && held != nil {
		if err := r.Client.Delete(ctx, secret); err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	records := r.abilities.minter.Minted(p.obj)
	*records = slices.DeleteFunc(*records, func(x v1alpha1.MintedCredential) bool {
		return x.Purpose == rec.Purpose && x.SecretName == rec.SecretName
	})
	return r.patchStatus(ctx, p, false)
}

// revokeMinted revokes all credentials of an object that is being deleted.
func (r *Reconciler[O, W, L]) revokeMinted(ctx context.Context, p *pass[O, W, L], id string) error {
	if r.abilities.minter == nil {
		return nil
	}
	for _, rec := range *r.abilities.minter.Minted(p.obj) {
		if rec.ID == "" {
			continue
		}
		if err := ignoreNotFound(r.abilities.minter.Revoke(ctx, p.inst.Client, id, rec.ID)); err != nil {
			return err
		}
	}
	return nil
}

// orphanMinted keeps the Secrets of an object that is deleted without its
// resource: they hold keys that stay valid, and nobody could read them again.
func (r *Reconciler[O, W, L]) orphanMinted(ctx context.Context, p *pass[O, W, L]) error {
	if r.abilities.minter == nil {
		return nil
	}
	for _, rec := range *r.abilities.minter.Minted(p.obj) {
		var secret corev1.Secret
		err := r.Reader.Get(ctx, types.NamespacedName{Namespace: p.obj.GetNamespace(), Name: rec.SecretName}, &secret)
		if apierrors.IsNotFound(err) || err == nil && !metav1.IsControlledBy(&secret, p.obj) {
			continue
		}
		if err != nil {
			return err
		}
		secret.OwnerReferences = slices.DeleteFunc(secret.OwnerReferences, func(o metav1.OwnerReference) bool { return o.UID == p.obj.GetUID() })
		if err := r.Client.Update(ctx, &secret); err != nil {
			return err
		}
	}
	return nil
}

// mintedSecret returns the Secret of a credential, nil if there is none. One
// that another owner has is never touched.
func (r *Reconciler[O, W, L]) mintedSecret(ctx context.Context, p *pass[O, W, L], m Mint) (*corev1.Secret, error) {
	var secret corev1.Secret
	err := r.Reader.Get(ctx, types.NamespacedName{Namespace: p.obj.GetNamespace(), Name: m.SecretName}, &secret)
	if apierrors.IsNotFound(err) {
		return nil, nil //nolint:nilnil // absence is one of the two good answers
	}
	if err != nil {
		return nil, err
	}
	if !metav1.IsControlledBy(&secret, p.obj) {
		return nil, stalled(ReasonSecretConflict, recheck, "Secret %q exists and does not belong to this object; choose another secretName, or delete it", m.SecretName)
	}
	return &secret, nil
}

func (r *Reconciler[O, W, L]) writeSecret(ctx context.Context, p *pass[O, W, L], m Mint, id string, data map[string]lookerclient.Secret) error {
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: p.obj.GetNamespace(), Name: m.SecretName,
			Annotations: map[string]string{annotationMinted: id},
			Labels:      map[string]string{"app.kubernetes.io/managed-by": "looker-operator"},
		},
		Type: corev1.SecretTypeOpaque,
		Data: map[string][]byte{},
	}
	for k, v := range data {
		secret.Data[k] = []byte(v.Reveal())
	}
	if err := controllerutil.SetControllerReference(p.obj, secret, r.Client.Scheme()); err != nil {
		return err
	}
	err := r.Client.Create(ctx, secret)
	if !apierrors.IsAlreadyExists(err) {
		return err
	}
	if _, err := r.mintedSecret(ctx, p, m); err != nil {
		return err
	}
	return r.Client.Update(ctx, secret)
}

func (r *Reconciler[O, W, L]) mintRecord(p *pass[O, W, L], m Mint) *v1alpha1.MintedCredential {
	records := *r.abilities.minter.Minted(p.obj)
	for i := range records {
		if records[i].Purpose == m.Purpose && records[i].SecretName == m.SecretName {
			return &records[i]
		}
	}
	return nil
}

func ignoreNotFound(err error) error {
	if lookerclient.IsNotFound(err) {
		return nil
	}
	return err
}
