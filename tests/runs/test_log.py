"""The fenced chunk log, on both stores."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portico.access.principal import Principal
from portico.ids import ProcessId, RunId, new_id
from portico.infra.db import Database
from portico.infra.dberrors import Duplicate
from portico.runs import events as e
from portico.runs import log
from portico.runs.log import Chunk
from tests.runs.conftest import World, queued
from tests.runs.strategies import LOGS


def texts(first: int, last: int) -> list[e.LogEvent]:
    return [e.TextDelta(seq=seq, attempt=1, text=f"t{seq} '\"\u2028世") for seq in range(first, last + 1)]


def chunk(run_id: RunId, events: list[e.LogEvent]) -> Chunk:
    text = b"[" + b",".join(map(e.encode, events)) + b"]"
    return Chunk(run_id, events[0].seq, events[-1].seq, 1, text.decode())


def some_run() -> RunId:
    return RunId(new_id())


async def append(world: World, *chunks: Chunk) -> bool:
    """Whether all of them were appended, each by a statement of its own as they come in time."""
    return all([await log.append(world.db, world.lease.id, [one]) == {one.run_id} for one in chunks])


async def test_what_was_appended_is_read_in_order(world: World) -> None:
    run = some_run()
    assert await append(world, chunk(run, texts(1, 3)))
    assert await append(world, chunk(run, texts(4, 4)))
    assert await log.read(world.db, run) == texts(1, 4)


@pytest.mark.parametrize(("after", "first"), [(0, 1), (2, 3), (3, 4), (5, 6)])
async def test_a_cursor_inside_a_chunk_cuts_it(world: World, after: int, first: int) -> None:
    run = some_run()
    await append(world, chunk(run, texts(1, 3)), chunk(run, texts(4, 5)))
    assert await log.read(world.db, run, after=after) == texts(first, 5)


async def test_many_runs_are_read_at_once_each_from_its_own_cursor(world: World) -> None:
    one, two, silent = some_run(), some_run(), some_run()
    await append(world, chunk(one, texts(1, 3)), chunk(two, texts(1, 2)), chunk(silent, texts(1, 1)))
    found = await log.read_many(world.db, [(one, 1), (two, 0), (silent, 1)])
    assert found == {one: texts(2, 3), two: texts(1, 2)}


async def test_who_is_buried_appends_nothing_at_all(world: World) -> None:
    run = some_run()
    assert not await log.append(world.db, ProcessId(new_id()), [chunk(run, texts(1, 1))])
    assert await log.read(world.db, run) == []


async def test_a_chunk_that_does_not_follow_on_the_log_is_left_out_and_the_others_are_not(world: World) -> None:
    whole, cut = some_run(), some_run()
    await append(world, chunk(whole, texts(1, 2)), chunk(cut, texts(1, 2)))
    written = await log.append(world.db, world.lease.id, [chunk(whole, texts(3, 4)), chunk(cut, texts(4, 5))])
    assert written == {whole}
    assert await log.last_seqs(world.db, [whole, cut]) == {whole: 4, cut: 2}


async def test_however_small_the_log_was_when_it_was_planned_an_append_does_not_read_all_of_it(world: World, store_url: str) -> None:
    if store_url.startswith("sqlite"):
        pytest.skip("SQLite has no plan that reads a table at once")
    runs = [some_run() for _ in range(1000)]
    assert await log.append(world.db, world.lease.id, [chunk(run, texts(1, 1)) for run in runs]) == set(runs)
    rows = [chunk(run, texts(2, 2)).row() for run in runs]
    plan = await world.db.alone(f"EXPLAIN {log.APPEND}", me=world.lease.id, chunk=rows)
    assert plan
    assert not [row for row in plan if "Seq Scan on run_chunks" in row["QUERY PLAN"]]


async def test_the_same_seq_is_never_stored_twice(world: World) -> None:
    run = some_run()
    await append(world, chunk(run, texts(1, 3)))
    with pytest.raises(Duplicate):
        await append(world, chunk(run, texts(1, 3)))
    assert await log.read(world.db, run) == texts(1, 3)


async def test_the_last_seq_is_known_of_runs_with_and_without_a_log(world: World) -> None:
    one, silent = some_run(), some_run()
    await append(world, chunk(one, texts(1, 3)), chunk(one, texts(4, 7)))
    assert await log.last_seqs(world.db, [one, silent]) == {one: 7, silent: 0}


async def test_only_logs_of_runs_that_ended_long_enough_ago_are_erased(world: World, who: Principal) -> None:
    old, fresh, running = [(await queued(world, who)).id for _ in range(3)]
    await append(world, *(chunk(run, texts(1, 1)) for run in (old, fresh, running)))
    async with world.db.transaction() as tx:
        await tx.execute("UPDATE runs SET finished = {now} - 100000 WHERE id = :id", id=old)
        await tx.execute("UPDATE runs SET finished = {now} WHERE id = :id", id=fresh)
        assert await log.trim(tx, keep_ms=60_000) == 1
    assert [bool(await log.read(world.db, run)) for run in (old, fresh, running)] == [False, True, True]


async def test_what_is_erased_at_once_is_bounded(world: World, who: Principal) -> None:
    for run in [(await queued(world, who)).id for _ in range(3)]:
        await append(world, chunk(run, texts(1, 1)))
    async with world.db.transaction() as tx:
        await tx.execute("UPDATE runs SET finished = {now} - 100000")
        assert [await log.trim(tx, keep_ms=60_000, limit=2) for _ in range(3)] == [2, 1, 0]


@given(log_events=LOGS.filter(bool), cut=st.integers(0, 25), after=st.integers(0, 25))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_however_it_was_chunked_a_reader_gets_what_stands_behind_its_cursor(
    world: World, db: Database, log_events: list[e.LogEvent], cut: int, after: int
) -> None:
    run = some_run()
    pieces = [piece for piece in (log_events[:cut], log_events[cut:]) if piece]
    await append(world, *(chunk(run, piece) for piece in pieces))
    assert await log.read(db, run, after=after) == log_events[after:]
