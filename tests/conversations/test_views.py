import pytest

from portico.conversations.models import Beginning
from portico.conversations.views import ALL, PINS, UNSORTED, View
from portico.ids import ConversationId, FolderId, new_id
from tests.conversations.conftest import Desk


@pytest.mark.parametrize(
    ("view", "titles"),
    [
        (ALL, {"plain", "pinned", "sorted", "both"}),
        (UNSORTED, {"plain"}),
        (PINS, {"pinned", "both"}),
        (View(folder="none"), {"plain", "pinned"}),
        (View(archived=True), {"old", "old pin"}),
        (View(archived=True, pinned=False), {"old"}),
    ],
)
async def test_a_view_has_the_conversations_that_it_names_and_no_temporary_one(desk: Desk, view: View, titles: set[str]) -> None:
    folder = FolderId(new_id())
    await desk.folders.create(desk.ada, folder, "Work")
    await desk.start("plain")
    await desk.start("pinned", Beginning("pinned", pinned=True))
    await desk.start("sorted", Beginning("sorted", folder=folder))
    await desk.start("both", Beginning("both", folder=folder, pinned=True))
    await desk.start("old", Beginning("old", archived=True))
    await desk.start("old pin", Beginning("old pin", archived=True, pinned=True))
    await desk.start("passing", Beginning("passing", temporary=True))
    assert {one.title for one in (await desk.conversations.recent(desk.ada, view=view)).items} == titles
    in_folder = await desk.conversations.recent(desk.ada, view=View(folder=folder))
    assert {one.title for one in in_folder.items} == {"sorted", "both"}


async def test_a_view_goes_on_at_its_own_cursor(desk: Desk) -> None:
    folder = FolderId(new_id())
    await desk.folders.create(desk.ada, folder, "Work")
    made = [await desk.start("", Beginning(str(n), folder=folder if n % 2 else None)) for n in range(9)]
    seen: list[ConversationId] = []
    after = None
    while True:
        listed = await desk.conversations.recent(desk.ada, view=View(folder=folder), after=after, limit=2)
        seen += [one.id for one in listed.items]
        after = listed.after
        if after is None:
            break
    assert sorted(seen) == sorted(made[1::2])
