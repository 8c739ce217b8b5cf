import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.access import policy
from portico.conversations import search
from portico.conversations.models import Beginning
from portico.conversations.search import Hit, query_terms, snippet, terms
from portico.infra.db import open_database
from portico.infra.sql import RowsValue, Value, compile_sql, positional
from tests.conversations.conftest import Desk, make_person

SENTENCES = (
    "今天天气很好，我们去公园散步吧。",
    "人工智能正在改变软件开发的方式。",
    "请帮我写一封关于项目延期的邮件。",
    "数据库事务保证了数据的一致性与持久性。",
    "上海到北京的高铁需要四个半小时。",
    "这段代码在并发环境下会产生竞态条件。",
    "早餐吃豆浆油条，午餐吃牛肉面。",
    "明天下午三点开会讨论季度预算。",
    "用户反馈说登录页面加载太慢了。",
    "機器學習模型需要大量的訓練資料。",
    "日本語の文章も検索できます。",
    "カタカナのテストケースです。",
    "한국어 문장도 검색할 수 있습니다.",
)

MANY_TEXTS = """
INSERT INTO message_search (rowid, conversation_id, object_id, terms)
SELECT n, 'c' || n % 500, 'm' || n, CAST('rain word' || n % 1000 AS tsvector) FROM generate_series(1, 20000) n
"""


async def find(desk: Desk, query: str) -> tuple[Hit, ...]:
    return (await search.find(desk.db, desk.ada, query)).items


def words_of_two(sentence: str) -> set[str]:
    """Every two neighbouring letters of a sentence: each could be a word."""
    pairs = (sentence[n : n + 2] for n in range(len(sentence) - 1))
    return {pair for pair in pairs if all(unicodedata.category(char)[0] == "L" for char in pair)}


async def test_every_word_of_one_or_two_characters_is_found_and_nothing_else(desk: Desk) -> None:
    """Recall and precision are both 1.0 over every word of sentences in four scripts."""
    homes = {}
    for sentence in SENTENCES:
        homes[sentence] = await desk.start()
        await desk.say(homes[sentence], sentence)
    for sentence in SENTENCES:
        for word in sorted(words_of_two(sentence))[::3] + sorted(set(sentence[:3]) - set("，。 ")):
            hits = {hit.conversation for hit in await find(desk, word)}
            assert hits == {home for text, home in homes.items() if word in text}, word


async def test_a_longer_phrase_is_found_by_all_its_pairs(desk: Desk) -> None:
    conversation = await desk.start()
    await desk.say(conversation, SENTENCES[3])
    assert [hit.conversation for hit in await find(desk, "数据库 一致性")] == [conversation]
    assert await find(desk, "数据库 一致同意") == ()


async def test_words_are_found_without_case_accents_and_width_and_by_their_beginning(desk: Desk) -> None:
    conversation = await desk.start()
    await desk.say(conversation, "Das Café in der Grüßstraße serviert ＡＢＣ１２３ und naïve Übersetzungen.")
    for query in ("cafe", "CAFÉ", "grüss", "abc123", "naive übers", "serv"):
        assert [hit.conversation for hit in await find(desk, query)] == [conversation], query
    assert await find(desk, "afe") == ()


async def test_a_single_letter_is_a_word_and_no_beginning(desk: Desk) -> None:
    plan, _ = await desk.start("Plan B"), await desk.start("Budget")
    assert [hit.conversation for hit in await find(desk, "b")] == [plan]
    assert len(await find(desk, "bu")) == 1


async def test_the_hit_names_the_newest_message_and_shows_its_surroundings(desk: Desk) -> None:
    conversation = await desk.start("Weather")
    question = (await desk.say(conversation, "Does it rain in Bergen?")).message
    answer = await desk.answer(question, "Yes. " + "It is wet. " * 40 + "In Bergen it rains on most days. " + "Take a coat. " * 40)
    (hit,) = await find(desk, "bergen rain")
    assert (hit.message, hit.title) == (answer.id, "Weather")
    assert "Bergen it rains" in hit.snippet
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")


async def test_a_title_is_found_and_its_old_words_are_not(desk: Desk) -> None:
    conversation = await desk.start("Holiday in Norway")
    (hit,) = await find(desk, "norway")
    assert (hit.conversation, hit.message, hit.snippet) == (conversation, None, "Holiday in Norway")
    async with desk.db.transaction() as tx:
        await search.index(tx, desk.ada.user_id, conversation, conversation, "Holiday in Sweden")
    assert await find(desk, "norway") == ()


async def test_nobody_finds_what_somebody_else_wrote(desk: Desk) -> None:
    await desk.say(await desk.start("Secret plan"), "Nobody may know the secret.")
    bob = await make_person(desk.db, "Bob")
    assert (await search.find(desk.db, bob, "secret")).items == ()


