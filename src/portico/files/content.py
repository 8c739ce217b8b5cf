"""The type of a file by its content, and the size of an image by its header. Nothing is decoded, so no decoder can be attacked."""

from dataclasses import dataclass

HEAD_BYTES = 512 * 1024  # of a file that are looked at; a JPEG may carry its size behind long metadata
_JPEG_SIZES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True, slots=True)
class Content:
    """What the first bytes are. Width and height are those of an image, 0 where its header does not tell."""

    media_type: str
    width: int = 0
    height: int = 0


def look(head: bytes) -> Content:
    """Judge a file by its first bytes (up to HEAD_BYTES of it)."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(head)
    if head.startswith(b"\xff\xd8\xff"):
        return _jpeg(head)
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Content("image/gif", _little(head, 6, 2), _little(head, 8, 2))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp(head)
    if head[4:8] == b"ftyp" and _AVIF_BRANDS.intersection(_brands(head)):
        return _avif(head)
    if head.startswith(b"%PDF-"):
        return Content("application/pdf")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Content("application/zip")
    return Content("text/plain" if _is_text(head) else "application/octet-stream")


def _png(head: bytes) -> Content:
    if head[12:16] != b"IHDR":
        return Content("image/png")
    return Content("image/png", _big(head, 16, 4), _big(head, 20, 4))


def _jpeg(head: bytes) -> Content:
    """Walk the segments to the frame header, which holds the size."""
    at = 2
    while at + 9 < len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _JPEG_ALONE:
            at += 2
        elif marker in _JPEG_SIZES:
            return Content("image/jpeg", _big(head, at + 7, 2), _big(head, at + 5, 2))
        else:
            length = _big(head, at + 2, 2)
            if length < 2:
                break
            at += 2 + length
    return Content("image/jpeg")


def _webp(head: bytes) -> Content:
    kind = head[12:16]
    if kind == b"VP8X":
        return Content("image/webp", _little(head, 24, 3) + 1, _little(head, 27, 3) + 1)
    if kind == b"VP8L" and head[20:21] == b"\x2f":
        bits = _little(head, 21, 4)
        return Content("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        return Content("image/webp", _little(head, 26, 2) & 0x3FFF, _little(head, 28, 2) & 0x3FFF)
    return Content("image/webp")


def _brands(head: bytes) -> list[bytes]:
    """The names in the first box of an ISO media file: the main one, then those that it is compatible with."""
    end = min(_big(head, 0, 4), 256)
    return [head[8:12], *(head[at : at + 4] for at in range(16, end, 4))]


def _avif(head: bytes) -> Content:
    """The largest size that is told: a grid of tiles tells each tile's and its own."""
    sizes = [(0, 0)]
    at = head.find(b"ispe")
    while at >= 0:
        sizes.append((_big(head, at + 8, 4), _big(head, at + 12, 4)))
        at = head.find(b"ispe", at + 4)
    return Content("image/avif", *max(sizes, key=lambda size: size[0] * size[1]))


def _big(head: bytes, at: int, size: int) -> int:
    return int.from_bytes(head[at : at + size], "big") if len(head) >= at + size else 0


def _little(head: bytes, at: int, size: int) -> int:
    return int.from_bytes(head[at : at + size], "little") if len(head) >= at + size else 0


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head[: max(0, len(head) - 3)].decode() if len(head) == HEAD_BYTES else head.decode()
    except UnicodeDecodeError as error:
        return len(head) == HEAD_BYTES and error.start >= len(head) - 6  # a character that the cut divided
    return True
