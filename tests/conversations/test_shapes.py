import json

from portico.conversations.models import encode_parts
from portico.conversations.service import Patch
from portico.conversations.shapes import PARTS, ConversationPatch, MessageShape
from tests.conversations.test_models import EVERY_KIND


def test_every_part_has_the_same_json_on_the_wire_and_in_the_database() -> None:
    stored = encode_parts(EVERY_KIND)
    assert json.loads(PARTS.dump_json(PARTS.validate_json(stored, strict=True))) == json.loads(stored)


def test_every_kind_of_part_is_described() -> None:
    described = MessageShape.model_json_schema(mode="serialization")["properties"]["parts"]["items"]["discriminator"]["mapping"]
    assert set(described) == {kind["type"] for kind in json.loads(encode_parts(EVERY_KIND))}


def test_a_patch_tells_what_is_left_out_from_what_is_null() -> None:
    assert ConversationPatch.model_validate({}).patch() == Patch()
    assert ConversationPatch.model_validate({"model": None}).patch() == Patch(model=None)
    assert ConversationPatch.model_validate({"title": ""}).patch() == Patch(title="")
