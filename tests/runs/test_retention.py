"""What is erased when it is over, on both stores."""

from collections.abc import Iterator

import pytest

from portico.access.principal import Principal
from portico.accounts.service import AccountsService
from portico.conversations.models import Beginning, ImagePart, ModelRef, TextPart
from portico.files.service import FilesService
from portico.ids import ConversationId, JobId, MessageId, new_id
from portico.infra.crypto import Vault
from portico.infra.db import Database
from portico.infra.jobs import Job
from portico.infra.objectstore import DatabaseStore
from portico.infra.ratelimit import RateLimiter
from portico.runs.ask import Ask
from portico.runs.dismissal import Dismissal
from portico.runs.retention import PERIODIC, Retention
from portico.settings import Access, Settings
from portico.shares.service import ShareService
from tests.runs.conftest import World, queued

JOB = Job(JobId(new_id()), "retention", "{}", 1)
DAY_MS = 86_400_000


@pytest.fixture
def retention(world: World) -> Iterator[Retention]:
    settings, limiter = Settings(access=Access(password_memory_kib=8)), RateLimiter(world.db)
    accounts = AccountsService(world.db, settings, limiter)
    files = FilesService(world.db, DatabaseStore(world.db), settings.limits, limiter)
    shares = ShareService(world.db, Vault(world.db, ()), accounts, world.conversations, world.messages, files, limiter)
    dismissal = Dismissal(world.db, accounts.users, world.service)
    yield Retention(world.db, accounts, world.conversations, files, world.service, dismissal, limiter, world.jobs, shares)
    accounts.close()


async def count(db: Database, table: str) -> int:
    row = await db.fetch_one(f"SELECT count(*) AS n FROM {table}")
    assert row is not None
    return row["n"]


async def change(db: Database, text: str) -> None:
    async with db.transaction() as tx:
        await tx.execute(text)


async def test_a_log_is_kept_for_a_minute_after_its_run(retention: Retention, world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 5 rate 0")
    await world.ended(who, accepted.run.id)
    await retention.run(JOB)
    assert await count(world.db, "run_chunks") > 0
    await change(world.db, "UPDATE runs SET finished = finished - 61000")
    await retention.run(JOB)
    assert await count(world.db, "run_chunks") == 0
    assert await count(world.db, "messages") == 2


async def test_who_never_answers_a_tools_question_finds_the_run_interrupted(retention: Retention, world: World, who: Principal) -> None:
    run = await queued(world, who)
    await change(world.db, "UPDATE runs SET state = 'needs_user', needs_user_until = 9000000000000")
    await retention.run(JOB)
    assert (await world.service.get(who, run.id)).state == "needs_user"
    await change(world.db, "UPDATE runs SET needs_user_until = 1")
    await retention.run(JOB)
    assert (await world.service.get(who, run.id)).state == "interrupted"
    assert await count(world.db, "holds") == 0


async def test_what_was_deleted_long_ago_is_erased_for_good(retention: Retention, world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 5 rate 0")
    await world.ended(who, accepted.run.id)
    await world.conversations.delete(who, accepted.message.conversation)
    await retention.run(JOB)
    assert await count(world.db, "conversations") == 1, "it can be restored"
    await change(world.db, f"UPDATE conversations SET deleted_at = deleted_at - {DAY_MS}")
    await retention.run(JOB)
    assert (await count(world.db, "conversations"), await count(world.db, "messages")) == (0, 0)


async def test_the_images_of_an_erased_conversation_go_unless_another_one_shows_them(
    retention: Retention, world: World, who: Principal
) -> None:
    drawn = (await world.ended(who, (await world.send(who, "/image 20x10")).run.id)).conversation_id
    files = await world.db.fetch("SELECT id, media_type FROM files")
    shown = ImagePart(files[0]["id"], "image/png")
    ask = Ask((shown, TextPart("/echo seen")), ModelRef("demo", "demo-echo"), beginning=Beginning())
    asked = await world.service.send(who, ConversationId(new_id()), MessageId(new_id()), None, ask)
    await world.ended(who, asked.run.id)
    for conversation, left in ((drawn, 1), (asked.message.conversation, 0)):
        await world.conversations.delete(who, conversation)
        await retention.run(JOB)
        assert await count(world.db, "files") == 1, "the conversation can be restored"
        await change(world.db, f"UPDATE conversations SET deleted_at = deleted_at - {DAY_MS}")
        await retention.run(JOB)
        await retention.run(JOB)  # the bytes may stay until the next time
        assert (await count(world.db, "files"), await count(world.db, "object_chunks")) == (left, left)


async def test_a_temporary_conversation_goes_when_its_time_is_over(retention: Retention, world: World, who: Principal) -> None:
    passing = ConversationId(new_id())
    await world.conversations.create(who, passing, Beginning(temporary=True))
    await retention.run(JOB)
    assert await count(world.db, "conversations") == 1
    await change(world.db, f"UPDATE conversations SET expires_at = expires_at - {DAY_MS + 1000}")
    await retention.run(JOB)
    assert await count(world.db, "conversations") == 0


async def test_old_hints_dead_sessions_and_finished_jobs_go(retention: Retention, world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 5 rate 0")
    await world.ended(who, accepted.run.id)
    await change(world.db, f"UPDATE changes SET at = at - {31 * DAY_MS}")
    await change(world.db, f"UPDATE jobs SET state = 'done', finished = created - {8 * DAY_MS}")
    await change(
        world.db,
        f"INSERT INTO sessions (id, user_id, token_hash, kind, auth_epoch, created, last_used, expires, idle_expires) "
        f"VALUES ('s', '{who.user_id}', 'h', 'session', 1, 1, 1, 2, 2)",
    )
    await retention.run(JOB)
    assert [await count(world.db, table) for table in ("changes", "jobs", "sessions")] == [0, 0, 0]


async def test_what_is_still_in_use_stays(retention: Retention, world: World, who: Principal) -> None:
    await queued(world, who)
    tables = ("runs", "messages", "conversations", "holds", "changes", "processes")
    before = [await count(world.db, table) for table in tables]
    await retention.run(JOB)
    assert [await count(world.db, table) for table in tables] == before


def test_it_comes_round_every_minute() -> None:
    assert [(periodic.kind, periodic.every_ms) for periodic in PERIODIC] == [("retention", 60_000)]


async def test_an_ended_account_goes_after_all_that_belonged_to_it(retention: Retention, world: World, who: Principal) -> None:
    run = await queued(world, who)
    await world.service.cancel(who, run.id)
    await change(world.db, "UPDATE messages SET status = 'stopped'")
    await change(world.db, "UPDATE users SET status = 'deleted'")
    for _ in range(2):
        await retention.run(JOB)
    assert [await count(world.db, table) for table in ("conversations", "messages", "users")] == [0, 0, 0]


async def test_what_escaped_the_end_of_its_account_is_stopped_soon(retention: Retention, world: World, who: Principal) -> None:
    run = await queued(world, who)
    await retention.run(JOB)
    assert (await world.service.get(who, run.id)).state == "queued"
    await change(world.db, "UPDATE users SET status = 'suspended'")
    await retention.run(JOB)
    assert (await world.service.get(who, run.id)).state == "cancelled"
