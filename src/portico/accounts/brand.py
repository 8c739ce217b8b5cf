"""The colour of the instance: what of it the page may use so that text on it stays readable.

The page's accents differ in hue and chroma alone; their lightness is fixed by `web/src/design/tokens.css`, where every hue keeps a
contrast of 4.5:1. A brand colour therefore gives its hue, and as much of its chroma as sRGB holds at each of those lightnesses.
OKLab after Björn Ottosson, "A perceptual color space for image processing" (2020).
"""

import math
from dataclasses import dataclass

# Lightness and chroma of the accent's steps in tokens.css (a3, a5, a9, a10, a11), light and then dark.
STEPS = (
    (0.962, 0.017), (0.91, 0.045), (0.52, 0.185), (0.47, 0.185), (0.49, 0.18),
    (0.27, 0.045), (0.34, 0.08), (0.535, 0.18), (0.49, 0.18), (0.77, 0.11),
)  # fmt: skip
FULL_CHROMA = 0.185
_EDGE = 0.0005  # what rounding may lie outside of the gamut


@dataclass(frozen=True, slots=True)
class Brand:
    """A colour `#rrggbb` and what the accent takes of it: the hue in degrees, and a factor of the usual chroma from 0 to 1."""

    color: str
    hue: float
    chroma: float


def brand_of(color: str) -> Brand:
    """Read a colour of the form `#rrggbb`."""
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    _, a, b = _oklab(red, green, blue)
    hue = round(math.degrees(math.atan2(b, a)) % 360, 1)
    chroma = min(math.hypot(a, b) / FULL_CHROMA, most_chroma(hue))
    return Brand(color, hue, math.floor(chroma * 1000) / 1000)


def most_chroma(hue: float) -> float:
    """Return the largest factor, up to 1, with which every step of this hue is a colour of sRGB."""
    low, high = 0.0, 1.0
    if all(_in_gamut(lightness, chroma, hue) for lightness, chroma in STEPS):
        return 1.0
    for _ in range(20):
        middle = (low + high) / 2
        fits = all(_in_gamut(lightness, chroma * middle, hue) for lightness, chroma in STEPS)
        low, high = (middle, high) if fits else (low, middle)
    return low


def _in_gamut(lightness: float, chroma: float, hue: float) -> bool:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    return all(-_EDGE <= channel <= 1 + _EDGE for channel in _srgb(lightness, a, b))


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _oklab(red: float, green: float, blue: float) -> tuple[float, float, float]:
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _srgb(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    """Return red, green and blue, linear."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
