"""Objects in a folder and in the database."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from portico.infra.db import Database
from portico.infra.objectstore import CHUNK_BYTES, DatabaseStore, DirectoryStore, ObjectMissing, ObjectStore, once


@pytest.fixture(params=["directory", "database"])
def objects(request: pytest.FixtureRequest, db: Database, tmp_path: Path) -> ObjectStore:
    return DirectoryStore(tmp_path / "objects") if request.param == "directory" else DatabaseStore(db)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def stream(*parts: bytes, fail: bool = False) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
    if fail:
        raise ConnectionError("the client went away")


async def read(objects: ObjectStore, key: str) -> bytes:
    return b"".join([piece async for piece in objects.get(key)])


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES - 7])
async def test_what_was_put_is_read_back_under_its_own_hash(objects: ObjectStore, size: int) -> None:
    data = bytes(n % 251 for n in range(size))
    stored = await objects.put(stream(data[: size // 3], data[size // 3 :]), "owner-1")
    assert (stored.key, stored.size) == (f"{hashlib.sha256(data).hexdigest()}-owner-1", size)
    assert await read(objects, stored.key) == data


async def test_putting_the_same_twice_changes_nothing(objects: ObjectStore) -> None:
    first, second = await objects.put(once(b"same"), "a"), await objects.put(once(b"same"), "a")
    assert first == second
    assert await read(objects, first.key) == b"same"


async def test_owners_of_the_same_bytes_do_not_share_an_object(objects: ObjectStore) -> None:
    one, two = await objects.put(once(b"same"), "a"), await objects.put(once(b"same"), "b")
    await objects.delete(one.key)
    assert await read(objects, two.key) == b"same"
    with pytest.raises(ObjectMissing):
        await read(objects, one.key)


async def test_an_upload_that_breaks_off_leaves_nothing(objects: ObjectStore, db: Database, tmp_path: Path) -> None:
    with pytest.raises(ConnectionError):
        await objects.put(stream(b"x" * CHUNK_BYTES, b"y", fail=True), "a")
    assert await db.fetch("SELECT object FROM object_chunks") == []
    assert files_in(tmp_path / "objects") == []


async def test_deleting_what_is_not_there_is_no_error(objects: ObjectStore) -> None:
    await objects.delete(f"{'0' * 64}-a")


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "a", f"{'0' * 64}-../x", f"{'0' * 64}", f"{'G' * 64}-a"])
async def test_only_keys_of_objects_are_taken(objects: ObjectStore, key: str) -> None:
    with pytest.raises(ValueError, match="key of an object"):
        await read(objects, key)
