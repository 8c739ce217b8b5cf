import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from portico.conversations.messages import Added, IdReused, MessageFinished
from portico.conversations.models import Finished, Message, MessageError, MessageUsage, NewMessage, TextPart, body_hash
from portico.conversations.service import ConversationNotFound, MessageNotFound
from portico.ids import ConversationId, MessageId, new_id
from tests.conversations.conftest import MODEL, Desk, make_person


async def test_a_message_becomes_the_leaf_and_keeps_its_parts(desk: Desk) -> None:
    conversation = await desk.start()
    added = await desk.say(conversation, "Hello")
    assert added.is_new
    assert added.message.parts == (TextPart("Hello"),)
    assert added.message.siblings == (added.message.id,)
    assert (await desk.conversations.get(desk.ada, conversation)).leaf == added.message.id


async def test_the_same_request_again_returns_the_same_message(desk: Desk) -> None:
    conversation = await desk.start()
    first = await desk.say(conversation, "Hello")
    again = await desk.say(conversation, "Hello", id_=first.message.id)
    assert again.message == first.message
    assert not again.is_new


async def test_the_same_id_with_another_body_is_a_conflict(desk: Desk) -> None:
    conversation = await desk.start()
    first = await desk.say(conversation, "Hello")
    with pytest.raises(IdReused):
        await desk.say(conversation, "Goodbye", id_=first.message.id)


async def test_the_same_id_in_another_conversation_is_a_conflict(desk: Desk) -> None:
    first = await desk.say(await desk.start(), "Hello")
    other = await desk.start()
    with pytest.raises(IdReused):
        await desk.say(other, "Hello", id_=first.message.id)


async def test_ten_posts_of_one_message_at_once_insert_it_once(desk: Desk) -> None:
    conversation = await desk.start()
    message_id = new_id()
    posts = await asyncio.gather(*(desk.say(conversation, "Hello", id_=message_id) for _ in range(10)))
    assert sum(post.is_new for post in posts) == 1
    assert len(await desk.conversations.tree(desk.db, conversation)) == 1


async def test_a_parent_of_another_conversation_is_not_found(desk: Desk) -> None:
    stranger = await desk.say(await desk.start(), "Elsewhere")
    conversation = await desk.start()
    with pytest.raises(MessageNotFound):
        await desk.say(conversation, "Hello", stranger.message.id)


async def test_nobody_writes_into_a_foreign_conversation(desk: Desk) -> None:
    conversation = await desk.start()
    bob = await make_person(desk.db, "Bob")
    new = NewMessage(MessageId(new_id()), conversation, None, body_hash(), (TextPart("Hi"),))
    with pytest.raises(ConversationNotFound):
        async with desk.db.transaction() as tx:
            await desk.messages.add_turn(tx, bob, new, ())


async def test_nobody_reads_a_foreign_message(desk: Desk) -> None:
    added = await desk.say(await desk.start(), "Secret")
    bob = await make_person(desk.db, "Bob")
    with pytest.raises(MessageNotFound):
        await desk.messages.require(desk.db, bob, added.message.id)


async def test_a_finished_answer_holds_what_it_cost_and_how_it_ended(desk: Desk) -> None:
    question = (await desk.say(await desk.start(), "Why?")).message
    pending = await desk.begin_answer(question)
    error = MessageError("provider_cut", "Continue it.", "EOF")
    finished = Finished("failed", (TextPart("Beca"),), MODEL, MessageUsage(3, 2, cost_usd=0.5), error)
    async with desk.db.transaction() as tx:
        await desk.messages.finish_message(tx, pending.id, finished)
    stored = await desk.messages.require(desk.db, desk.ada, pending.id)
    assert (stored.status, stored.parts, stored.usage, stored.error) == ("failed", finished.parts, finished.usage, error)
    assert stored.finished is not None


async def test_a_final_state_is_written_once(desk: Desk) -> None:
    answer = await desk.answer((await desk.say(await desk.start(), "Why?")).message, "Because.")
    with pytest.raises(MessageFinished):
        async with desk.db.transaction() as tx:
            await desk.messages.finish_message(tx, answer.id, Finished("stopped", (), MODEL))
    assert (await desk.messages.require(desk.db, desk.ada, answer.id)).status == "done"


