"""Any cut of the bytes gives the same events."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.providers.base import ProviderError
from portico.providers.sse import DocumentSplitter, LineSplitter, Splitter, SseSplitter

LINES = st.one_of(
    st.sampled_from([b"", b"", b": ping", b"event: error", b"data", b"data:", b"data: ", b"id: 7", b"retry: 10", b"data: [DONE]"]),
    st.text(alphabet=st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=12).map(lambda text: b"data: " + text.encode()),
    st.text(alphabet="da:t 你好\ufeff", max_size=6).map(str.encode),
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
STREAMS = st.lists(st.tuples(LINES, ENDS), max_size=24).map(lambda lines: b"".join(line + end for line, end in lines))


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    at = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(at)]


def run(splitter: Splitter, parts: list[bytes]) -> list[bytes]:
    events = [event for part in parts for event in splitter.feed(part)]
    return events + splitter.finish()


def plainly(data: bytes) -> list[bytes]:
    """The standard's algorithm, written for reading: lines first, then fields; an unfinished event counts, too."""
    events: list[bytes] = []
    pending: list[bytes] = []
    for line in [*re.split(b"\r\n|\n|\r", data.removeprefix(b"\xef\xbb\xbf")), b""]:
        name, colon, value = line.partition(b":")
        if not line and pending:
            events.append(b"\n".join(pending))
            pending = []
        elif name == b"data" and (colon or line == b"data"):
            pending.append(value.removeprefix(b" "))
    return events + ([b"\n".join(pending)] if pending else [])


@given(STREAMS, st.lists(st.integers(min_value=0, max_value=400), max_size=40))
def test_events_do_not_depend_on_how_the_network_cuts_them(data: bytes, cuts: list[int]) -> None:
    assert run(SseSplitter(), pieces(data, cuts)) == plainly(data)


@given(STREAMS)
def test_one_byte_at_a_time_gives_the_same_events(data: bytes) -> None:
    assert run(SseSplitter(), [bytes([byte]) for byte in data]) == plainly(data)


@given(st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2)), st.lists(st.integers(0, 300), max_size=20))
def test_lines_do_not_depend_on_how_the_network_cuts_them(values: list[dict[str, str]], cuts: list[int]) -> None:
    import json

    lines = [json.dumps(value, ensure_ascii=False).encode() for value in values]
    assert run(LineSplitter(), pieces(b"\n\n".join(lines), cuts)) == lines


def test_a_byte_order_mark_before_the_first_event_means_nothing() -> None:
    assert run(SseSplitter(), [b"\xef", b"\xbb\xbfdata: 1\n\n"]) == [b"1"]


def test_the_fast_way_and_the_careful_way_agree_on_whole_events() -> None:
    splitter = SseSplitter()
    assert splitter.feed(b"data: 1\n\n") == [b"1"]
    assert splitter.feed(b"data: 2\n\ndata:3\n\n") == [b"2", b"3"]
    assert splitter.feed(b": ping\n\ndata: 4\n\n") == [b"4"]


@pytest.mark.parametrize("splitter", [SseSplitter(1000), LineSplitter(1000), DocumentSplitter(1000)])
def test_an_endless_event_is_refused(splitter: Splitter) -> None:
    with pytest.raises(ProviderError, match="provider_protocol"):
        run(splitter, [b"data: 7"] * 300)


@pytest.mark.parametrize("splitter", [SseSplitter(), LineSplitter()])
def test_many_small_events_never_add_up_to_the_limit(splitter: Splitter) -> None:
    splitter = type(splitter)(1000)
    total = sum(len(splitter.feed(b"data: 1234567\n\n")) for _ in range(500))
    assert total == 500


def test_a_long_event_in_small_pieces_takes_linear_time() -> None:
    splitter = SseSplitter()
    splitter.feed(b"data: start\n\n")
    long = b"data: " + b"x" * 700_000
    for start in range(0, len(long), 7):
        assert splitter.feed(long[start : start + 7]) == []
    assert len(splitter.feed(b"\n\n")[0]) == 700_000
