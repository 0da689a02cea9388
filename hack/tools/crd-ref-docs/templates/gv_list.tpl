{{- define "gvList" -}}
<!-- Generated from the Go types in api/v1alpha1 by "make api-docs". Do not edit. -->
# API reference

Every field of every kind, as the API server knows it; `kubectl explain
lookerfolder.spec` shows the same texts. What a kind does, with examples, is in
its own page: [LookerInstance](kinds/lookerinstance.md),
[LookerFolder](kinds/lookerfolder.md), [LookerUser](kinds/lookeruser.md),
[LookerSchedule](kinds/lookerschedule.md), [LookerSetting](kinds/lookersetting.md).

In a spec, a field that is not required may be left out, and is then left alone
in Looker. Rules that span several fields are in the CRDs; the API server says
which one was broken.
{{ range . }}{{ template "gvDetails" . }}{{ end }}
{{- end -}}
