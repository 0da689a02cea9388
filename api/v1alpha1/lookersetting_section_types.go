package v1alpha1

// PasswordSettings are the rules for passwords (not on Looker (Google Cloud core)).
// +kubebuilder:validation:MinProperties=1
type PasswordSettings struct {
	// MinLength of a password: 7 to 100.
	// +kubebuilder:validation:Minimum=7
	// +kubebuilder:validation:Maximum=100
	// +optional
	MinLength *int32 `json:"minLength,omitempty"`
	// RequireNumeric demands a digit.
	// +optional
	RequireNumeric *bool `json:"requireNumeric,omitempty"`
	// RequireUpperlower demands upper and lower case.
	// +optional
	RequireUpperlower *bool `json:"requireUpperlower,omitempty"`
	// RequireSpecial demands a special character.
	// +optional
	RequireSpecial *bool `json:"requireSpecial,omitempty"`
	// ExpirationEnabled makes passwords expire (Looker 26.0 and later).
	// +optional
	ExpirationEnabled *bool `json:"expirationEnabled,omitempty"`
	// ExpirationDurationDays is after how many days: 30 to 365 (Looker 26.0 and
	// later).
	// +kubebuilder:validation:Minimum=30
	// +kubebuilder:validation:Maximum=365
	// +optional
	ExpirationDurationDays *int32 `json:"expirationDurationDays,omitempty"`
}

// SessionSettings are the rules for sessions of users.
// +kubebuilder:validation:MinProperties=1
type SessionSettings struct {
	// AllowPersistentSessions lets sessions outlive the browser.
	// +optional
	AllowPersistentSessions *bool `json:"allowPersistentSessions,omitempty"`
	// SessionMinutes is how long a session lasts: 5 to 43200 minutes.
	// +kubebuilder:validation:Minimum=5
	// +kubebuilder:validation:Maximum=43200
	// +optional
	SessionMinutes *int32 `json:"sessionMinutes,omitempty"`
	// UnlimitedSessionsPerUser allows more than one session for a user.
	// +optional
	UnlimitedSessionsPerUser *bool `json:"unlimitedSessionsPerUser,omitempty"`
	// UseInactivityBasedLogout ends sessions that are not used.
	// +optional
	UseInactivityBasedLogout *bool `json:"useInactivityBasedLogout,omitempty"`
	// TrackSessionLocation records where sessions come from.
	// +optional
	TrackSessionLocation *bool `json:"trackSessionLocation,omitempty"`
}

// SMTPSettings are the mail server that Looker sends through. Looker never returns
// them: they are sent as a whole when they, or the Secrets, change.
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="(has(self.defaultSmtp) && self.defaultSmtp) || (has(self.address) && has(self.port) && has(self.from))",message="smtp needs address, port and from, or defaultSmtp: true for Looker's own mail server"
// +kubebuilder:validation:XValidation:rule="!(has(self.defaultSmtp) && self.defaultSmtp) || !(has(self.address) || has(self.from) || has(self.port) || has(self.userName) || has(self.passwordSecretRef) || has(self.enableStarttlsAuto) || has(self.sslVersion) || has(self.authType) || has(self.clientId) || has(self.clientSecretRef) || has(self.tokenEndpoint) || has(self.scopes))",message="smtp with defaultSmtp: true uses Looker's own mail server; remove the other fields"
type SMTPSettings struct {
	// DefaultSMTP: true uses Looker's own mail server.
	// +optional
	DefaultSMTP *bool `json:"defaultSmtp,omitempty"`
	// Address of the mail server, without port.
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:MinLength=1
	// +optional
	Address *string `json:"address,omitempty"`
	// Port of the mail server.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	// +optional
	Port *int32 `json:"port,omitempty"`
	// From is the sender.
	// +kubebuilder:validation:MaxLength=320
	// +kubebuilder:validation:XValidation:rule="self.matches('^[^@[:space:]]+@[^@[:space:]>]+$') || self.matches('^[^<>]+<[^@[:space:]]+@[^@[:space:]>]+>$')",message="from is an address such as looker@example.com, or Looker <looker@example.com>"
	// +optional
	From *string `json:"from,omitempty"`
	// UserName to log in with.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	UserName *string `json:"userName,omitempty"`
	// PasswordSecretRef points at the password.
	// +optional
	PasswordSecretRef *SecretKeyReference `json:"passwordSecretRef,omitempty"`
	// EnableSTARTTLSAuto encrypts where the server can.
	// +optional
	EnableSTARTTLSAuto *bool `json:"enableStarttlsAuto,omitempty"`
	// SSLVersion is the TLS version; only TLSv1_2 is safe.
	// +kubebuilder:validation:Enum=TLSv1_1;SSLv23;TLSv1_2
	// +optional
	SSLVersion *string `json:"sslVersion,omitempty"`
	// AuthType is the way to log in, for OAuth (Looker 25.18 and later).
	// +kubebuilder:validation:MaxLength=64
	// +optional
	AuthType *string `json:"authType,omitempty"`
	// ClientID is the OAuth client id (Looker 25.18 and later).
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	ClientID *string `json:"clientId,omitempty"`
	// ClientSecretRef points at the OAuth client secret (Looker 25.18 and later).
	// +optional
	ClientSecretRef *SecretKeyReference `json:"clientSecretRef,omitempty"`
	// TokenEndpoint is the OAuth token endpoint (Looker 25.18 and later).
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^/[:space:]]+')",message="tokenEndpoint starts with https:// or http:// and a host"
	// +optional
	TokenEndpoint *string `json:"tokenEndpoint,omitempty"`
	// Scopes are the OAuth scopes (Looker 25.18 and later).
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Scopes *string `json:"scopes,omitempty"`
}

