"""The demo model's picture is a PNG of the size that was asked for."""

import zlib

from portico.files import content
from portico.providers.demo_picture import png


def test_the_picture_has_the_size_that_was_asked_for() -> None:
    found = content.look(png(64, 40))
    assert (found.media_type, found.width, found.height) == ("image/png", 64, 40)


def test_every_pixel_is_there() -> None:
    data = png(7, 5)
    start = data.index(b"IDAT") + 4
    length = int.from_bytes(data[start - 8 : start - 4], "big")
    assert len(zlib.decompress(data[start : start + length])) == 5 * (1 + 7 * 3)


def test_the_same_size_is_the_same_picture() -> None:
    assert png(9, 9) == png(9, 9)
