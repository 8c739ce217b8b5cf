"""The alerts name metrics and labels that exist, and Prometheus' own tool takes them where it is installed."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from portico.infra.telemetry import Metrics
from tests.chart.cases import CASES
from tests.chart.rendering import CHART, render

FILE = CHART / "files" / "alerts.yaml"
SERIES = Path(__file__).with_name("alerts.test.yaml")
RULES: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"][0]["rules"]
TARGET = {"namespace", "pod", "le"}  # labels that the scrape, or a histogram, adds


def _metrics() -> dict[str, set[str]]:
    """Metric -> its labels, as the program makes them."""
    made = {item.name: set(item.labels) for item in vars(Metrics()).values() if hasattr(item, "labels")}
    return made | {f"{name}_bucket": labels for name, labels in made.items()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_what_is_measured(rule: dict[str, Any]) -> None:
    metrics = _metrics()
    named = re.findall(r"\bportico_\w+", rule["expr"])
    grouped = {label.strip() for group in re.findall(r"\bby \(([^)]*)\)", rule["expr"]) for label in group.split(",")}
    filtered = set(re.findall(r"[{,]\s*(\w+)=", rule["expr"]))
    assert named
    assert set(named) <= set(metrics)
    assert grouped | filtered <= TARGET | set().union(*(metrics[name] for name in named))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_tells_how_grave_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert set(rule["annotations"]) == {"summary", "description"}
    grouped = {label.strip() for group in re.findall(r"\bby \(([^)]*)\)", rule["expr"]) for label in group.split(",")}
    assert set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"]))) <= grouped


def test_the_chart_hands_the_same_rules_to_the_operator() -> None:
    spec = render(CASES["monitors"]).one("PrometheusRule", "")["spec"]
    assert spec == yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_keda_asks_for_a_metric_that_exists() -> None:
    query = render(CASES["keda"]).one("ScaledObject", "")["spec"]["triggers"][0]["metadata"]["query"]
    assert query == 'sum(portico_live_streams{namespace="chat",pod=~"demo-portico-.+"})'
    assert "portico_live_streams" in _metrics()


@pytest.fixture(scope="module")
def promtool() -> str:
    """Prometheus' own tool; without it the module's last tests are skipped, unless the run requires them."""
    found = shutil.which("promtool")
    if found is None and "promtool" in os.environ.get("PORTICO_REQUIRE", ""):
        pytest.fail("no promtool here: apt install prometheus")
    return found or pytest.skip("no promtool here: Prometheus' own check of the alerts is SKIPPED (apt install prometheus)")


def test_promtool_takes_the_rules(promtool: str) -> None:
    checked = subprocess.run([promtool, "check", "rules", str(FILE)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_alert_fires_when_it_should_and_is_silent_when_not(promtool: str, tmp_path: Path) -> None:
    shutil.copy(FILE, tmp_path)
    shutil.copy(SERIES, tmp_path)
    checked = subprocess.run([promtool, "test", "rules", SERIES.name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_each_alert_is_seen_firing_and_silent() -> None:
    cases = [case for group in yaml.safe_load(SERIES.read_text(encoding="utf-8"))["tests"] for case in group["alert_rule_test"]]
    seen = {(case["alertname"], "exp_alerts" in case) for case in cases}
    assert seen == {(rule["alert"], fires) for rule in RULES for fires in (True, False)}
