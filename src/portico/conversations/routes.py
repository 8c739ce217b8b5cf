"""`/conversations`, `/folders`, `/search` and `/sync`. What begins a run stands in the routes of runs."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Literal, Protocol

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from portico.access.principal import Principal
from portico.accounts.middleware import Who
from portico.conversations import changes, export, search
from portico.conversations.folders import FolderService
from portico.conversations.messages import Branch, MessageService
from portico.conversations.models import Message, RunRef
from portico.conversations.organising import FolderPatch, FolderShape, NewFolder, SelectedShape, SelectionBody
from portico.conversations.selection import Selected, Selections
from portico.conversations.service import ConversationService
from portico.conversations.shapes import (
    BranchBody,
    ChangesShape,
    ConversationPatch,
    ConversationShape,
    HitShape,
    MessagePage,
    MessageShape,
    NewConversation,
    conversation_page,
)
from portico.conversations.views import View
from portico.errors import Invalid
from portico.ids import ConversationId, FolderId, MessageId, is_id
from portico.infra.db import Database
from portico.infra.http import IfMatch, Page, decode_cursor, encode_cursor, page, problems
from portico.infra.ratelimit import RateLimiter

ID = "/conversations/{conversation_id}"
IdInPath = Annotated[str, Path(max_length=64)]
FolderInQuery = Annotated[str | None, Query(max_length=64, description="The id of a folder, or `none` for what is in no folder.")]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]
Text = Annotated[str, Query(max_length=300)]
Since = Annotated[int, Query(ge=0, le=2**53)]
RunRefs = Callable[[Sequence[MessageId]], Awaitable[Mapping[MessageId, tuple[str, str]]]]
"""The run (id, state) of each message that has one."""


class PlaceQuery(BaseModel):
    """Which part of a branch is asked for: nothing is its end; `around` comes before `after`, and that before `before`."""

    leaf: str | None = Field(None, max_length=64, description="the end of another branch than the active one")
    before: str | None = Field(None, max_length=200, description="`next` of another page: what stands above it")
    after: str | None = Field(None, max_length=200, description="`previous` of another page: what stands below it on the active branch")
    around: str | None = Field(None, max_length=64, description="a message of the active branch that the page has in its middle")
    limit: int = Field(50, ge=1, le=100)


_HOUR_S = 3600
_EXPORT: dict[int | str, dict[str, object]] = {200: {"description": "The file", "content": {"application/json": {}}}}


class BadId(Invalid):
    """The id of a new object is not a UUIDv7 in canonical lower-case form."""

    code = "bad_id"
    default_detail = "Make the id a UUIDv7, written in lower case."


class Remover(Protocol):
    """The verbs of runs that delete conversations and stop what is being answered in them."""

    async def delete(self, who: Principal, conversation_id: ConversationId) -> None: ...

    async def delete_many(self, who: Principal, ids: Sequence[ConversationId]) -> Selected: ...


class ConversationRoutes:
    """The routes of conversations; `router` is mounted under /api. `run_refs` is the verb of runs that names the run of a message."""

    def __init__(
        self,
        db: Database,
        conversations: ConversationService,
        selections: Selections,
        messages: MessageService,
        remover: Remover,
        run_refs: RunRefs,
        limiter: RateLimiter,
        *,
        exports_per_hour: int,
    ) -> None:
        self._db = db
        self._conversations = conversations
        self._selections = selections
        self._messages = messages
        self._remover = remover
        self._run_refs = run_refs
        self._limiter = limiter
        self._exports_per_hour = exports_per_hour
        self.router = APIRouter(tags=["conversations"])
        self._add_conversations()
        self._add_contents()

    def _add_conversations(self) -> None:
        add, shape = self.router.add_api_route, ConversationShape
        made: dict[int | str, dict[str, object]] = {201: {"model": shape, "description": "Created"}}
        add("/conversations", self.list, methods=["GET"], response_model=Page[shape], responses=problems(404))
        add("/conversations/select", self.select, methods=["POST"], response_model=SelectedShape, responses=problems(404))
        add(ID, self.create, methods=["PUT"], response_model=shape, responses={**made, **problems(404, 409)})
        add(ID, self.get, methods=["GET"], response_model=shape, responses=problems(404))
        add(ID, self.change, methods=["PATCH"], response_model=shape, responses=problems(404, 409))
        add(ID, self.delete, methods=["DELETE"], status_code=204, response_class=Response, responses=problems(404))
        add(f"{ID}/restore", self.restore, methods=["POST"], response_model=shape, responses=problems(404))

    def _add_contents(self) -> None:
        add = self.router.add_api_route
        files: dict[int | str, dict[str, object]] = {
            200: {"description": "The file", "content": {"application/json": {}, "text/markdown": {"schema": {"type": "string"}}}}
        }
        add(f"{ID}/messages", self.messages, methods=["GET"], response_model=MessagePage, responses=problems(404))
        add(f"{ID}/branch", self.switch_branch, methods=["POST"], response_model=ConversationShape, responses=problems(404))
        add(f"{ID}/export", self.export, methods=["GET"], response_class=StreamingResponse, responses={**files, **problems(404, 409)})
        add("/export", self.export_all, methods=["GET"], response_class=StreamingResponse, responses=_EXPORT)
        add("/search", self.search, methods=["GET"], response_model=Page[HitShape])
        add("/sync", self.sync, methods=["GET"], response_model=ChangesShape, responses=problems(410))

    async def list(
        self,
        who: Who,
        folder: FolderInQuery = None,
        archived: bool = False,  # noqa: FBT001, FBT002 -- a parameter of the address
        pinned: bool | None = None,  # noqa: FBT001 -- a parameter of the address
        cursor: Cursor = None,
        limit: Limit = 30,
    ) -> Page[ConversationShape]:
        """List the caller's conversations, last used first; archived ones only when asked for, temporary ones never."""
        after = decode_cursor(cursor, tuple[int, str]) if cursor else None
        view = View(FolderId(folder) if folder is not None and folder != "none" else folder, pinned, archived)
        return conversation_page(await self._conversations.recent(who, view=view, after=after, limit=limit))

    async def select(self, who: Who, body: SelectionBody) -> SelectedShape:
        """Do one thing with up to 200 conversations at once; a deletion can be undone for 10 minutes, by `restore`."""
        if body.action == "delete":
            return SelectedShape.of(await self._remover.delete_many(who, body.chosen))
        if body.action == "restore":
            return SelectedShape.of(await self._selections.restore(who, body.chosen))
        return SelectedShape.of(await self._selections.change(who, body.chosen, body.patch()))

    async def create(self, who: Who, conversation_id: IdInPath, body: NewConversation, response: Response) -> ConversationShape:
        """Make a conversation under an id that the client made; doing it again returns what there is."""
        if not is_id(conversation_id):
            raise BadId
        made, is_new = await self._conversations.create(who, ConversationId(conversation_id), body.beginning())
        response.status_code = 201 if is_new else 200
        return ConversationShape.of(made)

    async def get(self, who: Who, conversation_id: IdInPath) -> ConversationShape:
        """Return one conversation."""
        return ConversationShape.of(await self._conversations.get(who, ConversationId(conversation_id)))

    async def change(self, who: Who, conversation_id: IdInPath, body: ConversationPatch, revision: IfMatch) -> ConversationShape:
        """Change title, model, folder, pin, archive or unread mark, or keep a temporary conversation."""
        changed = await self._conversations.change(who, ConversationId(conversation_id), body.patch(), rev=revision)
        return ConversationShape.of(changed)

    async def delete(self, who: Who, conversation_id: IdInPath) -> Response:
        """Delete a conversation and stop its answer; within 10 minutes the deletion can be undone."""
        await self._remover.delete(who, ConversationId(conversation_id))
        return Response(status_code=204)

    async def restore(self, who: Who, conversation_id: IdInPath) -> ConversationShape:
        """Undo a deletion."""
        return ConversationShape.of(await self._conversations.restore(who, ConversationId(conversation_id)))

    async def messages(self, who: Who, conversation_id: IdInPath, place: Annotated[PlaceQuery, Query()]) -> MessagePage:
        """Return the end of the active branch, of the one that ends at `leaf`, or the messages around one of them."""
        branch = await self._branch(who, ConversationId(conversation_id), place)
        items = list(await self._with_runs(branch.items))
        above, below = (encode_cursor(end) if end else None for end in (branch.before, branch.after))
        return MessagePage.model_construct(items=items, next=above, previous=below)

    async def _branch(self, who: Who, conversation_id: ConversationId, place: PlaceQuery) -> Branch:
        if place.around:
            return await self._messages.page_around(who, conversation_id, MessageId(place.around), limit=place.limit)
        if place.after:
            top = MessageId(decode_cursor(place.after, tuple[str])[0])
            return await self._messages.page_after(who, conversation_id, top, limit=place.limit)
        above = MessageId(decode_cursor(place.before, tuple[str])[0]) if place.before else None
        end = MessageId(place.leaf) if place.leaf else None
        return await self._messages.page(who, conversation_id, leaf=end, before=above, limit=place.limit)

    async def _with_runs(self, messages: Sequence[Message]) -> "Sequence[MessageShape]":
        refs = await self._run_refs([message.id for message in messages if message.role == "assistant"])
        runs = {message_id: RunRef(*found) for message_id, found in refs.items()}
        return [MessageShape.of(message, runs.get(message.id)) for message in messages]

    async def switch_branch(self, who: Who, conversation_id: IdInPath, body: BranchBody) -> ConversationShape:
        """Make the branch through a message the active one, down to its newest leaf."""
        target = ConversationId(conversation_id)
        return ConversationShape.of(await self._conversations.switch_branch(who, target, MessageId(body.message)))

    async def export(
        self, who: Who, conversation_id: IdInPath, file_format: Annotated[Literal["json", "markdown"], Query(alias="format")] = "json"
    ) -> StreamingResponse:
        """Download a conversation: JSON with all branches, or Markdown of the active one. A temporary one answers 409."""
        found = await self._conversations.require_kept(who, ConversationId(conversation_id))
        if file_format == "json":
            content, extension, media_type = export.as_json(self._messages, found), "json", "application/json"
        else:
            content, extension, media_type = export.as_markdown(self._messages, found), "md", "text/markdown; charset=utf-8"
        headers = {"content-disposition": export.disposition(found, extension), "cache-control": "no-store"}
        return StreamingResponse(content, media_type=media_type, headers=headers)

    async def export_all(self, who: Who) -> StreamingResponse:
        """Download all of the caller's conversations as one JSON file, but temporary ones; streamed, so that any number fits."""
        await self._limiter.take(f"export:{who.user_id}", self._exports_per_hour, per_s=_HOUR_S)
        headers = {"content-disposition": 'attachment; filename="portico-export.json"', "cache-control": "no-store"}
        return StreamingResponse(
            export.everything(self._conversations, self._messages, who), media_type="application/json", headers=headers
        )

    async def search(self, who: Who, q: Text = "", cursor: Cursor = None, limit: Limit = 20) -> Page[HitShape]:
        """Find conversations by words of their titles and messages, the last word as a beginning; last used first."""
        after = decode_cursor(cursor, tuple[int, str]) if cursor else None
        hits = await search.find(self._db, who, q, after=after, limit=limit)
        return page([HitShape.of(hit) for hit in hits.items], encode_cursor(*hits.after) if hits.after else None)

    async def sync(self, who: Who, since: Since) -> ChangesShape:
        """Return what was written behind the revision `since`, at most 500 changes; 410 `resync` when that is not known any more."""
        return ChangesShape.of(await changes.since(self._db, who.user_id, since))


