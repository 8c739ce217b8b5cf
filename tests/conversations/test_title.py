import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.conversations.models import Message, ModelRef, NewMessage, TextPart, body_hash
from portico.conversations.service import Patch
from portico.conversations.title import MAX_TITLE, TitleJob, clean, request
from portico.ids import JobId, MessageId, new_id
from portico.infra.jobs import Job
from portico.providers.base import Capabilities, ChatRequest, ProviderError, TextDelta, Usage
from portico.providers.demo import DemoProvider
from portico.providers.models import Completion
from tests.conversations.conftest import MODEL, Desk


class Scripted:
    """Models that say what the test wants, or what the demo model says; `asked` keeps the requests."""

    def __init__(self, *answers: str | ProviderError) -> None:
        self.answers = list(answers)
        self.asked: list[ChatRequest] = []

    async def complete(self, choice: ModelRef, request: ChatRequest) -> Completion:
        self.asked.append(request)
        if not self.answers:
            return await self._demo(request)
        answer = self.answers.pop(0)
        if isinstance(answer, ProviderError):
            raise answer
        return Completion(answer, Usage(20, 4))

    async def _demo(self, request: ChatRequest) -> Completion:
        batches = [batch async for batch in DemoProvider().stream(request)]
        return Completion("".join(event.text for batch in batches for event in batch if isinstance(event, TextDelta)), None)

    async def capabilities(self, choice: ModelRef) -> Capabilities:
        return Capabilities(input_price=1.0, output_price=10.0)


def job(message: Message, attempt: int = 1) -> Job:
    arguments = {"conversation": message.conversation, "provider": MODEL.provider, "model": MODEL.model}
    return Job(JobId(new_id()), "title", msgspec.json.encode(arguments).decode(), attempt)


async def talk(desk: Desk, text: str = "Why does it rain so much in Bergen?") -> Message:
    question = (await desk.say(await desk.start(), text)).message
    await desk.answer(question, "Because of the mountains.")
    return question


async def say(desk: Desk, *texts: str) -> Message:
    parts = tuple(TextPart(text) for text in texts)
    new = NewMessage(MessageId(new_id()), await desk.start(), None, body_hash(parts), parts)
    async with desk.db.transaction() as tx:
        return (await desk.messages.add_turn(tx, desk.ada, new, ()))[0].message


async def title_after(desk: Desk, models: Scripted, message: Message, attempt: int = 1) -> tuple[str, str]:
    await TitleJob(desk.db, desk.conversations, desk.messages, models).run(job(message, attempt))
    found = await desk.conversations.get(desk.ada, message.conversation)
    return found.title, found.title_source


async def test_the_model_that_answered_names_the_conversation(desk: Desk) -> None:
    models = Scripted("“Rain in Bergen.”")
    assert await title_after(desk, models, await talk(desk)) == ("Rain in Bergen", "model")
    (asked,) = models.asked
    assert asked.model == MODEL.model
    text = "".join(getattr(part, "text", "") for turn in asked.messages for part in turn.parts)
    assert "Why does it rain" in text
    assert "Because of the mountains." in text


async def test_the_demo_model_names_a_conversation_after_its_question(desk: Desk) -> None:
    title, source = await title_after(desk, Scripted(), await talk(desk))
    assert (title, source) == ("Why does it rain so much", "model")


async def test_a_persons_own_words_name_the_conversation_and_not_the_text_that_they_are_about(desk: Desk) -> None:
    notes = '```md name="notes.md"\n# Bergen\n```\n\n'
    both = await say(desk, notes, "Is this right?")
    assert (await title_after(desk, Scripted(), both))[0] == "Is this right?"
    alone = await say(desk, notes)
    assert (await title_after(desk, Scripted(), alone))[0].startswith("Bergen")


async def test_the_cost_of_a_title_is_entered_on_its_job(desk: Desk) -> None:
    await title_after(desk, Scripted("Rain"), await talk(desk))
    row = await desk.db.fetch_one("SELECT * FROM usage_entries")
    assert row is not None
    assert (row["source_kind"], row["entry"], row["outcome"]) == ("job", "cost:1.1", "ok")
    assert (row["input"], row["output"], row["cost_nano"], row["user_id"]) == (20, 4, 60_000, desk.ada.user_id)


async def test_a_title_by_a_person_is_left_alone_and_costs_nothing(desk: Desk) -> None:
    message = await talk(desk)
    await desk.conversations.change(desk.ada, message.conversation, Patch(title="Mine"))
    models = Scripted("Rain")
    assert await title_after(desk, models, message) == ("Mine", "person")
    assert models.asked == []


async def test_a_deleted_conversation_is_not_named(desk: Desk) -> None:
    message = await talk(desk)
    await desk.conversations.delete(desk.ada, message.conversation)
    models = Scripted("Rain")
    await TitleJob(desk.db, desk.conversations, desk.messages, models).run(job(message))
    assert models.asked == []


async def test_a_passing_failure_is_tried_again_and_the_last_one_takes_the_question(desk: Desk) -> None:
    message = await talk(desk)
    overloaded = ProviderError("provider_overloaded", retryable=True)
    with pytest.raises(ProviderError):
        await title_after(desk, Scripted(overloaded), message)
    title, source = await title_after(desk, Scripted(overloaded), message, attempt=3)
    assert (title, source) == ("Why does it rain so much in Bergen?", "model")


async def test_a_final_failure_takes_the_question_at_once(desk: Desk) -> None:
    models = Scripted(ProviderError("provider_auth"))
    assert (await title_after(desk, models, await talk(desk)))[0] == "Why does it rain so much in Bergen?"


async def test_an_empty_answer_takes_the_question(desk: Desk) -> None:
    models = Scripted("<think>What could it be")
    assert (await title_after(desk, models, await talk(desk, "今天天气怎么样？")))[0] == "今天天气怎么样？"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Rain in Bergen", "Rain in Bergen"),
        ('"Rain in Bergen."', "Rain in Bergen"),
        ("**Title:** Rain in Bergen", "Rain in Bergen"),
        ("## Rain in `Bergen`\n\nI hope that helps!", "Rain in Bergen"),
        ("<think>The person asks about rain.</think>\n\nRain in Bergen", "Rain in Bergen"),
        ("标题：《卑尔根的雨》。", "卑尔根的雨"),
        ("「ベルゲンの雨」", "ベルゲンの雨"),
        ("Using my_function in C++", "Using my_function in C++"),
        ("3 reasons for rain", "3 reasons for rain"),
        ("Why does it rain?", "Why does it rain?"),
        ("\u202eRain\u202c", "Rain"),
        ("…", ""),
        ("", ""),
        ("rain " * 40, "rain rain rain rain rain rain rain rain rain rain rain rain…"[: MAX_TITLE - 1].rsplit(" ", 1)[0] + "…"),
        ("雨" * 80, "雨" * (MAX_TITLE - 1) + "…"),
    ],
)
def test_a_title_is_taken_out_of_what_a_model_says(said: str, title: str) -> None:
    assert clean(said) == title


@given(st.text())
def test_a_title_is_always_short_and_on_one_line(said: str) -> None:
    title = clean(said)
    assert len(title) <= MAX_TITLE
    assert title == " ".join(title.split())


def test_a_question_without_text_still_makes_a_request() -> None:
    turn = request("m", "", "A cat.").messages[-1]
    assert getattr(turn.parts[0], "text", "").startswith("(an image)")
