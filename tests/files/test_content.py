"""Types and image sizes from first bytes."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.files.content import HEAD_BYTES, Content, look


def png(width: int, height: int) -> bytes:
    """Make a whole, valid, black PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0" * (width + 1) * height)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def jpeg(width: int, height: int, metadata: int = 0) -> bytes:
    exif = b"\xff\xe1" + struct.pack(">H", 2 + metadata) + b"x" * metadata
    return b"\xff\xd8" + exif + b"\xff\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03" + b"\0" * 20


def webp(kind: bytes, body: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(body) + 12) + b"WEBP" + kind + struct.pack("<I", len(body)) + body


WEBP_LOSSY = webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 640, 480) + b"\0" * 9)
WEBP_LOSSLESS = webp(b"VP8L", b"\x2f" + struct.pack("<I", (640 - 1) | (480 - 1) << 14) + b"\0" * 9)
WEBP_EXTENDED = webp(b"VP8X", b"\0\0\0\0" + (640 - 1).to_bytes(3, "little") + (480 - 1).to_bytes(3, "little"))
AVIF = (
    b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf" + b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", 320, 240)
    + b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", 640, 480)
)  # fmt: skip


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (png(640, 480), Content("image/png", 640, 480)),
        (jpeg(640, 480), Content("image/jpeg", 640, 480)),
        (jpeg(640, 480, metadata=60_000), Content("image/jpeg", 640, 480)),
        (b"GIF89a" + struct.pack("<HH", 640, 480), Content("image/gif", 640, 480)),
        (WEBP_LOSSY, Content("image/webp", 640, 480)),
        (WEBP_LOSSLESS, Content("image/webp", 640, 480)),
        (WEBP_EXTENDED, Content("image/webp", 640, 480)),
        (AVIF, Content("image/avif", 640, 480)),
        (AVIF[:28], Content("image/avif")),
        (b"\0\0\0\x14ftypmp42\0\0\0\0isom", Content("application/octet-stream")),
        (b"%PDF-1.7\n", Content("application/pdf")),
        (b"PK\x03\x04abc", Content("application/zip")),
        ("Ein Wort: 你好".encode(), Content("text/plain")),
        (b"", Content("text/plain")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", Content("text/plain")),
        (b"\x00\x01\x02", Content("application/octet-stream")),
        (b"\xff\xfe\xfa", Content("application/octet-stream")),
        ("é".encode() * HEAD_BYTES, Content("text/plain")),
        (("x" + "你" * HEAD_BYTES).encode()[:HEAD_BYTES], Content("text/plain")),
    ],
)
def test_the_content_tells_its_type_and_size(data: bytes, found: Content) -> None:
    assert look(data[:HEAD_BYTES]) == found


@pytest.mark.parametrize("whole", [png(9, 9), jpeg(9, 9), WEBP_LOSSY, WEBP_LOSSLESS, WEBP_EXTENDED, b"GIF87a\x09\x00\x09\x00"])
def test_a_header_that_is_cut_short_is_never_an_error(whole: bytes) -> None:
    for length in range(len(whole)):
        look(whole[:length])


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF0000WEBP", b"RIFF0000WEBPVP8L", b""]), st.binary(max_size=200)
)
def test_no_bytes_are_an_error(start: bytes, rest: bytes) -> None:
    found = look(start + rest)
    assert found.width >= 0
    assert found.height >= 0
