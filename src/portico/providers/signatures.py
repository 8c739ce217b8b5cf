"""What a vendor wants back with its model's thinking, packed into the one text that a part keeps, and marked with whose it is.

A conversation may go on with another vendor's model, which refuses a foreign signature: each adapter unpacks only its own kind.
"""

from collections.abc import Sequence

import msgspec

from portico.providers.reading import items, members, parsed, text

ANTHROPIC = "anthropic:"
REDACTED = "anthropic-redacted:"
GEMINI = "gemini:"
RESPONSES = "responses:"
DETAILS = "details:"


def unpack(signature: str, kind: str) -> str:
    """Return the vendor's own text if the signature is of this kind, else nothing."""
    return signature.removeprefix(kind) if signature.startswith(kind) else ""


def merge_details(into: list[dict[str, object]], pieces: Sequence[dict[str, object]]) -> None:
    """Add pieces of `reasoning_details`: those with the same index and type are one block whose texts follow each other."""
    for piece in pieces:
        last = into[-1] if into else None
        if last is None or (last.get("index"), last.get("type")) != (piece.get("index"), piece.get("type")):
            into.append(dict(piece))
            continue
        for name, value in piece.items():
            if name in ("text", "summary", "data") and isinstance(value, str):
                last[name] = text(last.get(name)) + value
            elif value is not None:
                last[name] = value


def sign_details(details: Sequence[dict[str, object]]) -> str:
    """Pack `reasoning_details`; nothing when no block carries a signature or encrypted data, because then nobody wants them back."""
    if not any(block.get("signature") or block.get("data") for block in details):
        return ""
    return DETAILS + msgspec.json.encode(details).decode()


def details_of(signature: str) -> list[dict[str, object]]:
    packed = unpack(signature, DETAILS)
    return [members(item) for item in items(parsed(packed))] if packed else []
