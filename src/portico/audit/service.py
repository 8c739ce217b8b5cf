"""The audit trail: who did what to which object, written in the transaction of the change itself. It never holds content or secrets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from portico.access.models import Kind
from portico.access.principal import Principal
from portico.ids import new_id
from portico.infra.db import Transaction
from portico.infra.telemetry import request_id

Act = Literal[
    "setup.finished",
    "session.opened",
    "session.closed",
    "guest.admitted",
    "user.created",
    "user.changed",
    "user.suspended",
    "user.activated",
    "user.deleted",
    "password.changed",
    "key.created",
    "key.revoked",
    "instance.changed",
    "provider.created",
    "provider.changed",
    "provider.deleted",
    "share.created",
    "share.changed",
    "share.revoked",
    "invitation.created",
    "invitation.used",
    "invitation.refused",
    "invitation.revoked",
]
Detail = Mapping[str, str | int | bool | list[str] | None]
NOTHING: Detail = {}
_INSERT = """
INSERT INTO audit_events (id, at, user_id, via, action, object_kind, object_id, detail, address, request_id)
VALUES (:id, {now}, CAST(:user_id AS text), :via, :action, :object_kind, :object_id, :detail, :address, :request_id)
"""


@dataclass(frozen=True, slots=True)
class Object:
    """What was acted on."""

    kind: Kind
    id: str


async def record(tx: Transaction, who: Principal | None, action: Act, what: Object, detail: Detail = NOTHING, *, address: str = "") -> None:
    """Write one entry; it is kept exactly if the change is.

    Args:
        who: None for what the server does by itself or somebody does who has no account yet.
        detail: names of fields, states and counts; no content, no secrets, no values that people typed but names and addresses of accounts.
        address: the client's, where it is known.
    """
    await tx.execute(
        _INSERT,
        id=new_id(),
        user_id=who.user_id or None if who else None,
        via=who.via if who else "",
        action=action,
        object_kind=what.kind,
        object_id=what.id,
        detail=json.dumps(detail, separators=(",", ":")),
        address=address,
        request_id=request_id.get(),
    )