async def test_a_conversation_runs_while_an_answer_is_under_way(desk: Desk) -> None:
    question = (await desk.say(await desk.start(), "Why?")).message
    pending = await desk.begin_answer(question)
    assert (await desk.conversations.get(desk.ada, question.conversation)).running
    async with desk.db.transaction() as tx:
        await desk.messages.finish_message(tx, pending.id, Finished("done", (), MODEL))
    assert not (await desk.conversations.get(desk.ada, question.conversation)).running


async def test_an_answer_ends_although_its_conversation_was_deleted_meanwhile(desk: Desk) -> None:
    question = (await desk.say(await desk.start(), "Why?")).message
    pending = await desk.begin_answer(question)
    await desk.conversations.delete(desk.ada, question.conversation)
    async with desk.db.transaction() as tx:
        finished = await desk.messages.finish_message(tx, pending.id, Finished("done", (TextPart("So."),), MODEL))
    assert finished.status == "done"


async def test_two_answers_to_one_question_are_siblings_in_the_order_they_came(desk: Desk) -> None:
    question = (await desk.say(await desk.start(), "Why?")).message
    first = await desk.answer(question, "Because.")
    second = await desk.answer(question, "Who knows.")
    page = await desk.messages.page(desk.ada, question.conversation)
    assert [message.id for message in page.items] == [question.id, second.id]
    assert page.items[-1].siblings == (first.id, second.id)


async def take_turn(
    desk: Desk, conversation: ConversationId, question_id: str, text: str = "Why?", models: int = 1
) -> tuple[Added, Sequence[Message]]:
    parts = (TextPart(text),)
    question = NewMessage(MessageId(question_id), conversation, None, body_hash(parts), parts)
    answers = [NewMessage(MessageId(new_id()), conversation, question.id, body_hash(), model=MODEL) for _ in range(models)]
    async with desk.db.transaction() as tx:
        return await desk.messages.add_turn(tx, desk.ada, question, answers)


async def test_a_turn_is_the_question_and_the_pending_answer_below_it(desk: Desk) -> None:
    conversation = await desk.start()
    added, (answer,) = await take_turn(desk, conversation, new_id())
    page = await desk.messages.page(desk.ada, conversation)
    assert page.items == (added.message, answer)
    assert (answer.status, answer.parent) == ("pending", added.message.id)
    assert (await desk.conversations.get(desk.ada, conversation)).model == MODEL


async def test_a_repeated_turn_writes_nothing(desk: Desk) -> None:
    conversation = await desk.start()
    first, _ = await take_turn(desk, conversation, new_id())
    again, answers = await take_turn(desk, conversation, first.message.id)
    assert (again.message, again.is_new, answers) == (first.message, False, ())
    assert len(await desk.conversations.tree(desk.db, conversation)) == 2
    with pytest.raises(IdReused):
        await take_turn(desk, conversation, first.message.id, "Why not?")


async def test_of_several_answers_none_is_chosen_so_that_the_branch_ends_at_the_question(desk: Desk) -> None:
    conversation = await desk.start()
    added, answers = await take_turn(desk, conversation, new_id(), models=3)
    assert (await desk.messages.page(desk.ada, conversation)).items == (added.message,)
    assert {answer.siblings for answer in answers} == {tuple(answer.id for answer in answers)}


@dataclass(frozen=True)
class Forest:
    """What was inserted: each message's parent, and its place among messages by time."""

    parents: dict[MessageId, MessageId | None]
    order: dict[MessageId, tuple[int, str]]

    @property
    def leaves(self) -> list[MessageId]:
        return sorted(self.parents.keys() - set(self.parents.values()))

    def siblings(self, message_id: MessageId) -> list[MessageId]:
        family = [one for one, parent in self.parents.items() if parent == self.parents[message_id]]
        return sorted(family, key=self.order.__getitem__)


async def grow(desk: Desk, conversation: ConversationId, size: int) -> Forest:
    """Insert a random forest of messages in one statement."""
    pick = random.Random(7)
    ids = [MessageId(new_id()) for _ in range(size)]
    near: list[Sequence[MessageId | None]] = [ids[max(0, n - 3) : n] or [None] for n in range(size)]
    parents = [pick.choice([None, *near[n]] if n % 9 == 0 else near[n]) for n in range(size)]
    rows = [(ids[n], parents[n], pick.randrange(3)) for n in range(size)]
    async with desk.db.transaction() as tx:
        await tx.execute(
            "INSERT INTO messages (id, conversation_id, parent_id, role, status, created) "
            "SELECT made.id, :conversation, made.parent, 'user', 'done', made.created "
            "FROM {rows:made(id text, parent text, created int)}",
            made=rows,
            conversation=conversation,
        )
    return Forest({row[0]: row[1] for row in rows}, {row[0]: (row[2], row[0]) for row in rows})


