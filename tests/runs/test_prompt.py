import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.conversations import models as m
from portico.ids import ConversationId, MessageId
from portico.providers import base as p
from portico.runs.prompt import Images, assistant_turns, history, tokens, trim

PICTURE = p.ImagePart("image/png", b"png")


def words(text: str) -> int:
    return len(text.split())


def user(text: str) -> p.PromptMessage:
    return p.PromptMessage("user", (p.TextPart(text),))


def assistant(text: str) -> p.PromptMessage:
    return p.PromptMessage("assistant", (p.TextPart(text),))


def done(call: str) -> m.ToolCallPart:
    return m.ToolCallPart(call, "current_time", "{}", "done", "noon")


def test_an_answer_is_cut_into_what_was_said_and_what_the_tools_said() -> None:
    turns = assistant_turns([m.TextPart("Let me look."), done("c1"), done("c2"), m.TextPart("It is noon.")])
    assert [turn.role for turn in turns] == ["assistant", "tool", "assistant"]
    assert [type(part) for part in turns[0].parts] == [p.TextPart, p.ToolCallPart, p.ToolCallPart]
    assert [part.call for part in turns[1].parts if isinstance(part, p.ToolResultPart)] == ["c1", "c2"]


def test_a_call_without_a_result_is_not_shown_to_the_model() -> None:
    pending = m.ToolCallPart("c", "current_time", "{", "pending")
    assert assistant_turns([m.TextPart("x"), pending]) == [assistant("x")]


def test_thinking_goes_back_with_what_it_led_to_and_never_alone() -> None:
    assert assistant_turns([m.ReasoningPart("hm", "s")]) == []
    assert assistant_turns([m.ReasoningPart("hm", "s"), m.TextPart("x")])[0].parts[0] == p.ReasoningPart("hm", "s")


@pytest.mark.parametrize("part", [m.NoticePart("fallback"), m.CitationPart("https://example.org"), m.HostedToolPart("search", "{}")])
def test_what_only_people_look_at_stays_away_from_the_model(part: m.Part) -> None:
    assert assistant_turns([m.TextPart("x"), part]) == [assistant("x")]


def test_a_refusal_is_text_to_the_model() -> None:
    assert assistant_turns([m.RefusalPart("No.")]) == [assistant("No.")]


def test_a_conversation_without_a_known_window_is_left_whole() -> None:
    turns = [user("a " * 10_000), assistant("b"), user("c")]
    assert trim(turns, window_tokens=None, count=words) == (tuple(turns), False)


def test_the_oldest_turns_go_first_and_whole_exchanges_with_them() -> None:
    turns = [user("a " * 500), assistant("b " * 500), user("c " * 500), assistant("d " * 100), user("e")]
    assert trim(turns, window_tokens=1000, count=words) == (tuple(turns[2:]), True)


def test_the_last_question_stays_whatever_its_size() -> None:
    turns = [user("a"), assistant("b"), user("c " * 9000)]
    assert trim(turns, window_tokens=1000, count=words) == ((turns[2],), True)


def test_a_share_keeps_that_part_of_the_turns_whether_or_not_the_window_is_known() -> None:
    turns = [user("a " * 100), assistant("b " * 100), user("c " * 100), assistant("d " * 50), user("e")]
    for window in (None, 100_000):
        assert trim(turns, window_tokens=window, count=words, share=0.5) == (tuple(turns[2:]), True)
        assert trim(turns, window_tokens=window, count=words, share=0.01) == ((turns[4],), True)


def test_a_picture_counts_as_about_a_thousand_tokens() -> None:
    assert tokens(p.PromptMessage("user", (PICTURE, p.TextPart("what is this"))), words) == 1007


@given(
    st.lists(st.tuples(st.sampled_from(["user", "assistant", "tool"]), st.integers(1, 300)), min_size=1, max_size=20), st.integers(10, 3000)
)
def test_a_cut_begins_with_a_question_and_never_with_a_result(sizes: list[tuple[str, int]], window: int) -> None:
    turns = [user("first"), *(user("w " * n) if role == "user" else assistant("w " * n) for role, n in sizes), user("last")]
    kept, dropped = trim(turns, window_tokens=window, count=words)
    assert kept[0].role == "user"
    assert kept[-1] == turns[-1]
    assert dropped == (len(kept) < len(turns))
    assert tuple(turns[len(turns) - len(kept) :]) == kept


def asked(*parts: m.Part) -> m.Message:
    return m.Message(MessageId("1"), ConversationId("c"), None, "user", "done", parts, None, None, None, 0, 0)


def test_a_picture_travels_as_its_bytes() -> None:
    turns = history([asked(m.TextPart("What is this?"), m.ImagePart("f", "image/png"))], Images({"f": PICTURE}))
    assert turns == [p.PromptMessage("user", (p.TextPart("What is this?"), PICTURE))]


def test_a_picture_that_is_gone_is_named_instead() -> None:
    turns = history([asked(m.ImagePart("gone", "image/png", "cat.png"))], Images({}))
    assert turns == [user("[an image, cat.png, which is not available]")]
