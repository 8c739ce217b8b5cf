"""Search in titles and messages. One function makes the terms of what is stored and of what is asked, for both databases.

Words are Unicode letters and digits without case and accents. Scripts that write without spaces are cut into pairs of characters and
single characters, so that a Chinese word of two characters is one term. Neither database tokenizes anything itself.

Each entry also holds a term for its owner, so that the index leaves other people's texts out before any row is read or counted. Who may
see what is decided by the condition of `policy.visible` in the same query, not by that term.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from portico.access import policy
from portico.access.principal import Principal
from portico.conversations.models import decode_parts, plain_text
from portico.ids import ConversationId, MessageId, UserId
from portico.infra.db import Database, Row, Transaction
from portico.infra.sql import match_query

MAX_TEXT = 200_000  # characters of one message that are indexed
MAX_TERMS_BYTES = 900_000  # PostgreSQL holds at most 1 MB of terms in one row
MAX_TERM = 64
MAX_QUERY_TERMS = 24
MAX_MATCHES = 3000  # the newest texts that match: a word that stands in more needs another one beside it
SNIPPET = 160
LEAD = 48  # characters before the hit

# Accents of Latin, Greek, Cyrillic, Hebrew and Arabic. The marks that tell か from が are letters: they stay.
_ACCENT = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_WORD = re.compile(r"[^\W_]+")
# Han, Kana, Bopomofo, Hangul; then Thai, Lao, Myanmar and Khmer, which write without spaces too.
_SPACELESS = re.compile(
    "[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+"
)

ENTRY = """
INSERT INTO search_entries (object_id, conversation_id) VALUES (:object, :conversation)
ON CONFLICT (object_id) DO UPDATE SET conversation_id = excluded.conversation_id RETURNING n
"""
FORGET = "DELETE FROM message_search WHERE rowid = :n"
INSERT = """
INSERT INTO message_search (rowid, conversation_id, object_id, terms) VALUES (:n, :conversation, :object, {terms:terms})
"""
FIND = """
SELECT c.id, c.title, c.archived, c.updated, max(CASE WHEN hits.object_id = c.id THEN '' ELSE hits.object_id END) AS message
FROM (
  SELECT message_search.conversation_id, message_search.object_id FROM message_search
  WHERE {{match:message_search.terms:query}} ORDER BY {{newest:message_search.rowid}} LIMIT :newest) AS hits
JOIN conversations c ON c.id = hits.conversation_id
WHERE c.deleted_at IS NULL AND c.expires_at IS NULL AND {visible} {after}
GROUP BY c.id, c.title, c.archived, c.updated ORDER BY c.updated DESC, c.id DESC LIMIT :limit
"""
AFTER = "AND (c.updated, c.id) < (CAST(:updated AS bigint), CAST(:id AS text))"
TEXTS = "SELECT m.id, m.parts FROM {rows:hits(id text)} JOIN messages m ON m.id = hits.id"
PURGE = """
DELETE FROM message_search WHERE rowid IN (
  SELECT e.n FROM {rows:gone(id text)} JOIN search_entries e ON e.conversation_id = gone.id)
"""
PURGE_ENTRIES = "DELETE FROM search_entries WHERE conversation_id IN (SELECT gone.id FROM {rows:gone(id text)})"


@dataclass(frozen=True, slots=True)
class Hit:
    """One conversation with its newest message that matches; `message` is None when only the title does."""

    conversation: ConversationId
    title: str
    message: MessageId | None
    snippet: str
    archived: bool
    updated: int


@dataclass(frozen=True, slots=True)
class Hits:
    """`after` is the sort key to go on from, None at the end."""

    items: tuple[Hit, ...]
    after: tuple[int, str] | None


def normalise(text: str) -> str:
    """Fold width, case and accents: what should be found as the same becomes the same."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", _ACCENT.sub("", apart).casefold())


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """The different words of normalised text, cut where a spaceless script begins or ends; True marks such a script."""
    for word in dict.fromkeys(_WORD.findall(text)):
        if word.isascii():
            yield word, False
            continue
        end = 0
        for match in _SPACELESS.finditer(word):
            if match.start() > end:
                yield word[end : match.start()], False
            yield match[0], True
            end = match.end()
        if end < len(word):
            yield word[end:], False


def terms(text: str) -> list[str]:
    """The terms under which `text` is found, each once."""
    found: dict[str, None] = {}
    for run, spaceless in _runs(normalise(text[:MAX_TEXT])):
        if spaceless:
            found.update(dict.fromkeys(run))
            found.update(dict.fromkeys(_pairs(run)))
        else:
            found[run[:MAX_TERM]] = None
    return _fitting(list(found))


