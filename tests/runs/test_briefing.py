"""What an answer is made from, read on both stores."""

import msgspec

from portico.access.principal import Principal
from portico.conversations.models import Beginning, ImagePart, ModelRef, TextPart
from portico.ids import ConversationId, FileId, MessageId, UserId, new_id
from portico.providers import base
from portico.providers.demo import demo_capabilities
from portico.runs.ask import Again, Ask
from portico.runs.briefing import Briefing
from portico.runs.models import Run
from portico.usage.ledger import Prices
from tests.runs.conftest import Demo, World, queued

FILE = new_id()


class Album:
    """Has one picture."""

    async def load(self, user_id: UserId, file_id: FileId) -> bytes | None:
        return b"png" if file_id == FILE else None


def texts(turns: tuple[base.PromptMessage, ...]) -> list[tuple[str, str]]:
    return [(turn.role, "".join(part.text for part in turn.parts if isinstance(part, base.TextPart))) for turn in turns]


async def ask_with_pictures(world: World, who: Principal, *files: str) -> Run:
    parts = (TextPart("/words 1 rate 0"), *(ImagePart(file, "image/png", f"{file}.png") for file in files))
    ask = Ask(parts, ModelRef("demo", "demo-echo"), beginning=Beginning())
    return (await world.service.send(who, ConversationId(new_id()), MessageId(new_id()), None, ask)).run


async def test_the_whole_branch_stands_before_the_question(world: World, who: Principal) -> None:
    first = await world.send(who, "/words 2 rate 0")
    await world.ended(who, first.run.id)
    ask = Ask((TextPart("and now?"),), ModelRef("demo", "demo-echo"))
    second = await world.service.send(who, first.message.conversation, MessageId(new_id()), first.assistant.id, ask)
    brief = await world.briefing.make(second.run)
    assert texts(brief.assignment.history) == [("user", "/words 2 rate 0"), ("assistant", "w0 w1 "), ("user", "and now?")]
    assert brief.begun == ()
    await world.ended(who, second.run.id)


async def test_pictures_go_along_and_one_that_is_gone_is_named(world: World, who: Principal) -> None:
    run = await ask_with_pictures(world, who, FILE, "gone")
    brief = await Briefing(world.db, world.messages, world.demo, Album()).make(run)
    parts = brief.assignment.history[-1].parts
    assert base.ImagePart("image/png", b"png") in parts
    assert any(isinstance(part, base.TextPart) and "gone.png" in part.text for part in parts)
    await world.ended(who, run.id)


async def test_a_model_that_does_not_see_is_sent_no_pictures(world: World, who: Principal) -> None:
    run = await ask_with_pictures(world, who, FILE)
    blind = Demo()
    blind.capability = msgspec.structs.replace(demo_capabilities("demo"), vision=False)
    brief = await Briefing(world.db, world.messages, blind, Album()).make(run)
    assert not any(isinstance(part, base.ImagePart) for turn in brief.assignment.history for part in turn.parts)
    await world.ended(who, run.id)


async def test_an_answer_that_is_continued_begins_with_the_parts_of_the_old_one(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 30 rate 0\n/cut 12", model="demo-noprefill")
    run = await world.ended(who, accepted.run.id)
    assert run.state == "interrupted"
    more = await world.service.regenerate(who, accepted.assistant.id, MessageId(new_id()), Again(continue_it=True))
    old = await world.messages.require(world.db, who, accepted.assistant.id)
    assert (await world.briefing.make(more.run)).begun == old.parts
    await world.ended(who, more.run.id)


async def test_an_approval_counts_once(world: World, who: Principal) -> None:
    run = await queued(world, who)
    async with world.db.transaction() as tx:
        for call, approved in (("c1", True), ("c2", False)):
            await tx.execute(
                "INSERT INTO approvals (run_id, call, approved, user_id, at) VALUES (:run, :call, :approved, :user, 1)",
                run=run.id,
                call=call,
                approved=approved,
                user=who.user_id,
            )
    assert (await world.briefing.make(run)).assignment.approvals == {"c1": True, "c2": False}
    assert (await world.briefing.make(run)).assignment.approvals == {}


async def test_the_prices_are_those_of_the_model(world: World, who: Principal) -> None:
    world.demo.capability = msgspec.structs.replace(demo_capabilities("demo"), input_price=1.0, output_price=2.0, cached_price=0.5)
    run = await queued(world, who)
    assert (await world.briefing.make(run)).prices == await world.briefing.prices(run.model) == Prices(1.0, 2.0, 0.5)
