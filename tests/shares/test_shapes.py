"""What a stranger may see of a message."""

from portico.conversations import models as m
from portico.shares.shapes import NewShare, SharePatch, shown

PARTS: list[m.Part] = [
    m.ReasoningPart("a thought", signature="secret-1"),
    m.ToolCallPart("call_1", "search", '{"q": 1}', "done", "found", signature="secret-2"),
    m.HostedToolPart("web_search", '{"q": 2}'),
    m.NoticePart("retry", "busy"),
    m.TextPart("the answer"),
    m.CitationPart("https://example.org"),
    m.ImagePart("f", "image/png"),
    m.RefusalPart("no"),
]


def test_thinking_and_tools_are_left_out_unless_the_owner_shows_them() -> None:
    assert [type(part) for part in shown(PARTS, details=False)] == [m.TextPart, m.CitationPart, m.ImagePart, m.RefusalPart]


def test_signatures_and_notices_are_never_shown() -> None:
    seen = shown(PARTS, details=True)
    assert len(seen) == len(PARTS) - 1
    assert "secret" not in m.encode_parts(seen)


def test_a_patch_tells_for_ever_from_unchanged() -> None:
    assert SharePatch.model_validate({"days": None}).change().fields() == ["days"]
    assert SharePatch.model_validate({"details": False}).change().fields() == ["details"]


def test_a_new_link_lives_for_a_week_and_shows_the_text_alone() -> None:
    terms = NewShare().terms()
    assert (terms.days, terms.details, terms.show_name, terms.leaf) == (7, False, False, None)
