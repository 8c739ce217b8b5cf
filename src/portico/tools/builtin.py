"""Tools that come with Portico."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from portico.providers.base import ToolSpec
from portico.tools.base import ToolContext, ToolError


class CurrentTime:
    """Tells the date and time; models do not know it by themselves."""

    spec = ToolSpec(
        name="current_time",
        description="Return the current date and time, with the weekday, in a time zone.",
        parameters={
            "type": "object",
            "properties": {"time_zone": {"type": "string", "description": "IANA name such as Asia/Shanghai; UTC when left out."}},
            "additionalProperties": False,
        },
    )
    read_only = True

    async def run(self, arguments: dict[str, object], context: ToolContext) -> str:
        del context
        name = str(arguments.get("time_zone") or "UTC")
        try:
            zone = UTC if name == "UTC" else ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ToolError(f"There is no time zone called {name[:60]!r}: use an IANA name such as Europe/Berlin.") from error
        return datetime.now(zone).strftime("%A, %Y-%m-%d %H:%M:%S %Z (UTC%z)")