def _fitting(found: list[str]) -> list[str]:
    """As many of the terms as a row can hold: all of them, but for texts that are no language."""
    if sum(map(len, found)) * 4 + len(found) <= MAX_TERMS_BYTES:
        return found
    size = 0
    for count, term in enumerate(found):
        size += len(term.encode()) + 1
        if size > MAX_TERMS_BYTES:
            return found[:count]
    return found


def query_terms(text: str) -> list[str]:
    """The terms that a text must have to be an answer to `text`: whole words, and the pairs of a spaceless run."""
    found: dict[str, None] = {}
    for run, spaceless in _runs(normalise(text)):
        found.update(dict.fromkeys((_pairs(run) or [run]) if spaceless else [run[:MAX_TERM]]))
    return list(found)[:MAX_QUERY_TERMS]


def _pairs(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)]


def snippet(text: str, query: str) -> str:
    """The surroundings of the first hit in `text`, on one line, cut with ellipses; its beginning when nothing is hit."""
    line = " ".join(text[:MAX_TEXT].split())
    start = max(0, _first_hit(line, query) - LEAD)
    cut = line[start : start + SNIPPET]
    return ("…" if start else "") + cut + ("…" if start + SNIPPET < len(line) else "")


def _first_hit(line: str, query: str) -> int:
    """Where the first of the query's words begins in `line`; 0 when folding moved the places too much to tell."""
    words = [run for run, _ in _runs(normalise(query))] + query_terms(query)
    folded = normalise(line)
    if len(folded) != len(line):
        folded = line.lower() if len(line.lower()) == len(line) else line
    places = [place for word in words if (place := folded.find(word)) >= 0]
    return places[0] if places else 0


async def index(
    tx: Transaction, owner: UserId, conversation_id: ConversationId, object_id: str, text: str, *, is_new: bool = False
) -> None:
    """Make `text` findable as this message, or as the title when `object_id` is the conversation's own; replaces what was there."""
    rows = await tx.fetch(ENTRY, object=object_id, conversation=conversation_id)
    n: int = rows[0]["n"]
    if not is_new:
        await tx.execute(FORGET, n=n)
    await tx.execute(INSERT, n=n, conversation=conversation_id, object=object_id, terms=" ".join([_owner_term(owner), *terms(text)]))


def _owner_term(owner: UserId) -> str:
    """One word of ASCII letters and digits, which both databases keep whole."""
    return "owner" + owner.replace("-", "")


async def forget(tx: Transaction, conversation_ids: list[ConversationId]) -> None:
    """Remove everything of these conversations from the index."""
    gone = [(conversation_id,) for conversation_id in conversation_ids]
    await tx.execute(PURGE, gone=gone)
    await tx.execute(PURGE_ENTRIES, gone=gone)


async def find(db: Database, who: Principal, query: str, *, after: tuple[int, str] | None = None, limit: int = 20) -> Hits:
    """Find the conversations of `who` that hold every word of `query`, the last one as a beginning of two letters or more; last used first.

    Only the newest 3,000 texts that match are looked at, so that a word that is everywhere costs no more than another.
    """
    wanted = query_terms(query)
    if not wanted:
        return Hits((), None)
    visible = policy.visible(who, "conversation", alias="c")
    place = {"updated": after[0], "id": after[1]} if after else {}
    match = match_query([_owner_term(who.user_id), *wanted], dialect=db.dialect, prefix_last=len(wanted[-1]) > 1)
    sql = FIND.format(visible=visible.sql, after=AFTER if after else "")
    rows = await db.fetch(sql, query=match, newest=MAX_MATCHES, limit=limit + 1, **visible.params, **place)
    texts = await _texts(db, rows[:limit])
    items = tuple(_hit(row, texts.get(row["message"]), query) for row in rows[:limit])
    return Hits(items, (items[-1].updated, items[-1].conversation) if len(rows) > limit else None)


async def _texts(db: Database, rows: Sequence[Row]) -> dict[MessageId, str]:
    hits = [(row["message"],) for row in rows if row["message"]]
    if not hits:
        return {}
    found = await db.fetch(TEXTS, hits=hits)
    return {row["id"]: plain_text(decode_parts(row["parts"])) for row in found}


def _hit(row: Row, text: str | None, query: str) -> Hit:
    message = row["message"] or None
    shown = snippet(row["title"] if text is None else text, query)
    return Hit(row["id"], row["title"], message, shown, bool(row["archived"]), row["updated"])
