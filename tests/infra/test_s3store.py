"""Objects in a bucket of a real S3 server. What every store does stands in test_objectstore."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import requests

from portico.infra.objectstore import ObjectMissing, once
from portico.infra.s3store import ONE_REQUEST_BYTES, ObjectStoreUnavailable, S3Store
from tests import s3


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3.serve_s3() as address:
        yield address


@pytest.fixture
def address(server: str) -> str:
    s3.empty(server)
    return server


@pytest.fixture
def door(address: str) -> Iterator[s3.Faulty]:
    faulty = s3.Faulty(address)
    yield faulty
    faulty.close()


async def stream(size: int, *, fail: bool = False) -> AsyncIterator[bytes]:
    for start in range(0, size, 100_000):
        yield b"x" * min(100_000, size - start)
    if fail:
        raise ConnectionError("the client went away")


async def read(objects: S3Store, key: str) -> bytes:
    return b"".join([piece async for piece in objects.get(key)])


@pytest.mark.parametrize("size", [ONE_REQUEST_BYTES - 1, ONE_REQUEST_BYTES, ONE_REQUEST_BYTES + 1, 3 * ONE_REQUEST_BYTES + 5])
async def test_large_objects_are_stored_whole_and_leave_no_draft(address: str, size: int) -> None:
    objects = S3Store(s3.place(address))
    stored = await objects.put(stream(size), "owner")
    assert stored.size == size
    assert await read(objects, stored.key) == b"x" * size
    assert "drafts/" not in s3.listed(address)


async def test_a_large_upload_that_breaks_off_leaves_neither_object_nor_parts(address: str) -> None:
    objects = S3Store(s3.place(address))
    with pytest.raises(ConnectionError):
        await objects.put(stream(3 * ONE_REQUEST_BYTES, fail=True), "owner")
    assert "<Key>" not in s3.listed(address)
    assert "<UploadId>" not in s3.unfinished(address)


async def test_a_small_object_takes_one_request(address: str, door: s3.Faulty) -> None:
    await S3Store(s3.place(door.address)).put(once(b"small"), "owner")
    assert [line.split()[0] for line in door.seen] == ["PUT"]


async def test_a_store_that_is_busy_for_a_moment_is_asked_again(door: s3.Faulty) -> None:
    objects = S3Store(s3.place(door.address))
    door.fails = 2
    stored = await objects.put(once(b"kept"), "owner")
    door.fails = 2
    assert await read(objects, stored.key) == b"kept"


async def test_a_store_that_stays_away_is_told_by_a_stable_code(door: s3.Faulty) -> None:
    objects = S3Store(s3.place(door.address))
    stored = await objects.put(once(b"kept"), "owner")
    door.fails = 1_000
    with pytest.raises(ObjectStoreUnavailable) as raised:
        await read(objects, stored.key)
    assert (raised.value.status, raised.value.code) == (503, "object_store_unavailable")
    with pytest.raises(ObjectStoreUnavailable):
        await objects.put(once(b"more"), "owner")
    door.fails = 0
    assert await read(objects, stored.key) == b"kept"


async def test_a_store_that_nobody_serves_is_unavailable() -> None:
    objects = S3Store(s3.place("http://127.0.0.1:1"))
    with pytest.raises(ObjectStoreUnavailable):
        await objects.put(once(b"x"), "owner")


async def test_wrong_rights_are_unavailable_and_not_missing(door: s3.Faulty) -> None:
    objects = S3Store(s3.place(door.address))
    door.status, door.fails = 403, 100
    with pytest.raises(ObjectStoreUnavailable):
        await read(objects, f"{'0' * 64}-owner")


async def test_a_bucket_that_does_not_exist_is_named_as_the_reason(address: str) -> None:
    place = s3.place(address)
    objects = S3Store(type(place)("no-such-bucket", address, access_key="a", secret_key="b", path_style=True))
    with pytest.raises(ObjectStoreUnavailable, match="bucket of the object store does not exist"):
        await objects.put(once(b"x"), "owner")
    with pytest.raises(ObjectMissing):
        await read(S3Store(place), f"{'0' * 64}-owner")


async def test_objects_stand_in_the_folder_of_the_bucket_that_was_named(address: str) -> None:
    objects = S3Store(s3.place(address, prefix="portico/files"))
    stored = await objects.put(once(b"x"), "owner")
    assert f"<Key>portico/files/{stored.key[:2]}/{stored.key}</Key>" in s3.listed(address)
    assert await read(objects, stored.key) == b"x"


async def test_a_link_saves_the_file_under_its_name_and_never_runs_it(address: str) -> None:
    objects = S3Store(s3.place(address), links_by=address)
    stored = await objects.put(once(b"<script>alert(1)</script>"), "owner", name="报告.html")
    link = await objects.link(stored.key, expires_s=60)
    assert link is not None
    assert "X-Amz-Expires=60" in link
    answer = await asyncio.to_thread(requests.get, link, timeout=10)
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A.html"


async def test_a_link_of_a_large_file_keeps_its_name_through_the_copy(address: str) -> None:
    objects = S3Store(s3.place(address), links_by=address)
    stored = await objects.put(stream(ONE_REQUEST_BYTES + 1), "owner", name="big.bin")
    answer = await asyncio.to_thread(requests.get, await objects.link(stored.key, expires_s=60) or "", timeout=10)
    assert answer.headers["content-disposition"].endswith("big.bin")


async def test_links_lead_to_the_address_that_browsers_reach(address: str) -> None:
    objects = S3Store(s3.place(address), links_by="https://files.example.org")
    stored = await objects.put(once(b"x"), "owner")
    link = await objects.link(stored.key, expires_s=60) or ""
    assert link.startswith(f"https://files.example.org/{s3.BUCKET}/{stored.key[:2]}/{stored.key}?X-Amz-Algorithm=")


async def test_without_a_public_address_there_is_no_link(address: str) -> None:
    objects = S3Store(s3.place(address))
    stored = await objects.put(once(b"x"), "owner")
    assert await objects.link(stored.key, expires_s=60) is None
