"""The tools that a run may use, by name, and how one call is carried out."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from portico.providers.base import ToolSpec
from portico.tools.base import Tool, ToolContext, ToolError

DEADLINE_S = 60.0
MAX_RESULT_CHARS = 40_000
_arguments = msgspec.json.Decoder(dict[str, object])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the model is told; `is_error` when the tool failed or refused."""

    content: str
    is_error: bool = False


class Registry:
    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools = {tool.spec.name: tool for tool in tools}

    def specs(self) -> tuple[ToolSpec, ...]:
        return tuple(tool.spec for tool in self._tools.values())

    def needs_approval(self, name: str) -> bool:
        """Whether a person must allow the call first: everything that changes something outside."""
        tool = self._tools.get(name)
        return tool is not None and not tool.read_only

    async def run(self, name: str, arguments: str, context: ToolContext) -> Outcome:
        """Carry out one call. Never raises for what the tool or the model did wrong: the model is told instead."""
        tool = self._tools.get(name)
        if tool is None:
            return Outcome(f"There is no tool called {name[:60]!r}. The tools are: {', '.join(self._tools)}.", is_error=True)
        try:
            decoded = _arguments.decode(arguments or "{}")
        except msgspec.DecodeError:
            return Outcome("The arguments are not a JSON object: send them again.", is_error=True)
        try:
            async with asyncio.timeout(DEADLINE_S):
                content = await tool.run(decoded, context)
        except TimeoutError:
            return Outcome(f"The tool did not answer within {DEADLINE_S:.0f} s.", is_error=True)
        except ToolError as error:
            return Outcome(error.detail, is_error=True)
        if len(content) > MAX_RESULT_CHARS:
            content = content[:MAX_RESULT_CHARS] + f"\n[cut: {len(content) - MAX_RESULT_CHARS} more characters]"
        return Outcome(content)
