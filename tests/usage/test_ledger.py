import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.ids import UserId, new_id
from portico.infra.db import Database
from portico.usage import ledger
from portico.usage.ledger import Entry, Prices, Tokens

ONE = UserId(new_id())


def charge(run: str, tokens: Tokens, *, outcome: str = "ok", cost_nano: int | None = 5) -> Entry:
    return Entry("run", run, "charge", ONE, "demo", "demo", tokens, cost_nano, outcome)


async def enter(db: Database, *entries: Entry) -> None:
    async with db.transaction() as tx:
        for entry in entries:
            await ledger.enter(tx, entry)


async def test_a_charge_that_is_entered_twice_counts_once(db: Database) -> None:
    run = new_id()
    await enter(db, charge(run, Tokens(10, 20)), charge(run, Tokens(99, 99)))
    totals = await ledger.totals(db, ONE, since_ms=0)
    assert (totals.runs, totals.input, totals.output, totals.cost_usd) == (1, 10, 20, 5e-9)


async def test_an_open_line_is_completed_by_the_next_of_its_name(db: Database) -> None:
    run = new_id()
    await enter(db, charge(run, Tokens(), outcome="open"), charge(run, Tokens(7, 3)))
    assert (await ledger.totals(db, ONE, since_ms=0)).input == 7


async def test_a_call_of_which_nothing_came_back_is_closed_and_stays_so(db: Database) -> None:
    run = new_id()
    await enter(db, charge(run, Tokens(), outcome="open"))
    async with db.transaction() as tx:
        await ledger.close_open(tx, "run", run)
    await enter(db, charge(run, Tokens(7, 3)))
    assert (await ledger.totals(db, ONE, since_ms=0)).input == 0


async def test_what_a_provider_cost_is_not_charged_to_the_person(db: Database) -> None:
    await enter(db, Entry("run", new_id(), "cost:1.1", ONE, "demo", "demo", Tokens(50, 50), 100))
    assert await ledger.totals(db, ONE, since_ms=0) == ledger.Totals(0, 0, 0, 0.0)


async def test_totals_are_those_of_one_person_and_one_period(db: Database) -> None:
    await enter(db, charge(new_id(), Tokens(10, 20)))
    assert (await ledger.totals(db, UserId(new_id()), since_ms=0)).runs == 0
    assert (await ledger.totals(db, ONE, since_ms=4_000_000_000_000)).runs == 0


async def test_a_hold_is_given_back_when_the_run_ends(db: Database) -> None:
    run = new_id()
    async with db.transaction() as tx:
        await ledger.hold(tx, run, ONE, amount_tokens=1000, ttl_ms=60_000)
    assert await db.fetch_one("SELECT amount FROM holds WHERE run_id = :run", run=run)
    async with db.transaction() as tx:
        await ledger.settle(tx, run)
    assert await db.fetch_one("SELECT amount FROM holds WHERE run_id = :run", run=run) is None


@pytest.mark.parametrize(
    ("prices", "cost_nano"),
    [
        (Prices(input=2.0, output=8.0), 100 * 2000 + 50 * 8000),
        (Prices(input=2.0, output=8.0, cached=0.5), 60 * 2000 + 40 * 500 + 50 * 8000),
        (Prices(input=0.0, output=0.0), 0),
        (Prices(input=2.0), None),
        (Prices(), None),
    ],
)
def test_a_cost_follows_from_the_prices_that_are_known(prices: Prices, cost_nano: int | None) -> None:
    assert prices.cost_nano(Tokens(input=100, output=50, cached=40, reasoning=10)) == cost_nano


@given(*[st.integers(0, 10**9)] * 4, st.floats(0, 1000), st.floats(0, 1000))
def test_a_cost_is_never_negative(first: int, second: int, third: int, fourth: int, price: float, cached: float) -> None:
    tokens = Tokens(first, second) + Tokens(third, fourth, cached=third)
    cost = Prices(price, price, min(price, cached)).cost_nano(tokens)
    assert cost is not None
    assert cost >= 0
