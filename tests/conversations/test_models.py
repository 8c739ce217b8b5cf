import msgspec
import pytest

from portico.conversations.models import (
    CitationPart,
    HostedToolPart,
    ImagePart,
    NoticePart,
    Part,
    ReasoningPart,
    RefusalPart,
    TextPart,
    ToolCallPart,
    body_hash,
    decode_parts,
    encode_parts,
    plain_text,
)

EVERY_KIND: tuple[Part, ...] = (
    TextPart("Grüße 你好"),
    ReasoningPart("hm", signature="s", duration_ms=12),
    ToolCallPart("c1", "current_time", "{}", "done", content="noon"),
    HostedToolPart("web_search", '{"q":1}'),
    ImagePart("f1", "image/png", width=3),
    CitationPart("https://example.org", title="t"),
    RefusalPart("no"),
    NoticePart("retry", retry_at=5),
)


def test_every_kind_of_part_survives_the_way_to_json_and_back() -> None:
    assert decode_parts(encode_parts(EVERY_KIND)) == EVERY_KIND


def test_a_part_says_its_type_and_leaves_out_what_it_does_not_have() -> None:
    assert encode_parts([ReasoningPart("a")]) == '[{"type":"reasoning","text":"a"}]'


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_parts('[{"type":"hologram"}]')


def test_the_fingerprint_does_not_depend_on_the_order_of_members() -> None:
    assert body_hash({"a": 1, "b": [TextPart("x")]}) == body_hash({"b": [TextPart("x")], "a": 1})
    assert body_hash({"a": 1}) != body_hash({"a": 2})


def test_plain_text_is_what_a_person_reads() -> None:
    assert plain_text(EVERY_KIND) == "Grüße 你好\n\nno"
