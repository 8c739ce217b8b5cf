"""The log of what changed for a user, from which open pages learn what to load again (`GET /sync`): its writing half.

The revision is taken by an upsert of the user's one row inside the writer's transaction. The row lock orders the commits, so a reader
that has seen revision 7 never misses a 6 that commits later; a shared sequence would let the later number become visible first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from portico.ids import UserId
from portico.infra.db import Transaction

ChangeKind = Literal["conversation", "folder", "message", "settings", "user", "provider"]
_TAKE = """
INSERT INTO user_revs (user_id, rev) VALUES (:user, :count)
ON CONFLICT (user_id) DO UPDATE SET rev = user_revs.rev + excluded.rev RETURNING rev
"""
_INSERT = """
INSERT INTO changes (user_id, rev, kind, id, deleted, at)
SELECT :user, items.rev, items.kind, items.id, items.deleted, {now} FROM {rows:items(rev int, kind text, id text, deleted bool)}
"""


@dataclass(frozen=True, slots=True)
class Touch:
    """One object that was written or deleted."""

    kind: ChangeKind
    id: str
    deleted: bool = False


async def record_change(tx: Transaction, user_id: UserId, kind: ChangeKind, object_id: str, *, deleted: bool = False) -> int:
    """Write one change for `user_id` and return its revision. It locks the user's counter until the transaction ends."""
    return await record_changes(tx, user_id, [Touch(kind, object_id, deleted)])


async def record_changes(tx: Transaction, user_id: UserId, touched: Sequence[Touch]) -> int:
    """Write several changes of one transaction, and return the last revision."""
    rows = await tx.fetch(_TAKE, user=user_id, count=len(touched))
    last: int = rows[0]["rev"]
    first = last - len(touched) + 1
    items = [(first + n, touch.kind, touch.id, touch.deleted) for n, touch in enumerate(touched)]
    await tx.execute(_INSERT, user=user_id, items=items)
    return last
