"""`/conversations/{id}/shares` and `/shares` for owners, `/shared/{token}` for whoever has a link."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from portico.accounts.middleware import AtDoor, Who
from portico.files.routes import content_response
from portico.ids import ConversationId, FileId, MessageId, ShareId
from portico.infra.http import Page, decode_cursor, encode_cursor, page, problems
from portico.shares.service import FIRST, ShareService
from portico.shares.shapes import NewShare, SharedShape, SharePatch, ShareShape

IdInPath = Annotated[str, Path(max_length=64)]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]
NO_INDEX = {"x-robots-tag": "noindex, nofollow, noarchive"}
_FILE: dict[int | str, dict[str, object]] = {
    200: {"description": "The file", "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


class ShareRoutes:
    """The routes of shares; `router` is mounted under /api."""

    def __init__(self, shares: ShareService) -> None:
        self._shares = shares
        self.router = APIRouter(tags=["shares"])
        add, of_conversation = self.router.add_api_route, "/conversations/{conversation_id}/shares"
        add(of_conversation, self.list_of, methods=["GET"], response_model=Page[ShareShape], responses=problems(404))
        add(
            of_conversation,
            self.create,
            methods=["POST"],
            status_code=201,
            response_model=ShareShape,
            responses=problems(403, 404, 409, 429),
        )
        add("/shares", self.list, methods=["GET"], response_model=Page[ShareShape])
        add("/shares/{share_id}", self.change, methods=["PATCH"], response_model=ShareShape, responses=problems(403, 404))
        add("/shares/{share_id}", self.revoke, methods=["DELETE"], status_code=204, response_class=Response, responses=problems(404))
        add("/shared/{token}", self.read, methods=["GET"], response_model=SharedShape, responses=problems(404, 429))
        file = "/shared/{token}/files/{shared_file_id}"
        add(file, self.file, methods=["GET"], response_class=Response, responses={**_FILE, **problems(404, 429)})

    async def list_of(self, who: Who, conversation_id: IdInPath) -> Page[ShareShape]:
        """List the links to one conversation that still open something, newest first."""
        found = await self._shares.list(who, conversation_id=ConversationId(conversation_id), limit=100)
        return page([ShareShape.of(share) for share in found])

    async def create(self, who: Who, conversation_id: IdInPath, body: NewShare) -> ShareShape:
        """Make a link to a branch as it is now; what is written later is not shown."""
        return ShareShape.of(await self._shares.create(who, ConversationId(conversation_id), body.terms()))

    async def list(self, who: Who, cursor: Cursor = None, limit: Limit = 50) -> Page[ShareShape]:
        """List all of the caller's links that still open something, newest first."""
        before = decode_cursor(cursor, tuple[str])[0] if cursor else FIRST
        found = await self._shares.list(who, before=before, limit=limit + 1)
        items = [ShareShape.of(share) for share in found[:limit]]
        return page(items, encode_cursor(items[-1].id) if len(found) > limit else None)

    async def change(self, who: Who, share_id: IdInPath, body: SharePatch) -> ShareShape:
        """Move a link to the present end of a branch, or change its time and what it shows."""
        return ShareShape.of(await self._shares.change(who, ShareId(share_id), body.change()))

    async def revoke(self, who: Who, share_id: IdInPath) -> Response:
        """Take a link back."""
        await self._shares.revoke(who, ShareId(share_id))
        return Response(status_code=204)

    async def read(self, entry: AtDoor, token: IdInPath, response: Response, cursor: Cursor = None) -> SharedShape:
        """Read what a link shows. Nobody need be signed in, and it makes no difference who is."""
        after = MessageId(decode_cursor(cursor, tuple[str])[0]) if cursor else None
        response.headers.update(NO_INDEX)
        return SharedShape.of(await self._shares.read(token, entry.visit.address, after=after))

    async def file(self, entry: AtDoor, token: IdInPath, shared_file_id: IdInPath) -> Response:
        """Send an image that stands in what a link shows."""
        found = await self._shares.file(token, entry.visit.address, FileId(shared_file_id))
        response = await content_response(*found, cache="no-store")
        response.headers.update(NO_INDEX)
        return response
