"""The parsers of single values."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.settings import fields as f


@pytest.mark.parametrize(("text", "value"), [("1", True), (" TRUE ", True), ("on", True), ("0", False), ("No", False)])
def test_truth_is_read(text: str, value: bool) -> None:
    assert f.truth(text) is value


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (f.truth, "maybe"),
        (f.whole(1, 9), "10"),
        (f.whole(1, 9), "-1"),
        (f.whole(1, 9), "1.5"),
        (f.whole(1, 9), "٣"),
        (f.whole(1, 9), "9" * 30),
        (f.port_or_off, "70000"),
        (f.choice("a", "b"), "c"),
        (f.base_path, "/a b"),
        (f.base_path, "/a/../b"),
        (f.base_path, "/a?b"),
        (f.web_url, "example.org"),
        (f.web_url, "ftp://example.org"),
        (f.web_url, "http://"),
        (f.web_url, "http://host:99999"),
        (f.proxy_url, "socks5://host:1080"),
        (f.proxy_url, "https://host:1080"),
        (f.database_url, "mysql://host/name"),
        (f.database_url, "sqlite://file.db"),
        (f.database_url, "portico.db"),
        (f.database_url, "postgresql://"),
        (f.networks, "10.0.0.0/99"),
        (f.networks, "example.org"),
        (f.email, "ada"),
        (f.email, "ada@"),
        (f.secret_keys, "short"),
        (f.secret_keys, "a-key-of-sixteen-characters,short"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_a_phrase(parse, text: str) -> None:
    with pytest.raises(ValueError, match=r"^must "):
        parse(text)


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (f.whole(1, 10_000_000), "1_000_000", 1_000_000),
        (f.port_or_off, "off", None),
        (f.port_or_off, "9464", 9464),
        (f.names, " a ,b，c,, ", ("a", "b", "c")),
        (f.path, "/data", Path("/data")),
        (f.base_path, "chat/", "/chat"),
        (f.base_path, "/", ""),
        (f.base_path, "/team/chat", "/team/chat"),
        (f.web_url, "https://chat.example.org/", "https://chat.example.org"),
        (f.database_url, "postgres://u:p@h/d", "postgresql://u:p@h/d"),
        (f.database_url, "postgresql+asyncpg://h/d?sslmode=require", "postgresql://h/d?sslmode=require"),
        (f.database_url, "sqlite:////data/p.db", "sqlite:////data/p.db"),
        (f.networks, "10.1.2.3/8,::1", ("10.0.0.0/8", "::1/128")),
        (f.one_secret, " a,b+/= ", ("a,b+/=",)),
    ],
)
def test_a_value_is_brought_into_one_form(parse, text: str, value: object) -> None:
    assert parse(text) == value


def _outcome(parse, text: str) -> str:
    """Return the phrase of a refused value, and for a good one what a phrase begins with."""
    try:
        parse(text)
    except ValueError as error:
        return str(error)
    return "must not be refused"


@given(st.text(max_size=60))
@pytest.mark.parametrize(
    "parse", [f.truth, f.whole(0, 9), f.base_path, f.web_url, f.database_url, f.networks, f.email, f.secret_keys, f.port_or_off]
)
def test_no_text_makes_anything_but_a_value_or_a_phrase(parse, text: str) -> None:
    assert _outcome(parse, text).startswith("must ")
