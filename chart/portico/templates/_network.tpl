{{/* Rules of the network policies. */}}

{{/* Peers: pods of this release with one of the given components. Takes a list: the root, then components. */}}
{{- define "portico.peers" -}}
{{- $root := first . -}}
- podSelector:
    matchLabels:
      app.kubernetes.io/name: {{ include "portico.name" $root }}
      app.kubernetes.io/instance: {{ $root.Release.Name }}
    matchExpressions:
      - key: app.kubernetes.io/component
        operator: In
        values: {{ rest . | toJson }}
{{- end -}}

{{- define "portico.toNames" -}}
- to:
    {{- toYaml .Values.networkPolicy.dnsTo | nindent 4 }}
  ports:
    {{- range .Values.networkPolicy.dnsPorts }}
    - port: {{ . }}
      protocol: UDP
    - port: {{ . }}
      protocol: TCP
    {{- end }}
{{- end -}}

{{- define "portico.toDatabase" -}}
{{- $kind := .Values.database.kind -}}
{{- if eq $kind "bundled" -}}
- to:
    {{- include "portico.peers" (list . "database") | nindent 4 }}
  ports:
    - port: 5432
      protocol: TCP
{{- else if eq $kind "cnpg" -}}
- to:
    - podSelector:
        matchLabels:
          cnpg.io/cluster: {{ include "portico.fullname" . }}-db
  ports:
    - port: 5432
      protocol: TCP
{{- else if eq $kind "external" -}}
- ports:
    - port: {{ ternary .Values.database.port (include "portico.databasePort" .) (empty .Values.database.url) }}
      protocol: TCP
  {{- with .Values.networkPolicy.databaseTo }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end -}}

{{/* Port in `database.url`, else `database.port`. */}}
{{- define "portico.databasePort" -}}
{{- $found := regexFind ":[0-9]+$" (urlParse .Values.database.url).host | trimPrefix ":" -}}
{{- default (.Values.database.port | toString) $found -}}
{{- end -}}

{{/* Peers: the internet, without the private networks of clusters and the metadata services of clouds. */}}
{{- define "portico.public" -}}
- ipBlock:
    cidr: 0.0.0.0/0
    except:
      - 10.0.0.0/8
      - 100.64.0.0/10
      - 127.0.0.0/8
      - 169.254.0.0/16
      - 172.16.0.0/12
      - 192.168.0.0/16
- ipBlock:
    cidr: 2000::/3
{{- end -}}

{{- define "portico.toBucket" -}}
{{- if eq .Values.objects.store "s3" -}}
- to:
    {{- default (include "portico.public" . | fromYamlArray) .Values.networkPolicy.s3To | toYaml | nindent 4 }}
  ports:
    - port: {{ default "https://s3.amazonaws.com" .Values.objects.s3.endpoint | include "portico.portOf" }}
      protocol: TCP
{{- end -}}
{{- end -}}

{{- define "portico.toProviders" -}}
{{- $providers := .Values.networkPolicy.providers -}}
{{- $ports := list -}}
{{- range $providers.ports }}{{ $ports = append $ports (int .) }}{{ end -}}
{{- with .Values.config.openaiBaseUrl }}{{ $ports = append $ports (include "portico.portOf" . | int) }}{{ end -}}
{{- if $providers.enabled -}}
- to:
    {{- default (include "portico.public" . | fromYamlArray) $providers.to | toYaml | nindent 4 }}
  ports:
    {{- range $ports | uniq }}
    - port: {{ . }}
      protocol: TCP
    {{- end }}
{{- end -}}
{{- end -}}

{{/* A process asks a silent sibling whether it lives. */}}
{{- define "portico.toSiblings" -}}
- to:
    {{- include "portico.peers" (list . "server") | nindent 4 }}
  ports:
    - port: 3210
      protocol: TCP
{{- end -}}

{{/* What a pod that serves or works may connect to. */}}
{{- define "portico.egress" -}}
{{ include "portico.toNames" . }}
{{ include "portico.toSiblings" . }}
{{- with include "portico.toDatabase" . }}
{{ . }}
{{- end }}
{{- with include "portico.toBucket" . }}
{{ . }}
{{- end }}
{{- with include "portico.toProviders" . }}
{{ . }}
{{- end }}
{{- with .Values.networkPolicy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "portico.fromMetrics" -}}
{{- $anyMonitor := or .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled -}}
{{- if or $anyMonitor .Values.networkPolicy.metricsFrom -}}
- from:
    {{- toYaml (default (list (dict "namespaceSelector" dict)) .Values.networkPolicy.metricsFrom) | nindent 4 }}
  ports:
    - port: {{ .Values.metrics.port }}
      protocol: TCP
{{- end -}}
{{- end -}}
