"""The schema is closed, explains every value, and refuses what cannot work before anything is sent to a cluster."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ops.chart.values import defaults, is_section, leaves, reference_page, schema, values_file
from tests.chart.rendering import CHART, ROOT, RefusedValues, Values, check, helm

SHARED = {"enabled": True, "accessModes": ["ReadWriteMany"]}
SQLITE: Values = {"replicaCount": 1, "database": {"kind": "sqlite"}, "persistence": {"enabled": True}}

REFUSED: dict[str, tuple[Values, str]] = {
    "an unknown name": ({"replicas": 3}, "replicas"),
    "an unknown name inside": ({"image": {"repo": "x"}}, "repo"),
    "an unknown name in a list": ({"ingress": {"hosts": [{"host": "a", "port": 1}]}}, "port"),
    "a text for a number": ({"replicaCount": "3"}, "replicaCount"),
    "no replica": ({"replicaCount": 0}, "replicaCount"),
    "a word for a switch": ({"ingress": {"enabled": "yes"}}, "enabled"),
    "an unknown pull policy": ({"image": {"pullPolicy": "Sometimes"}}, "pullPolicy"),
    "half a digest": ({"image": {"digest": "sha256:abc"}}, "digest"),
    "an address without scheme": ({"config": {"openaiBaseUrl": "api.openai.com"}}, "openaiBaseUrl"),
    "a key among the settings": ({"config": {"env": {"ANTHROPIC_API_KEY": "sk"}}}, "ANTHROPIC_API_KEY"),
    "a setting in lower case": ({"config": {"env": {"portico_name": "x"}}}, "portico_name"),
    "a label that selects": ({"podLabels": {"app.kubernetes.io/name": "x"}}, "name"),
    "a short key": ({"secrets": {"secretKey": "short"}}, "secretKey"),
    "a kind of database that is none": ({"database": {"kind": "mysql"}}, "kind"),
    "an external database without address": ({"database": {"kind": "external"}}, "url"),
    "an address with the bundled database": ({"database": {"url": "postgresql://u:p@h/d"}}, "kind"),
    "SQLite with replicas": ({**SQLITE, "replicaCount": 3}, "replicaCount"),
    "SQLite without a volume": ({**SQLITE, "persistence": {"enabled": False}}, "persistence"),
    "SQLite with workers": ({**SQLITE, "worker": {"enabled": True}}, "worker"),
    "SQLite with KEDA": ({**SQLITE, "keda": {"enabled": True, "serverAddress": "http://p"}}, "keda"),
    "a folder without a volume": ({"objects": {"store": "directory"}}, "persistence"),
    "a bucket without a name": ({"objects": {"store": "s3"}}, "bucket"),
    "replicas on a volume for one": ({"replicaCount": 3, "persistence": {"enabled": True}}, "accessModes"),
    "workers on a volume for one": ({"replicaCount": 1, "worker": {"enabled": True}, "persistence": {"enabled": True}}, "accessModes"),
    "an ingress without host": ({"ingress": {"enabled": True}}, "hosts"),
    "a route without gateway": ({"httpRoute": {"enabled": True}}, "httpRoute"),
    "a gateway without class": ({"httpRoute": {"enabled": True, "hostnames": ["a"], "gateway": {"create": True}}}, "className"),
    "KEDA without Prometheus": ({"keda": {"enabled": True}}, "serverAddress"),
    "an external secret without store": ({"externalSecret": {"enabled": True, "dataFrom": [{"extract": {"key": "a"}}]}}, "name"),
    "an external secret of nothing": ({"externalSecret": {"enabled": True, "store": {"name": "a"}}}, "externalSecret"),
    "no key at all": ({"keys": {"generate": False}}, "keys"),
    "a pause that is too long": ({"preStop": {"seconds": 1000}}, "preStop"),
    "a peer that Kubernetes does not know": ({"networkPolicy": {"httpFrom": [{"namespace": "x"}]}}, "namespace"),
}  # fmt: skip
TAKEN: dict[str, Values] = {
    "replicas on a volume for many": {"replicaCount": 3, "persistence": SHARED},
    "one replica on a volume for one": {"replicaCount": 1, "persistence": {"enabled": True}},
    "replicas on a claim that exists": {"replicaCount": 3, "persistence": {"enabled": True, "existingClaim": "c"}},
    "values of a parent chart": {"global": {"storageClass": "fast"}},
    "a setting with KEY inside": {"config": {"env": {"API_KEY_SELECT_MODE": "turn"}}},
    "no key, as a Secret of settings holds it": {"keys": {"generate": False}, "existingSecret": "lobe-secrets"},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_work_is_refused_by_name(case: str) -> None:
    values, named = REFUSED[case]
    with pytest.raises(RefusedValues, match=named):
        check(values)


@pytest.mark.parametrize("case", TAKEN)
def test_what_works_is_taken(case: str) -> None:
    check(TAKEN[case])


def _nodes(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside the schema; conditions say nothing about new names and are left out."""
    if isinstance(node, dict):
        yield path, node
        for key in ("properties", "definitions"):
            for name, child in node.get(key, {}).items():
                yield from _nodes(child, f"{path}.{name}")
        for key in ("items", "additionalProperties"):
            yield from _nodes(node.get(key), f"{path}[{key}]")


def test_every_object_is_closed_or_a_map_or_a_piece_of_kubernetes() -> None:
    objects = [(path, node) for path, node in _nodes(schema()) if "object" in node.get("type", ())]
    is_open = [path for path, node in objects if node.get("additionalProperties", True) is True and "x-kubernetes" not in node]
    assert len(objects) > 60
    assert not is_open


def test_every_value_is_explained_by_a_sentence() -> None:
    named = [(path, node) for path, node in _nodes(schema()) if "default" in node or is_section(node)]
    explained = [path for path, node in named if path and "description" in node]
    assert [path for path, _ in named if path and not path.startswith((".definitions",))][:3]
    leaf_paths = [path for path, _ in leaves(schema())]
    assert len(leaf_paths) > 120
    assert not [path for path, node in leaves(schema()) if not str(node["description"]).endswith(".")]
    assert not [path for path in leaf_paths if f".{path}" not in explained]


def test_the_values_are_what_the_schema_says() -> None:
    text = (CHART / "values.yaml").read_text(encoding="utf-8")
    assert text == values_file(), "run: make docs"
    assert yaml.safe_load(text) == defaults(schema())


def test_the_page_is_what_the_schema_says() -> None:
    assert (ROOT / "docs" / "reference" / "chart.md").read_text(encoding="utf-8") == reference_page(), "run: make docs"


def test_helm_reads_the_same_defaults() -> None:
    with helm.Chart.load(CHART) as chart:
        read, said = chart.values, defaults(schema())
    assert {name: read.get(name) for name in said} == said


def test_the_chart_has_the_version_of_the_program() -> None:
    from portico import __version__

    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert chart["appVersion"] == __version__


def test_the_chart_brings_no_other_chart_along() -> None:
    assert not helm.dependency_list(CHART)
