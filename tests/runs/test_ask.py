"""The answers that a request wants."""

from portico.conversations.models import ModelRef, TextPart
from portico.ids import ConversationId, MessageId
from portico.runs.ask import Ask, fingerprint, pending_answer, wanted_answers

QUESTION, CONVERSATION = MessageId("q"), ConversationId("c")
ASK = Ask((TextPart("hello"),), ModelRef("demo", "one"))
TWO = Ask((TextPart("hello"),), ModelRef("demo", "one"), compare_with=(ModelRef("demo", "two"),))


def test_one_model_is_one_answer_that_is_compared_with_nothing() -> None:
    ((_, params),) = wanted_answers(QUESTION, ASK)
    assert (params.model, params.together) == ("one", ())


def test_answers_that_are_compared_know_each_other_in_the_order_of_their_models() -> None:
    wanted = wanted_answers(QUESTION, TWO)
    ids = tuple(answer for answer, _ in wanted)
    assert [params.model for _, params in wanted] == ["one", "two"]
    assert [params.together for _, params in wanted] == [ids, ids]
    assert ids == tuple(sorted(ids))


def test_a_request_for_other_models_has_another_fingerprint() -> None:
    assert fingerprint(CONVERSATION, None, ASK) != fingerprint(CONVERSATION, None, TWO)
    assert fingerprint(CONVERSATION, None, TWO) == fingerprint(CONVERSATION, None, TWO)


def test_a_pending_answer_stands_under_its_question() -> None:
    ((answer, params),) = wanted_answers(QUESTION, ASK)
    pending = pending_answer(CONVERSATION, answer, params)
    assert (pending.parent, pending.model) == (QUESTION, ASK.model)
