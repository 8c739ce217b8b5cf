"""Typed, time-ordered ids: UUIDv7 in the canonical 36-character form, so that text order is time order."""

import hashlib
import os
import re
import threading
import time
from typing import NewType

UserId = NewType("UserId", str)
GroupId = NewType("GroupId", str)
SessionId = NewType("SessionId", str)
ApiKeyId = NewType("ApiKeyId", str)
ConversationId = NewType("ConversationId", str)
FolderId = NewType("FolderId", str)
MessageId = NewType("MessageId", str)
RunId = NewType("RunId", str)
JobId = NewType("JobId", str)
FileId = NewType("FileId", str)
ShareId = NewType("ShareId", str)
InvitationId = NewType("InvitationId", str)
ProviderId = NewType("ProviderId", str)
ProcessId = NewType("ProcessId", str)

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """Return a UUIDv7 that sorts after every other one made by this process.

    Source: RFC 9562 section 5.7, with the 12 bits of `rand_a` as a counter within one millisecond (section 6.2, method 1).
    """
    global _last
    with _lock:
        stamp = (time.time_ns() // 1_000_000) << 12
        _last = stamp if stamp > _last else _last + 1
        stamp = _last
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    value = ((stamp >> 12) << 80) | (0x7 << 76) | ((stamp & 0xFFF) << 64) | (0b10 << 62) | random
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def derived_id(source: str, content: bytes) -> str:
    """Return the UUIDv7 that belongs to `content` of the object `source`: always the same one, with the time of its source."""
    digits = hashlib.sha256(source.encode() + content).hexdigest()
    variant = "89ab"[int(digits[3], 16) % 4]
    return f"{source[:13]}-7{digits[:3]}-{variant}{digits[4:7]}-{digits[7:19]}"


def is_id(text: str) -> bool:
    """Say whether `text` is a UUIDv7 in canonical lower-case form, the only form that is stored."""
    return _UUID7.fullmatch(text) is not None
