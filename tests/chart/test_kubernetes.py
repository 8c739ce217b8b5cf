"""Kubernetes' own schemas of several versions take what is rendered, strictly: no unknown field, no wrong type."""

import json

import kubernetes_validate
import pytest

from tests.chart.cases import CASES
from tests.chart.rendering import Object, objects, render, title
from tests.chart.test_plain import FILES

# The oldest that the chart takes, the first whose kubelet can sleep, and the newest that is known here.
VERSIONS = ("1.27", "1.30", "1.33", "1.37")
SLEEPS_FROM = "1.30"


def _is_builtin(item: Object) -> bool:
    group = item["apiVersion"].partition("/")[0]
    return "." not in group or (group.endswith(".k8s.io") and not group.startswith("gateway."))


def _sleeps(item: Object) -> bool:
    return '"sleep"' in json.dumps(item)


def _all() -> dict[str, Object]:
    """Every object of every case and of the plain files, once."""
    rendered = [(case, item) for case in CASES for item in render(CASES[case]).objects]
    plain = [(path.name, item) for path in FILES for item in objects(path.read_text(encoding="utf-8"))]
    return {json.dumps(item, sort_keys=True): item for _, item in (*rendered, *plain)}


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_fits_the_schema_of(version: str) -> None:
    faults, seen = [], 0
    for item in filter(_is_builtin, _all().values()):
        if version < SLEEPS_FROM and _sleeps(item):
            continue  # the chart renders `exec` for such a cluster: see the case "old cluster"
        seen += 1
        try:
            kubernetes_validate.validate(item, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            faults.append(f"{title(item)} {'.'.join(map(str, error.path))}: {error.message}")
    assert seen > 100
    assert not faults


def test_a_wrong_field_is_found() -> None:
    """The check above can fail."""
    item = json.loads(json.dumps(render({}).one("Deployment", "")))
    item["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(item, "1.33", strict=True)


def test_an_old_cluster_is_not_asked_to_sleep() -> None:
    item = render(CASES["old cluster"]).one("Deployment", "")
    assert not _sleeps(item)
    kubernetes_validate.validate(item, "1.27", strict=True)
