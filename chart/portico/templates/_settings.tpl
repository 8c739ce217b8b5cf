{{/* What the values mean for Portico's settings. A helper that answers a question gives "true" or nothing. */}}

{{- define "portico.isPostgres" -}}
{{- if ne .Values.database.kind "sqlite" -}}true{{- end -}}
{{- end -}}

{{- define "portico.waits" -}}
{{- if and (include "portico.isPostgres" .) .Values.migrations.enabled -}}true{{- end -}}
{{- end -}}

{{- define "portico.isPublished" -}}
{{- if or .Values.ingress.enabled .Values.httpRoute.enabled -}}true{{- end -}}
{{- end -}}

{{/* An autoscaler owns the number of pods: then the Deployment must not name it. */}}
{{- define "portico.isAutoscaled" -}}
{{- if or .Values.keda.enabled (include "portico.hasHpa" .) -}}true{{- end -}}
{{- end -}}

{{- define "portico.hasHpa" -}}
{{- if and .Values.autoscaling.enabled (not .Values.keda.enabled) (gt (int .Values.replicaCount) 1) (include "portico.isPostgres" .) -}}true{{- end -}}
{{- end -}}

{{- define "portico.maxReplicas" -}}
{{- max (int .Values.replicaCount) (int .Values.autoscaling.maxReplicas) -}}
{{- end -}}

{{/* The volume can be mounted by one pod at a time: the old one has to go first. */}}
{{- define "portico.recreates" -}}
{{- if and .Values.persistence.enabled (not (has "ReadWriteMany" .Values.persistence.accessModes)) -}}true{{- end -}}
{{- end -}}

{{/* Where the key that seals comes from: existing, values, generated, own (SQLite: made in the volume) or elsewhere (a Secret of settings). */}}
{{- define "portico.keySource" -}}
{{- if .Values.keys.existingSecret -}}existing
{{- else if .Values.secrets.secretKey -}}values
{{- else if not (include "portico.isPostgres" .) -}}own
{{- else if .Values.keys.generate -}}generated
{{- else -}}elsewhere
{{- end -}}
{{- end -}}

{{- define "portico.makesPassword" -}}
{{- if and (eq .Values.database.kind "bundled") (not .Values.postgresql.existingSecret) -}}true{{- end -}}
{{- end -}}

{{/* Whether the Job that makes keys has anything to make. */}}
{{- define "portico.makesKeys" -}}
{{- if or (eq (include "portico.keySource" .) "generated") (include "portico.makesPassword" .) -}}true{{- end -}}
{{- end -}}

{{- define "portico.keysSecret" -}}
{{- printf "%s-keys" (include "portico.fullname" .) -}}
{{- end -}}

{{- define "portico.postgresqlSecret" -}}
{{- default (include "portico.keysSecret" .) .Values.postgresql.existingSecret -}}
{{- end -}}

{{/* The address of the one host under which people come over https; nothing when there are several, or when TLS ends elsewhere. */}}
{{- define "portico.publicUrl" -}}
{{- $hosts := list -}}
{{- if and .Values.ingress.enabled .Values.ingress.tls -}}
{{- range .Values.ingress.hosts }}{{ $hosts = append $hosts .host }}{{ end -}}
{{- end -}}
{{- if .Values.httpRoute.enabled -}}
{{- $hosts = concat $hosts .Values.httpRoute.hostnames -}}
{{- end -}}
{{- $hosts = uniq $hosts -}}
{{- if and (eq (len $hosts) 1) (not (hasPrefix "*" (first $hosts))) -}}
{{- printf "https://%s" (first $hosts) -}}
{{- end -}}
{{- end -}}

{{/* Port of an address, by its scheme if it names none. */}}
{{- define "portico.portOf" -}}
{{- $parts := urlParse . -}}
{{- $port := regexFind ":[0-9]+$" $parts.host | trimPrefix ":" -}}
{{- default (ternary "80" "443" (eq $parts.scheme "http")) $port -}}
{{- end -}}

