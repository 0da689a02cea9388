package lookertest

import (
	"net/url"
	"strings"
	"time"
)

var supportRoutes = []route{
	{at: "GET /cloud_storage", op: "cloud_storage_configuration", errors: "400 404 429", do: (*call).cloudStorageConfiguration},
	{at: "PATCH /cloud_storage", op: "update_cloud_storage_configuration", body: "BackupConfiguration!", errors: "400 404 422 429", do: (*call).updateCloudStorageConfiguration},
	{at: "POST /embed_config/secrets", op: "create_embed_secret", body: "EmbedSecret", errors: "400 403 404 409 422 429", do: (*call).createEmbedSecret},
	{at: "DELETE /embed_config/secrets/{embed_secret_id}", op: "delete_embed_secret", errors: "400 403 404 429", do: (*call).deleteEmbedSecret},
	{at: "GET /legacy_features", op: "all_legacy_features", coreDenied: true, errors: "400 403 404 429", do: (*call).allLegacyFeatures},
	{at: "GET /legacy_features/{legacy_feature_id}", op: "legacy_feature", coreDenied: true, errors: "400 403 404 429", do: (*call).legacyFeature},
	{at: "PATCH /legacy_features/{legacy_feature_id}", op: "update_legacy_feature", coreDenied: true, body: "LegacyFeature!", errors: "400 403 404 422 429", do: (*call).updateLegacyFeature},
	{at: "POST /smtp_settings", op: "set_smtp_settings", body: "SmtpSettings!", errors: "400 403 404 409 422 429", do: (*call).setSmtpSettings},
	{at: "GET /smtp_status", op: "smtp_status", query: "fields", errors: "400 404 429", do: (*call).smtpStatus},
	{at: "GET /support_access/allowlist", op: "get_support_access_allowlist_entries", coreDenied: true, query: "fields", errors: "400 403 404 429", do: (*call).getSupportAccessAllowlistEntries},
	{at: "POST /support_access/allowlist", op: "add_support_access_allowlist_entries", coreDenied: true, body: "SupportAccessAddEntries!", errors: "400 403 404 422 429", do: (*call).addSupportAccessAllowlistEntries},
	{at: "DELETE /support_access/allowlist/{entry_id}", op: "delete_support_access_allowlist_entry", coreDenied: true, errors: "400 403 404 429", do: (*call).deleteSupportAccessAllowlistEntry},
	{at: "PUT /support_access/enable", op: "enable_support_access", coreDenied: true, body: "SupportAccessEnable!", errors: "400 403 404 409 422 429", do: (*call).enableSupportAccess},
	{at: "PUT /support_access/disable", op: "disable_support_access", coreDenied: true, errors: "400 403 404 429", do: (*call).disableSupportAccess},
	{at: "GET /support_access/status", op: "support_access_status", coreDenied: true, errors: "400 403 404 429", do: (*call).supportAccessStatus},
}

func (c *call) cloudStorageConfiguration() (any, error) { return c.cloudStorageView(), nil }

func (c *call) cloudStorageView() map[string]any {
	v := c.singletonView(cloudStorage)
	v["url"] = internalURL + "/cloud_storage"
	return v
}

func (c *call) updateCloudStorageConfiguration() (any, error) {
	_, err := c.updateSingleton(cloudStorage, func(r row) error {
		switch str(r["type"]) {
		case "looker-s3", "":
			return nil
		case "custom-s3":
			if str(r["custom_s3_bucket"]) == "" {
				return c.missingField("custom_s3_bucket")
			}
			return nil
		}
		return c.invalidField("type", "'type' must be looker-s3 or custom-s3.")
	})
	return c.cloudStorageView(), err
}

// setSmtpSettings stores the mail server. Nothing of it can be read again.
func (c *call) setSmtpSettings() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if !truth(body["default_smtp"]) {
		for _, f := range []string{"address", "from"} {
			if str(body[f]) == "" {
				return nil, c.missingField(f)
			}
		}
		if err := c.inRange(body, "port", 1, 65535); err != nil {
			return nil, err
		}
	}
	c.s.state.table(kindSMTPSettings).rows[""] = body
	return noContent{}, nil
}

func (c *call) smtpStatus() (any, error) {
	mail := c.s.state.single(kindSMTPSettings)
	valid := truth(mail["default_smtp"]) || str(mail["address"]) != ""
	message := "ok"
	if !valid {
		message = "no mail server is configured"
	}
	host := c.s.baseURL
	if u, err := url.Parse(c.s.baseURL); err == nil {
		host = u.Hostname()
	}
	node := c.s.view("SmtpNodeStatus", map[string]any{"is_valid": valid, "message": message, "hostname": host})
	return c.s.view("SmtpStatus", map[string]any{"is_valid": valid, "node_count": float64(1), "node_status": []any{node}}), nil
}

