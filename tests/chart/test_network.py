"""Nothing in, nothing out, but what is named: who may connect to whom, read from the rendered policies."""

from typing import Any

import pytest

from tests.chart.cases import CASES
from tests.chart.rendering import Object, Rendered, pod_template, render
from tests.chart.score import selects


def _labels(made: Rendered, component: str) -> dict[str, str]:
    templates = [template for template in map(pod_template, made.objects) if template]
    found = [template["metadata"]["labels"] for template in templates]
    return next(labels for labels in found if labels["app.kubernetes.io/component"] == component)


def _rules(made: Rendered, component: str, direction: str) -> list[Object]:
    labels = _labels(made, component)
    policies = [item["spec"] for item in made.all("NetworkPolicy") if selects(item["spec"]["podSelector"], labels)]
    assert any(direction in spec["policyTypes"] for spec in policies)
    return [rule for spec in policies for rule in spec.get(direction.lower(), [])]


def _allows(made: Rendered, component: str, direction: str, other: str, port: int) -> bool:
    """Whether a rule allows this port with the pods of another component, by their labels or because it names no peer."""
    key, labels = ("from" if direction == "Ingress" else "to"), _labels(made, other)
    for rule in _rules(made, component, direction):
        is_peer = key not in rule or any("podSelector" in peer and selects(peer["podSelector"], labels) for peer in rule[key])
        if is_peer and port in [entry["port"] for entry in rule.get("ports", [{"port": port}])]:
            return True
    return False


def _connects(made: Rendered, one: str, other: str, port: int) -> bool:
    return _allows(made, one, "Egress", other, port) and _allows(made, other, "Ingress", one, port)


@pytest.mark.parametrize("one", ["server", "worker", "migrate", "test"])
def test_what_needs_the_bundled_database_reaches_it(one: str) -> None:
    assert _connects(render({"worker": {"enabled": True}}), one, "database", 5432)


@pytest.mark.parametrize("one", ["server", "worker", "test"])
@pytest.mark.parametrize("case", ["workers", "closed network"])
def test_processes_and_the_test_reach_the_pods_that_serve(case: str, one: str) -> None:
    values = {**CASES[case], "worker": {"enabled": True}}
    assert _connects(render(values), one, "server", 3210)


def test_the_database_connects_to_nothing() -> None:
    assert not _rules(render({}), "database", "Egress")


def test_nobody_reaches_a_job_or_a_worker_without_a_monitor() -> None:
    made = render({"worker": {"enabled": True}})
    assert not [rule for component in ("migrate", "keys", "test", "worker") for rule in _rules(made, component, "Ingress")]


def test_metrics_are_reached_only_where_a_monitor_asks() -> None:
    ports = [entry["port"] for rule in _rules(render({}), "server", "Ingress") for entry in rule["ports"]]
    assert ports == [3210]
    watched = [entry["port"] for rule in _rules(render(CASES["monitors"]), "server", "Ingress") for entry in rule["ports"]]
    assert watched == [3210, 9464]


def _egress(values: dict[str, Any]) -> list[Object]:
    return _rules(render(values), "server", "Egress")


def test_a_pod_that_serves_reaches_names_siblings_database_and_providers_only() -> None:
    ports = [sorted({entry["port"] for entry in rule["ports"]}) for rule in _egress({})]
    assert sorted(ports) == [[53], [443], [3210], [5432]]


def test_providers_are_public_addresses() -> None:
    block = next(rule for rule in _egress({}) if rule["ports"][0]["port"] == 443)["to"][0]["ipBlock"]
    assert block["cidr"] == "0.0.0.0/0"
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(block["except"])


@pytest.mark.parametrize(
    ("address", "ports"),
    [
        ("https://api.openai.com", [443]), ("https://api.openai.com/v1", [443]), ("https://gateway.example.org:8443/v1", [443, 8443]),
        ("http://gateway.example.org", [443, 80]),
    ],
)  # fmt: skip
def test_the_port_of_the_configured_provider_is_open(address: str, ports: list[int]) -> None:
    rules = _egress({"config": {"openaiBaseUrl": address}})
    assert [[entry["port"] for entry in rule["ports"]] for rule in rules if rule["ports"][0]["port"] == 443] == [ports]


def test_a_narrowed_network_holds_nothing_wide() -> None:
    made = render(CASES["closed network"])
    wide = [rule for rule in _rules(made, "server", "Egress") if "to" not in rule or "0.0.0.0/0" in str(rule["to"])]
    assert not wide
    assert all("from" in rule for rule in _rules(made, "server", "Ingress"))
    assert all("to" in rule for rule in _rules(made, "keys", "Egress"))


@pytest.mark.parametrize(
    ("case", "port"), [("external database by address", 6432), ("external database by secret", 5433), ("lobechat's own maps", 5432)]
)
def test_the_port_of_an_external_database_is_open(case: str, port: int) -> None:
    for component in ("server", "migrate"):
        ports = [entry["port"] for rule in _rules(render(CASES[case]), component, "Egress") for entry in rule["ports"]]
        assert port in ports


@pytest.mark.parametrize(
    ("case", "port", "peer"), [("files in a bucket", 9000, "podSelector"), ("files in amazon's bucket", 443, "ipBlock")]
)
def test_the_bucket_is_reached_on_the_port_of_its_address(case: str, port: int, peer: str) -> None:
    for component in ("server", "worker"):
        rules = _rules(render({**CASES[case], "worker": {"enabled": True}}), component, "Egress")
        assert [rule for rule in rules if rule["ports"][0]["port"] == port and peer in rule["to"][0]]


def test_a_cluster_of_cnpg_is_reached_by_its_own_label() -> None:
    peers = [peer for rule in _egress(CASES["cnpg"]) for peer in rule["to"] if "cnpg.io/cluster" in str(peer)]
    assert peers == [{"podSelector": {"matchLabels": {"cnpg.io/cluster": "demo-portico-db"}}}]


@pytest.mark.parametrize("case", CASES)
def test_services_select_the_pods_that_have_their_ports(case: str) -> None:
    made = render(CASES[case])
    for service in made.all("Service"):
        component = service["spec"]["selector"]["app.kubernetes.io/component"]
        named = {
            port["name"]
            for template in map(pod_template, made.objects)
            if template and template["metadata"]["labels"].get("app.kubernetes.io/component") == component
            for container in template["spec"]["containers"]
            for port in container["ports"]
        }
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= named
