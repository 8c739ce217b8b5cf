import json
from dataclasses import replace
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from portico.conversations import export
from portico.conversations.models import Beginning, CitationPart, Conversation, ImagePart, ReasoningPart, ToolCallPart, decode_parts
from portico.ids import ConversationId, UserId
from tests.conversations.conftest import Desk
from tests.conversations.test_models import EVERY_KIND

BLANK = Conversation(
    id=ConversationId("c"),
    user_id=UserId("u"),
    title="",
    title_source="person",
    model=None,
    leaf=None,
    folder=None,
    pinned=False,
    archived=False,
    unread=False,
    running=False,
    expires=None,
    created=0,
    updated=0,
    rev=1,
)


async def exported(desk: Desk, conversation: ConversationId) -> tuple[dict[str, object], str]:
    found = await desk.conversations.get(desk.ada, conversation)
    whole = b"".join([piece async for piece in export.as_json(desk.messages, found)])
    text = b"".join([piece async for piece in export.as_markdown(desk.messages, found)])
    return json.loads(whole), text.decode()


async def test_json_holds_every_branch_and_markdown_the_active_one(desk: Desk) -> None:
    conversation = await desk.start("Why")
    question = (await desk.say(conversation, "Why?")).message
    first = await desk.answer(question, "Because.")
    await desk.answer(question, "Who knows.")
    await desk.conversations.switch_branch(desk.ada, conversation, first.id)
    whole, text = await exported(desk, conversation)
    messages = whole["messages"]
    assert isinstance(messages, list)
    assert {(message["parent"], message["parts"][0]["text"]) for message in messages} == {
        (None, "Why?"),
        (question.id, "Because."),
        (question.id, "Who knows."),
    }
    assert text.startswith("# Why\n")
    assert "## User\n\nWhy?\n\n## Assistant (demo)\n\nBecause.\n" in text
    assert "Who knows." not in text


async def test_a_long_conversation_is_exported_whole_in_its_order(desk: Desk) -> None:
    conversation = await desk.start()
    parent = None
    for number in range(3):
        parent = (await desk.say(conversation, f"m{number}", parent)).message.id
    found = await desk.conversations.get(desk.ada, conversation)
    batches = [batch async for batch in desk.messages.active_branch(found, batch=2)]
    assert [len(batch) for batch in batches] == [2, 1]
    assert [message.parts for batch in batches for message in batch] == [
        decode_parts(f'[{{"type":"text","text":"m{n}"}}]') for n in range(3)
    ]


async def test_an_empty_conversation_is_exported(desk: Desk) -> None:
    whole, text = await exported(desk, await desk.start())
    assert whole["messages"] == []
    assert text.startswith("# Conversation\n")


def test_every_kind_of_part_has_its_markdown() -> None:
    text = export.markdown(EVERY_KIND)
    assert "<summary>Reasoning</summary>\n\nhm" in text
    assert "Tool `current_time`:\n\n```json\n{}\n```\n\n```\nnoon\n```" in text
    assert "![image/png](portico-file:f1)" in text
    assert "- [t](<https://example.org>)" in text


def test_a_code_block_is_longer_fenced_than_what_it_holds() -> None:
    text = export.markdown([ToolCallPart("c", "t", "````", "done")])
    assert "`````json\n````\n`````" in text


def test_brackets_do_not_break_a_link() -> None:
    assert export.markdown([CitationPart("https://e.org/<x>", "a]b")]) == "- [a\\]b](<https://e.org/%3Cx%3E>)"
    assert export.markdown([ImagePart("f", "image/png", "x](y")]) == "![x\\](y](portico-file:f)"


def test_reasoning_without_text_leaves_nothing() -> None:
    assert export.markdown([ReasoningPart("", "sig")]) == ""


@given(st.text())
def test_any_title_makes_a_header_that_is_one_line_of_ascii(title: str) -> None:
    conversation = replace(BLANK, title=title)
    header = export.disposition(conversation, "md")
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    name = unquote(header.rpartition("''")[2])
    assert name.endswith(".md")
    assert not set(name) & set('/\\:*?"<>|')


async def test_an_export_of_everything_holds_each_conversation_once(desk: Desk) -> None:
    for title in ("one", "two"):
        await desk.say(await desk.start(title), f"about {title}")
    pieces = [piece async for piece in export.everything(desk.conversations, desk.messages, desk.ada)]
    whole = json.loads(b"".join(pieces))
    assert (whole["format"], [item["conversation"]["title"] for item in whole["conversations"]]) == ("portico.export", ["two", "one"])
    assert whole["conversations"][0]["messages"][0]["parts"][0]["text"] == "about two"


async def test_an_export_of_everything_has_the_archive_too(desk: Desk) -> None:
    for archived in (False, True):
        await desk.start(beginning=Beginning("archived" if archived else "open", archived=archived))
    await desk.start(beginning=Beginning("temporary", temporary=True))
    pieces = [piece async for piece in export.everything(desk.conversations, desk.messages, desk.ada)]
    assert {item["conversation"]["title"] for item in json.loads(b"".join(pieces))["conversations"]} == {"open", "archived"}


async def test_what_is_used_while_everything_is_exported_is_not_left_out(desk: Desk) -> None:
    first = await desk.start("first")
    for _ in range(export.AT_ONCE):
        await desk.start("later")
    pieces: list[bytes] = []
    async for piece in export.everything(desk.conversations, desk.messages, desk.ada):
        if len(pieces) == 1:
            await desk.say(first, "moves to the head of the list")
        pieces.append(piece)
    exported = [item["conversation"]["id"] for item in json.loads(b"".join(pieces))["conversations"]]
    assert (len(exported), len(set(exported)), first in exported) == (export.AT_ONCE + 1, export.AT_ONCE + 1, True)


async def test_an_export_of_nothing_is_a_file_too(desk: Desk) -> None:
    pieces = [piece async for piece in export.everything(desk.conversations, desk.messages, desk.ada)]
    assert json.loads(b"".join(pieces))["conversations"] == []
