"""Which conversations a list has: a folder's, the pinned ones, the archive, or all but the archive."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from portico.ids import FolderId


@dataclass(frozen=True, slots=True)
class View:
    """Which conversations a list has; `folder` "none" are those in no folder, and what is None makes no difference."""

    folder: FolderId | Literal["none"] | None = None
    pinned: bool | None = None
    archived: bool = False

    def condition(self) -> tuple[str, Mapping[str, str]]:
        """The condition for a query over `conversations c`, and its parameters. Flags are literals, so that partial indexes are found."""
        sql = f"AND c.archived = {_literal(self.archived)}"
        if self.pinned is not None:
            sql += f" AND c.pinned = {_literal(self.pinned)}"
        if self.folder is None:
            return sql, {}
        if self.folder == "none":
            return f"{sql} AND c.folder_id IS NULL", {}
        return f"{sql} AND c.folder_id = :folder", {"folder": self.folder}


ALL = View()
UNSORTED = View(folder="none", pinned=False)
PINS = View(pinned=True)


def _literal(value: bool) -> str:  # noqa: FBT001 -- one value, one word
    return "TRUE" if value else "FALSE"
