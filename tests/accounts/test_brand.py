"""Every colour that an administrator may choose leaves text readable. The steps are those of the page's own tokens."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.accounts.brand import STEPS, brand_of, most_chroma
from tests.house import tree

STEP = re.compile(r"--a(?:3|5|9|10|11): light-dark\(([^;]*)\);")
COLOR = re.compile(r"oklch\(([\d.]+) calc\(([\d.]+) \* var\(--accent-chroma\)\)")


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_gives_a_hue_and_a_chroma_that_every_step_can_show(value: int) -> None:
    brand = brand_of(f"#{value:06x}")
    assert 0 <= brand.hue <= 360
    assert 0 <= brand.chroma <= most_chroma(brand.hue)


@pytest.mark.parametrize(("color", "hue", "gray"), [("#ff0000", 29.2, False), ("#0000ff", 264.1, False), ("#808080", None, True)])
def test_the_hue_is_the_colours_own(color: str, hue: float | None, *, gray: bool) -> None:
    brand = brand_of(color)
    assert gray == (brand.chroma < 0.01)
    assert hue is None or math.isclose(brand.hue, hue, abs_tol=0.5)


def test_the_steps_are_those_of_the_tokens() -> None:
    css = (tree.WEB / "src" / "design" / "tokens.css").read_text(encoding="utf-8")
    pairs = [COLOR.findall(match.group(1)) for match in STEP.finditer(css)]
    light, dark = ([(float(pair[n][0]), float(pair[n][1])) for pair in pairs] for n in (0, 1))
    assert tuple(light + dark) == STEPS
