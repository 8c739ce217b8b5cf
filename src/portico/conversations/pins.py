"""How many conversations one person may have pinned, and what becomes of a pin for which there is no room any more."""

from collections.abc import Iterable
from typing import ClassVar

from portico.errors import LimitReached
from portico.ids import ConversationId, UserId
from portico.infra.db import Transaction

MAX_PINNED = 100  # of one person: they are listed all at once
PINNED = """
SELECT count(*) AS n FROM conversations
WHERE user_id = :user AND pinned = TRUE AND archived = FALSE AND deleted_at IS NULL
"""
UNPIN = """
UPDATE conversations SET pinned = FALSE WHERE id IN (
  SELECT c.id FROM {rows:returned(id text)} JOIN conversations c ON c.id = returned.id
  WHERE c.pinned = TRUE AND c.archived = FALSE ORDER BY c.updated, c.id LIMIT :excess)
"""


class TooManyPins(LimitReached):
    """The person has pinned as many conversations as one may."""

    code: ClassVar[str] = "too_many_pins"
    default_detail: ClassVar[str] = f"You have pinned {MAX_PINNED} conversations: unpin one first."


async def check(tx: Transaction, user_id: UserId) -> None:
    """Raise TooManyPins when what was just pinned was too much."""
    if await _excess(tx, user_id) > 0:
        raise TooManyPins


async def fit(tx: Transaction, user_id: UserId, returned: Iterable[ConversationId]) -> None:
    """Unpin what came back from the archive or the dead, as far as others have taken its place: first what was used longest ago.

    To come back is worth more than to come back pinned, so nothing is refused.
    """
    excess = await _excess(tx, user_id)
    if excess > 0:
        await tx.execute(UNPIN, returned=[(conversation_id,) for conversation_id in returned], excess=excess)


async def _excess(tx: Transaction, user_id: UserId) -> int:
    row = await tx.fetch_one(PINNED, user=user_id)
    return 0 if row is None else row["n"] - MAX_PINNED
