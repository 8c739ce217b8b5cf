"""`/runs`, `/events`, and the verbs on messages that begin a run."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query

from portico.access.principal import Principal
from portico.accounts.middleware import OwnPage, Who
from portico.conversations.messages import MessageService
from portico.conversations.models import ModelRef, Part
from portico.conversations.routes import BadId
from portico.conversations.shapes import ref
from portico.errors import Invalid
from portico.files.service import FilesService
from portico.ids import ConversationId, FileId, MessageId, RunId, is_id
from portico.infra.db import Database
from portico.infra.http import problems
from portico.infra.ratelimit import RateLimiter
from portico.infra.sse import StreamResponse, parse_cursor
from portico.runs import comparison, shapes
from portico.runs.ask import Again, Ask
from portico.runs.service import NotAnswerable, RunService
from portico.runs.stream import MAX_WATCHES, Cursor, Streams
from portico.usage import ledger

IdInPath = Annotated[str, Path(max_length=64)]
CallInPath = Annotated[str, Path(max_length=200)]
_WATCH = re.compile(r"([0-9a-f-]{36})(?::(\d{1,9}\.\d{1,15}))?")


class BadWatch(Invalid):
    """The list of runs to watch cannot be read."""

    code = "bad_watch"
    default_detail = f"Write runs=<id>:<attempt>.<seq>,... with at most {MAX_WATCHES} runs."


class RunRoutes:
    def __init__(
        self,
        runs: RunService,
        streams: Streams,
        messages: MessageService,
        files: FilesService,
        db: Database,
        limiter: RateLimiter,
        *,
        per_minute: int,
    ) -> None:
        self._runs = runs
        self._messages = messages
        self._files = files
        self._streams = streams
        self._db = db
        self._limiter = limiter
        self._per_minute = per_minute
        self.router = APIRouter(tags=["runs"])
        self._add_questions()
        self._add_answers()
        self._add_runs()

    def _add_questions(self) -> None:
        def add(path: str, endpoint: object, *statuses: int) -> None:
            self.router.add_api_route(
                path,
                endpoint,  # pyright: ignore[reportArgumentType] -- every endpoint is a bound coroutine of this class
                methods=["POST"],
                status_code=202,
                response_model=shapes.AcceptedShape,
                responses=problems(404, 409, *statuses),
            )

        add("/conversations/{conversation_id}/messages", self.send)
        add("/messages/{message_id}/edit", self.edit)
        add("/messages/{message_id}/regenerate", self.regenerate)
        add("/runs/{run_id}/continue", self.continue_answer)

    def _add_answers(self) -> None:
        self.router.add_api_route(
            "/messages/{message_id}/answers", self.answers, methods=["GET"], response_model=shapes.AnswersShape, responses=problems(404)
        )

    def _add_runs(self) -> None:
        add = self.router.add_api_route
        add("/runs/{run_id}", self.get, methods=["GET"], response_model=shapes.RunShape, responses=problems(404))
        add(
            "/runs/{run_id}/cancel",
            self.cancel,
            methods=["POST"],
            status_code=202,
            response_model=shapes.RunShape,
            responses=problems(404),
        )
        add(
            "/runs/{run_id}/approvals/{call}",
            self.approve,
            methods=["POST"],
            status_code=202,
            response_model=shapes.RunShape,
            responses=problems(404, 409),
        )
        page = [OwnPage]
        add(
            "/runs/{run_id}/events",
            self.events,
            methods=["GET"],
            dependencies=page,
            status_code=200,
            response_class=EventStream,
            responses=problems(403, 404),
        )
        add(
            "/events",
            self.all_events,
            methods=["GET"],
            dependencies=page,
            status_code=200,
            response_class=EventStream,
            responses=problems(403),
        )
        add("/usage", self.usage, methods=["GET"], response_model=shapes.UsageShape)

    async def send(self, who: Who, conversation_id: IdInPath, body: shapes.SendBody) -> shapes.AcceptedShape:
        """Send a message and begin its answer, or one of each model. Sending the same `id` and body again gives the same answers.

        All of the answers begin or wait in the queue, or the request is refused and nothing is stored.
        """
        compare_with = tuple(ModelRef(each.provider, each.model) for each in body.compare_with)
        model = ModelRef(body.model.provider, body.model.model)
        if len({model, *compare_with}) <= len(compare_with):
            raise Invalid("Name each model once.")
        await self._limit(who.user_id, 1 + len(compare_with))
        target = _new_id(conversation_id)
        beginning = None if body.conversation is None else body.conversation.beginning()
        ask = Ask(await self._parts(who, body.parts), model, body.reasoning_effort, beginning, compare_with)
        parent = None if body.parent is None else MessageId(body.parent)
        accepted = await self._runs.send(who, ConversationId(target), MessageId(body.id), parent, ask)
        return shapes.AcceptedShape.of(accepted)

    async def edit(self, who: Who, message_id: IdInPath, body: shapes.EditBody) -> shapes.AcceptedShape:
        """Send another version of a message: a sibling with an answer of its own."""
        await self._limit(who.user_id)
        old = await self._runs.message(who, MessageId(message_id))
        model = ref(body.model) or old.model
        if model is None:
            raise NotAnswerable("Choose a model for the answer.")
        ask = Ask(await self._parts(who, body.parts), model, body.reasoning_effort)
        return shapes.AcceptedShape.of(await self._runs.edit(who, old.id, MessageId(body.id), ask))

    async def regenerate(self, who: Who, message_id: IdInPath, body: shapes.AgainBody) -> shapes.AcceptedShape:
        """Answer again, beside the answers there are, also with another model."""
        await self._limit(who.user_id)
        again = Again(ref(body.model), compare=body.compare, shorten=body.shorten)
        return shapes.AcceptedShape.of(await self._runs.regenerate(who, MessageId(message_id), MessageId(body.id), again))

    async def answers(self, who: Who, message_id: IdInPath) -> shapes.AnswersShape:
        """Return the answers of a question that stand side by side: those that were compared last, else all there are."""
        return shapes.AnswersShape.of(await comparison.answers(self._db, self._messages, who, MessageId(message_id)))

    async def continue_answer(self, who: Who, run_id: IdInPath, body: shapes.ContinueBody) -> shapes.AcceptedShape:
        """Go on with an answer that was stopped or interrupted, as a new answer that begins with what there is."""
        await self._limit(who.user_id)
        run = await self._runs.get(who, RunId(run_id))
        accepted = await self._runs.regenerate(who, run.message_id, MessageId(body.id), Again(continue_it=True))
        return shapes.AcceptedShape.of(accepted)

    async def get(self, who: Who, run_id: IdInPath) -> shapes.RunShape:
        """Return one run."""
        run = await self._runs.get(who, RunId(run_id))
        return shapes.RunShape.of(run, await self._runs.place(run) if run.state == "queued" else None)

    async def cancel(self, who: Who, run_id: IdInPath) -> shapes.RunShape:
        """Stop a run; what it has is kept."""
        return shapes.RunShape.of(await self._runs.cancel(who, RunId(run_id)))

    async def approve(self, who: Who, run_id: IdInPath, call: CallInPath, body: shapes.ApprovalBody) -> shapes.RunShape:
        """Allow or refuse a tool call that waits for it."""
        return shapes.RunShape.of(await self._runs.approve(who, RunId(run_id), call, approved=body.approve))

    async def events(self, who: Who, run_id: IdInPath, last_event_id: Annotated[str | None, Header(max_length=64)] = None) -> "EventStream":
        """Follow one run from `Last-Event-ID: <attempt>.<seq>` to its end, on any process."""
        run = await self._runs.get(who, RunId(run_id))
        viewer = await self._streams.open(who, [Cursor(run.id, parse_cursor(last_event_id))], sync=False, since=None)
        return EventStream(self._streams.frames(viewer, single=True))

    async def all_events(
        self,
        who: Who,
        runs: Annotated[str, Query(max_length=MAX_WATCHES * 64)] = "",
        since: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    ) -> "EventStream":
        """Follow several runs, each from its cursor, and hear of changes behind the revision `since`."""
        viewer = await self._streams.open(who, _watches(runs), sync=True, since=since)
        return EventStream(self._streams.frames(viewer))

    async def usage(self, who: Who) -> shapes.UsageShape:
        """What the caller used in this month."""
        now = datetime.now(UTC)
        since_ms = int(now.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
        totals = await ledger.totals(self._db, who.user_id, since_ms=since_ms)
        return shapes.UsageShape(
            period="month", tokens_input=totals.input, tokens_output=totals.output, cost_usd=totals.cost_usd, runs=totals.runs
        )

    async def _parts(self, who: Principal, bodies: list[shapes.TextBody | shapes.ImageBody]) -> tuple[Part, ...]:
        """The parts as they are stored. Raises FileNotFound for an image that is not the caller's: it would be left out in silence."""
        for body in bodies:
            if isinstance(body, shapes.ImageBody):
                await self._files.get(who, FileId(body.file))
        return shapes.parts_of(bodies)

    async def _limit(self, user_id: str, answers: int = 1) -> None:
        await self._limiter.take(f"runs:{user_id}", self._per_minute, per_s=60, cost=answers)


class EventStream(StreamResponse):
    """The response class of the streams, for the description of the API."""

    media_type = "text/event-stream"


def _watches(text: str) -> Sequence[Cursor]:
    items = [item for item in text.split(",") if item]
    if len(items) > MAX_WATCHES:
        raise BadWatch
    cursors: list[Cursor] = []
    for item in items:
        found = _WATCH.fullmatch(item)
        if found is None:
            raise BadWatch
        cursors.append(Cursor(RunId(found[1]), parse_cursor(found[2])))
    return cursors


def _new_id(text: str) -> str:
    """An id that a conversation may be made with: a UUIDv7."""
    if not is_id(text):
        raise BadId
    return text
