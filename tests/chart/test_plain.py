"""The plain files: what an operator of a LobeChat knows, with another image."""

import pytest
import yaml

from tests.chart.cases import OPERATORS
from tests.chart.rendering import ROOT, Object, objects
from tests.chart.test_values import _exists as is_setting

FILES = sorted((ROOT / "deploy" / "plain").glob("*.yaml"))


def plain_objects() -> list[Object]:
    return [item for path in FILES for item in objects(path.read_text(encoding="utf-8"))]


def _one(kind: str, name: str) -> Object:
    return next(item for item in plain_objects() if (item["kind"], item["metadata"]["name"]) == (kind, name))


def _container() -> Object:
    container: Object = _one("Deployment", "portico")["spec"]["template"]["spec"]["containers"][0]
    return container


def test_three_replicas_with_the_resources_that_operators_plan_for() -> None:
    assert _one("Deployment", "portico")["spec"]["replicas"] == 3
    assert _container()["resources"] == {"requests": {"memory": "512Mi", "cpu": "250m"}, "limits": {"memory": "1Gi", "cpu": "500m"}}


def test_settings_come_from_one_map_and_one_secret() -> None:
    assert _container()["envFrom"] == [{"configMapRef": {"name": "portico-config"}}, {"secretRef": {"name": "portico-secrets"}}]
    given = set(_one("ConfigMap", "portico-config")["data"]) | set(_one("Secret", "portico-secrets")["stringData"])
    assert not {name for name in given if not is_setting(name)}


def test_readiness_is_asked_as_before() -> None:
    assert _container()["readinessProbe"]["httpGet"] == {"path": "/health", "port": 3210}


def test_the_service_leads_from_80_to_3210() -> None:
    ports = _one("Service", "portico-service")["spec"]["ports"]
    assert [(port["port"], port["targetPort"]) for port in ports] == [(80, 3210)]


def test_the_ingress_ends_tls_with_a_certificate_of_cert_manager() -> None:
    ingress = _one("Ingress", "portico-ingress")
    assert ingress["metadata"]["annotations"]["cert-manager.io/cluster-issuer"]
    assert ingress["spec"]["tls"][0]["hosts"] == [rule["host"] for rule in ingress["spec"]["rules"]]


def test_a_pod_may_take_as_long_to_leave_as_its_answers() -> None:
    grace_s = _one("Deployment", "portico")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert grace_s == int(_one("ConfigMap", "portico-config")["data"]["PORTICO_DRAIN_SECONDS"]) + 30


def test_the_passwords_to_replace_are_the_same() -> None:
    password = _one("Secret", "portico-database")["stringData"]["password"]
    assert f":{password}@portico-database:5432/" in _one("Secret", "portico-secrets")["stringData"]["DATABASE_URL"]


@pytest.mark.skipif(not OPERATORS.is_file(), reason=f"the operators' own manifests are not beside this checkout: {OPERATORS.parent}")
def test_what_the_operators_files_say_is_kept() -> None:
    theirs = yaml.safe_load((OPERATORS.parent / "deployment.yaml").read_text(encoding="utf-8"))["spec"]
    before = theirs["template"]["spec"]["containers"][0]
    assert theirs["replicas"] == _one("Deployment", "portico")["spec"]["replicas"]
    assert before["resources"] == _container()["resources"]
    assert before["readinessProbe"]["httpGet"] == _container()["readinessProbe"]["httpGet"]
    service, ingress = yaml.safe_load_all((OPERATORS.parent / "service-ingress.yaml").read_text(encoding="utf-8"))
    assert service["spec"]["ports"] == _one("Service", "portico-service")["spec"]["ports"]
    assert ingress["metadata"]["annotations"] == _one("Ingress", "portico-ingress")["metadata"]["annotations"]
