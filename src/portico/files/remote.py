"""Images of other sites, fetched for a person who asks to see one, so that the site does not learn who reads."""

import asyncio
from dataclasses import dataclass

from yarl import URL

from portico.access import policy
from portico.access.models import Action, Resource
from portico.access.principal import Principal
from portico.errors import Forbidden, Invalid, PorticoError
from portico.files import content
from portico.files.models import IMAGE_TYPES
from portico.files.service import FileTooLarge
from portico.infra.egress import AddressRefused, Egress, Redirected
from portico.infra.ratelimit import RateLimiter
from portico.settings import Limits

_SHOWN = IMAGE_TYPES | {"image/avif"}  # an SVG is a document that can hold scripts, so it is none of these
_MAX_HOPS = 3
_TOTAL_S = 15.0
_AT_ONCE = 16
_HEADERS = {"Accept": ", ".join(sorted(_SHOWN)), "Accept-Encoding": "identity"}


class RemoteImagesOff(Forbidden):
    """PORTICO_REMOTE_IMAGES is 0."""

    code = "remote_images_off"
    default_detail = "Open the image at its own address; this server fetches none."


class ImageUnreachable(PorticoError):
    """The other site does not answer, or not with the image."""

    code = "image_unreachable"
    title = "Image not reachable"
    status = 502
    default_detail = "The other site did not send the image; try again, or open it at its own address."


class NotAnImage(Invalid):
    """What came is no PNG, JPEG, WebP, GIF or AVIF, whatever the other site calls it."""

    code = "not_an_image"
    default_detail = "Only PNG, JPEG, WebP, GIF and AVIF are shown; open it at its own address."


@dataclass(frozen=True, slots=True)
class RemoteImage:
    """An image as it came, with the type that its content has."""

    media_type: str
    data: bytes


class RemoteImages:
    """Fetches images by the egress policy `public`: without cookies, referrer, or anything else that names the person."""

    def __init__(self, egress: Egress, limits: Limits, limiter: RateLimiter, *, enabled: bool) -> None:
        self._egress = egress
        self._limits = limits
        self._limiter = limiter
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self.enabled = enabled

    async def fetch(self, who: Principal, url: str) -> RemoteImage:
        """Fetch one image. Whoever may bring a file in may also have one fetched.

        Raises RemoteImagesOff, RateLimited, AddressRefused, ImageUnreachable, AnswerTooLarge, FileTooLarge, NotAnImage.
        """
        policy.require(who, Action("file", "create"), Resource())
        if not self.enabled:
            raise RemoteImagesOff
        target = self._egress.check(url, "public")
        await self._limiter.take(f"image:{who.user_id}", self._limits.remote_images_per_minute, per_s=60)
        try:
            async with asyncio.timeout(_TOTAL_S), self._slots:
                data = await self._follow(target)
        except (AddressRefused, OSError) as error:  # TimeoutError among them
            # A name that leads into this network gets the same answer as one that does not exist, or people could ask for names of it.
            raise ImageUnreachable from error
        return self._judge(data)

    async def _follow(self, target: URL) -> bytes:
        """Fetch, over at most three redirects; each address is judged like the first."""
        for _ in range(_MAX_HOPS + 1):
            try:
                return await self._read(target)
            except Redirected as redirect:
                target = self._egress.check(_joined(target, redirect.location), "public")
        raise ImageUnreachable("The other site sends the request around in circles.")

    async def _read(self, target: URL) -> bytes:
        status, data = await self._egress.get(
            target, "public", headers=_HEADERS, max_bytes=self._limits.remote_image_bytes, total_s=_TOTAL_S
        )
        if status != 200:
            raise ImageUnreachable(f"The other site answered with status {status}.")
        return data

    def _judge(self, data: bytes) -> RemoteImage:
        found = content.look(data[: content.HEAD_BYTES])
        if found.media_type not in _SHOWN:
            raise NotAnImage
        if found.width * found.height > self._limits.image_pixels:
            raise FileTooLarge(f"An image may have {self._limits.image_pixels} pixels.", limit=self._limits.image_pixels)
        return RemoteImage(found.media_type, data)


def _joined(base: URL, location: str) -> str:
    """The address that a redirect names, which may be relative. Raises ImageUnreachable when it names none."""
    try:
        if location:
            return str(base.join(URL(location)))
    except ValueError as error:
        raise ImageUnreachable from error
    raise ImageUnreachable("The other site sends the request to nowhere.")
