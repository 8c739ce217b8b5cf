"""The event union stands twice, in Python and in TypeScript; both say the same."""

import re
from typing import get_args

import msgspec

from portico.runs import events
from tests.house import tree

MIRROR = tree.WEB / "src" / "api" / "events.ts"


def _python() -> dict[str, dict[str, bool]]:
    """Type -> field -> whether it may be absent."""
    union: dict[str, dict[str, bool]] = {}
    for event in get_args(events.RunEvent):
        described = msgspec.inspect.type_info(event)
        assert isinstance(described, msgspec.inspect.StructType)
        fields = {field.encode_name: not field.required for field in described.fields if field.encode_name not in {"seq", "attempt"}}
        union[str(described.tag)] = fields
    return union


def _typescript() -> dict[str, dict[str, bool]]:
    text = MIRROR.read_text(encoding="utf-8").partition("export type RunEvent")[2].partition(");")[0]
    union: dict[str, dict[str, bool]] = {}
    for tag, rest in re.findall(r'\{\s*type: "(\w+)";?([^}]*)\}', text):
        union[tag] = {name: bool(mark) for name, mark in re.findall(r"(\w+)(\?)?:", rest)}
    return union


def test_both_unions_name_the_same_events() -> None:
    assert set(_python()) == set(_typescript())


def test_both_unions_give_each_event_the_same_fields() -> None:
    assert {tag: set(fields) for tag, fields in _python().items()} == {tag: set(fields) for tag, fields in _typescript().items()}


def test_what_python_may_leave_out_is_optional_in_typescript() -> None:
    mirror = _typescript()
    required = {f"{tag}.{name}" for tag, fields in _python().items() for name, absent in fields.items() if absent and not mirror[tag][name]}
    assert not required


def test_every_event_carries_its_place_in_the_log() -> None:
    assert all({"seq", "attempt"} <= {field.name for field in msgspec.structs.fields(event)} for event in get_args(events.RunEvent))
