"""Share links: what they show, to whom, and when they stop."""

import pytest

from portico.access.principal import Principal
from portico.accounts.preferences import InstanceChange
from portico.conversations.models import TextPart, plain_text
from portico.conversations.service import ConversationNotFound, ConversationTemporary, MessageNotFound, Patch
from portico.files.service import FileNotFound
from portico.ids import FileId, MessageId, new_id
from portico.infra.ratelimit import RateLimited
from portico.shares import service
from portico.shares.models import (
    Change,
    NothingToShare,
    Shared,
    ShareGone,
    ShareNotFound,
    ShareTooLong,
    SharingOff,
    Terms,
    TooManyShares,
)
from tests.conversations.conftest import make_person
from tests.shares.conftest import PNG, READER, Gallery


def texts(shared: Shared) -> list[str]:
    return [plain_text(message.parts) for message in shared.messages]


async def set_instance(gallery: Gallery, change: InstanceChange) -> None:
    who = gallery.ada
    admin = Principal(who.user_id, "admin", who.groups, who.scopes, who.auth_epoch, who.via, who.credential_id)
    await gallery.accounts.preferences.change_instance(admin, change)


async def test_a_link_shows_the_branch_as_it_was_and_nothing_written_later(gallery: Gallery) -> None:
    conversation, ids = await gallery.talk("one", "two")
    share = await gallery.shares.create(gallery.ada, conversation, Terms())
    await gallery.go_on(conversation, ids[-1], "later")
    await gallery.go_on(conversation, ids[1], "another branch")
    assert texts(await gallery.shares.read(share.token, READER)) == ["one", "ONE", "two", "TWO"]


async def test_an_answer_that_is_being_written_is_not_part_of_a_link(gallery: Gallery) -> None:
    conversation, ids = await gallery.talk("one")
    _, answer = await gallery.ask(conversation, ids[-1], TextPart("two"))
    share = await gallery.shares.create(gallery.ada, conversation, Terms())
    await gallery.finish(answer, TextPart("TWO"))
    assert texts(await gallery.shares.read(share.token, READER)) == ["one", "ONE", "two"]
    assert share.messages == 3


async def test_a_link_can_be_moved_to_the_present_end_and_takes_the_present_title(gallery: Gallery) -> None:
    conversation, ids = await gallery.talk("one", title="Old")
    share = await gallery.shares.create(gallery.ada, conversation, Terms())
    await gallery.go_on(conversation, ids[-1], "two")
    await gallery.conversations.change(gallery.ada, conversation, Patch(title="New"))
    assert (await gallery.shares.read(share.token, READER)).share.title == "Old"
    leaf = (await gallery.conversations.get(gallery.ada, conversation)).leaf
    moved = await gallery.shares.change(gallery.ada, share.id, Change(leaf=leaf))
    shared = await gallery.shares.read(moved.token, READER)
    assert (moved.token, shared.share.title, texts(shared)[2:]) == (share.token, "New", ["two", "TWO"])


async def test_a_link_is_read_in_stretches_from_the_root(gallery: Gallery) -> None:
    conversation, _ = await gallery.talk("one", "two", "three")
    share = await gallery.shares.create(gallery.ada, conversation, Terms())
    first = await gallery.shares.read(share.token, READER, limit=4)
    rest = await gallery.shares.read(share.token, READER, after=first.after, limit=4)
    assert (texts(first), texts(rest), rest.after) == (["one", "ONE", "two", "TWO"], ["three", "THREE"], None)


async def test_the_owner_is_named_on_request_alone(gallery: Gallery) -> None:
    conversation, _ = await gallery.talk("one")
    share = await gallery.shares.create(gallery.ada, conversation, Terms())
    assert share.author == ""
    named = await gallery.shares.change(gallery.ada, share.id, Change(show_name=True))
    kept = await gallery.shares.change(gallery.ada, share.id, Change(details=True))
    assert (named.author, kept.author, kept.details) == ("Ada", "Ada", True)


