"""What shares hand out, and the errors of this domain."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from portico.conversations.models import Message
from portico.errors import Forbidden, Invalid, LimitReached, NotFound
from portico.ids import ConversationId, MessageId, ShareId, UserId

Days = Literal[1, 7, 30]
MAX_SHARES = 500


class ShareNotFound(NotFound):
    """The caller has no share with this id."""

    code = "share_not_found"
    default_detail = "This link does not exist, or it is not yours."


class ShareGone(NotFound):
    """The secret of a link opens nothing: it never did, was taken back, is over, or its owner or the instance shares nothing now."""

    code = "share_gone"
    default_detail = "This link leads nowhere (any more): ask whoever sent it for a new one."


class SharingOff(Forbidden):
    """The administrators allow no share links."""

    code = "sharing_off"
    default_detail = "Sharing is turned off for this instance: ask an administrator."


class ShareTooLong(Invalid):
    """The administrators allow links for a shorter time only."""

    code = "share_too_long"
    default_detail = "Choose a shorter time: the administrators have set a limit for links."


class NothingToShare(Invalid):
    """The branch has no finished message yet."""

    code = "nothing_to_share"
    default_detail = "Wait for the first answer, then share the conversation."


class TooManyShares(LimitReached):
    """The caller has as many share links as one account may have."""

    code = "too_many_shares"
    default_detail = f"Take back a link that you do not need: one account has at most {MAX_SHARES}."


@dataclass(frozen=True, slots=True)
class Terms:
    """How something is shared.

    `leaf` is the last message of the branch, None for the active one; `days` None is for ever; `details` shows thinking and tools, too;
    `show_name` names the owner.
    """

    leaf: MessageId | None = None
    days: Days | None = 7
    details: bool = False
    show_name: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A link to the branch that ends at `leaf`, as its owner sees it. `updated` is when it was last made to show something else.

    `title` is the one at that time; `author` is empty unless the owner is named; `images` counts the files that the link opens.
    """

    id: ShareId
    user_id: UserId
    conversation: ConversationId
    leaf: MessageId
    title: str
    author: str
    details: bool
    messages: int
    files: frozenset[str]
    created: int
    updated: int
    renewed: int
    expires: int | None
    token: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """What the reader of a link gets: a stretch of the branch, root side first. `after` is the message to go on behind, None at its end."""

    share: Share
    messages: tuple[Message, ...]
    after: MessageId | None


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of a link; what is None, or UNSET for `days`, stays."""

    leaf: MessageId | None = None
    days: Days | msgspec.UnsetType | None = msgspec.UNSET
    details: bool | None = None
    show_name: bool | None = None

    def fields(self) -> list[str]:
        """The names of what changes."""
        chosen = {"leaf": self.leaf, "details": self.details, "show_name": self.show_name}
        return sorted([name for name, value in chosen.items() if value is not None] + (["days"] if self.days is not msgspec.UNSET else []))
