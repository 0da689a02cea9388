package controllers

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// settingSection is one object of the API that holds settings.
type settingSection struct {
	field  string // in the spec, for messages
	wanted func(*wantedSettings) bool
	known  func(*liveSettings) bool
	// read returns a function that stores what was read.
	read func(context.Context, *lookerclient.Client) (func(*liveSettings), error)
	// write sends the section of patch and stores the answer in live, which may be
	// changed; what its fields point at may not.
	write func(ctx context.Context, c *lookerclient.Client, live *liveSettings, patch *wantedSettings) error
}

// settingSections in the order in which they are sent.
var settingSections = []settingSection{
	generalSection(),
	plainSection("spec.password",
		func(w *wantedSettings) *lookerclient.WritePasswordConfig { return w.Password },
		func(l *liveSettings) **lookerclient.PasswordConfig { return &l.Password },
		(*lookerclient.SettingsService).PasswordConfig, (*lookerclient.SettingsService).UpdatePasswordConfig),
	plainSection("spec.session",
		func(w *wantedSettings) *lookerclient.WriteSessionConfig { return w.Session },
		func(l *liveSettings) **lookerclient.SessionConfig { return &l.Session },
		(*lookerclient.SettingsService).SessionConfig, (*lookerclient.SettingsService).UpdateSessionConfig),
	ldapSection(),
	samlSection(),
	oidcSection(),
	smtpSection(),
	plainSection("spec.digestEmails",
		func(w *wantedSettings) *lookerclient.WriteDigestEmails { return w.DigestEmails },
		func(l *liveSettings) **lookerclient.DigestEmails { return &l.DigestEmails },
		(*lookerclient.SettingsService).DigestEmails, (*lookerclient.SettingsService).UpdateDigestEmails),
	plainSection("spec.internalHelp",
		func(w *wantedSettings) *lookerclient.WriteInternalHelpResources { return w.InternalHelp },
		func(l *liveSettings) **lookerclient.InternalHelpResources { return &l.InternalHelp },
		(*lookerclient.SettingsService).InternalHelpResources, (*lookerclient.SettingsService).UpdateInternalHelpResources),
	plainSection("spec.internalHelp",
		func(w *wantedSettings) *lookerclient.WriteInternalHelpResourcesContent { return w.InternalHelpContent },
		func(l *liveSettings) **lookerclient.InternalHelpResourcesContent { return &l.InternalHelpContent },
		(*lookerclient.SettingsService).InternalHelpResourcesContent, (*lookerclient.SettingsService).UpdateInternalHelpResourcesContent),
	// What Looker keeps of the key when the type changes is not documented: this
	// section is sent whole.
	plainSection("spec.cloudStorage",
		func(w *wantedSettings) *lookerclient.WriteBackupConfiguration { return w.CloudStorage.Ptr() },
		func(l *liveSettings) **lookerclient.BackupConfiguration { return &l.CloudStorage },
		(*lookerclient.SettingsService).BackupConfiguration, (*lookerclient.SettingsService).UpdateBackupConfiguration),
	supportSection(),
	legacySection(),
}

// plainSection is a section that is read by one call and changed by another that
// takes the differing fields and answers with the whole.
func plainSection[W, L any](
	field string,
	want func(*wantedSettings) *W,
	live func(*liveSettings) **L,
	get func(*lookerclient.SettingsService, context.Context) (*L, error),
	set func(*lookerclient.SettingsService, context.Context, W) (*L, error),
) settingSection {
	return settingSection{
		field:  field,
		wanted: func(w *wantedSettings) bool { return want(w) != nil },
		known:  func(l *liveSettings) bool { return *live(l) != nil },
		read: func(ctx context.Context, c *lookerclient.Client) (func(*liveSettings), error) {
			found, err := get(c.Settings, ctx)
			return func(l *liveSettings) { *live(l) = found }, err
		},
		write: func(ctx context.Context, c *lookerclient.Client, l *liveSettings, patch *wantedSettings) error {
			updated, err := set(c.Settings, ctx, *want(patch))
			if err != nil {
				return err
			}
			*live(l) = updated
			return nil
		},
	}
}