@pytest.mark.parametrize("end", ["revoked", "expired", "deleted", "suspended", "off", "capped"])
async def test_a_link_opens_nothing_once_something_behind_it_is_gone(gallery: Gallery, end: str) -> None:
    conversation, _ = await gallery.talk("one")
    share = await gallery.shares.create(gallery.ada, conversation, Terms(days=30))
    assert texts(await gallery.shares.read(share.token, READER)) == ["one", "ONE"]
    week_ms = 7 * service.DAY_MS
    async with gallery.db.transaction() as tx:
        if end == "expired":
            await tx.execute("UPDATE shares SET expires = {now} - 1 WHERE id = :id", id=share.id)
        elif end == "suspended":
            await tx.execute("UPDATE users SET status = 'suspended' WHERE id = :id", id=gallery.ada.user_id)
        elif end == "capped":
            await tx.execute("UPDATE shares SET renewed = {now} - CAST(:ms AS bigint) WHERE id = :id", id=share.id, ms=week_ms + 1)
    if end == "revoked":
        await gallery.shares.revoke(gallery.ada, share.id)
    elif end == "deleted":
        await gallery.conversations.delete(gallery.ada, conversation)
    elif end in {"off", "capped"}:
        await set_instance(gallery, {"sharing": False} if end == "off" else {"share_max_days": 7})
    with pytest.raises(ShareGone) as gone:
        await gallery.shares.read(share.token, READER)
    with pytest.raises(ShareGone) as unknown:
        await gallery.shares.read("no-such-secret", READER)
    assert gone.value.detail == unknown.value.detail


async def test_a_conversation_that_comes_back_brings_its_links_back(gallery: Gallery) -> None:
    conversation, _ = await gallery.talk("one")
    share = await gallery.shares.create(gallery.ada, conversation, Terms())
    await gallery.conversations.delete(gallery.ada, conversation)
    await gallery.conversations.restore(gallery.ada, conversation)
    assert texts(await gallery.shares.read(share.token, READER)) == ["one", "ONE"]


async def test_the_administrators_limit_holds_for_new_links(gallery: Gallery) -> None:
    conversation, _ = await gallery.talk("one")
    await set_instance(gallery, {"share_max_days": 7})
    for days in (30, None):
        with pytest.raises(ShareTooLong):
            await gallery.shares.create(gallery.ada, conversation, Terms(days=days))
    share = await gallery.shares.create(gallery.ada, conversation, Terms(days=7))
    with pytest.raises(ShareTooLong):
        await gallery.shares.change(gallery.ada, share.id, Change(days=None))
    await set_instance(gallery, {"sharing": False})
    with pytest.raises(SharingOff):
        await gallery.shares.create(gallery.ada, conversation, Terms(days=1))


async def test_only_the_secrets_hash_and_a_sealed_copy_are_stored(gallery: Gallery) -> None:
    conversation, _ = await gallery.talk("one")
    share = await gallery.shares.create(gallery.ada, conversation, Terms())
    rows = await gallery.db.fetch("SELECT token_hash, sealed_token FROM shares")
    assert len(share.token) == 32
    assert share.token not in rows[0]["token_hash"] + rows[0]["sealed_token"]
    listed = await gallery.shares.list(gallery.ada)
    assert [found.token for found in listed] == [share.token]


async def test_nobody_else_sees_or_changes_a_link(gallery: Gallery) -> None:
    conversation, ids = await gallery.talk("one")
    share = await gallery.shares.create(gallery.ada, conversation, Terms())
    bob = await make_person(gallery.db, "Bob")
    assert await gallery.shares.list(bob) == []
    with pytest.raises(ConversationNotFound):
        await gallery.shares.create(bob, conversation, Terms())
    with pytest.raises(ConversationNotFound):
        await gallery.shares.list(bob, conversation_id=conversation)
    with pytest.raises(ShareNotFound):
        await gallery.shares.change(bob, share.id, Change(leaf=ids[-1]))
    with pytest.raises(ShareNotFound):
        await gallery.shares.revoke(bob, share.id)


async def test_a_link_never_leads_out_of_its_conversation(gallery: Gallery) -> None:
    conversation, _ = await gallery.talk("one")
    _, others = await gallery.talk("other")
    for leaf in (others[-1], MessageId(new_id())):
        with pytest.raises(MessageNotFound):
            await gallery.shares.create(gallery.ada, conversation, Terms(leaf=leaf))


