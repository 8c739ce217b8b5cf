"""State sync: what was written for a user since a revision, which clients read to load again only that.

Every write to what a client may have cached is recorded in its own transaction. Writers record it before they touch a conversation:
that gives all of them one order of locks, the user's counter first.
"""

from dataclasses import dataclass

from portico.accounts.changes import ChangeKind, Touch
from portico.accounts.changes import record_change as record
from portico.accounts.changes import record_changes as record_all
from portico.errors import PorticoError
from portico.ids import UserId
from portico.infra.db import Database, Transaction

PAGE = 500
KEPT_MS = 30 * 24 * 3600 * 1000

SINCE = "SELECT rev, kind, id, deleted FROM changes WHERE user_id = :user AND rev > :rev ORDER BY rev LIMIT :limit"
STATE = """
SELECT (SELECT rev FROM user_revs WHERE user_id = :user) AS current, (SELECT min(rev) FROM changes WHERE user_id = :user) AS oldest
"""
PURGE = """
DELETE FROM changes WHERE (user_id, rev) IN (SELECT user_id, rev FROM changes WHERE at < {now} - :kept_ms ORDER BY at LIMIT :limit)
"""


class ResyncNeeded(PorticoError):
    """The changes after this revision are not kept any more, or the store was set back; `rev` is the revision now."""

    code = "resync"
    title = "Gone"
    status = 410
    default_detail = "Load everything again and go on from the revision that stands in `rev`."


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
        raise ResyncNeeded(rev=now)
    found = tuple(Change(row["rev"], row["kind"], row["id"], bool(row["deleted"])) for row in rows[:limit])
    return Changes(found[-1].rev if found else rev, len(rows) > limit, found)


async def purge(tx: Transaction, *, limit: int = 5000) -> int:
    """Remove changes older than 30 days, at most `limit` of them, and return how many."""
    return await tx.execute(PURGE, kept_ms=KEPT_MS, limit=limit)


__all__ = ["Change", "ChangeKind", "Changes", "ResyncNeeded", "Touch", "current", "purge", "record", "record_all", "since"]
