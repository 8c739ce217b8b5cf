"""Uploads: parts in any order and number, the type of the content, limits, ownership, and what is cleaned up."""

import asyncio
from dataclasses import replace

import pytest

from portico.access.policy import ScopeMissing
from portico.access.principal import Principal
from portico.errors import Invalid
from portico.files.models import PART_BYTES, File
from portico.files.service import BadFile, FileChanged, FileNotFound, FilesService, FileTooLarge, PartsMissing, QuotaReached
from portico.ids import FileId, new_id
from portico.infra.db import Database
from portico.infra.ratelimit import RateLimited
from tests.files.conftest import MakeFiles
from tests.files.test_content import jpeg, png


async def upload(files: FilesService, who: Principal, data: bytes, *, name: str = "a.png", media_type: str = "image/png") -> File:
    """Upload a whole file in parts."""
    file = await files.announce(who, FileId(new_id()), name=name, size=len(data), media_type=media_type)
    for n in range(file.parts):
        await files.put_part(who, file.id, n, data[n * PART_BYTES : (n + 1) * PART_BYTES])
    return await files.finish(who, file.id)


async def content_of(files: FilesService, who: Principal, file: File) -> bytes:
    _, data = await files.open(who, file.id)
    return b"".join([piece async for piece in data])


async def test_an_image_is_known_by_its_content_and_read_back(files: FilesService, ada: Principal) -> None:
    picture = jpeg(64, 48)
    file = await upload(files, ada, picture, media_type="image/png")
    assert (file.media_type, file.width, file.height, file.status) == ("image/jpeg", 64, 48, "ready")
    assert await content_of(files, ada, file) == picture
    assert await files.load(ada.user_id, file.id) == picture


async def test_parts_come_in_any_order_and_more_than_once(files: FilesService, ada: Principal) -> None:
    data = bytes(n % 253 for n in range(2 * PART_BYTES + 5))
    file = await files.announce(ada, FileId(new_id()), name="a.bin", size=len(data), media_type="application/octet-stream")
    for n in (2, 0, 0, 1, 2):
        await files.put_part(ada, file.id, n, data[n * PART_BYTES : (n + 1) * PART_BYTES])
    assert await content_of(files, ada, await files.finish(ada, file.id)) == data


async def test_an_upload_goes_on_after_a_break_with_the_parts_that_are_missing(files: FilesService, ada: Principal) -> None:
    size, file_id = PART_BYTES + 1, FileId(new_id())
    await files.announce(ada, file_id, name="a.txt", size=size, media_type="text/plain")
    await files.put_part(ada, file_id, 1, b"x")
    assert (await files.announce(ada, file_id, name="a.txt", size=size, media_type="text/plain")).received == (1,)
    with pytest.raises(PartsMissing) as missing:
        await files.finish(ada, file_id)
    assert missing.value.extra["missing"] == [0]
    await files.put_part(ada, file_id, 0, b"x" * PART_BYTES)
    assert (await files.finish(ada, file_id)).status == "ready"


async def test_a_part_that_is_sent_again_with_other_bytes_replaces_the_first(files: FilesService, ada: Principal, db: Database) -> None:
    file = await files.announce(ada, FileId(new_id()), name="a.txt", size=3, media_type="text/plain")
    await files.put_part(ada, file.id, 0, b"one")
    await files.put_part(ada, file.id, 0, b"two")
    assert await content_of(files, ada, await files.finish(ada, file.id)) == b"two"
    assert len(await db.fetch("SELECT object FROM object_chunks")) == 1


async def test_finishing_twice_is_the_same_as_once(files: FilesService, ada: Principal) -> None:
    file = await upload(files, ada, png(2, 2))
    again = await asyncio.gather(files.finish(ada, file.id), files.finish(ada, file.id))
    assert again == [file, file]


async def test_two_requests_that_finish_at_once_agree(files: FilesService, ada: Principal) -> None:
    data = png(3, 3)
    file = await files.announce(ada, FileId(new_id()), name="a.png", size=len(data), media_type="image/png")
    await files.put_part(ada, file.id, 0, data)
    done = await asyncio.gather(files.finish(ada, file.id), files.finish(ada, file.id))
    assert done[0] == done[1]
    assert await content_of(files, ada, done[0]) == data


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
@pytest.mark.parametrize(("n", "data"), [(0, b""), (0, b"ab"), (0, b"abcd"), (1, b"abc"), (-1, b"abc")])
async def test_a_part_of_the_wrong_size_or_place_is_refused(files: FilesService, ada: Principal, n: int, data: bytes) -> None:
    file = await files.announce(ada, FileId(new_id()), name="a.txt", size=3, media_type="text/plain")
    with pytest.raises(BadFile):
        await files.put_part(ada, file.id, n, data)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
@pytest.mark.parametrize("data", [b"<svg/>", b"not an image", b"\x89PNG\r\n\x1a\n", b"GIF89a\0\0\0\0", b"%PDF-1.4"])
async def test_what_calls_itself_an_image_and_is_none_is_refused(files: FilesService, ada: Principal, data: bytes) -> None:
    with pytest.raises(BadFile):
        await upload(files, ada, data)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
