{{- define "type" -}}
{{- if markdownShouldRenderType . }}
### {{ .Name }}

{{ .Doc }}
{{ if .References }}
Used by {{ range $i, $t := .SortedReferences }}{{ if $i }}, {{ end }}{{ markdownRenderTypeLink $t }}{{ end }}.
{{ end }}
{{- if .Members }}
| field | meaning | limits |
|---|---|---|
{{ if .GVK -}}
| `apiVersion` _string_ | `{{ .GVK.Group }}/{{ .GVK.Version }}` | required |
| `kind` _string_ | `{{ .GVK.Kind }}` | required |
{{ end -}}
{{ range .Members -}}
| `{{ .Name }}` _{{ markdownRenderType .Type }}_ | {{ template "type_members" . }} | {{ template "limits" . }} |
{{ end -}}
{{ end -}}
{{ if .EnumValues }}
| value | meaning |
|---|---|
{{ range .EnumValues -}}
| `{{ .Name }}` | {{ template "line" .Doc }} |
{{ end -}}
{{ end -}}
{{ end -}}
{{- end -}}
