"""The files of images in messages, and which of them nothing shows any more when conversations are erased."""

from collections.abc import Iterable, Mapping, Sequence

from portico.conversations.models import ImagePart, decode_parts
from portico.ids import ConversationId, FileId, UserId
from portico.infra.db import Row, Transaction

IN = """
SELECT c.user_id, m.parts FROM {rows:gone(id text)} JOIN conversations c ON c.id = gone.id JOIN messages m ON m.conversation_id = c.id
WHERE m.parts LIKE '%"type":"image"%'
"""
OF_USER = """
SELECT c.user_id, m.parts FROM conversations c JOIN messages m ON m.conversation_id = c.id
WHERE c.user_id = :user AND m.parts LIKE '%"type":"image"%'
"""


async def inside(tx: Transaction, conversations: Sequence[ConversationId]) -> Mapping[UserId, frozenset[FileId]]:
    """The files that stand in these conversations, by their owners."""
    rows = await tx.fetch(IN, gone=[(conversation_id,) for conversation_id in conversations])
    return {user: _files(row for row in rows if row["user_id"] == user) for user in {UserId(row["user_id"]) for row in rows}}


async def unused(tx: Transaction, candidates: Mapping[UserId, frozenset[FileId]]) -> Mapping[UserId, frozenset[FileId]]:
    """Those of the files that stand in no conversation of their owner, not even in one that was deleted and can be restored."""
    return {user: files - _files(await tx.fetch(OF_USER, user=user)) for user, files in candidates.items()}


def _files(rows: Iterable[Row]) -> frozenset[FileId]:
    return frozenset(FileId(part.file) for row in rows for part in decode_parts(row["parts"]) if isinstance(part, ImagePart))