class FolderRoutes:
    """The routes of folders; `router` is mounted under /api."""

    def __init__(self, folders: FolderService) -> None:
        self._folders = folders
        self.router = APIRouter(tags=["conversations"])
        add, shape, place = self.router.add_api_route, FolderShape, "/folders/{folder_id}"
        made: dict[int | str, dict[str, object]] = {201: {"model": shape, "description": "Created"}}
        add("/folders", self.list, methods=["GET"], response_model=Page[shape])
        add(place, self.create, methods=["PUT"], response_model=shape, responses={**made, **problems(404)})
        add(place, self.change, methods=["PATCH"], response_model=shape, responses=problems(404, 409))
        add(place, self.delete, methods=["DELETE"], status_code=204, response_class=Response, responses=problems(404))

    async def list(self, who: Who) -> Page[FolderShape]:
        """List the caller's folders, all at once and in their order."""
        return page([FolderShape.of(folder) for folder in await self._folders.list(who)], None)

    async def create(self, who: Who, folder_id: IdInPath, body: NewFolder, response: Response) -> FolderShape:
        """Make a folder under an id that the client made; doing it again returns what there is."""
        if not is_id(folder_id):
            raise BadId
        made, is_new = await self._folders.create(who, FolderId(folder_id), body.name)
        response.status_code = 201 if is_new else 200
        return FolderShape.of(made)

    async def change(self, who: Who, folder_id: IdInPath, body: FolderPatch, revision: IfMatch) -> FolderShape:
        """Rename a folder, or move it among the others."""
        changed = await self._folders.change(who, FolderId(folder_id), name=body.name, position=body.position, rev=revision)
        return FolderShape.of(changed)

    async def delete(self, who: Who, folder_id: IdInPath) -> Response:
        """Delete a folder; its conversations stay and are in no folder."""
        await self._folders.delete(who, FolderId(folder_id))
        return Response(status_code=204)
