import pytest

from portico.ids import RunId, UserId
from portico.tools.base import ToolContext, ToolError
from portico.tools.builtin import CurrentTime

CONTEXT = ToolContext(UserId("u"), RunId("r"), "r:c")


async def test_the_time_is_told_in_utc_unless_a_zone_is_named() -> None:
    assert (await CurrentTime().run({}, CONTEXT)).endswith("UTC (UTC+0000)")


async def test_the_time_is_told_in_the_zone_that_is_named() -> None:
    assert (await CurrentTime().run({"time_zone": "Asia/Shanghai"}, CONTEXT)).endswith("CST (UTC+0800)")


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "/etc/localtime", "\0", "x" * 500])
async def test_a_zone_that_does_not_exist_is_named_in_the_failure(name: str) -> None:
    with pytest.raises(ToolError, match="There is no time zone called"):
        await CurrentTime().run({"time_zone": name}, CONTEXT)


def test_asking_for_the_time_changes_nothing() -> None:
    assert CurrentTime.read_only
