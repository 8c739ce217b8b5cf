"""Sets of values: what people write, each option, and everything at once."""

import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from tests.chart.rendering import ROOT, Values

OPERATORS = Path(os.environ.get("PORTICO_SHARED_DATA") or ROOT.parent / "shared" / "data") / "manifests" / "values.yaml"

INGRESS: Values = {
    "enabled": True,
    "hosts": [{"host": "chat.example.org"}],
    "tls": [{"secretName": "chat-tls", "hosts": ["chat.example.org"]}],
}
EXTERNAL: Values = {"kind": "external", "existingSecret": {"name": "pg"}}
SQLITE: Values = {"replicaCount": 1, "database": {"kind": "sqlite"}, "persistence": {"enabled": True}}

# The operators' file, as it stands in this project's data: the test that reads the original compares it with this.
LOBECHAT: Values = {
    "replicaCount": 3,
    "image": {"repository": "lobehub/lobe-chat", "tag": "latest"},
    "resources": {"requests": {"memory": "512Mi", "cpu": "250m"}},
    "ingress": {
        "enabled": True,
        "hosts": [{"host": "chat.corp.com", "paths": [{"path": "/"}]}],
        "tls": [{"secretName": "lobe-tls-cert", "hosts": ["chat.corp.com"]}],
    },
    "config": {"openaiBaseUrl": "https://api.openai.com"},
    "secrets": {"openaiApiKey": "YOUR_KEY_HERE"},
}

