package v1alpha1

import "fmt"

// EmailDestination sends an e-mail.
type EmailDestination struct {
	// Address of the recipient; its domain must be allowed by the instance.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=320
	// +kubebuilder:validation:XValidation:rule="self.matches('^[^@[:space:],;]+@[^@[:space:],;]+$')",message="address is one e-mail address such as ana@example.com; write a destination for each recipient"
	Address string `json:"address"`
}

// WebhookDestination posts to a URL.
// +kubebuilder:validation:XValidation:rule="has(self.url) != has(self.urlFrom)",message="set exactly one of url or urlFrom; urlFrom is for a URL that holds a token"
type WebhookDestination struct {
	// URL to post to.
	// +kubebuilder:validation:MaxLength=4096
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^/[:space:]]+')",message="url starts with https:// or http:// and a host"
	// +optional
	URL *string `json:"url,omitempty"`
	// URLFrom takes the URL from a Secret.
	// +optional
	URLFrom *ValueSource `json:"urlFrom,omitempty"`
}

// S3Destination writes to Amazon S3.
type S3Destination struct {
	// BucketPath, such as s3://acme-reports/finance/.
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^s3://[^/[:space:]]+')",message="bucketPath starts with s3:// and a bucket, such as s3://acme-reports/finance/"
	BucketPath string `json:"bucketPath"`
	// Region of the bucket, such as eu-central-1.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Region string `json:"region"`
	// AccessKeyID of the AWS access key.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	AccessKeyID string `json:"accessKeyId"`
	// SecretAccessKeySecretRef points at the secret of the AWS access key.
	SecretAccessKeySecretRef SecretKeyReference `json:"secretAccessKeySecretRef"`
}

// SFTPDestination writes to an SFTP server.
type SFTPDestination struct {
	// Address, such as sftp://files.example.com/finance/.
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^sftp://[^/@[:space:]]+(/.*)?$')",message="address starts with sftp:// and a host, without a user name, such as sftp://files.example.com/finance/"
	Address string `json:"address"`
	// Username on the server.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Username string `json:"username"`
	// PasswordSecretRef points at the password.
	PasswordSecretRef SecretKeyReference `json:"passwordSecretRef"`
}

// SecretParameter is a parameter of an integration whose value is secret.
type SecretParameter struct {
	// Name of the parameter.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Name string `json:"name"`
	// SecretKeyRef points at the value.
	SecretKeyRef SecretKeyReference `json:"secretKeyRef"`
}

// IntegrationDestination hands the data to an integration of an action hub.
// +kubebuilder:validation:XValidation:rule="!has(self.parameters) || !has(self.secretParametersFrom) || self.secretParametersFrom.all(p, !(p.name in self.parameters))",message="a parameter is either in parameters or in secretParametersFrom, not in both"
type IntegrationDestination struct {
	// ID of the integration, as <hub id>::<integration name>, such as 1::slack.
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="self.matches('^[^:/[:space:]]+::[^[:space:]]+$')",message="id has the form <hub id>::<integration name>, such as 1::slack, without looker-integration://"
	ID string `json:"id"`
	// Address, where the integration has one.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Address *string `json:"address,omitempty"`
	// Parameters that the integration asks for.
	// +kubebuilder:validation:MaxProperties=50
	// +optional
	Parameters map[string]string `json:"parameters,omitempty"`
	// SecretParametersFrom are parameters with secret values.
	// +kubebuilder:validation:MaxItems=50
	// +listType=map
	// +listMapKey=name
	// +optional
	SecretParametersFrom []SecretParameter `json:"secretParametersFrom,omitempty"`
}

// ScheduleDestination is one receiver of the data.
// +kubebuilder:validation:XValidation:rule="(has(self.email)?1:0)+(has(self.webhook)?1:0)+(has(self.s3)?1:0)+(has(self.sftp)?1:0)+(has(self.integration)?1:0) == 1",message="set exactly one of email, webhook, s3, sftp or integration"
type ScheduleDestination struct {
	// Email sends an e-mail.
	// +optional
	Email *EmailDestination `json:"email,omitempty"`
	// Webhook posts to a URL.
	// +optional
	Webhook *WebhookDestination `json:"webhook,omitempty"`
	// S3 writes to Amazon S3.
	// +optional
	S3 *S3Destination `json:"s3,omitempty"`
	// SFTP writes to an SFTP server.
	// +optional
	SFTP *SFTPDestination `json:"sftp,omitempty"`
	// Integration hands the data to an integration of an action hub.
	// +optional
	Integration *IntegrationDestination `json:"integration,omitempty"`
	// Format of the data. Which are possible depends on the destination and on
	// what is sent; Looker decides.
	// +kubebuilder:validation:Enum=txt;csv;csv_zip;inline_json;json;json_detail;xlsx;html;wysiwyg_pdf;assembled_pdf;wysiwyg_png
	Format string `json:"format"`
	// ApplyFormatting: values with currency signs, separators and the like.
	// +optional
	ApplyFormatting *bool `json:"applyFormatting,omitempty"`
	// ApplyVis: apply the options of the visualization.
	// +optional
	ApplyVis *bool `json:"applyVis,omitempty"`
	// Message to include.
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	Message *string `json:"message,omitempty"`
}

// secretReferences lists the Secret values of the destination at this path.
func (d ScheduleDestination) secretReferences(path string) []SecretReference {
	switch {
	case d.Webhook != nil && d.Webhook.URLFrom != nil:
		return []SecretReference{{path + ".webhook.urlFrom.secretKeyRef", d.Webhook.URLFrom.SecretKeyRef}}
	case d.S3 != nil:
		return []SecretReference{{path + ".s3.secretAccessKeySecretRef", d.S3.SecretAccessKeySecretRef}}
	case d.SFTP != nil:
		return []SecretReference{{path + ".sftp.passwordSecretRef", d.SFTP.PasswordSecretRef}}
	case d.Integration == nil:
		return nil
	}
	var refs []SecretReference
	for i, p := range d.Integration.SecretParametersFrom {
		refs = append(refs, SecretReference{
			fmt.Sprintf("%s.integration.secretParametersFrom[%d].secretKeyRef", path, i), p.SecretKeyRef,
		})
	}
	return refs
}
