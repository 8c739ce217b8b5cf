import pytest

from portico.conversations import changes
from portico.conversations.models import Beginning
from portico.conversations.pins import MAX_PINNED, TooManyPins
from portico.conversations.service import Patch
from portico.conversations.views import View
from portico.ids import ConversationId, FolderId, new_id
from tests.conversations.conftest import Desk, fill_pins, make_person


async def titles(desk: Desk, view: View | None = None) -> set[str]:
    return {one.title for one in (await desk.conversations.recent(desk.ada, view=view or View())).items}


async def test_many_are_archived_moved_and_brought_back_in_one_step(desk: Desk) -> None:
    folder = FolderId(new_id())
    await desk.folders.create(desk.ada, folder, "Work")
    ids = [await desk.start(f"c{n}") for n in range(4)]
    archived = await desk.selections.change(desk.ada, ids[:3], Patch(archived=True))
    assert {one.id for one in archived.items} == set(ids[:3])
    assert await titles(desk) == {"c3"}
    await desk.selections.change(desk.ada, ids[:3], Patch(archived=False))
    await desk.selections.change(desk.ada, ids[1:], Patch(folder=folder))
    assert await titles(desk, View(folder=folder)) == {"c1", "c2", "c3"}
    await desk.selections.change(desk.ada, ids, Patch(folder=None))
    assert await titles(desk, View(folder="none")) == {"c0", "c1", "c2", "c3"}


async def test_what_is_not_named_stays_as_it_is(desk: Desk) -> None:
    pinned = await desk.start("", Beginning("p", pinned=True))
    (changed,) = (await desk.selections.change(desk.ada, [pinned], Patch(unread=False))).items
    assert (changed.pinned, changed.archived, changed.folder) == (True, False, None)


async def test_many_are_deleted_and_come_back_together(desk: Desk) -> None:
    ids = [await desk.start(f"c{n}") for n in range(3)]
    gone = await desk.selections.delete(desk.ada, ids[:2])
    assert {one.id for one in gone.items} == set(ids[:2])
    assert await titles(desk) == {"c2"}
    back = await desk.selections.restore(desk.ada, ids[:2])
    assert ({one.id for one in back.items}, back.missing) == (set(ids[:2]), ())
    assert await titles(desk) == {"c0", "c1", "c2"}


async def test_what_is_somebody_else_s_is_missing_and_untouched(desk: Desk) -> None:
    bob = await make_person(desk.db, "Bob")
    theirs = ConversationId(new_id())
    await desk.conversations.create(bob, theirs)
    mine = await desk.start("Mine")
    for step in (desk.selections.delete, desk.selections.restore):
        selected = await step(desk.ada, [theirs, mine])
        assert ([one.id for one in selected.items], selected.missing) == ([mine], (theirs,))
    changed = await desk.selections.change(desk.ada, [theirs, mine], Patch(archived=True))
    assert changed.missing == (theirs,)
    found = await desk.conversations.get(bob, theirs)
    assert (found.archived, found.rev) == (False, 1)


async def test_a_temporary_conversation_can_be_deleted_and_not_sorted(desk: Desk) -> None:
    passing = await desk.start("", Beginning(temporary=True))
    assert (await desk.selections.change(desk.ada, [passing], Patch(pinned=True))).missing == (passing,)
    assert (await desk.selections.delete(desk.ada, [passing])).missing == ()


async def test_one_pin_too_many_changes_nothing(desk: Desk) -> None:
    ids = [await desk.start(f"c{n}") for n in range(3)]
    await fill_pins(desk, MAX_PINNED - 2)
    with pytest.raises(TooManyPins):
        await desk.selections.change(desk.ada, ids, Patch(pinned=True))
    await desk.selections.change(desk.ada, ids[:2], Patch(pinned=True))
    with pytest.raises(TooManyPins):
        await desk.conversations.change(desk.ada, ids[2], Patch(pinned=True))
    assert not (await desk.conversations.get(desk.ada, ids[2])).pinned


async def test_every_one_of_them_is_in_the_changes(desk: Desk) -> None:
    ids = [await desk.start() for _ in range(3)]
    rev = await changes.current(desk.db, desk.ada.user_id)
    await desk.selections.delete(desk.ada, [*ids, ids[0], ConversationId(new_id())])
    found = (await changes.since(desk.db, desk.ada.user_id, rev)).changes
    assert sorted((change.id, change.deleted) for change in found) == sorted((one, True) for one in ids)
