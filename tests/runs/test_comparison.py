"""Several models answer one question, on both stores."""

import asyncio

import pytest

from portico.access.principal import Principal
from portico.conversations.messages import IdReused
from portico.conversations.models import Beginning, ModelRef, TextPart
from portico.conversations.service import MessageNotFound
from portico.ids import ConversationId, MessageId, new_id
from portico.infra.db import Database
from portico.runs import comparison
from portico.runs.ask import Accepted, Again, Ask
from portico.runs.service import Limits, TooManyRuns
from tests.runs.conftest import World, make_user

ECHO, TOUR, SLOW = (ModelRef("demo", name) for name in ("demo-echo", "demo", "demo-slow"))


async def compare(
    world: World, who: Principal, *others: ModelRef, text: str = "/words 4 rate 0", message_id: str | None = None, conversation: str = ""
) -> Accepted:
    ask = Ask((TextPart(text),), ECHO, beginning=Beginning(), compare_with=others)
    return await world.service.send(who, ConversationId(conversation or new_id()), MessageId(message_id or new_id()), None, ask)


async def shown(world: World, who: Principal, question: MessageId) -> list[tuple[str, str]]:
    found = await comparison.answers(world.db, world.messages, who, question)
    return [(message.model.model if message.model else "", run.state) for message, run in found]


async def end(world: World, who: Principal, *accepted: Accepted) -> None:
    for each in accepted:
        await world.ended(who, each.run.id)


async def test_each_model_answers_the_one_question_and_none_is_chosen_yet(world: World, who: Principal) -> None:
    first = await compare(world, who, TOUR, SLOW)
    assert [each.assistant.parent for each in (first, *first.beside)] == [first.message.id] * 3
    conversation = await world.conversations.get(who, first.message.conversation)
    assert (conversation.leaf, conversation.model) == (first.message.id, ECHO)
    await end(world, who, first, *first.beside)
    assert await shown(world, who, first.message.id) == [("demo-echo", "done"), ("demo", "done"), ("demo-slow", "done")]
    charges = await world.db.fetch("SELECT source_id FROM usage_entries WHERE entry = 'charge'")
    assert len(charges) == 3


async def test_choosing_an_answer_makes_its_branch_the_active_one_and_keeps_the_others(world: World, who: Principal) -> None:
    first = await compare(world, who, TOUR)
    chosen = first.beside[0].assistant
    await world.conversations.switch_branch(who, first.message.conversation, chosen.id)
    page = await world.messages.page(who, first.message.conversation)
    assert [message.id for message in page.items] == [first.message.id, chosen.id]
    assert page.items[-1].siblings == (first.assistant.id, chosen.id)
    await end(world, who, first, *first.beside)


async def test_the_same_comparison_again_gives_the_same_answers_and_other_models_are_another_request(world: World, who: Principal) -> None:
    conversation, message = new_id(), new_id()
    await world.conversations.create(who, ConversationId(conversation))
    sent = [compare(world, who, TOUR, message_id=message, conversation=conversation) for _ in range(8)]
    answers = [(each.assistant.id, *(beside.assistant.id for beside in each.beside)) for each in await asyncio.gather(*sent)]
    assert len(set(answers)) == 1
    assert len(answers[0]) == 2
    with pytest.raises(IdReused):
        await compare(world, who, SLOW, message_id=message, conversation=conversation)
    assert len(await world.db.fetch("SELECT id FROM runs")) == 2
    for row in await world.db.fetch("SELECT id FROM runs"):
        await world.ended(who, row["id"])


async def test_a_comparison_over_the_limit_stores_nothing_and_says_how_many_are_under_way(world: World, who: Principal) -> None:
    busy = [await world.send(who, "/words 1000 rate 50") for _ in range(2)]
    with pytest.raises(TooManyRuns, match="asked for 3 answers and have 2 under way; 4 may") as refused:
        await compare(world, who, TOUR, SLOW)
    assert refused.value.extra == {"limit": 4, "running": 2}
    assert len(await world.db.fetch("SELECT id FROM messages WHERE role = 'user'")) == 2
    for accepted in busy:
        await world.service.cancel(who, accepted.run.id)


async def test_answers_for_which_there_is_no_room_here_wait_and_know_their_places(world: World, who: Principal) -> None:
    world.service._limits = Limits(1)
    first = await compare(world, who, TOUR, SLOW)
    assert [(each.run.state, each.place) for each in (first, *first.beside)] == [("running", None), ("queued", 1), ("queued", 2)]
    await end(world, who, first, *first.beside)


async def test_another_model_is_asked_beside_an_answer_that_stands_and_older_answers_stay_out(world: World, who: Principal) -> None:
    first = await world.send(who, "/words 4 rate 0")
    await end(world, who, first)
    again = await world.service.regenerate(who, first.assistant.id, MessageId(new_id()), Again())
    await end(world, who, again)
    beside = await world.service.regenerate(who, again.assistant.id, MessageId(new_id()), Again(TOUR, compare=True))
    await end(world, who, beside)
    assert (await world.conversations.get(who, first.message.conversation)).leaf == first.message.id
    found = await comparison.answers(world.db, world.messages, who, first.message.id)
    assert [message.id for message, _ in found] == [again.assistant.id, beside.assistant.id]


async def test_without_a_comparison_all_answers_of_a_question_are_given(world: World, who: Principal, db: Database) -> None:
    first = await world.send(who, "/words 4 rate 0")
    await end(world, who, first)
    again = await world.service.regenerate(who, first.assistant.id, MessageId(new_id()), Again())
    await end(world, who, again)
    assert await shown(world, who, first.message.id) == [("demo-echo", "done"), ("demo-echo", "done")]
    with pytest.raises(MessageNotFound):
        await comparison.answers(world.db, world.messages, await make_user(db), first.message.id)


async def test_a_shorter_answer_is_made_from_half_as_many_messages_each_time(world: World, who: Principal) -> None:
    first = await world.send(who, "/words 40 rate 0", model="demo")
    await end(world, who, first)
    ask = Ask((TextPart("/words 2 rate 0"),), TOUR)
    second = await world.service.send(who, first.message.conversation, MessageId(new_id()), first.assistant.id, ask)
    await end(world, who, second)
    assert len(world.demo.requests[-1].messages) == 3
    shorter = await world.service.regenerate(who, second.assistant.id, MessageId(new_id()), Again(shorten=True))
    await end(world, who, shorter)
    assert len(world.demo.requests[-1].messages) == 1
    assert shorter.run.params.history_share == 0.5
    message = await world.messages.require(world.db, who, shorter.assistant.id)
    assert message.parts[-1].__struct_config__.tag == "notice"
    shortest = await world.service.regenerate(who, shorter.assistant.id, MessageId(new_id()), Again(shorten=True))
    await end(world, who, shortest)
    assert shortest.run.params.history_share == 0.25
