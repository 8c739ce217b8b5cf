"""Writes a long conversation for the browser tests and the bench of the page, in moments: `python -m tests.e2e.seed 5000`."""

import asyncio
import sys

from portico.conversations.models import TextPart, encode_parts
from portico.ids import new_id
from portico.infra.db import Transaction, open_database
from portico.settings import load, prepare

BATCH = 500
OWNER = "SELECT id FROM users ORDER BY created, id LIMIT 1"
CONVERSATION = """
INSERT INTO conversations (id, user_id, title, title_source, provider, model, leaf_id, created, updated)
VALUES (:id, :owner, 'A long conversation', 'person', 'demo', 'demo', :leaf, {now}, {now})
"""
MESSAGES = """
INSERT INTO messages (id, conversation_id, parent_id, role, status, parts, provider, model, created, finished)
SELECT made.id, :conversation, made.parent, made.role, 'done', made.parts, 'demo', 'demo', made.created, made.created
FROM {rows:made(id text, parent text, role text, parts text, created int)}
"""
CODE = "```python\ndef square(number: int) -> int:\n    return number * number\n```"
TABLE = "| Step | Meaning |\n| --- | --- |\n| one | the first |\n| two | the second |"
LIST = "1. Read the *question*.\n2. Look at `the data`.\n3. Answer in **few** words."


def text_of(number: int) -> str:
    """The text of one message: questions are short, answers are of several kinds and lengths."""
    if number % 2 == 0:
        return f"Question {number}: what comes after {number}?"
    words = " ".join(f"word{number}x{index}" for index in range(20 + number * 37 % 90))
    return f"Answer {number}. {words}\n\n{(CODE, TABLE, LIST, '')[number // 2 % 4]}".rstrip()


async def write(tx: Transaction, count: int) -> str:
    """Write a branch of `count` messages for the first user; returns the conversation's id."""
    owner = await tx.fetch_one(OWNER)
    if owner is None:
        raise SystemExit("there is no user yet")
    conversation = new_id()
    ids = [new_id() for _ in range(count)]
    await tx.execute(CONVERSATION, id=conversation, owner=owner["id"], leaf=ids[-1])
    for start in range(0, count, BATCH):
        rows = [
            (ids[n], ids[n - 1] if n else None, ("user", "assistant")[n % 2], encode_parts((TextPart(text_of(n)),)), 1_700_000_000_000 + n)
            for n in range(start, min(count, start + BATCH))
        ]
        await tx.execute(MESSAGES, conversation=conversation, made=rows)
    return conversation


async def main(count: int) -> None:
    """Print the id of the conversation."""
    settings = prepare(load())
    db = await open_database(settings.database.url)
    try:
        async with db.transaction() as tx:
            print(await write(tx, count))
    finally:
        await db.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