func (c *call) legacyFeatureView(f row) map[string]any {
	v := cloneRow(f)
	v["can"] = map[string]any{"show": true, "index": true, "update": true}
	v["enabled"] = truth(f["enabled_locally"])
	return c.s.view("LegacyFeature", v)
}

func (c *call) allLegacyFeatures() (any, error) {
	return listing{c.s.state.list(kindLegacyFeature), c.legacyFeatureView}, nil
}

func (c *call) legacyFeature() (any, error) {
	f, err := c.need(kindLegacyFeature, "legacy_feature_id")
	if err != nil {
		return nil, err
	}
	return c.legacyFeatureView(f), nil
}

func (c *call) updateLegacyFeature() (any, error) {
	f, err := c.need(kindLegacyFeature, "legacy_feature_id")
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	for k, v := range body {
		f[k] = v
	}
	return c.legacyFeatureView(f), nil
}

func (c *call) allowlistView(r row) map[string]any {
	return c.s.view("SupportAccessAllowlistEntry", r)
}

func (c *call) getSupportAccessAllowlistEntries() (any, error) {
	return listing{c.s.state.list(kindSupportAllowlist), c.allowlistView}, nil
}

// addSupportAccessAllowlistEntries answers the entries that were added.
func (c *call) addSupportAccessAllowlistEntries() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	emails := stringList(body["emails"])
	if len(emails) == 0 {
		return nil, c.missingField("emails")
	}
	for _, email := range emails {
		if !strings.Contains(email, "@") {
			return nil, c.invalidField("emails", "'%s' is not an e-mail address.", email)
		}
		if c.s.state.find(kindSupportAllowlist, "email", email) != nil {
			return nil, c.invalid(detail{"emails", "already_exists", "'" + email + "' is on the list already."})
		}
	}
	added := []row{}
	for _, email := range emails {
		r := row{"email": email, "reason": body["reason"], "full_name": nil, "created_date": c.timestamp()}
		c.insert(kindSupportAllowlist, r)
		added = append(added, r)
	}
	return listing{added, c.allowlistView}, nil
}

func (c *call) deleteSupportAccessAllowlistEntry() (any, error) {
	r, err := c.need(kindSupportAllowlist, "entry_id")
	if err != nil {
		return nil, err
	}
	c.remove(kindSupportAllowlist, str(r["id"]))
	return noContent{}, nil
}

func (c *call) supportAccessView() map[string]any {
	r := c.s.state.single(kindSupportAccess)
	until, err := time.Parse("2006-01-02T15:04:05.000-07:00", str(r["open_until"]))
	if err != nil || !c.now.Before(until) {
		return c.s.view("SupportAccessStatus", map[string]any{"open": false, "open_until": nil})
	}
	return c.s.view("SupportAccessStatus", map[string]any{"open": true, "open_until": r["open_until"]})
}

func (c *call) supportAccessStatus() (any, error) { return c.supportAccessView(), nil }

func (c *call) enableSupportAccess() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	seconds, ok := body["duration_in_seconds"].(float64)
	if !ok || seconds <= 0 {
		return nil, c.missingField("duration_in_seconds")
	}
	until := timestamp(c.now.Add(time.Duration(seconds) * time.Second))
	c.s.state.table(kindSupportAccess).rows[""] = row{"open_until": until}
	return c.supportAccessView(), nil
}

func (c *call) disableSupportAccess() (any, error) {
	delete(c.s.state.table(kindSupportAccess).rows, "")
	return c.supportAccessView(), nil
}

// createEmbedSecret: the only answer that ever holds the secret, and the only place that tells the id.
func (c *call) createEmbedSecret() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	r := row{"algorithm": "hmac/sha-256", "enabled": true, "secret_type": "SSO", "created_at": c.timestamp(), "user_id": c.session.userID, "secret": c.s.newSecret("emb")}
	for k, v := range body {
		r[k] = v
	}
	if a := r["algorithm"]; a != "hmac/sha-256" && a != "hmac/sha-1" {
		return nil, c.invalidField("algorithm", "'algorithm' must be hmac/sha-256 or hmac/sha-1.")
	}
	c.insert(kindEmbedSecret, r)
	return c.s.view("EmbedSecret", r), nil
}

func (c *call) deleteEmbedSecret() (any, error) {
	r, err := c.need(kindEmbedSecret, "embed_secret_id")
	if err != nil {
		return nil, err
	}
	c.remove(kindEmbedSecret, str(r["id"]))
	return noContent{}, nil
}
