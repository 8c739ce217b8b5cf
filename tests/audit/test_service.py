import json

import pytest

from portico.access.principal import ALL_SCOPES, Principal
from portico.audit.service import Object, record
from portico.ids import UserId
from portico.infra.db import Database
from portico.infra.telemetry import request_id

WHO = Principal(UserId("u1"), "admin", frozenset(), ALL_SCOPES, 1, "session", "s1")


async def test_an_entry_says_who_did_what_from_where_in_which_request(db: Database) -> None:
    token = request_id.set("request-1")
    async with db.transaction() as tx:
        await record(tx, WHO, "user.changed", Object("user", "u2"), {"fields": ["name"]}, address="192.0.2.1")
    request_id.reset(token)
    row = await db.fetch_one("SELECT * FROM audit_events")
    assert row is not None
    assert (row["user_id"], row["via"], row["action"]) == ("u1", "session", "user.changed")
    assert (row["object_kind"], row["object_id"], row["address"], row["request_id"]) == ("user", "u2", "192.0.2.1", "request-1")
    assert json.loads(row["detail"]) == {"fields": ["name"]}
    assert row["at"] > 1_700_000_000_000


async def test_an_entry_is_kept_exactly_if_the_change_is(db: Database) -> None:
    async def change_that_fails() -> None:
        async with db.transaction() as tx:
            await record(tx, None, "instance.changed", Object("instance", ""))
            raise LookupError

    with pytest.raises(LookupError):
        await change_that_fails()
    assert await db.fetch_one("SELECT id FROM audit_events") is None


async def test_a_line_break_in_a_detail_cannot_forge_an_entry(db: Database) -> None:
    async with db.transaction() as tx:
        await record(tx, None, "instance.changed", Object("instance", ""), {"name": 'x\r\n{"forged":true}'})
    row = await db.fetch_one("SELECT detail FROM audit_events")
    assert row is not None
    assert "\n" not in row["detail"]
