"""What folders and steps with many conversations accept and say as JSON."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from portico.conversations import models as m
from portico.conversations.selection import MAX_SELECTED, Selected
from portico.conversations.service import Patch
from portico.conversations.shapes import ConversationShape, IdText
from portico.ids import ConversationId, FolderId
from portico.infra.http import Body, iso

FolderName = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class FolderShape(BaseModel):
    """A place for conversations; `position` orders the folders."""

    id: str
    name: str
    position: int
    created: str
    rev: int

    @classmethod
    def of(cls, folder: m.Folder) -> "FolderShape":
        return cls(id=folder.id, name=folder.name, position=folder.position, created=iso(folder.created), rev=folder.rev)


class SelectedShape(BaseModel):
    """What was done with many: the conversations as they are now (deleted ones as they were), and the ids that are not the caller's."""

    items: list[ConversationShape]
    missing: list[str]

    @classmethod
    def of(cls, selected: Selected) -> "SelectedShape":
        return cls(items=[ConversationShape.of(one) for one in selected.items], missing=list(selected.missing))


class SelectionBody(Body):
    """One step for many conversations. `folder` is for `move`: null takes them out of their folders.

    `move` also unpins, since a pinned conversation stands with the other pinned ones and not in its folder.
    """

    ids: Annotated[list[IdText], Field(min_length=1, max_length=MAX_SELECTED)]
    action: Literal["archive", "unarchive", "pin", "unpin", "move", "read", "delete", "restore"]
    folder: IdText | None = None

    @property
    def chosen(self) -> list[ConversationId]:
        return [ConversationId(one) for one in self.ids]

    def patch(self) -> Patch:
        """What the action changes; nothing for `delete` and `restore`."""
        match self.action:
            case "archive" | "unarchive":
                return Patch(archived=self.action == "archive")
            case "pin" | "unpin":
                return Patch(pinned=self.action == "pin")
            case "move":
                return Patch(folder=None if self.folder is None else FolderId(self.folder), pinned=False)
            case "read":
                return Patch(unread=False)
            case "delete" | "restore":
                return Patch()


class NewFolder(Body):
    """A folder to make; it comes behind the others."""

    name: FolderName


class FolderPatch(Body):
    """What is to change; `position` is the place among the folders, 0 is the first."""

    name: FolderName | None = None
    position: Annotated[int | None, Field(ge=0, le=10_000)] = None
