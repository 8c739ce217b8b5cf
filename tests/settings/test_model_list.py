"""LobeChat's model-list grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.settings.model_list import ListedModel, ModelList, parse_model_list

CAPABILITIES = ("vision", "reasoning", "search", "fc", "file", "imageOutput")
PLAIN = st.text(st.characters(exclude_characters=",，<>=:+-", exclude_categories=("C", "Z")), min_size=1, max_size=20)
MODELS = st.builds(
    ListedModel,
    id=PLAIN.filter(lambda text: text != "all"),
    name=st.one_of(st.just(""), PLAIN),
    deployment=st.one_of(st.just(""), PLAIN),
    context_tokens=st.one_of(st.none(), st.integers(1, 10**9)),
    capabilities=st.frozensets(st.sampled_from(CAPABILITIES)),
)


def written(models: ModelList) -> str:
    """The list in the grammar."""
    entries = ["-all"] if models.hide_all else []
    return ",".join([*entries, *(f"-{id_}" for id_ in models.hidden), *map(_written, models.models)])


def _written(model: ListedModel) -> str:
    deployment = f"->{model.deployment}" if model.deployment else ""
    name = f"={model.name}" if model.name else ""
    words = [str(model.context_tokens or ""), *sorted(model.capabilities)]
    details = f"<{':'.join(words)}>" if len(words) > 1 or words[0] else ""
    return f"+{model.id}{deployment}{name}{details}"


def test_the_example_of_the_documentation() -> None:
    found = parse_model_list("-all,+gpt-4o=GPT-4o<128000:vision:fc>")
    assert found == ModelList(hide_all=True, models=(ListedModel("gpt-4o", "GPT-4o", "", 128_000, frozenset({"vision", "fc"})),))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ModelList()),
        (" , ,,", ModelList()),
        ("a", ModelList(models=(ListedModel("a"),))),
        ("+a，+b", ModelList(models=(ListedModel("a"), ListedModel("b")))),
        (" + a = Name of it ", ModelList(models=(ListedModel("a", "Name of it"),))),
        ("gpt->my-deployment=Mine<8000>", ModelList(models=(ListedModel("gpt", "Mine", "my-deployment", 8000),))),
        ("llama3.2:3b=Llama=3", ModelList(models=(ListedModel("llama3.2:3b", "Llama=3"),))),
        ("meta/llama<:vision>", ModelList(models=(ListedModel("meta/llama", capabilities=frozenset({"vision"})),))),
        ("a<vision>", ModelList(models=(ListedModel("a", capabilities=frozenset({"vision"})),))),
        ("-a,-b=x<1>", ModelList(hidden=("a", "b"))),
        ("a,-a", ModelList(hidden=("a",))),
        ("-a,+a", ModelList(models=(ListedModel("a"),))),
        ("a=One,b,a=Two", ModelList(models=(ListedModel("b"), ListedModel("a", "Two")))),
        (
            "a<9:telepathy:fc>",
            ModelList(models=(ListedModel("a", context_tokens=9, capabilities=frozenset({"fc"})),), unknown=("telepathy",)),
        ),
        ("-", ModelList()),
        ("+", ModelList()),
        ("a<", ModelList(models=(ListedModel("a"),))),
        ("a<0>", ModelList(models=(ListedModel("a"),))),
    ],
)
def test_a_list_is_read(text: str, found: ModelList) -> None:
    assert parse_model_list(text) == found


@given(st.text(max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    found = parse_model_list(text)
    assert all(model.id for model in found.models)
    assert not {model.id for model in found.models} & set(found.hidden)


@given(st.booleans(), st.lists(PLAIN, max_size=4, unique=True), st.lists(MODELS, max_size=4, unique_by=lambda model: model.id))
def test_a_list_that_is_written_is_read_the_same(hide_all: bool, hidden: list[str], models: list[ListedModel]) -> None:
    ids = {model.id for model in models} | {"all"}
    listed = ModelList(hide_all, tuple(id_ for id_ in hidden if id_ not in ids), tuple(models))
    assert parse_model_list(written(listed)) == listed
