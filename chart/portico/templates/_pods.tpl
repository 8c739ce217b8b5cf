{{/* What pods have in common. */}}

{{/* The head of a pod's spec. Takes a list: the root and the component. */}}
{{- define "portico.podHead" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ include "portico.serviceAccountName" $root }}
automountServiceAccountToken: false
{{ include "portico.podBody" . }}
{{- end -}}

{{/* The same without an account. */}}
{{- define "portico.podBody" -}}
{{- $root := index . 0 -}}
{{- $values := $root.Values -}}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  {{- if not (kindIs "invalid" $values.podSecurityContext.runAsUser) }}
  runAsUser: {{ $values.podSecurityContext.runAsUser | int64 }}
  {{- end }}
  {{- if not (kindIs "invalid" $values.podSecurityContext.runAsGroup) }}
  runAsGroup: {{ $values.podSecurityContext.runAsGroup | int64 }}
  {{- end }}
  {{- if not (kindIs "invalid" $values.podSecurityContext.fsGroup) }}
  fsGroup: {{ $values.podSecurityContext.fsGroup | int64 }}
  fsGroupChangePolicy: OnRootMismatch
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- with $values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
affinity:
  {{- if $values.affinity }}
  {{- toYaml $values.affinity | nindent 2 }}
  {{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "portico.selectorLabels" . | nindent 14 }}
  {{- end }}
{{- end -}}

{{/* Takes a list: the root and the component. */}}
{{- define "portico.spread" -}}
{{- $root := index . 0 -}}
topologySpreadConstraints:
{{- if $root.Values.topologySpreadConstraints }}
  {{- toYaml $root.Values.topologySpreadConstraints | nindent 2 }}
{{- else }}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "portico.selectorLabels" $ | nindent 8 }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "portico.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  privileged: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop:
      - ALL
{{- end -}}

{{/* "true" if the component opens what is sealed; the Job that makes the key cannot wait for it. Takes a list: the root and the component. */}}
{{- define "portico.mountsKey" -}}
{{- if and (ne (index . 1) "keys") (has (include "portico.keySource" (index . 0)) (list "existing" "generated")) -}}true{{- end -}}
{{- end -}}

{{/* Name and key of the Secret that the component mounts for the address of the database; the Job that makes that Secret mounts nothing. Takes a list: the root and the component. */}}
{{- define "portico.mountsDatabase" -}}
{{- if not (and (eq (index . 1) "keys") (include "portico.makesPassword" (index . 0))) -}}
{{- include "portico.databaseSecret" (index . 0) -}}
{{- end -}}
{{- end -}}

{{/* "true" if the component migrates by an address of its own. Takes a list: the root and the component. */}}
{{- define "portico.mountsMigration" -}}
{{- if and (eq (index . 1) "migrate") (index . 0).Values.database.migrationSecret.name -}}true{{- end -}}
{{- end -}}

{{/* "true" if the component stores files by an access key. Takes a list: the root and the component. */}}
{{- define "portico.mountsBucket" -}}
{{- $objects := (index . 0).Values.objects -}}
{{- if and (eq $objects.store "s3") $objects.s3.existingSecret.name (has (index . 1) (list "server" "worker")) -}}true{{- end -}}
{{- end -}}

