"""Makes the chart's values.yaml and its reference page from values.schema.json, which alone is written by hand."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).resolve().parents[2] / "chart" / "portico" / "values.schema.json"
Node = dict[str, Any]  # one schema, as JSON has it

_VALUES_HEAD = """\
# Made from values.schema.json by `make docs`; change that file, not this one.
# The same with types and rules: docs/reference/chart.md.
"""
_PAGE_HEAD = """\
# Values of the chart

Generated from `chart/portico/values.schema.json` by `make docs`; do not edit.

The schema is closed: Helm refuses a name that is not listed here, a value of another type, and these combinations:

"""
_RULES = (
    "SQLite takes one replica with `persistence.enabled`, and neither worker nor KEDA.",
    "`database.kind: external` needs `database.url`, `database.existingSecret`, or a Secret of settings that holds `DATABASE_URL`.",
    "With another kind of database no address may be given.",
    "`objects.store: directory` needs `persistence.enabled`, and `s3` needs `objects.s3.bucket`.",
    "A claim that several pods share needs `ReadWriteMany` among `persistence.accessModes`; one that exists is your own affair.",
    "An ingress needs a host; a route needs a gateway, its own or another's, and its own needs a class and a host name.",
    "KEDA needs the address of Prometheus; an ExternalSecret needs a store and something to fetch.",
    "`keys.generate: false` needs a key in one of the Secrets.",
)
_PAGE_MIDDLE = """
How the values are used: [run Portico on Kubernetes with Helm](../howto/helm.md).
What the settings mean that `config.env` takes: [settings](settings.md).

| Value | Type | Default | Meaning |
|---|---|---|---|
"""


def schema() -> Node:
    """Return the schema of the values."""
    loaded: Node = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return loaded


def is_section(node: Node) -> bool:
    """Whether a value is a group of others, and has no default of its own."""
    return "properties" in node and "default" not in node


def defaults(node: Node) -> Any:
    """Return the default of a value, or of all in a section."""
    if not is_section(node):
        return node["default"]
    return {name: defaults(child) for name, child in node["properties"].items()}


def leaves(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Yield every value that is no section, by its dotted path."""
    for name, child in node["properties"].items():
        place = f"{path}.{name}" if path else name
        if is_section(child):
            yield from leaves(child, place)
        else:
            yield place, child


def values_file() -> str:
    """Return values.yaml: every default under the sentence that explains it."""
    return _VALUES_HEAD + "".join(_lines(schema(), 0))


def _lines(node: Node, depth: int) -> Iterator[str]:
    pad = "  " * depth
    for name, child in node["properties"].items():
        if depth == 0:
            yield "\n"
        yield from (f"{pad}# {line}\n" for line in textwrap.wrap(child["description"], 130 - len(pad), break_on_hyphens=False))
        if is_section(child):
            yield f"{pad}{name}:\n"
            yield from _lines(child, depth + 1)
        else:
            yield f"{pad}{name}: {json.dumps(child['default'], ensure_ascii=False)}\n"


def reference_page() -> str:
    """Return docs/reference/chart.md."""
    rules = "".join(f"- {rule}\n" for rule in _RULES)
    rows = "".join(f"| `{path}` | {_kind(node)} | {_shown(node['default'])} | {_meaning(node)} |\n" for path, node in leaves(schema()))
    return _PAGE_HEAD + rules + _PAGE_MIDDLE + rows


def _kind(node: Node) -> str:
    if "enum" in node:
        return "one of " + ", ".join(f"`{value}`" for value in node["enum"])
    kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
    named = " or ".join(kind for kind in kinds if kind != "null") + _range(node) + (", or null" if "null" in kinds else "")
    if "x-kubernetes" in node.get("items", {}):
        return f"{named} of {node['items']['x-kubernetes']}"
    return named


def _range(node: Node) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    if low is None:
        return ""
    return f" of {low} or more" if high is None else f" from {low} to {high}"


def _shown(default: Any) -> str:
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def _meaning(node: Node) -> str:
    return str(node["description"]).replace("|", "\\|")
