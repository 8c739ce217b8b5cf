"""Recorded traffic of real vendors becomes the text, reasoning, tool calls, usage and finish reason that it holds, however it is cut."""

import pytest

from tests.replay.checks import check, differences, feed, sevens
from tests.replay.conftest import SUMMARY
from tests.replay.recordings import FOLDER, PROTOCOLS, Recording, in_chinese, load, read
from tests.replay.server import replay_server

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"NO RECORDINGS of vendors' answers in {FOLDER}: the adapters stay unproved")


@pytest.mark.slow
@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_every_recording_is_read_as_it_is(protocol: str) -> None:
    recordings = load(protocol)
    wrong: dict[str, dict[str, list[str]]] = {}
    async with replay_server() as (server, session):
        for recording in recordings:
            problems = {how: found for how, found in (await check(server, session, recording)).items() if found}
            if problems:
                wrong[recording.name] = problems
    errors = sum(recording.status >= 400 for recording in recordings)
    SUMMARY.append(f"{protocol}: {len(recordings) - len(wrong)} of {len(recordings)} recordings pass ({errors} of them recorded errors)")
    assert recordings
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_recording_in_pieces_of_seven_bytes_is_the_same(protocol: str) -> None:
    streams = [recording for recording in load(protocol) if recording.status < 400]
    assert not {
        recording.name: found for recording in streams if (found := differences(read(recording), feed(recording, sevens(recording.body))))
    }


def small(protocol: str) -> list[Recording]:
    streams = sorted((recording for recording in load(protocol) if recording.status < 400), key=lambda recording: len(recording.body))
    return [streams[0], *map(in_chinese, streams[1:2])]


@pytest.mark.slow
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_small_recordings_split_at_every_offset_are_the_same(protocol: str) -> None:
    for recording in small(protocol):
        body, expected = recording.body[:12_000], read(recording)
        rest = recording.body[12_000:]
        wrong = [at for at in range(1, len(body)) if differences(expected, feed(recording, [body[:at], body[at:] + rest]))]
        assert not wrong