// DigestEmails are the summaries that Looker mails to its users.
type DigestEmails struct {
	// Enabled: true sends them.
	Enabled bool `json:"enabled"`
}

// InternalHelp is your own help inside Looker.
// +kubebuilder:validation:MinProperties=1
type InternalHelp struct {
	// Enabled shows it.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`
	// OrganizationName is the name that it has.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	OrganizationName *string `json:"organizationName,omitempty"`
	// MarkdownContent is its text, as Markdown.
	// +kubebuilder:validation:MaxLength=65536
	// +optional
	MarkdownContent *string `json:"markdownContent,omitempty"`
}

// SupportAccessEntry lets one person of Looker's support log in while support
// access is open.
type SupportAccessEntry struct {
	// Email of the person.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=320
	// +kubebuilder:validation:XValidation:rule="self.matches('^[^@[:space:]]+@[^@[:space:]]+$')",message="email is one address such as ana@example.com"
	Email string `json:"email"`
	// Reason is why, for the record.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Reason string `json:"reason"`
}

// SupportAccess says who of Looker's support may log in (not on Looker (Google
// Cloud core)). Opening the access is an action and stays with you.
type SupportAccess struct {
	// Allowlist is the whole list of persons; [] is nobody.
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:XValidation:rule="self.all(a, self.exists_one(b, a.email == b.email))",message="allowlist has an email twice; keep one entry for each person"
	// +listType=atomic
	Allowlist *[]SupportAccessEntry `json:"allowlist"`
}

// CloudStorage says where backups go (hosted instances).
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="!has(self.type) || self.type != 'looker-s3' || !(has(self.customS3Bucket) || has(self.customS3BucketRegion) || has(self.customS3KeySecretRef) || has(self.customS3SecretRef))",message="cloudStorage of type looker-s3 has no bucket of your own; remove the customS3 fields or set type custom-s3"
// +kubebuilder:validation:XValidation:rule="!has(self.type) || self.type != 'custom-s3' || (has(self.customS3Bucket) && has(self.customS3BucketRegion))",message="cloudStorage of type custom-s3 needs customS3Bucket and customS3BucketRegion"
type CloudStorage struct {
	// Type: looker-s3, or custom-s3 for a bucket of your own.
	// +kubebuilder:validation:Enum=looker-s3;custom-s3
	// +optional
	Type *string `json:"type,omitempty"`
	// CustomS3Bucket is the bucket.
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:MinLength=1
	// +optional
	CustomS3Bucket *string `json:"customS3Bucket,omitempty"`
	// CustomS3BucketRegion is the region of the bucket.
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:MinLength=1
	// +optional
	CustomS3BucketRegion *string `json:"customS3BucketRegion,omitempty"`
	// CustomS3KeySecretRef points at the id of the AWS access key.
	// +optional
	CustomS3KeySecretRef *SecretKeyReference `json:"customS3KeySecretRef,omitempty"`
	// CustomS3SecretRef points at the secret of the AWS access key.
	// +optional
	CustomS3SecretRef *SecretKeyReference `json:"customS3SecretRef,omitempty"`
}
