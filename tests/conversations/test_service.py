import asyncio

import pytest

from portico.access.policy import ScopeMissing
from portico.access.principal import Principal
from portico.conversations import changes, search
from portico.conversations.models import Beginning, Finished, ModelRef
from portico.conversations.service import (
    TEMPORARY_MS,
    ConversationNotFound,
    ConversationTemporary,
    MessageNotFound,
    Patch,
)
from portico.ids import ConversationId, MessageId, new_id
from portico.infra.http import RevisionConflict
from tests.conversations.conftest import MODEL, Desk, make_person

SOON_MS = 9 * 60 * 1000
LATE_MS = 11 * 60 * 1000


async def pass_time(desk: Desk, ms: int) -> None:
    async with desk.db.transaction() as tx:
        await tx.execute("UPDATE conversations SET deleted_at = deleted_at - :ms", ms=ms)


async def purge(desk: Desk) -> list[ConversationId]:
    async with desk.db.transaction() as tx:
        return list((await desk.conversations.purge(tx)).conversations)


async def test_creating_twice_returns_the_same_conversation(desk: Desk) -> None:
    conversation_id = ConversationId(new_id())
    first, made = await desk.conversations.create(desk.ada, conversation_id, Beginning(" My \n plan ", MODEL))
    second, made_again = await desk.conversations.create(desk.ada, conversation_id, Beginning("Other"))
    assert (made, made_again) == (True, False)
    assert second == first
    assert (first.title, first.title_source, first.model) == ("My plan", "person", MODEL)


async def test_the_id_of_somebody_else_s_conversation_is_not_found(desk: Desk) -> None:
    conversation_id = await desk.start()
    bob = await make_person(desk.db, "Bob")
    for verb in (desk.conversations.get, desk.conversations.create, desk.conversations.delete, desk.conversations.restore):
        with pytest.raises(ConversationNotFound):
            await verb(bob, conversation_id)
    with pytest.raises(ConversationNotFound):
        await desk.conversations.change(bob, conversation_id, Patch(title="Mine"))
    assert (await desk.conversations.get(desk.ada, conversation_id)).title == ""


async def test_a_key_that_may_only_read_changes_nothing(desk: Desk) -> None:
    conversation_id = await desk.start("Plan")
    reader = Principal(desk.ada.user_id, "member", frozenset(), frozenset({"read"}), 1, "key", "k")
    assert (await desk.conversations.get(reader, conversation_id)).title == "Plan"
    with pytest.raises(ScopeMissing):
        await desk.conversations.change(reader, conversation_id, Patch(title="Other"))
    with pytest.raises(ScopeMissing):
        await desk.conversations.delete(reader, conversation_id)
    with pytest.raises(ScopeMissing):
        await desk.conversations.create(reader, ConversationId(new_id()))


