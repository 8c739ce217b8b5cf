"""The append-only ledger: one `charge` a run for the person, one `cost` for every call of a provider. Balances are sums."""

from dataclasses import dataclass

from portico.ids import UserId
from portico.infra.db import Database, Transaction

ENTER = """
INSERT INTO usage_entries (
  source_kind, source_id, entry, user_id, provider, model, input, output, cached, reasoning, cost_nano, outcome, at)
VALUES (
  :source_kind, :source_id, :entry, :user, :provider, :model, :input, :output, :cached, :reasoning, CAST(:cost_nano AS bigint), :outcome,
  {now})
ON CONFLICT (source_kind, source_id, entry) DO UPDATE SET
  provider = excluded.provider, model = excluded.model, input = excluded.input, output = excluded.output, cached = excluded.cached,
  reasoning = excluded.reasoning, cost_nano = excluded.cost_nano, outcome = excluded.outcome
WHERE usage_entries.outcome = 'open'
"""
TOTALS = """
SELECT count(*) AS runs, CAST(coalesce(sum(input), 0) AS bigint) AS input, CAST(coalesce(sum(output), 0) AS bigint) AS output,
  CAST(coalesce(sum(cost_nano), 0) AS bigint) AS cost_nano
FROM usage_entries WHERE user_id = :user AND entry = 'charge' AND at >= :since
"""
CLOSE_OPEN = "UPDATE usage_entries SET outcome = 'cut' WHERE source_kind = :kind AND source_id = :id AND outcome = 'open'"
HOLD = "INSERT INTO holds (run_id, user_id, amount, expires) VALUES (:run, :user, :amount, {now} + :ttl_ms)"
SETTLE = "DELETE FROM holds WHERE run_id = :run"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one call or one answer; `input` includes `cached`, `output` includes `reasoning`."""

    input: int = 0
    output: int = 0
    cached: int = 0
    reasoning: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(self.input + other.input, self.output + other.output, self.cached + other.cached, self.reasoning + other.reasoning)

    def __sub__(self, other: "Tokens") -> "Tokens":
        return Tokens(self.input - other.input, self.output - other.output, self.cached - other.cached, self.reasoning - other.reasoning)


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens; None where nobody has said."""

    input: float | None = None
    output: float | None = None
    cached: float | None = None

    def cost_nano(self, tokens: Tokens) -> int | None:
        """The cost in billionths of a dollar; None when a price that is needed is unknown."""
        if self.input is None or self.output is None:
            return None
        cached_price = self.input if self.cached is None else self.cached
        plain = tokens.input - tokens.cached
        return round(1000 * (plain * self.input + tokens.cached * cached_price + tokens.output * self.output))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `entry` is `charge` or `cost:<attempt>.<number>`; `outcome` is open, ok, failed or cut.

    An `open` line is completed by a later one of the same name; any other is final, and entering it again changes nothing.
    """

    source_kind: str
    source_id: str
    entry: str
    user_id: UserId | None
    provider: str
    model: str
    tokens: Tokens = Tokens()
    cost_nano: int | None = None
    outcome: str = "ok"


@dataclass(frozen=True, slots=True)
class Totals:
    runs: int
    input: int
    output: int
    cost_usd: float


async def enter(tx: Transaction, entry: Entry) -> None:
    """Add a line in the caller's transaction, exactly once whatever is repeated."""
    await tx.execute(
        ENTER,
        source_kind=entry.source_kind,
        source_id=entry.source_id,
        entry=entry.entry,
        user=entry.user_id,
        provider=entry.provider,
        model=entry.model,
        input=entry.tokens.input,
        output=entry.tokens.output,
        cached=entry.tokens.cached,
        reasoning=entry.tokens.reasoning,
        cost_nano=entry.cost_nano,
        outcome=entry.outcome,
    )


async def close_open(tx: Transaction, source_kind: str, source_id: str) -> None:
    """Close the lines of calls of which nothing came back."""
    await tx.execute(CLOSE_OPEN, kind=source_kind, id=source_id)


async def hold(tx: Transaction, run_id: str, user_id: UserId, *, amount_tokens: int, ttl_ms: int) -> None:
    """Set tokens aside for a run that begins."""
    await tx.execute(HOLD, run=run_id, user=user_id, amount=amount_tokens, ttl_ms=ttl_ms)


async def settle(tx: Transaction, run_id: str) -> None:
    """Give back what was set aside; the charge stands beside it."""
    await tx.execute(SETTLE, run=run_id)


async def totals(db: Database, user_id: UserId, *, since_ms: int) -> Totals:
    """What a person used since a moment (epoch ms)."""
    row = await db.fetch_one(TOTALS, user=user_id, since=since_ms)
    if row is None:
        return Totals(0, 0, 0, 0.0)
    return Totals(row["runs"], row["input"], row["output"], row["cost_nano"] / 1e9)
