{{/* Names, labels and images. Every template takes its own from here. */}}

{{- define "portico.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Short enough that the longest suffix still makes a name of 63 characters. */}}
{{- define "portico.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "portico.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "portico.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Takes a list: the root and the component. */}}
{{- define "portico.selectorLabels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "portico.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Takes a list: the root and the component. */}}
{{- define "portico.labels" -}}
{{- $root := index . 0 -}}
{{ include "portico.selectorLabels" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: portico
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Labels of a pod: without the chart's version, which would start every pod anew for nothing. Takes a list: the root and the component. */}}
{{- define "portico.podLabels" -}}
{{- $root := index . 0 -}}
{{ include "portico.selectorLabels" . }}
app.kubernetes.io/part-of: portico
{{- with $root.Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "portico.serviceAccountName" -}}
{{- if .Values.serviceAccount.name -}}
{{- .Values.serviceAccount.name -}}
{{- else if .Values.serviceAccount.create -}}
{{- include "portico.fullname" . -}}
{{- else -}}
default
{{- end -}}
{{- end -}}

{{/* "true" when the values name LobeChat's image, which has no `portico` in it. */}}
{{- define "portico.isLobeChatImage" -}}
{{- if regexMatch "(^|/)lobehub/lobe" .Values.image.repository -}}true{{- end -}}
{{- end -}}

{{- define "portico.image" -}}
{{- $image := .Values.image -}}
{{- $repository := $image.repository -}}
{{- $tag := default .Chart.AppVersion $image.tag -}}
{{- if include "portico.isLobeChatImage" . -}}
{{- $repository = .Chart.Name -}}
{{- $tag = .Chart.AppVersion -}}
{{- end -}}
{{- $name := $image.registry | empty | ternary $repository (printf "%s/%s" (trimSuffix "/" $image.registry) $repository) -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name $tag -}}
{{- end -}}
{{- end -}}

{{- define "portico.postgresqlImage" -}}
{{- $image := .Values.postgresql.image -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $image.repository $image.tag -}}
{{- end -}}
{{- end -}}

{{/* Name of a Job whose content is given: another content makes another Job, as a Job cannot be changed. Takes a list: the root, the purpose, the content. */}}
{{- define "portico.jobName" -}}
{{- printf "%s-%s-%s" (include "portico.fullname" (index . 0)) (index . 1) (index . 2 | sha256sum | trunc 8) -}}
{{- end -}}
