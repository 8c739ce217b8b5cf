"""Thinking that a server leaves in the text between `<think>` tags, as many open models' servers do, becomes reasoning."""

from collections.abc import Sequence
from typing import Literal

from portico.providers.base import ProviderEvent, ReasoningDelta, TextDelta

_OPEN = "<think>"
_CLOSE = "</think>"


class ThinkTags:
    """Watches the head of one answer. Once it is no thinking, or the thinking is over, batches pass untouched."""

    def __init__(self) -> None:
        self.done: bool = False
        self._place: Literal["head", "thinking", "behind"] = "head"
        self._held: str = ""
        self._trim: bool = False

    def feed(self, batch: Sequence[ProviderEvent]) -> Sequence[ProviderEvent]:
        """Return the batch with tagged thinking turned into reasoning; what may be part of a tag is held back."""
        if self.done:
            return batch
        out: list[ProviderEvent] = []
        for event in batch:
            if isinstance(event, TextDelta) and not self.done:
                self._say(self._held + event.text, out)
            else:
                if not isinstance(event, ReasoningDelta):
                    out.extend(self.flush())
                out.append(event)
        return out

    def flush(self) -> list[ProviderEvent]:
        """Return what is still held back: nothing that would complete a tag will come."""
        held, self._held = self._held, ""
        if not held:
            return []
        return [ReasoningDelta(held) if self._place == "thinking" else TextDelta(held)]

    def _say(self, said: str, out: list[ProviderEvent]) -> None:
        self._held = ""
        if self._place == "head":
            head = said.lstrip()
            if head.startswith(_OPEN):
                self._place, self._trim, said = "thinking", True, head[len(_OPEN) :]
            elif _OPEN.startswith(head):
                self._held = said
                return
            else:
                self._place = "behind"
        if self._trim:
            said = said.lstrip("\n")
            self._trim = not said
        if self._place == "thinking":
            self._think(said, out)
        elif said:
            self.done = True
            out.append(TextDelta(said))

    def _think(self, said: str, out: list[ProviderEvent]) -> None:
        thought, closed, rest = said.partition(_CLOSE)
        if not closed:
            keep = next((size for size in range(len(_CLOSE) - 1, 0, -1) if said.endswith(_CLOSE[:size])), 0)
            thought, self._held = said[: len(said) - keep], said[len(said) - keep :]
        if thought:
            out.append(ReasoningDelta(thought))
        if closed:
            self._place, self._trim = "behind", True
            self._say(rest, out)
