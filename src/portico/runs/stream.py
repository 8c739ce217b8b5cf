"""What a viewer is sent: replay from the cursor, then follow, on any process. Frames: event, reset, state, end, bye, sync."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec

from portico.access import policy
from portico.access.principal import Principal
from portico.conversations import changes
from portico.conversations.messages import MessageNotFound, MessageService
from portico.conversations.models import Message
from portico.errors import LimitReached
from portico.ids import RunId
from portico.infra import sse
from portico.infra.db import Database
from portico.infra.dberrors import DatabaseUnavailable
from portico.runs import log
from portico.runs.core import TERMINAL
from portico.runs.live import Buffer, Hub, Viewer, Watch
from portico.runs.models import COLUMNS, run_of

MAX_WATCHES = 50
OPENED = b": open\n\n"
RUN = f"SELECT {COLUMNS} FROM runs WHERE id = :id"
VISIBLE = "SELECT runs.id AS id FROM {{rows:ask(id text)}} JOIN runs ON runs.id = ask.id WHERE {visible}"


class TooManyStreams(LimitReached):
    """The person has as many pages open as one may have."""

    code = "too_many_streams"
    default_detail = "Close some of your other tabs with Portico and try again."


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a client is in a run; without attempt and seq it has nothing yet."""

    run_id: RunId
    at: tuple[int, int] | None


class Streams:
    """Opens streams. `recheck` says whether a principal still holds; `render` makes the JSON of a message."""

    def __init__(
        self,
        db: Database,
        hub: Hub,
        messages: MessageService,
        recheck: Callable[[Principal], Awaitable[bool]],
        render: Callable[[Message, RunId, str], bytes],
        *,
        per_user: int,
    ) -> None:
        self._db = db
        self._hub = hub
        self._messages = messages
        self._recheck = recheck
        self._render = render
        self._per_user = per_user

    async def open(self, who: Principal, cursors: Sequence[Cursor], *, sync: bool, since: int | None) -> Viewer:
        """Attach a viewer to those of the runs that `who` may see. Raises TooManyStreams, DatabaseUnavailable."""
        self._require_seat(who)
        allowed: set[str] = set()
        if cursors:
            visible = policy.visible(who, "run", alias="runs")
            ask = [(cursor.run_id,) for cursor in cursors]
            rows = await self._db.fetch(VISIBLE.format(visible=visible.sql), ask=ask, **visible.params)
            allowed = {row["id"] for row in rows}
        watches = [Watch(cursor.run_id, *(cursor.at or (0, 0))) for cursor in cursors if cursor.run_id in allowed]
        rev = None
        if sync:
            rev = await changes.current(self._db, who.user_id)
        self._require_seat(who)  # others have come meanwhile; from here on nothing is waited for until the viewer has entered
        viewer = Viewer(who, watches, sync_rev=rev)
        viewer.told_rev = since if since is not None else rev
        return viewer

    def _require_seat(self, who: Principal) -> None:
        mine = sum(viewer.who.user_id == who.user_id for viewer in self._hub.viewers)
        if mine >= self._per_user:
            raise TooManyStreams(limit=self._per_user)

    async def frames(self, viewer: Viewer, *, single: bool = False) -> AsyncGenerator[bytes]:
        """Send until the client goes, its rights end, or the process drains; with `single`, until its run has ended."""
        self._hub.enter(viewer)
        try:
            yield OPENED
            while True:
                await viewer.woken.wait()
                viewer.woken.clear()
                if viewer.recheck_due and not await self._still_holds(viewer):
                    return
                for watch in viewer.watches.values():
                    if watch.ended:
                        continue
                    buffer = self._hub.find(watch.run_id)
                    if buffer is not None and watch.told == (buffer.state, buffer.place) and viewer in buffer.viewers:
                        if (frame := _catch_up(buffer, watch)) is not None:
                            yield frame
                        continue
                    async for frame in self._advance(viewer, watch):
                        yield frame
                for frame in _notes(viewer):
                    yield frame
                if viewer.bye_ms is not None:
                    yield sse.encode("bye", msgspec.json.encode({"retry_ms": viewer.bye_ms}))
                    return
                if single and all(watch.ended for watch in viewer.watches.values()):
                    return
        finally:
            self._hub.exit(viewer)

    async def _still_holds(self, viewer: Viewer) -> bool:
        viewer.recheck_due = False
        try:
            return await self._recheck(viewer.who)
        except DatabaseUnavailable:
            return True  # nobody's rights can have been changed by a database that nobody reaches

    async def _advance(self, viewer: Viewer, watch: Watch) -> AsyncGenerator[bytes]:
        """Bring one run up to date on this connection."""
        buffer = self._hub.find(watch.run_id) or await self._load(watch)
        if buffer is None:
            return
        buffer.viewers.add(viewer)
        if (frame := _catch_up(buffer, watch)) is not None:
            yield frame
        if buffer.state in TERMINAL:
            async for frame in self._end(viewer, watch, buffer):
                yield frame
        elif watch.told != (buffer.state, buffer.place):
            watch.told = (buffer.state, buffer.place)
            yield _state(watch.run_id, buffer)

    async def _load(self, watch: Watch) -> Buffer | None:
        """A run that is not answered here: read it and its log, and have the tick follow it. None during an outage: the tick wakes us."""
        try:
            row = await self._db.fetch_one(RUN, id=watch.run_id)
            if row is None:
                watch.ended = True
                return None
            run = run_of(row)
            logged = await log.read(self._db, run.id)
        except DatabaseUnavailable:
            return None
        found = self._hub.find(watch.run_id)
        if found is not None:
            return found
        buffer = Buffer(run)
        if logged:
            buffer.append(logged)
            buffer.trim(buffer.last_seq)
        self._hub.remote[run.id] = buffer
        return buffer

    async def _end(self, viewer: Viewer, watch: Watch, buffer: Buffer) -> AsyncGenerator[bytes]:
        watch.ended = True
        buffer.viewers.discard(viewer)
        if not buffer.viewers:
            self._hub.remote.pop(watch.run_id, None)
        try:
            message = await self._messages.require(self._db, viewer.who, buffer.run.message_id)
        except MessageNotFound:
            return
        except DatabaseUnavailable:
            watch.ended = False
            return
        body = b'{"run":"%b","message":%b}' % (watch.run_id.encode(), self._render(message, buffer.run.id, buffer.state))
        yield sse.encode("end", body)


