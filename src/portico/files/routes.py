"""`/files`: uploads in parts, content, deletion."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import StreamingResponse

from portico.accounts.middleware import Who
from portico.errors import Forbidden
from portico.files.models import PART_BYTES, File
from portico.files.remote import RemoteImages
from portico.files.service import FilesService
from portico.ids import FileId
from portico.infra.http import Body, problems

_Id = Annotated[str, Path(max_length=36)]
_MediaType = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-zA-Z0-9.+-]+/[a-zA-Z0-9.+-]+$")]
_CONTENT = {200: {"description": "The file", "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}
_PART = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}


_IMAGE = {200: {"description": "The image", "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}}
_SANDBOX = {"content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff"}


class AnnounceBody(Body):
    """What will be uploaded. `id` is made by the client, so that a repeated request makes no second file."""

    id: Annotated[str, StringConstraints(max_length=36)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    size: Annotated[int, Field(ge=0, le=10**13)]
    media_type: _MediaType


class FileShape(BaseModel):
    """A file. `received` are the parts that are here while it is uploading; each but the last has `part_size` bytes."""

    id: str
    name: str
    size: int
    media_type: str
    status: Literal["uploading", "ready"]
    width: int | None
    height: int | None
    part_size: int = PART_BYTES
    received: list[int]

    @classmethod
    def of(cls, file: File) -> "FileShape":
        return cls(
            id=file.id,
            name=file.name,
            size=file.size,
            media_type=file.media_type,
            status=file.status,
            width=file.width,
            height=file.height,
            received=list(file.received),
        )


class FilesRoutes:
    """The routes of files; `router` is mounted under /api."""

    def __init__(self, files: FilesService) -> None:
        self._files = files
        self.router = APIRouter(tags=["files"])
        add = self.router.add_api_route
        add("/files", self.announce, methods=["POST"], status_code=201, response_model=FileShape, responses=problems(409, 413, 429))
        add("/files/{file_id}", self.finish, methods=["POST"], response_model=FileShape, responses=problems(404, 409, 413))
        add("/files/{file_id}", self.read, methods=["GET"], response_model=FileShape, responses=problems(404))
        add("/files/{file_id}", self.delete, methods=["DELETE"], status_code=204, response_class=Response, responses=problems(404))
        add("/files/{file_id}/content", self.content, methods=["GET"], response_class=Response, responses={**_CONTENT, **problems(404)})
        add(
            "/files/{file_id}/parts/{n}",
            self.put_part,
            methods=["PUT"],
            status_code=204,
            response_class=Response,
            openapi_extra=_PART,
            responses=problems(404, 409, 413),
        )

    async def announce(self, who: Who, body: AnnounceBody) -> FileShape:
        """Begin an upload; the same id again goes on with it."""
        return FileShape.of(await self._files.announce(who, FileId(body.id), name=body.name, size=body.size, media_type=body.media_type))

    async def read(self, who: Who, file_id: _Id) -> FileShape:
        """Tell about a file, and which parts of an unfinished one are here."""
        return FileShape.of(await self._files.get(who, FileId(file_id)))

    async def put_part(self, who: Who, file_id: _Id, n: Annotated[int, Path(ge=0, le=10**7)], request: Request) -> None:
        """Store one part as raw bytes; sending it again replaces it."""
        await self._files.put_part(who, FileId(file_id), n, await request.body())

    async def finish(self, who: Who, file_id: _Id) -> FileShape:
        """Put the parts together; the type is then the one of the content."""
        return FileShape.of(await self._files.finish(who, FileId(file_id)))

    async def content(self, who: Who, file_id: _Id) -> Response:
        """Send the bytes: an image to be shown, everything else to be saved, never to be run."""
        file, data = await self._files.open(who, FileId(file_id))
        if (link := await self._files.link(file)) is not None:
            return Response(status_code=307, headers={"location": link, "cache-control": "no-store"})
        return await content_response(file, data, cache="private, max-age=3600, immutable")

    async def delete(self, who: Who, file_id: _Id) -> None:
        """Delete a file."""
        await self._files.delete(who, FileId(file_id))


async def content_response(file: File, data: AsyncIterator[bytes], *, cache: str) -> Response:
    """The bytes of a file as an answer that no browser runs: images are shown, everything else is saved.

    It waits for the first of them: what cannot be read is an error, and not a file that breaks off.
    """
    first = await anext(data, b"")

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for piece in data:
            yield piece

    kind = "inline" if file.is_image else "attachment"
    headers = {
        "content-length": str(file.size),
        "content-disposition": f"{kind}; filename*=UTF-8''{quote(file.name, safe='')}",
        "cache-control": cache,
        **_SANDBOX,
    }
    return StreamingResponse(all_of_it(), media_type=file.media_type, headers=headers)


class ImageRoutes:
    """`/images`: images of other sites."""

    def __init__(self, images: RemoteImages) -> None:
        self._images = images
        self.router = APIRouter(tags=["files"])
        self.router.add_api_route(
            "/images", self.fetch, methods=["GET"], response_class=Response, responses={**_IMAGE, **problems(403, 413, 422, 429, 502)}
        )

    async def fetch(
        self,
        who: Who,
        url: Annotated[str, Query(max_length=2000)],
        sec_fetch_site: Annotated[str, Header(include_in_schema=False)] = "same-origin",
        sec_fetch_dest: Annotated[str, Header(include_in_schema=False)] = "image",
    ) -> Response:
        """Fetch an image of another site, so that the site does not learn who reads. For `<img>` of the own page alone."""
        if sec_fetch_site != "same-origin" or sec_fetch_dest != "image":
            raise Forbidden("An image of another site is shown inside of this page only.")
        image = await self._images.fetch(who, url)
        headers = {"cache-control": "private, max-age=86400", "content-disposition": "inline", **_SANDBOX}
        return Response(image.data, media_type=image.media_type, headers=headers)
