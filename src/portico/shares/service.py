"""Share links: a read-only look at one branch of a conversation, for whoever has the link.

A link points at the last message of a branch. What stands above a finished message never changes, so the link shows what it showed when
it was made: neither later messages nor other branches, until its owner moves it. It copies nothing: what is deleted is gone here, too.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from itertools import takewhile

import msgspec

from portico.access import policy
from portico.access.models import Action, Resource
from portico.access.principal import Principal
from portico.accounts import tokens
from portico.accounts.service import AccountsService
from portico.audit import service as audit
from portico.conversations.messages import MessageService
from portico.conversations.models import FINAL_STATUSES, ImagePart, Message
from portico.conversations.service import ConversationService, ConversationTemporary, MessageNotFound
from portico.files.models import File
from portico.files.service import FileNotFound, FilesService
from portico.ids import ConversationId, FileId, MessageId, ShareId, new_id
from portico.infra.crypto import Place, Vault
from portico.infra.db import Database, Row, Transaction
from portico.infra.ratelimit import RateLimiter
from portico.shares.models import (
    MAX_SHARES,
    Change,
    NothingToShare,
    Share,
    Shared,
    ShareGone,
    ShareNotFound,
    ShareTooLong,
    SharingOff,
    Terms,
    TooManyShares,
)

DAY_MS = 86_400_000
PAGE = 100
MAX_TOKEN = 64
READS_PER_MINUTE = 600  # of one address: an office behind one router
MISS_COST = 20  # a secret that opens nothing counts like so many reads: 30 guesses a minute, and no read after them
_PURPOSE = "shares"
_COLUMNS = """
id, user_id, conversation_id, sealed_token, leaf_id, title, author, details, messages, files, created, updated, renewed, expires
"""
_INSERT = f"""
INSERT INTO shares (id, user_id, conversation_id, token_hash, sealed_token, leaf_id, title, author, details, messages, files,
  created, updated, renewed, expires)
VALUES (:id, :user_id, :conversation_id, :token_hash, :sealed_token, :leaf_id, :title, :author, :details, :messages, :files,
  {{now}}, {{now}}, {{now}}, {{now}} + CAST(:life_ms AS bigint)) RETURNING {_COLUMNS}
