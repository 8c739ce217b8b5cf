import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.infra.db import Database
from portico.infra.sql import Dialect, compile_sql, match_query, named, positional

ROWS = "SELECT id, n FROM {rows:items(id text, n int)} WHERE n > :least"


def test_a_named_parameter_stays_named_in_sqlite() -> None:
    assert compile_sql("SELECT :a, :b, :a", "sqlite").text == "SELECT :a, :b, :a"


def test_a_named_parameter_gets_one_number_in_postgresql() -> None:
    statement = compile_sql("SELECT :a, :b, :a", "postgresql")
    assert statement.text == "SELECT $1, $2, $1"
    assert positional(statement, {"b": 2, "a": 1}) == [1, 2]


@pytest.mark.parametrize("text", ["SELECT ':not_a_parameter'", "SELECT 'it''s :not'"])
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_what_stands_in_a_literal_is_left_alone(text: str, dialect: Dialect) -> None:
    assert compile_sql(text, dialect).text == text


def test_a_list_of_tuples_becomes_one_array_a_column_in_postgresql() -> None:
    statement = compile_sql(ROWS, "postgresql")
    assert positional(statement, {"items": [("a", 1), ("b", 2)], "least": 0}) == [["a", "b"], [1, 2], 0]


def test_a_list_of_tuples_becomes_json_in_sqlite() -> None:
    statement = compile_sql(ROWS, "sqlite")
    assert named(statement, {"items": [("a", 1)], "least": 0}) == {"items": '[["a",1]]', "least": 0}


async def test_both_stores_read_a_list_of_tuples_alike(db: Database) -> None:
    rows = await db.fetch(ROWS + " ORDER BY id", items=[("b", 2), ("a", 1), ("c", 0)], least=0)
    assert [(row["id"], row["n"]) for row in rows] == [("a", 1), ("b", 2)]


async def test_an_empty_list_of_tuples_is_an_empty_table(db: Database) -> None:
    assert await db.fetch(ROWS, items=[], least=0) == []


async def test_both_clocks_count_milliseconds_since_1970(db: Database) -> None:
    row = await db.fetch_one("SELECT {now} AS ms")
    assert row is not None
    assert 1_700_000_000_000 < row["ms"] < 4_000_000_000_000


def test_an_unknown_fragment_is_a_mistake_that_shows_at_once() -> None:
    with pytest.raises(KeyError):
        compile_sql("SELECT {today}", "sqlite")


def test_a_search_asks_for_all_words_and_for_the_last_as_a_prefix() -> None:
    assert match_query(["blue", "par"], dialect="sqlite", prefix_last=True) == '"blue" AND "par"*'
    assert match_query(["blue", "par"], dialect="postgresql", prefix_last=True) == "'blue' & 'par':*"


@given(st.lists(st.text(min_size=1, max_size=10), min_size=1, max_size=4), st.booleans())
def test_no_word_is_taken_for_syntax_by_sqlite(words: list[str], prefix: bool) -> None:
    query = match_query([word.encode("utf-8", "ignore").decode() or "x" for word in words], dialect="sqlite", prefix_last=prefix)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5(body)")
    assert connection.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (query,)).fetchall() == []
    connection.close()
