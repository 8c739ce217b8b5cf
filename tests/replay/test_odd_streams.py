"""A server that sends values of the wrong type is an error of its protocol or is read around; it never breaks the adapter itself."""

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from portico.providers.base import ProviderError
from tests.replay.checks import feed
from tests.replay.recordings import FOLDER, PROTOCOLS, Recording, load

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"NO RECORDINGS of vendors' answers in {FOLDER}: the adapters stay unproved")

ODD: list[Any] = [None, [], {}, [None], [{}], {"type": 7}, 7, -1, 2.5, 1e300, True, "", "x", "[DONE]", [["x"]], {"message": {"code": []}}]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in children for place in places(child, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], odd)
    return copy


def spoiled(recording: Recording, chance: random.Random) -> Recording:
    """Return the recording with one value in one of its events replaced."""
    lines = recording.body.decode().replace("\r\n", "\n").split("\n")
    prefix = "" if recording.protocol == "ollama-chat" else "data: "
    events = [number for number, line in enumerate(lines) if line.startswith((f"{prefix}{{", "{"))]
    if not events:
        return recording
    number = chance.choice(events)
    value = json.loads(lines[number].removeprefix(prefix))
    lines[number] = prefix + json.dumps(changed(value, chance.choice(places(value)), chance.choice(ODD)))
    return replace(recording, body="\n".join(lines).encode())


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_value_of_the_wrong_type_never_breaks_the_adapter(protocol: str) -> None:
    chance = random.Random(protocol)
    streams = [recording for recording in load(protocol) if recording.status < 400 and len(recording.body) < 20_000]
    for _ in range(600):
        recording = spoiled(chance.choice(streams), chance)
        try:
            feed(recording, [recording.body])
        except ProviderError:
            continue
