"""The invariants I1 to I8 of docs/explanation/runs.md, checked over the store and over every page's transcript."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from portico.conversations.models import TextPart, decode_parts
from portico.infra.db import Database, Row
from portico.runs.core import TERMINAL
from portico.runs.events import TextDelta, decode_log
from tests.chaos.client import Transcript
from tests.chaos.upstream import whole_text

LATE_MS = 1_000  # one tick, and what a busy machine adds to it


@dataclass
class Verdict:
    """How often each invariant was looked at, and what broke it."""

    checked: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    broken: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def check(self, name: str, fine: bool, what: str) -> None:
        self.checked[name] += 1
        if not fine:
            self.broken[name].append(what)

    @property
    def violations(self) -> int:
        return sum(map(len, self.broken.values()))


@dataclass(frozen=True)
class Store:
    """What the drill left behind, by id; chunks and ledger lines by run."""

    runs: dict[str, Row]
    messages: dict[str, Row]
    chunks: dict[str, list[Row]]
    entries: dict[str, dict[str, Row]]


async def _read(db: Database) -> Store:
    chunks: defaultdict[str, list[Row]] = defaultdict(list)
    for row in await db.fetch("SELECT run_id, first_seq, last_seq, attempt, owner, at, events FROM run_chunks ORDER BY run_id, last_seq"):
        chunks[row["run_id"]].append(row)
    entries: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    for row in await db.fetch("SELECT source_id, entry, output, outcome FROM usage_entries WHERE source_kind = 'run'"):
        entries[row["source_id"]][row["entry"]] = row
    runs = {row["id"]: row for row in await db.fetch("SELECT * FROM runs")}
    messages = {row["id"]: row for row in await db.fetch("SELECT id, parent_id, role, status, parts FROM messages")}
    return Store(runs, messages, chunks, entries)


async def judge(
    db: Database, transcripts: Sequence[Transcript], upstream_calls: dict[str, int], crashes: int, *, late_ms: int = LATE_MS
) -> Verdict:
    """Check everything. `upstream_calls` counts the model server's calls by seed; `crashes` bounds the calls that never left."""
    verdict = Verdict()
    store = await _read(db)
    runs, messages, entries = store.runs, store.messages, store.entries
    for row in runs.values():
        if row["state"] in ("interrupted", "failed"):
            verdict.endings[str(msgspec.json.decode(row["error"] or "{}").get("code"))] += 1
    holds = await db.fetch("SELECT run_id FROM holds")
    verdict.check("I5", not holds, f"{len(holds)} holds are left")
    _check_pairs(verdict, runs, messages)
    for transcript in transcripts:
        if transcript.acked:
            _check_one(verdict, transcript, store, upstream_calls, late_ms)
        for fault in transcript.faults:
            verdict.check(fault[:2] if fault[0] == "I" else "I1", fine=False, what=f"seed {transcript.seed}: {fault}")
    spare = sum(len([name for name in found if name.startswith("cost")]) for found in entries.values()) - sum(upstream_calls.values())
    verdict.check("I5", -0.5 < spare <= crashes * 60, f"{spare} cost lines more than calls")
    return verdict


def _check_pairs(verdict: Verdict, runs: dict[str, Row], messages: dict[str, Row]) -> None:
    """I2: one assistant message a run, none without a run; I6: nothing is left under way."""
    by_message = Counter(row["message_id"] for row in runs.values())
    for message_id, row in messages.items():
        if row["role"] == "assistant":
            verdict.check("I2", by_message[message_id] == 1, f"assistant message {message_id} has {by_message[message_id]} runs")
            verdict.check("I6", row["status"] not in ("pending", "streaming"), f"message {message_id} is still {row['status']}")
    for run_id, row in runs.items():
        verdict.check("I2", row["message_id"] in messages, f"run {run_id} has no message")
        verdict.check("I6", row["state"] in TERMINAL, f"run {run_id} is still {row['state']}")


