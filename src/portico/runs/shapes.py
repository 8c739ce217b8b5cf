"""What runs accept and say as JSON."""

from typing import Annotated, Literal, TypedDict

from pydantic import BaseModel, Field, StringConstraints

from portico.accounts.shapes import ModelRefBody
from portico.conversations import models as m
from portico.conversations.shapes import IdText, MessageShape, TitleText
from portico.ids import FolderId, RunId
from portico.infra.http import Body, iso, iso_or_none
from portico.runs.ask import Accepted
from portico.runs.models import Run

MAX_TEXT = 400_000  # characters of one message: more than any model's window takes


class TextBody(Body):
    type: Literal["text"]
    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]


class ImageBody(Body):
    """An image that was uploaded before."""

    type: Literal["image"]
    file: IdText
    media_type: Annotated[str, StringConstraints(pattern=r"^image/(png|jpeg|webp|gif)$")]
    name: Annotated[str, StringConstraints(max_length=200)] = ""
    width: Annotated[int | None, Field(ge=1, le=100_000)] = None
    height: Annotated[int | None, Field(ge=1, le=100_000)] = None


PartBody = Annotated[TextBody | ImageBody, Field(discriminator="type")]
Parts = Annotated[list[PartBody], Field(min_length=1, max_length=50)]
OtherModels = Annotated[list[ModelRefBody], Field(max_length=3)]
Effort = Literal["none", "low", "medium", "high"]


class ConversationToMake(Body):
    """The conversation is made in the same transaction if it does not exist."""

    title: TitleText = ""
    folder: IdText | None = None
    temporary: bool = False

    def beginning(self) -> m.Beginning:
        return m.Beginning(self.title, folder=None if self.folder is None else FolderId(self.folder), temporary=self.temporary)


class SendBody(Body):
    """A message of a person. `id` is made by the client, a UUIDv7: sending the same again is safe.

    The models of `compare_with` answer it, too: their answers stand side by side until `/branch` chooses one.
    """

    id: IdText
    parent: IdText | None = None
    parts: Parts
    model: ModelRefBody
    reasoning_effort: Effort | None = None
    conversation: ConversationToMake | None = None
    compare_with: OtherModels = Field(default_factory=list)


class EditBody(Body):
    """Another version of a message; `id` is that of the new one."""

    id: IdText
    parts: Parts
    model: ModelRefBody | None = None
    reasoning_effort: Effort | None = None


class AgainBody(Body):
    """Another answer; `id` is that of the new answer.

    With `compare` it stands beside the old one until `/branch` chooses one. With `shorten` it is made from half as many earlier messages.
    """

    id: IdText
    model: ModelRefBody | None = None
    compare: bool = False
    shorten: bool = False


class ContinueBody(Body):
    """The answer that goes on where another was broken off; `id` is that of the new answer."""

    id: IdText


class ApprovalBody(Body):
    approve: bool


class ErrorShape(BaseModel):
    code: str
    detail: str
    message: str | None = None


class RunShape(BaseModel):
    """One attempt to answer; `place` is that in the queue, 1 is next."""

    id: str
    conversation: str
    message: str
    state: Literal["queued", "running", "completing", "needs_user", "done", "failed", "cancelled", "interrupted"]
    attempt: int
    place: int | None
    created: str
    started: str | None
    finished: str | None
    error: ErrorShape | None

    @classmethod
    def of(cls, run: Run, place: int | None = None) -> "RunShape":
        error = run.error
        return cls(
            id=run.id,
            conversation=run.conversation_id,
            message=run.message_id,
            state=run.state,
            attempt=run.attempt,
            place=place,
            created=iso(run.created),
            started=iso_or_none(run.started),
            finished=iso_or_none(run.finished),
            error=ErrorShape(code=error.code, detail=error.detail, message=error.message) if error else None,
        )


class BegunShape(BaseModel):
    """An answer that was begun, or waits in the queue; `cursor` is where the run's events begin."""

    run: RunShape
    assistant: MessageShape
    cursor: str


class AcceptedShape(BegunShape):
    """What was stored. `beside` are the answers of further models to the same message."""

    message: MessageShape
    beside: list[BegunShape]

    @classmethod
    def of(cls, accepted: Accepted) -> "AcceptedShape":
        beside = [BegunShape(**_begun(each)) for each in accepted.beside]
        return cls(message=MessageShape.of(accepted.message), beside=beside, **_begun(accepted))


class Begun(TypedDict):
    """The members of BegunShape."""

    run: RunShape
    assistant: MessageShape
    cursor: str


def _begun(accepted: Accepted) -> Begun:
    run = accepted.run
    assistant = MessageShape.of(accepted.assistant, m.RunRef(run.id, run.state))
    return Begun(run=RunShape.of(run, accepted.place), assistant=assistant, cursor=f"{run.attempt}.0")


class AnswersShape(BaseModel):
    """Answers to one question, in the order in which they stand."""

    items: list[MessageShape]

    @classmethod
    def of(cls, found: list[tuple[m.Message, Run]]) -> "AnswersShape":
        return cls(items=[MessageShape.of(message, m.RunRef(run.id, run.state)) for message, run in found])


class UsageShape(BaseModel):
    """What the caller used in this month (UTC)."""

    period: Literal["month"]
    tokens_input: int
    tokens_output: int
    cost_usd: float
    runs: int


def parts_of(bodies: list[TextBody | ImageBody]) -> tuple[m.Part, ...]:
    """The parts of a message as they are stored."""
    return tuple(
        m.TextPart(body.text) if isinstance(body, TextBody) else m.ImagePart(body.file, body.media_type, body.name, body.width, body.height)
        for body in bodies
    )


def render_message(message: m.Message, run_id: RunId, state: str) -> bytes:
    """The JSON of a finished answer, as the stream's last frame carries it."""
    return MessageShape.of(message, m.RunRef(run_id, state)).model_dump_json().encode()
