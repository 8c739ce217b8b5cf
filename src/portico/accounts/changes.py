"""The log of what changed for a user, from which open pages learn what to load again (`GET /sync`)."""

from typing import Literal

from portico.accounts.models import require_row
from portico.ids import UserId
from portico.infra.db import Transaction

ChangeKind = Literal["conversation", "message", "settings", "user", "provider"]
# The row lock of the counter orders the commits of one user; a shared sequence would let a later number become visible first.
_NEXT_REV = """
INSERT INTO user_revs (user_id, rev) VALUES (:user_id, 1)
ON CONFLICT (user_id) DO UPDATE SET rev = user_revs.rev + 1 RETURNING rev
"""
_INSERT = "INSERT INTO changes (user_id, rev, kind, id, deleted, at) VALUES (:user_id, :rev, :kind, :id, :deleted, {now})"


async def record_change(tx: Transaction, user_id: UserId, kind: ChangeKind, object_id: str, *, deleted: bool = False) -> int:
    """Write one change for `user_id` and return its revision. Take it last in a transaction: it locks the user's counter."""
    row = await tx.fetch_one(_NEXT_REV, user_id=user_id)
    rev: int = require_row(row)["rev"]
    await tx.execute(_INSERT, user_id=user_id, rev=rev, kind=kind, id=object_id, deleted=deleted)
    return rev
