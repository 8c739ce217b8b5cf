import pytest

from portico.providers.base import Usage
from portico.providers.reading import CallNames, arguments_object, at, chat_usage, count, items, json_text, members, text


def test_what_is_missing_or_of_another_type_is_not_there() -> None:
    assert (members([]), items({}), text(7), at({"a": {"b": 1}}, "a", "b"), at({"a": 1}, "a", "b")) == ({}, [], "", 1, None)
    assert [count(value) for value in (3, 2.9, None, "7", -1, float("nan"), float("inf"))] == [3, 2, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "value"),
    [('{"a": 1}', {"a": 1}), ("", {}), ("[1]", {"value": [1]}), ("{broken", {"invalid_arguments": "{broken"})],
)
def test_arguments_become_an_object_whatever_they_are(arguments: str, value: dict[str, object]) -> None:
    assert arguments_object(arguments) == value


def test_usage_is_read_in_the_forms_that_servers_give_it() -> None:
    assert chat_usage({"prompt_tokens": 5, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 2}}) == Usage(5, 3, 2, 0)
    assert chat_usage({"prompt_tokens": 5, "completion_tokens": 3, "prompt_cache_hit_tokens": 4}) == Usage(5, 3, 4, 0)
    assert chat_usage({"prompt_tokens": 5, "completion_tokens_details": {"reasoning_tokens": 1}}) == Usage(5, 0, 0, 1)
    assert chat_usage(None) is chat_usage({"queue_time": 0.1}) is None


def test_calls_get_ids_of_their_own() -> None:
    names = CallNames({"call_a"})
    assert [names.give("call_a", 0), names.give("call_a", 1), names.give("", 2), names.give("b", 3)] == [
        "call_a_2",
        "call_a_3",
        "call_2",
        "b",
    ]


def test_a_text_stays_and_a_value_becomes_json() -> None:
    assert (json_text('{"a":1}'), json_text({"a": 1})) == ('{"a":1}', '{"a":1}')
