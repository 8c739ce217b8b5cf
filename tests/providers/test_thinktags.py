import itertools

from hypothesis import given
from hypothesis import strategies as st

from portico.providers.base import Finish, ProviderEvent, ReasoningDelta, TextDelta
from portico.providers.thinktags import ThinkTags


def read(pieces: list[str]) -> tuple[str, str]:
    tags = ThinkTags()
    events: list[ProviderEvent] = [event for piece in pieces if piece for event in tags.feed([TextDelta(piece)])]
    events += tags.feed([Finish("stop")])
    thought = "".join(event.text for event in events if isinstance(event, ReasoningDelta))
    return thought, "".join(event.text for event in events if isinstance(event, TextDelta))


CUTS = st.lists(st.integers(min_value=0, max_value=40), max_size=8)


def cut(text: str, at: list[int]) -> list[str]:
    places = sorted({0, len(text), *(place % (len(text) + 1) for place in at)})
    return [text[start:end] for start, end in itertools.pairwise(places)]


@given(CUTS)
def test_tagged_thinking_is_reasoning_however_it_is_cut(at: list[int]) -> None:
    assert read(cut("<think>\nOne < two </thin> so</think>\n\nYes <think>", at)) == ("One < two </thin> so", "Yes <think>")


@given(st.text(alphabet="<think>/ ab", max_size=30).filter(lambda text: not text.lstrip().startswith("<think>")), CUTS)
def test_other_text_passes_as_it_is(text: str, at: list[int]) -> None:
    assert read(cut(text, at)) == ("", text)


def test_thinking_that_never_closes_is_reasoning() -> None:
    assert read(["<think>on and on </thi"]) == ("on and on </thi", "")


def test_what_is_held_back_is_given_out_when_the_stream_breaks() -> None:
    tags = ThinkTags()
    assert tags.feed([TextDelta("<thi")]) == []
    assert tags.flush() == [TextDelta("<thi")]


def test_once_decided_a_batch_is_passed_untouched() -> None:
    tags = ThinkTags()
    tags.feed([TextDelta("Hi")])
    batch = [TextDelta("<think>")]
    assert tags.feed(batch) is batch
