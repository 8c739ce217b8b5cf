"""LobeChat's model-list grammar: `-all,+gpt-4o=GPT-4o<128000:vision:fc>,o3->deployment`."""

import re
from dataclasses import dataclass

_CAPABILITIES = ("vision", "reasoning", "search", "fc", "file", "imageOutput")


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model that the list adds. `deployment` is the name that the vendor knows it by where that differs (Azure, Volcengine)."""

    id: str
    name: str = ""
    deployment: str = ""
    context_tokens: int | None = None
    capabilities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ModelList:
    """What a list says: hide everything, hide these, show these. `unknown` are capability words that mean nothing to Portico."""

    hide_all: bool = False
    hidden: tuple[str, ...] = ()
    models: tuple[ListedModel, ...] = ()
    unknown: tuple[str, ...] = ()


def parse_model_list(text: str) -> ModelList:
    """Read a list; never fails. A model named twice counts as its last mention says."""
    hidden: list[str] = []
    models: dict[str, ListedModel] = {}
    unknown: list[str] = []
    hide_all = False
    for entry in re.split(r"[,，]", text):
        item = entry.strip()
        if item.startswith("-"):
            id_ = item[1:].partition("<")[0].partition("=")[0].partition("->")[0].strip()
            hide_all = hide_all or id_ == "all"
            if id_ and id_ != "all":
                hidden.append(id_)
                models.pop(id_, None)
            continue
        model, words = _model(item.removeprefix("+").strip())
        unknown.extend(words)
        if model is not None:
            models.pop(model.id, None)
            models[model.id] = model
            hidden = [id_ for id_ in hidden if id_ != model.id]
    return ModelList(hide_all, tuple(dict.fromkeys(hidden)), tuple(models.values()), tuple(dict.fromkeys(unknown)))


def _model(item: str) -> tuple[ListedModel | None, list[str]]:
    head, opened, tail = item.partition("<")
    named, _, name = head.partition("=")
    id_, _, deployment = named.partition("->")
    if not id_.strip():
        return None, []
    words = [word.strip() for word in tail.partition(">")[0].split(":")] if opened else []
    digits = words.pop(0) if words and (words[0] == "" or words[0].isdecimal()) else ""
    known = frozenset(word for word in words if word in _CAPABILITIES)
    context = int(digits[:12]) if digits else 0
    model = ListedModel(id_.strip(), name.strip(), deployment.strip(), context or None, known)
    return model, [word for word in words if word and word not in known]
