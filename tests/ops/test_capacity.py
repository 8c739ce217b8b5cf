"""What a number of people needs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.ops.capacity import PROFILES, Capacity, Figures, plan


def test_five_hundred_people_need_two_or_three_replicas_of_a_gigabyte() -> None:
    """The rule of operators from before there were figures."""
    found = plan(500)
    assert found.replicas in (2, 3)
    assert found.memory_limit == "1Gi"
    assert not found.pooler


@pytest.mark.parametrize("profile", PROFILES)
def test_every_figure_has_its_reason(profile: str) -> None:
    found = plan(5_000, profile)  # pyright: ignore[reportArgumentType] -- the names are the keys
    said = " ".join(found.reasons)
    for figure in (found.streams, found.tokens_a_second, found.replicas, found.connections):
        assert f"{figure:,}" in said or str(figure) in said


def test_fifty_thousand_people_are_told_to_pool_their_connections() -> None:
    found = plan(50_000)
    assert found.pooler
    assert "PORTICO_DB_POOLER=transaction" in found.reasons[-1]


@given(st.integers(1, 10**6), st.sampled_from(sorted(PROFILES)))
def test_more_people_never_need_less(users: int, profile: str) -> None:
    fewer, more = plan(users, profile), plan(users + 1 + users // 10, profile)  # pyright: ignore[reportArgumentType]
    assert _cores(fewer) <= _cores(more) + 1  # the step from halves to whole cores rounds
    assert fewer.streams <= more.streams
    assert 2 <= fewer.hpa_min <= fewer.replicas <= fewer.hpa_max


def _cores(found: Capacity) -> float:
    return found.replicas * int(found.cpu_limit.removesuffix("m")) / 1000


def test_a_token_that_costs_twice_as_much_needs_more_replicas() -> None:
    known = Figures()
    assert plan(5_000, figures=replace(known, token_us=2 * known.token_us)).replicas > plan(5_000).replicas


def test_nobody_is_no_number_of_people() -> None:
    with pytest.raises(ValueError, match="at least one"):
        plan(0)