{{/* A value as text. Helm reads every number as a float, and would write ten million as 1e+07. */}}
{{- define "portico.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}
{{- int64 . -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{/* The settings of the ConfigMap: what the values say, and over it what `config.env` names. What pods and probes rest on stands in the pods instead, where no ConfigMap can change it. */}}
{{- define "portico.config" -}}
{{- $settings := include "portico.knownConfig" . | fromYaml -}}
{{- range $name, $value := .Values.config.env }}{{ $_ := set $settings $name (include "portico.text" $value) }}{{ end -}}
{{- toYaml $settings -}}
{{- end -}}

{{- define "portico.knownConfig" -}}
{{- $config := .Values.config -}}
PORTICO_LOG_LEVEL: {{ $config.logLevel | quote }}
PORTICO_TRUSTED_HOPS: {{ kindIs "invalid" $config.trustedHops | ternary (ternary 1 0 (eq (include "portico.isPublished" .) "true")) $config.trustedHops | toString | quote }}
{{- with $config.openaiBaseUrl }}
OPENAI_PROXY_URL: {{ . | quote }}
{{- end }}
{{- if $config.appUrl }}
PORTICO_APP_URL: {{ $config.appUrl | quote }}
{{- else if not (or (hasKey $config.env "APP_URL") (hasKey $config.env "PORTICO_APP_URL")) }}
{{- with include "portico.publicUrl" . }}
APP_URL: {{ . | quote }}
{{- end }}
{{- end }}
{{- with $config.basePath }}
PORTICO_BASE_PATH: {{ . | quote }}
{{- end }}
{{- with $config.adminEmail }}
PORTICO_ADMIN_EMAIL: {{ . | quote }}
{{- end }}
{{- with $config.maxStreams }}
PORTICO_MAX_STREAMS: {{ . | int64 | quote }}
{{- end }}
{{- if include "portico.isPostgres" . }}
PORTICO_DB_POOL: {{ .Values.database.pool | int64 | quote }}
PORTICO_DB_POOLER: {{ .Values.database.pooler | quote }}
{{- end }}
PORTICO_OBJECTS: {{ .Values.objects.store | quote }}
{{- if eq .Values.objects.store "s3" }}
{{- $s3 := .Values.objects.s3 }}
PORTICO_S3_BUCKET: {{ $s3.bucket | quote }}
PORTICO_S3_REGION: {{ $s3.region | quote }}
PORTICO_S3_PATH_STYLE: {{ $s3.pathStyle | quote }}
{{- with $s3.endpoint }}
PORTICO_S3_ENDPOINT: {{ . | quote }}
{{- end }}
{{- with $s3.prefix }}
PORTICO_S3_PREFIX: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The settings of the Secret; nothing if there are none. */}}
{{- define "portico.secrets" -}}
{{- $settings := include "portico.knownSecrets" . | fromYaml -}}
{{- range $name, $value := .Values.secrets.env }}{{ $_ := set $settings $name $value }}{{ end -}}
{{- if $settings }}{{ toYaml $settings }}{{ end -}}
{{- end -}}

{{- define "portico.knownSecrets" -}}
{{- $secrets := .Values.secrets -}}
{{- with $secrets.openaiApiKey }}
OPENAI_API_KEY: {{ . | quote }}
{{- end }}
{{- with $secrets.adminPassword }}
PORTICO_ADMIN_PASSWORD: {{ . | quote }}
{{- end }}
{{- with $secrets.accessCode }}
PORTICO_ACCESS_CODE: {{ . | quote }}
{{- end }}
{{- with $secrets.secretKey }}
PORTICO_SECRET_KEY: {{ . | quote }}
{{- end }}
{{- with .Values.database.url }}
PORTICO_DATABASE_URL: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* `helm test` makes its account in the database, which SQLite gives to one pod only. */}}
{{- define "portico.hasTest" -}}
{{- if and .Values.tests.enabled (include "portico.isPostgres" .) -}}true{{- end -}}
{{- end -}}