func generalSection() settingSection {
	s := plainSection("spec.general",
		func(w *wantedSettings) *wantedGeneral { return w.General },
		func(l *liveSettings) **lookerclient.Setting { return &l.General },
		(*lookerclient.SettingsService).Get, nil)
	s.write = func(ctx context.Context, c *lookerclient.Client, live *liveSettings, patch *wantedSettings) error {
		updated, err := c.Settings.Update(ctx, generalBody(live.General.WriteSetting, *patch.General))
		if err != nil {
			return err
		}
		live.General = updated
		return nil
	}
	return s
}

// generalBody completes the nested objects with what Looker has, so that they mean
// the same whether Looker merges or replaces them.
func generalBody(live lookerclient.WriteSetting, patch wantedGeneral) lookerclient.WriteSetting {
	body := patch.WriteSetting
	if host, ok := patch.HostURL.Get(); ok {
		body.HostURL, body.OverrideWarnings = lookerclient.Set(host.url), host.overrideWarnings
	}
	complete(&body.MarketplaceAutomation, live.MarketplaceAutomation)
	complete(&body.PrivatelabelConfiguration, live.PrivatelabelConfiguration)
	complete(&body.CustomWelcomeEmail, live.CustomWelcomeEmail)
	complete(&body.EmbedConfig, live.EmbedConfig)
	if tools, ok := body.McpTools.Get(); ok {
		has := valueOf(live.McpTools)
		all := maps.Clone(has.Tools)
		if all == nil {
			all = map[string]bool{}
		}
		maps.Copy(all, tools.Tools)
		if tools.EnableAll.IsZero() {
			tools.EnableAll = has.EnableAll
		}
		body.McpTools = lookerclient.Set(lookerclient.McpTools{EnableAll: tools.EnableAll, Tools: all})
	}
	return body
}

// optionalField is a lookerclient.Optional of any type.
type optionalField interface {
	IsZero() bool
	IsNull() bool
}

// complete fills the fields that an object leaves out with those of live. T is a
// struct of Optional fields. Null is left out: it says nothing, and is what Looker
// shows in the place of an image.
func complete[T any](object *lookerclient.Optional[T], live lookerclient.Optional[T]) {
	value, ok := object.Get()
	if !ok {
		return
	}
	has := valueOf(live)
	to, from := reflect.ValueOf(&value).Elem(), reflect.ValueOf(has)
	for i := range to.NumField() {
		if to.Field(i).Interface().(optionalField).IsZero() && !from.Field(i).Interface().(optionalField).IsNull() {
			to.Field(i).Set(from.Field(i))
		}
	}
	*object = lookerclient.Set(value)
}

// smtpSection is sent whole and never read.
func smtpSection() settingSection {
	return settingSection{
		field:  "spec.smtp",
		wanted: func(w *wantedSettings) bool { return !w.SMTP.IsZero() },
		known:  func(*liveSettings) bool { return true },
		write: func(ctx context.Context, c *lookerclient.Client, _ *liveSettings, patch *wantedSettings) error {
			return c.Settings.SetSmtpSettings(ctx, valueOf(patch.SMTP).Value())
		},
	}
}

// legacySection is a list of switches, which differs between releases.
func legacySection() settingSection {
	return settingSection{
		field:  "spec.legacyFeatures",
		wanted: func(w *wantedSettings) bool { return len(w.LegacyFeatures) > 0 },
		known:  func(l *liveSettings) bool { return l.LegacyFeatures != nil },
		read: func(ctx context.Context, c *lookerclient.Client) (func(*liveSettings), error) {
			features, err := c.Instance.LegacyFeatures(ctx)
			found := make(map[string]bool, len(features))
			for _, f := range features {
				found[string(f.ID)] = isEnabled(f)
			}
			return func(l *liveSettings) { l.LegacyFeatures = found }, err
		},
		write: writeLegacyFeatures,
	}
}

// isEnabled returns what was chosen for a feature, or else what is in force.
func isEnabled(f lookerclient.LegacyFeature) bool {
	if chosen, ok := f.EnabledLocally.Get(); ok {
		return chosen
	}
	return isTrue(f.Enabled)
}

