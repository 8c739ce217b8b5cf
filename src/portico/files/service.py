"""Uploads in parts, their type by content, and who may read them."""

import time
from collections.abc import AsyncIterator, Collection
from dataclasses import replace

from portico.access import policy
from portico.access.models import Action, Resource
from portico.access.principal import Principal
from portico.errors import Conflict, Invalid, LimitReached, NotFound, TooLarge
from portico.files import content
from portico.files.models import IMAGE_TYPES, File
from portico.ids import FileId, UserId, is_id
from portico.infra.db import Database, Row, Transaction
from portico.infra.objectstore import ObjectMissing, ObjectStore, once
from portico.infra.ratelimit import RateLimiter
from portico.settings import Limits

_HOUR_S = 3600
_DAY_MS = 86_400_000
LINK_S = 300  # long enough for a browser to begin the download, short enough to be worth little when it leaks

LOCK_USER = "SELECT id FROM users WHERE id = :user {for_update}"
USED = "SELECT coalesce(sum(size), 0) AS used FROM files WHERE user_id = :user AND deleted_at IS NULL"
ADD = """
INSERT INTO files (id, user_id, name, media_type, size, status, created, updated)
VALUES (:id, :user, :name, :media_type, :size, 'uploading', {now}, {now}) ON CONFLICT (id) DO NOTHING
"""
GET = """
SELECT id, user_id, name, media_type, size, status, width, height, object, created FROM files
WHERE id = :id AND user_id = :user AND deleted_at IS NULL
"""
PARTS = "SELECT n, object, size FROM file_parts WHERE file_id = :id ORDER BY n"
PART = "SELECT object FROM file_parts WHERE file_id = :id AND n = :n"
ADD_PART = """
INSERT INTO file_parts (file_id, n, object, size)
SELECT f.id, CAST(:n AS bigint), CAST(:object AS text), CAST(:size AS bigint) FROM files f
WHERE f.id = :id AND f.status = 'uploading' AND f.deleted_at IS NULL
ON CONFLICT (file_id, n) DO UPDATE SET object = excluded.object, size = excluded.size
"""
READY = """
UPDATE files SET status = 'ready', object = :object, media_type = :media_type,
  width = CAST(:width AS bigint), height = CAST(:height AS bigint), updated = {now}
WHERE id = :id AND status = 'uploading' AND deleted_at IS NULL
"""
FORGET_PARTS = "DELETE FROM file_parts WHERE file_id = :id"
REMOVE = "UPDATE files SET deleted_at = {now}, updated = {now} WHERE id = :id AND user_id = :user AND deleted_at IS NULL"
FORGET = """
UPDATE files SET deleted_at = {now}
WHERE user_id = :user AND deleted_at IS NULL AND id IN (SELECT forgotten.id FROM {rows:forgotten(id text)})
"""
STALE = """
SELECT id, object FROM files
WHERE (deleted_at IS NOT NULL AND deleted_at < {now} - CAST(:deleted_ms AS bigint))
  OR (status = 'uploading' AND updated < {now} - CAST(:unfinished_ms AS bigint))
ORDER BY id LIMIT 100
"""
ERASE = "DELETE FROM files WHERE id = :id"
TOUCH = "UPDATE files SET updated = {now} WHERE id = :id"


class FileNotFound(NotFound):
    """No file with this id is visible to the caller."""

    code = "file_not_found"


class FileTooLarge(TooLarge):
    """The file is over PORTICO_MAX_FILE_BYTES, or its picture over PORTICO_MAX_IMAGE_PIXELS."""

    code = "file_too_large"
    default_detail = "Choose a smaller file, or scale the image down."


class QuotaReached(LimitReached):
    """All files of the user together would be over PORTICO_USER_QUOTA_BYTES."""

    code = "file_quota_reached"
    default_detail = "Delete files that you no longer need, or ask an administrator for more room."


