{{/* The specs of the Jobs. A hash of each is part of its Job's name, as a Job cannot be changed. */}}

{{- define "portico.migrateSpec" -}}
backoffLimit: {{ .Values.migrations.backoffLimit }}
template:
  metadata:
    labels:
      {{- include "portico.podLabels" (list . "migrate") | nindent 6 }}
    annotations:
      {{- include "portico.checksums" . | nindent 6 }}
  spec:
    {{- include "portico.podHead" (list . "migrate") | nindent 4 }}
    restartPolicy: OnFailure
    containers:
      - name: migrate
        command: ["portico", "db", "upgrade", "--wait", {{ .Values.migrations.waitSeconds | quote }}]
        {{- include "portico.container" (list . "migrate") | nindent 8 }}
        resources:
          {{- toYaml .Values.resources | nindent 10 }}
    volumes:
      {{- include "portico.volumes" (list . "migrate") | nindent 6 }}
{{- end -}}

{{- define "portico.keysSpec" -}}
{{- $fullname := include "portico.fullname" . -}}
backoffLimit: 20
template:
  metadata:
    labels:
      {{- include "portico.podLabels" (list . "keys") | nindent 6 }}
    annotations:
      {{- include "portico.checksums" . | nindent 6 }}
      checksum/script: {{ .Files.Get "files/make_keys.py" | sha256sum }}
  spec:
    serviceAccountName: {{ $fullname }}-keys
    automountServiceAccountToken: true
    {{- include "portico.podBody" (list . "keys") | nindent 4 }}
    restartPolicy: OnFailure
    containers:
      - name: keys
        command:
          - python3
          - /scripts/make_keys.py
          - --secret={{ include "portico.keysSecret" . }}
          - --namespace={{ .Release.Namespace }}
          {{- if eq (include "portico.keySource" .) "generated" }}
          - --key
          {{- end }}
          {{- if include "portico.makesPassword" . }}
          - --database-host={{ $fullname }}-postgresql
          {{- else }}
          - --check-database
          {{- end }}
        {{- include "portico.container" (list . "keys") | nindent 8 }}
        resources:
          {{- toYaml .Values.resources | nindent 10 }}
    volumes:
      {{- include "portico.volumes" (list . "keys") | nindent 6 }}
{{- end -}}
