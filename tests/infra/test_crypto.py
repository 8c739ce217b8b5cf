"""Sealed secrets: known answers, and every way in which one must not open."""

import asyncio
import base64

import pytest

from portico.infra.crypto import Key, Place, SecretUnreadable, Vault, ring_key
from portico.infra.db import Database

HERE = Place("providers", "sealed_keys", "p1")


def test_the_cipher_gives_the_answer_of_the_published_test_case() -> None:
    # Test case 16 of McGrew and Viega, The Galois/Counter Mode of Operation: AES-256, 96-bit IV, 20 bytes of additional data.
    key = Key(bytes.fromhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"))
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    bound, nonce = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), bytes.fromhex("cafebabefacedbaddecaf888")
    answer = (
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )
    sealed = key.seal(plain, bound, nonce)
    ciphertext = sealed.split(".")[3]
    assert base64.urlsafe_b64decode(ciphertext + "=" * (-len(ciphertext) % 4)).hex() == answer
    assert key.open(sealed, bound) == plain


def test_a_secret_of_any_form_makes_a_stable_key() -> None:
    assert ring_key("päss,wörd").kid == ring_key("päss,wörd").kid
    assert ring_key("a").kid != ring_key("b").kid


async def test_what_was_sealed_opens_at_its_own_place(db: Database) -> None:
    sealed = await Vault(db, ["first secret"]).seal("provider", "sk-1 ключ", HERE)
    assert sealed.startswith("v1.")
    assert "sk-1" not in sealed
    assert await Vault(db, ["first secret"]).open("provider", sealed, HERE) == "sk-1 ключ"


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
@pytest.mark.parametrize(
    "place", [Place("providers", "sealed_keys", "p2"), Place("providers", "other", "p1"), Place("users", "sealed_keys", "p1")]
)
async def test_a_sealed_value_that_was_moved_does_not_open(db: Database, place: Place) -> None:
    vault = Vault(db, ["first secret"])
    sealed = await vault.seal("provider", "sk-1", HERE)
    with pytest.raises(SecretUnreadable):
        await vault.open("provider", sealed, place)


async def test_a_value_of_another_purpose_does_not_open(db: Database) -> None:
    vault = Vault(db, ["first secret"])
    with pytest.raises(SecretUnreadable):
        await vault.open("mail", await vault.seal("provider", "sk-1", HERE), HERE)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
@pytest.mark.parametrize(
    "damage",
    [
        lambda s: s[:-2],
        lambda s: s.replace("v1.", "v2."),
        lambda s: s[:-9] + ("A" if s[-9] != "A" else "B") + s[-8:],
        lambda s: "",
        lambda s: "é.é.é.é",
    ],
)
async def test_a_damaged_value_does_not_open(db: Database, damage) -> None:
    vault = Vault(db, ["first secret"])
    with pytest.raises(SecretUnreadable):
        await vault.open("provider", damage(await vault.seal("provider", "sk-1" * 9, HERE)), HERE)


async def test_a_new_primary_key_opens_old_values_and_rotation_lets_the_old_key_go(db: Database) -> None:
    sealed = await Vault(db, ["old secret"]).seal("provider", "sk-1", HERE)
    both = Vault(db, ["new secret", "old secret"])
    assert await both.open("provider", sealed, HERE) == "sk-1"
    assert await both.rotate() == 1
    assert await both.rotate() == 0
    assert await Vault(db, ["new secret"]).open("provider", sealed, HERE) == "sk-1"


async def test_the_purposes_that_a_wrong_ring_cannot_open_are_named(db: Database) -> None:
    await Vault(db, ["right secret"]).seal("provider", "sk-1", HERE)
    assert await Vault(db, ["right secret"]).unreadable() == []
    assert await Vault(db, ["wrong secret"]).unreadable() == ["provider"]
    with pytest.raises(SecretUnreadable):
        await Vault(db, ["wrong secret"]).seal("provider", "sk-2", HERE)


async def test_two_processes_that_start_at_once_share_one_data_key(db: Database) -> None:
    one, two = Vault(db, ["secret"]), Vault(db, ["secret"])
    first = await one.seal("provider", "1", HERE)
    second = await two.seal("provider", "2", HERE)
    assert await two.open("provider", first, HERE) + await one.open("provider", second, HERE) == "12"


async def test_without_a_ring_processes_agree_on_a_key_that_the_database_keeps(db: Database) -> None:
    first, second = Vault(db, ()), Vault(db, ())
    sealed = await asyncio.gather(first.seal("a", "one", HERE), second.seal("b", "two", HERE))
    later = Vault(db, ())
    assert [await later.open("a", sealed[0], HERE), await later.open("b", sealed[1], HERE)] == ["one", "two"]


async def test_looking_for_what_is_lost_makes_no_key(db: Database) -> None:
    assert await Vault(db, ()).unreadable() == []
    assert await db.fetch("SELECT key FROM instance_settings") == []


async def test_a_ring_that_is_named_later_takes_over_and_the_database_loses_its_key(db: Database) -> None:
    sealed = await Vault(db, ()).seal("a", "one", HERE)
    named = Vault(db, ("a key outside of the database",))
    assert await named.open("a", sealed, HERE) == "one"
    assert await named.rotate() == 1
    assert await db.fetch("SELECT key FROM instance_settings") == []
    assert await Vault(db, ("a key outside of the database",)).open("a", sealed, HERE) == "one"
    assert await Vault(db, ()).unreadable() == ["a"]


async def test_what_no_key_opens_can_be_given_up_and_sealed_anew(db: Database) -> None:
    lost = await Vault(db, ("the lost key of this ring",)).seal("a", "one", HERE)
    vault = Vault(db, ("the new key of this ring",))
    assert await vault.forget() == ["a"]
    assert await vault.unreadable() == []
    assert await vault.open("a", await vault.seal("a", "two", HERE), HERE) == "two"
    with pytest.raises(SecretUnreadable):
        await vault.open("a", lost, HERE)
