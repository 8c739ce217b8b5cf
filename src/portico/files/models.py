"""What a file is, and what its first bytes say."""

from dataclasses import dataclass
from typing import Literal

from portico.ids import FileId

PART_BYTES = 900_000  # an ingress cuts bodies at 1 MB by default
IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file, or one that is still being uploaded; `received` are the numbers of its parts that are here."""

    id: FileId
    name: str
    media_type: str
    size: int
    status: Literal["uploading", "ready"]
    width: int | None
    height: int | None
    object: str | None
    received: tuple[int, ...]
    created: int

    @property
    def parts(self) -> int:
        """The number of parts; an empty file has one empty part."""
        return max(1, -(-self.size // PART_BYTES))

    def part_size(self, n: int) -> int:
        """The size that part `n` must have."""
        return min(PART_BYTES, self.size - n * PART_BYTES)

    @property
    def is_image(self) -> bool:
        return self.media_type in IMAGE_TYPES