def _check_one(verdict: Verdict, transcript: Transcript, store: Store, upstream_calls: dict[str, int], late_ms: int) -> None:
    seed, run = transcript.seed, store.runs.get(transcript.run_id)
    verdict.check(
        "I1", transcript.message_id in store.messages and run is not None, f"seed {seed}: the acknowledged message or its run is gone"
    )
    if run is None or run["message_id"] not in store.messages:
        return
    stored = "".join(part.text for part in decode_parts(store.messages[run["message_id"]]["parts"]) if isinstance(part, TextPart))
    _check_text(verdict, transcript, run, stored)
    rows = store.chunks[run["id"]]
    _check_log(verdict, seed, run, rows, late_ms)
    found = store.entries[run["id"]]
    charges = [name for name in found if name == "charge"]
    verdict.check("I5", len(charges) == 1, f"seed {seed}: {len(charges)} charges")
    if charges:
        output = found["charge"]["output"]
        verdict.check("I5", output == len(stored) // 4, f"seed {seed}: charged {output}, the answer has {len(stored) // 4} tokens")
    costs = sum(name.startswith("cost") for name in found)
    calls = upstream_calls.get(str(seed), 0)
    verdict.check("I5", costs >= calls, f"seed {seed}: {calls} calls, {costs} cost lines")


def _check_text(verdict: Verdict, transcript: Transcript, run: Row, stored: str) -> None:
    """I3: the page ended with exactly the stored text; the text is that of the script as far as it goes."""
    seed = transcript.seed
    verdict.check("I3", transcript.final == stored, f"seed {seed}: the last frame and the store differ")
    verdict.check("I3", stored.startswith(transcript.shown), f"seed {seed}: the page showed what is not stored")
    script = whole_text(transcript.words)
    verdict.check("I3", script.startswith(stored), f"seed {seed}: the stored text is not the script's")
    if run["state"] == "done":
        verdict.check("I3", stored == script, f"seed {seed}: done with {len(stored) // 4} of {transcript.words} words")
        verdict.check("I3", transcript.shown == stored, f"seed {seed}: shown and stored differ at the end")


def _check_log(verdict: Verdict, seed: int, run: Row, rows: Sequence[Row], late_ms: int) -> None:
    """I4: seqs without gap or repeat; I8: one owner an attempt, attempts never fall; I7: nothing said after a stop."""
    expected = 1
    owners: dict[int, str] = {}
    highest = 0
    for row in rows:
        verdict.check("I4", row["first_seq"] == expected, f"seed {seed}: chunk begins at {row['first_seq']}, expected {expected}")
        expected = row["last_seq"] + 1
        events = decode_log(row["events"])
        seqs = [event.seq for event in events]
        verdict.check("I4", seqs == list(range(row["first_seq"], row["last_seq"] + 1)), f"seed {seed}: events {seqs[:3]}.. in their chunk")
        known = owners.setdefault(row["attempt"], row["owner"])
        verdict.check("I8", known == row["owner"], f"seed {seed}: two owners wrote attempt {row['attempt']}")
        verdict.check("I8", row["attempt"] >= highest, f"seed {seed}: attempt {row['attempt']} wrote after {highest}")
        highest = max(highest, row["attempt"])
        if run["cancel_at"] is not None and any(isinstance(event, TextDelta) for event in events):
            late = row["at"] - run["cancel_at"]
            verdict.check("I7", late <= late_ms, f"seed {seed}: text {late} ms after the stop")


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def table(verdict: Verdict, transcripts: Sequence[Transcript], faults: object, took_s: float) -> str:
    """The drill's result as text, with recovery times: the longest silence of each page whose answer was interrupted."""
    names = {
        "I1": "an acknowledged message exists",
        "I2": "one assistant message a run, none without",
        "I3": "what a page shows is, in the end, what is stored",
        "I4": "seq without gap or repeat",
        "I5": "one charge = tokens stored; every call has its cost",
        "I6": "every run is terminal",
        "I7": "no text later than a tick after a stop",
        "I8": "no row by a dead process",
    }
    lines = [f"{'invariant':<58}{'checked':>9}{'violations':>12}"]
    lines += [f"{name} {text:<55}{verdict.checked[name]:>9}{len(verdict.broken[name]):>12}" for name, text in names.items()]
    recovered = [page for page in transcripts if page.attempt > 1 and page.gaps_s]
    gaps = [max(page.gaps_s) for page in recovered]
    states = Counter(page.status for page in transcripts)
    resets, reconnects = sum(page.resets for page in transcripts), sum(page.reconnects for page in transcripts)
    worst = max(gaps, default=0)
    back = max((page.taken_back for page in transcripts), default=0)
    lines += [
        "",
        f"runs {len(transcripts)}: {dict(states)}; recovered {len(recovered)}, resets {resets}, reconnects {reconnects}; {took_s:.0f} s",
        f"faults: {faults}",
        f"answers that ended early, by code: {dict(verdict.endings)}",
        f"silence of a recovered answer: p50 {quantile(gaps, 0.5):.2f} s, p99 {quantile(gaps, 0.99):.2f} s, max {worst:.2f} s",
        f"text taken back on screen: max {back} characters",
        f"violations: {verdict.violations}",
    ]
    for name, broken in verdict.broken.items():
        lines += [f"  {name}: {text}" for text in broken[:8]]
    return "\n".join(lines)