def _catch_up(buffer: Buffer, watch: Watch) -> bytes | None:
    """The events behind the cursor, or a reset where they do not lead from what the client has to what is."""
    if watch.attempt == buffer.attempt and watch.seq == buffer.last_seq:
        return None
    run = watch.run_id.encode()
    fresh = buffer.after(watch.seq) if watch.attempt == buffer.attempt and watch.seq <= buffer.last_seq else None
    if watch.attempt == 0 and buffer.last_seq == 0:
        watch.attempt = buffer.attempt  # a client that has nothing, of a run that has nothing
        return None
    watch.attempt, watch.seq = buffer.attempt, buffer.last_seq
    cursor = f"{watch.attempt}.{watch.seq}"
    if fresh is None:
        parts = msgspec.json.encode(buffer.draft.parts())
        return sse.encode("reset", b'{"run":"%b","attempt":%d,"seq":%d,"parts":%b}' % (run, watch.attempt, watch.seq, parts), cursor)
    if not fresh:
        return None
    return sse.encode("event", b'{"run":"%b","events":[%b]}' % (run, fresh), cursor)


def _state(run_id: RunId, buffer: Buffer) -> bytes:
    return sse.encode("state", msgspec.json.encode({"run": run_id, "state": buffer.state, "place": buffer.place}))


def _notes(viewer: Viewer) -> list[bytes]:
    """A ping and a sync hint, when they are due."""
    out: list[bytes] = []
    if viewer.sync_rev is not None and (viewer.told_rev is None or viewer.sync_rev > viewer.told_rev):
        viewer.told_rev = viewer.sync_rev
        out.append(sse.encode("sync", msgspec.json.encode({"rev": viewer.sync_rev})))
    if viewer.ping_due:
        viewer.ping_due = False
        out.append(sse.PING)
    return out
