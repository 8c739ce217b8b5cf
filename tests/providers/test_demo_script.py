import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.providers.demo_script import count_tokens, input_tokens, script, tokenise
from portico.providers.demo_text import TOUR
from tests.providers.conftest import ask, begun

TEXTS = st.text(alphabet=st.sampled_from("ab ,.\n你好，世界"), max_size=60)


@given(TEXTS)
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokenise(text)) == (text if text.strip() else "")


@given(st.lists(st.sampled_from(["a ", "bc ", "d\n"]), max_size=20))
def test_tokens_of_a_text_without_chinese_are_its_words(words: list[str]) -> None:
    text = "".join(words)
    assert count_tokens(text) == len(text.split()) == len(tokenise(text))


@given(st.sampled_from(list(TOUR.values())), st.integers(min_value=0, max_value=300))
def test_two_halves_of_an_answer_count_as_much_as_the_whole(text: str, at: int) -> None:
    tokens = tokenise(text)
    first = "".join(tokens[:at])
    assert count_tokens(first) + count_tokens(text[len(first) :]) == count_tokens(text)


@given(st.integers(min_value=0, max_value=40), st.sampled_from(["demo", "demo-echo", "demo-cut"]))
def test_the_same_question_has_the_same_answer_and_any_start_of_it_goes_on(at: int, model: str) -> None:
    request = ask("/words 40 seed 9", model)
    whole = script(request)
    assert whole == script(request)
    partial = "".join(tokenise(whole.text)[:at])
    resumed = script(ask("/words 40 seed 9", model, then=[begun(partial)]))
    assert partial + resumed.text[resumed.skip :] == whole.text


def test_what_is_no_start_of_the_answer_is_not_taken_for_one() -> None:
    resumed = script(ask("/words 3", "demo", then=[begun("something else")]))
    assert (resumed.skip, resumed.said) == (0, 0)


def test_all_that_was_sent_counts_as_input() -> None:
    assert input_tokens(ask("one two", then=[begun("three")]).messages) == 3


@pytest.mark.parametrize(
    ("words", "sides"),
    [("640x400", (640, 400)), ("", (640, 400)), ("9000x1", (2048, 1)), ("infx-3", (2048, 1)), ("nanxnan", (2048, 2048))],
)
def test_a_picture_has_sides_that_can_be_drawn(words: str, sides: tuple[int, int]) -> None:
    assert script(ask(f"/image {words}", "demo")).image == sides
