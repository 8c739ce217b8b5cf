"""Reading vendors' JSON where its shape differs from server to server: what is missing or of another type is simply not there."""

from typing import cast

import msgspec

from portico.providers.base import Usage


def members(value: object) -> dict[str, object]:
    """Return a JSON object's members, none for anything else."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Return a JSON array's items, none for anything else."""
    return cast("list[object]", value) if isinstance(value, list) else []


def text(value: object) -> str:
    return value if isinstance(value, str) else ""


def count(value: object) -> int:
    """Return a number of tokens; zero when it is missing, null or nonsense."""
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e15 else 0


def at(value: object, *path: str) -> object:
    """Return the member at `path`, None when there is none."""
    for name in path:
        value = members(value).get(name)
    return value


def parsed(raw: msgspec.Raw | bytes | str) -> object:
    """Decode JSON that was kept raw."""
    return cast("object", msgspec.json.decode(raw))


def json_text(value: object) -> str:
    """Return a JSON value as text; a text that is JSON already stays as it is."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def arguments_object(arguments: str) -> dict[str, object]:
    """Return a call's arguments as the object that some vendors want; broken ones go back under a name that says so."""
    try:
        value = parsed(arguments or "{}")
    except msgspec.DecodeError:
        return {"invalid_arguments": arguments}
    return cast("dict[str, object]", value) if isinstance(value, dict) else {"value": value}


def chat_usage(raw: object) -> Usage | None:
    """Read the usage object of Chat Completions in the forms that its servers give it."""
    if not isinstance(raw, dict):
        return None
    usage = members(cast("object", raw))
    if not any(isinstance(usage.get(name), int | float) for name in ("prompt_tokens", "completion_tokens", "total_tokens")):
        return None
    cached = at(usage, "prompt_tokens_details", "cached_tokens") or usage.get("prompt_cache_hit_tokens") or usage.get("cached_tokens")
    reasoning = at(usage, "completion_tokens_details", "reasoning_tokens") or usage.get("reasoning_tokens")
    return Usage(count(usage.get("prompt_tokens")), count(usage.get("completion_tokens")), count(cached), count(reasoning))


class CallNames:
    """Gives every tool call an id of its own within the conversation: servers leave ids out, or use the same ones again."""

    __slots__ = ("_taken",)

    def __init__(self, taken: set[str]) -> None:
        self._taken: set[str] = taken

    def give(self, wanted: str, number: int) -> str:
        """Return `wanted` if it is new, else one made from it; `number` counts the answer's calls from 0."""
        stem = wanted or f"call_{number}"
        name, again = stem, 2
        while name in self._taken:
            name, again = f"{stem}_{again}", again + 1
        self._taken.add(name)
        return name