class BadFile(Invalid):
    """The content is not what the upload said."""

    code = "bad_file"
    default_detail = "Send the file as it was announced."


class FileChanged(Conflict):
    """The id was used for another file, or the file is complete already."""

    code = "file_conflict"
    default_detail = "Upload it as a new file."


class PartsMissing(Conflict):
    """The file is not complete; `missing` names the parts."""

    code = "file_parts_missing"
    default_detail = "Send the missing parts, then finish the file again."


class FilesService:
    """Files of users. A file of somebody else does not exist."""

    def __init__(self, db: Database, objects: ObjectStore, limits: Limits, limiter: RateLimiter) -> None:
        self._db = db
        self._objects = objects
        self._limits = limits
        self._limiter = limiter

    async def announce(self, who: Principal, file_id: FileId, *, name: str, size: int, media_type: str) -> File:
        """Begin an upload, or return the one that was begun with this id, name and size.

        Raises FileTooLarge, QuotaReached, RateLimited, FileChanged; Invalid when the id is not a UUIDv7.
        """
        policy.require(who, Action("file", "create"), Resource())
        if not is_id(file_id):
            raise Invalid("Make the id a UUIDv7 in lower case.")
        if (known := await self._find(who, file_id)) is not None:
            return _same(known, name, size)
        if size > self._limits.file_bytes:
            raise FileTooLarge(f"A file may have {self._limits.file_bytes} bytes.", limit=self._limits.file_bytes)
        await self._limiter.take(f"upload:{who.user_id}", self._limits.uploads_per_hour, per_s=_HOUR_S)
        async with self._db.transaction() as tx:
            await tx.fetch_one(LOCK_USER, user=who.user_id)  # so that two uploads at once cannot both take the last room
            used = await tx.fetch_one(USED, user=who.user_id)
            if int(used["used"] if used else 0) + size > self._limits.user_bytes:
                raise QuotaReached(limit=self._limits.user_bytes)
            await tx.execute(ADD, id=file_id, user=who.user_id, name=name, media_type=media_type, size=size)
        found = await self._find(who, file_id)
        if found is None:
            raise FileChanged  # the id is somebody else's
        return _same(found, name, size)

    async def put_part(self, who: Principal, file_id: FileId, n: int, data: bytes) -> None:
        """Store part `n` (from 0). Sending a part again replaces it. Raises FileNotFound, FileChanged, BadFile."""
        file = await self.get(who, file_id)
        policy.require(who, Action("file", "change"), Resource(file.id, who.user_id))
        if file.status != "uploading":
            raise FileChanged("The file is complete.")
        if not 0 <= n < file.parts or len(data) != file.part_size(n):
            raise BadFile(f"The file has {file.parts} parts; part {n} must have {file.part_size(n) if 0 <= n < file.parts else 0} bytes.")
        stored = await self._objects.put(once(data), f"{file_id}-{n}")
        async with self._db.transaction() as tx:
            before = await tx.fetch_one(PART, id=file_id, n=n)
            taken = await tx.execute(ADD_PART, id=file_id, n=n, object=stored.key, size=stored.size)
            await tx.execute(TOUCH, id=file_id)
        if not taken:  # the file was finished while the part came in
            await self._objects.delete(stored.key)
            raise FileChanged("The file is complete.")
        if before is not None and before["object"] != stored.key:
            await self._objects.delete(before["object"])

    async def finish(self, who: Principal, file_id: FileId) -> File:
        """Put the parts together and judge the content; a finished file stays as it is. Raises PartsMissing, BadFile, FileTooLarge."""
        file = await self.get(who, file_id)
        policy.require(who, Action("file", "change"), Resource(file.id, who.user_id))
        if file.status == "ready":
            return file
        try:
            await self._assemble(file)
        except (PartsMissing, ObjectMissing):
            if (await self.get(who, file_id)).status != "ready":
                raise  # else another request finished the file at the same time, and its parts are gone for that reason
        return await self.get(who, file_id)

    async def _assemble(self, file: File) -> None:
        if missing := sorted(set(range(file.parts)) - set(file.received)):
            raise PartsMissing(missing=missing[:100])
        keys = [str(row["object"]) for row in await self._db.fetch(PARTS, id=file.id)]
        if len(keys) != file.parts:
            raise ObjectMissing
        found = self._judge(file, content.look(await _head(self._joined(keys))))
        stored = await self._objects.put(self._joined(keys), file.id, name=file.name)
        async with self._db.transaction() as tx:
            values = {"media_type": found.media_type, "width": found.width or None, "height": found.height or None}
            await tx.execute(READY, id=file.id, object=stored.key, **values)
            await tx.execute(FORGET_PARTS, id=file.id)
        for key in keys:
            await self._objects.delete(key)

    async def keep(self, user_id: UserId, file_id: FileId, name: str, data: bytes) -> File:
        """Store an image that a model made for a user; the same id again is the same file. It counts to the quota, which does not stop it.

        Raises FileTooLarge, and BadFile for what is no image.
        """
        if (known := await self._db.fetch_one(GET, id=file_id, user=user_id)) is not None:
            return _file(known, ())
        if len(data) > self._limits.file_bytes:
            raise FileTooLarge(limit=self._limits.file_bytes)
        found = content.look(data[: content.HEAD_BYTES])
        draft = File(file_id, name, "image/*", len(data), "uploading", None, None, None, (), 0)
        found = self._judge(draft, found)
        stored = await self._objects.put(once(data), file_id)
        values = {"media_type": found.media_type, "width": found.width or None, "height": found.height or None}
        async with self._db.transaction() as tx:
            await tx.execute(ADD, id=file_id, user=user_id, name=name, size=len(data), media_type=found.media_type)
            await tx.execute(READY, id=file_id, object=stored.key, **values)
        return replace(draft, status="ready", media_type=found.media_type, width=found.width, height=found.height, object=stored.key)

    async def get(self, who: Principal, file_id: FileId) -> File:
        """Return a file of the caller. Raises FileNotFound."""
        found = await self._find(who, file_id)
        if found is None:
            raise FileNotFound
        return found

    async def open(self, who: Principal, file_id: FileId) -> tuple[File, AsyncIterator[bytes]]:
        """Return a finished file of the caller and its bytes. Raises FileNotFound."""
        file = await self.get(who, file_id)
        if file.object is None:
            raise FileNotFound
        return file, self._objects.get(file.object)

    async def link(self, file: File) -> str | None:
        """Return the address from which a browser may save the file, or None: then `open` it. Images, being part of the page, have none."""
        if file.object is None or file.is_image:
            return None
        return await self._objects.link(file.object, expires_s=LINK_S)

    async def open_of(self, owner: UserId, file_id: FileId) -> tuple[File, AsyncIterator[bytes]]:
        """Return a finished file of `owner` and its bytes, for a caller that has its own right to read it. Raises FileNotFound."""
        row = await self._db.fetch_one(GET, id=file_id, user=owner)
        if row is None or row["object"] is None:
            raise FileNotFound
        return _file(row, ()), self._objects.get(row["object"])

    async def load(self, user_id: UserId, file_id: FileId) -> bytes | None:
        """Return the bytes of a user's image for a model; None if there is no such image."""
        row = await self._db.fetch_one(GET, id=file_id, user=user_id)
        if row is None or row["object"] is None or row["media_type"] not in IMAGE_TYPES:
            return None
        return b"".join([piece async for piece in self._objects.get(row["object"])])

    async def delete(self, who: Principal, file_id: FileId) -> None:
        """Delete a file of the caller; its bytes go with the next clean-up. Raises FileNotFound."""
        file = await self.get(who, file_id)
        policy.require(who, Action("file", "delete"), Resource(file.id, who.user_id))
        async with self._db.transaction() as tx:
            await tx.execute(REMOVE, id=file_id, user=who.user_id)

    async def forget(self, tx: Transaction, user_id: UserId, file_ids: Collection[FileId]) -> None:
        """Give files of a user that nothing shows any more to `erase_stale`."""
        await tx.execute(FORGET, user=user_id, forgotten=[(file_id,) for file_id in file_ids])

    async def abandon(self, tx: Transaction, user_id: UserId) -> bool:
        """Give the files of a user who is gone to `erase_stale`; say whether none is left."""
        await tx.execute("UPDATE files SET deleted_at = {now} WHERE user_id = :user AND deleted_at IS NULL", user=user_id)
        return await tx.fetch_one("SELECT 1 AS left FROM files WHERE user_id = :user LIMIT 1", user=user_id) is None

    async def erase_stale(self, *, deleted_ms: int = 0, unfinished_ms: int = _DAY_MS, deadline_s: float = 20.0) -> int:
        """Erase deleted files and uploads that nobody went on with; return how many. For the retention job; may be called again at once."""
        ends, count = time.monotonic() + deadline_s, 0
        while time.monotonic() < ends:
            rows = await self._db.fetch(STALE, deleted_ms=deleted_ms, unfinished_ms=unfinished_ms)
            for row in rows:
                await self._erase(FileId(str(row["id"])), row["object"])
            count += len(rows)
            if not rows:
                break
        await self._objects.sweep(unfinished_ms / 1000)
        return count

    async def _erase(self, file_id: FileId, key: str | None) -> None:
        """Delete the bytes first: a row without bytes would be found again, bytes without a row never."""
        parts = await self._db.fetch(PARTS, id=file_id)
        for object_key in [*(str(row["object"]) for row in parts), *([key] if key else [])]:
            await self._objects.delete(object_key)
        async with self._db.transaction() as tx:
            await _erase_rows(tx, file_id)

    async def _find(self, who: Principal, file_id: FileId) -> File | None:
        row = await self._db.fetch_one(GET, id=file_id, user=who.user_id)
        if row is None:
            return None
        if row["status"] != "uploading":
            return _file(row, ())
        return _file(row, tuple(int(part["n"]) for part in await self._db.fetch(PARTS, id=file_id)))

    async def _joined(self, keys: list[str]) -> AsyncIterator[bytes]:
        for key in keys:
            async for piece in self._objects.get(key):
                yield piece

    def _judge(self, file: File, found: content.Content) -> content.Content:
        """Compare what was announced with what came, and hold images to their limits."""
        is_image = found.media_type in IMAGE_TYPES
        if file.media_type.startswith("image/") and not is_image:
            raise BadFile("This is not a PNG, JPEG, WebP or GIF image.")
        if is_image and not (found.width and found.height):
            raise BadFile("The image is damaged: its header does not tell its size.")
        if found.width * found.height > self._limits.image_pixels:
            raise FileTooLarge(f"An image may have {self._limits.image_pixels} pixels.", limit=self._limits.image_pixels)
        if found.media_type == "text/plain" and file.media_type in {"text/markdown", "text/csv", "application/json"}:
            return content.Content(file.media_type)
        return found


async def _erase_rows(tx: Transaction, file_id: FileId) -> None:
    await tx.execute(FORGET_PARTS, id=file_id)
    await tx.execute(ERASE, id=file_id)


async def _head(data: AsyncIterator[bytes]) -> bytes:
    head = bytearray()
    async for piece in data:
        head += piece
        if len(head) >= content.HEAD_BYTES:
            break
    return bytes(head[: content.HEAD_BYTES])


def _same(file: File, name: str, size: int) -> File:
    if file.name != name or file.size != size:
        raise FileChanged
    return file


def _file(row: Row, received: tuple[int, ...]) -> File:
    return File(
        id=row["id"], name=row["name"], media_type=row["media_type"], size=row["size"], status=row["status"], width=row["width"],
        height=row["height"], object=row["object"], received=received, created=row["created"],
    )  # fmt: skip