async def test_the_list_is_one_s_own_in_the_order_of_use_page_by_page(desk: Desk) -> None:
    ids = [await desk.start(f"c{number}") for number in range(7)]
    bob = await make_person(desk.db, "Bob")
    await desk.conversations.create(bob, ConversationId(new_id()))
    async with desk.db.transaction() as tx:
        for number, conversation_id in enumerate(ids):
            await tx.execute("UPDATE conversations SET updated = :at WHERE id = :id", at=1000 + number // 2, id=conversation_id)
    seen: list[ConversationId] = []
    after = None
    while True:
        listed = await desk.conversations.recent(desk.ada, after=after, limit=3)
        seen += [conversation.id for conversation in listed.items]
        after = listed.after
        if after is None:
            break
    assert seen == sorted(ids, key=lambda one: (1000 + ids.index(one) // 2, one), reverse=True)


async def test_a_new_message_lifts_its_conversation_to_the_top(desk: Desk) -> None:
    older, newer = await desk.start(), await desk.start()
    async with desk.db.transaction() as tx:
        await tx.execute("UPDATE conversations SET updated = updated - 1000")
    await desk.say(older, "Still here")
    assert [one.id for one in (await desk.conversations.recent(desk.ada)).items] == [older, newer]


async def test_a_change_based_on_an_old_revision_is_a_conflict(desk: Desk) -> None:
    conversation_id = await desk.start("One")
    found = await desk.conversations.get(desk.ada, conversation_id)
    changed = await desk.conversations.change(desk.ada, conversation_id, Patch(title="Two"), rev=found.rev)
    assert changed.rev > found.rev
    with pytest.raises(RevisionConflict):
        await desk.conversations.change(desk.ada, conversation_id, Patch(title="Three"), rev=found.rev)


async def test_of_changes_at_once_based_on_one_revision_a_single_one_wins(desk: Desk) -> None:
    conversation_id = await desk.start("One")
    rev = (await desk.conversations.get(desk.ada, conversation_id)).rev
    renames = (desk.conversations.change(desk.ada, conversation_id, Patch(title=f"T{n}"), rev=rev) for n in range(5))
    results = await asyncio.gather(*renames, return_exceptions=True)
    assert sum(isinstance(result, RevisionConflict) for result in results) == 4


async def test_a_patch_leaves_what_it_does_not_name(desk: Desk) -> None:
    conversation_id = await desk.start("One")
    await desk.conversations.change(desk.ada, conversation_id, Patch(model=ModelRef("p", "m")))
    changed = await desk.conversations.change(desk.ada, conversation_id, Patch(title="Two"))
    assert (changed.title, changed.model) == ("Two", ModelRef("p", "m"))
    assert (await desk.conversations.change(desk.ada, conversation_id, Patch(model=None))).model is None


async def model_title(desk: Desk, conversation_id: ConversationId, title: str) -> bool:
    async with desk.db.transaction() as tx:
        return await desk.conversations.set_model_title(tx, conversation_id, title)


async def test_a_model_names_what_no_person_has_named(desk: Desk) -> None:
    conversation_id = await desk.start()
    assert await model_title(desk, conversation_id, "Rain")
    assert await model_title(desk, conversation_id, "Heavy rain")
    found = await desk.conversations.get(desk.ada, conversation_id)
    assert (found.title, found.title_source) == ("Heavy rain", "model")


async def test_a_model_never_overwrites_the_title_of_a_person(desk: Desk) -> None:
    conversation_id = await desk.start("Mine")
    assert not await model_title(desk, conversation_id, "Rain")
    await desk.conversations.change(desk.ada, conversation_id, Patch(title=""))
    assert await model_title(desk, conversation_id, "Rain")


async def test_a_deleted_conversation_is_gone_and_comes_back_by_restore(desk: Desk) -> None:
    conversation_id = await desk.start("Plan")
    await desk.say(conversation_id, "Hello")
    await desk.conversations.delete(desk.ada, conversation_id)
    with pytest.raises(ConversationNotFound):
        await desk.conversations.get(desk.ada, conversation_id)
    assert (await desk.conversations.recent(desk.ada)).items == ()
    await pass_time(desk, SOON_MS)
    assert await purge(desk) == []
    assert (await desk.conversations.restore(desk.ada, conversation_id)).title == "Plan"
    assert len((await desk.messages.page(desk.ada, conversation_id)).items) == 1


async def test_after_ten_minutes_a_deleted_conversation_is_erased(desk: Desk) -> None:
    conversation_id = await desk.start("Plan")
    await desk.say(conversation_id, "Hello")
    kept = await desk.start("Other")
    await desk.say(kept, "Still here")
    await desk.conversations.delete(desk.ada, conversation_id)
    await pass_time(desk, LATE_MS)
    with pytest.raises(ConversationNotFound):
        await desk.conversations.restore(desk.ada, conversation_id)
    assert await purge(desk) == [conversation_id]
    for table in ("conversations", "messages", "search_entries", "message_search"):
        row = await desk.db.fetch_one(f"SELECT count(*) AS n FROM {table}")
        assert row is not None
        assert row["n"] == (2 if "search" in table else 1)


async def test_a_conversation_whose_answer_is_under_way_is_not_erased(desk: Desk) -> None:
    question = (await desk.say(await desk.start(), "Why?")).message
    await desk.begin_answer(question)
    await desk.conversations.delete(desk.ada, question.conversation)
    await pass_time(desk, LATE_MS)
    assert await purge(desk) == []


async def test_switching_to_a_message_goes_down_to_its_newest_leaf_and_is_remembered(desk: Desk) -> None:
    conversation_id = await desk.start()
    first = (await desk.say(conversation_id, "One")).message
    old = await desk.answer(first, "Uno")
    follow = (await desk.say(conversation_id, "And then?", old.id)).message
    other = (await desk.say(conversation_id, "Another one")).message
    assert (await desk.conversations.get(desk.ada, conversation_id)).leaf == other.id
    switched = await desk.conversations.switch_branch(desk.ada, conversation_id, first.id)
    assert switched.leaf == follow.id
    page = await desk.messages.page(desk.ada, conversation_id)
    assert [message.id for message in page.items] == [first.id, old.id, follow.id]


async def test_switching_to_a_message_of_another_conversation_is_not_found(desk: Desk) -> None:
    stranger = (await desk.say(await desk.start(), "Elsewhere")).message
    with pytest.raises(MessageNotFound):
        await desk.conversations.switch_branch(desk.ada, await desk.start(), MessageId(stranger.id))


async def test_every_write_is_in_the_changes(desk: Desk) -> None:
    conversation_id = await desk.start()
    question = (await desk.say(conversation_id, "Why?")).message
    answer = await desk.answer(question, "Because.")
    await desk.conversations.delete(desk.ada, conversation_id)
    found = (await changes.since(desk.db, desk.ada.user_id, 0)).changes
    assert {(change.kind, change.id) for change in found} == {
        ("conversation", conversation_id),
        ("message", question.id),
        ("message", answer.id),
    }
    assert found[-1].deleted


async def test_writers_of_one_conversation_at_once_do_not_block_each_other_for_good(desk: Desk) -> None:
    conversation_id = await desk.start()
    question = (await desk.say(conversation_id, "Why?")).message
    writes = [desk.answer(question, f"Because {n}.") for n in range(8)]
    writes += [desk.say(conversation_id, f"And {n}?") for n in range(8)]
    renames = [desk.conversations.change(desk.ada, conversation_id, Patch(title=f"T{n}")) for n in range(8)]
    await asyncio.gather(*writes, *renames)
    assert len(await desk.conversations.tree(desk.db, conversation_id)) == 17


async def test_an_answer_that_nobody_looked_at_makes_its_conversation_unread(desk: Desk) -> None:
    question = (await desk.say(await desk.start(), "Why?")).message
    answer = await desk.answer(question, "Because.")
    found = await desk.conversations.get(desk.ada, question.conversation)
    assert found.unread
    read = await desk.conversations.change(desk.ada, found.id, Patch(unread=False))
    assert (read.unread, read.rev) == (False, found.rev), "reading is no change that a rename could conflict with"
    await desk.conversations.change(desk.ada, found.id, Patch(unread=True))
    await desk.say(found.id, "And now?", answer.id)
    assert not (await desk.conversations.get(desk.ada, found.id)).unread


async def test_who_stops_an_answer_has_seen_it(desk: Desk) -> None:
    pending = await desk.begin_answer((await desk.say(await desk.start(), "Why?")).message)
    async with desk.db.transaction() as tx:
        await desk.messages.finish_message(tx, pending.id, Finished("stopped", (), MODEL))
    assert not (await desk.conversations.get(desk.ada, pending.conversation)).unread


async def test_a_new_message_takes_its_conversation_out_of_the_archive(desk: Desk) -> None:
    conversation_id = await desk.start("", Beginning("Old", archived=True, pinned=True))
    await desk.say(conversation_id, "Still here")
    found = await desk.conversations.get(desk.ada, conversation_id)
    assert (found.archived, found.pinned) == (False, True)


async def test_sorting_a_conversation_does_not_lift_it(desk: Desk) -> None:
    older, newer = await desk.start("older"), await desk.start("newer")
    async with desk.db.transaction() as tx:
        await tx.execute("UPDATE conversations SET updated = updated - 1000 WHERE id = :id", id=older)
    changed = await desk.conversations.change(desk.ada, older, Patch(pinned=True, archived=False))
    assert changed.pinned
    assert [one.id for one in (await desk.conversations.recent(desk.ada)).items] == [newer, older]


async def pass_by(desk: Desk) -> ConversationId:
    """A temporary conversation in which something was said."""
    conversation_id = await desk.start("", Beginning(temporary=True))
    await desk.say(conversation_id, "Between us")
    return conversation_id


async def age(desk: Desk, ms: int) -> None:
    async with desk.db.transaction() as tx:
        await tx.execute("UPDATE conversations SET expires_at = expires_at - :ms, updated = updated - :ms", ms=ms)


async def test_a_temporary_conversation_is_found_by_its_id_alone(desk: Desk) -> None:
    conversation_id = await pass_by(desk)
    assert (await desk.conversations.get(desk.ada, conversation_id)).expires is not None
    assert (await desk.conversations.recent(desk.ada)).items == ()
    assert (await search.find(desk.db, desk.ada, "between")).items == ()
    with pytest.raises(ConversationTemporary):
        await desk.conversations.require_kept(desk.ada, conversation_id)
    for patch in (Patch(pinned=True), Patch(archived=True)):
        with pytest.raises(ConversationTemporary):
            await desk.conversations.change(desk.ada, conversation_id, patch)


async def test_a_temporary_conversation_is_erased_a_day_after_its_last_use(desk: Desk) -> None:
    conversation_id = await pass_by(desk)
    await age(desk, TEMPORARY_MS - 60_000)
    assert await purge(desk) == []
    await desk.say(conversation_id, "Once more")
    await age(desk, TEMPORARY_MS - 60_000)
    assert await purge(desk) == []
    await age(desk, 120_000)
    assert await purge(desk) == [conversation_id]
    for table in ("conversations", "messages", "search_entries", "message_search"):
        assert await desk.db.fetch(f"SELECT * FROM {table}") == []


async def test_a_temporary_conversation_that_is_kept_is_one_like_any_other(desk: Desk) -> None:
    conversation_id = await pass_by(desk)
    await desk.conversations.change(desk.ada, conversation_id, Patch(keep=True, pinned=True, model=MODEL))
    await age(desk, 2 * TEMPORARY_MS)
    assert await purge(desk) == []
    assert [one.id for one in (await desk.conversations.recent(desk.ada)).items] == [conversation_id]
    assert len((await search.find(desk.db, desk.ada, "between")).items) == 1
    jobs = await desk.db.fetch("SELECT kind, key FROM jobs")
    assert [(row["kind"], row["key"]) for row in jobs] == [("title", conversation_id)]


async def test_a_conversation_that_was_kept_is_named_when_its_answer_ends(desk: Desk) -> None:
    conversation_id = await desk.start("", Beginning(temporary=True))
    await desk.begin_answer((await desk.say(conversation_id, "Why?")).message)
    await desk.conversations.change(desk.ada, conversation_id, Patch(keep=True, model=MODEL))
    assert await desk.db.fetch("SELECT * FROM jobs") == []
