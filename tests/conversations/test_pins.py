"""There are never more pins than are listed, and what comes back is never refused for its pin; on both stores."""

from collections.abc import Awaitable, Callable

import pytest

from portico.conversations.pins import MAX_PINNED, TooManyPins
from portico.conversations.service import Patch
from portico.conversations.views import PINS
from portico.ids import ConversationId
from tests.conversations.conftest import Desk, fill_pins

Ids = list[ConversationId]
Way = Callable[[Desk, Ids], Awaitable[object]]


async def take_away(desk: Desk, ids: Ids, *, archive: bool) -> None:
    if archive:
        await desk.selections.change(desk.ada, ids, Patch(archived=True))
    else:
        await desk.selections.delete(desk.ada, ids)


async def restore_each(desk: Desk, ids: Ids) -> None:
    for one in ids:
        await desk.conversations.restore(desk.ada, one)


async def unarchive_each(desk: Desk, ids: Ids) -> None:
    for one in reversed(ids):
        await desk.conversations.change(desk.ada, one, Patch(archived=False))


WAYS: dict[str, tuple[bool, Way]] = {
    "undo of one": (False, restore_each),
    "undo of many": (False, lambda desk, ids: desk.selections.restore(desk.ada, ids)),
    "one from the archive": (True, unarchive_each),
    "many from the archive": (True, lambda desk, ids: desk.selections.change(desk.ada, ids, Patch(archived=False))),
}


@pytest.mark.parametrize("name", WAYS)
async def test_what_comes_back_is_pinned_as_far_as_there_is_room(desk: Desk, name: str) -> None:
    archive, bring_back = WAYS[name]
    ids = [await desk.start(f"c{number}") for number in range(3)]
    await desk.selections.change(desk.ada, ids, Patch(pinned=True))
    await take_away(desk, ids, archive=archive)
    await fill_pins(desk, MAX_PINNED - 1)
    await bring_back(desk, ids)
    back = [await desk.conversations.get(desk.ada, one) for one in ids]
    assert [one.archived for one in back] == [False] * 3
    assert [one.pinned for one in back].count(True) == 1
    assert len((await desk.conversations.recent(desk.ada, view=PINS, limit=2 * MAX_PINNED)).items) == MAX_PINNED


async def test_of_many_the_one_used_last_stays_pinned_and_others_keep_theirs(desk: Desk) -> None:
    early, late, present = [await desk.start(title) for title in ("early", "late", "present")]
    await desk.selections.change(desk.ada, [early, late, present], Patch(pinned=True))
    async with desk.db.transaction() as tx:
        await tx.execute("UPDATE conversations SET updated = CASE title WHEN 'present' THEN 1 WHEN 'early' THEN 2 ELSE 3 END")
    await desk.selections.delete(desk.ada, [early, late])
    await fill_pins(desk, MAX_PINNED - 2)
    await desk.selections.restore(desk.ada, [early, late, present])
    assert [(await desk.conversations.get(desk.ada, one)).pinned for one in (early, late, present)] == [False, True, True]


async def test_a_pin_that_was_asked_for_is_refused_when_there_is_no_room(desk: Desk) -> None:
    archived, other = await desk.start("archived"), await desk.start("other")
    await desk.conversations.change(desk.ada, archived, Patch(archived=True))
    await fill_pins(desk, MAX_PINNED)
    with pytest.raises(TooManyPins):
        await desk.conversations.change(desk.ada, other, Patch(pinned=True))
    with pytest.raises(TooManyPins):
        await desk.selections.change(desk.ada, [archived], Patch(pinned=True, archived=False))
    assert (await desk.conversations.get(desk.ada, archived)).archived