{{/* Image, environment, rights and mounts of a container that runs Portico. Takes a list: the root and the component. */}}
{{- define "portico.container" -}}
{{- $root := index . 0 -}}
{{- $values := $root.Values -}}
image: {{ include "portico.image" $root }}
imagePullPolicy: {{ $values.image.pullPolicy }}
{{ include "portico.containerSecurity" $root }}
env:
  - name: POD_IP
    valueFrom:
      fieldRef:
        fieldPath: status.podIP
  - name: PORTICO_PORT
    value: "3210"
  - name: PORTICO_METRICS_PORT
    value: {{ $values.metrics.port | quote }}
  - name: PORTICO_DRAIN_SECONDS
    value: {{ $values.drainSeconds | quote }}
  - name: PORTICO_DATA_DIR
    value: /data
  {{- if not (include "portico.isPostgres" $root) }}
  - name: PORTICO_SINGLE_REPLICA
    value: "1"
  {{- end }}
  {{- if include "portico.mountsKey" . }}
  - name: PORTICO_SECRET_KEY_FILE
    value: /secrets/key/secret-key
  {{- end }}
  {{- if include "portico.mountsDatabase" . }}
  - name: PORTICO_DATABASE_URL_FILE
    value: /secrets/database/url
  {{- end }}
  {{- if include "portico.mountsMigration" . }}
  - name: PORTICO_DATABASE_MIGRATION_URL_FILE
    value: /secrets/migration/url
  {{- end }}
  {{- if include "portico.mountsBucket" . }}
  - name: PORTICO_S3_ACCESS_KEY_ID_FILE
    value: /secrets/s3/access-key-id
  - name: PORTICO_S3_SECRET_ACCESS_KEY_FILE
    value: /secrets/s3/secret-access-key
  {{- end }}
  {{- with $values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
envFrom:
  {{- include "portico.envFrom" $root | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  - name: data
    mountPath: /data
  {{- if include "portico.mountsKey" . }}
  - name: key
    mountPath: /secrets/key
    readOnly: true
  {{- end }}
  {{- if include "portico.mountsDatabase" . }}
  - name: database
    mountPath: /secrets/database
    readOnly: true
  {{- end }}
  {{- if include "portico.mountsMigration" . }}
  - name: migration
    mountPath: /secrets/migration
    readOnly: true
  {{- end }}
  {{- if include "portico.mountsBucket" . }}
  - name: s3
    mountPath: /secrets/s3
    readOnly: true
  {{- end }}
  {{- if has (index . 1) (list "keys" "test") }}
  - name: scripts
    mountPath: /scripts
    readOnly: true
  {{- end }}
  {{- with $values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* Later ones win: what an operator has outside of the values stands over the values. */}}
{{- define "portico.envFrom" -}}
- configMapRef:
    name: {{ include "portico.fullname" . }}
{{- if include "portico.secrets" . }}
- secretRef:
    name: {{ include "portico.fullname" . }}
{{- end }}
{{- with .Values.existingConfigMap }}
- configMapRef:
    name: {{ . }}
{{- end }}
{{- with .Values.existingSecret }}
- secretRef:
    name: {{ . }}
{{- end }}
{{- if .Values.externalSecret.enabled }}
- secretRef:
    name: {{ include "portico.fullname" . }}-external
{{- end }}
{{- with .Values.extraEnvFrom }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Name and key of the Secret with the address of the database, as "name key"; nothing if the address is a setting among others. */}}
{{- define "portico.databaseSecret" -}}
{{- if eq .Values.database.kind "bundled" -}}
{{- printf "%s database-url" (include "portico.postgresqlSecret" .) -}}
{{- else if eq .Values.database.kind "cnpg" -}}
{{- printf "%s-db-app uri" (include "portico.fullname" .) -}}
{{- else if .Values.database.existingSecret.name -}}
{{- printf "%s %s" .Values.database.existingSecret.name .Values.database.existingSecret.key -}}
{{- end -}}
{{- end -}}

{{/* Takes a list: the root and the component. */}}
{{- define "portico.volumes" -}}
{{- $root := index . 0 -}}
{{- $values := $root.Values -}}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
- name: data
  {{- if and $values.persistence.enabled (has (index . 1) (list "server" "worker")) }}
  persistentVolumeClaim:
    claimName: {{ default (printf "%s-data" (include "portico.fullname" $root)) $values.persistence.existingClaim }}
  {{- else }}
  emptyDir:
    sizeLimit: 1Gi
  {{- end }}
{{- if include "portico.mountsKey" . }}
- name: key
  secret:
    secretName: {{ default (include "portico.keysSecret" $root) $values.keys.existingSecret }}
    defaultMode: 0444
    items:
      - key: {{ ternary $values.keys.secretKey "secret-key" (ne $values.keys.existingSecret "") }}
        path: secret-key
{{- end }}
{{- with include "portico.mountsDatabase" . }}
{{- $parts := splitList " " . }}
- name: database
  secret:
    secretName: {{ first $parts }}
    defaultMode: 0444
    items:
      - key: {{ last $parts }}
        path: url
{{- end }}
{{- if include "portico.mountsMigration" . }}
- name: migration
  secret:
    secretName: {{ $values.database.migrationSecret.name }}
    defaultMode: 0444
    items:
      - key: {{ $values.database.migrationSecret.key }}
        path: url
{{- end }}
{{- if include "portico.mountsBucket" . }}
- name: s3
  secret:
    secretName: {{ $values.objects.s3.existingSecret.name }}
    defaultMode: 0444
    items:
      - key: {{ $values.objects.s3.existingSecret.accessKeyId }}
        path: access-key-id
      - key: {{ $values.objects.s3.existingSecret.secretAccessKey }}
        path: secret-access-key
{{- end }}
{{- if has (index . 1) (list "keys" "test") }}
- name: scripts
  configMap:
    name: {{ include "portico.fullname" $root }}-scripts
{{- end }}
{{- with $values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Pods of a new version wait here for their schema, so that the old ones serve on. Takes a list: the root and the component. */}}
{{- define "portico.waitForDatabase" -}}
{{- $root := index . 0 -}}
- name: wait-for-database
  command: ["portico", "db", "wait", "--timeout", {{ $root.Values.migrations.waitSeconds | quote }}]
  {{- include "portico.container" . | nindent 2 }}
  resources:
    {{- toYaml $root.Values.resources | nindent 4 }}
{{- end -}}

{{/* A pod starts anew when its settings change. Secrets that are made outside of this chart are not seen here. */}}
{{- define "portico.checksums" -}}
checksum/config: {{ include "portico.config" . | sha256sum }}
checksum/secrets: {{ include "portico.secrets" . | sha256sum }}
{{- with .Values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "portico.preStop" -}}
{{- $method := .Values.preStop.method -}}
{{- if eq $method "auto" -}}
{{- $method = semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version | ternary "sleep" "exec" -}}
{{- end -}}
lifecycle:
  preStop:
    {{- if eq $method "sleep" }}
    sleep:
      seconds: {{ .Values.preStop.seconds }}
    {{- else }}
    exec:
      command: ["python3", "-c", "import time; time.sleep({{ .Values.preStop.seconds }})"]
    {{- end }}
{{- end -}}

{{/* Up at once; down slowly, as every pod that leaves hands its answers over. */}}
{{- define "portico.scaling" -}}
behavior:
  scaleUp:
    stabilizationWindowSeconds: 0
    policies:
      - type: Pods
        value: 2
        periodSeconds: 30
  scaleDown:
    stabilizationWindowSeconds: {{ .Values.autoscaling.scaleDownWindowSeconds }}
    policies:
      - type: Pods
        value: 1
        periodSeconds: {{ .Values.autoscaling.scaleDownPeriodSeconds }}
{{- end -}}