CASES: dict[str, Values] = {
    "nothing": {},
    "lobechat": LOBECHAT,
    "one replica": {"replicaCount": 1},
    "sqlite": SQLITE,
    "sqlite with a claim that exists": {**SQLITE, "persistence": {"enabled": True, "existingClaim": "old"}},
    "external database by address": {
        "database": {"kind": "external", "url": "postgresql://u:p@pg.example.org:6432/portico", "pooler": "transaction"},
        "secrets": {"secretKey": "0123456789abcdef0123456789abcdef"},
    },
    "external database by secret": {
        "database": {**EXTERNAL, "migrationSecret": {"name": "pg-direct"}, "port": 5433},
        "networkPolicy": {"databaseTo": [{"ipBlock": {"cidr": "10.9.0.0/24"}}]},
    },
    "lobechat's own maps": {
        "database": {"kind": "external"},
        "existingConfigMap": "lobe-config",
        "existingSecret": "lobe-secrets",
        "keys": {"generate": False},
    },
    "cnpg": {"database": {"kind": "cnpg"}, "cnpg": {"storage": {"storageClass": "fast"}, "imageName": "cnpg/postgresql:17"}},
    "own keys": {"keys": {"existingSecret": "key", "secretKey": "k"}, "postgresql": {"existingSecret": "pg"}},
    "external secret": {
        "externalSecret": {
            "enabled": True,
            "store": {"name": "vault"},
            "data": [{"secretKey": "OPENAI_API_KEY", "remoteRef": {"key": "portico", "property": "openai"}}],
            "dataFrom": [{"extract": {"key": "portico"}}],
        },
    },
    "ingress with cert-manager": {"ingress": {**INGRESS, "className": "nginx", "certManager": {"clusterIssuer": "letsencrypt-prod"}}},
    "ingress without TLS": {"ingress": {"enabled": True, "hosts": [{"host": "a.example.org"}, {"host": "b.example.org"}]}},
    "route of another's gateway": {
        "httpRoute": {
            "enabled": True,
            "hostnames": ["chat.example.org"],
            "requestTimeout": "0s",
            "parentRefs": [{"name": "public", "namespace": "infra", "sectionName": "https"}],
        },
        "config": {"basePath": "/chat"},
    },
    "route with a gateway": {
        "httpRoute": {
            "enabled": True,
            "hostnames": ["a.example.org", "b.example.org"],
            "gateway": {"create": True, "className": "istio", "certManager": {"issuer": "ca"}},
        },
    },
    "fixed size": {"autoscaling": {"enabled": False}, "podDisruptionBudget": {"maxUnavailable": 2}},
    "more replicas than the autoscaler's most": {"replicaCount": 9},
    "keda": {"keda": {"enabled": True, "serverAddress": "http://prometheus.monitoring:9090", "authenticationRef": "prometheus"}},
    "monitors": {
        "metrics": {
            "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
            "podMonitor": {"enabled": True},
            "rules": {"enabled": True, "labels": {"release": "prometheus"}},
        },
    },
    "workers": {"worker": {"enabled": True}},
    "files in a shared volume": {
        "objects": {"store": "directory"},
        "persistence": {"enabled": True, "accessModes": ["ReadWriteMany"], "storageClass": "nfs", "annotations": {"backup": "yes"}},
        "worker": {"enabled": True},
    },
    "files in a bucket": {
        "objects": {
            "store": "s3",
            "s3": {"bucket": "portico", "endpoint": "http://minio.storage:9000", "pathStyle": True, "existingSecret": {"name": "s3"}},
        },
        "networkPolicy": {"s3To": [{"podSelector": {"matchLabels": {"app": "minio"}}}]},
        "worker": {"enabled": True},
    },
    "files in amazon's bucket": {
        "objects": {"store": "s3", "s3": {"bucket": "portico", "region": "eu-central-1", "prefix": "chat"}},
        "serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/portico"}},
    },
    "openshift": {
        "podSecurityContext": {"runAsUser": None, "runAsGroup": None, "fsGroup": None},
        "networkPolicy": {"dnsPorts": [53, 5353]},
    },
    "old cluster": {"preStop": {"method": "exec"}, "drainSeconds": 60},
    "no pause": {"preStop": {"seconds": 0}, "drainSeconds": 0},
    "no policies, no account, no test": {
        "networkPolicy": {"enabled": False},
        "serviceAccount": {"create": False},
        "tests": {"enabled": False},
        "podDisruptionBudget": {"enabled": False},
        "migrations": {"enabled": False},
    },
    "closed network": {
        "networkPolicy": {
            "httpFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}],
            "metricsFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
            "providers": {"to": [{"ipBlock": {"cidr": "203.0.113.0/24"}}]},
            "apiServerTo": [{"ipBlock": {"cidr": "10.0.0.1/32"}}],
            "extraEgress": [{"to": [{"podSelector": {"matchLabels": {"app": "vllm"}}}], "ports": [{"port": 8000}]}],
            "extraIngress": [{"from": [{"podSelector": {"matchLabels": {"app": "probe"}}}]}],
        },
        "config": {"openaiBaseUrl": "https://gateway.example.org:8443/v1"},
    },
    "placement and extras": {
        "image": {"registry": "registry.example.org/team", "digest": "sha256:" + "a" * 64, "pullPolicy": "IfNotPresent"},
        "imagePullSecrets": [{"name": "pull"}],
        "podAnnotations": {"example.org/a": "1"},
        "podLabels": {"example.org/team": "ai"},
        "nodeSelector": {"kubernetes.io/arch": "arm64"},
        "tolerations": [{"key": "ai", "operator": "Exists", "effect": "NoSchedule"}],
        "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "portico"}}}]}},
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "rack", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {
            "matchLabels": {"app.kubernetes.io/name": "portico"}}}],
        "priorityClassName": "high",
        "extraEnv": [{"name": "PORTICO_NAME", "value": "Ask"},
                     {"name": "GROQ_API_KEY", "valueFrom": {"secretKeyRef": {"name": "groq", "key": "k"}}}],
        "extraEnvFrom": [{"configMapRef": {"name": "more", "optional": True}}],
        "extraVolumes": [{"name": "config", "configMap": {"name": "portico-toml"}}],
        "extraVolumeMounts": [{"name": "config", "mountPath": "/etc/portico", "readOnly": True}],
        "extraObjects": [
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-more"}, "data": {"PORTICO_NAME": "Ask"}},
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: portico-toml\ndata:\n  portico.toml: ''\n",
        ],
    },
    "settings": {
        "config": {
            "appUrl": "https://chat.example.org", "trustedHops": 2, "adminEmail": "root@example.org",
            "maxStreams": 300, "logLevel": "debug",
            "env": {"PORTICO_DEMO": False, "OPENAI_MODEL_LIST": "-all,+gpt-4o", "PORTICO_RUNS_PER_USER": 2, "PORTICO_LEASE_MS": 10000000},
        },
        "secrets": {"adminPassword": "correct horse battery", "accessCode": "sesame", "env": {"ANTHROPIC_API_KEY": "sk-ant"}},
        "service": {"type": "LoadBalancer", "port": 8080, "annotations": {"a": "b"}},
    },
}  # fmt: skip


def merged(*parts: Values) -> Values:
    whole: Values = {}
    for part in parts:
        _merge(whole, deepcopy(part))
    return whole


def _merge(into: dict[str, Any], part: dict[str, Any]) -> None:
    for name, value in part.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value


CASES["everything"] = merged(
    *(
        CASES[name]
        for name in ("placement and extras", "settings", "closed network", "monitors", "files in a shared volume", "external secret")
    ),
    CASES["route with a gateway"],
    {"ingress": {**INGRESS, "certManager": {"clusterIssuer": "ca"}}, "replicaCount": 3, "existingConfigMap": "a", "existingSecret": "b"},
)


def operators() -> Values:
    """Read the operators' file. Raises FileNotFoundError where it is absent."""
    read: Values = yaml.safe_load(OPERATORS.read_text(encoding="utf-8"))
    return read
