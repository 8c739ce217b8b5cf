"""Work that ends although its caller leaves."""

import asyncio

import pytest

from portico.infra.waiting import settled


async def test_work_ends_however_often_its_caller_is_cancelled() -> None:
    done: list[str] = []

    async def work() -> None:
        await asyncio.sleep(0.02)
        done.append("all of it")

    caller = asyncio.create_task(settled(asyncio.ensure_future(work())))
    for _ in range(3):
        await asyncio.sleep(0.001)
        caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done == ["all of it"]


async def test_who_stays_hears_how_the_work_failed() -> None:
    async def work() -> None:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        await settled(asyncio.ensure_future(work()))


async def test_of_who_leaves_nobody_is_told_and_nothing_complains() -> None:
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))

    async def work() -> None:
        await asyncio.sleep(0.01)
        raise LookupError("nothing there")

    caller = asyncio.create_task(settled(asyncio.ensure_future(work())))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await asyncio.sleep(0)
    assert complaints == []
