"""Every set of values makes objects that hang together, the same ones each time."""

import random
import re
from itertools import combinations
from pathlib import Path

import pytest

from tests.chart import score
from tests.chart.cases import CASES, merged
from tests.chart.rendering import CHART, Object, RefusedValues, check, helm, lint, pod_template, render, render_files, title

TEMPLATES = sorted((CHART / "templates").rglob("*.yaml"))
ACCIDENTAL = re.compile(r"\b(lookup|rand\w+|genPrivateKey|genCA|genSelfSignedCert|genSignedCert|uuidv4|now|htpasswd|bcrypt)\b")


@pytest.mark.parametrize("case", CASES)
def test_helm_finds_nothing_to_say(case: str) -> None:
    report = lint(CASES[case])
    assert not report["errors"]
    assert not [message for message in report["messages"] if message["severity"] > 1]


@pytest.mark.parametrize("case", CASES)
def test_rendering_twice_gives_the_same_bytes(case: str) -> None:
    assert render_files(CASES[case]) == render_files(CASES[case])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_asks_neither_the_cluster_nor_chance(template) -> None:
    """Argo CD renders without a cluster and compares: what differs each time would be changed for ever."""
    code = " ".join(re.findall(r"\{\{.*?\}\}", template.read_text(encoding="utf-8")))
    assert not ACCIDENTAL.search(code)


@pytest.mark.parametrize("template", [path for path in TEMPLATES if path.name != "extra-objects.yaml"], ids=lambda path: path.name)
def test_a_template_holds_one_kind(template) -> None:
    text = template.read_text(encoding="utf-8")
    assert len(re.findall(r"^kind: \w+$", text, re.MULTILINE)) == 1
    assert "---" not in text


@pytest.mark.parametrize("template", [path for path in TEMPLATES if path.name != "extra-objects.yaml"], ids=lambda path: path.name)
def test_names_and_labels_come_from_the_helpers(template) -> None:
    head = template.read_text(encoding="utf-8").partition("\nspec:")[0].partition("\nmetadata:")[2]
    assert re.search(r'^  name: \{\{ include "portico\.(fullname|serviceAccountName|jobName)" ', head, re.MULTILINE)
    assert re.search(r'^    \{\{- include "portico\.(podL|l)abels" \(list', head, re.MULTILINE)


def _own(case: str) -> list[Object]:
    others = {f"{name}" for name in ("demo-more", "portico-toml")}
    return [item for item in render(CASES[case]).objects if item["metadata"]["name"] not in others]


@pytest.mark.parametrize("case", CASES)
def test_no_two_objects_have_one_name(case: str) -> None:
    titles = [title(item) for item in _own(case)]
    assert sorted(set(titles)) == sorted(titles)


@pytest.mark.parametrize("case", CASES)
def test_every_object_says_what_it_belongs_to(case: str) -> None:
    for item in _own(case):
        labels = item["metadata"]["labels"]
        assert labels["app.kubernetes.io/name"] == "portico", title(item)
        assert labels["app.kubernetes.io/instance"] == "demo", title(item)


@pytest.mark.parametrize("case", CASES)
def test_no_pod_is_given_a_label_twice_or_an_empty_one(case: str) -> None:
    for item in _own(case):
        template = pod_template(item)
        if template is not None:
            assert all(isinstance(value, str) and value for value in template["metadata"]["labels"].values())


def test_the_longest_names_fit() -> None:
    made = render({"fullnameOverride": "a" * 40, "worker": {"enabled": True}, "metrics": {"serviceMonitor": {"enabled": True}}})
    assert all(len(item["metadata"]["name"]) <= 63 for item in made.objects)


def test_a_job_gets_another_name_with_every_image_and_setting() -> None:
    plain, image = render({}), render({"image": {"tag": "0.2.0"}})
    setting, same = render({"config": {"basePath": "/chat"}}), render({"podDisruptionBudget": {"enabled": False}})
    for purpose in ("migrate", "keys"):
        names = {made.job(purpose)["metadata"]["name"] for made in (plain, image, setting)}
        assert len(names) == 3
        assert same.job(purpose)["metadata"]["name"] == plain.job(purpose)["metadata"]["name"]


def test_a_change_of_settings_or_secrets_starts_the_pods_anew() -> None:
    made = [render(values) for values in ({}, {"config": {"logLevel": "debug"}}, {"secrets": {"openaiApiKey": "sk-1"}})]
    for workload in ("Deployment",):
        annotations = [str(item.one(workload, "")["spec"]["template"]["metadata"]["annotations"]) for item in made]
        assert len(set(annotations)) == 3


def test_pods_do_not_start_anew_for_another_version_of_the_chart_alone() -> None:
    labels = render({}).one("Deployment", "")["spec"]["template"]["metadata"]["labels"]
    assert not {"helm.sh/chart", "app.kubernetes.io/version"} & set(labels)


def test_a_packed_chart_renders_the_same(tmp_path: Path) -> None:
    with helm.Chart.load(helm.package(CHART, destination=tmp_path)) as packed:
        assert packed.render(CASES["everything"], name="demo", namespace="chat") == render_files(CASES["everything"])


def _taken(pair: tuple[str, str]) -> bool:
    try:
        check(merged(CASES[pair[0]], CASES[pair[1]]))
    except RefusedValues:
        return False
    return True


@pytest.mark.parametrize("pair", [*filter(_taken, random.Random(7).sample(list(combinations(CASES, 2)), 30))], ids=" + ".join)
def test_options_go_together(pair: tuple[str, str]) -> None:
    made = render(merged(CASES[pair[0]], CASES[pair[1]])).objects
    assert not [fault for item in made for fault in score.restricted(item)]
    assert not list(score.dangling(made))


def test_extra_objects_are_templates() -> None:
    names = {title(item) for item in render(CASES["placement and extras"]).objects}
    assert {"ConfigMap/demo-more", "ConfigMap/portico-toml"} <= names
