"""Bytes under immutable keys in an S3 bucket.

Up to 5 MiB go straight to their key in one request. More are streamed in several parts to a draft, which the bucket itself then copies to
the key: the key holds the hash of all bytes, so it is not known before the last of them. Nothing that is not whole ever stands under a key.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import obstore
from obstore import exceptions as failures
from obstore.store import S3Store as Bucket

from portico.errors import Unavailable
from portico.infra.objectstore import CHUNK_BYTES, ObjectMissing, Stored, checked_key, pieces_of

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config  # exist for the type checker only

ONE_REQUEST_BYTES = 5 * 1024 * 1024  # the least size of a part of a multipart upload
_CONNECT_S, _REQUEST_S, _RETRY_S, _RETRIES = 5, 60, 20, 3


class ObjectStoreUnavailable(Unavailable):
    """The object store does not answer, or refuses."""

    code = "object_store_unavailable"
    default_detail = "Files cannot be read or stored at the moment: try again soon. An administrator can run `portico doctor`."


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket and how it is reached. Without an access key the ambient credentials of the machine or pod are used."""

    bucket: str
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = ""
    path_style: bool = False
    prefix: str = ""

    def open(self, *, endpoint: str = "") -> Bucket:
        """Return a client; `endpoint` replaces the place's own."""
        address = endpoint or self.endpoint
        client: ClientConfig = {
            "allow_http": address.startswith("http://"),
            "connect_timeout": timedelta(seconds=_CONNECT_S),
            "timeout": timedelta(seconds=_REQUEST_S),
        }
        config: S3Config = {"region": self.region, "virtual_hosted_style_request": not self.path_style}
        if address:
            config["endpoint"] = address
        if self.access_key:
            config["access_key_id"], config["secret_access_key"] = self.access_key, self.secret_key
        retry: RetryConfig = {"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=_RETRY_S)}
        return Bucket(self.bucket, prefix=self.prefix or None, config=config, client_options=client, retry_config=retry)


@contextmanager
def _told() -> Generator[None]:
    """Turn the client's errors into ours; what the bucket said stays in the cause, which goes to the log."""
    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise ObjectStoreUnavailable("The bucket of the object store does not exist: an administrator must make it.") from error
        raise ObjectMissing from error
    except failures.BaseError as error:
        raise ObjectStoreUnavailable from error


class S3Store:
    """Objects in a bucket. `links_by` is the endpoint under which browsers reach it ("" is the bucket's own); None gives them no links."""

    def __init__(self, place: Place, *, links_by: str | None = None) -> None:
        self._bucket = place.open()
        self._public = None if links_by is None else place.open(endpoint=links_by)

    async def put(self, data: AsyncIterator[bytes], scope: str, *, name: str = "") -> Stored:
        digest, size = hashlib.sha256(), 0
        head = bytearray()
        pieces = pieces_of(data)
        async for piece in pieces:
            digest.update(piece)
            size += len(piece)
            head += piece
            if len(head) >= ONE_REQUEST_BYTES:
                break
        else:
            key = checked_key(f"{digest.hexdigest()}-{scope}")
            with _told():
                await obstore.put_async(self._bucket, _path(key), bytes(head), attributes=_attributes(name), use_multipart=False)
            return Stored(key, digest.hexdigest(), size)

        async def all_of_it() -> AsyncIterator[bytes]:
            nonlocal size
            yield bytes(head)
            head.clear()
            async for piece in pieces:
                digest.update(piece)
                size += len(piece)
                yield piece

        draft = f"drafts/{secrets.token_hex(16)}"
        with _told():
            # A stream that breaks off, or a caller that goes, aborts the multipart upload: its parts go with it.
            await obstore.put_async(
                self._bucket, draft, all_of_it(), attributes=_attributes(name), chunk_size=ONE_REQUEST_BYTES, max_concurrency=2
            )
            key = checked_key(f"{digest.hexdigest()}-{scope}")
            await obstore.copy_async(self._bucket, draft, _path(key))
            await obstore.delete_async(self._bucket, draft)
        return Stored(key, digest.hexdigest(), size)

    async def get(self, key: str) -> AsyncIterator[bytes]:
        with _told():
            found = await obstore.get_async(self._bucket, _path(checked_key(key)))
            async for piece in found.stream(min_chunk_size=CHUNK_BYTES):
                yield bytes(piece)

    async def delete(self, key: str) -> None:
        with _told():
            await obstore.delete_async(self._bucket, _path(checked_key(key)))

    async def sweep(self, older_s: float) -> int:
        before = datetime.now(UTC) - timedelta(seconds=older_s)
        count = 0
        with _told():
            pages = obstore.list(self._bucket, prefix="drafts")  # pyright: ignore[reportUnknownMemberType] -- its other overloads name Arrow
            async for page in pages:
                old = [item["path"] for item in page if item["last_modified"] < before]
                if old:
                    await obstore.delete_async(self._bucket, old)
                count += len(old)
        return count

    async def link(self, key: str, *, expires_s: int) -> str | None:
        """Return an address under which a browser may save the object for some seconds; None where browsers do not reach the bucket."""
        if self._public is None:
            return None
        with _told():
            return await obstore.sign_async(self._public, "GET", _path(checked_key(key)), timedelta(seconds=expires_s))


def _path(key: str) -> str:
    return f"{key[:2]}/{key}"


def _attributes(name: str) -> dict[str, str]:
    """What the bucket itself tells a browser: whatever the bytes are, they are saved and not shown or run."""
    file = f"; filename*=UTF-8''{quote(name, safe='')}" if name else ""
    return {"Content-Type": "application/octet-stream", "Content-Disposition": f"attachment{file}"}
