"""Images that a model makes become files before anything is recorded: the log, the stream and the message carry only an id."""

import base64
import binascii
import logging
from collections.abc import Sequence
from typing import Protocol

import msgspec

from portico.errors import PorticoError
from portico.files.models import File
from portico.ids import FileId, UserId, derived_id
from portico.infra.dberrors import DatabaseUnavailable
from portico.providers.base import Notice, PartStarted
from portico.runs.events import EngineEvent
from portico.runs.models import Run

logger = logging.getLogger(__name__)


class Shelf(Protocol):
    """Where images are kept."""

    async def keep(self, user_id: UserId, file_id: FileId, name: str, data: bytes) -> File: ...


def are_in(batch: Sequence[EngineEvent]) -> bool:
    """Whether there is an image to be stored among these events."""
    return any(isinstance(event, PartStarted) and event.kind == "image" for event in batch)


async def stored(shelf: Shelf, run: Run, batch: Sequence[EngineEvent]) -> list[EngineEvent]:
    """The same events with the ids of files in place of data URLs; what is no image that we can keep becomes a notice.

    Raises DatabaseUnavailable; it may be called again with the same events.
    """
    return [await _stored(shelf, run, event) if isinstance(event, PartStarted) and event.kind == "image" else event for event in batch]


async def _stored(shelf: Shelf, run: Run, event: PartStarted) -> EngineEvent:
    head, _, body = event.data.partition(",")
    try:
        if not head.startswith("data:image/") or not head.endswith(";base64"):
            raise ValueError("no data URL of an image")
        data = base64.b64decode(body, validate=True)
        form = head.removeprefix("data:image/").removesuffix(";base64")
        file = await shelf.keep(run.user_id, FileId(derived_id(run.id, data)), f"image.{form}", data)
    except DatabaseUnavailable:
        raise
    except (PorticoError, ValueError, binascii.Error) as error:
        logger.warning("an image of run %s is lost: %s", run.id, error)
        return Notice("image_lost")
    size = {"width": file.width or 0, "height": file.height or 0}
    return msgspec.structs.replace(event, name=file.name, data=file.id, media_type=file.media_type, **size)
