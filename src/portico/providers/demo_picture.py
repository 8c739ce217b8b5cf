"""A picture that the demo model can draw: a PNG of any size, always the same for the same size."""

import struct
import zlib


def png(width: int, height: int) -> bytes:
    """Return a PNG with a sky, a sun and hills, 24 bits a pixel."""
    rows = b"".join(b"\0" + _row(width, height, y) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 1)) + _chunk(b"IEND", b"")


def _row(width: int, height: int, y: int) -> bytes:
    """One line of pixels: sky above, two hills below, a sun between."""
    sky = bytes((90 + 120 * y // height, 140 + 80 * y // height, 235))
    sun_x, sun_y, radius = width * 3 // 4, height // 3, max(1, min(width, height) // 8)
    line = bytearray(sky * width)
    reach = radius * radius - (y - sun_y) ** 2
    if reach >= 0:
        half = int(reach**0.5)
        start, end = max(0, sun_x - half), min(width, sun_x + half)
        line[start * 3 : end * 3] = bytes((255, 214, 120)) * (end - start)
    for color, top, middle in (((60, 130, 110), 0.62, 0.3), ((40, 100, 85), 0.74, 0.8)):
        _hill(line, width, y / height, (bytes(color), top, middle))
    return bytes(line)


def _hill(line: bytearray, width: int, depth: float, hill: tuple[bytes, float, float]) -> None:
    """Paint what the hill, a parabola around `middle` with its summit at `top`, covers of this line."""
    color, top, middle = hill
    if depth < top:
        return
    half = ((depth - top) * 3) ** 0.5
    start, end = max(0, int((middle - half) * width)), min(width, int((middle + half) * width))
    line[start * 3 : end * 3] = color * (end - start)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
