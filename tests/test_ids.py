import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.ids import derived_id, is_id, new_id


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_carries_the_time_at_which_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    stamp = int(new_id().replace("-", "")[:12], 16)
    assert before - 10 <= stamp <= time.time_ns() // 1_000_000 + 1000


def test_a_made_id_is_an_id() -> None:
    assert all(is_id(new_id()) for _ in range(100))


def test_a_derived_id_is_always_the_same_and_another_for_another_content() -> None:
    source = new_id()
    made = [derived_id(source, content) for content in (b"a", b"a", b"b")]
    assert made[0] == made[1] != made[2]
    assert all(is_id(text) and text[:13] == source[:13] for text in made)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0190e0a0-0000-4000-8000-000000000000",  # a random one, version 4
        "0190e0a0-0000-7000-c000-000000000000",  # another variant
        "0190E0A0-0000-7000-8000-00000000000A",  # upper case would be a second spelling of the same id
        "{0190e0a0-0000-7000-8000-000000000000}",
        "0190e0a000007000800000000000000a",
        "0190e0a0-0000-7000-8000-000000000000\n",
    ],
)
def test_what_is_not_the_canonical_form_is_no_id(text: str) -> None:
    assert not is_id(text)


@given(st.text(max_size=50))
def test_no_text_breaks_the_check(text: str) -> None:
    assert is_id(text) in {True, False}
