"""State sync: every write that a client may have cached gets the next revision of its user.

The revision is taken by an UPDATE of the user's one row inside the writer's transaction. The row lock orders the commits, so a reader
that has seen revision 7 never misses a 6 that commits later. Writers take it before they touch a conversation: one order of locks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from portico.errors import PorticoError
from portico.ids import UserId
from portico.infra.db import Database, Transaction

ChangeKind = Literal["conversation", "message", "settings", "user", "provider"]
PAGE = 500
KEPT_MS = 30 * 24 * 3600 * 1000

TAKE = """
INSERT INTO user_revs (user_id, rev) VALUES (:user, :count)
ON CONFLICT (user_id) DO UPDATE SET rev = user_revs.rev + excluded.rev RETURNING rev
"""
INSERT = """
INSERT INTO changes (user_id, rev, kind, id, deleted, at)
SELECT :user, items.rev, items.kind, items.id, items.deleted, {now} FROM {rows:items(rev int, kind text, id text, deleted bool)}
"""
SINCE = "SELECT rev, kind, id, deleted FROM changes WHERE user_id = :user AND rev > :rev ORDER BY rev LIMIT :limit"
STATE = """
SELECT (SELECT rev FROM user_revs WHERE user_id = :user) AS current, (SELECT min(rev) FROM changes WHERE user_id = :user) AS oldest
"""
PURGE = """
DELETE FROM changes WHERE (user_id, rev) IN (SELECT user_id, rev FROM changes WHERE at < {now} - :kept_ms ORDER BY at LIMIT :limit)
"""


class ResyncNeeded(PorticoError):
    """The changes after this revision are not kept any more, or the store was set back."""

    code = "resync"
    title = "Gone"
    status = 410
    default_detail = "Load everything again and go on from the new revision."


@dataclass(frozen=True, slots=True)
class Touch:
    """One object that was written or deleted."""

    kind: ChangeKind
    id: str
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    rev: int
    kind: ChangeKind
    id: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """`rev` is where to go on; `next` says that there are more now."""

    rev: int
    next: bool
    changes: tuple[Change, ...]


async def record(tx: Transaction, user_id: UserId, kind: ChangeKind, object_id: str, *, deleted: bool = False) -> int:
    """Note that an object of this user was written, and return the revision that the write got."""
    return await record_all(tx, user_id, [Touch(kind, object_id, deleted)])


async def record_all(tx: Transaction, user_id: UserId, touched: Sequence[Touch]) -> int:
    """Note several writes of one transaction, and return the last revision."""
    rows = await tx.fetch(TAKE, user=user_id, count=len(touched))
    last: int = rows[0]["rev"]
    first = last - len(touched) + 1
    items = [(first + n, touch.kind, touch.id, touch.deleted) for n, touch in enumerate(touched)]
    await tx.execute(INSERT, user=user_id, items=items)
    return last


async def current(db: Database | Transaction, user_id: UserId) -> int:
    """Return the user's revision now; a client that loads everything goes on from here."""
    row = await db.fetch_one("SELECT rev FROM user_revs WHERE user_id = :user", user=user_id)
    return 0 if row is None else row["rev"]


async def since(db: Database, user_id: UserId, rev: int, *, limit: int = PAGE) -> Changes:
    """Return what was written after `rev`, oldest first. Raises ResyncNeeded when that is not known any more."""
    rows = await db.fetch(SINCE, user=user_id, rev=rev, limit=limit + 1)
    # The bounds are read after the changes: what the retention takes away in between is noticed, not lost.
    state = await db.fetch_one(STATE, user=user_id)
    now: int = state["current"] or 0 if state is not None else 0
    oldest: int | None = state["oldest"] if state is not None else None
    if rev > now or (rev < now and (oldest is None or oldest > rev + 1)):
        raise ResyncNeeded
    found = tuple(Change(row["rev"], row["kind"], row["id"], bool(row["deleted"])) for row in rows[:limit])
    return Changes(found[-1].rev if found else rev, len(rows) > limit, found)


async def purge(tx: Transaction, *, limit: int = 5000) -> int:
    """Remove changes older than 30 days, at most `limit` of them, and return how many."""
    return await tx.execute(PURGE, kept_ms=KEPT_MS, limit=limit)