async def test_an_image_of_too_many_pixels_is_refused_however_small_it_is(make_files: MakeFiles, ada: Principal) -> None:
    with pytest.raises(FileTooLarge):
        await upload(make_files(image_pixels=100), ada, png(11, 10))


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
async def test_a_page_is_kept_as_plain_text(files: FilesService, ada: Principal) -> None:
    file = await upload(files, ada, b"<script>alert(1)</script>", name="x.html", media_type="text/html")
    assert file.media_type == "text/plain"
    assert await files.load(ada.user_id, file.id) is None


async def test_a_file_of_somebody_else_does_not_exist(files: FilesService, ada: Principal, bob: Principal) -> None:
    file = await upload(files, ada, png(2, 2))
    for attempt in (
        files.get(bob, file.id),
        files.open(bob, file.id),
        files.finish(bob, file.id),
        files.put_part(bob, file.id, 0, b""),
        files.delete(bob, file.id),
    ):
        with pytest.raises(FileNotFound):
            await attempt
    assert await files.load(bob.user_id, file.id) is None


async def test_an_id_that_somebody_else_used_is_refused_without_a_hint(files: FilesService, ada: Principal, bob: Principal) -> None:
    file = await upload(files, ada, png(2, 2))
    with pytest.raises(FileChanged):
        await files.announce(bob, file.id, name="a.png", size=1, media_type="image/png")


async def test_an_id_that_was_used_for_another_file_is_refused(files: FilesService, ada: Principal) -> None:
    file = await files.announce(ada, FileId(new_id()), name="a.txt", size=3, media_type="text/plain")
    with pytest.raises(FileChanged):
        await files.announce(ada, file.id, name="a.txt", size=4, media_type="text/plain")
    with pytest.raises(Invalid):
        await files.announce(ada, FileId("not-an-id"), name="a.txt", size=4, media_type="text/plain")


async def test_limits_of_size_quota_and_number_hold(make_files: MakeFiles, ada: Principal) -> None:
    files = make_files(file_bytes=100, user_bytes=150, uploads_per_hour=3)
    with pytest.raises(FileTooLarge):
        await files.announce(ada, FileId(new_id()), name="a", size=101, media_type="text/plain")
    await files.announce(ada, FileId(new_id()), name="a", size=100, media_type="text/plain")
    with pytest.raises(QuotaReached):
        await files.announce(ada, FileId(new_id()), name="b", size=51, media_type="text/plain")
    await files.announce(ada, FileId(new_id()), name="b", size=50, media_type="text/plain")
    with pytest.raises(RateLimited):
        await files.announce(ada, FileId(new_id()), name="c", size=0, media_type="text/plain")


async def test_two_uploads_at_once_cannot_both_take_the_last_room(make_files: MakeFiles, ada: Principal) -> None:
    files = make_files(user_bytes=100)
    attempts = (files.announce(ada, FileId(new_id()), name="a", size=60, media_type="text/plain") for _ in range(4))
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(result, File) for result in results) == 1


async def test_a_deleted_file_is_gone_and_its_bytes_and_room_come_back(make_files: MakeFiles, ada: Principal, db: Database) -> None:
    files = make_files(user_bytes=100)
    file = await upload(files, ada, b"x" * 90, media_type="text/plain")
    await files.delete(ada, file.id)
    with pytest.raises(FileNotFound):
        await files.open(ada, file.id)
    await files.announce(ada, FileId(new_id()), name="b", size=90, media_type="text/plain")
    assert await files.erase_stale(deleted_ms=-1000) == 1
    assert await db.fetch("SELECT object FROM object_chunks") == []


async def test_an_upload_that_nobody_finishes_is_erased_with_its_parts(files: FilesService, ada: Principal, db: Database) -> None:
    file = await files.announce(ada, FileId(new_id()), name="a", size=3, media_type="text/plain")
    await files.put_part(ada, file.id, 0, b"abc")
    assert await files.erase_stale() == 0
    assert await files.erase_stale(unfinished_ms=-1000) == 1
    assert [await db.fetch(f"SELECT * FROM {table}") for table in ("files", "file_parts", "object_chunks")] == [[], [], []]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
async def test_a_key_that_may_only_read_cannot_upload(files: FilesService, ada: Principal) -> None:
    with pytest.raises(ScopeMissing):
        await files.announce(replace(ada, scopes=frozenset({"read"})), FileId(new_id()), name="a", size=1, media_type="text/plain")


async def test_an_image_of_a_model_is_kept_once_with_its_size_and_counts_to_the_quota(make_files: MakeFiles, ada: Principal) -> None:
    files, file_id, data = make_files(user_bytes=40), FileId(new_id()), png(30, 20)
    kept, again = [await files.keep(ada.user_id, file_id, "image-1.png", data) for _ in range(2)]
    assert (kept.media_type, kept.width, kept.height, kept.status) == ("image/png", 30, 20, "ready")
    assert (again.object, again.size) == (kept.object, kept.size)
    assert await content_of(files, ada, kept) == data
    with pytest.raises(QuotaReached):
        await upload(files, ada, data)


async def test_what_a_model_calls_an_image_and_is_none_is_not_kept(make_files: MakeFiles, ada: Principal) -> None:
    files, file_id = make_files(file_bytes=100), FileId(new_id())
    with pytest.raises(BadFile):
        await files.keep(ada.user_id, file_id, "image.png", b"<svg/>")
    with pytest.raises(FileTooLarge):
        await files.keep(ada.user_id, file_id, "image.png", png(30, 20) + bytes(200))
    with pytest.raises(FileNotFound):
        await files.get(ada, file_id)
