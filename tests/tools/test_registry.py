import asyncio

import pytest

from portico.ids import RunId, UserId
from portico.providers.base import ToolSpec
from portico.tools import registry
from portico.tools.base import ToolContext, ToolError
from portico.tools.registry import Outcome, Registry

CONTEXT = ToolContext(UserId("u"), RunId("r"), "r:c")


class Echo:
    """Says its argument; `text` decides how it behaves."""

    def __init__(self, name: str = "echo", *, read_only: bool = True) -> None:
        self.spec = ToolSpec(name, "Say it again.", {"type": "object"})
        self.read_only = read_only

    async def run(self, arguments: dict[str, object], context: ToolContext) -> str:
        if arguments.get("fail"):
            raise ToolError("It does not echo here.")
        if arguments.get("wait"):
            await asyncio.sleep(60)
        return str(arguments.get("text", "")) * int(str(arguments.get("times", 1)))


async def test_a_call_gets_what_the_tool_says() -> None:
    assert await Registry([Echo()]).run("echo", '{"text": "hello"}', CONTEXT) == Outcome("hello")


async def test_a_model_that_sends_no_arguments_calls_without_any() -> None:
    assert await Registry([Echo()]).run("echo", "", CONTEXT) == Outcome("")


async def test_a_tool_that_fails_tells_the_model_why() -> None:
    assert await Registry([Echo()]).run("echo", '{"fail": true}', CONTEXT) == Outcome("It does not echo here.", is_error=True)


@pytest.mark.parametrize("arguments", ["[1]", '{"text": ', "null", "{} {}"])
async def test_arguments_that_are_no_object_are_asked_for_again(arguments: str) -> None:
    outcome = await Registry([Echo()]).run("echo", arguments, CONTEXT)
    assert outcome == Outcome("The arguments are not a JSON object: send them again.", is_error=True)


async def test_a_tool_that_does_not_exist_is_answered_with_those_that_do() -> None:
    outcome = await Registry([Echo("echo"), Echo("shout")]).run("whisper", "{}", CONTEXT)
    assert outcome.is_error
    assert "echo, shout" in outcome.content


async def test_a_tool_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "DEADLINE_S", 0.01)
    assert (await Registry([Echo()]).run("echo", '{"wait": true}', CONTEXT)).is_error


async def test_a_long_result_is_cut_and_says_by_how_much() -> None:
    outcome = await Registry([Echo()]).run("echo", '{"text": "x", "times": 40007}', CONTEXT)
    assert outcome.content.endswith("x\n[cut: 7 more characters]")


def test_only_what_changes_something_waits_for_a_person() -> None:
    tools = Registry([Echo("read"), Echo("write", read_only=False)])
    assert (tools.needs_approval("read"), tools.needs_approval("write"), tools.needs_approval("unknown")) == (False, True, False)


def test_the_model_is_offered_every_tool() -> None:
    assert [spec.name for spec in Registry([Echo("a"), Echo("b")]).specs()] == ["a", "b"]
