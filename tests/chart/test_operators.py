"""The values file that operators have today works as it is."""

import pytest

from tests.chart.cases import LOBECHAT, OPERATORS, operators
from tests.chart.rendering import render

pytestmark = pytest.mark.skipif(not OPERATORS.is_file(), reason=f"the operators' own values.yaml is not beside this checkout: {OPERATORS}")


def test_it_is_the_file_that_the_other_tests_render() -> None:
    assert operators() == LOBECHAT


def test_it_renders() -> None:
    assert render(operators()).one("Deployment", "")
