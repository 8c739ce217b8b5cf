"""Stopping what is answered for people whose account is suspended or ended: nobody reads it, and it costs money."""

from collections.abc import Sequence

from portico.accounts.users import Users
from portico.ids import UserId
from portico.infra.db import Database
from portico.runs.models import COLUMNS, run_of
from portico.runs.service import RunService

_STOPPABLE = "state IN ('queued', 'running', 'needs_user')"
ASKERS = f"SELECT DISTINCT user_id FROM runs WHERE {_STOPPABLE}"
OF = f"SELECT {COLUMNS} FROM {{rows:gone(user_id text)}} JOIN runs USING (user_id) WHERE {_STOPPABLE}"


class Dismissal:
    """Stops runs as their people could, on whatever process they are."""

    def __init__(self, db: Database, users: Users, runs: RunService) -> None:
        self._db = db
        self._users = users
        self._runs = runs

    async def stop_of(self, user_ids: Sequence[UserId]) -> None:
        """Stop every answer of these people that waits or is under way; what they have is kept."""
        for row in await self._db.fetch(OF, gone=[(user_id,) for user_id in user_ids]):
            await self._runs.stop(run_of(row))

    async def stop_barred(self) -> None:
        """Stop what escaped: a question that was on its way while its account was ended, or a process that died in between."""
        askers = [UserId(row["user_id"]) for row in await self._db.fetch(ASKERS)]
        await self.stop_of(await self._users.barred(askers))
