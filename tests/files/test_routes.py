"""The routes of files, by HTTP."""

import asyncio
from typing import get_args
from urllib.parse import quote

import pytest
import requests
from fastapi import FastAPI

from portico.access.principal import Principal
from portico.accounts.middleware import Who
from portico.files.routes import FilesRoutes, ImageRoutes
from portico.files.service import FilesService
from portico.ids import new_id
from portico.infra.db import Database
from portico.infra.http import install_errors
from portico.infra.middleware import BodyLimit, RequestContext, SecurityHeaders
from portico.infra.ratelimit import RateLimiter
from portico.infra.s3store import S3Store
from portico.infra.telemetry import Metrics
from portico.settings import Limits
from tests import s3
from tests.asgi import Answer, Browser
from tests.files.conftest import Elsewhere, MakeImages
from tests.files.test_content import png


@pytest.fixture
def browser(files: FilesService, ada: Principal) -> Browser:
    return browser_of(files, ada)


def browser_of(files: FilesService, ada: Principal) -> Browser:
    api = FastAPI()
    install_errors(api)
    api.include_router(FilesRoutes(files).router, prefix="/api")
    api.dependency_overrides[get_args(Who)[1].dependency] = lambda: ada
    return Browser(RequestContext(SecurityHeaders(BodyLimit(api)), Metrics()))


async def put(browser: Browser, path: str, data: bytes) -> Answer:
    scope = browser._scope("PUT", path, data, {"content-type": "application/octet-stream"})
    return await browser._exchange(scope, data)


async def uploaded(browser: Browser, data: bytes, name: str, media_type: str) -> str:
    file_id = new_id()
    announced = await browser.post("/api/files", {"id": file_id, "name": name, "size": len(data), "media_type": media_type})
    assert (announced.status, announced.json["part_size"], announced.json["status"]) == (201, 900_000, "uploading")
    assert (await put(browser, f"/api/files/{file_id}/parts/0", data)).status == 204
    finished = await browser.post(f"/api/files/{file_id}")
    assert (finished.status, finished.json["status"]) == (200, "ready")
    return file_id


async def test_an_image_is_shown_and_never_run(browser: Browser) -> None:
    data = png(4, 3)
    file_id = await uploaded(browser, data, 'bild "ä".png', "image/png")
    answer = await browser.get(f"/api/files/{file_id}/content")
    assert answer.body == data
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''bild%20%22%C3%A4%22.png"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
async def test_everything_else_is_saved(browser: Browser) -> None:
    file_id = await uploaded(browser, b"<script>alert(1)</script>", "x.html", "text/html")
    answer = await browser.get(f"/api/files/{file_id}/content")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
async def test_a_part_over_the_limit_is_refused_before_it_is_read(browser: Browser) -> None:
    answer = await put(browser, f"/api/files/{new_id()}/parts/0", b"x" * 900_001)
    assert (answer.status, answer.code) == (413, "body_too_large")


async def test_a_deleted_file_is_not_found(browser: Browser) -> None:
    file_id = await uploaded(browser, b"text", "a.txt", "text/plain")
    assert (await browser.delete(f"/api/files/{file_id}")).status == 204
    answer = await browser.get(f"/api/files/{file_id}/content")
    assert (answer.status, answer.code) == (404, "file_not_found")


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
@pytest.mark.parametrize(
    "change", [{"size": -1}, {"size": "3"}, {"name": ""}, {"media_type": "nonsense"}, {"name": "a\0b"}, {"more": 1}, {"id": "x" * 37}]
)
async def test_a_bad_announcement_is_refused_by_its_field(browser: Browser, change: dict[str, object]) -> None:
    body = {"id": new_id(), "name": "a", "size": 3, "media_type": "text/plain", **change}
    answer = await browser.post("/api/files", body)
    assert (answer.status, answer.code) == (422, "invalid_request")


async def test_a_file_whose_bytes_cannot_be_read_is_an_error_and_no_empty_file(browser: Browser, db: Database) -> None:
    file_id = await uploaded(browser, b"text", "a.txt", "text/plain")
    async with db.transaction() as tx:
        await tx.execute("DELETE FROM object_chunks")
    answer = await browser.get(f"/api/files/{file_id}/content")
    assert (answer.status, answer.headers["content-type"], answer.code) == (500, "application/problem+json", "object_missing")


async def test_a_file_in_a_bucket_is_saved_from_there_but_an_image_is_not(db: Database, ada: Principal) -> None:
    with s3.serve_s3() as address:
        files = FilesService(db, S3Store(s3.place(address), links_by=address), Limits(), RateLimiter(db))
        browser = browser_of(files, ada)
        text = await uploaded(browser, b"hello", "notes.txt", "text/plain")
        answer = await browser.get(f"/api/files/{text}/content")
        assert (answer.status, answer.headers["cache-control"]) == (307, "no-store")
        saved = await asyncio.to_thread(requests.get, answer.headers["location"], timeout=10)
        assert (saved.content, saved.headers["content-disposition"]) == (b"hello", "attachment; filename*=UTF-8''notes.txt")
        image = await uploaded(browser, png(3, 4), "a.png", "image/png")
        assert (await browser.get(f"/api/files/{image}/content")).body == png(3, 4)


async def test_an_image_of_another_site_is_shown_to_the_own_page_alone(make_images: MakeImages, ada: Principal, site: Elsewhere) -> None:
    api = FastAPI()
    install_errors(api)
    api.include_router(ImageRoutes(make_images()).router, prefix="/api")
    api.dependency_overrides[get_args(Who)[1].dependency] = lambda: ada
    browser = Browser(RequestContext(SecurityHeaders(BodyLimit(api)), Metrics()))
    address = f"/api/images?url={quote(site.put('/a', png(4, 3)), safe='')}"
    answer = await browser.get(address, sec_fetch_dest="image")
    assert (answer.status, answer.headers["content-type"], answer.body) == (200, "image/png", png(4, 3))
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, max-age=86400"
    assert "set-cookie" not in answer.headers
    for header in (
        {"sec_fetch_dest": "document"},
        {"sec_fetch_dest": "iframe"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "none"},
    ):
        refused = await browser.get(address, **header)
        assert (refused.status, refused.code) == (403, "forbidden")
    assert (await browser.get("/api/images?url=http://169.254.169.254/")).code == "address_refused"
    assert (await browser.get("/api/images?url=")).code == "address_refused"
    assert (await browser.get("/api/images")).code == "invalid_request"
