"""Which files stand in conversations, on both stores."""

from dataclasses import replace

from portico.conversations import images
from portico.conversations.models import ImagePart, NewMessage, TextPart
from portico.ids import ConversationId, FileId, MessageId, new_id
from tests.conversations.conftest import Desk, make_person


async def show(desk: Desk, *files: str) -> ConversationId:
    """A conversation whose only message has these images, and a text that looks like one."""
    conversation = await desk.start("images")
    parts = (TextPart('{"type":"image","file":"f9"}'), *(ImagePart(file, "image/png") for file in files))
    async with desk.db.transaction() as tx:
        await desk.messages.add_turn(tx, desk.ada, NewMessage(MessageId(new_id()), conversation, None, "hash", parts), ())
    return conversation


async def test_files_are_found_by_their_owners(desk: Desk) -> None:
    bens = replace(desk, ada=await make_person(desk.db, "Ben"))
    mine, his, none = await show(desk, "f1", "f2"), await show(bens, "f1"), await show(desk)
    async with desk.db.transaction() as tx:
        found = await images.inside(tx, [mine, his, none])
    assert found == {desk.ada.user_id: {FileId("f1"), FileId("f2")}, bens.ada.user_id: {FileId("f1")}}


async def test_what_another_conversation_of_the_same_person_shows_is_used(desk: Desk) -> None:
    bens = replace(desk, ada=await make_person(desk.db, "Ben"))
    deleted = await show(desk, "f1")
    await desk.conversations.delete(desk.ada, deleted)
    await show(bens, "f2")
    async with desk.db.transaction() as tx:
        left = await images.unused(tx, {desk.ada.user_id: frozenset({FileId("f1"), FileId("f2"), FileId("f9")})})
    assert left == {desk.ada.user_id: {FileId("f2"), FileId("f9")}}
