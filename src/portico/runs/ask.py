"""What a person asks for, what is stored of it, and the answers that it wants: pure."""

from dataclasses import dataclass

from portico.conversations.models import Beginning, Message, ModelRef, NewMessage, Part, body_hash
from portico.ids import ConversationId, MessageId, new_id
from portico.runs.models import Params, Run


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person asks for. The models of `compare_with` answer beside `model`."""

    parts: tuple[Part, ...]
    model: ModelRef
    reasoning_effort: str | None = None
    beginning: Beginning | None = None  # not None: the conversation is made with the message if it does not exist
    compare_with: tuple[ModelRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """How an answer is made again: by another model, going on with the old one, beside it for comparison, or from fewer messages."""

    model: ModelRef | None = None
    continue_it: bool = False
    compare: bool = False
    shorten: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is stored once a request was accepted; `message` is the question, `beside` are further answers of the same request."""

    message: Message
    run: Run
    assistant: Message
    place: int | None = None
    beside: tuple["Accepted", ...] = ()


def pending_answer(conversation_id: ConversationId, message_id: MessageId, params: Params) -> NewMessage:
    """The pending answer to the question that `params` names."""
    asked = body_hash(params.question, params)
    return NewMessage(message_id, conversation_id, params.question, asked, (), ModelRef(params.provider, params.model))


def wanted_answers(question: MessageId, ask: Ask) -> list[tuple[MessageId, Params]]:
    """The answers that are asked for, each with its id. Several are compared, and each knows them all."""
    effort = ask.reasoning_effort if ask.reasoning_effort in ("none", "low", "medium", "high") else None
    models = (ask.model, *ask.compare_with)
    ids = tuple(MessageId(new_id()) for _ in models)
    together = ids if len(ids) > 1 else ()
    return [
        (answer_id, Params(question, model.provider, model.model, reasoning_effort=effort, together=together))
        for answer_id, model in zip(ids, models, strict=True)
    ]


def fingerprint(conversation_id: ConversationId, parent: MessageId | None, ask: Ask) -> str:
    """That of the request. Models to compare with are in it only when there are any, as it was before there could be."""
    asked = (conversation_id, parent, ask.parts, ask.model, ask.reasoning_effort)
    return body_hash(*asked, ask.compare_with) if ask.compare_with else body_hash(*asked)
