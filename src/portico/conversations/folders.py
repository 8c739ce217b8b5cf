"""Folders: named places for conversations, in an order that their owner chooses. A conversation is in one folder or in none."""

from collections.abc import Sequence

from portico.access import policy
from portico.access.models import INSTANCE, Action, Resource, Verb
from portico.access.principal import Principal
from portico.conversations import changes
from portico.conversations.models import Folder
from portico.errors import Invalid, LimitReached, NotFound
from portico.ids import FolderId
from portico.infra.db import Database, Row, Transaction
from portico.infra.http import RevisionConflict

MAX_FOLDERS = 200  # of one person: they are listed all at once

COLUMNS = "f.id, f.user_id, f.name, f.position, f.created, f.rev"
LIST = f"SELECT {COLUMNS} FROM folders f WHERE {{visible}} ORDER BY f.position, f.id"
GET = f"SELECT {COLUMNS} FROM folders f WHERE f.id = :id AND {{visible}}"
INSERT = """
INSERT INTO folders (id, user_id, name, position, created)
VALUES (:id, :user, :name, (SELECT coalesce(max(position) + 1, 0) FROM folders WHERE user_id = :user), {now}) ON CONFLICT (id) DO NOTHING
"""
COUNT = "SELECT count(*) AS n FROM folders WHERE user_id = :user"
RENAME = "UPDATE folders SET name = :name, rev = rev + 1 WHERE id = :id AND rev = :rev"
PLACE = """
UPDATE folders SET position = placed.position, rev = rev + 1 FROM {rows:placed(id text, position int)}
WHERE folders.id = placed.id AND folders.position <> placed.position
"""
EMPTY = "UPDATE conversations SET folder_id = NULL, rev = rev + 1 WHERE folder_id = :id"
DELETE = "DELETE FROM folders WHERE id = :id"


class FolderNotFound(NotFound):
    """No folder with this id is visible to the caller."""

    code = "folder_not_found"
    default_detail = "This folder does not exist, or you may not see it."


class FolderNameEmpty(Invalid):
    """The name of a folder has nothing to read in it."""

    code = "folder_name_empty"
    default_detail = "Give the folder a name."


class TooManyFolders(LimitReached):
    """The person has as many folders as one may have."""

    code = "too_many_folders"
    default_detail = f"You have {MAX_FOLDERS} folders: delete one that you do not need."


async def require(reader: Database | Transaction, who: Principal, folder_id: FolderId, verb: Verb = "read") -> Folder:
    """Return the folder if `who` may do this with it. Raises FolderNotFound, Forbidden."""
    visible = policy.visible(who, "folder", alias="f")
    row = await reader.fetch_one(GET.format(visible=visible.sql), id=folder_id, **visible.params)
    if row is None:
        raise FolderNotFound
    if verb != "read":
        policy.require(who, Action("folder", verb), Resource(row["id"], row["user_id"]))
    return _folder(row)


class FolderService:
    """What can be done with folders."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def list(self, who: Principal) -> Sequence[Folder]:
        """All folders of `who`, in their order."""
        visible = policy.visible(who, "folder", alias="f")
        return [_folder(row) for row in await self._db.fetch(LIST.format(visible=visible.sql), **visible.params)]

    async def create(self, who: Principal, folder_id: FolderId, name: str) -> tuple[Folder, bool]:
        """Make a folder behind the others, or return the one with this id; the flag says whether it is new."""
        policy.require(who, Action("folder", "create"), INSTANCE)
        async with self._db.transaction() as tx:
            await changes.record(tx, who.user_id, "folder", folder_id)
            inserted = await tx.execute(INSERT, id=folder_id, user=who.user_id, name=_clean(name))
            count = await tx.fetch_one(COUNT, user=who.user_id)
            if inserted and count is not None and count["n"] > MAX_FOLDERS:
                raise TooManyFolders
            return await require(tx, who, folder_id), inserted == 1

    async def change(
        self, who: Principal, folder_id: FolderId, *, name: str | None = None, position: int | None = None, rev: int | None = None
    ) -> Folder:
        """Rename a folder, or move it to a place among the others, 0 is the first. With `rev`, only if that is still its revision."""
        async with self._db.transaction() as tx:
            await changes.record(tx, who.user_id, "folder", folder_id)
            found = await require(tx, who, folder_id, "change")
            if rev is not None and rev != found.rev:
                raise RevisionConflict(current=found.rev)
            if name is not None and not await tx.execute(RENAME, id=folder_id, rev=found.rev, name=_clean(name)):
                raise RevisionConflict
            if position is not None:
                await self._place(tx, who, folder_id, position)
            return await require(tx, who, folder_id)

    async def delete(self, who: Principal, folder_id: FolderId) -> None:
        """Delete a folder. Its conversations stay and are in no folder; the change of the folder alone tells of that."""
        async with self._db.transaction() as tx:
            await changes.record(tx, who.user_id, "folder", folder_id, deleted=True)
            await require(tx, who, folder_id, "delete")
            await tx.execute(EMPTY, id=folder_id)
            await tx.execute(DELETE, id=folder_id)

    async def _place(self, tx: Transaction, who: Principal, folder_id: FolderId, position: int) -> None:
        visible = policy.visible(who, "folder", alias="f")
        rows = await tx.fetch(LIST.format(visible=visible.sql), **visible.params)
        order = [row["id"] for row in rows if row["id"] != folder_id]
        order.insert(position, folder_id)
        await tx.execute(PLACE, placed=[(one, place) for place, one in enumerate(order)])


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise FolderNameEmpty
    return name


def _folder(row: Row) -> Folder:
    return Folder(row["id"], row["name"], row["position"], row["created"], row["rev"])
