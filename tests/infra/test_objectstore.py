"""Objects in a folder, in the database and in a bucket: what every store does."""

import asyncio
import contextlib
import contextvars
import hashlib
import random
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from portico.infra.db import open_database
from portico.infra.objectstore import CHUNK_BYTES, DatabaseStore, DirectoryStore, ObjectMissing, ObjectStore, Stored, once
from portico.infra.s3store import S3Store
from tests import s3
from tests.conftest import fresh_database


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3.serve_s3() as address:
        yield address


@pytest.fixture(params=["directory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres), "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database or of an S3 server; empty for the store that needs neither."""
    if request.param == "directory":
        yield ""
    elif request.param == "s3":
        address = request.getfixturevalue("bucket")
        s3.empty(address)
        yield address
    elif request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path / 'portico.db')}"
    else:
        with fresh_database(request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")) as address:
            yield address


@pytest.fixture
async def objects(url: str, tmp_path: Path) -> AsyncIterator[ObjectStore]:
    if not url:
        yield DirectoryStore(tmp_path / "objects")
        return
    if url.startswith("http"):
        yield S3Store(s3.place(url))
        return
    db = await open_database(url)
    yield DatabaseStore(db)
    await db.close()


async def remains(objects: ObjectStore) -> int:
    """Count files or rows, drafts included."""
    if isinstance(objects, DatabaseStore):
        return len(await objects._db.fetch("SELECT object FROM object_chunks"))
    if isinstance(objects, S3Store):
        return s3.listed(str(objects._bucket.config.get("endpoint"))).count("<Key>")
    assert isinstance(objects, DirectoryStore)
    return len(files_in(objects._folder))


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


async def test_an_upload_that_breaks_off_leaves_nothing(objects: ObjectStore) -> None:
    with pytest.raises(ConnectionError):
        await objects.put(stream(b"x" * CHUNK_BYTES, b"y", fail=True), "a")
    assert await remains(objects) == 0


async def test_what_a_dead_process_left_behind_is_swept_away_but_not_what_is_under_way(objects: ObjectStore) -> None:
    kept = await objects.put(once(b"kept"), "a")

    async def look() -> AsyncIterator[bytes]:
        yield b"x" * CHUNK_BYTES
        yield b"y"
        assert await objects.sweep(3600) == 0
        assert await objects.sweep(-1) == 1

    with contextlib.suppress(Exception):  # the store finds its draft gone, as it would be for a process that died
        await objects.put(look(), "b")
    assert await read(objects, kept.key) == b"kept"


async def test_deleting_what_is_not_there_is_no_error(objects: ObjectStore) -> None:
    await objects.delete(f"{'0' * 64}-a")


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "a", f"{'0' * 64}-../x", f"{'0' * 64}", f"{'G' * 64}-a"])
async def test_only_keys_of_objects_are_taken(objects: ObjectStore, key: str) -> None:
    with pytest.raises(ValueError, match="key of an object"):
        await read(objects, key)


async def test_puts_that_are_cancelled_at_any_moment_leave_whole_objects_and_no_drafts(objects: ObjectStore) -> None:
    dice = random.Random(7)
    data = [bytes([n]) * dice.choice((10, CHUNK_BYTES, CHUNK_BYTES + 10)) for n in range(60)]
    keys = [f"{hashlib.sha256(each).hexdigest()}-{n}" for n, each in enumerate(data)]
    tasks: list[asyncio.Task[Stored]] = []
    for n, each in enumerate(data):
        tasks.append(asyncio.create_task(objects.put(stream(each[:7], each[7:]), str(n)), context=contextvars.Context()))
        await asyncio.sleep(dice.choice((0, 0, 0.001, 0.004)))
        for _ in range(dice.choice((0, 1, 1, 2))):
            dice.choice(tasks[-5:]).cancel()
    async with asyncio.timeout(30):
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [result for result in results if isinstance(result, Exception)] == []
    left = 0
    for key, each, result in zip(keys, data, results, strict=True):
        try:
            assert await read(objects, key) == each
        except ObjectMissing:
            assert isinstance(result, asyncio.CancelledError)
        else:
            left += -(-len(each) // CHUNK_BYTES) if isinstance(objects, DatabaseStore) else 1
    assert await remains(objects) == left
