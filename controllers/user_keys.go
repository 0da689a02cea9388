package controllers

import (
	"context"
	"fmt"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// Mints implements engine.Minter.
func (userAdapter) Mints(u *v1alpha1.LookerUser) []engine.Mint {
	out := make([]engine.Mint, len(u.Spec.APICredentials))
	for i, c := range u.Spec.APICredentials {
		out[i] = engine.Mint{Purpose: c.Purpose, SecretName: c.WriteTo.SecretName}
	}
	return out
}

// Minted implements engine.Minter.
func (userAdapter) Minted(u *v1alpha1.LookerUser) *[]v1alpha1.MintedCredential {
	return &u.Status.APICredentials
}

// ListMinted implements engine.Minter. The operator's own key is not among them.
// A key has no purpose yet if its making was interrupted before it was labelled,
// and never gets one before 25.14. Such a key is not known for the operator's
// and remains, with a secret that nobody has.
func (userAdapter) ListMinted(ctx context.Context, c *lookerclient.Client, id string) (map[string]string, error) {
	keys, err := c.Users.APIKeys(ctx, lookerclient.ID(id))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, key := range keys {
		if !isOwnKey(c, key) {
			out[string(key.ID)] = valueOf(key.Purpose)
		}
	}
	return out, nil
}

// Mint implements engine.Minter. The Secret can serve as a LookerInstance's
// credentialsSecretRef. A key that cannot be labelled is removed again: after a
// crash it could not be told from those of others.
func (userAdapter) Mint(ctx context.Context, c *lookerclient.Client, id, purpose string) (string, map[string]lookerclient.Secret, error) {
	user := lookerclient.ID(id)
	key, err := c.Users.CreateAPIKey(ctx, user)
	if err != nil {
		return "", nil, err
	}
	_, err = c.Users.UpdateAPIKey(ctx, user, key.ID, lookerclient.WriteCredentialsApi3{Purpose: lookerclient.Set(purpose)})
	if err != nil && !lookerclient.IsNotFound(err) && !lookerclient.IsUnsupported(err) {
		if undo := c.Users.DeleteAPIKey(ctx, user, key.ID); undo != nil {
			return "", nil, fmt.Errorf("API key %s was made and could neither be labelled (%w) nor removed; remove it in Looker: %w", key.ID, err, undo)
		}
		return "", nil, fmt.Errorf("label the new API key: %w", err)
	}
	return string(key.ID), map[string]lookerclient.Secret{
		v1alpha1.CredentialsClientIDKey:     lookerclient.NewSecret(valueOf(key.ClientID)),
		v1alpha1.CredentialsClientSecretKey: key.ClientSecret,
	}, nil
}

// Revoke implements engine.Minter. It never revokes the key that the operator
// itself logs in with.
func (userAdapter) Revoke(ctx context.Context, c *lookerclient.Client, id, credential string) error {
	keys, err := c.Users.APIKeys(ctx, lookerclient.ID(id))
	if err != nil {
		return err
	}
	for _, key := range keys {
		if string(key.ID) == credential && isOwnKey(c, key) {
			return engine.Refuse("API key %s is the one that the operator itself logs in with; it is never revoked", credential)
		}
	}
	err = c.Users.DeleteAPIKey(ctx, lookerclient.ID(id), lookerclient.ID(credential))
	if lookerclient.IsNotFound(err) {
		return nil
	}
	return err
}

func isOwnKey(c *lookerclient.Client, key lookerclient.CredentialsApi3) bool {
	clientID := valueOf(key.ClientID)
	return clientID != "" && clientID == c.ClientID()
}
