"""What an answer is made from: the branch, the model's abilities, the person's approvals. Read once when a run begins here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from portico.conversations.messages import MessageService
from portico.conversations.models import ImagePart, Message, ModelRef, Part
from portico.ids import FileId, MessageId, UserId
from portico.infra.db import Database
from portico.providers import base
from portico.providers.base import Capabilities
from portico.runs.engine import Assignment
from portico.runs.models import Run
from portico.runs.prompt import Images, history
from portico.usage.ledger import Prices

TAKE_APPROVALS = "DELETE FROM approvals WHERE run_id = :run RETURNING call, approved"


class Models(Protocol):
    """What is asked about a model."""

    async def capabilities(self, choice: ModelRef) -> Capabilities: ...

    def counter(self, choice: ModelRef) -> Callable[[str], int]: ...


class Pictures(Protocol):
    """Where the bytes of an image come from."""

    async def load(self, user_id: UserId, file_id: FileId) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Brief:
    assignment: Assignment
    prices: Prices
    begun: tuple[Part, ...]  # parts of the answer that this one continues


class Briefing:
    def __init__(self, db: Database, messages: MessageService, models: Models, pictures: Pictures) -> None:
        self._db = db
        self._messages = messages
        self._models = models
        self._pictures = pictures

    def counter(self, run: Run) -> Callable[[str], int]:
        return self._models.counter(run.model)

    async def prices(self, choice: ModelRef) -> Prices:
        abilities = await self._models.capabilities(choice)
        return Prices(abilities.input_price, abilities.output_price, abilities.cached_price)

    async def make(self, run: Run) -> Brief:
        """Gather everything for one run. Raises MessageNotFound if the question is gone, DatabaseUnavailable."""
        abilities = await self._models.capabilities(run.model)
        branch = await self._messages.branch(self._db, run.conversation_id, run.params.question)
        images = await self._images(run, branch) if abilities.vision is not False else Images({})
        assignment = Assignment(
            run_id=run.id,
            user_id=run.user_id,
            model=run.model,
            capabilities=abilities,
            history=tuple(history(branch, images)),
            count=self.counter(run),
            reasoning_effort=run.params.reasoning_effort,
            approvals=await self._approvals(run),
            history_share=run.params.history_share,
        )
        prices = Prices(abilities.input_price, abilities.output_price, abilities.cached_price)
        return Brief(assignment, prices, await self._begun(run))

    async def _begun(self, run: Run) -> tuple[Part, ...]:
        if run.params.continue_of is None:
            return ()
        branch = await self._messages.branch(self._db, run.conversation_id, MessageId(run.params.continue_of))
        return branch[-1].parts if branch else ()

    async def _approvals(self, run: Run) -> dict[str, bool]:
        """Take the person's answers: each counts once, so that a call that may have run before a crash is asked for again."""
        async with self._db.transaction() as tx:
            rows = await tx.fetch(TAKE_APPROVALS, run=run.id)
        return {row["call"]: bool(row["approved"]) for row in rows}

    async def _images(self, run: Run, branch: Sequence[Message]) -> Images:
        found: dict[str, base.ImagePart] = {}
        for message in branch:
            for part in message.parts:
                if isinstance(part, ImagePart) and part.file not in found:
                    data = await self._pictures.load(run.user_id, FileId(part.file))
                    if data is not None:
                        found[part.file] = base.ImagePart(part.media_type, data)
        return Images(found)
