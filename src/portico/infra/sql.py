"""One SQL text for two databases: named parameters and the few fragments in which SQLite and PostgreSQL differ.

Fragments: `{now}` epoch milliseconds by the database's clock; `{key_share}`, `{for_update}`, `{skip_locked}` row locks;
`{async_commit}` lets this one statement's transaction commit without waiting for the disk; `{rows:name(column type, ...)}` a list of
tuples as a table; `{json:expression}` JSON text as the type that the dialect's JSON functions take; `{terms:name}` and
`{match:table.column:name}` full text; `{newest:table.column}` the order of its hits, newest first: a planner that counts on many hits
would walk the whole of PostgreSQL's table from its end to find a rare word, where SQLite's index is in that order itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import msgspec

Dialect = Literal["sqlite", "postgresql"]
Value = str | int | float | bool | bytes | None
RowsValue = Sequence[Sequence[str | int | float | bool | None]]

_FRAGMENT = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_NAME = re.compile(r"'(?:[^']|'')*'|(?<![:\w]):([a-z_]\w*)")
_SIMPLE: dict[Dialect, dict[str, str]] = {
    "sqlite": {
        "now": "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)",
        "key_share": "",
        "for_update": "",
        "skip_locked": "",
        "async_commit": "NULL",
    },
    "postgresql": {
        "now": "CAST(extract(epoch FROM statement_timestamp()) * 1000 AS bigint)",
        "key_share": "FOR KEY SHARE",
        "for_update": "FOR UPDATE",
        "skip_locked": "FOR UPDATE SKIP LOCKED",
        "async_commit": "set_config('synchronous_commit', 'off', true)",
    },
}
_PG_TYPES = {"text": "text", "int": "bigint", "float": "double precision", "bool": "boolean"}


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL in one dialect; `slots` are the positional parameters (PostgreSQL) as (name, column of a rows value or -1)."""

    text: str
    slots: tuple[tuple[str, int], ...]
    rows: frozenset[str]


@lru_cache(maxsize=2048)
def compile_sql(text: str, dialect: Dialect) -> Statement:
    """Turn portable SQL into the dialect's own. Cached: a statement's text is a constant of the program."""
    rows: dict[str, int] = {}

    def fragment(match: re.Match[str]) -> str:
        return _expand(match[1], match[2], dialect, rows)

    expanded = _FRAGMENT.sub(fragment, text)
    slots: list[tuple[str, int]] = []

    def parameter(match: re.Match[str]) -> str:
        name = match[1]
        if name is None or dialect == "sqlite":
            return match[0]
        base, _, column = name.rpartition("__")
        slot = (base, int(column)) if base in rows and column.isdigit() else (name, -1)
        if slot not in slots:
            slots.append(slot)
        return f"${slots.index(slot) + 1}"

    return Statement(_NAME.sub(parameter, expanded), tuple(slots), frozenset(rows))


def _expand(kind: str, argument: str | None, dialect: Dialect, rows: dict[str, int]) -> str:
    if argument is None:
        return _SIMPLE[dialect][kind]
    if kind == "rows":
        return _expand_rows(argument, dialect, rows)
    if kind == "json":
        return argument if dialect == "sqlite" else f"CAST({argument} AS jsonb)"
    if kind == "terms":
        return f":{argument}" if dialect == "sqlite" else f"CAST(CAST(:{argument} AS text) AS tsvector)"
    if kind == "match":
        column, _, name = argument.partition(":")
        table = column.partition(".")[0]
        return f"{table} MATCH :{name}" if dialect == "sqlite" else f"{column} @@ CAST(CAST(:{name} AS text) AS tsquery)"
    if kind == "newest":
        return f"{argument} DESC" if dialect == "sqlite" else f"{argument} + 0 DESC"
    raise KeyError(kind)


def _expand_rows(argument: str, dialect: Dialect, rows: dict[str, int]) -> str:
    name, _, inner = argument.rstrip(") ").partition("(")
    columns = [tuple(item.split()) for item in inner.split(",")]
    rows[name] = len(columns)
    if dialect == "sqlite":
        picks = ", ".join(f"json_extract(value, '$[{n}]') AS {column}" for n, (column, _) in enumerate(columns))
        return f"(SELECT {picks} FROM json_each(:{name})) AS {name}"
    arrays = ", ".join(f"CAST(:{name}__{n} AS {_PG_TYPES[kind]}[])" for n, (_, kind) in enumerate(columns))
    return f"unnest({arrays}) AS {name}({', '.join(column for column, _ in columns)})"


def positional(statement: Statement, values: dict[str, Value | RowsValue]) -> list[object]:
    """The values in the order of the statement's `$n`; a rows value is cut into one list a column."""
    out: list[object] = []
    for name, column in statement.slots:
        value = values[name]
        if column < 0:
            out.append(value)
        elif isinstance(value, Sequence):
            out.append([row[column] for row in value if isinstance(row, Sequence)])
    return out


def named(statement: Statement, values: dict[str, Value | RowsValue]) -> dict[str, object]:
    """The values by name; a rows value becomes JSON text."""
    if not statement.rows:
        return dict(values)
    return {name: msgspec.json.encode(value).decode() if name in statement.rows else value for name, value in values.items()}


def match_query(words: Sequence[str], *, dialect: Dialect, prefix_last: bool = False) -> str:
    """A full-text query that asks for all the words, the last one as a prefix if asked. Words are data, never syntax."""
    if dialect == "sqlite":
        quoted = ['"' + word.replace('"', '""').replace("\0", "") + '"' for word in words]
        return " AND ".join(quoted) + ("*" if prefix_last and quoted else "")
    quoted = ["'" + word.replace("\\", "\\\\").replace("'", "''").replace("\0", "") + "'" for word in words]
    return " & ".join(quoted) + (":*" if prefix_last and quoted else "")