async def test_there_is_nothing_to_share_before_the_first_answer(gallery: Gallery) -> None:
    conversation, _ = await gallery.talk()
    with pytest.raises(NothingToShare):
        await gallery.shares.create(gallery.ada, conversation, Terms())
    await gallery.ask(conversation, None, TextPart("one"))
    with pytest.raises(NothingToShare):
        await gallery.shares.create(gallery.ada, conversation, Terms())


async def test_an_account_has_so_many_links_and_no_more(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_SHARES", 1)
    conversation, _ = await gallery.talk("one")
    await gallery.shares.create(gallery.ada, conversation, Terms())
    with pytest.raises(TooManyShares):
        await gallery.shares.create(gallery.ada, conversation, Terms())


async def test_images_of_the_shared_branch_are_read_through_the_link_and_no_others(gallery: Gallery) -> None:
    conversation, ids = await gallery.talk("one")
    shown, hidden = await gallery.image(), await gallery.image()
    _, answer = await gallery.ask(conversation, ids[-1], shown)
    await gallery.finish(answer, TextPart("A dot."))
    await gallery.ask(conversation, answer, hidden)
    share = await gallery.shares.create(gallery.ada, conversation, Terms(leaf=answer))
    file, data = await gallery.shares.file(share.token, READER, FileId(shown.file))
    assert (file.media_type, b"".join([piece async for piece in data])) == ("image/png", PNG)
    with pytest.raises(FileNotFound):
        await gallery.shares.file(share.token, READER, FileId(hidden.file))
    await gallery.shares.revoke(gallery.ada, share.id)
    with pytest.raises(ShareGone):
        await gallery.shares.file(share.token, READER, FileId(shown.file))


async def test_guessing_ends_an_addresss_reading_for_a_while(gallery: Gallery) -> None:
    conversation, _ = await gallery.talk("one")
    share = await gallery.shares.create(gallery.ada, conversation, Terms())
    for guess in range(service.READS_PER_MINUTE // (service.MISS_COST + 1) + 1):
        with pytest.raises((ShareGone, RateLimited)):
            await gallery.shares.read(f"guess-{guess}", "198.51.100.1")
    with pytest.raises(RateLimited):
        for _ in range(service.MISS_COST + 1):
            await gallery.shares.read(share.token, "198.51.100.1")
    assert texts(await gallery.shares.read(share.token, READER)) == ["one", "ONE"]


async def test_what_happens_to_a_link_is_in_the_audit_log_without_its_secret(gallery: Gallery) -> None:
    conversation, _ = await gallery.talk("one")
    share = await gallery.shares.create(gallery.ada, conversation, Terms(days=1))
    await gallery.shares.change(gallery.ada, share.id, Change(days=30))
    await gallery.shares.revoke(gallery.ada, share.id)
    rows = await gallery.db.fetch("SELECT action, detail FROM audit_events WHERE object_kind = 'share' ORDER BY id")
    assert [row["action"] for row in rows] == ["share.created", "share.changed", "share.revoked"]
    assert all(share.token not in row["detail"] for row in rows)


async def test_links_whose_time_is_over_are_erased(gallery: Gallery) -> None:
    conversation, _ = await gallery.talk("one")
    old = await gallery.shares.create(gallery.ada, conversation, Terms(days=1))
    kept = await gallery.shares.create(gallery.ada, conversation, Terms(days=None))
    async with gallery.db.transaction() as tx:
        await tx.execute("UPDATE shares SET expires = {now} - 1 WHERE id = :id", id=old.id)
    assert [share.id for share in await gallery.shares.list(gallery.ada)] == [kept.id]
    async with gallery.db.transaction() as tx:
        assert await gallery.shares.prune(tx) == 1


async def test_a_temporary_conversation_is_not_shared_until_it_is_kept(gallery: Gallery) -> None:
    conversation, _ = await gallery.talk("between us")
    async with gallery.db.transaction() as tx:
        await tx.execute("UPDATE conversations SET expires_at = {now} + 60000 WHERE id = :id", id=conversation)
    with pytest.raises(ConversationTemporary):
        await gallery.shares.create(gallery.ada, conversation, Terms())
    await gallery.conversations.change(gallery.ada, conversation, Patch(keep=True))
    assert (await gallery.shares.create(gallery.ada, conversation, Terms())).messages == 2