// writeLegacyFeatures sets the features that there are, then complains about the
// others.
func writeLegacyFeatures(ctx context.Context, c *lookerclient.Client, live *liveSettings, patch *wantedSettings) error {
	now := maps.Clone(live.LegacyFeatures)
	var unknown []string
	for _, id := range slices.Sorted(maps.Keys(patch.LegacyFeatures)) {
		if _, ok := now[id]; !ok {
			unknown = append(unknown, id)
			continue
		}
		body := lookerclient.WriteLegacyFeature{EnabledLocally: lookerclient.Set(patch.LegacyFeatures[id])}
		updated, err := c.Settings.UpdateLegacyFeature(ctx, lookerclient.ID(id), body)
		switch {
		case lookerclient.IsNotFound(err):
			unknown = append(unknown, id)
		case err != nil:
			return fmt.Errorf("%s: %w", id, err)
		default:
			now[id] = isEnabled(*updated)
		}
	}
	live.LegacyFeatures = now
	if len(unknown) > 0 {
		return engine.Unsupported("this release of Looker has no legacy feature %s; remove it", strings.Join(unknown, ", "))
	}
	return nil
}

// supportSection is the list of Looker's people who may log in.
func supportSection() settingSection {
	return settingSection{
		field:  "spec.supportAccess.allowlist",
		wanted: func(w *wantedSettings) bool { return w.SupportAccess != nil },
		known:  func(l *liveSettings) bool { return l.SupportAccess != nil },
		read: func(ctx context.Context, c *lookerclient.Client) (func(*liveSettings), error) {
			rows, err := c.Settings.SupportAllowlist(ctx)
			found := &liveSupport{Allowlist: supportEntries(rows)}
			return func(l *liveSettings) { l.SupportAccess = found }, err
		},
		write: func(ctx context.Context, c *lookerclient.Client, live *liveSettings, patch *wantedSettings) error {
			list, err := setSupport(ctx, c.Settings, live.SupportAccess.Allowlist, valueOf(patch.SupportAccess.Allowlist))
			if err != nil {
				return err
			}
			live.SupportAccess = &liveSupport{Allowlist: list}
			return nil
		},
	}
}

func supportEntries(rows []lookerclient.SupportAccessAllowlistEntry) []supportEntry {
	list := make([]supportEntry, 0, len(rows))
	for _, r := range rows {
		list = append(list, supportEntry{Email: strings.ToLower(valueOf(r.Email)), Reason: valueOf(r.Reason), id: r.ID})
	}
	sortSupport(list)
	return list
}

func sortSupport(list []supportEntry) {
	slices.SortFunc(list, func(a, b supportEntry) int { return cmp.Compare(a.Email, b.Email) })
}

// setSupport makes the list what want says. An entry cannot be changed: one with
// another reason is deleted and added. It takes away first, because that is what
// must not be left undone.
func setSupport(ctx context.Context, s *lookerclient.SettingsService, have, want []supportEntry) ([]supportEntry, error) {
	kept := []supportEntry{}
	for _, e := range have {
		if hasSupport(want, e) && !hasSupport(kept, e) {
			kept = append(kept, e)
			continue
		}
		if err := s.DeleteSupportAllowlist(ctx, e.id); err != nil && !lookerclient.IsNotFound(err) {
			return nil, fmt.Errorf("remove %s: %w", e.Email, err)
		}
	}
	missing := map[string][]string{} // e-mails by reason: each reason takes one call
	for _, e := range want {
		if !hasSupport(kept, e) {
			missing[e.Reason] = append(missing[e.Reason], e.Email)
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(missing)) {
		added, err := addSupport(ctx, s, missing[reason], reason)
		if err != nil {
			return nil, err
		}
		kept = append(kept, added...)
	}
	sortSupport(kept)
	return kept, nil
}

func hasSupport(list []supportEntry, e supportEntry) bool {
	return slices.ContainsFunc(list, func(x supportEntry) bool { return x.Email == e.Email && x.Reason == e.Reason })
}

// addSupport returns the added entries. Whether the answer has those or all is not
// documented.
func addSupport(ctx context.Context, s *lookerclient.SettingsService, emails []string, reason string) ([]supportEntry, error) {
	rows, err := s.AddSupportAllowlist(ctx, lookerclient.SupportAccessAddEntries{Emails: emails, Reason: lookerclient.Set(reason)})
	if err != nil {
		return nil, fmt.Errorf("add %s: %w", strings.Join(emails, ", "), err)
	}
	return slices.DeleteFunc(supportEntries(rows), func(e supportEntry) bool { return !slices.Contains(emails, e.Email) }), nil
}
