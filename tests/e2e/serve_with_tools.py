"""`portico serve` with a tool that writes, so that a browser test can be asked for its permission. No such tool comes with Portico."""

import sys
from functools import partial

from portico.cli import main, serve
from portico.providers.base import ToolSpec
from portico.tools.base import ToolContext, ToolError


class KeepNote:
    """Keeps notes in memory; one that says "fail" cannot be kept."""

    spec = ToolSpec(
        name="keep_note",
        description="Keep a note for the person.",
        parameters={"type": "object", "properties": {"title": {"type": "string"}, "text": {"type": "string"}}, "required": ["text"]},
    )
    read_only = False

    def __init__(self) -> None:
        self.kept: list[str] = []

    async def run(self, arguments: dict[str, object], context: ToolContext) -> str:
        del context
        text = str(arguments["text"])
        if text == "fail":
            raise ToolError("The notebook is full: take a note away first.")
        self.kept.append(text)
        return f'{{"kept": "{text}", "notes": {len(self.kept)}}}'


if __name__ == "__main__":
    serve.build = partial(serve.build, tools=(KeepNote(),))
    sys.exit(main(["serve"]))
