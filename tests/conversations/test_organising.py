import msgspec
import pytest

from portico.conversations.organising import SelectionBody
from portico.conversations.service import Patch
from portico.ids import FolderId, new_id

FOLDER = FolderId(new_id())


@pytest.mark.parametrize(
    ("action", "patch"),
    [
        ("archive", Patch(archived=True)),
        ("unarchive", Patch(archived=False)),
        ("pin", Patch(pinned=True)),
        ("unpin", Patch(pinned=False)),
        ("move", Patch(folder=FOLDER, pinned=False)),
        ("read", Patch(unread=False)),
    ],
)
def test_an_action_changes_what_it_names_and_nothing_else(action: str, patch: Patch) -> None:
    body = {"ids": [new_id()], "action": action, "folder": FOLDER}
    assert SelectionBody.model_validate_json(msgspec.json.encode(body)).patch() == patch


def test_to_move_without_a_folder_is_to_take_out_of_it() -> None:
    body = {"ids": [new_id()], "action": "move"}
    assert SelectionBody.model_validate_json(msgspec.json.encode(body)).patch() == Patch(folder=None, pinned=False)