async def test_a_word_that_is_everywhere_finds_the_newest_and_others_texts_take_no_place(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_MATCHES", 3)
    mine = [await desk.start(f"rain {number}") for number in range(4)]
    bob = replace(desk, ada=await make_person(desk.db, "Bob"))
    for number in range(5):
        await bob.start(f"rain {number}")
    assert {hit.conversation for hit in await find(desk, "rain")} == set(mine[1:])


@pytest.mark.postgres
async def test_postgresql_looks_a_rare_word_up_whatever_was_searched_before(postgres_database: str) -> None:
    db = await open_database(postgres_database, pool_size=2)
    ada = await make_person(db, "Ada")
    visible = policy.visible(ada, "conversation", alias="c")
    statement = compile_sql(search.FIND.format(visible=visible.sql, after=""), "postgresql")
    values: dict[str, Value | RowsValue] = {"query": "'snow'", "newest": 3000, "limit": 21, **visible.params}
    literals = [
        str(value) if isinstance(value, int) else f"'{str(value).replace(chr(39), chr(39) * 2)}'" for value in positional(statement, values)
    ]
    async with db.transaction() as tx:
        await tx.execute(MANY_TEXTS)
        await tx.execute("ANALYZE message_search")
        await tx.execute("SET LOCAL plan_cache_mode = force_generic_plan")  # what a connection does from the sixth search on
        await tx.execute(f"PREPARE found AS {statement.text}")
        plan = "\n".join(row["QUERY PLAN"] for row in await tx.fetch(f"EXPLAIN EXECUTE found({', '.join(literals)})"))
        await tx.execute("DEALLOCATE found")
        await tx.execute("DELETE FROM message_search")
    await db.close()
    assert "message_search_terms" in plan, plan
    assert "message_search_pkey" not in plan, plan


async def test_what_is_deleted_is_not_found_until_it_is_restored(desk: Desk) -> None:
    conversation = await desk.start("Secret plan")
    await desk.conversations.delete(desk.ada, conversation)
    assert await find(desk, "secret") == ()
    await desk.conversations.restore(desk.ada, conversation)
    assert len(await find(desk, "secret")) == 1


async def test_pages_of_hits_join_without_gap_or_repeat(desk: Desk) -> None:
    made = {await desk.start(f"plan {number}") for number in range(7)}
    seen: list[str] = []
    after = None
    while True:
        hits = await search.find(desk.db, desk.ada, "plan", after=after, limit=3)
        seen += [hit.conversation for hit in hits.items]
        after = hits.after
        if after is None:
            break
    assert len(seen) == 7
    assert set(seen) == made


GARBAGE = (
    '"',
    "*",
    "a OR",
    "NEAR(",
    "a AND AND b",
    "^x",
    "-",
    "col:x",
    "'",
    "a' | 'b",
    "\\",
    "!(a)",
    ":*",
    "a & !b",
    "😀",
    "",
    "  ",
    "<->",
    "a\\'b",
    "%",
)


async def test_no_query_is_syntax(desk: Desk) -> None:
    await desk.start("Nothing of the kind: zebra")
    for query in GARBAGE:
        assert await find(desk, query) == (), query


async def test_a_long_text_and_a_long_word_are_indexed(desk: Desk) -> None:
    conversation = await desk.start()
    await desk.say(conversation, " ".join(f"word{number}" for number in range(20_000)) + " " + "x" * 5000)
    assert len(await find(desk, "word19999")) == 1
    assert len(await find(desk, "x" * 5000)) == 1


@given(st.text(), st.text(), st.text())
def test_a_run_of_chinese_is_found_inside_any_text(before: str, word: str, after: str) -> None:
    chinese = "".join(chr(0x4E00 + ord(char) % 0x5000) for char in word) or "中"
    assert set(query_terms(chinese)) <= set(terms(before + chinese + after)) or len(query_terms(chinese)) == 24


@given(st.text())
def test_a_text_has_every_term_that_it_asks_for(text: str) -> None:
    assert set(query_terms(text)) <= set(terms(text))


@given(st.text())
def test_no_term_holds_what_a_database_could_take_as_syntax(text: str) -> None:
    for term in terms(text):
        assert term
        assert not any(char.isspace() or char in "'\"\\:*&|!()<>^-_\0" for char in term)


@given(st.text(), st.text())
def test_a_snippet_is_short_and_on_one_line(text: str, query: str) -> None:
    shown = snippet(text, query)
    assert len(shown) <= search.SNIPPET + 2
    assert "\n" not in shown


async def test_what_is_archived_is_found_and_marked(desk: Desk) -> None:
    old, new = await desk.start("", Beginning("Bergen in May", archived=True)), await desk.start("Bergen in June")
    assert {(hit.conversation, hit.archived) for hit in await find(desk, "bergen")} == {(old, True), (new, False)}