"""
_MOVE = "UPDATE shares SET leaf_id = :leaf_id, title = :title, messages = :messages, files = :files, updated = {now} WHERE id = :id"
_SHOW = "UPDATE shares SET author = :author, details = :details WHERE id = :id"
_RENEW = "UPDATE shares SET renewed = {now}, expires = {now} + CAST(:life_ms AS bigint) WHERE id = :id"
_LIVE = "(expires IS NULL OR expires > {now}) AND (CAST(:cap_ms AS bigint) IS NULL OR renewed + CAST(:cap_ms AS bigint) > {now})"
_LIST = f"SELECT {_COLUMNS} FROM shares s WHERE {{visible}} AND {_LIVE} {{of}} AND id < :before ORDER BY id DESC LIMIT :limit"
_OF_CONVERSATION = "AND conversation_id = :conversation_id"
_ONE = f"SELECT {_COLUMNS} FROM shares s WHERE {{visible}} AND id = :id {{for_update}}"
_BY_TOKEN = f"SELECT {_COLUMNS} FROM shares WHERE token_hash = :token_hash AND {_LIVE}"
_COUNT = "SELECT count(*) AS n FROM shares WHERE user_id = :user_id"
FIRST = "~"  # sorts behind every id


class ShareService:
    """The verbs on share links: those of their owners, and the two of their readers."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        accounts: AccountsService,
        conversations: ConversationService,
        messages: MessageService,
        files: FilesService,
        limiter: RateLimiter,
    ) -> None:
        self._db = db
        self._vault = vault
        self._accounts = accounts
        self._conversations = conversations
        self._messages = messages
        self._files = files
        self._limiter = limiter

    async def create(self, who: Principal, conversation_id: ConversationId, terms: Terms) -> Share:
        """Make a link to one of the caller's conversations.

        Raises ConversationNotFound, MessageNotFound for a leaf outside of it, Forbidden, SharingOff, ShareTooLong, NothingToShare,
        TooManyShares, ConversationTemporary.
        """
        await self._require_allowed(terms.days)
        share_id, token = ShareId(new_id()), tokens.new_link_token()
        sealed = await self._vault.seal(_PURPOSE, token, _place(share_id))
        author = await self._author(who) if terms.show_name else ""
        async with self._db.transaction() as tx:
            conversation = await self._conversations.require(tx, who, conversation_id)
            policy.require(who, Action("share", "create"), Resource(conversation.id, conversation.user_id))
            if conversation.expires is not None:
                raise ConversationTemporary
            count = await tx.fetch_one(_COUNT, user_id=who.user_id)
            if count is not None and count["n"] >= MAX_SHARES:
                raise TooManyShares
            branch = await self._branch(tx, conversation.id, terms.leaf or conversation.leaf)
            row = await tx.fetch_one(
                _INSERT,
                id=share_id,
                user_id=who.user_id,
                conversation_id=conversation.id,
                token_hash=tokens.hash_token(token),
                sealed_token=sealed,
                title=conversation.title,
                author=author,
                details=terms.details,
                life_ms=_life_ms(terms.days),
                **_extent(branch),
            )
            if row is None:
                raise ShareNotFound
            await audit.record(tx, who, "share.created", audit.Object("share", share_id), _facts(conversation.id, terms))
        return replace(_share(row), token=token)

    async def list(
        self, who: Principal, *, conversation_id: ConversationId | None = None, before: str = FIRST, limit: int = 50
    ) -> list[Share]:
        """Return the caller's links that still open something, newest first. Raises ConversationNotFound."""
        if conversation_id is not None:
            await self._conversations.require(self._db, who, conversation_id)
        visible = policy.visible(who, "share", alias="s")
        statement = _LIST.replace("{visible}", visible.sql).replace("{of}", _OF_CONVERSATION if conversation_id else "")
        values = {"conversation_id": conversation_id} if conversation_id else {}
        cap_ms = _life_ms((await self._accounts.preferences.instance()).share_max_days)
        rows = await self._db.fetch(statement, before=before, limit=limit, cap_ms=cap_ms, **values, **visible.params)
        return [await self._with_token(row) for row in rows]

    async def change(self, who: Principal, share_id: ShareId, change: Change) -> Share:
        """Move a link to another branch or a later message, or change who is named, what is shown and for how long.

        Raises ShareNotFound, ConversationNotFound, MessageNotFound, SharingOff, ShareTooLong, NothingToShare.
        """
        if change.days is not msgspec.UNSET:
            await self._require_allowed(change.days)
        author = await self._author(who) if change.show_name is True else ""
        async with self._db.transaction() as tx:
            share = await self._require(tx, who, share_id)
            policy.require(who, Action("share", "change"), Resource(share.id, share.user_id))
            conversation = await self._conversations.require(tx, who, share.conversation)
            if change.leaf is not None:
                branch = await self._branch(tx, conversation.id, change.leaf)
                await tx.execute(_MOVE, id=share.id, title=conversation.title, **_extent(branch))
            if change.days is not msgspec.UNSET:
                await tx.execute(_RENEW, id=share.id, life_ms=_life_ms(change.days))
            await tx.execute(
                _SHOW,
                id=share.id,
                author=share.author if change.show_name is None else author,
                details=share.details if change.details is None else change.details,
            )
            await audit.record(tx, who, "share.changed", audit.Object("share", share.id), {"fields": change.fields()})
            row = await self._row(tx, who, share_id)
        return await self._with_token(row)

    async def revoke(self, who: Principal, share_id: ShareId) -> None:
        """Take a link back: it opens nothing from now on. Raises ShareNotFound."""
        async with self._db.transaction() as tx:
            share = await self._require(tx, who, share_id)
            policy.require(who, Action("share", "delete"), Resource(share.id, share.user_id))
            await tx.execute("DELETE FROM shares WHERE id = :id", id=share.id)
            await audit.record(tx, who, "share.revoked", audit.Object("share", share.id), {"conversation": share.conversation})

    async def read(self, token: str, address: str, *, after: MessageId | None = None, limit: int = PAGE) -> Shared:
        """Return what a link shows, from behind the message `after`. `address` is the reader's. Raises ShareGone, RateLimited."""
        share = await self._open(token, address)
        tree = await self._conversations.tree(self._db, share.conversation)
        path = tree.path(share.leaf) if share.leaf in tree else []
        start = path.index(after) + 1 if after is not None and after in path else 0
        wanted = path[start : start + limit]
        messages = await self._messages.along(wanted)
        return Shared(share, tuple(messages), wanted[-1] if start + limit < len(path) else None)

    async def file(self, token: str, address: str, file_id: FileId) -> tuple[File, AsyncIterator[bytes]]:
        """Return a file that stands in the shared branch, and its bytes. Raises ShareGone, FileNotFound, RateLimited."""
        share = await self._open(token, address)
        if file_id not in share.files:
            raise FileNotFound
        return await self._files.open_of(share.user_id, file_id)

    async def prune(self, tx: Transaction) -> int:
        """Erase links whose time is over; return how many."""
        return await tx.execute("DELETE FROM shares WHERE expires <= {now}")

    async def _open(self, token: str, address: str) -> Share:
        key = f"share:{address}"
        await self._limiter.take(key, READS_PER_MINUTE, per_s=60)
        share = await self._find(token) if len(token) <= MAX_TOKEN else None
        if share is None:
            await self._limiter.take(key, READS_PER_MINUTE, per_s=60, cost=MISS_COST)
            raise ShareGone
        return share

    async def _find(self, token: str) -> Share | None:
        """The link of this secret, if everything still stands behind it: its time, its owner, its conversation and the instance's leave."""
        instance = await self._accounts.preferences.instance()
        cap_ms = _life_ms(instance.share_max_days)
        row = await self._db.fetch_one(_BY_TOKEN, token_hash=tokens.hash_token(token), cap_ms=cap_ms)
        if row is None or not instance.sharing:
            return None
        share = _share(row)
        if await self._accounts.users.active(share.user_id) is None:
            return None
        return share if await self._conversations.owner(self._db, share.conversation) == share.user_id else None

    async def _require_allowed(self, days: int | None) -> None:
        instance = await self._accounts.preferences.instance()
        if not instance.sharing:
            raise SharingOff
        if instance.share_max_days is not None and (days is None or days > instance.share_max_days):
            raise ShareTooLong(max_days=instance.share_max_days)

    async def _author(self, who: Principal) -> str:
        user = await self._accounts.users.active(who.user_id)
        return user.name if user else ""

    async def _branch(self, tx: Transaction, conversation_id: ConversationId, leaf: MessageId | None) -> Sequence[Message]:
        """The branch down to `leaf`, cut off before the first message that is still being written: its text is not known yet."""
        branch = await self._messages.branch(tx, conversation_id, leaf) if leaf is not None else []
        if leaf is not None and not branch:
            raise MessageNotFound
        finished = list(takewhile(lambda message: message.status in FINAL_STATUSES, branch))
        if not any(message.role == "assistant" for message in finished):
            raise NothingToShare
        return finished

    async def _row(self, tx: Transaction, who: Principal, share_id: ShareId) -> Row:
        visible = policy.visible(who, "share", alias="s")
        row = await tx.fetch_one(_ONE.replace("{visible}", visible.sql), id=share_id, **visible.params)
        if row is None:
            raise ShareNotFound
        return row

    async def _require(self, tx: Transaction, who: Principal, share_id: ShareId) -> Share:
        return _share(await self._row(tx, who, share_id))

    async def _with_token(self, row: Row) -> Share:
        share = _share(row)
        return replace(share, token=await self._vault.open(_PURPOSE, row["sealed_token"], _place(share.id)))


def _place(share_id: ShareId) -> Place:
    return Place("shares", "sealed_token", share_id)


def _life_ms(days: int | None) -> int | None:
    return None if days is None else days * DAY_MS


def _extent(branch: Sequence[Message]) -> dict[str, str | int]:
    """What a branch opens: its last message, how many there are, and the files in them."""
    files = sorted({part.file for message in branch for part in message.parts if isinstance(part, ImagePart)})
    return {"leaf_id": branch[-1].id, "messages": len(branch), "files": msgspec.json.encode(files).decode()}


def _facts(conversation_id: ConversationId, terms: Terms) -> audit.Detail:
    return {"conversation": conversation_id, "days": terms.days, "details": terms.details, "show_name": terms.show_name}


def _share(row: Row) -> Share:
    return Share(
        id=row["id"],
        user_id=row["user_id"],
        conversation=row["conversation_id"],
        leaf=row["leaf_id"],
        title=row["title"],
        author=row["author"],
        details=bool(row["details"]),
        messages=row["messages"],
        files=msgspec.json.decode(row["files"], type=frozenset[str]),
        created=row["created"],
        updated=row["updated"],
        renewed=row["renewed"],
        expires=row["expires"],
    )
