"""The chart as Helm's own library renders it, without a cluster and without a `helm` command."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

helm = pytest.importorskip("helm_python", reason="no Helm library on this platform: the chart is NOT tested")

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "chart" / "portico"
RELEASE, NAMESPACE = "demo", "chat"

Values = dict[str, Any]
Object = dict[str, Any]  # one Kubernetes object, as YAML has it


@dataclass(frozen=True)
class Rendered:
    """What one set of values makes: objects, and the notes for the person who installs."""

    files: dict[str, str]
    objects: list[Object]
    notes: str

    def all(self, kind: str) -> list[Object]:
        return [item for item in self.objects if item["kind"] == kind]

    def one(self, kind: str, name: str) -> Object:
        """Return the object of this kind whose name is the release's with this suffix."""
        found = [item for item in self.all(kind) if item["metadata"]["name"] == f"demo-portico{name}"]
        assert len(found) == 1, f"{len(found)} of {kind} demo-portico{name}"
        return found[0]

    def job(self, purpose: str) -> Object:
        """Return the Job for a purpose; its name ends with a hash."""
        found = [item for item in self.all("Job") if item["metadata"]["name"].startswith(f"demo-portico-{purpose}-")]
        assert len(found) == 1
        return found[0]


@cache
def _chart() -> Any:
    return helm.Chart.load(CHART)


def render(values: Values) -> Rendered:
    """Check the values against the schema and render."""
    return _rendered(json.dumps(values, sort_keys=True))


@cache
def _rendered(values: str) -> Rendered:
    files = render_files(json.loads(values))
    notes = files.pop("portico/templates/NOTES.txt")
    return Rendered(files, [item for text in files.values() for item in objects(text)], notes)


def render_files(values: Values) -> dict[str, str]:
    """Render anew: template to text."""
    check(values)
    made: dict[str, str] = _chart().render(values, name=RELEASE, namespace=NAMESPACE)
    return made


def check(values: Values) -> None:
    """Check the values against the schema, as an installation does. Raises RefusedValues."""
    _chart().validate_schema(values)


RefusedValues = helm.HelmValuesError


def lint(values: Values) -> dict[str, Any]:
    """Return what `helm lint --strict` finds."""
    report: dict[str, Any] = helm.lint(CHART, values, strict=True)
    return report


class _Loader(yaml.CSafeLoader):
    """Refuses a map that has a key twice, as Kubernetes does."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if len(set(keys)) != len(keys):
            raise yaml.constructor.ConstructorError(None, None, f"a key stands twice among {keys}", node.start_mark)
        return super().construct_mapping(node, deep)


def objects(text: str) -> Iterator[Object]:
    """Read the objects of a YAML text."""
    yield from (item for item in yaml.load_all(text, Loader=_Loader) if item)


def pod_spec(item: Object) -> Object | None:
    """Return the spec of the pods that an object makes, None if it makes none."""
    template = pod_template(item)
    return None if template is None else template["spec"]


def pod_template(item: Object) -> Object | None:
    """Return metadata and spec of the pods that an object makes, None if it makes none."""
    if item["kind"] == "Pod":
        return item
    if item["kind"] in {"Deployment", "StatefulSet", "Job", "DaemonSet"}:
        found: Object = item["spec"]["template"]
        return found
    return None


def pods_of(item: Object) -> Object:
    """Return the spec of the pods that an object makes."""
    spec = pod_spec(item)
    assert spec is not None, f"{title(item)} makes no pods"
    return spec


def containers(spec: Object) -> list[Object]:
    """All containers of a pod, those that run before the others too."""
    return [*spec.get("initContainers", []), *spec["containers"]]


def title(item: Object) -> str:
    return f"{item['kind']}/{item['metadata']['name']}"
