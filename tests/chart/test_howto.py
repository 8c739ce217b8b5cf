"""The how-to pages name values and files that exist."""

import re

import pytest
import yaml

from ops.chart.values import leaves, schema
from tests.chart.rendering import ROOT, check

HELM = (ROOT / "docs" / "howto" / "helm.md").read_text(encoding="utf-8")
PLAIN = (ROOT / "docs" / "howto" / "plain-kubernetes.md").read_text(encoding="utf-8")
PATHS = {path for path, _ in leaves(schema())}
SECTIONS = {path.rpartition(".")[0] for path in PATHS} | {path.partition(".")[0] for path in PATHS}


def test_every_value_that_is_named_exists() -> None:
    set_ = {re.sub(r"\[\d+\].*", "", name) for name in re.findall(r"--set '?([\w.\[\]]+)=", HELM)}
    told = {name for name in re.findall(r"`([a-z]\w*(?:\.\w+)+)(?::[^`]*)?`", HELM) if name.partition(".")[0] in SECTIONS}
    assert len(set_) >= 8
    assert len(told) >= 15
    assert not (set_ | told) - PATHS - SECTIONS


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", HELM, re.DOTALL))
def test_every_example_is_taken(block: str) -> None:
    check(yaml.safe_load(block))


def test_every_file_of_the_plain_page_exists() -> None:
    named = set(re.findall(r"\b([a-z-]+\.yaml)\b", PLAIN))
    assert named == {path.name for path in (ROOT / "deploy" / "plain").glob("*.yaml")}


def test_the_chart_has_as_many_alerts_as_the_page_says() -> None:
    rules = yaml.safe_load((ROOT / "chart" / "portico" / "files" / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert len(rules) == 10
    assert "for ten alerts" in HELM
