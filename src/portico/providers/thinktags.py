"""Thinking that a server leaves in the text between `<think>` tags, as many open models' servers do, becomes reasoning."""

from collections.abc import Sequence

from portico.providers.base import Finish, ProviderEvent, ReasoningDelta, TextDelta

_OPEN = "<think>"
_CLOSE = "</think>"


class ThinkTags:
    """Watches the head of one answer. Once it is no thinking, or the thinking is over, batches pass untouched."""

    def __init__(self) -> None:
        self.done: bool = False
        self._inside: bool = False
        self._held: str = ""

    def feed(self, batch: Sequence[ProviderEvent]) -> Sequence[ProviderEvent]:
        """Return the batch with tagged thinking turned into reasoning; what may be part of a tag is held back."""
        if self.done:
            return batch
        out: list[ProviderEvent] = []
        for event in batch:
            if self.done or not isinstance(event, TextDelta | Finish):
                out.append(event)
            elif isinstance(event, TextDelta):
                self._say(self._held + event.text, out)
            else:
                self._flush(out)
                out.append(event)
        return out

    def flush(self) -> list[ProviderEvent]:
        """Return what is still held back, for a stream that broke off."""
        out: list[ProviderEvent] = []
        self._flush(out)
        return out

    def _say(self, said: str, out: list[ProviderEvent]) -> None:
        self._held = ""
        if self._inside:
            self._think(said, out)
            return
        head = said.lstrip()
        if head.startswith(_OPEN):
            self._inside = True
            self._think(head[len(_OPEN) :].lstrip("\n"), out)
        elif _OPEN.startswith(head):
            self._held = said
        else:
            self.done = True
            out.append(TextDelta(said))

    def _think(self, said: str, out: list[ProviderEvent]) -> None:
        thought, closed, rest = said.partition(_CLOSE)
        if closed:
            self.done = True
            out.extend([ReasoningDelta(thought)] if thought else [])
            out.extend([TextDelta(rest)] if (rest := rest.lstrip("\n")) else [])
            return
        keep = next((size for size in range(len(_CLOSE) - 1, 0, -1) if said.endswith(_CLOSE[:size])), 0)
        self._held = said[len(said) - keep :]
        if thought := said[: len(said) - keep]:
            out.append(ReasoningDelta(thought))

    def _flush(self, out: list[ProviderEvent]) -> None:
        held, self._held = self._held, ""
        self.done = True
        if held:
            out.append(ReasoningDelta(held) if self._inside else TextDelta(held))