async def test_pages_joined_upwards_are_the_branch_that_the_tree_says(desk: Desk) -> None:
    conversation = await desk.start()
    forest = await grow(desk, conversation, 300)
    tree = await desk.conversations.tree(desk.db, conversation)
    for leaf in forest.leaves[::5]:
        joined: list[MessageId] = []
        before: MessageId | None = None
        while True:
            page = await desk.messages.page(desk.ada, conversation, leaf=leaf, before=before, limit=7)
            assert all(list(message.siblings) == forest.siblings(message.id) for message in page.items)
            joined = [message.id for message in page.items] + joined
            before = page.before
            if before is None:
                break
        assert joined == tree.path(leaf)


async def test_from_the_middle_of_a_branch_pages_lead_to_both_of_its_ends(desk: Desk) -> None:
    conversation = await desk.start()
    forest = await grow(desk, conversation, 300)
    tree = await desk.conversations.tree(desk.db, conversation)
    leaf = max(forest.leaves, key=lambda end: len(tree.path(end)))
    path = tree.path(leaf)
    await desk.conversations.switch_branch(desk.ada, conversation, leaf)
    middle = path[len(path) // 2]
    page = await desk.messages.page_around(desk.ada, conversation, middle, limit=8)
    joined = [message.id for message in page.items]
    assert middle in joined
    assert len(joined) == 8
    before, after = page.before, page.after
    while before is not None:
        page = await desk.messages.page(desk.ada, conversation, before=before, limit=7)
        assert page.after == page.items[-1].id
        joined, before = [message.id for message in page.items] + joined, page.before
    while after is not None:
        page = await desk.messages.page_after(desk.ada, conversation, after, limit=7)
        joined, after = joined + [message.id for message in page.items], page.after
    assert joined == path


async def test_the_page_around_the_newest_message_is_the_end_of_the_branch(desk: Desk) -> None:
    conversation = await desk.start()
    first = (await desk.say(conversation, "one")).message
    second = (await desk.say(conversation, "two", first.id)).message
    page = await desk.messages.page_around(desk.ada, conversation, second.id)
    assert [message.id for message in page.items] == [first.id, second.id]
    assert (page.before, page.after) == (None, None)
    assert (await desk.messages.page_after(desk.ada, conversation, second.id)).items == ()


async def test_there_is_no_page_around_a_message_of_another_branch(desk: Desk) -> None:
    conversation = await desk.start()
    first = (await desk.say(conversation, "one")).message
    await desk.say(conversation, "another one")
    with pytest.raises(MessageNotFound):
        await desk.messages.page_around(desk.ada, conversation, first.id)


async def test_an_empty_conversation_has_an_empty_page(desk: Desk) -> None:
    page = await desk.messages.page(desk.ada, await desk.start())
    assert page.items == ()
    assert page.before is None


async def test_a_leaf_of_another_conversation_is_not_found(desk: Desk) -> None:
    stranger = await desk.say(await desk.start(), "Elsewhere")
    conversation = await desk.start()
    with pytest.raises(MessageNotFound):
        await desk.messages.page(desk.ada, conversation, leaf=stranger.message.id)


async def test_a_branch_for_a_prompt_ends_at_the_message_that_is_named(desk: Desk) -> None:
    question = (await desk.say(await desk.start(), "Why?")).message
    first = await desk.answer(question, "Because.")
    await desk.answer(question, "Who knows.")
    branch = await desk.messages.branch(desk.db, question.conversation, first.id)
    assert [message.id for message in branch] == [question.id, first.id]


async def test_everything_is_read_once_in_batches(desk: Desk) -> None:
    conversation = await desk.start()
    await grow(desk, conversation, 45)
    found = await desk.conversations.get(desk.ada, conversation)
    batches = [batch async for batch in desk.messages.everything(found, batch=10)]
    ids = [message.id for batch in batches for message in batch]
    assert [len(batch) for batch in batches] == [10, 10, 10, 10, 5]
    assert len(set(ids)) == 45
