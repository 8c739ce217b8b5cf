"""Images of models become files, on both stores."""

import base64

from portico.access.principal import Principal
from portico.conversations.models import ImagePart, NoticePart
from portico.ids import FileId
from portico.providers.base import PartStarted, TextDelta
from portico.providers.demo_picture import png
from portico.runs import pictures
from tests.runs.conftest import World, queued

SIZES = "SELECT max(length(CAST(events AS text))) AS longest FROM run_chunks WHERE run_id = :run"


def an_image(data: str) -> PartStarted:
    return PartStarted(0, "image", data=data)


async def test_an_image_is_stored_with_its_size_and_neither_log_nor_message_carries_its_bytes(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/image 320x200\n/echo Here it is.")
    await world.ended(who, accepted.run.id)
    message = await world.messages.require(world.db, who, accepted.assistant.id)
    image = message.parts[-1]
    assert isinstance(image, ImagePart)
    assert (image.media_type, image.width, image.height, image.name) == ("image/png", 320, 200, "image.png")
    assert await world.shelf.load(who.user_id, FileId(image.file)) == png(320, 200)
    longest = await world.db.fetch_one(SIZES, run=accepted.run.id)
    assert longest is not None
    assert longest["longest"] < 2_000


async def test_the_same_image_of_a_run_is_stored_once(world: World, who: Principal) -> None:
    run = await queued(world, who)
    event = an_image(f"data:image/png;base64,{base64.b64encode(png(8, 8)).decode()}")
    first, again = [await pictures.stored(world.shelf, run, [TextDelta("x"), event]) for _ in range(2)]
    assert first == again
    assert len(await world.db.fetch("SELECT id FROM files")) == 1


async def test_what_is_no_image_is_left_out_and_said(world: World, who: Principal) -> None:
    run = await queued(world, who)
    for data in ("https://example.org/a.png", "data:image/png;base64,!!!", "data:image/svg+xml;base64,PHN2Zz4="):
        (event,) = await pictures.stored(world.shelf, run, [an_image(data)])
        assert getattr(event, "code", None) == "image_lost", data


async def test_a_lost_image_is_noted_in_the_answer(world: World, who: Principal) -> None:
    world.shelf._limits = type(world.shelf._limits)(file_bytes=10)
    accepted = await world.send(who, "/image 320x200\n/echo Here it is.")
    run = await world.ended(who, accepted.run.id)
    message = await world.messages.require(world.db, who, accepted.assistant.id)
    assert run.state == "done"
    assert message.parts[-1] == NoticePart("image_lost")


def test_only_batches_with_an_image_are_held_up() -> None:
    assert not pictures.are_in([TextDelta("x"), PartStarted(0, "hosted_tool", "web_search")])
    assert pictures.are_in([an_image("data:")])
