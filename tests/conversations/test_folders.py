import pytest

from portico.access.policy import ScopeMissing
from portico.access.principal import Principal
from portico.conversations import changes
from portico.conversations.folders import MAX_FOLDERS, FolderNameEmpty, FolderNotFound, TooManyFolders
from portico.conversations.models import Beginning
from portico.conversations.service import Patch
from portico.conversations.views import View
from portico.ids import FolderId, new_id
from portico.infra.http import RevisionConflict
from tests.conversations.conftest import Desk, make_person


async def make(desk: Desk, *names: str) -> list[FolderId]:
    ids = [FolderId(new_id()) for _ in names]
    for folder_id, name in zip(ids, names, strict=True):
        await desk.folders.create(desk.ada, folder_id, name)
    return ids


async def names(desk: Desk) -> list[str]:
    return [folder.name for folder in await desk.folders.list(desk.ada)]


async def test_a_folder_is_made_once_and_stands_behind_the_others(desk: Desk) -> None:
    await make(desk, "Work", "Home")
    (first, second) = await desk.folders.list(desk.ada)
    again, is_new = await desk.folders.create(desk.ada, first.id, "Other")
    assert (again, is_new) == (first, False)
    assert [first.name, second.name] == ["Work", "Home"]


async def test_a_name_is_cleaned_and_never_empty(desk: Desk) -> None:
    (folder,) = await make(desk, "  My \n work ")
    assert await names(desk) == ["My work"]
    with pytest.raises(FolderNameEmpty):
        await desk.folders.change(desk.ada, folder, name=" \t ")


async def test_a_folder_moves_to_a_place_and_the_others_make_room(desk: Desk) -> None:
    ids = await make(desk, "a", "b", "c", "d")
    await desk.folders.change(desk.ada, ids[3], position=1)
    assert await names(desk) == ["a", "d", "b", "c"]
    await desk.folders.change(desk.ada, ids[0], position=10_000)
    assert await names(desk) == ["d", "b", "c", "a"]
    assert [folder.position for folder in await desk.folders.list(desk.ada)] == [0, 1, 2, 3]


async def test_a_rename_with_an_old_revision_is_a_conflict(desk: Desk) -> None:
    (folder,) = await make(desk, "Work")
    renamed = await desk.folders.change(desk.ada, folder, name="Job", rev=1)
    assert (renamed.name, renamed.rev) == ("Job", 2)
    with pytest.raises(RevisionConflict):
        await desk.folders.change(desk.ada, folder, name="Task", rev=1)


async def test_a_deleted_folder_leaves_its_conversations_behind(desk: Desk) -> None:
    folder, other = await make(desk, "Work", "Home")
    inside = await desk.start("", Beginning("inside", folder=folder))
    elsewhere = await desk.start("", Beginning("elsewhere", folder=other))
    await desk.folders.delete(desk.ada, folder)
    assert (await desk.conversations.get(desk.ada, inside)).folder is None
    assert (await desk.conversations.get(desk.ada, elsewhere)).folder == other
    with pytest.raises(FolderNotFound):
        await desk.folders.delete(desk.ada, folder)


async def test_somebody_else_s_folder_is_not_found_by_any_verb(desk: Desk) -> None:
    (folder,) = await make(desk, "Work")
    bob = await make_person(desk.db, "Bob")
    attempts = (
        lambda: desk.folders.create(bob, folder, "Mine"),
        lambda: desk.folders.change(bob, folder, name="Mine"),
        lambda: desk.folders.delete(bob, folder),
        lambda: desk.conversations.recent(bob, view=View(folder=folder)),
    )
    for attempt in attempts:
        with pytest.raises(FolderNotFound):
            await attempt()
    assert await desk.folders.list(bob) == []
    assert await names(desk) == ["Work"]


async def test_no_conversation_gets_into_somebody_else_s_folder(desk: Desk) -> None:
    bob = await make_person(desk.db, "Bob")
    theirs = FolderId(new_id())
    await desk.folders.create(bob, theirs, "Bob's")
    mine = await desk.start("Mine")
    with pytest.raises(FolderNotFound):
        await desk.conversations.change(desk.ada, mine, Patch(folder=theirs))
    with pytest.raises(FolderNotFound):
        await desk.start("", Beginning("New", folder=theirs))
    with pytest.raises(FolderNotFound):
        await desk.selections.change(desk.ada, [mine], Patch(folder=theirs))
    assert (await desk.conversations.get(desk.ada, mine)).folder is None
    assert len((await desk.conversations.recent(desk.ada)).items) == 1


async def test_a_key_that_may_only_read_makes_no_folder(desk: Desk) -> None:
    (folder,) = await make(desk, "Work")
    reader = Principal(desk.ada.user_id, "member", frozenset(), frozenset({"read"}), 1, "key", "k")
    assert len(await desk.folders.list(reader)) == 1
    with pytest.raises(ScopeMissing):
        await desk.folders.create(reader, FolderId(new_id()), "More")
    with pytest.raises(ScopeMissing):
        await desk.folders.delete(reader, folder)


async def test_there_is_an_end_to_folders(desk: Desk) -> None:
    async with desk.db.transaction() as tx:
        for n in range(MAX_FOLDERS):
            await tx.execute(
                "INSERT INTO folders (id, user_id, name, position, created) VALUES (:id, :user, 'x', :n, 1)",
                id=new_id(),
                user=desk.ada.user_id,
                n=n,
            )
    with pytest.raises(TooManyFolders):
        await make(desk, "One more")
    assert len(await desk.folders.list(desk.ada)) == MAX_FOLDERS


async def test_every_write_is_in_the_changes(desk: Desk) -> None:
    (folder,) = await make(desk, "Work")
    await desk.folders.change(desk.ada, folder, name="Job")
    await desk.folders.delete(desk.ada, folder)
    found = (await changes.since(desk.db, desk.ada.user_id, 0)).changes
    assert [(change.kind, change.id, change.deleted) for change in found] == [
        ("folder", folder, False),
        ("folder", folder, False),
        ("folder", folder, True),
    ]
