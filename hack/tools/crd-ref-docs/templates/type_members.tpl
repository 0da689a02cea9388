{{- define "type_members" -}}
{{- if eq .Name "metadata" -}}
The usual metadata of a Kubernetes object.
{{- else -}}
{{ template "line" .Doc }}
{{- end -}}
{{- end -}}

{{- /* A comment is one paragraph, whatever the width of its lines. */ -}}
{{- define "line" -}}
{{ markdownRenderFieldDoc . | replace "<br />" " " | trim }}
{{- end -}}

{{- /* Rules in CEL are left out: they are long, and say themselves what they want. */ -}}
{{- define "limits" -}}
{{- $limits := list -}}
{{- if not (or (has "Optional: {}" .Validation) (has .Name (list "metadata" "status"))) }}{{ $limits = append $limits "required" }}{{ end -}}
{{- range .Validation -}}
{{- if not (or (contains "XValidation" .) (eq . "Optional: {}")) }}{{ $limits = append $limits (markdownRenderFieldDoc .) }}{{ end -}}
{{- end -}}
{{ join ", " $limits }}
{{- end -}}
