"""From the branch of a conversation and the answer so far to one provider request: pure, and trimmed to the model's window."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from portico.conversations import models as m
from portico.providers import base as p

INSTRUCTION = (
    "Your last answer was cut off. Continue it exactly after its last character, with no repetition, no introduction and no remark "
    "about the interruption; keep its language and format."
)
IMAGE_TOKENS = 1_000  # what vendors charge for a picture of 2048 px, about
ANSWER_TOKENS = 4_096  # room that is left for the answer
MESSAGE_TOKENS = 4  # what a turn costs besides its text


@dataclass(frozen=True, slots=True)
class Images:
    """Pictures of the branch as bytes, by file id; one that is gone is missing here and is named in the text instead."""

    by_file: Mapping[str, p.ImagePart]


def history(messages: Sequence[m.Message], images: Images) -> list[p.PromptMessage]:
    """Turn the messages of a branch, root first, into provider turns. Failed answers without text are left out."""
    turns: list[p.PromptMessage] = []
    for message in messages:
        if message.role == "assistant":
            turns.extend(assistant_turns(message.parts))
        else:
            turns.append(p.PromptMessage("user", _user_parts(message.parts, images) or (p.TextPart(" "),)))
    return turns


def assistant_turns(parts: Sequence[m.Part]) -> list[p.PromptMessage]:
    """Cut an answer into its steps: what the model said and called, then the results, and so on."""
    turns: list[p.PromptMessage] = []
    said: list[p.PromptPart] = []
    results: list[p.ToolResultPart] = []
    for part in parts:
        if results and not isinstance(part, m.ToolCallPart):
            _close_step(turns, said, results)
        match part:
            case m.TextPart():
                said.append(p.TextPart(part.text))
            case m.ReasoningPart():
                said.append(p.ReasoningPart(part.text, part.signature))
            case m.ToolCallPart() if part.content is not None:
                said.append(p.ToolCallPart(part.call, part.name, part.arguments or "{}", part.signature))
                results.append(p.ToolResultPart(part.call, part.name, part.content, part.is_error))
            case m.RefusalPart():
                said.append(p.TextPart(part.text))
            case _:
                pass
    _close_step(turns, said, results)
    return turns


def _close_step(turns: list[p.PromptMessage], said: list[p.PromptPart], results: list[p.ToolResultPart]) -> None:
    if any(not isinstance(part, p.ReasoningPart) for part in said):
        turns.append(p.PromptMessage("assistant", tuple(said)))
    if results:
        turns.append(p.PromptMessage("tool", tuple(results)))
    said.clear()
    results.clear()


def _user_parts(parts: Sequence[m.Part], images: Images) -> tuple[p.PromptPart, ...]:
    out: list[p.PromptPart] = []
    for part in parts:
        if isinstance(part, m.TextPart):
            out.append(p.TextPart(part.text))
        elif isinstance(part, m.ImagePart):
            out.append(images.by_file.get(part.file) or p.TextPart(f"[an image, {part.name or 'without a name'}, which is not available]"))
    return tuple(out)


def tokens(message: p.PromptMessage, count: Callable[[str], int]) -> int:
    """About how many tokens a turn takes."""
    total = MESSAGE_TOKENS
    for part in message.parts:
        match part:
            case p.TextPart() | p.ReasoningPart():
                total += count(part.text)
            case p.ImagePart():
                total += IMAGE_TOKENS
            case p.ToolCallPart():
                total += count(part.arguments) + count(part.name)
            case p.ToolResultPart():
                total += count(part.content)
    return total


def trim(
    turns: Sequence[p.PromptMessage],
    *,
    window_tokens: int | None,
    count: Callable[[str], int],
    reserve_tokens: int = ANSWER_TOKENS,
    share: float = 1.0,
) -> tuple[tuple[p.PromptMessage, ...], bool]:
    """Drop the oldest turns until the rest fits the window; the last user turn and what follows it always stay.

    With a `share` below 1 no more than this part of all turns is kept: a provider refused them, whatever our own count says.
    Returns the turns and whether any was dropped. A cut never leaves a tool result without its call.
    """
    if window_tokens is None and share >= 1:
        return tuple(turns), False
    sizes = [tokens(turn, count) for turn in turns]
    start, total = 0, sum(sizes)
    room = total if window_tokens is None else window_tokens - min(reserve_tokens, window_tokens // 4)
    room = min(room, int(total * share))
    last_user = max((index for index, turn in enumerate(turns) if turn.role == "user"), default=0)
    while total > room and start < last_user:
        total -= sizes[start]
        start += 1
        while start < last_user and turns[start].role != "user":
            total -= sizes[start]
            start += 1
    return tuple(turns[start:]), start > 0
