"""What a tool is to a run: a function that a model may ask for, with the fact that decides whether it may be run unasked."""

from dataclasses import dataclass
from typing import Protocol

from portico.errors import PorticoError
from portico.ids import RunId, UserId
from portico.providers.base import ToolSpec


@dataclass(frozen=True, slots=True)
class ToolContext:
    """In whose name a tool acts. `key` is the same for every try of one call, so that a writing tool can recognise a repeat."""

    user_id: UserId
    run_id: RunId
    key: str


class Tool(Protocol):
    """A tool. `read_only` changes nothing outside: any other waits for a person, and after a crash for the person once more."""

    spec: ToolSpec
    read_only: bool

    async def run(self, arguments: dict[str, object], context: ToolContext) -> str:
        """Do it and return text for the model. Raises ToolError with a sentence that the model and the person both read."""
        ...


class ToolError(PorticoError):
    """A tool could not do what was asked; the model is told and may try otherwise."""

    code = "tool_failed"
    title = "The tool failed"
    status = 502
    default_detail = "The tool could not do this: ask for it differently."
