"""Objects of operators' own kinds: no schema of theirs is at hand, so what they must hold is written down here, closed."""

from typing import Any

import pytest

from tests.chart.cases import CASES
from tests.chart.rendering import Object, render, title

# Kind -> API version, and the fields that the spec may have, by dotted path; [] stands for the items of a list, * for any name.
KINDS: dict[str, tuple[str, set[str]]] = {
    "HTTPRoute": ("gateway.networking.k8s.io/v1", {
        "parentRefs[].name", "parentRefs[].namespace", "parentRefs[].sectionName", "hostnames[]", "rules[].matches[].path.type",
        "rules[].matches[].path.value", "rules[].timeouts.request", "rules[].backendRefs[].name", "rules[].backendRefs[].port",
        "rules[].filters[].type", "rules[].filters[].requestRedirect.scheme", "rules[].filters[].requestRedirect.statusCode"}),
    "Gateway": ("gateway.networking.k8s.io/v1", {
        "gatewayClassName", "listeners[].name", "listeners[].port", "listeners[].protocol", "listeners[].hostname", "listeners[].tls.mode",
        "listeners[].tls.certificateRefs[].name"}),
    "ScaledObject": ("keda.sh/v1alpha1", {
        "scaleTargetRef.name", "minReplicaCount", "maxReplicaCount", "pollingInterval", "fallback.failureThreshold", "fallback.replicas",
        "fallback.behavior", "advanced.horizontalPodAutoscalerConfig.behavior.*", "triggers[].type", "triggers[].metricType",
        "triggers[].metadata.serverAddress", "triggers[].metadata.query", "triggers[].metadata.threshold",
        "triggers[].authenticationRef.name"}),
    "ServiceMonitor": ("monitoring.coreos.com/v1", {
        "selector.matchLabels.*", "endpoints[].port", "endpoints[].path", "endpoints[].interval"}),
    "PodMonitor": ("monitoring.coreos.com/v1", {
        "selector.matchLabels.*", "selector.matchExpressions[].key", "selector.matchExpressions[].operator",
        "selector.matchExpressions[].values[]", "podMetricsEndpoints[].port",
        "podMetricsEndpoints[].path", "podMetricsEndpoints[].interval"}),
    "PrometheusRule": ("monitoring.coreos.com/v1", {
        "groups[].name", "groups[].rules[].alert", "groups[].rules[].expr", "groups[].rules[].for", "groups[].rules[].labels.*",
        "groups[].rules[].annotations.*"}),
    "ExternalSecret": ("external-secrets.io/v1", {
        "refreshInterval", "secretStoreRef.kind", "secretStoreRef.name", "target.name", "target.creationPolicy", "data[].secretKey",
        "data[].remoteRef.key", "data[].remoteRef.property", "dataFrom[].extract.key"}),
    "Cluster": ("postgresql.cnpg.io/v1", {
        "instances", "imageName", "bootstrap.initdb.database", "bootstrap.initdb.owner", "postgresql.parameters.*", "storage.size",
        "storage.storageClass", "affinity.enablePodAntiAffinity", "affinity.topologyKey"}),
}  # fmt: skip


def _paths(value: Any, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return set().union(*(_paths(child, f"{path}.{name}" if path else name) for name, child in value.items()))
    if isinstance(value, list):
        return set().union(*(_paths(child, f"{path}[]") for child in value))
    return {path}


def _known(path: str, fields: set[str]) -> bool:
    return path in fields or any(field.endswith(".*") and path.startswith(field[:-1]) for field in fields)


def _customs() -> list[Object]:
    return [item for case in CASES for item in render(CASES[case]).objects if item["kind"] in KINDS]


def test_every_kind_of_an_operator_is_rendered_by_some_values() -> None:
    assert {item["kind"] for item in _customs()} == set(KINDS)


def test_there_is_no_other_kind_of_an_operator() -> None:
    builtin = {"", "apps", "batch", "policy", "autoscaling", "networking.k8s.io", "rbac.authorization.k8s.io"}
    groups = {(item["kind"], item["apiVersion"].rpartition("/")[0]) for case in CASES for item in render(CASES[case]).objects}
    assert {kind for kind, group in groups if group not in builtin} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_has_known_fields_only(kind: str) -> None:
    version, fields = KINDS[kind]
    for item in (found for found in _customs() if found["kind"] == kind):
        assert item["apiVersion"] == version
        assert not [f"{title(item)}: {path}" for path in _paths(item["spec"]) if not _known(path, fields)]


def test_every_field_that_may_be_rendered_is() -> None:
    for kind, (_, fields) in KINDS.items():
        seen = set().union(*(_paths(item["spec"]) for item in _customs() if item["kind"] == kind))
        assert not {field for field in fields if not any(_known(path, {field}) for path in seen)}, kind


def test_a_route_is_bound_to_listeners_that_its_gateway_has() -> None:
    made = render(CASES["route with a gateway"])
    listeners = {listener["name"] for listener in made.one("Gateway", "")["spec"]["listeners"]}
    for route in made.all("HTTPRoute"):
        assert {parent["sectionName"] for parent in route["spec"]["parentRefs"]} <= listeners
    assert len(listeners) == len({listener["name"] for listener in made.one("Gateway", "")["spec"]["listeners"]}) == 3


def test_only_the_redirect_is_served_without_tls() -> None:
    made = render(CASES["route with a gateway"])
    plain = [route for route in made.all("HTTPRoute") if any(parent["sectionName"] == "http" for parent in route["spec"]["parentRefs"])]
    assert [route["metadata"]["name"] for route in plain] == ["demo-portico-redirect"]
    assert plain[0]["spec"]["rules"][0]["filters"][0]["requestRedirect"] == {"scheme": "https", "statusCode": 301}


def test_monitors_watch_a_port_that_exists() -> None:
    made = render(CASES["monitors"])
    service = made.one("Service", "-metrics")
    monitor = made.one("ServiceMonitor", "")["spec"]
    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert monitor["endpoints"][0]["port"] == service["spec"]["ports"][0]["name"]
    assert made.one("ServiceMonitor", "")["metadata"]["labels"]["release"] == "prometheus"


def test_the_page_and_its_metrics_are_different_services() -> None:
    made = render(CASES["monitors"])
    assert [port["name"] for port in made.one("Service", "")["spec"]["ports"]] == ["http"]
